//! Inputs that unpack to far more than they weigh stay within the memory of a run.
//!
//! In a program of its own: the most that it ever used is read from the kernel.

mod common;

use std::io::Write;

use common::{builtin, counts, plan, scan, testdata};

/// The most memory this process ever held, in MiB; nothing where the kernel does not say.
fn most() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? >> 10)
}

#[test]
fn memory_stays_bounded() {
    let before = most();
    for bomb in common::files(&testdata().join("hostile")) {
        if bomb.to_string_lossy().contains("bomb") {
            let report = scan(&plan(&bomb, builtin()));
            assert_eq!(counts(&report.coverage), [0, 0, 1, 0], "{}", bomb.display());
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    let lines = common::events(&testdata().join("aws.cloudtrail/lines.jsonl"));
    let lines = &lines[..4];
    let file = folder.path().join("long.jsonl");
    let mut out = std::fs::File::create(&file).expect("created");
    for (raw, _) in lines {
        out.write_all(raw).expect("written");
        // Longer than any record may be.
        let long = format!("\n{{\"eventName\":\"{}\"}}\n", "x".repeat(17 << 20));
        out.write_all(long.as_bytes()).expect("written");
    }
    let report = scan(&plan(&file, builtin()));
    let count = lines.len() as u64;
    assert_eq!(
        counts(&report.coverage),
        [count, 0, count, 0],
        "{:?}",
        report.coverage.skipped
    );
    if let (Some(before), Some(after)) = (before, most()) {
        eprintln!("{before} MiB before, {after} MiB at most");
        assert!(
            after < before + 200,
            "{before} MiB before, {after} MiB at most"
        );
    }
}
