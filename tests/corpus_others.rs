//! Real logs of Scaleway, Okta and in OCSF that nobody of this project wrote: all of them are
//! read, and what is read is whole.
//!
//! They are lent and lie beside the checkout; without them the tests say so.

mod common;

use std::io::Write;
use std::path::Path;

use common::{builtin, counts, events, files, plan, scan, shared};
use ctadel::model::{Event, Outcome};
use serde_json::Value;

/// A copy of a file without the wrapping that collectors of examples put around a line, and how
/// many records it holds.
fn unwrapped(file: &Path) -> (tempfile::NamedTempFile, u64) {
    let text = std::fs::read_to_string(file).expect("a file of the corpus");
    let mut out = tempfile::NamedTempFile::new().expect("a file");
    if file.extension().is_some_and(|end| end == "jsonl") {
        let lines: Vec<&str> = text.lines().collect();
        for line in &lines {
            let line: Value = serde_json::from_str(line).expect("JSON");
            writeln!(out, "{}", line["event"]).expect("written");
        }
        return (out, lines.len() as u64);
    }
    out.write_all(text.as_bytes()).expect("written");
    // Some of them were written by hand and are no JSON for anybody else.
    let value: Value = serde_json::from_str(&text).unwrap_or_default();
    let count = value["events"].as_array().map_or(1, Vec::len);
    (out, count as u64)
}

/// Every event below a folder of the corpus; all records must have been accounted for.
fn read(folder: &str) -> Option<Vec<Event>> {
    let folder = shared(folder)?;
    let mut out = Vec::new();
    for file in files(&folder) {
        let (inner, want) = unwrapped(&file);
        let report = scan(&plan(inner.path(), builtin()));
        let [records, duplicates, skipped, ignored] = counts(&report.coverage);
        assert_eq!(
            records + duplicates + skipped + ignored,
            want,
            "{}: {:?}",
            file.display(),
            report.coverage.skipped
        );
        for skipped in &report.coverage.skipped {
            // Rows cut down to what one rule looks at.
            let known = [
                "a record without a time (published), judged by itself",
                "a record whose time cannot be read (published), judged by itself",
                "JSON of no known log",
            ];
            let known = known
                .iter()
                .any(|reason| skipped.reason.starts_with(reason));
            assert!(known, "{}: {}", file.display(), skipped.reason);
        }
        out.extend(events(inner.path()).into_iter().map(|(_, event)| event));
    }
    Some(out)
}

/// What every event must have.
fn whole(event: &Event, source: &str) {
    assert_eq!(event.source, source, "{event:#?}");
    assert!(
        !event.actor.id.is_empty() && !event.actor.name.is_empty(),
        "{event:#?}"
    );
    assert!(
        !event.action.is_empty() && event.action != ":",
        "{event:#?}"
    );
    assert!(!event.uid.is_empty(), "{event:#?}");
}

#[test]
fn scaleway_events_are_whole() {
    let Some(events) = read("corpus/scaleway") else {
        return;
    };
    let [event] = events.as_slice() else {
        panic!("{events:#?}")
    };
    whole(event, "scaleway.audit");
    assert_eq!(event.action, "secret-manager:CreateSecret");
    assert_eq!(event.outcome, Outcome::Success);
    assert_eq!(event.region.as_deref(), Some("fr-par"));
    assert_eq!(event.source_ip.as_deref(), Some("212.133.41.37"));
    assert_eq!(event.targets[0].kind, "secret");
}

#[test]
fn okta_events_are_whole() {
    let Some(events) = read("corpus/okta") else {
        return;
    };
    assert!(events.len() >= 47, "{}", events.len());
    for event in &events {
        whole(event, "okta.system");
        assert_ne!(event.outcome, Outcome::Unknown, "{event:#?}");
    }
    let addressed = events.iter().filter(|event| event.source_ip.is_some());
    assert!(addressed.count() * 10 >= events.len() * 9);
}

#[test]
fn ocsf_events_are_whole() {
    let Some(events) = read("corpus/ocsf") else {
        return;
    };
    assert_eq!(events.len(), 16);
    for event in &events {
        whole(event, "ocsf");
        assert!(matches!(event.provider, "aws" | "okta"), "{event:#?}");
        assert_ne!(event.outcome, Outcome::Unknown, "{event:#?}");
        assert!(
            !event.actor.id.starts_with("unnamed") || event.provider == "okta",
            "{event:#?}"
        );
        // The event and its raw record are of the same second.
        assert!(event.time.0 > 0, "{event:#?}");
    }
}
