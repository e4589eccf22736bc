//! Phase 2, second half: correlations over what was counted.
//!
//! Groups of rows in, firings out; a firing is a row of the correlations that name its own.

mod feed;

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use self::feed::{feed, takes_moments};
use super::intern::{NO_STR, StrId};
use super::late::Known;
use super::rows::{Range, Row, RowId, Rows};
use super::store::{Counted, Group, Store};
use super::worker::bases::JOINT;
use crate::detect::ast::{Body, Comparison, Condition, Correlation, CorrelationKind, RuleSet};
use crate::detect::correlation::{self, Value};
use crate::model::time::DAY;
use crate::model::{Severity, Time};

/// One run of a correlation.
#[derive(Clone, Debug)]
pub struct Fired {
    /// Number of the correlation.
    pub rule: u32,
    /// Its level after the members that took part.
    pub level: Severity,
    /// Group fields with their values.
    pub group: Vec<(String, String)>,
    /// The first record that counts for the condition.
    first: RowId,
    /// The records that count, in order, each once, and whether their targets are shown; those of
    /// optional members among them.
    rows: Vec<(RowId, bool)>,
    /// How many records count, those left out too.
    pub count: u64,
    /// When it first held.
    opened: Time,
    /// The record of each later moment at which it held.
    later: Vec<RowId>,
}

impl Fired {
    /// The first record that counts for the condition.
    pub fn first(&self) -> RowId {
        self.first
    }

    /// Every row it stands on, once no other correlation asks for its moments.
    pub fn standing(&mut self) -> impl Iterator<Item = &mut RowId> {
        self.later = Vec::new();
        let rows = self.rows.iter_mut().map(|(id, _)| id);
        rows.chain([&mut self.first])
    }

    /// The records that count, in order, each once.
    pub fn rows<'r>(&'r self, rows: &'r Rows) -> impl Iterator<Item = Row> + 'r {
        self.rows.iter().map(|(id, shown)| match shown {
            true => rows.get(*id),
            false => Row {
                targets: Range::default(),
                ..rows.get(*id)
            },
        })
    }
}

/// Runs every correlation, those that others are members of first.
pub fn correlate(store: &mut Store, rules: &RuleSet, known: &Known) -> Vec<Fired> {
    store.settle_groups();
    let mut out = Vec::new();
    let mut done: Vec<bool> = rules
        .rules
        .iter()
        .map(|rule| matches!(rule.body, Body::Event(_)))
        .collect();
    loop {
        let ready = rules
            .rules
            .iter()
            .enumerate()
            .find_map(|(number, rule)| match &rule.body {
                Body::Correlation(body) if !done[number] => {
                    let members = body.members.iter().chain(&body.optional);
                    members
                        .clone()
                        .all(|member| done.get(*member).copied().unwrap_or(true))
                        .then_some((number, body))
                }
                _ => None,
            });
        let Some((number, body)) = ready else {
            return out;
        };
        done[number] = true;
        let fired = run(store, number as u32, body, rules, &out);
        for (parent, other) in rules.rules.iter().enumerate() {
            if let Body::Correlation(other) = &other.body {
                feed(
                    store,
                    known,
                    parent as u32,
                    other,
                    (number, out.len()),
                    &fired,
                );
            }
        }
        out.extend(fired);
    }
}

/// The firings of one correlation, group by group.
fn run(
    store: &Store,
    number: u32,
    body: &Correlation,
    rules: &RuleSet,
    before: &[Fired],
) -> Vec<Fired> {
    let own = |(place, _): &&((u32, StrId), Group)| place.0 == number;
    let mut groups: Vec<&((u32, StrId), Group)> = store.groups.iter().filter(own).collect();
    groups.sort_by_key(|((_, group), _)| store.strings.get(*group));
    let fired = groups.into_par_iter().flat_map_iter(|((_, key), group)| {
        fired_of(store, (number, *key, group), body, rules, before)
    });
    fired.collect()
}

/// The firings of one group.
fn fired_of(
    store: &Store,
    (number, key, group): (u32, StrId, &Group),
    body: &Correlation,
    rules: &RuleSet,
    before: &[Fired],
) -> Vec<Fired> {
    let rule = &rules.rules[number as usize];
    let mut counted: Vec<(Counted, Option<usize>)> = group.counted().collect();
    counted.sort_by_key(|(counted, _)| {
        (
            store.rows.order(counted.row),
            counted.member,
            store.strings.get(counted.value),
        )
    });
    let mut rows: Vec<correlation::Row> = Vec::with_capacity(counted.len());
    for (at, (one, _)) in counted.iter().enumerate() {
        // One record that gives several rows, an element of an array each, is one event.
        let order = |one: &Counted| store.rows.order(one.row);
        let again = at > 0 && order(&counted[at - 1].0) == order(one);
        let row = if again { rows[at - 1].row } else { at as u32 };
        let value = value(store, body.kind, one.value);
        rows.push(correlation::Row {
            time: store.rows.time(one.row),
            member: one.member.into(),
            value,
            row,
        });
    }
    let stricter = rule
        .meta
        .above_usual
        .map(|times| unusual(times, body, &rows));
    let mut out = Vec::new();
    for firing in correlation::firings(stricter.as_ref().unwrap_or(body), &rows) {
        let seen = |member: usize| {
            let member = member as u32;
            firing.members_seen.contains(&member) || firing.optional_seen.contains(&member)
        };
        let level = rule
            .levels
            .iter()
            .find(|(condition, _)| holds(condition, &seen));
        let told = |places: &[usize]| {
            let taken = places.iter().filter_map(|at| counted.get(*at).copied());
            told(store, rules, body, before, taken)
        };
        let (mut own, mut unnamed) = told(&firing.rows);
        let order = |(row, _): &(RowId, bool)| store.rows.order(*row);
        let Some((first, _)) = own.iter().copied().min_by_key(order) else {
            continue;
        };
        let (optional, more) = told(&firing.optional);
        own.extend(optional);
        unnamed += more;
        own.sort_by_key(order);
        own.dedup_by_key(|(row, _)| store.rows.order(*row));
        let all = firing.rows.len() == counted.len();
        let count = own.len() as u64 + unnamed + if all { group.dropped() } else { 0 };
        // Without a day behind it nothing is usual.
        let begins = firing.rows.first().map(|at| rows[*at].time);
        let oldest = rows.first().map(|row| row.time.plus(DAY));
        if stricter.is_some() && begins < oldest {
            continue;
        }
        out.push(Fired {
            rule: number,
            level: level.map_or(rule.meta.level, |(_, level)| *level),
            group: labels(store, body, key),
            opened: firing.opened,
            later: later(&firing, &rows, &counted),
            count: count.max(if firing.truncated { firing.total } else { 0 }),
            first,
            rows: own,
        });
    }
    out
}

/// The group fields with their values.
fn labels(store: &Store, body: &Correlation, key: StrId) -> Vec<(String, String)> {
    let values = store.strings.get(key).split(|byte| *byte == JOINT);
    let values = values.map(|value| String::from_utf8_lossy(value).into_owned());
    body.group_by.iter().cloned().zip(values).collect()
}

/// The records behind the rows of a firing, and how many more it counts: what a member counts,
/// the chain counts too, as far as it bears out the moments that the chain stands on.
fn told(
    store: &Store,
    rules: &RuleSet,
    body: &Correlation,
    before: &[Fired],
    taken: impl Iterator<Item = (Counted, Option<usize>)>,
) -> (Vec<(RowId, bool)>, u64) {
    let mut own = Vec::new();
    let mut moments: BTreeMap<usize, Vec<Time>> = BTreeMap::new();
    for (one, firing) in taken {
        match firing {
            None => own.push((one.row, one.shown)),
            Some(firing) => {
                let inner = moments.entry(firing).or_default();
                inner.push(store.rows.time(one.row));
            }
        }
    }
    let mut unnamed = 0;
    for (inner, mut moments) in moments {
        let inner = &before[inner];
        let kept = own.len();
        if takes_moments(body) {
            moments.sort_unstable();
            let span = feed::reach(rules, inner.rule as usize);
            own.extend(inner.rows.iter().filter(|(row, _)| {
                let time = store.rows.time(*row);
                let next = moments.partition_point(|moment| *moment < time);
                moments
                    .get(next)
                    .is_some_and(|moment| moment.minus(span) <= time)
            }));
        } else {
            own.extend_from_slice(&inner.rows);
        }
        if own.len() - kept == inner.rows.len() {
            unnamed += inner.count.saturating_sub(inner.rows.len() as u64);
        }
    }
    (own, unnamed)
}

/// A record of each moment after the opening.
fn later(
    firing: &correlation::Firing,
    rows: &[correlation::Row],
    counted: &[(Counted, Option<usize>)],
) -> Vec<RowId> {
    let after = firing.rows.iter();
    let mut after: Vec<usize> = after
        .copied()
        .filter(|at| rows[*at].time > firing.opened)
        .collect();
    after.dedup_by_key(|at| rows[*at].time);
    after.into_iter().map(|at| counted[at].0.row).collect()
}

/// What a correlation asks for in a group that is held against its own past: so many times what
/// the group usually has in a timespan, by the median of those in which it had anything.
fn unusual(times: f64, body: &Correlation, rows: &[correlation::Row]) -> Correlation {
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    for row in rows {
        *counts
            .entry(row.time.0.div_euclid(body.timespan.max(1)))
            .or_default() += 1;
    }
    let mut counts: Vec<usize> = counts.into_values().collect();
    counts.sort_unstable();
    let usual = counts.get(counts.len() / 2).copied().unwrap_or_default();
    let mut body = body.clone();
    body.thresholds
        .push((Comparison::Gte, times * usual as f64));
    body
}

fn value(store: &Store, kind: CorrelationKind, id: StrId) -> Value {
    use CorrelationKind::{ValueAvg, ValuePercentile, ValueSum};
    match kind {
        _ if id == NO_STR => Value::None,
        ValueSum | ValueAvg | ValuePercentile(_) => {
            let text = String::from_utf8_lossy(store.strings.get(id));
            text.trim().parse().map_or(Value::None, Value::Number)
        }
        _ => Value::Text(u64::from(id)),
    }
}

fn holds(condition: &Condition, seen: &dyn Fn(usize) -> bool) -> bool {
    match condition {
        Condition::And(parts) => parts.iter().all(|part| holds(part, seen)),
        Condition::Or(parts) => parts.iter().any(|part| holds(part, seen)),
        Condition::Not(part) => !holds(part, seen),
        Condition::Selection(member) => seen(*member),
    }
}

/// Correlation kinds whose groups may be thinned, and how much of a group is enough.
pub fn enough(rules: &RuleSet) -> HashMap<u32, super::store::Enough> {
    let mut out = HashMap::new();
    for (number, rule) in rules.rules.iter().enumerate() {
        let Body::Correlation(body) = &rule.body else {
            continue;
        };
        let threshold = body
            .thresholds
            .iter()
            .map(|(_, value)| *value as usize)
            .max()
            .unwrap_or(1);
        let distinct = match body.kind {
            CorrelationKind::EventCount
            | CorrelationKind::Temporal
            | CorrelationKind::TemporalOrdered => false,
            CorrelationKind::ValueCount => true,
            // Every row adds to a sum, a mean, a percentile.
            _ => continue,
        };
        // What is held against the usual has to be counted as far as that.
        let times = rule.meta.above_usual.map_or(2, |times| times as usize + 1);
        let rows = threshold.saturating_mul(times).max(64);
        out.insert(
            number as u32,
            super::store::Enough {
                timespan: body.timespan,
                rows,
                distinct,
            },
        );
    }
    out
}
