//! Real alerts and events of the container runtime: all of them are read as what they are.
//!
//! They are lent and lie beside the checkout; without them the tests say so.

mod common;

use std::io::Write;

use common::{builtin, counts, events, files, plan, scan, shared};
use ctadel::model::{ActorType, Outcome};
use serde_json::Value;

/// The records of a file, without the wrapping that collectors of examples put around a line.
fn unwrapped(file: &std::path::Path) -> tempfile::NamedTempFile {
    let text = std::fs::read_to_string(file).expect("text");
    let mut out = tempfile::NamedTempFile::new().expect("a file");
    let values = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
    for value in values {
        let value = value.expect("JSON");
        writeln!(out, "{}", value.get("doc").unwrap_or(&value)).expect("written");
    }
    out
}

#[test]
fn every_runtime_record_becomes_an_event() {
    let Some(folder) = shared("corpus/runtime") else {
        return;
    };
    let mut seen = std::collections::BTreeMap::<&str, usize>::new();
    for file in files(&folder) {
        let inner = unwrapped(&file);
        let report = scan(&plan(inner.path(), builtin()));
        let [_, _, skipped, ignored] = counts(&report.coverage);
        let reasons: Vec<_> = report.coverage.skipped.iter().map(|s| &s.reason).collect();
        // One documented sample is a fragment without its time.
        let fragments = usize::from(file.ends_with("falco/alerts.jsonl")) as u64;
        assert_eq!(
            (skipped, ignored),
            (fragments, 0),
            "{}: {reasons:?}",
            file.display()
        );
        for (_, event) in events(inner.path()) {
            *seen.entry(event.source).or_default() += 1;
            if event.time.0 == 0 {
                continue;
            }
            let year = event.time.datetime().to_rfc3339();
            assert!(("2001"..="2027").contains(&&year[..4]), "{year}");
            assert_ne!(event.outcome, Outcome::Unknown);
            assert_ne!(event.actor.kind, ActorType::Unknown);
            assert!(event.action.len() > 8, "{}", event.action);
            assert!(!event.actor.id.is_empty() && !event.uid.is_empty());
        }
    }
    let counts: Vec<_> = seen.into_iter().collect();
    assert_eq!(counts, [("falco", 20), ("tetragon", 44), ("tracee", 9)]);
}
