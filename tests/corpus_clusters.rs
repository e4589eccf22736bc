//! Real audit logs of Kubernetes and Google Cloud that nobody of this project wrote.
//!
//! They are lent and lie beside the checkout; without them the tests say so.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

use common::{builtin, counts, events, files, plan, scan, shared};
use ctadel::model::{Outcome, Severity};
use serde_json::{Value, json};

/// The records of a file, without what collectors of examples put around them.
fn records(file: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).expect("a file of the corpus");
    let values = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
    let values = values.map(|value| value.expect("JSON"));
    let inner = values.map(|value| {
        let keys = ["event", "doc", "log"];
        let found = keys.iter().find_map(|key| value.get(key)).cloned();
        found.filter(Value::is_object).unwrap_or(value)
    });
    inner.collect()
}

/// A record that its publisher took the time from, with one.
fn timed(mut record: Value, number: usize) -> Value {
    let map = record.as_object_mut().expect("an object");
    let day = number / 24 % 28 + 1;
    let time = json!(format!("2026-05-{day:02}T{:02}:00:00.000Z", number % 24));
    let known = [
        "timestamp",
        "stageTimestamp",
        "requestReceivedTimestamp",
        "time",
        "data",
    ];
    let cluster = map.contains_key("objectRef") || map.contains_key("requestURI");
    let log = map.contains_key("properties");
    if !known.iter().any(|key| map.contains_key(*key)) {
        let key = match (cluster, log) {
            (true, _) => "stageTimestamp",
            (_, true) => "time",
            _ => "timestamp",
        };
        map.insert(key.to_owned(), time);
    }
    record
}

fn written(records: &[Value]) -> tempfile::NamedTempFile {
    let mut out = tempfile::NamedTempFile::new().expect("a file");
    for record in records {
        writeln!(out, "{record}").expect("written");
    }
    out
}

#[test]
fn every_record_is_an_event_with_who_what_and_how_it_ended() {
    for (folder, sources) in [
        (
            "corpus/kubernetes-audit",
            ["kubernetes.audit", "aws.cloudtrail"],
        ),
        ("corpus/gcp-audit", ["gcp.audit", "kubernetes.audit"]),
    ] {
        let Some(folder) = shared(folder) else { return };
        let mut wrong = Vec::new();
        for file in files(&folder) {
            let name = file
                .strip_prefix(&folder)
                .expect("below")
                .display()
                .to_string();
            let all = records(&file);
            let known = |record: &&Value| {
                // Entries of other logs, and fixtures that are no record at all.
                let keys = [
                    "jsonPayload",
                    "textPayload",
                    "methodName",
                    "p_enrichment",
                    "eventSource",
                ];
                let other = keys.iter().any(|key| record.get(key).is_some());
                let held = ["protoPayload", "objectRef", "data"];
                !other || held.iter().any(|key| record.get(key).is_some())
            };
            let wanted: Vec<Value> = all
                .iter()
                .filter(known)
                .enumerate()
                .map(|(number, record)| timed(record.clone(), number))
                .collect();
            let input = written(&wanted);
            let report = scan(&plan(input.path(), builtin()));
            let sum: u64 = counts(&report.coverage).iter().sum();
            let skipped: Vec<&str> = report
                .coverage
                .skipped
                .iter()
                .map(|skipped| &*skipped.reason)
                .collect();
            if sum != wanted.len() as u64 || !skipped.is_empty() {
                wrong.push(format!("{name}: {sum} of {}, {skipped:?}", wanted.len()));
            }
            for (raw, event) in events(input.path()) {
                let shown = || {
                    String::from_utf8_lossy(&raw)
                        .chars()
                        .take(150)
                        .collect::<String>()
                };
                let raw: Value = serde_json::from_slice(&raw).expect("JSON");
                let named = raw.pointer("/user/username").is_some_and(|name| name != "")
                    || raw
                        .pointer("/protoPayload/authenticationInfo/principalEmail")
                        .is_some_and(|email| email != "");
                let called =
                    raw.get("verb").is_some() || raw.pointer("/protoPayload/methodName").is_some();
                let answered = raw.pointer("/responseStatus/code").is_some()
                    || raw.pointer("/protoPayload/status").is_some();
                if !sources.contains(&event.source)
                    || event.time.0 < 1_400_000_000_000_000_000
                    || (called && event.action.is_empty())
                    || (named && event.actor.id.is_empty())
                    || (answered && event.outcome == Outcome::Unknown)
                {
                    wrong.push(format!("{name}: {event:?} of {}", shown()));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

/// Tests that others wrote for their rules: what they expect to be found, ours find too, and what
/// they take for harmless is seldom worth an alarm.
#[test]
fn what_others_find_is_found() {
    for source in ["kubernetes-audit", "gcp-audit"] {
        let Some(file) = shared(&format!("corpus/{source}/panther/tests.jsonl")) else {
            return;
        };
        let text = std::fs::read_to_string(file).expect("is there");
        let rows: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        // Fixtures are used again and again: an id of its own for each.
        let all: Vec<Value> = rows
            .iter()
            .enumerate()
            .map(|(number, row)| {
                let mut record = timed(row["event"].clone(), number);
                for id in ["auditID", "insertId", "insertid"] {
                    if let Some(old) = record.get_mut(id) {
                        *old = json!(format!("row-{number}"));
                    }
                }
                record
            })
            .collect();
        let input = written(&all);
        let report = scan(&plan(input.path(), builtin()));
        let mut found: BTreeMap<u64, BTreeSet<Severity>> = BTreeMap::new();
        for finding in &report.findings {
            for evidence in &finding.evidence {
                found
                    .entry(evidence.record)
                    .or_default()
                    .insert(finding.severity);
            }
        }
        let (mut hits, mut wanted, mut alarms, mut harmless) = (0, 0, 0, 0);
        for (number, row) in rows.iter().enumerate() {
            let severities = found.get(&(number as u64));
            let alone = row["needs"].as_array().is_some_and(Vec::is_empty);
            match row["expected"].as_bool() {
                Some(true) if alone => {
                    wanted += 1;
                    hits += usize::from(severities.is_some());
                }
                Some(false) => {
                    harmless += 1;
                    let high = |all: &BTreeSet<Severity>| all.iter().any(|s| *s >= Severity::High);
                    alarms += usize::from(severities.is_some_and(high));
                }
                _ => {}
            }
        }
        assert!(hits * 10 >= wanted * 9, "{source}: {hits} of {wanted}");
        assert!(alarms * 10 <= harmless, "{source}: {alarms} of {harmless}");
    }
}
