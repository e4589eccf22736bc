//! Filters: whom they reach, and what they do to a rule.

use super::{detection, messages, named, rule, set};
use crate::detect::ast::Condition::{And, Not, Selection as S};

fn filter(name: &str, rules: &str, source: &str) -> String {
    format!(
        "title: F {name}\nname: {name}\nlogsource: {{ {source} }}\n\
         filter: {{ {rules} drop: {{ user|startswith: adm_ }}, condition: not drop }}\n"
    )
}

const AWS: &str = "product: aws, service: cloudtrail";

#[test]
fn a_filter_is_added_to_the_rules_it_names() {
    let text = format!(
        "{}---\n{}---\n{}---\n{}",
        named("a"),
        named("b"),
        named("c"),
        filter("f", "rules: [a, T b],", AWS)
    );
    let set = set(&text);
    for (name, reached) in [("a", true), ("b", true), ("c", false)] {
        let detection = detection(rule(&set, name));
        let expected = if reached {
            And(vec![S(0), Not(Box::new(S(1)))])
        } else {
            S(0)
        };
        assert_eq!(detection.condition, expected, "{name}");
        let names: Vec<&str> = detection
            .selections
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(
            names,
            if reached {
                vec!["s", "f: drop"]
            } else {
                vec!["s"]
            }
        );
    }
}

#[test]
fn any_means_every_rule_of_the_log_source() {
    let gcp = named("g").replace("aws, service: cloudtrail", "gcp, service: gcp.audit");
    let reached = |source: &str| {
        let text = format!(
            "{}---\n{gcp}---\n{}",
            named("a"),
            filter("f", "rules: any,", source)
        );
        let set = set(&text);
        ["a", "g"].map(|name| detection(rule(&set, name)).selections.len() == 2)
    };
    assert_eq!(reached(AWS), [true, false]);
    assert_eq!(reached("product: AWS"), [true, false]);
    assert_eq!(reached("category: x"), [true, true]);
    assert_eq!(reached("product: azure"), [false, false]);
}

#[test]
fn a_filter_without_rules_waits_to_be_called() {
    let called = named("a") + "ctadel: { filters: [f] }\n";
    let text = format!("{called}---\n{}---\n{}", named("b"), filter("f", "", AWS));
    let set = set(&text);
    assert_eq!(detection(rule(&set, "a")).selections.len(), 2);
    assert_eq!(detection(rule(&set, "b")).selections.len(), 1);
    // A filter that would reach the rule anyway is added once.
    let text = format!("{called}---\n{}", filter("f", "rules: any,", AWS));
    assert_eq!(detection(rule(&super::set(&text), "a")).selections.len(), 2);
}

#[test]
fn a_rule_cannot_call_what_is_not_there_or_not_for_it() {
    let called = named("a") + "ctadel: { filters: [ff] }\n";
    assert_eq!(
        messages(&format!("{called}---\n{}", filter("f", "", AWS))),
        ["t.yml:5: ctadel.filters: there is no filter \"ff\", did you mean f?"]
    );
    assert_eq!(
        messages(&format!(
            "{called}---\n{}",
            filter("ff", "", "product: gcp")
        )),
        ["t.yml:5: ctadel.filters: filter \"ff\" is for another log source"]
    );
    assert_eq!(
        messages(&filter("f", "rules: [],", AWS)),
        ["t.yml:4: filter.rules: the list is empty: name rules, or write any"]
    );
}

#[test]
fn a_filter_for_an_unknown_rule_is_reported_and_stops_nothing() {
    let text = format!(
        "{}---\n{}",
        named("rule-a"),
        filter("f", "rules: [rule-b],", AWS)
    );
    let set = set(&text);
    assert_eq!(set.rules.len(), 1);
    let reason = "no loaded rule is called \"rule-b\", did you mean rule-a?";
    assert_eq!(
        set.skipped,
        [("f".to_owned(), "t.yml".to_owned(), reason.to_owned())]
    );
}

#[test]
fn a_filter_that_waits_for_a_placeholder_drops_nothing_and_says_so() {
    let waiting = filter("f", "", AWS).replace("startswith: adm_", "expand: '%nobody%'");
    let text = format!("{}ctadel: {{ filters: [f] }}\n---\n{waiting}", named("a"));
    let set = set(&text);
    assert_eq!(detection(rule(&set, "a")).selections.len(), 1);
    let reason = "placeholder %nobody% is not configured";
    assert_eq!(
        set.skipped,
        [("f".to_owned(), "t.yml".to_owned(), reason.to_owned())]
    );
}

#[test]
fn levels_speak_of_the_selections_of_the_rule_alone() {
    let text = format!(
        "{}ctadel: {{ filters: [f], levels: [{{ if: not s, level: critical }}, {{ if: all of them, level: low }}] }}\n---\n{}",
        named("a"),
        filter("f", "", AWS)
    );
    let levels = rule(&set(&text), "a").levels.clone();
    assert_eq!(levels[0].0, Not(Box::new(S(0))));
    assert_eq!(levels[1].0, S(0));
}
