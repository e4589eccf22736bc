//! What a log holds in clear never leaves in a report.
//!
//! Session tokens, keys and passwords are planted wherever a record may have them; no output of
//! any form may show one.

mod common;

use common::{plan, rules_of, scan};
use ctadel::model::{Finding, Incident};
use ctadel::render::wire::AttackNames;
use ctadel::render::{Format, Options, Report, View};

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

/// Writes everything there is to write and looks for the marks.
fn shown(report: &ctadel::Report, what: &str) {
    let findings: Vec<&Finding> = report.findings.iter().collect();
    let incidents: Vec<&Incident> = report.incidents.iter().collect();
    let mut views = vec![View::Findings, View::Incidents];
    views.extend(incidents.iter().map(|incident| View::Incident(incident)));
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
            if let Some(at) = text.find("PLANTED") {
                let near: Vec<char> = text[..at].chars().rev().take(120).collect();
                let near: String = near.into_iter().rev().collect();
                panic!("{what}: {} shows it behind {near}", format.word());
            }
            written += text.len();
        }
    }
    assert!(written > 10_000, "{what}: only {written} bytes");
}

/// The same record with something secret at the end of every text and in every object. What the
/// log's own id is made of leads back to it and is shown as it is.
fn planted(value: &mut serde_json::Value, kept: &[&str], uid: &str) {
    use serde_json::Value;
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
                    " --password={PASSWORD} Authorization: Bearer {TOKEN}"
                ));
            }
        }
        _ => {}
    }
}

/// Every source: its own test records, with secrets wherever a text can stand.
#[test]
fn no_source_lets_a_planted_secret_out() {
    for source in ctadel::normalize::SOURCES {
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
        let rules = format!(
            "title: everything\nname: everything\nlevel: high\n\
             logsource: {{product: {}, service: {}}}\n\
             detection: {{s: {{ctadel.source: {}}}, condition: s}}\n",
            source.product, source.service, source.name
        );
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("log.jsonl");
        std::fs::write(&file, text).expect("written");
        let report = scan(&plan(&file, rules_of(&rules)));
        assert!(
            !report.findings.is_empty(),
            "{}: {:?}",
            source.name,
            report.coverage.skipped
        );
        shown(&report, source.name);
    }
}
