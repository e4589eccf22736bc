//! Every shape in which a source hands out records gives the same events.
//!
//! `testdata/<source>` holds the same records in every wrapping, `testdata/<source>-extra` what is
//! special about single records; the `.expect.jsonl` beside each says what is to be counted.

mod common;

use std::fmt::Write;

use common::{builtin, counts, events, plan, rules_of, scan, testdata};
use ctadel::model::Event;

/// One event in a form that shows what went wrong in a diff.
fn line(event: &Event) -> String {
    let mut out = String::new();
    let actor = &event.actor;
    let none = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let _ = writeln!(out, "{} {} {}", event.time, event.action, event.uid);
    let _ = writeln!(
        out,
        "  {:?} {} {} account {} region {} shared {}",
        event.class,
        event.outcome.word(),
        none(&event.error_code),
        none(&event.account),
        none(&event.region),
        none(&event.group_uid)
    );
    let _ = writeln!(
        out,
        "  actor {} {} ({}) of {} session {} issuer {} mfa {:?} via {:?}",
        actor.kind.word(),
        actor.id,
        actor.name,
        none(&actor.account),
        none(&actor.session),
        none(&actor.issuer),
        actor.mfa,
        actor.via
    );
    let agent: String = none(&event.user_agent).chars().take(40).collect();
    let raw = none(&event.source_raw);
    let kind = ctadel::normalize::address::classify(&raw).kind;
    let _ = writeln!(
        out,
        "  from {} ({raw}, {kind:?}) with {agent}",
        none(&event.source_ip)
    );
    for target in &event.targets {
        let _ = writeln!(
            out,
            "  on {} {} ({}) of {}",
            target.kind,
            target.id,
            target.name,
            none(&target.account)
        );
    }
    out
}

fn normalized(path: &str) -> String {
    let mut lines: Vec<String> = events(&testdata().join(path))
        .iter()
        .map(|(_, event)| line(event))
        .collect();
    lines.sort();
    lines.concat()
}

fn expected(list: &str, folder: &str) {
    let text = std::fs::read_to_string(testdata().join(list)).expect("is there");
    let mut wrong = Vec::new();
    for one in text.lines() {
        let want: serde_json::Value = serde_json::from_str(one).expect("JSON");
        let file = want["file"].as_str().expect("a file name");
        let report = scan(&plan(&testdata().join(folder).join(file), builtin()));
        let numbers = ["records", "duplicates", "skipped", "ignored"];
        let wanted = numbers.map(|key| want[key].as_u64().expect("a number"));
        let coverage = &report.coverage;
        let skipped = coverage.skipped.iter().map(|skipped| &*skipped.reason);
        let ignored = coverage.ignored.iter().map(|ignored| &*ignored.reason);
        let reasons: Vec<&str> = skipped.chain(ignored).collect();
        let reason = want["reason"].as_str().expect("a reason").to_lowercase();
        if counts(coverage) != wanted || !reasons.join(";").to_lowercase().contains(&reason) {
            wrong.push(format!(
                "{file}: {:?} for {wanted:?}, {reasons:?}",
                counts(coverage)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The names of the registered sources.
fn sources() -> impl Iterator<Item = &'static str> {
    ctadel::normalize::SOURCES.iter().map(|source| source.name)
}

#[test]
fn every_source_has_its_shapes() {
    for source in sources() {
        let folder = testdata().join(source);
        assert!(folder.is_dir(), "testdata/{source}");
        assert!(testdata().join(format!("{source}.expect.jsonl")).is_file());
    }
}

#[test]
fn every_wrapping_is_accounted_for() {
    for source in sources() {
        expected(&format!("{source}.expect.jsonl"), source);
    }
}

#[test]
fn every_special_record_is_accounted_for() {
    for source in sources() {
        let list = format!("{source}-extra.expect.jsonl");
        if testdata().join(&list).is_file() {
            expected(&list, &format!("{source}-extra"));
        }
    }
}

/// All files of `testdata/<source>` hold the same records; what differs on purpose, because an
/// export cannot say more, stands in the folder beside it.
#[test]
fn every_wrapping_gives_the_same_events() {
    for source in sources() {
        let files = common::files(&testdata().join(source));
        let path = |file: &std::path::Path| {
            let name = file.file_name().expect("a name").to_string_lossy();
            format!("{source}/{name}")
        };
        let first = files.first().expect("one shape at least");
        let records = normalized(&path(first));
        insta::assert_snapshot!(format!("records-{source}"), records);
        for file in &files {
            assert_eq!(normalized(&path(file)), records, "{}", file.display());
        }
    }
}

#[test]
fn special_records_are_read_as_they_are_meant() {
    for source in sources() {
        let folder = testdata().join(format!("{source}-extra"));
        if !folder.is_dir() {
            continue;
        }
        for file in common::files(&folder) {
            let path = file.strip_prefix(testdata()).expect("below");
            let name = file.file_name().expect("a name").to_string_lossy();
            let events = normalized(&path.to_string_lossy());
            if !events.is_empty() {
                insta::assert_snapshot!(format!("extra-{source}-{name}"), events);
            }
        }
    }
}

/// A rule that speaks about one call.
fn rule(call: &str) -> std::sync::Arc<ctadel::detect::ast::RuleSet> {
    rules_of(&format!(
        "title: t\nname: t\nlevel: medium\nlogsource: {{product: aws, service: cloudtrail}}\n\
         detection: {{s: {{eventName: {call}}}, condition: s}}\n"
    ))
}

#[test]
fn both_sides_of_a_shared_event_are_one_action() {
    let report = scan(&plan(
        &testdata().join("aws.cloudtrail-extra/shared"),
        rule("AssumeRole"),
    ));
    let [finding] = report.findings.as_slice() else {
        panic!("{:#?}", report.findings)
    };
    assert_eq!((finding.count, finding.evidence.len()), (1, 2));
    assert_eq!(finding.evidence_total, 2);
    assert_eq!(finding.actor.name, "lena.brandt");
    assert_eq!(
        finding.actor.session.as_deref(),
        Some("AKIAJFCZ4KAEDEXAMPLE")
    );
}

#[test]
fn one_side_alone_is_found_too() {
    let folder = testdata().join("aws.cloudtrail-extra/shared/AWSLogs/444455556666");
    let report = scan(&plan(&folder, rule("AssumeRole")));
    assert_eq!(report.findings.len(), 1);
    assert_eq!(report.findings[0].evidence.len(), 1);
}

#[test]
fn an_addendum_is_no_second_action() {
    let file = testdata().join("aws.cloudtrail-extra/addendum.json");
    let report = scan(&plan(&file, rule("CreateAccessKey")));
    let [finding] = report.findings.as_slice() else {
        panic!("{:#?}", report.findings)
    };
    assert_eq!((finding.count, finding.evidence.len()), (1, 2));
    // What the first version did not say.
    assert!(
        finding
            .credentials
            .contains(&"AKIAJ6EXK5U6DEXAMPLE".to_owned())
    );
}

#[test]
fn copies_of_a_record_in_several_trails_count_once() {
    let report = scan(&plan(
        &testdata().join("aws.cloudtrail-extra/duplicates"),
        builtin(),
    ));
    assert_eq!(counts(&report.coverage), [3, 3, 0, 0]);
}

/// A stream of rows that is cut into pieces: the line of names reaches every one of them.
#[test]
fn a_table_in_pieces_keeps_its_columns() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["athena.csv", "excel.csv", "insights-message.csv"] {
        let path = testdata().join("aws.cloudtrail").join(name);
        let text = std::fs::read(&path).expect("is there");
        let level = ruzstd::encoding::CompressionLevel::Fastest;
        let packed = ruzstd::encoding::compress_to_vec(&text[..], level);
        let file = folder.path().join(name);
        std::fs::write(&file, packed).expect("a file");
        for window in [2_500, 6_000] {
            let mut plan = plan(&file, builtin());
            plan.load.window = window;
            let report = scan(&plan);
            assert_eq!(counts(&report.coverage), [12, 0, 0, 0], "{name} {window}");
            let whole = scan(&self::plan(&file, builtin())).findings;
            let ids = |all: &[ctadel::model::Finding]| -> Vec<String> {
                all.iter().map(|finding| finding.id.to_string()).collect()
            };
            assert_eq!(ids(&report.findings), ids(&whole));
        }
    }
}

/// A table of no known export costs one line, however long it is.
#[test]
fn a_foreign_table_is_refused_once() {
    let rows = "2026-05-12,a,1\n".repeat(2_000);
    let text = format!("day,name,count\n{rows}");
    let level = ruzstd::encoding::CompressionLevel::Fastest;
    let file = tempfile::NamedTempFile::new().expect("a file");
    let packed = ruzstd::encoding::compress_to_vec(text.as_bytes(), level);
    std::fs::write(file.path(), packed).expect("a file");
    let mut plan = plan(file.path(), builtin());
    plan.load.window = 1_000;
    let report = scan(&plan);
    let [skipped] = report.coverage.skipped.as_slice() else {
        panic!("{:?}", report.coverage.skipped)
    };
    assert_eq!(skipped.count, 1);
    assert_eq!(
        skipped.reason,
        "CSV of no known export (first line \"day,name,count\")"
    );
}

/// A text that is no log is named by its first line, and once.
#[test]
fn a_foreign_text_is_named_once() {
    let line = |number| format!("May 12 10:00:00 host sshd[{number}]: Accepted for root\n");
    let text: String = (0..2_000).map(line).collect();
    let level = ruzstd::encoding::CompressionLevel::Fastest;
    let file = tempfile::NamedTempFile::new().expect("a file");
    let packed = ruzstd::encoding::compress_to_vec(text.as_bytes(), level);
    std::fs::write(file.path(), packed).expect("a file");
    let mut plan = plan(file.path(), builtin());
    plan.load.window = 1_000;
    let report = scan(&plan);
    let [further, first] = report.coverage.skipped.as_slice() else {
        panic!("{:?}", report.coverage.skipped)
    };
    assert!(first.reason.starts_with("text of no known log (first line"));
    assert_eq!(further.reason, "further text of no known log");
}

/// It is listed as skipped, for it belongs to no window and no order; but it is not passed over.
#[test]
fn a_record_without_a_time_is_judged_by_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let record = r#"{"eventVersion":"1.11","userIdentity":{"type":"Root","accountId":"111122223333"},
        "eventSource":"cloudtrail.amazonaws.com","eventName":"StopLogging","awsRegion":"eu-west-1",
        "eventID":"0f9d2c6e-0c0e-4a53-9c1c-2f3f1d3c7a10","recipientAccountId":"111122223333"}"#;
    std::fs::write(folder.path().join("a.json"), record).expect("written");
    let mut plan = plan(folder.path(), rule("StopLogging"));
    let report = scan(&plan);
    assert_eq!(counts(&report.coverage), [0, 0, 1, 0]);
    assert_eq!(report.findings.len(), 1);
    plan.since = Some(ctadel::model::Time(1));
    assert_eq!(scan(&plan).findings.len(), 0);
}
