//! Live inputs: the whole command against providers on the loopback interface.
#![cfg(feature = "live")]

#[path = "support/bucket.rs"]
mod bucket;
#[path = "support/server.rs"]
mod server;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::{Arc, Mutex};

use bucket::Bucket;
use serde_json::{Value, json};
use server::{Answer, Seen, Server};

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/sample")
}

/// Runs the command with nothing of this machine's configuration.
fn ctadel(server: &Server, arguments: &[&str]) -> Output {
    let home = tempfile::tempdir().expect("a folder");
    let mut command = assert_cmd::Command::cargo_bin("ctadel").expect("built");
    command
        .env_clear()
        .env("HOME", home.path())
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "secretEXAMPLE")
        .env("AWS_REGION", "eu-west-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_ENDPOINT_URL", &server.url)
        .env("SCW_SECRET_KEY", "secretEXAMPLE")
        .env("OKTA_CLIENT_TOKEN", "tokenEXAMPLE")
        .env("OVH_LDP_TOKEN", "tokenEXAMPLE")
        .env("CLOUDSDK_AUTH_ACCESS_TOKEN", "tokenEXAMPLE")
        .current_dir(home.path())
        .args(arguments)
        .output()
        .expect("it ran")
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stdout);
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

fn coverage(output: &Output) -> Value {
    let last = lines(output).pop().expect("a coverage");
    assert_eq!(last["kind"], "coverage");
    last
}

fn error(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn bucket(page: usize) -> Server {
    let bucket = Bucket::new(&sample(), page);
    Server::start(move |seen, _| bucket.answer(seen))
}

#[test]
fn a_bucket_is_read_like_the_folder() {
    let folder = sample();
    let folder = folder.to_str().expect("text");
    for page in [1000, 7] {
        let server = bucket(page);
        let live = ctadel(&server, &["scan", "-f", "jsonl", "s3://trail/"]);
        let disk = ctadel(&server, &["scan", "-f", "jsonl", folder]);
        assert_eq!(live.status.code(), Some(0), "{}", error(&live));
        assert_eq!(live.stdout, disk.stdout);
        assert!(error(&live).contains("s3://trail/ is asked at http://127.0.0.1"));
        assert!(server.seen().iter().all(|seen| seen.method == "GET"));
    }
    // A folder without its slash, and one object.
    let server = bucket(1000);
    let live = ctadel(&server, &["scan", "-f", "jsonl", "s3://trail/AWSLogs"]);
    let disk = ctadel(
        &server,
        &["scan", "-f", "jsonl", &format!("{folder}/AWSLogs")],
    );
    assert_eq!(live.stdout, disk.stdout);
    let none = ctadel(&server, &["scan", "s3://trail/nothing-here"]);
    assert_eq!(none.status.code(), Some(4), "{}", error(&none));
}

#[test]
fn a_window_is_found_without_the_rest() {
    let folder = tempfile::tempdir().expect("a folder");
    let from = chrono::NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
    for day in 0..90u64 {
        let date = from + chrono::Days::new(day);
        for region in ["eu-west-1", "us-east-1"] {
            for hour in 0..24 {
                let path = date.format("%Y/%m/%d");
                let path = format!("AWSLogs/111122223333/CloudTrail/{region}/{path}");
                let stamp = format!("{}T{hour:02}05Z", date.format("%Y%m%d"));
                let name = format!("111122223333_CloudTrail_{region}_{stamp}_x.json");
                let path = folder.path().join(path);
                std::fs::create_dir_all(&path).expect("made");
                std::fs::write(path.join(name), "{\"Records\":[]}").expect("written");
            }
        }
    }
    let bucket = Bucket::new(folder.path(), 1000);
    let server = Server::start(move |seen, _| bucket.answer(seen));
    let arguments = [
        "scan",
        "-v",
        "s3://trail/",
        "--since",
        "2026-05-10",
        "--until",
        "2026-05-11",
    ];
    let output = ctadel(&server, &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", error(&output));
    let text = error(&output);
    let line = text
        .lines()
        .find(|line| line.contains("listed"))
        .expect("a tally");
    let (line, unlisted) = line.split_once(';').expect("what was not listed");
    assert_eq!(
        unlisted,
        " 8 folders of days or months in 2 dated trees listed, all others left alone"
    );
    let numbers = line
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|part| part.parse().ok());
    let numbers: Vec<u64> = numbers.collect();
    // Lookback and lateness make three days of one: 72 hours and the last moment, in two regions.
    let [.., listed, outside, fetched] = numbers.as_slice() else {
        panic!("{line}")
    };
    assert!(*outside * 100 < *listed * 3, "{line}");
    assert_eq!(*fetched, 2 * 72, "{line}");
    let got = server
        .seen()
        .into_iter()
        .filter(|seen| seen.query("list-type").is_none());
    let got: Vec<String> = got.map(|seen| seen.target).collect();
    assert_eq!(got.len(), 2 * 72);
    assert!(
        got.iter()
            .all(|key| ["/09/", "/10/", "/11/"].iter().any(|day| key.contains(day)))
    );
}

#[test]
fn faults_are_waited_out_and_refusals_told() {
    let folder = sample();
    let disk = |server: &Server| {
        ctadel(
            server,
            &["scan", "-f", "jsonl", folder.to_str().expect("text")],
        )
        .stdout
    };
    // Every object is throttled or cut once.
    let bucket = Bucket::new(&sample(), 50);
    let met: Arc<Mutex<BTreeMap<String, usize>>> = Arc::default();
    let server = Server::start(move |seen, number| {
        let answer = bucket.answer(seen);
        let mut met = met.lock().expect("not poisoned");
        let times = met.entry(seen.target.clone()).or_default();
        *times += 1;
        match (*times, number % 3) {
            (1, 0) => Answer::new(503, "<Error><Code>SlowDown</Code></Error>"),
            (1, 1) if answer.body.len() > 10 => {
                let half = answer.body.len() / 2;
                answer.cut(half)
            }
            _ => answer,
        }
    });
    let live = ctadel(&server, &["scan", "-f", "jsonl", "s3://trail/"]);
    assert_eq!(live.stdout, disk(&server), "{}", error(&live));

    // One account of two is closed: the other is read, and what is missing is named.
    let bucket = Bucket::new(&sample(), 1000);
    let closed = "AWSLogs/o-exampleorg1/111122223333/";
    let server = Server::start(move |seen, _| {
        let prefix = seen.query("prefix").unwrap_or_default();
        match prefix.starts_with(closed) {
            true => Answer::new(403, "<Error><Code>AccessDenied</Code></Error>"),
            false => bucket.answer(seen),
        }
    });
    let arguments = [
        "scan",
        "-f",
        "jsonl",
        "s3://trail/",
        "--since",
        "2026-06-01",
        "--until",
        "2026-06-30",
    ];
    let output = ctadel(&server, &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", error(&output));
    let coverage = coverage(&output);
    let skipped = coverage["skipped"].to_string();
    assert!(
        skipped.contains("111122223333") && skipped.contains("needs s3:ListBucket"),
        "{skipped}"
    );

    // Nothing at all.
    let server = Server::start(|_, _| Answer::new(403, "<Error><Code>AccessDenied</Code></Error>"));
    let output = ctadel(&server, &["scan", "s3://trail/"]);
    assert_eq!(output.status.code(), Some(4), "{}", error(&output));
    let output = ctadel(
        &server,
        &["scan", "s3://trail/", "--anchor", "latest", "--since", "1d"],
    );
    assert_eq!(output.status.code(), Some(2));
    let output = ctadel(&server, &["scan", "ftp://trail/"]);
    assert_eq!(output.status.code(), Some(2));
}

/// The day that a lookup is asked for: the history reaches no further than ninety.
fn day() -> chrono::NaiveDate {
    (chrono::Utc::now() - chrono::TimeDelta::days(3)).date_naive()
}

/// Events of a CloudTrail lookup, newest first.
fn event(number: usize) -> Value {
    let record = json!({
        "eventVersion": "1.11", "userIdentity": {"type": "IAMUser", "principalId": "AIDAEXAMPLE",
        "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"},
        "eventTime": format!("{}T10:{:02}:00Z", day(), 59 - number), "eventSource": "cloudtrail.amazonaws.com",
        "eventName": if number == 3 { "StopLogging" } else { "DescribeTrails" }, "awsRegion": "eu-west-1",
        "sourceIPAddress": "203.0.113.9", "userAgent": "aws-cli/2", "requestParameters": {"name": "org-trail"},
        "eventID": format!("00000000-0000-4000-8000-{number:012}"), "eventType": "AwsApiCall",
        "managementEvent": true, "recipientAccountId": "111122223333", "eventCategory": "Management",
    });
    json!({"EventId": record["eventID"], "CloudTrailEvent": record.to_string()})
}

#[test]
fn the_event_history_is_paged_throttled_and_empty_in_between() {
    let server = Server::start(|seen, number| {
        assert!(
            seen.header("x-amz-target")
                .is_some_and(|it| it.ends_with("LookupEvents"))
        );
        let asked: Value = serde_json::from_slice(&seen.body).expect("JSON");
        if number == 0 {
            return Answer::new(400, r#"{"__type":"ThrottlingException"}"#);
        }
        match asked["NextToken"].as_str() {
            None => Answer::json(json!({"Events": [event(0), event(1)], "NextToken": "a"})),
            Some("a") => Answer::json(json!({"Events": [], "NextToken": "b"})),
            // One that has been seen already.
            Some("b") => Answer::json(json!({"Events": [event(1), event(2)], "NextToken": "c"})),
            _ => Answer::json(json!({"Events": [event(3)]})),
        }
    });
    let (since, until) = (format!("{}T08:00", day()), format!("{}T12:00", day()));
    let arguments = [
        "scan",
        "-f",
        "jsonl",
        "aws-lookup://eu-west-1",
        "--since",
        &since,
        "--until",
        &until,
        "--lookback",
        "8h",
    ];
    let output = ctadel(&server, &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", error(&output));
    let coverage = coverage(&output);
    assert_eq!(
        (&coverage["records"], &coverage["duplicates"]),
        (&json!(4), &json!(1)),
        "{coverage}"
    );
    let found = &lines(&output)[0];
    assert_eq!(found["action"], "cloudtrail:StopLogging", "{found}");
    assert_eq!(
        found["evidence"][0]["file"],
        format!("eu-west-1/{}/000004.json", day())
    );
}

/// What a provider that keeps nothing is asked, and that it is asked nothing else.
#[test]
fn nothing_is_sent_but_what_reads() {
    let answer = |seen: &Seen| match seen.path() {
        "/v2/entries:list" => Answer::json(json!({"nextPageToken": ""})),
        path if path.contains("_search") => Answer::json(json!({"hits": {"hits": []}})),
        "/api/v1/logs" => {
            // To itself: for whoever waits for what is to come.
            let host = seen.header("host").unwrap_or_default();
            let link = format!("<http://{host}/api/v1/logs?after=x>; rel=\"next\"");
            Answer::json(json!([])).header("link", &link)
        }
        path if path.contains("/audit-trail/") => Answer::json(json!({"events": []})),
        "/storage/v1/b/audit/o" => Answer::json(json!({})),
        "/" => Answer::json(json!({"events": []})),
        _ => Answer::new(400, "{}"),
    };
    let server = Server::start(move |seen, _| answer(seen));
    let url = &server.url;
    let inputs = [
        (
            "gcp-logging://projects/example",
            vec!["POST /v2/entries:list"],
        ),
        ("gs://audit/", vec!["GET /storage/v1/b/audit/o"]),
        ("ovh-ldp://gra1/audit", vec!["POST /audit/_search"]),
        ("okta://example.okta.com", vec!["GET /api/v1/logs"]),
        ("aws-logs:///aws/eks/prod/cluster", vec!["POST /"]),
        (
            "scaleway-audit://11111111-0000-4000-8000-000000000001",
            vec![
                "GET /audit-trail/v1alpha1/regions/fr-par/authentication-events",
                "GET /audit-trail/v1alpha1/regions/fr-par/events",
                "GET /audit-trail/v1alpha1/regions/fr-par/system-events",
                "GET /audit-trail/v1alpha1/regions/nl-ams/authentication-events",
                "GET /audit-trail/v1alpha1/regions/nl-ams/events",
                "GET /audit-trail/v1alpha1/regions/nl-ams/system-events",
            ],
        ),
    ];
    for (input, expected) in inputs {
        let server = Server::start(move |seen, _| answer(seen));
        let input = format!("{input}?endpoint={}", server.url);
        let output = ctadel(&server, &["scan", "-f", "jsonl", &input, "--since", "2h"]);
        assert_eq!(output.status.code(), Some(0), "{input}: {}", error(&output));
        assert_eq!(server.kinds(), expected, "{input}");
    }
    assert!(server.seen().is_empty(), "{url}");
}

#[test]
fn a_pull_is_the_folder_again() {
    let server = bucket(1000);
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("logs");
    let out = out.to_str().expect("text");
    let first = ctadel(&server, &["pull", "s3://trail/", "-o", out]);
    assert_eq!(first.status.code(), Some(0), "{}", error(&first));
    let disk = sample();
    let expected = ctadel(
        &server,
        &["scan", "-f", "jsonl", disk.to_str().expect("text")],
    );
    let pulled = ctadel(&server, &["scan", "-f", "jsonl", out]);
    assert_eq!(pulled.stdout, expected.stdout);
    let manifest = std::fs::read_to_string(format!("{out}.manifest.jsonl")).expect("a manifest");
    assert_eq!(manifest.lines().count(), bucket::count(&disk));
    // Taken up again: what is there is not fetched, what is gone or half is.
    let gets = |server: &Server| {
        server
            .seen()
            .iter()
            .filter(|seen| seen.query("list-type").is_none())
            .count()
    };
    let before = gets(&server);
    assert_eq!(before, bucket::count(&disk));
    let line: Value = serde_json::from_str(manifest.lines().next().expect("a line")).expect("JSON");
    let file = format!("{out}/{}", line["file"].as_str().expect("a name"));
    std::fs::write(&file, "half").expect("written");
    let again = ctadel(&server, &["pull", "s3://trail/", "-o", out]);
    assert_eq!(again.status.code(), Some(0), "{}", error(&again));
    assert_eq!(gets(&server), before + 1);
    let pulled = ctadel(&server, &["scan", "-f", "jsonl", out]);
    assert_eq!(pulled.stdout, expected.stdout);
    assert_eq!(
        ctadel(&server, &["pull", "logs/", "-o", out]).status.code(),
        Some(2)
    );
}

#[test]
fn a_watch_tells_each_incident_once() {
    let server = bucket(1000);
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("state.json");
    let state = state.to_str().expect("text");
    let told = folder.path().join("told");
    let exec = format!("cat >> {}; echo \"$CTADEL_CHANGE\" >> {0}", told.display());
    let watch = |since: &str, runs: &str| {
        let arguments = [
            "watch",
            "s3://trail/",
            "-f",
            "jsonl",
            "--since",
            since,
            "--interval",
            "1s",
            "--runs",
            runs,
            "--state",
            state,
            "--exec",
            &exec,
        ];
        ctadel(&server, &arguments)
    };
    let first = watch("2026-05-01", "2");
    assert_eq!(first.status.code(), Some(0), "{}", error(&first));
    let kinds: Vec<String> = lines(&first)
        .iter()
        .map(|line| line["kind"].to_string())
        .collect();
    let incidents = kinds
        .iter()
        .filter(|kind| kind.contains("incident"))
        .count();
    assert!(incidents > 0 && kinds.len() == incidents + 1, "{kinds:?}");
    let text = std::fs::read_to_string(&told).expect("told");
    assert_eq!(
        text.lines().filter(|line| *line == "new").count(),
        incidents
    );
    // Objects were fetched once, although they were read twice.
    let gets = server
        .seen()
        .iter()
        .filter(|seen| seen.query("list-type").is_none())
        .count();
    assert_eq!(gets, bucket::count(&sample()) - digests());
    // Started again: everything has been told.
    let second = watch("2026-05-01", "1");
    assert_eq!(
        (second.status.code(), second.stdout.len()),
        (Some(0), 0),
        "{}",
        error(&second)
    );
    let fail = ctadel(
        &server,
        &[
            "watch",
            "s3://trail/",
            "--since",
            "2026-05-01",
            "--fail-on",
            "low",
            "--interval",
            "1s",
        ],
    );
    assert_eq!(fail.status.code(), Some(1), "{}", error(&fail));
}

fn digests() -> usize {
    let all = Bucket::new(&sample(), 1).keys().len();
    all - Bucket::new(&sample(), 1)
        .keys()
        .iter()
        .filter(|key| !key.contains("-Digest/"))
        .count()
}

#[test]
fn inputs_are_checked_and_their_permissions_printed() {
    let server = bucket(1000);
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("config.yaml");
    std::fs::write(&config, "inputs: [\"s3://trail/AWSLogs\"]\n").expect("written");
    let config = config.to_str().expect("text");
    let good = ctadel(&server, &["config", "check", "--config", config]);
    assert_eq!(good.status.code(), Some(0), "{}", error(&good));
    let closed = Server::start(|_, _| Answer::new(403, "<Error><Code>AccessDenied</Code></Error>"));
    let bad = ctadel(&closed, &["config", "check", "--config", config]);
    assert_eq!(bad.status.code(), Some(4));
    let text = String::from_utf8_lossy(&bad.stdout).into_owned();
    assert!(text.contains("s3:ListBucket"), "{text}");
    let policy = ctadel(
        &server,
        &[
            "config",
            "permissions",
            "--provider",
            "aws",
            "--config",
            config,
        ],
    );
    let policy: Value = serde_json::from_slice(&policy.stdout).expect("JSON");
    assert_eq!(
        policy["Statement"][1]["Resource"],
        "arn:aws:s3:::trail/AWSLogs/*"
    );
    let none = ctadel(
        &server,
        &[
            "config",
            "permissions",
            "--provider",
            "gcp",
            "--config",
            config,
        ],
    );
    assert_eq!(none.status.code(), Some(2));
    // The same inputs from the configuration.
    let scan = ctadel(&server, &["scan", "-f", "jsonl", "--config", config]);
    assert_eq!(scan.status.code(), Some(0), "{}", error(&scan));
    assert!(coverage(&scan)["records"].as_u64() > Some(0));
}
