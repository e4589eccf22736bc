//! A Security Lake's files: the events they hold are those of the same log as JSON.
//!
//! Without the feature they are named and left out.

mod common;

use common::{builtin, counts, plan, scan, testdata};

#[cfg(not(feature = "parquet"))]
#[test]
fn without_the_feature_each_file_is_named() {
    let report = scan(&plan(&testdata().join("ocsf-parquet"), builtin()));
    assert_eq!(counts(&report.coverage), [0, 0, 3, 0]);
    for skipped in &report.coverage.skipped {
        assert!(skipped.reason.contains("Parquet"), "{}", skipped.reason);
    }
}

#[cfg(feature = "parquet")]
#[test]
fn columns_hold_the_same_events_as_lines() {
    let of = |path: &str| {
        let events = common::events(&testdata().join(path));
        let mut out: Vec<_> = events
            .into_iter()
            // What is hashed where a log has no id differs with the arrangement.
            .map(|(_, event)| {
                (
                    event.time,
                    event.action,
                    event.uid,
                    event.actor,
                    event.outcome,
                    event.source_ip,
                    event.targets,
                    event.provider,
                )
            })
            .collect();
        out.sort_by(|a, b| (a.0, &a.2).cmp(&(b.0, &b.2)));
        out
    };
    let lines = of("ocsf/lines.jsonl");
    assert_eq!(lines.len(), 10);
    assert_eq!(of("ocsf-parquet/events.zstd.parquet"), lines);
    assert_eq!(of("ocsf-parquet/events.snappy.parquet"), lines);
}

#[cfg(feature = "parquet")]
#[test]
fn a_file_that_is_cut_off_is_named_and_stops_nothing() {
    let report = scan(&plan(&testdata().join("ocsf-parquet"), builtin()));
    // The same events twice, and the broken file.
    assert_eq!(counts(&report.coverage), [10, 10, 1, 0]);
    let reason = &report.coverage.skipped[0].reason;
    assert!(
        reason.starts_with("Parquet that cannot be read"),
        "{reason}"
    );
}

/// A byte anywhere may be wrong: nothing panics, and what is read is bounded.
#[cfg(feature = "parquet")]
#[test]
fn damaged_columns_are_survived() {
    let sound = std::fs::read(testdata().join("ocsf-parquet/events.snappy.parquet"))
        .expect("the file is there");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("x.parquet");
    for at in (4..sound.len()).step_by(sound.len() / 60) {
        let mut broken = sound.clone();
        broken[at] ^= 0x55;
        std::fs::write(&file, &broken).expect("written");
        let report = scan(&plan(&file, builtin()));
        assert!(report.coverage.complete);
    }
}
