use std::sync::Arc;

use super::*;
use crate::model::{Actor, Layer, Outcome, RuleMeta, Severity, Target};

fn time(text: &str) -> Time {
    Time::parse(text).unwrap_or_else(|| panic!("no time: {text}"))
}

fn parse(text: &str) -> Suppressions {
    Suppressions::parse("s.yaml", text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn target(id: &str, name: &str) -> Target {
    Target {
        kind: "user".to_owned(),
        id: id.to_owned(),
        name: name.to_owned(),
        account: None,
    }
}

fn finding() -> Finding {
    Finding {
        id: "F-0000000000000001".to_owned(),
        rule: Arc::new(RuleMeta {
            id: "aws-iam-user-created".to_owned(),
            uuid: Some("6d3a1d5e-0000-4000-8000-111122223333".to_owned()),
            name: Some("aws-iam-user-created".to_owned()),
            title: "IAM user created".to_owned(),
            ..RuleMeta::default()
        }),
        severity: Severity::Medium,
        time: Time(0),
        end_time: Time(0),
        count: 1,
        source: "aws.cloudtrail",
        layer: Layer::Cloud,
        provider: "aws",
        account: Some("111122223333".to_owned()),
        region: None,
        actor: Arc::new(Actor {
            id: "AROAEXAMPLE:run-17".to_owned(),
            name: "terraform/run-17".to_owned(),
            principal: Some("arn:aws:sts::111122223333:assumed-role/terraform/run-17".to_owned()),
            ..Actor::default()
        }),
        via: Vec::new(),
        root: String::new(),
        source_ip: Some("203.0.113.9".to_owned()),
        user_agent: None,
        action: "iam:CreateUser".to_owned(),
        outcome: Outcome::Success,
        targets: vec![target("AIDAEXAMPLE", "app-one")],
        evidence: Vec::new(),
        evidence_total: 1,
        group: Vec::new(),
        credentials: Vec::new(),
        retold: vec![],
        issued_at: None,
        respond: Vec::new(),
        incident: None,
        key: 1,
    }
}

/// An entry with these criteria, and whether it explains the finding.
fn explains(criteria: &str, finding: &Finding) -> bool {
    let list = parse(&format!("- {{reason: known, {criteria}}}"));
    list.matches(finding, Time(0)).is_some()
}

#[test]
fn each_criterion() {
    let finding = finding();
    for criteria in [
        "rule: aws-iam-user-created",
        "rule: AWS-IAM-*",
        "rule: 6d3a1d5e-0000-4000-8000-111122223333",
        "rule: [x, aws-iam-user-create?]",
        "rule: '*', account: 111122223333",
        "rule: '*', account: ['444455556666', '1111*']",
        "rule: '*', actor: '*:assumed-role/terraform/*'",
        "rule: '*', actor: AROAEXAMPLE:*",
        "rule: '*', actor: Terraform/Run-17",
        "rule: '*', source_ip: 203.0.113.9",
        "rule: '*', source_ip: [192.0.2.1, 203.0.113.0/24]",
        "rule: '*', source_ip: '::ffff:203.0.113.9'",
        "rule: '*', target: app-*",
        "rule: '*', target: AIDAEXAMPLE",
        "rule: '*', action: iam:create*",
    ] {
        assert!(explains(criteria, &finding), "{criteria}");
    }
    for criteria in [
        "rule: aws-iam",
        "rule: IAM user created",
        "rule: aws-iam-user-create\\?",
        "rule: aws.iam.user.created",
        "rule: '*', account: 444455556666",
        "rule: '*', actor: terraform",
        "rule: '*', actor: run-17",
        "rule: '*', source_ip: 203.0.113.8/32",
        "rule: '*', source_ip: 2001:db8::/32",
        "rule: '*', target: user",
        "rule: '*', action: CreateUser",
        // All criteria of an entry must hold.
        "rule: aws-iam-user-created, account: 444455556666",
        "rule: other, account: 111122223333",
    ] {
        assert!(!explains(criteria, &finding), "{criteria}");
    }
}

#[test]
fn what_is_absent_is_not_explained() {
    let mut bare = finding();
    bare.account = None;
    bare.source_ip = None;
    bare.targets.clear();
    for criteria in ["account: '*'", "source_ip: 0.0.0.0/0", "target: '*'"] {
        assert!(
            !explains(&format!("rule: a*, {criteria}"), &bare),
            "{criteria}"
        );
    }
    bare.source_ip = Some("AWS Internal".to_owned());
    assert!(!explains("rule: a*, source_ip: 0.0.0.0/0", &bare));
    // One known target does not explain the others.
    let mut many = finding();
    many.targets.push(target("AIDAOTHER", "intruder"));
    assert!(!explains("rule: a*, target: app-*", &many));
    assert!(explains("rule: a*, target: [app-*, AIDAOTHER]", &many));
}

#[test]
fn the_first_entry_that_holds_is_counted() {
    let list = parse(
        "# why\nsuppressions:\n  - rule: gcp-*\n    reason: one\n  - rule: aws-*\n    reason: two\n    owner: ops\n\n  - rule: aws-iam-*\n    reason: three\n",
    );
    let now = Time(0);
    assert_eq!(list.matches(&finding(), now), Some(1));
    assert_eq!(list.matches(&finding(), now), Some(1));
    let entry = list
        .get(1)
        .map(|entry| (entry.line, entry.reason.as_str(), entry.hidden()));
    assert_eq!(entry, Some((5, "two", 2)));
    let unused: Vec<_> = list
        .unused(now)
        .iter()
        .map(|e| (e.line, e.rules.as_str()))
        .collect();
    assert_eq!(unused, [(3, "gcp-*"), (9, "aws-iam-*")]);
    assert!(list.expired(now).is_empty());
    assert!(list.get(3).is_none());
}

#[test]
fn an_entry_runs_out_at_the_end_of_its_day() {
    let list = parse(
        "- {rule: aws-*, reason: migration, expires: 2026-11-20}\n- {rule: aws-*, reason: later, expires: '2026-11-21T12:00:00+02:00'}",
    );
    for (now, want) in [
        ("2026-11-20T23:59:59Z", Some(0)),
        ("2026-11-21T00:00:00Z", Some(1)),
        ("2026-11-21T09:59:59Z", Some(1)),
        ("2026-11-21T10:00:00Z", None),
    ] {
        assert_eq!(list.matches(&finding(), time(now)), want, "{now}");
    }
    let now = time("2026-11-21T00:00:00Z");
    let expired: Vec<_> = list
        .expired(now)
        .iter()
        .map(|e| (e.expires.as_deref(), e.reason.as_str(), e.late()))
        .collect();
    assert_eq!(expired, [(Some("2026-11-20"), "migration", 3)]);
    assert!(list.unused(now).is_empty());
}

#[test]
fn empty_files_hide_nothing() {
    for text in [
        "",
        "# nothing yet\n",
        "[]",
        "suppressions:\n",
        "suppressions: []\n",
        "---\n",
    ] {
        assert_eq!(parse(text).matches(&finding(), Time(0)), None, "{text:?}");
    }
    assert_eq!(Suppressions::default().matches(&finding(), Time(0)), None);
}

#[test]
fn errors_name_file_and_line() {
    for (text, want) in [
        (
            "- rule: a\n  reason: b\n- rule: c\n",
            "s.yaml:3: \"reason\" is missing",
        ),
        ("- reason: b\n", "s.yaml:1: \"rule\" is missing"),
        (
            "- rule: a\n  reason: ' '\n",
            "s.yaml:2: \"reason\" is empty",
        ),
        ("- rule: a\n  reason:\n", "s.yaml:2: \"reason\" is empty"),
        (
            "- rule: a\n  reason: b\n  user_agent: c\n",
            "s.yaml:3: unknown key \"user_agent\": a user agent is",
        ),
        (
            "- rule: a\n  reson: b\n",
            "s.yaml:2: unknown key \"reson\": did you mean \"reason\"?",
        ),
        (
            "- rule: a\n  reason: b\n  cidr: c\n",
            "s.yaml:3: unknown key \"cidr\": did you mean \"source_ip\"?",
        ),
        (
            "[{rule: a, reason: b}, {rule: c, reson: d}]\n",
            "s.yaml:1: unknown key \"reson\"",
        ),
        (
            "- rule: a\n  reason: b\n- rule: c\n  reason: d\n  'source-ip' : c\n",
            "s.yaml:5: unknown key \"source-ip\": did you mean \"source_ip\"?",
        ),
        (
            "- rule: a\n  reason: b\n  colour: c\n",
            "s.yaml:3: unknown key \"colour\": known are rule, actor",
        ),
        (
            "suppressions:\n  - rule: a\n    reason: b\n    expires: soon\n",
            "s.yaml:4: \"soon\" is no date",
        ),
        (
            "- rule: a\n  reason: b\n  expires: 2026-02-30\n",
            "s.yaml:3: \"2026-02-30\" is no date",
        ),
        (
            "- rule: a\n  reason: b\n  source_ip: 203.0.113.*\n",
            "s.yaml:3: \"203.0.113.*\" is neither",
        ),
        (
            "- rule: a\n  reason: b\n  source_ip:\n    - 192.0.2.1\n    - office\n",
            "s.yaml:3: \"office\" is neither",
        ),
        (
            "- rule: a\n  reason: b\n  account: []\n",
            "s.yaml:3: \"account\" is empty",
        ),
        (
            "- rule: a\n  reason: b\n  account: true\n",
            "s.yaml:3: invalid type: boolean",
        ),
        (
            "- rule: a\n  reason: [b, c]\n",
            "s.yaml:2: \"reason\" is one text",
        ),
        (
            "- rule: a\n  reason: b\n  rule: c\n",
            "s.yaml:3: \"rule\" stands there twice",
        ),
        (
            "- rule: '*'\n  reason: b\n",
            "s.yaml:1: this hides every finding",
        ),
        (
            "- rule: [a, '**']\n  reason: b\n",
            "this hides every finding",
        ),
        (
            "supressions: []\n",
            "s.yaml:1: unexpected key \"supressions\"",
        ),
        ("- just text\n", "s.yaml:1: invalid type"),
        ("text\n", "s.yaml:1: invalid type"),
        ("- rule: [a\n", "s.yaml:"),
        ("- rule: a\n  reason: b\n---\n- rule: c\n", "s.yaml:1: "),
        ("\u{0}", "s.yaml:1: "),
    ] {
        match Suppressions::parse("s.yaml", text) {
            Err(error) => assert!(error.to_string().contains(want), "{text:?}: {error}"),
            Ok(_) => panic!("read {text:?}"),
        }
    }
    let absent = Suppressions::load(Path::new("/nowhere/s.yaml"));
    assert!(absent.is_err_and(|error| error.to_string() == "read suppressions /nowhere/s.yaml"));
}

#[test]
fn values_stay_as_written() {
    let mut finding = finding();
    finding.account = Some("012345678901".to_owned());
    assert!(explains("rule: a*, account: 012345678901", &finding));
    finding.account = Some("CORP\\jane*".to_owned());
    assert!(explains("rule: a*, account: 'corp\\jane\\*'", &finding));
    assert!(!explains("rule: a*, account: 'corp\\jan\\*'", &finding));
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(- |  |rule: |reason: |source_ip: |expires: |\\[|\\{|\\}|a\\*|'|\n|:|\\?|é){0,20}", other: String) {
        let _ = Suppressions::parse("s.yaml", &text).is_ok();
        let _ = Suppressions::parse("s.yaml", &other).is_ok();
        let _ = Suppressions::parse("s.yaml", &format!("- rule: {text}\n  reason: x\n  {other}: y")).is_ok();
    }
}
