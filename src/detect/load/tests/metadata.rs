//! What a rule says about itself, in all the forms it is written in.

use super::{named, rule, set};
use crate::model::Severity;

#[test]
fn a_full_rule_keeps_all_it_says() {
    let set = set("\
title: CloudTrail trail stopped
id: 6d3a1d5e-0000-4000-8000-000000000001
name: aws-cloudtrail-stopped
status: stable
description: >
    What it
    finds.
author: somebody
date: 2026-01-01
modified: '2026/02/01'
related: [{ id: x, type: derived }]
references: [https://example.com]
logsource: { product: aws, service: cloudtrail, definition: whatever }
detection: { stop: { eventName: StopLogging }, condition: stop }
level: high
tags: [attack.defense-impairment, attack.t1685.002, cve.2026-1]
falsepositives: Unknown
fields: [a, b]
custom: { deep: [1] }
ctadel:
    reason: evidence ends
    triage: [Who?, When?]
    respond: [restore-logging]
    denied: keep
    needs: management events
");
    let meta = &rule(&set, "aws-cloudtrail-stopped").meta;
    let prose = meta.prose();
    assert_eq!(
        meta.uuid.as_deref(),
        Some("6d3a1d5e-0000-4000-8000-000000000001")
    );
    assert_eq!(prose.description, "What it finds.");
    assert_eq!(meta.level, Severity::High);
    assert_eq!((meta.attack.len(), meta.attack[0].tactic_id), (1, "TA0112"));
    assert_eq!(meta.attack[0].technique, "T1685.002");
    assert_eq!(prose.tags.len(), 3);
    assert_eq!(prose.falsepositives, ["Unknown"]);
    assert_eq!(prose.references, ["https://example.com"]);
    assert_eq!(prose.fields, ["a", "b"]);
    assert_eq!(prose.triage, ["Who?", "When?"]);
    assert_eq!(meta.respond, ["restore-logging"]);
    assert_eq!(prose.reason.as_deref(), Some("evidence ends"));
    assert_eq!(meta.needs.as_deref(), Some("management events"));
    assert!(meta.denied_keeps_level);
    assert_eq!(
        (meta.product.as_deref(), meta.service.as_deref()),
        (Some("aws"), Some("cloudtrail"))
    );
}

#[test]
fn a_bare_rule_loads() {
    let set = set("\
title: Bare
references:
falsepositives:
tags:
ctadel:
logsource: { category: x }
detection: { keywords: [a], condition: keywords, timeframe: 5m }
");
    let rule = rule(&set, "Bare");
    assert_eq!(rule.meta.id, "Bare");
    assert_eq!(rule.meta.level, Severity::Medium);
    assert!(rule.meta.prose().references.is_empty() && !rule.silent && rule.levels.is_empty());
}

#[test]
fn levels_and_ids_in_all_forms() {
    for (level, expected) in [
        ("info", Severity::Informational),
        ("informational", Severity::Informational),
        ("Low", Severity::Low),
        ("critical", Severity::Critical),
    ] {
        let set = set(&format!("{}level: {level}\n", named("a")));
        assert_eq!(rule(&set, "a").meta.level, expected);
    }
    let text = named("a").replace("name: a\n", "id: 7\n");
    assert_eq!(set(&text).rules[0].meta.id, "7");
}

#[test]
fn what_is_no_rule_or_cannot_run_is_left_out_with_a_reason() {
    let reason = |text: &str| {
        let set = set(text);
        assert_eq!(set.rules.len(), 0);
        set.skipped
            .into_iter()
            .map(|(id, _, reason)| (id, reason))
            .collect::<Vec<_>>()
    };
    let pair = |id: &str, reason: &str| vec![(id.to_owned(), reason.to_owned())];
    assert_eq!(
        reason("on: push\njobs: {}\n"),
        pair(
            "t.yml",
            "not a Sigma document: no detection, correlation or filter"
        )
    );
    assert_eq!(
        reason(&format!("{}status: unsupported\n", named("a"))),
        pair("a", "its status is unsupported")
    );
    let text = named("a").replace("eventName: a", "user|expand: '%nobody%'");
    assert_eq!(
        reason(&text),
        pair("a", "placeholder %nobody% is not configured")
    );
    assert_eq!(reason("# only a comment\n---\n"), []);
}

#[test]
fn anchors_and_merges_are_followed() {
    let set = set("\
title: t
logsource: { product: aws }
detection:
    base: &base
        a: 1
    more:
        <<: *base
        b: 2
    condition: base and more
");
    let detection = super::detection(&set.rules[0]);
    let super::Selection::All(items) = &detection.selections[1].1 else {
        panic!()
    };
    assert_eq!(items.len(), 2);
}
