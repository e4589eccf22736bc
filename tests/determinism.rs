//! The same input gives the same findings, however it is packed, cut and shared out.
//!
//! Pointers into files, and what the coverage says about files and bytes, differ of course.

mod common;

use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};

use common::{builtin, counts, events, files, plan, scan, testdata};
use ctadel::model::Evidence;
use ctadel::run::store::Caps;
use ctadel::{Plan, Report};

/// Everything a report says, pointers aside.
fn told(report: Report) -> String {
    let mut out = String::new();
    let bare = |evidence: &mut Vec<Evidence>| {
        for one in evidence.iter_mut() {
            (one.file, one.record) = ("".into(), 0);
        }
        // Records of one second stand in the order of their keys, and copies are equal.
        evidence.sort();
    };
    for mut finding in report.findings {
        bare(&mut finding.evidence);
        let _ = writeln!(out, "{finding:#?}");
    }
    for mut incident in report.incidents {
        incident
            .links
            .iter_mut()
            .for_each(|link| bare(&mut link.evidence));
        let _ = writeln!(out, "{incident:#?}");
    }
    let mut coverage = report.coverage;
    (coverage.files, coverage.bytes) = (0, 0);
    coverage.skipped.clear();
    coverage.ignored.clear();
    let _ = writeln!(out, "{coverage:#?} {:?}", report.newest);
    out
}

fn same(name: &str, told: &str, want: &str) {
    if told != want {
        let lines = told.lines().zip(want.lines());
        let diff: Vec<_> = lines.filter(|(a, b)| a != b).take(20).collect();
        panic!("{name}: {} for {} bytes, {diff:#?}", told.len(), want.len());
    }
}

fn sample() -> PathBuf {
    testdata().join("sample")
}

/// All records of the sample, one a line.
fn lines() -> Vec<u8> {
    let mut out = Vec::new();
    for (raw, _) in events(&sample()) {
        out.extend_from_slice(&raw);
        out.push(b'\n');
    }
    out
}

fn file(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("written");
    path
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).expect("packed");
    out.finish().expect("packed")
}

#[test]
fn threads_make_no_difference() {
    let want = told(scan(&Plan {
        threads: 1,
        ..plan(&sample(), builtin())
    }));
    for threads in [2, 7] {
        let found = told(scan(&Plan {
            threads,
            ..plan(&sample(), builtin())
        }));
        same(&threads.to_string(), &found, &want);
    }
}

#[test]
fn packing_makes_no_difference() {
    let want = told(scan(&plan(&sample(), builtin())));
    let folder = tempfile::tempdir().expect("a folder");
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut tar = tar::Builder::new(Vec::new());
    let shuffled = folder.path().join("shuffled");
    std::fs::create_dir(&shuffled).expect("a folder");
    for (number, path) in files(&sample()).iter().enumerate() {
        let name = path
            .strip_prefix(sample())
            .expect("below")
            .to_string_lossy()
            .into_owned();
        let bytes = std::fs::read(path).expect("is there");
        let stored = zip::write::SimpleFileOptions::default();
        zip.start_file(name.clone(), stored).expect("zipped");
        zip.write_all(&bytes).expect("zipped");
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, &name, &bytes[..])
            .expect("packed");
        // 37 and the number of files have no common divisor: every name is another one's.
        file(
            &shuffled,
            &format!("{:03}.json.gz", number * 37 % 101),
            &bytes,
        );
    }
    let zip = zip.finish().expect("zipped").into_inner();
    let tar = gzip(&tar.into_inner().expect("packed"));
    let mut array = b"{\"Records\":[".to_vec();
    array.extend(lines().trim_ascii_end().iter().map(|byte| match byte {
        b'\n' => b',',
        other => *other,
    }));
    array.extend_from_slice(b"]}");
    let inputs = [
        file(folder.path(), "sample.zip", &zip),
        file(folder.path(), "sample.tar.gz", &tar),
        file(folder.path(), "sample.jsonl", &lines()),
        file(folder.path(), "sample.jsonl.gz", &gzip(&lines())),
        file(folder.path(), "sample.json", &array),
        shuffled,
    ];
    for input in inputs {
        for (window, threads) in [(64 << 10, 1), (64 << 10, 7), (8 << 20, 2)] {
            let mut plan = Plan {
                threads,
                ..plan(&input, builtin())
            };
            plan.load.window = window;
            let name = format!("{} in windows of {window}", input.display());
            same(&name, &told(scan(&plan)), &want);
        }
    }
}

/// A thousand rules that speak about nearly every record: folds, weak ones, and sides of calls
/// from account to account in any order.
#[test]
fn many_rules_make_no_difference() {
    let Some(rules) = common::community() else {
        return;
    };
    let rules = std::sync::Arc::new(rules);
    let want = told(scan(&plan(&sample(), rules.clone())));
    let folder = tempfile::tempdir().expect("a folder");
    let mut records: Vec<Vec<u8>> = events(&sample()).into_iter().map(|(raw, _)| raw).collect();
    records.reverse();
    let reversed = file(folder.path(), "reversed.jsonl", &records.join(&b'\n'));
    let mut plan = plan(&reversed, rules);
    plan.load.window = 64 << 10;
    same("reversed", &told(scan(&plan)), &want);
}

#[test]
fn reached_caps_are_said_and_threads_still_make_no_difference() {
    let caps = Caps {
        keys: 10,
        folds: 10,
        groups: 10,
        bases: 10,
        steps: 10,
        candidates: 10,
        candidate_bytes: 10_000,
        facts: 10,
        novelties: 10,
        references: 10,
        present: 10,
        deeds: 10,
        owned: 10,
    };
    let mut plans = [1, 7].map(|threads| Plan {
        threads,
        caps,
        ..plan(&sample(), builtin())
    });
    let report = scan(&plans[0]);
    let capped: Vec<&str> = report
        .coverage
        .capped
        .iter()
        .map(|capped| &*capped.what)
        .collect();
    for what in ["duplicate ids", "findings", "first-seen values"] {
        assert!(capped.contains(&what), "{what} in {capped:?}");
    }
    let want = told(report);
    same("7", &told(scan(&plans[1])), &want);
    let all = "title: t\nlevel: low\nlogsource: {product: aws}\n\
               detection: {s: {eventName|exists: true}, condition: s}\n";
    let references = Plan {
        caps: Caps {
            references: 10,
            ..Caps::default()
        },
        ..plan(&sample(), common::rules_of(all))
    };
    let capped = scan(&references).coverage.capped;
    assert!(
        capped
            .iter()
            .any(|capped| capped.what == "evidence pointers"),
        "{capped:?}"
    );
    plans[0].caps = caps;
    plans[0].load.window = 64 << 10;
    plans[0].inputs = vec![testdata().display().to_string()];
    scan(&plans[0]);
}

/// What lies in the files is in one of the four counts, whatever is wrong with it.
#[test]
fn nothing_gets_lost() {
    for part in ["hostile", "aws.cloudtrail", "aws.cloudtrail-extra"] {
        let list = testdata().join(format!("{part}.expect.jsonl"));
        let text = std::fs::read_to_string(list).expect("is there");
        let mut want = 0;
        for line in text.lines() {
            let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let number = |key: &str| line[key].as_u64().expect("a number");
            want += ["records", "duplicates", "skipped", "ignored"]
                .map(number)
                .iter()
                .sum::<u64>();
        }
        let report = scan(&plan(&testdata().join(part), builtin()));
        assert_eq!(counts(&report.coverage).iter().sum::<u64>(), want, "{part}");
    }
}

/// What is printed may hide findings, never change them.
#[test]
fn the_least_severity_changes_no_finding() {
    use ctadel::model::Severity;
    let all = scan(&plan(&sample(), builtin()));
    for least in [Severity::Low, Severity::High, Severity::Critical] {
        let report = scan(&Plan {
            min_severity: least,
            ..plan(&sample(), builtin())
        });
        let ids = |report: &Report| -> Vec<String> {
            let strong = report
                .findings
                .iter()
                .filter(|finding| finding.severity >= least);
            strong.map(|finding| finding.id.clone()).collect()
        };
        assert_eq!(ids(&report), ids(&all));
        let incidents = |report: &Report| -> Vec<(String, u32)> {
            report
                .incidents
                .iter()
                .map(|it| (it.id.clone(), it.score))
                .collect()
        };
        assert_eq!(incidents(&report), incidents(&all));
        let bare = Plan {
            min_severity: least,
            incidents: false,
            ..plan(&sample(), builtin())
        };
        assert_eq!(ids(&scan(&bare)), ids(&all));
    }
}
