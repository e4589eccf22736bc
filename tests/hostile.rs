//! Damaged, foreign and malicious files: each says what it holds, none takes anything down.
//!
//! The expectations lie beside the files, in `testdata/hostile.expect.jsonl`.

mod common;

use common::{builtin, counts, plan, scan, testdata};

/// The reasons of everything that was skipped or ignored.
fn reasons(report: &ctadel::Report) -> String {
    let coverage = &report.coverage;
    let skipped = coverage.skipped.iter().map(|skipped| &skipped.reason);
    let ignored = coverage.ignored.iter().map(|ignored| &ignored.reason);
    let all: Vec<&str> = skipped.chain(ignored).map(String::as_str).collect();
    all.join("; ")
}

#[test]
fn every_hostile_file_is_accounted_for() {
    let text = std::fs::read_to_string(testdata().join("hostile.expect.jsonl")).expect("is there");
    let mut wrong = Vec::new();
    for line in text.lines() {
        let want: serde_json::Value =
            serde_json::from_str(line).expect("the expectations are JSON");
        let file = want["file"].as_str().expect("a file name");
        let number = |key: &str| want[key].as_u64().expect("a number");
        let report = scan(&plan(&testdata().join("hostile").join(file), builtin()));
        let expected = ["records", "duplicates", "skipped", "ignored"].map(number);
        let reasons = reasons(&report);
        let reason = want["reason"].as_str().expect("a reason").to_lowercase();
        if counts(&report.coverage) != expected || !reasons.to_lowercase().contains(&reason) {
            wrong.push(format!(
                "{file}: {:?} for {expected:?}, {reasons:?} for {reason:?}",
                counts(&report.coverage)
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// What a file holds is damaged in a thousand ways: every way is survived, and said.
#[test]
fn damaged_copies_of_sound_files_are_survived() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut dice = 0x5eed_u64;
    let mut roll = |sides: usize| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        (dice % sides.max(1) as u64) as usize
    };
    let parts = ["aws.cloudtrail", "hostile", "aws.cloudtrail-extra"];
    let sound = parts
        .iter()
        .flat_map(|part| common::files(&testdata().join(part)));
    let sound = sound.filter(|file| !file.to_string_lossy().contains("bomb"));
    for (number, file) in sound.enumerate() {
        let bytes = std::fs::read(&file).expect("is there");
        for way in 0..8 {
            let mut copy = bytes.clone();
            for _ in 0..=roll(3) {
                let (at, len) = (roll(copy.len()), roll(40));
                let end = copy.len().min(at + len);
                match (way + roll(2)) % 8 {
                    0 => copy.truncate(at),
                    1 if at < copy.len() => copy[at] ^= 1 << roll(8),
                    2 => drop(copy.drain(at..end)),
                    3 => copy
                        .splice(at..at, bytes[..len.min(bytes.len())].to_vec())
                        .for_each(drop),
                    4 => copy.splice(at..end, b"{\"".repeat(len)).for_each(drop),
                    5 => copy.splice(at..end, b"[".repeat(len * 100)).for_each(drop),
                    6 => copy.splice(at..end, [b'\\', 0xff, 0, b'"']).for_each(drop),
                    _ => copy.extend_from_slice(&bytes[..at.min(bytes.len())]),
                }
            }
            std::fs::write(folder.path().join(format!("{number}-{way}")), copy).expect("written");
        }
    }
    let mut plan = plan(folder.path(), builtin());
    for window in [4 << 20, 1 << 10] {
        plan.load.window = window;
        let report = scan(&plan);
        assert!(report.coverage.complete);
        assert!(
            !reasons(&report).contains("an error of ctadel"),
            "{}",
            reasons(&report)
        );
        assert!(report.coverage.records + report.coverage.duplicates > 1_000);
    }
}

/// Escaped or not, harmful text is the same text.
#[test]
fn escaped_and_plain_text_give_the_same_findings() {
    let found = |name: &str| {
        let report = scan(&plan(&testdata().join("hostile").join(name), builtin()));
        let findings = report.findings.into_iter();
        let told = findings.map(|finding| {
            (
                finding.rule.id.clone(),
                finding.actor.name.clone(),
                finding.targets,
            )
        });
        told.collect::<Vec<_>>()
    };
    assert_eq!(found("injection.json"), found("injection-raw.json"));
}
