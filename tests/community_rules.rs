//! Community rules load unchanged: no file is refused, none is lost without a reason.
//!
//! The rules are somebody else's and lie beside the checkout; without them the tests say so.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use ctadel::detect::ast::{Body, Condition, Detection, RuleSet};
use ctadel::detect::load::{Options, load, load_str};
use ctadel::model::rule::Origin;
use rsigma_parser::{ConditionExpr, Quantifier, SelectorPattern};

/// The folder of community rules, if it is there.
fn folder(part: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/sigma")
        .join(part);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: shared folder absent");
    None
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else if path.extension().is_some_and(|ending| ending == "yml") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn counts(set: &RuleSet) -> (usize, usize) {
    let events = set
        .rules
        .iter()
        .filter(|rule| matches!(rule.body, Body::Event(_)))
        .count();
    (events, set.rules.len() - events)
}

#[test]
fn every_community_rule_loads_or_says_why_not() {
    for part in ["sigmahq", "suzaku-rules"] {
        let Some(folder) = folder(part) else { return };
        let options = Options {
            dirs: vec![folder.clone()],
            ..Options::default()
        };
        let start = Instant::now();
        let set = load(&options).unwrap_or_else(|errors| {
            let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
            panic!("{}", lines.join("\n"))
        });
        let (events, correlations) = counts(&set);
        eprintln!(
            "{part}: {} files, {events} rules, {correlations} correlations, {} skipped, {:?}",
            files(&folder).len(),
            set.skipped.len(),
            start.elapsed()
        );
        let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
        for (_, _, reason) in &set.skipped {
            let kind = if reason.starts_with("replaced") {
                "replaced"
            } else {
                reason
            };
            *reasons.entry(kind.to_owned()).or_default() += 1;
        }
        for (reason, count) in &reasons {
            eprintln!("  {count} {reason}");
            assert!(
                reason == "replaced" || reason.starts_with("placeholder"),
                "{reason}"
            );
        }
    }
}

#[test]
fn the_number_of_rules_is_that_of_another_parser() {
    for part in ["sigmahq", "suzaku-rules"] {
        let Some(folder) = folder(part) else { return };
        for file in files(&folder) {
            let text = std::fs::read_to_string(&file).unwrap();
            let name = file.display().to_string();
            let other = rsigma_parser::parse_sigma_yaml(&text).unwrap();
            assert!(other.errors.is_empty(), "{name}: {:?}", other.errors);
            let ours = load_str(&name, &text, Origin::File, &BTreeMap::new()).unwrap();
            let (events, correlations) = counts(&ours);
            let skipped = ours.skipped.len();
            assert_eq!(events + skipped, other.rules.len(), "{name}");
            assert_eq!(correlations, other.correlations.len(), "{name}");
        }
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let Some(folder) = folder("sigmahq") else {
        return;
    };
    let options = Options {
        dirs: vec![folder],
        ..Options::default()
    };
    let shown = [1, 3].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        format!("{:?}", pool.install(|| load(&options).unwrap()))
    });
    assert!(shown[0] == shown[1]);
}

#[test]
fn conditions_mean_what_another_parser_reads_in_them() {
    for part in ["sigmahq", "suzaku-rules"] {
        let Some(folder) = folder(part) else { return };
        let mut compared = 0;
        for file in files(&folder) {
            let text = std::fs::read_to_string(&file).unwrap();
            let name = file.display().to_string();
            let other = rsigma_parser::parse_sigma_yaml(&text).unwrap();
            let ours = load_str(&name, &text, Origin::File, &BTreeMap::new()).unwrap();
            for rule in &ours.rules {
                let Body::Event(detection) = &rule.body else {
                    continue;
                };
                let same = other
                    .rules
                    .iter()
                    .find(|other| other.id == rule.meta.uuid)
                    .unwrap();
                assert_eq!(
                    detection.selections.len(),
                    same.detection.named.len(),
                    "{name}"
                );
                compared += 1;
                // Every truth table of up to eight selections, and a part of longer ones.
                for truth in 0..256_u32 {
                    let here = holds(&detection.condition, truth);
                    let there = same
                        .detection
                        .conditions
                        .iter()
                        .any(|condition| reads(condition, detection, truth));
                    assert_eq!(here, there, "{name}: {truth:b}");
                }
            }
        }
        eprintln!("{part}: {compared} conditions");
    }
}

fn holds(condition: &Condition, truth: u32) -> bool {
    match condition {
        Condition::And(parts) => parts.iter().all(|part| holds(part, truth)),
        Condition::Or(parts) => parts.iter().any(|part| holds(part, truth)),
        Condition::Not(inner) => !holds(inner, truth),
        Condition::Selection(number) => truth >> number & 1 == 1,
    }
}

fn reads(condition: &ConditionExpr, detection: &Detection, truth: u32) -> bool {
    let value = |name: &str| {
        let at = detection
            .selections
            .iter()
            .position(|(known, _)| known == name)
            .unwrap();
        truth >> at & 1 == 1
    };
    match condition {
        ConditionExpr::And(parts) => parts.iter().all(|part| reads(part, detection, truth)),
        ConditionExpr::Or(parts) => parts.iter().any(|part| reads(part, detection, truth)),
        ConditionExpr::Not(inner) => !reads(inner, detection, truth),
        ConditionExpr::Identifier(name) => value(name),
        ConditionExpr::Selector {
            quantifier,
            pattern,
        } => {
            let meant = |name: &&str| match pattern {
                SelectorPattern::Them => !name.starts_with('_'),
                // The community writes patterns with one `*`, at the end.
                SelectorPattern::Pattern(pattern) => match pattern.strip_suffix('*') {
                    Some(start) => name.starts_with(start),
                    None => name == pattern,
                },
            };
            let names = detection
                .selections
                .iter()
                .map(|(name, _)| name.as_str())
                .filter(meant);
            let values: Vec<bool> = names.map(value).collect();
            let count = values.iter().filter(|value| **value).count();
            match quantifier {
                Quantifier::Any => count > 0,
                Quantifier::All => count == values.len(),
                Quantifier::Count(least) => count as u64 >= *least,
            }
        }
    }
}
