//! What every source must bear: other encodings, files that end early, values of the wrong kind.
//!
//! The test records of each registered source enter, bent in every way; all must be accounted for.

mod common;

use std::sync::Arc;

use common::{builtin, counts, plan, rules_of, scan, testdata};
use ctadel::detect::ast::RuleSet;
use ctadel::normalize::SOURCES;
use serde_json::{Value, json};

/// The text of a source's first shape.
fn text_of(source: &str) -> String {
    let shapes = common::files(&testdata().join(source));
    let texts = shapes.iter().filter_map(|shape| std::fs::read(shape).ok());
    texts
        .filter_map(|bytes| String::from_utf8(bytes).ok())
        .next()
        .expect("one shape is plain text")
}

/// Read with one rule that costs nothing.
fn scanned(bytes: &[u8]) -> ctadel::Report {
    scanned_with(bytes, rules_of(RULE))
}

const RULE: &str = "title: t\nname: t\nlevel: low\nlogsource: {product: aws}\n\
    detection: {s: {eventName: x}, condition: s}\n";

fn scanned_with(bytes: &[u8], rules: Arc<RuleSet>) -> ctadel::Report {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("log");
    std::fs::write(&file, bytes).expect("written");
    let report = scan(&plan(&file, rules));
    assert!(report.coverage.complete);
    report
}

/// PowerShell writes UTF-16, portals put a mark in front, and lines end in two ways.
#[test]
fn encodings_change_nothing() {
    for source in SOURCES {
        let text = text_of(source.name);
        let text = text.trim_start_matches('\u{feff}');
        let want = counts(&scanned(text.as_bytes()).coverage);
        let wide = |big: bool| {
            let units = std::iter::once(0xfeff).chain(text.encode_utf16());
            let bytes = |unit: u16| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            };
            units.flat_map(bytes).collect::<Vec<u8>>()
        };
        let marked = format!("\u{feff}{text}").into_bytes();
        let windows = text
            .replace("\r\n", "\n")
            .replace('\n', "\r\n")
            .into_bytes();
        for (name, bytes) in [
            ("UTF-16 LE", wide(false)),
            ("UTF-16 BE", wide(true)),
            ("UTF-8 with a mark", marked),
            ("Windows line ends", windows),
        ] {
            assert_eq!(
                counts(&scanned(&bytes).coverage),
                want,
                "{}: {name}",
                source.name
            );
        }
    }
}

/// What was cut off costs the record it hit and is told.
#[test]
fn a_file_that_ends_early_gives_what_it_has() {
    for source in SOURCES {
        let text = text_of(source.name);
        // Half a line of plain text may be a line.
        if !text.trim_start().starts_with(['{', '[', '\u{feff}']) {
            continue;
        }
        let [whole, ..] = counts(&scanned(text.as_bytes()).coverage);
        for part in 1..8 {
            let cut = &text.as_bytes()[..text.len() * part / 8];
            let report = scanned(cut);
            let [records, _, skipped, _] = counts(&report.coverage);
            assert!(records <= whole, "{}", source.name);
            let on_a_border = cut.ends_with(b"\n") || cut.ends_with(b"}");
            let told = skipped > 0 || on_a_border || records + 1 >= whole;
            assert!(
                told,
                "{} cut at {part}/8: {records} of {whole}",
                source.name
            );
        }
    }
}

/// Every value of a record, one after the other, is one of the wrong kind.
fn bent(record: &Value, odd: &Value, depth: usize, out: &mut Vec<Value>) {
    let put = |pointer: &dyn Fn(&mut Value) -> Option<&mut Value>, value: Value| {
        let mut copy = record.clone();
        *pointer(&mut copy)? = value;
        Some(copy)
    };
    match record {
        Value::Object(map) => {
            for (key, value) in map {
                out.extend(put(&|copy| copy.get_mut(key), odd.clone()));
                let mut inner = Vec::new();
                if depth > 0 {
                    bent(value, odd, depth - 1, &mut inner);
                }
                out.extend(
                    inner
                        .into_iter()
                        .filter_map(|v| put(&|copy| copy.get_mut(key), v)),
                );
            }
        }
        Value::Array(list) => {
            if let Some(value) = list.first() {
                out.extend(put(&|copy| copy.get_mut(0), odd.clone()));
                let mut inner = Vec::new();
                if depth > 0 {
                    bent(value, odd, depth - 1, &mut inner);
                }
                out.extend(
                    inner
                        .into_iter()
                        .filter_map(|v| put(&|copy| copy.get_mut(0), v)),
                );
            }
        }
        _ => {}
    }
}

#[test]
fn values_of_the_wrong_kind_are_survived() {
    let odds = [
        Value::Null,
        json!([]),
        json!({}),
        json!(7),
        json!(-1.5e300),
        json!(true),
        json!(""),
        json!("\u{1f600} \\ \" \u{0} [{"),
        json!([[{"a": [null]}]]),
        json!({"a": {"b": "c"}}),
    ];
    for odd in &odds {
        // All logs in one file: each record is told by itself.
        let mut all = Vec::new();
        for source in SOURCES {
            for record in records_of(source.name) {
                bent(&record, odd, 2, &mut all);
            }
        }
        let text: String = all.iter().map(|value| format!("{value}\n")).collect();
        let report = scanned_with(text.as_bytes(), builtin());
        let own = |reason: &str| reason.contains("an error of ctadel itself");
        let skipped = report.coverage.skipped.iter();
        let wrong: Vec<_> = skipped.filter(|skipped| own(&skipped.reason)).collect();
        assert!(wrong.is_empty(), "{odd}: {wrong:?}");
        let sum: u64 = counts(&report.coverage).iter().sum();
        // An envelope that was opened may hold more than one.
        assert!(sum >= all.len() as u64, "{odd}: {sum} of {}", all.len());
    }
}

/// The test records of a source as its log writes them.
fn records_of(source: &str) -> Vec<Value> {
    let shapes = common::files(&testdata().join(source));
    let events = common::events(shapes.first().expect("one shape at least"));
    let parsed = events.iter().map(|(raw, _)| serde_json::from_slice(raw));
    parsed.map(|record| record.expect("JSON")).collect()
}

/// Numbers no computer holds, keys that come twice, and more depth than anybody needs.
#[test]
fn monstrous_values_cost_their_record_at_most() {
    let deep = format!("{}1{}", "[".repeat(300), "]".repeat(300));
    let long = format!("\"{}\"", "x".repeat(1 << 15));
    let digits = "9".repeat(5_000);
    let records: Vec<Value> = SOURCES.iter().flat_map(|s| records_of(s.name)).collect();
    for monster in [
        &*deep,
        &long,
        &digits,
        "1e999999",
        "-0.0000000000000001e-999",
    ] {
        let mut text = String::new();
        for record in &records {
            let raw = record.to_string();
            let (open, rest) = raw.split_at(1);
            text.push_str(&format!("{open}\"zz\":{monster},\"zz\":{monster},{rest}\n"));
        }
        let report = scanned_with(text.as_bytes(), builtin());
        let [read, duplicates, skipped, ignored] = counts(&report.coverage);
        let sum = read + duplicates + skipped + ignored;
        assert_eq!(sum, records.len() as u64, "{:?}", report.coverage.skipped);
    }
}

/// A line of a gigabyte, and a record behind it.
fn huge_line(bytes: usize) {
    use std::io::Write;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.jsonl");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).expect("a file"));
    let good = text_of("okta.system");
    let good: Value = serde_json::from_str(&good).expect("an array");
    writeln!(file, "{}", good[0]).expect("written");
    write!(file, "{{\"eventType\":\"x\",\"junk\":\"").expect("written");
    let block = vec![b'x'; 1 << 20];
    for _ in 0..bytes >> 20 {
        file.write_all(&block).expect("written");
    }
    writeln!(file, "\"}}").expect("written");
    writeln!(file, "{}", good[1]).expect("written");
    file.flush().expect("written");
    drop(file);
    let report = scan(&plan(&path, builtin()));
    assert_eq!(
        counts(&report.coverage),
        [2, 0, 1, 0],
        "{:?}",
        report.coverage.skipped
    );
    assert!(report.coverage.skipped[0].offset.is_some());
}

#[test]
fn a_huge_line_costs_itself() {
    huge_line(40 << 20);
}

#[test]
#[ignore = "writes a gigabyte"]
fn a_line_of_a_gigabyte_costs_itself() {
    huge_line(1 << 30);
}

/// A name that leads nowhere any more, and a file nobody may read.
#[cfg(unix)]
#[test]
fn files_that_vanish_or_may_not_be_read_are_named() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let gone = folder.path().join("gone.json");
    std::os::unix::fs::symlink(folder.path().join("nowhere"), &gone).expect("a link");
    let shut = folder.path().join("shut.json");
    std::fs::write(&shut, text_of("okta.system")).expect("written");
    std::fs::set_permissions(&shut, std::fs::Permissions::from_mode(0o000)).expect("set");
    std::fs::write(folder.path().join("good.json"), text_of("okta.system")).expect("written");
    let report = scan(&plan(folder.path(), builtin()));
    let named = |name: &str| {
        let skipped = report.coverage.skipped.iter();
        skipped
            .filter(|skipped| skipped.file.ends_with(name))
            .count()
    };
    assert_eq!(named("gone.json"), 1, "{:?}", report.coverage.skipped);
    // Root reads everything.
    if std::fs::read(&shut).is_err() {
        assert_eq!(named("shut.json"), 1, "{:?}", report.coverage.skipped);
    }
    assert!(report.coverage.records >= 10);
}
