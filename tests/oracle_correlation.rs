//! The correlation engine against another one, rsigma-eval 0.23.0, over random traffic.
//!
//! Both see the same events and the same correlation; compared are the groups that fire and the
//! times at which a run of the condition opens. Where the two differ on purpose, a test below
//! shows the difference and says why.
//!
//! Differences that need no test of their own:
//! - rsigma reports every event that keeps a condition true, ctadel one finding a run: the driver
//!   folds its reports into runs before it compares.
//! - rsigma counts in whole seconds, ctadel in nanoseconds: the traffic here has whole seconds.
//! - rsigma makes a group of events that lack a group field, ctadel leaves them out and says how
//!   many: the traffic here has the field always.

use std::collections::BTreeMap;

use ctadel::detect::ast::{Comparison, Condition, Correlation, CorrelationKind};
use ctadel::detect::correlation::{Row, Value, firings};
use ctadel::model::Time;
use ctadel::model::time::SECOND;
use rsigma_eval::event::JsonEvent;
use rsigma_eval::{CorrelationConfig, CorrelationEngine};
use rsigma_parser::parse_sigma_yaml;
use serde_json::json;

/// One event of the traffic: which member rule it matches, who, when, with what value.
#[derive(Clone, Copy, Debug)]
struct Traffic {
    time: i64,
    member: u32,
    user: u32,
    value: Option<i64>,
}

/// A correlation as both engines take it.
#[derive(Clone, Debug)]
struct Case {
    kind: CorrelationKind,
    members: u32,
    timespan: i64,
    thresholds: Vec<(Comparison, u32)>,
    /// An extended condition: as text and as the loader hands it over.
    condition: Option<(String, Condition)>,
}

/// Opening times by group.
type Openings = BTreeMap<u32, Vec<i64>>;

impl Case {
    fn yaml(&self) -> String {
        let mut yaml = String::new();
        for m in 0..self.members {
            yaml += &format!(
                "title: m{m}\nid: m{m}\nlogsource:\n  product: test\ndetection:\n  s:\n    \
                 kind: k{m}\n  condition: s\nlevel: low\n---\n"
            );
        }
        let (word, percentile) = match self.kind {
            CorrelationKind::EventCount => ("event_count", None),
            CorrelationKind::ValueCount => ("value_count", None),
            CorrelationKind::Temporal => ("temporal", None),
            CorrelationKind::TemporalOrdered => ("temporal_ordered", None),
            CorrelationKind::ValueSum => ("value_sum", None),
            CorrelationKind::ValueAvg => ("value_avg", None),
            CorrelationKind::ValuePercentile(50.0) => ("value_median", None),
            CorrelationKind::ValuePercentile(share) => ("value_percentile", Some(share)),
        };
        yaml += &format!("title: c\nid: c\nlevel: high\ncorrelation:\n  type: {word}\n  rules:\n");
        for m in 0..self.members {
            yaml += &format!("    - m{m}\n");
        }
        yaml += &format!("  group-by:\n    - user\n  timespan: {}s\n", self.timespan);
        if let Some((text, _)) = &self.condition {
            yaml += &format!("  condition: {text}\n");
        } else if !self.thresholds.is_empty() {
            yaml += "  condition:\n";
            for (comparison, limit) in &self.thresholds {
                yaml += &format!("    {}: {limit}\n", word_of(*comparison));
            }
            if word.starts_with("value") {
                yaml += "    field: value\n";
            }
            if let Some(share) = percentile {
                yaml += &format!("    percentile: {share}\n");
            }
        }
        yaml
    }

    fn correlation(&self) -> Correlation {
        let limits = self.thresholds.iter();
        Correlation {
            kind: self.kind,
            members: (0..self.members as usize).collect(),
            optional: vec![],
            group_by: vec!["user".into()],
            member_fields: vec![vec!["user".into()]; self.members as usize],
            timespan: self.timespan * SECOND,
            thresholds: limits.map(|(c, limit)| (*c, f64::from(*limit))).collect(),
            value_fields: vec!["value".into()],
            condition: self.condition.as_ref().map(|(_, parsed)| parsed.clone()),
            generate: false,
        }
    }
}

fn word_of(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Lt => "lt",
        Comparison::Lte => "lte",
        Comparison::Gt => "gt",
        Comparison::Gte => "gte",
        Comparison::Eq => "eq",
        Comparison::Neq => "neq",
    }
}

/// Every event in turn, with whether the other engine reports the correlation for it.
fn reports(case: &Case, traffic: &[Traffic]) -> Vec<(Traffic, bool)> {
    let collection = parse_sigma_yaml(&case.yaml()).expect("the test writes valid rules");
    let mut engine = CorrelationEngine::new(CorrelationConfig::default());
    engine
        .add_collection(&collection)
        .expect("the test writes rules that compile");
    let report = |event: &Traffic| {
        let mut record = json!({
            "kind": format!("k{}", event.member),
            "user": format!("u{}", event.user),
        });
        if let Some(value) = event.value {
            record["value"] = json!(value);
        }
        let results = engine.process_event_at(&JsonEvent::borrow(&record), event.time);
        results.iter().any(|result| {
            result.as_correlation().is_some_and(|body| {
                let want = ("user".to_string(), format!("u{}", event.user));
                assert_eq!(body.group_key, [want]);
                true
            })
        })
    };
    let mut report = report;
    traffic
        .iter()
        .map(|event| (*event, report(event)))
        .collect()
}

/// The other engine's reports as runs: the verdict of an instant is that of its last event,
/// which has seen all of them.
fn theirs(case: &Case, traffic: &[Traffic]) -> Openings {
    let mut verdicts: BTreeMap<u32, BTreeMap<i64, bool>> = BTreeMap::new();
    for (event, fired) in reports(case, traffic) {
        verdicts
            .entry(event.user)
            .or_default()
            .insert(event.time, fired);
    }
    let mut openings = Openings::new();
    for (user, instants) in verdicts {
        let mut open = false;
        for (time, fired) in instants {
            if fired && !open {
                openings.entry(user).or_default().push(time);
            }
            open = fired;
        }
    }
    openings
}

fn ours(case: &Case, traffic: &[Traffic]) -> Openings {
    let correlation = case.correlation();
    let mut groups: BTreeMap<u32, Vec<Row>> = BTreeMap::new();
    for (row, event) in (0u32..).zip(traffic) {
        let value = match (case.kind, event.value) {
            (_, None) => Value::None,
            (CorrelationKind::ValueCount, Some(value)) => Value::Text(value as u64),
            (_, Some(value)) => Value::Number(value as f64),
        };
        groups.entry(event.user).or_default().push(Row {
            time: Time(event.time * SECOND),
            member: event.member,
            value,
            row,
        });
    }
    let mut openings = Openings::new();
    for (user, rows) in groups {
        for firing in firings(&correlation, &rows) {
            let opened = firing.opened.0 / SECOND;
            openings.entry(user).or_default().push(opened);
        }
    }
    openings
}

/// A small generator of numbers; the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn traffic(&mut self, members: u32) -> Vec<Traffic> {
        let length = self.roll(60);
        let spread = 1 + self.roll(4);
        let mut time = 1_000_000;
        (0..length)
            .map(|_| {
                // Steps of zero make ties, long steps empty the window.
                time += match self.roll(10) {
                    0..=3 => 0,
                    9 => 30,
                    _ => self.roll(spread * 3) as i64,
                };
                Traffic {
                    time,
                    member: self.roll(u64::from(members)) as u32,
                    user: self.roll(3) as u32,
                    value: Some(self.roll(6) as i64 - 1),
                }
            })
            .collect()
    }

    fn thresholds(&mut self) -> Vec<(Comparison, u32)> {
        let limit = self.roll(6) as u32;
        match self.roll(8) {
            0 => vec![(Comparison::Lt, limit)],
            1 => vec![(Comparison::Lte, limit)],
            2 => vec![(Comparison::Gt, limit)],
            3 => vec![(Comparison::Eq, limit)],
            4 => vec![(Comparison::Neq, limit)],
            5 => vec![(Comparison::Gte, limit), (Comparison::Lte, limit + 2)],
            _ => vec![(Comparison::Gte, limit)],
        }
    }
}

fn compare(seed: u64, cases: usize, make: impl Fn(&mut Dice) -> Case) {
    let mut dice = Dice(seed);
    let mut fired = 0;
    for number in 0..cases {
        let case = make(&mut dice);
        let traffic = dice.traffic(case.members);
        let (ours, theirs) = (ours(&case, &traffic), theirs(&case, &traffic));
        assert_eq!(ours, theirs, "case {number}: {case:?}\n{traffic:#?}");
        fired += ours.len();
    }
    // A comparison of silence with silence would prove nothing.
    assert!(fired > cases / 4, "only {fired} groups fired");
}

#[test]
fn counts_and_figures_agree() {
    compare(0x5eed_0001, 1500, |dice| {
        let kind = match dice.roll(7) {
            0 | 1 => CorrelationKind::EventCount,
            2 | 3 => CorrelationKind::ValueCount,
            4 => CorrelationKind::ValueSum,
            5 => CorrelationKind::ValueAvg,
            _ => CorrelationKind::ValuePercentile(50.0),
        };
        Case {
            kind,
            members: 1 + dice.roll(2) as u32,
            timespan: 1 + dice.roll(25) as i64,
            thresholds: dice.thresholds(),
            condition: None,
        }
    });
}

#[test]
fn temporal_agrees() {
    compare(0x5eed_0002, 800, |dice| {
        let members = 2 + dice.roll(2) as u32;
        Case {
            kind: CorrelationKind::Temporal,
            members,
            timespan: 1 + dice.roll(40) as i64,
            thresholds: vec![(Comparison::Gte, members - dice.roll(2) as u32)],
            condition: None,
        }
    });
}

#[test]
fn temporal_with_a_condition_agrees() {
    let member = Condition::Selection;
    let without = |m| Condition::Not(Box::new(Condition::Selection(m)));
    let conditions = [
        ("m0 and m1", Condition::And(vec![member(0), member(1)])),
        ("m0 and not m2", Condition::And(vec![member(0), without(2)])),
        (
            "(m0 or m1) and m2",
            Condition::And(vec![Condition::Or(vec![member(0), member(1)]), member(2)]),
        ),
    ];
    compare(0x5eed_0003, 800, |dice| {
        let (text, parsed) = conditions[dice.roll(3) as usize].clone();
        Case {
            kind: CorrelationKind::Temporal,
            members: 3,
            timespan: 1 + dice.roll(30) as i64,
            thresholds: vec![],
            condition: Some((text.to_string(), parsed)),
        }
    });
}

#[test]
fn temporal_ordered_agrees_ties_included() {
    compare(0x5eed_0004, 800, |dice| Case {
        kind: CorrelationKind::TemporalOrdered,
        members: 2 + dice.roll(2) as u32,
        timespan: 1 + dice.roll(40) as i64,
        thresholds: vec![],
        condition: None,
    });
}

fn event(time: i64, member: u32, value: Option<i64>) -> Traffic {
    Traffic {
        time,
        member,
        user: 0,
        value,
    }
}

fn opens(list: &[i64]) -> Openings {
    let some = (!list.is_empty()).then(|| (0, list.to_vec()));
    some.into_iter().collect()
}

/// The specification: a `temporal` rule without a condition asks for all its members. The other
/// engine fills in "at least one" and so fires on the first of them.
#[test]
fn differs_in_temporal_without_a_condition() {
    let case = Case {
        kind: CorrelationKind::Temporal,
        members: 2,
        timespan: 10,
        thresholds: vec![],
        condition: None,
    };
    let traffic = [event(100, 0, None), event(104, 1, None)];
    assert_eq!(ours(&case, &traffic), opens(&[104]));
    assert_eq!(theirs(&case, &traffic), opens(&[100]));
}

/// Events of one second have no order, so a condition with an upper bound is judged when all of
/// them are in. The other engine judges between them and reports a count that no window has.
#[test]
fn differs_in_upper_bounds_within_one_instant() {
    let case = Case {
        kind: CorrelationKind::EventCount,
        members: 1,
        timespan: 10,
        thresholds: vec![(Comparison::Eq, 2)],
        condition: None,
    };
    let traffic = [100, 100, 100].map(|time| event(time, 0, None));
    assert_eq!(ours(&case, &traffic), opens(&[]));
    let fired: Vec<bool> = reports(&case, &traffic).iter().map(|r| r.1).collect();
    assert_eq!(fired, [false, true, false]);
}

/// A percentile is compared with the thresholds, as a median is. The other engine takes the
/// percentile but not the comparison, and fires at every event.
#[test]
fn differs_in_percentiles() {
    let case = Case {
        kind: CorrelationKind::ValuePercentile(90.0),
        members: 1,
        timespan: 10,
        thresholds: vec![(Comparison::Gte, 5)],
        condition: None,
    };
    let traffic = [(100, 1), (101, 2), (102, 60)].map(|(t, v)| event(t, 0, Some(v)));
    assert_eq!(ours(&case, &traffic), opens(&[102]));
    assert_eq!(theirs(&case, &traffic), opens(&[100]));
}

/// An event without the value says nothing about a sum, so nothing is judged at it. The other
/// engine judges the window anew, and may fire at an event that does not count.
#[test]
fn differs_in_events_without_the_value() {
    let case = Case {
        kind: CorrelationKind::ValueSum,
        members: 1,
        timespan: 10,
        thresholds: vec![(Comparison::Lte, 3)],
        condition: None,
    };
    let traffic = [event(100, 0, Some(5)), event(120, 0, None)];
    assert_eq!(ours(&case, &traffic), opens(&[]));
    assert_eq!(theirs(&case, &traffic), opens(&[120]));
}

/// In an ordered rule with a condition only the members that the condition needs must follow
/// each other. The other engine asks for all of them, so that `or` and `not` can never hold.
#[test]
fn differs_in_ordered_rules_with_a_condition() {
    let parsed = Condition::And(vec![
        Condition::Selection(0),
        Condition::Selection(1),
        Condition::Not(Box::new(Condition::Selection(2))),
    ]);
    let case = Case {
        kind: CorrelationKind::TemporalOrdered,
        members: 3,
        timespan: 10,
        thresholds: vec![],
        condition: Some(("m0 and m1 and not m2".into(), parsed)),
    };
    let traffic = [event(100, 0, None), event(101, 1, None)];
    assert_eq!(ours(&case, &traffic), opens(&[101]));
    assert_eq!(theirs(&case, &traffic), opens(&[]));
}

/// An array gives one row an element, so that one call naming three things counts three values.
/// The other engine cannot spell an array and counts none.
#[test]
fn differs_in_values_that_are_arrays() {
    let case = Case {
        kind: CorrelationKind::ValueCount,
        members: 1,
        timespan: 10,
        thresholds: vec![(Comparison::Gte, 3)],
        condition: None,
    };
    let elements = [1, 2, 3].map(|value| event(100, 0, Some(value)));
    assert_eq!(ours(&case, &elements), opens(&[100]));
    let collection = parse_sigma_yaml(&case.yaml()).expect("the test writes valid rules");
    let mut engine = CorrelationEngine::new(CorrelationConfig::default());
    engine
        .add_collection(&collection)
        .expect("the test writes rules that compile");
    let record = json!({"kind": "k0", "user": "u0", "value": ["1", "2", "3"]});
    let results = engine.process_event_at(&JsonEvent::borrow(&record), 100);
    assert!(!results.iter().any(|result| result.is_correlation()));
}
