use super::support::{Place, event, run};

const RULE: &str = "\
title: A user is made
name: mine
description: Somebody made a user.
logsource: {product: aws, service: cloudtrail}
detection: {made: {eventName: CreateUser}, condition: made}
level: medium
tags: [attack.persistence, attack.t1136.003]
ctadel: {triage: [Who?]}
";

const BURST: &str = "\
title: A trail is stopped
name: one-stop
logsource: {product: aws, service: cloudtrail}
detection: {stop: {eventName: StopLogging}, condition: stop}
level: informational
---
title: Trails are stopped
name: burst
description: Two trails in a row.
correlation: {type: event_count, rules: [one-stop], group-by: [userIdentity.arn], timespan: 10m, condition: {gte: 2}}
level: high
tags: [attack.t1685.002]
ctadel: {triage: [Who?]}
";

fn line(expect: &str, note: &str, event: &serde_json::Value) -> String {
    serde_json::json!({"expect": expect, "note": note, "event": event}).to_string() + "\n"
}

#[test]
fn the_list_can_be_narrowed() {
    let list = |args: &[&str]| -> Vec<serde_json::Value> {
        let all: Vec<&str> = ["rules", "list", "-f", "json"]
            .into_iter()
            .chain(args.iter().copied())
            .collect();
        let ran = run(&all);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        let document: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
        document["rules"].as_array().expect("a list").clone()
    };
    let all = list(&[]);
    assert!(all.len() > 50);
    let critical = list(&["--level", "critical"]);
    assert!(!critical.is_empty() && critical.iter().all(|rule| rule["level"] == "critical"));
    let tagged = list(&["--tag", "t1685"]);
    assert!(
        tagged
            .iter()
            .any(|rule| rule["id"] == "aws-cloudtrail-stopped")
            && tagged.len() < all.len()
    );
    let aws = list(&["--source", "aws.cloudtrail"]).len();
    assert!(0 < aws && aws < all.len());
    let ran = run(&["rules", "list"]);
    assert!(ran.out.starts_with("id ") && ran.out.lines().all(|line| line.chars().count() <= 120));
    assert_eq!(ran.err, format!("note: {} rules\n", all.len()));
}

#[test]
fn a_rule_is_shown_by_name_id_and_title() {
    for name in [
        "aws-cloudtrail-stopped",
        "F89916DF-b383-4584-8533-6e7303eea6a4",
        "CloudTrail trail stopped",
    ] {
        let ran = run(&["rules", "show", name]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert!(ran.out.starts_with("CloudTrail trail stopped\n"));
        assert!(
            ran.out.contains("\ntitle: CloudTrail trail stopped\n"),
            "the YAML is there"
        );
    }
    let ran = run(&["rules", "show", "aws-cloudtrail-stopped", "-f", "json"]);
    let shown: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(
        (&shown["kind"], &shown["level"]),
        (&"rule".into(), &"high".into())
    );
    let ran = run(&["rules", "show", "aws-cloudtrail-stoped"]);
    assert_eq!(ran.code, Some(2));
    assert_eq!(
        ran.err,
        "ctadel: there is no rule \"aws-cloudtrail-stoped\"\nhint: did you mean aws-cloudtrail-stopped?\n"
    );
}

#[test]
fn rule_files_are_examined() {
    let place = Place::new();
    place.write("good/mine.yml", RULE);
    place.write("good/mine.events.jsonl", "");
    let ran = place.run(&["rules", "lint", "good"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{}", ran.err);

    place.write(
        "bad/mine.yml",
        &RULE.replace("condition: made", "condition: maid"),
    );
    let ran = place.run(&["rules", "lint", "bad", "--fail-on", "error"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.out.contains("mine.yml:5: error[broken-rule]"),
        "{}",
        ran.out
    );

    place.write("poor/mine.yml", &RULE.replace("level: medium\n", ""));
    assert_eq!(place.run(&["rules", "lint", "poor"]).code, Some(1));
    assert_eq!(
        place
            .run(&["rules", "lint", "poor", "--fail-on", "error"])
            .code,
        Some(0)
    );
    assert_eq!(place.run(&["rules", "lint", "nowhere"]).code, Some(2));
    assert_eq!(place.run(&["rules", "lint"]).code, Some(2));
}

#[test]
fn events_beside_a_rule_are_run_one_by_one() {
    let place = Place::new();
    let made = event("iam:CreateUser", "2026-05-12T09:30:00Z", "1");
    let other = event("iam:DeleteUser", "2026-05-12T09:30:00Z", "2");
    place.write("r/mine.yml", RULE);
    place.write(
        "r/mine.events.jsonl",
        &(line("hit", "made", &made) + &line("miss", "removed", &other)),
    );
    let ran = place.run(&["rules", "test", "r"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "2 passed, 0 failed in 1 file\n"),
        "{}",
        ran.err
    );

    let wrong = line("miss", "made", &made)
        + &line("hit", "removed", &other)
        + "{\n\n"
        + &line("hit", "", &made);
    place.write("r/mine.events.jsonl", &wrong);
    let ran = place.run(&["rules", "test", "r/mine.yml"]);
    assert_eq!(ran.code, Some(1));
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(
        lines[0],
        "r/mine.events.jsonl:1: expected a miss, found by mine: made"
    );
    assert_eq!(
        lines[1],
        "r/mine.events.jsonl:2: expected a hit, found nothing: removed"
    );
    assert!(lines[2].starts_with("r/mine.events.jsonl:3: this is no event: "));
    assert_eq!(lines[3], "1 passed, 3 failed in 1 file");
}

#[test]
fn events_beside_a_correlation_are_run_together() {
    let place = Place::new();
    let stop = |minute: u32, name: &str| {
        event(
            "cloudtrail:StopLogging",
            &format!("2026-05-12T09:{minute:02}:00Z"),
            name,
        )
    };
    let other = |name: &str| {
        let mut other = stop(40, name);
        other["userIdentity"]["arn"] = "arn:aws:iam::111122223333:user/lee".into();
        other
    };
    place.write("r/burst.yml", BURST);
    let good = line("hit", "", &stop(1, "1"))
        + &line("hit", "", &stop(2, "2"))
        + &line("miss", "alone", &other("3"));
    place.write("r/burst.events.jsonl", &good);
    let ran = place.run(&["rules", "test", "r"]);
    assert_eq!(ran.out, "3 passed, 0 failed in 1 file\n", "{}", ran.err);
    let wrong = line("hit", "too late", &stop(1, "1"))
        + &line("hit", "", &stop(20, "2"))
        + &line("hit", "", &stop(21, "4"));
    place.write("r/burst.events.jsonl", &wrong);
    let ran = place.run(&["rules", "test", "r"]);
    assert_eq!(
        ran.out,
        "r/burst.events.jsonl:1: expected a hit, found nothing: too late\n2 passed, 1 failed in 1 file\n"
    );
}

#[test]
fn a_finding_names_a_hundred_events_and_proves_more() {
    let place = Place::new();
    let stop = |at: usize| {
        let time = format!("2026-05-12T09:{:02}:{:02}Z", at / 60, at % 60);
        event("cloudtrail:StopLogging", &time, &at.to_string())
    };
    place.write("r/burst.yml", BURST);
    let lines: String = (0..150).map(|at| line("hit", "", &stop(at))).collect();
    place.write("r/burst.events.jsonl", &lines);
    assert_eq!(
        place.run(&["rules", "test", "r"]).out,
        "150 passed, 0 failed in 1 file\n"
    );
}

#[test]
fn an_address_list_beside_a_rule_is_loaded_for_it() {
    let place = Place::new();
    place.write("r/tor.yml", "title: Tor\nname: tor\nlogsource: {product: aws, service: cloudtrail}\ndetection: {t: {ctadel.ip.tags: tor, readOnly: false}, condition: t}\nlevel: low\n");
    place.write(
        "r/tor.events.jsonl",
        &line(
            "hit",
            "",
            &event("iam:CreateUser", "2026-05-12T09:30:00Z", "1"),
        ),
    );
    assert_eq!(place.run(&["rules", "test", "r"]).code, Some(1));
    place.write("r/tor.intel.csv", "203.0.113.7,tor\n");
    let ran = place.run(&["rules", "test", "r"]);
    assert_eq!(ran.out, "1 passed, 0 failed in 1 file\n", "{}", ran.err);
}

#[test]
fn nothing_to_test_is_told() {
    let place = Place::new();
    place.write("r/mine.yml", RULE);
    let ran = place.run(&["rules", "test", "r"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(3), ""));
    assert!(ran.err.contains("there is nothing to test"), "{}", ran.err);
    place.write("r/mine.yml", "title: broken\n");
    assert_eq!(place.run(&["rules", "test", "r"]).code, Some(2));
}

#[test]
fn what_the_rules_see_is_printed_as_text_as_json_and_as_a_layer() {
    let ran = run(&["rules", "coverage"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("Audit log disabled\n  AWS           aws-"));
    assert!(ran.out.contains("cannot be seen: "));
    assert!(ran.out.lines().all(|line| line.chars().count() <= 120));

    let json = |args: &[&str]| -> serde_json::Value {
        let all: Vec<&str> = ["rules", "coverage", "-f"]
            .into_iter()
            .chain(args.iter().copied())
            .collect();
        let ran = run(&all);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        serde_json::from_str(&ran.out).expect("JSON")
    };
    let page = json(&["json"]);
    assert_eq!(page["kind"], "rules-coverage");
    assert_eq!(page["totals"]["empty"], 0);
    let cells = page["phrases"].as_array().expect("a list").iter();
    let cells = cells.flat_map(|phrase| phrase["logs"].as_array().expect("a list"));
    for cell in cells {
        let rules = cell["rules"].as_array().expect("a list");
        assert_eq!(cell["observable"], !rules.is_empty(), "{cell}");
        assert!(!rules.is_empty() || cell["limit"].is_string(), "{cell}");
    }

    let techniques = |layer: &serde_json::Value| -> Vec<String> {
        let list = layer["techniques"].as_array().expect("a list").iter();
        list.map(|entry| entry["techniqueID"].as_str().expect("an id").to_owned())
            .collect()
    };
    let layer = json(&["navigator"]);
    assert_eq!(layer["domain"], "enterprise-attack");
    assert!(techniques(&layer).contains(&"T1685.002".to_owned()));
    let older = json(&["navigator", "--attack-version", "18"]);
    assert_eq!(older["versions"]["attack"], "18");
    assert!(techniques(&older).contains(&"T1562.008".to_owned()));
    assert!(!techniques(&older).contains(&"T1685.002".to_owned()));
}

#[test]
fn a_rule_of_ones_own_takes_its_cells() {
    let place = Place::new();
    place.write(
        "r/mine.yml",
        &RULE.replace(
            "{triage: [Who?]}",
            "{covers: [backdoor-identity], triage: [Who?]}",
        ),
    );
    let args = [
        "rules",
        "coverage",
        "-f",
        "json",
        "--rules",
        "r",
        "--no-builtin-rules",
    ];
    let ran = place.run(&args);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let page: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(page["totals"]["filled"], 1);
    place.write(
        "r/mine.yml",
        &RULE.replace("{triage: [Who?]}", "{covers: [backdor-identity]}"),
    );
    let ran = place.run(&args);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.err
            .contains("there is no phrase \"backdor-identity\", did you mean backdoor-identity?"),
        "{}",
        ran.err
    );
}
