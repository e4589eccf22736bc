//! What holds for every output of every view: widths, escapes, schemas, order, closed pipes.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use proptest::prelude::*;

use super::{Fixture, options, print, render};
use crate::model::Finding;
use crate::model::attack::Attack;
use crate::render::schema::SchemaName;
use crate::render::wire::AttackNames;
use crate::render::{Format, Options, Report, View, ViewKind};
use crate::term::capture::Closed;
use crate::term::escape::hazard;
use crate::term::width::columns;

#[test]
fn no_line_for_people_is_wider_than_the_terminal() {
    for width in [20, 30, 40, 60, 80, 100, 120, 200] {
        Fixture::new().each(&mut |report| {
            for line in print(&report, Format::Table, &options(width)).lines() {
                assert!(columns(line) <= width, "{width}: {line}");
            }
        });
    }
}

#[test]
fn ids_stand_whole_at_the_end_of_their_line_at_every_width() {
    for width in [20, 30, 40, 60, 80, 120, 200] {
        let table = render(ViewKind::Findings, Format::Table, &options(width));
        let ends: Vec<bool> = table
            .lines()
            .skip(1)
            .map(|line| {
                let last = line.rsplit(' ').next();
                matches!(last, Some("F-9c2e51d07a3b44f8" | "F-00ff00ff00ff00ff"))
            })
            .collect();
        assert_eq!(ends, [true, true], "{width}");
    }
}

#[test]
fn no_output_lets_a_log_drive_the_terminal_or_tell_a_secret() {
    Fixture::new().each(&mut |report| {
        for format in Format::of(report.view.kind()) {
            let text = print(&report, format, &options(200));
            let bad = text.chars().find(|c| *c != '\n' && hazard(*c));
            assert_eq!(bad, None, "{format:?} of {}", report.view.kind());
            for secret in ["hunter2", "abcdefghijklmnopqrstuvwxyz"] {
                assert!(
                    !text.contains(secret),
                    "{format:?} of {}",
                    report.view.kind()
                );
            }
            if format == Format::Markdown {
                assert!(!text.contains("<script"));
            }
        }
    });
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    Fixture::new().each(&mut |report| {
        for format in Format::of(report.view.kind()) {
            let once = print(&report, format, &options(120));
            assert_eq!(print(&report, format, &options(120)), once);
        }
    });
}

#[test]
fn colour_changes_nothing_but_colour() {
    let colored = Options {
        color: true,
        ..options(100)
    };
    for view in [ViewKind::Findings, ViewKind::Incidents, ViewKind::Incident] {
        let text = render(view, Format::Table, &colored);
        assert!(text.contains("\u{1b}[1;31mcritical\u{1b}[0m"), "{text}");
        let mut plain = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once("\u{1b}[") {
            plain.push_str(before);
            rest = after.split_once('m').map_or("", |(_, rest)| rest);
        }
        plain.push_str(rest);
        assert_eq!(plain, render(view, Format::Table, &options(100)));
    }
}

#[test]
fn every_object_fits_its_schema_and_starts_with_schema_and_kind() {
    Fixture::new().each(&mut |report| {
        let text = print(&report, Format::Jsonl, &options(80));
        let mut kinds = Vec::new();
        for line in text.lines() {
            let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let kind = value["kind"].as_str().expect("every object has a kind");
            assert!(line.starts_with(&format!("{{\"schema\":\"ctadel/1\",\"kind\":\"{kind}\",")));
            let name: SchemaName = kind.parse().expect("every kind has a schema");
            let validator =
                jsonschema::draft202012::new(name.schema().as_value()).expect("a valid schema");
            let errors: Vec<String> = validator
                .iter_errors(&value)
                .map(|e| e.to_string())
                .collect();
            assert!(errors.is_empty(), "{kind}: {errors:?}");
            kinds.push(kind.to_owned());
        }
        assert_eq!(kinds.last().map(String::as_str), Some("coverage"));
    });
}

#[test]
fn a_schema_refuses_what_is_not_the_object() {
    let text = render(ViewKind::Findings, Format::Jsonl, &options(80));
    let line = text.lines().next().expect("a finding");
    let good: serde_json::Value = serde_json::from_str(line).expect("JSON");
    let schema = SchemaName::Finding.schema();
    let validator = jsonschema::draft202012::new(schema.as_value()).expect("a valid schema");
    for (key, bad) in [
        ("severity", serde_json::json!("loud")),
        ("id", serde_json::json!("F-1")),
        ("count", serde_json::json!(-1)),
        ("kind", serde_json::json!("incident")),
        ("actor", serde_json::Value::Null),
    ] {
        let mut broken = good.clone();
        broken[key] = bad;
        assert!(!validator.is_valid(&broken), "{key}");
        let mut missing = good.clone();
        missing.as_object_mut().map(|object| object.remove(key));
        assert!(!validator.is_valid(&missing), "{key} missing");
    }
    let mut wider = good;
    wider["added_later"] = serde_json::json!(1);
    assert!(validator.is_valid(&wider));
}

#[test]
fn a_report_as_json_is_one_document() {
    let text = render(ViewKind::Findings, Format::Json, &options(80));
    let value: serde_json::Value = serde_json::from_str(&text).expect("one document");
    assert_eq!(value["kind"], "report");
    assert_eq!(value["findings"][0]["id"], "F-9c2e51d07a3b44f8");
    assert_eq!(value["incidents"][0]["kind"], "incident");
    assert_eq!(value["coverage"]["records"], 1_203);
    for (view, key) in [
        (ViewKind::Timeline, "events"),
        (ViewKind::Summary, "summary"),
    ] {
        let text = render(view, Format::Json, &options(80));
        let value: serde_json::Value = serde_json::from_str(&text).expect("one document");
        assert!(value[key][0].is_object());
        assert_eq!(value["coverage"]["kind"], "coverage");
    }
}

#[test]
fn an_empty_report_is_still_whole() {
    let fixture = Fixture::new();
    let report = Report {
        view: View::Findings,
        findings: &Vec::new(),
        incidents: &[],
        coverage: &fixture.coverage,
    };
    assert_eq!(print(&report, Format::Table, &options(80)), "");
    assert_eq!(
        print(&report, Format::Jsonl, &options(80)).lines().count(),
        1
    );
    assert_eq!(print(&report, Format::Csv, &options(80)).lines().count(), 1);
    let json = print(&report, Format::Json, &options(80));
    let value: serde_json::Value = serde_json::from_str(&json).expect("one document");
    assert_eq!(value["findings"], serde_json::json!([]));
    let layer = print(&report, Format::Navigator, &options(80));
    let value: serde_json::Value = serde_json::from_str(&layer).expect("one document");
    assert_eq!(value["gradient"]["maxValue"], 1);
}

#[test]
fn an_older_attack_version_shows_everywhere() {
    let technique = |_: &Attack| Attack {
        tactic: "defense-evasion",
        tactic_id: "TA0005",
        technique: "T1562.008".to_owned(),
    };
    let tactic = |_: &str| "defense-evasion".to_owned();
    let older = Options {
        attack: AttackNames {
            version: 18,
            technique: &technique,
            tactic: &tactic,
        },
        ..options(120)
    };
    for (view, format) in [
        (ViewKind::Findings, Format::Jsonl),
        (ViewKind::Findings, Format::Csv),
        (ViewKind::Incidents, Format::Jsonl),
        (ViewKind::Incident, Format::Table),
        (ViewKind::Incident, Format::Markdown),
        (ViewKind::Findings, Format::Navigator),
    ] {
        let text = render(view, format, &older).replace('\\', "");
        assert!(text.contains("defense-evasion"), "{text}");
        assert!(!text.contains("defense-impairment"), "{text}");
    }
}

#[test]
fn a_closed_pipe_comes_out_of_every_output() {
    Fixture::new().each(&mut |report| {
        for format in Format::ALL {
            let result = format.output().write(&report, &options(80), &mut Closed);
            let want = match format.check(report.view.kind()) {
                Ok(()) => io::ErrorKind::BrokenPipe,
                Err(_) => io::ErrorKind::Unsupported,
            };
            assert_eq!(result.expect_err("nobody reads").kind(), want, "{format:?}");
        }
    });
}

#[test]
fn a_long_table_keeps_its_columns_from_the_first_row_to_the_last() {
    let fixture = Fixture::new();
    let many: Vec<&Finding> = fixture.findings.iter().cycle().take(1_301).collect();
    let report = Report {
        view: View::Findings,
        findings: &many,
        incidents: &[],
        coverage: &fixture.coverage,
    };
    let table = print(&report, Format::Table, &options(120));
    let ends: BTreeSet<usize> = table.lines().skip(1).map(columns).collect();
    assert_eq!(table.lines().count(), 1_302, "the heading stands once");
    assert_eq!(ends.len(), 1, "ids are right below each other: {ends:?}");
}

proptest! {
    #[test]
    fn any_text_gives_one_row_a_finding_no_wider_than_asked(
        title in "[\\x00-\\u{10ffff}]{0,40}",
        name in "\\PC{0,60}",
        width in 20usize..220,
    ) {
        let mut fixture = Fixture::new();
        for finding in &mut fixture.findings {
            Arc::make_mut(&mut finding.rule).title.clone_from(&title);
            Arc::make_mut(&mut finding.actor).name.clone_from(&name);
            finding.action.clone_from(&name);
        }
        fixture.incident.title.clone_from(&title);
        fixture.incident.story.clone_from(&name);
        fixture.each(&mut |report| {
            let table = print(&report, Format::Table, &options(width));
            for line in table.lines() {
                assert!(columns(line) <= width, "{width}: {line:?}");
                assert!(!line.chars().any(hazard), "{line:?}");
            }
            if report.view.kind() == ViewKind::Findings {
                assert_eq!(table.lines().count(), 3);
                assert_eq!(print(&report, Format::Csv, &options(width)).lines().count(), 3);
                assert_eq!(print(&report, Format::Markdown, &options(width)).lines().count(), 4);
            }
        });
    }
}
