//! Single rules against another engine, rsigma-eval 0.23.0, record by record.
//!
//! Every rule of the built-in and the community set that judges one CloudTrail record without
//! derived fields, over every record there is. What differs on purpose stands in `DIFFERENCES`.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::judge::Judge;
use ctadel::detect::ast::{Body, Detection, RuleSet, Selection};
use ctadel::detect::compile::applies;
use ctadel::detect::load::builtin::{self, Text};
use ctadel::normalize::SOURCES;
use rsigma_eval::Engine;
use rsigma_eval::event::JsonEvent;
use rsigma_parser::{FilterRule, SigmaRule, parse_sigma_yaml};

/// Titles of rules that find something else here and there, how often, and why.
const DIFFERENCES: [(&str, usize, &str); 5] = [
    (
        "Layer put on a Lambda function",
        2,
        "the expression looks at the whole list as text; theirs at its elements alone",
    ),
    (
        "AWS S3 Bucket Versioning Disable",
        3,
        "the word is searched for in an object; theirs never matches one",
    ),
    (
        "AWS STS AssumeRole Misuse",
        2,
        "a copy changed the case of a field name; theirs takes names as written",
    ),
    (
        "AWS EC2 DescribeInstances",
        1,
        "an empty errorCode is none; theirs takes it for an error",
    ),
    (
        "AWS EC2 DescribeInstances Attempt",
        1,
        "an empty errorCode is none; theirs takes it for an error",
    ),
];

/// Whether a rule asks for something that only this program computes.
fn derived(detection: &Detection) -> bool {
    fn inside(selection: &Selection) -> bool {
        match selection {
            Selection::All(parts) | Selection::Any(parts) => parts.iter().any(inside),
            Selection::Item(item) => item.field.starts_with("ctadel."),
            Selection::Keyword(_) => false,
        }
    }
    detection
        .selections
        .iter()
        .any(|(_, selection)| inside(selection))
}

/// What a rule is found again by: file and id, or title.
fn key(file: &str, id: Option<&str>, title: &str) -> String {
    format!("{file} {}", id.unwrap_or(title))
}

/// The other engine's half of a rule set: one engine a rule, for it gives filters to all rules.
struct Theirs {
    engines: BTreeMap<u32, Engine>,
}

impl Theirs {
    fn new(
        set: &RuleSet,
        texts: &dyn Fn(&str) -> String,
        filters: &BTreeMap<String, FilterRule>,
    ) -> Theirs {
        let mut files: BTreeMap<String, BTreeMap<String, SigmaRule>> = BTreeMap::new();
        let mut engines = BTreeMap::new();
        for (number, rule) in set.rules.iter().enumerate() {
            let Body::Event(detection) = &rule.body else {
                continue;
            };
            if derived(detection) || !applies(&rule.meta, SOURCES[0]) {
                continue;
            }
            let file = &rule.meta.file;
            let parsed = files.entry(file.clone()).or_insert_with(|| {
                let rules = parse_sigma_yaml(&texts(file)).expect("parses").rules;
                rules
                    .into_iter()
                    .map(|rule| (key(file, rule.id.as_deref(), &rule.title), rule))
                    .collect()
            });
            let wanted = key(file, rule.meta.uuid.as_deref(), &rule.meta.title);
            let theirs = parsed.get(&wanted).unwrap_or_else(|| panic!("{wanted}"));
            let mut engine = Engine::new();
            engine.add_rule(theirs).expect("compiles");
            for filter in rule_filters(&texts(file), &rule.meta.title) {
                engine.apply_filter(&filters[&filter]).expect("applies");
            }
            engines.insert(number as u32, engine);
        }
        Theirs { engines }
    }

    fn matches(&self, event: &serde_json::Value) -> BTreeSet<u32> {
        let event = JsonEvent::borrow(event);
        let hits = self
            .engines
            .iter()
            .filter(|(_, engine)| !engine.evaluate(&event).is_empty());
        hits.map(|(number, _)| *number).collect()
    }
}

/// `ctadel.filters` of the rule with this title.
fn rule_filters(text: &str, title: &str) -> Vec<String> {
    use serde::Deserialize;
    for document in yaml_serde::Deserializer::from_str(text) {
        let value = yaml_serde::Value::deserialize(document).expect("YAML");
        if value["title"].as_str() == Some(title) {
            let names = value["ctadel"]["filters"].as_sequence();
            return names
                .into_iter()
                .flatten()
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect();
        }
    }
    Vec::new()
}

fn compare(
    set: &RuleSet,
    texts: &dyn Fn(&str) -> String,
    filters: &BTreeMap<String, FilterRule>,
) -> (usize, BTreeMap<String, (usize, String)>) {
    let judge = Judge::new(set);
    let mut matcher = judge.matcher();
    let theirs = Theirs::new(set, texts, filters);
    let mut found = 0;
    let mut wrong: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for raw in common::all_records() {
        let event: serde_json::Value = serde_json::from_slice(&raw).expect("JSON");
        let ours: BTreeSet<u32> = judge
            .both(&mut matcher, &raw)
            .1
            .into_keys()
            .filter(|rule| theirs.engines.contains_key(rule))
            .collect();
        let theirs = theirs.matches(&event);
        found += ours.len();
        for rule in ours.symmetric_difference(&theirs) {
            let title = &set.rules[*rule as usize].meta.title;
            let entry = wrong.entry(title.clone()).or_default();
            entry.0 += 1;
            let side = if ours.contains(rule) {
                "ours"
            } else {
                "theirs"
            };
            entry.1 = format!("{side} finds {}", String::from_utf8_lossy(&raw));
        }
    }
    for (title, count, _) in DIFFERENCES {
        if wrong.get(title).is_some_and(|(found, _)| *found <= count) {
            wrong.remove(title);
        }
    }
    (found, wrong)
}

#[test]
fn built_in_rules_agree() {
    let texts: BTreeMap<String, Text> = builtin::rules().into_iter().collect();
    let mut filters = BTreeMap::new();
    for (file, text) in &texts {
        if file.contains("filters/") {
            for filter in parse_sigma_yaml(text).expect("parses").filters {
                filters.insert(filter.name.clone().expect("a name"), filter);
            }
        }
    }
    let set = common::builtin();
    let (found, wrong) = compare(&set, &|file| (*texts[file]).to_owned(), &filters);
    eprintln!("{found} found");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn community_rules_agree() {
    let Some(set) = common::community() else {
        return;
    };
    let read = |file: &str| std::fs::read_to_string(file).expect("is there");
    let (found, wrong) = compare(&set, &read, &BTreeMap::new());
    eprintln!("{found} found");
    assert!(wrong.is_empty(), "{wrong:#?}");
}
