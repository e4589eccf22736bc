//! What a log holds in clear never leaves in a report.
//!
//! Session tokens, keys and passwords are planted wherever a record may have them; no output of
//! any form may show one.

mod common;

use std::path::Path;

use common::{plan, rules_of, scan};
use ctadel::model::{Finding, Incident};
use ctadel::normalize::{SOURCES, Source};
use ctadel::render::wire::AttackNames;
use ctadel::render::{Format, Options, Report, View};
use serde_json::Value;

/// A rule about everything, and a careless one that groups by the secret itself.
const RULES: &str = "\
title: everything
name: everything
level: high
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventName|exists: true}, condition: s}
---
title: careless
name: careless
level: high
correlation:
  type: event_count
  rules: [everything]
  group-by: [responseElements.credentials.sessionToken]
  timespan: 1h
  generate: true
  condition: {gte: 1}
";

const TOKEN: &str = "IQoJb3JpZ2luX2VjEPLANTEDaCmV1LXdlc3QtMSJHMEUCIQbf7f0bd30b7bEXAMPLETOKENaCmV1LXdlc3QtMSJHMEUCIQ";
const KEY: &str = "wJalrXUtnFEMI/PLANTED/bPxRfiCYEXAMPLEKEY";
const PASSWORD: &str = "PLANTED-hunter2";
const SIGNATURE: &str = "sig=PLANTEDoZ3c%2Bq1EXAMPLE%3D";
const CONNECTION: &str = "AccountKey=PLANTEDxQ7aB3kZEXAMPLE==";
/// In letters of one case, as some logs write what they hold, it is none any more.
const WEB_TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJiUrIeDiOiJ4In0.bUrIeDSignatureEXAMPLE";
const PEM: &str = "-----BEGIN PRIVATE KEY----- PLANTEDMIIEvEXAMPLE -----END PRIVATE KEY-----";

fn records() -> String {
    let record = |id: u32, call: &str, agent: &str, request: &str, response: &str, error: &str| {
        format!(
            r#"{{"eventVersion":"1.11","eventTime":"2026-05-12T10:0{id}:00Z","eventSource":"iam.amazonaws.com","eventName":"{call}","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.40","userAgent":"{agent}","requestParameters":{request},"responseElements":{response}{error},"eventID":"6b9d6428-dbd8-4433-bd7f-39392e7fc6d{id}","recipientAccountId":"111122223333","userIdentity":{{"type":"IAMUser","principalId":"AIDA454ML6LG4TEXAMPLE","arn":"arn:aws:iam::111122223333:user/lena","accountId":"111122223333","userName":"lena","accessKeyId":"AKIAJFCZ4KAEDEXAMPLE"}}}}"#
        )
    };
    let none = "null";
    [
        record(
            0,
            "AssumeRole",
            "aws-cli/2",
            r#"{"roleArn":"arn:aws:iam::111122223333:role/ops","roleSessionName":"lena"}"#,
            &format!(
                r#"{{"credentials":{{"accessKeyId":"ASIA6YW3V4HDTEXAMPLE","secretAccessKey":"{KEY}","sessionToken":"{TOKEN}"}}}}"#
            ),
            "",
        ),
        record(
            1,
            "CreateAccessKey",
            &format!("curl/8 aws_secret_access_key={KEY}"),
            r#"{"userName":"report-bot"}"#,
            &format!(r#"{{"accessKey":{{"accessKeyId":"AKIAJ6EXK5U6DEXAMPLE","secretAccessKey":"{KEY}"}}}}"#),
            "",
        ),
        record(
            2,
            "CreateLoginProfile",
            &format!("tool --password={PASSWORD}"),
            &format!(r#"{{"userName":"report-bot","password":"{PASSWORD}"}}"#),
            none,
            "",
        ),
        record(
            3,
            "SendCommand",
            &format!("agent (Authorization: Bearer {TOKEN})"),
            &format!(r#"{{"instanceIds":["i-0a41c7d95e2b8f301"],"parameters":{{"commands":["mysql --password {PASSWORD}"]}}}}"#),
            none,
            &format!(r#","errorCode":"Failed","errorMessage":"password={PASSWORD} is wrong""#),
        ),
        record(
            4,
            "UpdateParameter",
            "x",
            &format!(r#"{{"name":"db?password={PASSWORD}","secretId":"token={TOKEN}","functionName":"https://bot:{PASSWORD}@host/"}}"#),
            none,
            "",
        ),
    ]
    .join("\n")
}

#[test]
fn no_output_shows_a_planted_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("log.jsonl");
    std::fs::write(&file, records()).expect("written");
    let report = scan(&plan(&file, rules_of(RULES)));
    assert_eq!(report.coverage.records, 5);
    assert!(report.findings.len() >= 6, "{}", report.findings.len());
    shown(&report, "the planted log");
}

/// What stands before the first mark in a text.
fn leak(text: &str) -> Option<String> {
    let at = text.find("PLANTED").or_else(|| text.find("UrIeD"))?;
    let near: Vec<char> = text[..at].chars().rev().take(160).collect();
    Some(near.into_iter().rev().collect())
}

/// Writes everything there is to write and looks for the marks.
fn shown(report: &ctadel::Report, what: &str) {
    let findings: Vec<&Finding> = report.findings.iter().collect();
    let incidents: Vec<&Incident> = report.incidents.iter().collect();
    let mut views = vec![View::Findings, View::Incidents];
    views.extend(
        incidents
            .iter()
            .map(|incident| View::Incident(incident, &[])),
    );
    let options = Options {
        width: 200,
        color: false,
        attack: AttackNames::current(),
    };
    let mut written = 0;
    for view in views {
        for format in Format::of(view.kind()) {
            let mut out = Vec::new();
            let report = Report {
                view,
                findings: &findings,
                incidents: &incidents,
                coverage: &report.coverage,
            };
            format
                .output()
                .write(&report, &options, &mut out)
                .expect("a buffer takes all");
            let text = String::from_utf8(out).expect("UTF-8");
            if let Some(near) = leak(&text) {
                panic!("{what}: {} shows it behind {near}", format.word());
            }
            written += text.len();
        }
    }
    assert!(written > 10_000, "{what}: only {written} bytes");
}

/// The same record with something secret at the end of every text and in every object. What the
/// log's own id is made of leads back to it and is shown as it is.
fn planted(value: &mut Value, kept: &[&str], uid: &str) {
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                if !kept.contains(&key.as_str()) {
                    planted(value, kept, uid);
                }
            }
            map.insert("password".into(), PASSWORD.into());
            map.insert("secretAccessKey".into(), KEY.into());
            map.insert("sessionToken".into(), TOKEN.into());
            map.insert("connectionString".into(), CONNECTION.into());
            map.insert(
                "callback".into(),
                format!("https://h.example/?{SIGNATURE}").into(),
            );
        }
        Value::Array(list) => list.iter_mut().for_each(|value| planted(value, kept, uid)),
        // Short words tell of what kind something is.
        Value::String(text) if text.len() < 6 || uid.contains(text.as_str()) => {}
        Value::String(text) => {
            let inner: Option<Value> = serde_json::from_str(text)
                .ok()
                .filter(|inner: &Value| inner.is_object());
            if let Some(mut inner) = inner {
                planted(&mut inner, kept, uid);
                *text = inner.to_string();
            } else if ctadel::model::Time::parse(text).is_none() {
                text.push_str(&format!(
                    " --password={PASSWORD} Authorization: Bearer {TOKEN} \
                     https://shop.blob.example/c/b?sv=2024-05-04&{SIGNATURE}&se=2026 \
                     AccountName=shop;{CONNECTION};EndpointSuffix=x {WEB_TOKEN} {PEM}"
                ));
            }
        }
        _ => {}
    }
}

/// The test records of a source, with secrets wherever a text can stand.
fn planted_log(source: &Source) -> String {
    let shapes = common::files(&common::testdata().join(source.name));
    let records = common::events(shapes.first().expect("one shape at least"));
    // What tells the kind of a record must stay what it is.
    let kept: Vec<&str> = source.telling.iter().map(|(key, _)| *key).collect();
    let mut text = String::new();
    for (raw, event) in records {
        let mut value = serde_json::from_slice(&raw).expect("JSON");
        planted(&mut value, &kept, &event.uid);
        text.push_str(&format!("{value}\n"));
    }
    text
}

/// A rule that speaks about every record of a source.
fn about(source: &Source) -> String {
    format!(
        "title: everything\nname: everything-{0}\nlevel: high\n\
         logsource: {{product: {1}, service: {2}}}\n\
         detection: {{s: {{ctadel.source: {0}}}, condition: s}}\n",
        source.name, source.product, source.service
    )
}

#[test]
fn no_source_lets_a_planted_secret_out() {
    for source in SOURCES {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("log.jsonl");
        std::fs::write(&file, planted_log(source)).expect("written");
        let report = scan(&plan(&file, rules_of(&about(source))));
        assert!(
            !report.findings.is_empty(),
            "{}: {:?}",
            source.name,
            report.coverage.skipped
        );
        shown(&report, source.name);
    }
}

/// What a command prints, on both streams.
fn printed(folder: &Path, arguments: &[&str]) -> String {
    let output = assert_cmd::Command::cargo_bin("ctadel")
        .expect("built")
        .env_clear()
        .env("HOME", folder)
        .env("COLUMNS", "400")
        .current_dir(folder)
        .args(arguments)
        .output()
        .expect("it ran");
    let code = output.status.code();
    assert!(matches!(code, Some(0 | 1)), "{arguments:?}: {output:?}");
    [output.stdout, output.stderr]
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .concat()
}

/// All sources at once, through the commands themselves.
#[test]
fn no_command_prints_a_planted_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    std::fs::create_dir_all(folder.join("logs/.aws")).expect("a folder");
    let mut rules = String::new();
    for source in SOURCES {
        let name = format!("logs/{}.jsonl", source.name);
        std::fs::write(folder.join(name), planted_log(source)).expect("written");
        rules.push_str(&format!("{}---\n", about(source)));
    }
    // What is no log is named, with how it begins.
    let strangers = [
        ("credentials", format!("aws_secret_access_key = {KEY}\n")),
        ("shop.env", format!("DB_PASSWORD={PASSWORD},x,y\n")),
        ("table.csv", format!("user,password={PASSWORD},c\na,b,c\n")),
        ("page.json", format!("{{\"token={TOKEN}\":1}}\n")),
        ("link.txt", format!("https://h.example/b?{SIGNATURE}\n")),
    ];
    for (name, text) in strangers {
        std::fs::write(folder.join("logs/.aws").join(name), text).expect("written");
    }
    std::fs::write(folder.join("rules.yml"), rules.trim_end_matches("---\n")).expect("written");
    let with = ["logs", "--rules", "rules.yml"];
    let show = |what: &[&str]| {
        let all = [what, &with].concat();
        let text = printed(folder, &all);
        if let Some(near) = leak(&text) {
            panic!("{what:?} shows it behind {near}");
        }
        assert!(text.len() > 500, "{what:?}: {text}");
        text
    };
    let formats = ["table", "json", "jsonl", "csv", "navigator", "markdown"];
    for format in formats {
        show(&["scan", "-f", format]);
        show(&["incidents", "-f", format]);
    }
    for format in ["table", "json", "jsonl", "csv", "markdown"] {
        show(&["timeline", "-f", format]);
        show(&["search", "outcome:*", "-f", format]);
    }
    for format in ["table", "json", "jsonl", "csv"] {
        show(&["summary", "--top", "0", "-f", format]);
    }
    let incidents = show(&["incidents", "-f", "jsonl"]);
    let first: Value = incidents
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .find(|value: &Value| value["kind"] == "incident")
        .expect("an incident");
    let id = first["id"].as_str().expect("an id");
    for format in ["table", "json", "markdown"] {
        show(&["incidents", "show", id, "-f", format]);
    }
    for source in SOURCES {
        let rule = format!("everything-{}", source.name);
        let log = format!("logs/{}.jsonl", source.name);
        let text = printed(
            folder,
            &["explain", &rule, &log, "--rules", "rules.yml", "--all"],
        );
        if let Some(near) = leak(&text) {
            panic!("explain {rule} shows it behind {near}");
        }
    }
}
