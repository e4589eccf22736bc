//! Every modifier and every kind of value, in small rules over small records, against
//! rsigma-eval 0.23.0.
//!
//! A row holds a detection and the records it finds by the Sigma specification; both engines
//! must find them. Where the other one does not, a row of `DIFFERENCES` says why.

mod common;
#[path = "oracle_modifiers/table.rs"]
mod table;

use std::collections::BTreeSet;

use common::judge::Judge;
use rsigma_eval::Engine;
use rsigma_eval::event::JsonEvent;
use table::{DIFFERENCES, EVENTS, ROWS};

fn rule(detection: &str) -> String {
    format!(
        "title: t\nid: t\nlevel: low\nlogsource: {{product: aws, service: cloudtrail}}\n\
         detection: {detection}\n"
    )
}

fn ours(detection: &str) -> BTreeSet<usize> {
    let judge = Judge::new(&common::rules_of(&rule(detection)));
    let mut matcher = judge.matcher();
    let mut holds = |event: &str| {
        let (through, past) = judge.both(&mut matcher, event.as_bytes());
        assert_eq!(through, past, "{detection} over {event}");
        !past.is_empty()
    };
    (0..EVENTS.len()).filter(|at| holds(EVENTS[*at])).collect()
}

fn theirs(detection: &str) -> BTreeSet<usize> {
    let parsed = rsigma_parser::parse_sigma_yaml(&rule(detection)).expect("parses");
    let mut engine = Engine::new();
    if parsed.rules.is_empty() || engine.add_collection(&parsed).is_err() {
        return BTreeSet::from([usize::MAX]);
    }
    let holds = |event: &str| {
        let event: serde_json::Value = serde_json::from_str(event).expect("JSON");
        !engine.evaluate(&JsonEvent::borrow(&event)).is_empty()
    };
    (0..EVENTS.len()).filter(|at| holds(EVENTS[*at])).collect()
}

#[test]
fn every_modifier_finds_what_the_specification_says() {
    let mut wrong = Vec::new();
    for (detection, want) in ROWS {
        let found = ours(detection);
        if found != want.iter().copied().collect() {
            wrong.push(format!("{detection}: {found:?} for {want:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_other_engine_finds_the_same() {
    let mut wrong = Vec::new();
    for (detection, want) in ROWS {
        let known = DIFFERENCES.iter().find(|(other, _, _)| other == detection);
        let want = known.map_or(*want, |(_, theirs, _)| *theirs);
        let found = theirs(detection);
        if found != want.iter().copied().collect() {
            wrong.push(format!("{detection}: {found:?} for {want:?}"));
        }
    }
    for (detection, _, why) in DIFFERENCES {
        assert!(
            ROWS.iter().any(|(known, _)| known == detection),
            "{detection}: {why}"
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
