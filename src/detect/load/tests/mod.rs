//! The loader from the outside: YAML in, rule set or message out.

mod errors;
mod filters;
mod hostile;
mod items;
mod metadata;
mod references;

use std::collections::BTreeMap;

use super::{Vars, load_str};
use crate::detect::ast::{Body, Correlation, Detection, Rule, RuleSet, Selection};
use crate::model::rule::Origin;

/// Placeholder values the tests use.
fn vars() -> Vars {
    let list = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    BTreeMap::from([
        ("admins".to_owned(), list(&["alice", "bob*"])),
        (
            "nets".to_owned(),
            list(&["192.0.2.0/24", "198.51.100.0/24"]),
        ),
    ])
}

fn set(text: &str) -> RuleSet {
    load_str("t.yml", text, Origin::File, &vars()).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

fn messages(text: &str) -> Vec<String> {
    match load_str("t.yml", text, Origin::File, &vars()) {
        Ok(set) => panic!("loaded: {set:#?}"),
        Err(errors) => errors.iter().map(ToString::to_string).collect(),
    }
}

/// A rule with this title or name.
fn rule<'a>(set: &'a RuleSet, id: &str) -> &'a Rule {
    set.rules
        .iter()
        .find(|rule| rule.meta.id == id || rule.meta.title == id)
        .unwrap_or_else(|| panic!("no rule {id}"))
}

fn detection(rule: &Rule) -> &Detection {
    match &rule.body {
        Body::Event(detection) => detection,
        Body::Correlation(_) => panic!("{} is a correlation", rule.meta.id),
    }
}

fn correlation(rule: &Rule) -> &Correlation {
    match &rule.body {
        Body::Correlation(correlation) => correlation,
        Body::Event(_) => panic!("{} is no correlation", rule.meta.id),
    }
}

/// The only selection of a rule whose selection is written as `body`, indented by six.
fn selection(body: &str) -> Selection {
    detection(&set(&with_selection(body)).rules[0]).selections[0]
        .1
        .clone()
}

fn with_selection(body: &str) -> String {
    format!(
        "title: t\nlogsource: {{ product: aws }}\ndetection:\n  selection:\n{body}\n  condition: selection\n"
    )
}

/// A short rule of this name.
fn named(name: &str) -> String {
    format!(
        "title: T {name}\nname: {name}\nlogsource: {{ product: aws, service: cloudtrail }}\n\
         detection: {{ s: {{ eventName: {name} }}, condition: s }}\n"
    )
}
