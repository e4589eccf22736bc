//! Tests of whole firings: tables for what a reader would ask, and a slow reference engine that
//! looks at every window anew.

use proptest::prelude::*;

use super::*;
use crate::detect::ast::{Comparison, Condition, Correlation, CorrelationKind};
use crate::model::Time;

fn correlation(kind: CorrelationKind, members: usize, timespan: i64) -> Correlation {
    Correlation {
        kind,
        members: (0..members).collect(),
        optional: vec![90],
        group_by: vec![],
        member_fields: vec![],
        timespan,
        thresholds: vec![],
        value_fields: vec![],
        condition: None,
        generate: false,
    }
}

fn at_least(kind: CorrelationKind, limit: f64) -> Correlation {
    Correlation {
        thresholds: vec![(Comparison::Gte, limit)],
        ..correlation(kind, 1, 10)
    }
}

/// `(time, member)` pairs; every row is a match of its own.
fn rows(list: &[(i64, u32)]) -> Vec<Row> {
    let numbered = (0u32..).zip(list);
    numbered
        .map(|(row, &(time, member))| Row {
            time: Time(time),
            member,
            row,
            value: Value::None,
        })
        .collect()
}

fn shown(correlation: &Correlation, list: &[(i64, u32)]) -> Vec<(i64, Vec<usize>)> {
    firings(correlation, &rows(list))
        .into_iter()
        .map(|firing| (firing.opened.0, firing.rows))
        .collect()
}

#[test]
fn an_event_count_shows_the_window_and_what_follows() {
    let rule = at_least(CorrelationKind::EventCount, 3.0);
    let list = [(0, 0), (8, 0), (9, 0), (10, 0), (40, 0), (41, 0), (42, 0)];
    assert_eq!(
        shown(&rule, &list),
        [(9, vec![0, 1, 2, 3]), (42, vec![4, 5, 6])]
    );
}

#[test]
fn one_event_named_twice_by_an_array_counts_once() {
    let rule = at_least(CorrelationKind::EventCount, 2.0);
    let mut rows = rows(&[(0, 0), (0, 0), (5, 0)]);
    rows[1].row = rows[0].row;
    let fired = firings(&rule, &rows);
    assert_eq!(fired.len(), 1);
    assert_eq!((fired[0].rows.clone(), fired[0].total), (vec![0, 2], 2));
}

#[test]
fn elements_of_one_array_are_distinct_values() {
    let rule = at_least(CorrelationKind::ValueCount, 3.0);
    let mut rows = rows(&[(0, 0), (0, 0), (0, 0), (1, 0), (2, 0)]);
    for (row, value) in rows.iter_mut().zip([7, 7, 8, 7, 9]) {
        row.value = Value::Text(value);
    }
    rows[1].row = rows[0].row;
    rows[2].row = rows[0].row;
    let fired = firings(&rule, &rows);
    assert_eq!(fired.len(), 1);
    assert_eq!(fired[0].opened, Time(2));
    assert_eq!(fired[0].rows, [0, 1, 2, 3, 4]);
    rows[4].value = Value::None;
    assert!(firings(&rule, &rows).is_empty());
}

#[test]
fn an_upper_bound_is_judged_when_something_happens() {
    let rule = Correlation {
        thresholds: vec![(Comparison::Lte, 2.0)],
        ..correlation(CorrelationKind::EventCount, 1, 10)
    };
    let list = [(0, 0), (1, 0), (2, 0), (3, 0), (30, 0)];
    assert_eq!(shown(&rule, &list), [(0, vec![0, 1]), (30, vec![4])]);
    assert!(shown(&rule, &[]).is_empty());
}

#[test]
fn temporal_wants_all_members_in_any_order() {
    let rule = correlation(CorrelationKind::Temporal, 3, 10);
    assert_eq!(
        shown(&rule, &[(0, 2), (4, 0), (9, 1)]),
        [(9, vec![0, 1, 2])]
    );
    assert!(shown(&rule, &[(0, 2), (4, 0), (11, 1)]).is_empty());
    let two = Correlation {
        thresholds: vec![(Comparison::Gte, 2.0)],
        ..rule
    };
    assert_eq!(shown(&two, &[(0, 2), (4, 0)]), [(4, vec![0, 1])]);
}

#[test]
fn temporal_with_a_condition_may_forbid_a_member() {
    let rule = Correlation {
        condition: Some(Condition::And(vec![
            Condition::Selection(0),
            Condition::Not(Box::new(Condition::Selection(1))),
        ])),
        ..correlation(CorrelationKind::Temporal, 2, 10)
    };
    let list = [(0, 1), (5, 0), (20, 0), (21, 1)];
    assert_eq!(shown(&rule, &list), [(20, vec![2])]);
}

#[test]
fn ordered_leaves_out_what_came_before_its_turn() {
    let rule = correlation(CorrelationKind::TemporalOrdered, 3, 10);
    let list = [(0, 1), (1, 2), (2, 0), (3, 2), (4, 1), (5, 2)];
    assert_eq!(shown(&rule, &list), [(5, vec![2, 4, 5])]);
    assert!(shown(&rule, &[(0, 2), (1, 1), (2, 0)]).is_empty());
    assert!(shown(&rule, &[(0, 0), (5, 1), (11, 2)]).is_empty());
}

#[test]
fn ordered_takes_equal_times_in_any_order() {
    let rule = correlation(CorrelationKind::TemporalOrdered, 3, 10);
    for list in [
        [(7, 0), (7, 1), (7, 2)],
        [(7, 2), (7, 1), (7, 0)],
        [(7, 1), (7, 0), (7, 2)],
    ] {
        assert_eq!(shown(&rule, &list), [(7, vec![0, 1, 2])], "{list:?}");
    }
}

#[test]
fn ordered_with_a_condition_takes_either_way() {
    let rule = Correlation {
        condition: Some(Condition::And(vec![
            Condition::Or(vec![Condition::Selection(0), Condition::Selection(1)]),
            Condition::Selection(2),
            Condition::Not(Box::new(Condition::Selection(3))),
        ])),
        ..correlation(CorrelationKind::TemporalOrdered, 4, 10)
    };
    assert_eq!(shown(&rule, &[(0, 1), (1, 2)]), [(1, vec![0, 1])]);
    assert_eq!(shown(&rule, &[(0, 0), (1, 2)]), [(1, vec![0, 1])]);
    assert!(shown(&rule, &[(0, 2), (1, 0)]).is_empty());
    assert!(shown(&rule, &[(0, 3), (1, 0), (2, 2)]).is_empty());
}

#[test]
fn optional_rows_are_shown_inside_the_window_and_never_count() {
    let rule = correlation(CorrelationKind::TemporalOrdered, 2, 10);
    let list = [(0, 2), (1, 2), (5, 0), (6, 2), (11, 1), (15, 2), (16, 2)];
    let fired = firings(&rule, &rows(&list));
    assert_eq!(fired.len(), 1);
    assert_eq!(fired[0].rows, [2, 4]);
    assert_eq!(fired[0].optional, [3, 5]);
    assert_eq!(fired[0].optional_seen, [2]);
    assert_eq!(fired[0].members_seen, [0, 1]);
    assert!(firings(&rule, &rows(&[(0, 2), (1, 2)])).is_empty());
    assert!(firings(&rule, &rows(&[(0, 9), (1, 9)])).is_empty());
}

#[test]
fn a_flapping_condition_repeats_few_rows() {
    // Pairs of rows: the first of a pair pushes one out, the second none: closed and open by
    // turns.
    let times: Vec<(i64, u32)> = (0..2000).map(|i| (i * 2 - i % 2, 0)).collect();
    let rule = Correlation {
        timespan: 2001,
        ..at_least(CorrelationKind::EventCount, 1002.0)
    };
    let fired = firings(&rule, &rows(&times));
    assert!(fired.len() > 100);
    let shown: usize = fired.iter().map(|firing| firing.rows.len()).sum();
    assert!(shown < 2000 + fired.len() * 102, "{shown}");
    let late = &fired[fired.len() - 1];
    assert!(late.truncated);
    assert_eq!(late.total, 1002);
    assert!(!fired[0].truncated);
}

#[test]
fn a_chain_whose_first_step_is_shown_already_is_shown_again() {
    let rule = correlation(CorrelationKind::TemporalOrdered, 2, 10);
    let without = Correlation {
        condition: Some(Condition::And(vec![
            Condition::Selection(0),
            Condition::Selection(1),
            Condition::Not(Box::new(Condition::Selection(2))),
        ])),
        members: vec![0, 1, 2],
        timespan: 1000,
        ..rule
    };
    let mut list = vec![(0, 0), (1, 1), (1000, 2)];
    list.extend((1001..1400).map(|t| (t, 1)));
    list.push((1999, 0));
    list.push((2001, 1));
    let fired = firings(&without, &rows(&list));
    assert_eq!(fired.len(), 2);
    assert_eq!(fired[0].rows, [0, 1]);
    let end = list.len();
    assert_eq!(fired[1].rows, [end - 2, end - 1]);
}

/// Judges the window that ends with the instant of `rows[end - 1]`, from nothing.
fn reference(rule: &Correlation, rows: &[Row], end: usize) -> bool {
    let now = rows[end - 1].time.0;
    let inside: Vec<&Row> = rows[..end]
        .iter()
        .filter(|row| {
            now - row.time.0 <= rule.timespan && (row.member as usize) < rule.members.len()
        })
        .collect();
    let mut numbers: Vec<f64> = inside
        .iter()
        .filter_map(|row| match row.value {
            Value::Number(n) => Some(n),
            _ => None,
        })
        .collect();
    numbers.sort_by(f64::total_cmp);
    let sum: f64 = numbers.iter().sum();
    let value = match rule.kind {
        CorrelationKind::EventCount => inside.len() as f64,
        CorrelationKind::ValueCount => {
            numbers.dedup();
            numbers.len() as f64
        }
        CorrelationKind::ValueSum => sum,
        CorrelationKind::ValueAvg => sum / numbers.len() as f64,
        CorrelationKind::ValuePercentile(share) => {
            let rank = share / 100.0 * (numbers.len() - 1) as f64;
            let (low, high) = (
                numbers[rank.floor() as usize],
                numbers[rank.ceil() as usize],
            );
            low + rank.fract() * (high - low)
        }
        CorrelationKind::Temporal => {
            return (0..rule.members.len())
                .all(|m| inside.iter().any(|row| row.member as usize == m));
        }
        CorrelationKind::TemporalOrdered => {
            let mut reached = vec![i64::MIN];
            for m in 0..rule.members.len() {
                let after = reached[m];
                let next = inside
                    .iter()
                    .filter(|row| row.member as usize == m && row.time.0 >= after)
                    .map(|row| row.time.0)
                    .min();
                match next {
                    Some(time) => reached.push(time),
                    None => return false,
                }
            }
            return true;
        }
    };
    super::threshold::all_hold(&rule.thresholds, value)
}

/// The runs by the reference: `(opening time, last time)`.
fn reference_runs(rule: &Correlation, rows: &[Row]) -> Vec<(i64, i64)> {
    let mut runs: Vec<(i64, i64)> = vec![];
    let mut open = false;
    for end in 1..=rows.len() {
        if rows
            .get(end)
            .is_some_and(|next| next.time == rows[end - 1].time)
        {
            continue;
        }
        let now = rows[end - 1].time.0;
        let holds = reference(rule, rows, end);
        match runs.last_mut() {
            Some(run) if holds && open => run.1 = now,
            _ if holds => runs.push((now, now)),
            _ => {}
        }
        open = holds;
    }
    runs
}

fn kinds() -> impl Strategy<Value = CorrelationKind> {
    prop_oneof![
        Just(CorrelationKind::EventCount),
        Just(CorrelationKind::ValueCount),
        Just(CorrelationKind::ValueSum),
        Just(CorrelationKind::ValueAvg),
        Just(CorrelationKind::ValuePercentile(50.0)),
        Just(CorrelationKind::ValuePercentile(90.0)),
        Just(CorrelationKind::Temporal),
        Just(CorrelationKind::TemporalOrdered),
    ]
}

fn comparisons() -> impl Strategy<Value = Comparison> {
    prop_oneof![
        Just(Comparison::Lt),
        Just(Comparison::Lte),
        Just(Comparison::Gt),
        Just(Comparison::Gte),
        Just(Comparison::Eq),
        Just(Comparison::Neq),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 500,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_window_agrees_with_looking_anew_at_every_instant(
        kind in kinds(),
        comparison in comparisons(),
        limit in 0u32..8,
        span in 0i64..12,
        list in prop::collection::vec((0i64..60, 0u32..3, 0u32..5), 0..60),
    ) {
        let mut list = list;
        list.sort_by_key(|row| row.0);
        let rows: Vec<Row> = (0u32..).zip(&list).map(|(row, &(time, member, value))| Row {
            time: Time(time), member, row, value: Value::Number(f64::from(value)),
        }).collect();
        let mut rule = Correlation {
            thresholds: vec![(comparison, f64::from(limit))],
            optional: vec![],
            ..correlation(kind, 3, span)
        };
        if matches!(kind, CorrelationKind::Temporal | CorrelationKind::TemporalOrdered) {
            rule.thresholds.clear();
        }
        let fired = firings(&rule, &rows);
        let got: Vec<(i64, i64)> = fired.iter().map(|firing| {
            let last = firing.rows.last().map(|at| rows[*at].time.0);
            (firing.opened.0, last.unwrap_or(i64::MIN))
        }).collect();
        prop_assert_eq!(got, reference_runs(&rule, &rows));
        for firing in &fired {
            prop_assert!(firing.rows.is_sorted());
            let mut seen: Vec<u32> = firing.rows.iter().map(|at| rows[*at].member).collect();
            seen.sort_unstable();
            seen.dedup();
            if kind != CorrelationKind::TemporalOrdered {
                prop_assert_eq!(&seen, &firing.members_seen);
            }
        }
    }

    #[test]
    fn the_order_within_an_instant_changes_nothing(
        kind in kinds(),
        list in prop::collection::vec((0i64..20, 0u32..3, 0u32..5), 0..40),
    ) {
        let numbered: Vec<Row> = (0u32..).zip(&list).map(|(row, &(time, member, value))| Row {
            time: Time(time), member, row, value: Value::Number(f64::from(value)),
        }).collect();
        let make = |reverse: bool| {
            let mut rows = numbered.clone();
            if reverse { rows.reverse(); }
            rows.sort_by_key(|row| row.time);
            rows
        };
        let mut rule = correlation(kind, 3, 5);
        rule.thresholds = vec![(Comparison::Lte, 2.0)];
        if matches!(kind, CorrelationKind::Temporal | CorrelationKind::TemporalOrdered) {
            rule.thresholds.clear();
        }
        let opened = |rows: &[Row]| -> Vec<(Time, u64)> {
            firings(&rule, rows).into_iter().map(|f| (f.opened, f.total)).collect()
        };
        prop_assert_eq!(opened(&make(false)), opened(&make(true)));
    }
}
