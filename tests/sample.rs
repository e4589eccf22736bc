//! The sample log tells its attack as one incident and leaves everybody else alone.
//!
//! What is planted in it stands in `testdata/sample.truth.json`.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{builtin, counts, plan, scan, testdata};
use ctadel::model::{Finding, Severity};
use serde_json::Value;

fn truth() -> Value {
    let text = std::fs::read_to_string(testdata().join("sample.truth.json")).expect("is there");
    serde_json::from_str(&text).expect("JSON")
}

fn texts(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

#[test]
fn everything_in_it_is_accounted_for() {
    let totals = &truth()["totals"];
    let report = scan(&plan(&testdata().join("sample"), builtin()));
    let number = |key: &str| totals[key].as_u64().expect("a number");
    let want = [
        number("records"),
        number("duplicates"),
        0,
        number("ignored"),
    ];
    assert_eq!(counts(&report.coverage), want);
}

#[test]
fn the_attack_is_one_incident_with_all_its_steps() {
    let truth = truth();
    let report = scan(&plan(&testdata().join("sample"), builtin()));
    let high: Vec<_> = report
        .incidents
        .iter()
        .filter(|incident| incident.severity >= Severity::High)
        .collect();
    let [incident] = high.as_slice() else {
        let titles: Vec<_> = high.iter().map(|i| (&i.id, &i.title, i.severity)).collect();
        panic!("{titles:#?}")
    };
    let members: BTreeSet<&String> = incident.findings.iter().collect();
    let findings: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|finding| members.contains(&finding.id))
        .collect();
    let mut missing = Vec::new();
    for step in truth["attack"]["steps"].as_array().expect("steps") {
        let events: BTreeSet<&str> = texts(&step["event_ids"]).into_iter().collect();
        for rule in texts(&step["expected_rules"]) {
            let found = findings.iter().any(|finding| {
                let mut uids = finding.evidence.iter().map(|evidence| &*evidence.uid);
                finding.rule.id == rule && uids.any(|uid| events.contains(uid))
            });
            if !found {
                missing.push((step["step"].as_str(), rule));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
    // Nothing of anybody else's in it.
    let attack: BTreeSet<&str> = truth["attack"]["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .flat_map(|step| texts(&step["event_ids"]))
        .collect();
    // Informational findings tell what else the same keys did.
    let telling = |finding: &&&Finding| finding.severity > Severity::Informational;
    for finding in findings.iter().filter(telling) {
        for evidence in &finding.evidence {
            assert!(
                attack.contains(&*evidence.uid),
                "{} {evidence:?}",
                finding.rule.id
            );
        }
    }
}

#[test]
fn ordinary_work_raises_nothing_of_medium_or_more() {
    let truth = truth();
    let report = scan(&plan(&testdata().join("sample"), builtin()));
    let attack: BTreeSet<&str> = truth["attack"]["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .flat_map(|step| texts(&step["event_ids"]))
        .collect();
    let mut wrong: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for finding in report
        .findings
        .iter()
        .filter(|finding| finding.severity >= Severity::Medium)
    {
        if finding
            .evidence
            .iter()
            .any(|evidence| !attack.contains(&*evidence.uid))
        {
            *wrong
                .entry((&finding.rule.id, &finding.actor.name))
                .or_default() += finding.count;
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
