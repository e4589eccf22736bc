//! Every built-in rule finds what its author says it finds, and passes over what he says is not it.
//!
//! The events lie beside the rules; how they are judged is `detect::proof`, as in `rules test`.

mod common;

use std::path::Path;

use ctadel::detect::ast::{Body, Condition, Rule, RuleSet, Selection};
use ctadel::detect::lint::lint;
use ctadel::detect::load::Vars;
use ctadel::detect::proof;
use ctadel::enrich::derive::Context;
use ctadel::model::attack::{Attack, render_v18};
use serde_json::Value;

#[test]
fn every_rule_passes_its_events() {
    let set = common::builtin();
    let (cases, bare) = proof::cases(&set, &[]).expect("the events can be read");
    assert!(bare.is_empty(), "rules without events: {bare:?}");
    let mut replay = |rules: &RuleSet, context: &Context, events: &[&[u8]]| {
        ctadel::replay(rules, context, events)
            .map(|report| report.findings)
            .map_err(|error| error.to_string())
    };
    let (mut passed, mut broken) = (0, Vec::new());
    for case in &cases {
        let proof = case.prove(&set, &mut replay);
        passed += proof.passed;
        broken.extend(proof.failures.iter().map(ToString::to_string));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(passed > 400, "only {passed} events");
}

/// Rules that speak, without those that only hand another tool's alert on.
fn speaking(set: &RuleSet) -> impl Iterator<Item = &Rule> {
    let own = |rule: &&Rule| !rule.silent && !rule.meta.external;
    set.rules.iter().filter(own)
}

#[test]
fn every_rule_says_all_that_an_analyst_needs() {
    let set = common::builtin();
    let mut lacking = Vec::new();
    for rule in speaking(&set) {
        let (meta, prose) = (&rule.meta, rule.meta.prose());
        let attack = |entry: &Attack| !entry.tactic.is_empty() && !entry.technique.is_empty();
        let older = meta.attack.iter().map(render_v18);
        let has = [
            ("a description", !prose.description.is_empty()),
            (
                "a technique with its tactic",
                meta.attack.iter().any(attack),
            ),
            (
                "the same in version 18",
                older.clone().any(|entry| attack(&entry)),
            ),
            ("a reason for its level", prose.reason.is_some()),
            ("false positives", !prose.falsepositives.is_empty()),
            ("questions", !prose.triage.is_empty()),
            ("responses", !meta.respond.is_empty()),
            ("references", !prose.references.is_empty()),
            (
                "a name that is its file's or belongs to it",
                meta.name.is_some(),
            ),
        ];
        for (what, _) in has.into_iter().filter(|(_, has)| !has) {
            lacking.push(format!("{}: {what}", meta.id));
        }
    }
    assert!(lacking.is_empty(), "{}", lacking.join("\n"));
}

#[test]
fn the_house_has_nothing_to_mend_in_its_own_rules() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let issues = lint(&[folder], &Vars::new());
    // Where nobody is always there, a rule is tried on every record of its log.
    let wrong: Vec<String> = issues
        .iter()
        .filter(|issue| issue.code != "no-literal")
        .map(ToString::to_string)
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(issues.len() < 8, "{} rules without a literal", issues.len());
}

/// Files of `rules` with a word of their path and the events beside them.
fn event_files() -> Vec<(String, String, Vec<Value>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let files = common::files(&root).into_iter();
    let events = files.filter(|file| file.to_string_lossy().ends_with(".events.jsonl"));
    events
        .map(|file| {
            let text = std::fs::read_to_string(&file).expect("readable");
            let lines = text
                .lines()
                .map(|line| serde_json::from_str(line).expect("JSON"));
            let name = file.file_name().expect("a name").to_string_lossy();
            let folder = file.parent().and_then(Path::file_name).expect("a folder");
            let slug = name.trim_end_matches(".events.jsonl").to_owned();
            (folder.to_string_lossy().into_owned(), slug, lines.collect())
        })
        .collect()
}

/// Their logs hold no refusals of these calls.
const NEVER_REFUSED: [&str; 4] = [
    "aws-root-password-recovery",
    "aws-snapshot-copied-by-other-account",
    "aws-sso-token-issued",
    "gcp-workspace-suspicious-login",
];

#[test]
fn every_rule_has_a_hit_a_near_miss_and_a_refused_attempt() {
    let set = common::builtin();
    let sources = [
        ("aws", "cloudtrail"),
        ("gcp", "gcp.audit"),
        ("kubernetes", "audit"),
        ("scaleway", "audittrail"),
        ("azure", "activitylogs"),
        ("azure", "resourcelogs"),
        ("azure", "signinlogs"),
    ];
    let rules = sources.map(|(product, service)| {
        format!(
            "title: Refused in {service}\nlogsource: {{product: {product}, service: {service}}}\n\
             detection: {{no: {{ctadel.outcome: [denied, failed]}}, condition: no}}\nlevel: low\n"
        )
    });
    let refused = common::rules_of(&rules.join("---\n"));
    let mut lacking = Vec::new();
    for (folder, slug, events) in event_files() {
        let own: Vec<&Rule> = set
            .rules
            .iter()
            .filter(|rule| rule.meta.file == format!("builtin:{folder}/{slug}.yml"))
            .collect();
        if own.iter().any(|rule| rule.meta.external) {
            continue;
        }
        for word in ["hit", "miss"] {
            if !events.iter().any(|event| event["expect"] == word) {
                lacking.push(format!("{slug}: a {word}"));
            }
        }
        let counted = own
            .iter()
            .any(|rule| matches!(rule.body, Body::Correlation(_)));
        let clouds = ["aws", "gcp", "kubernetes", "scaleway", "azure"];
        if counted || !clouds.contains(&&*folder) || NEVER_REFUSED.contains(&&*slug) {
            continue;
        }
        let events: Vec<String> = events
            .iter()
            .map(|event| event["event"].to_string())
            .collect();
        let bytes: Vec<&[u8]> = events.iter().map(|event| event.as_bytes()).collect();
        let report = ctadel::replay(&refused, &Context::default(), &bytes).expect("replayed");
        if report.findings.is_empty() {
            lacking.push(format!("{slug}: a refused attempt"));
        }
    }
    assert!(lacking.is_empty(), "{}", lacking.join("\n"));
}

/// Names under which logs carry what the caller says of his program.
const AGENTS: [&str; 7] = [
    "userAgent",
    "callerSuppliedUserAgent",
    "userAgentHeader",
    "user_agent",
    "rawUserAgent",
    "clientInfo",
    "ClientAppId",
];

/// Whether all that a selection looks at is the name of the caller's program.
fn only_agent(selection: &Selection) -> bool {
    match selection {
        Selection::All(parts) | Selection::Any(parts) => {
            !parts.is_empty() && parts.iter().all(only_agent)
        }
        Selection::Item(item) => {
            let last = item.field.rsplit('.').next().unwrap_or_default();
            !item.negated && AGENTS.iter().any(|agent| last.eq_ignore_ascii_case(agent))
        }
        Selection::Keyword(_) => false,
    }
}

fn holds(condition: &Condition, on: &[bool]) -> bool {
    match condition {
        Condition::And(parts) => parts.iter().all(|part| holds(part, on)),
        Condition::Or(parts) => parts.iter().any(|part| holds(part, on)),
        Condition::Not(part) => !holds(part, on),
        Condition::Selection(number) => on[*number],
    }
}

#[test]
fn no_rule_speaks_because_of_a_programs_name_alone() {
    let set = common::builtin();
    let mut looked_at = 0;
    for rule in &set.rules {
        let Body::Event(detection) = &rule.body else {
            continue;
        };
        let on: Vec<bool> = detection
            .selections
            .iter()
            .map(|(_, selection)| only_agent(selection))
            .collect();
        if on.contains(&true) {
            looked_at += 1;
            let alone = holds(&detection.condition, &on);
            assert!(!alone, "{} needs no more than a name", rule.meta.id);
        }
    }
    assert!(
        looked_at > 0,
        "some rules look at the name among other things"
    );
}
