//! Phase 2, second half: correlations over what was counted.
//!
//! Groups of rows in, firings out; a firing is a row of the correlations that name its own.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU32;

use super::intern::{NO_STR, StrId};
use super::late::Known;
use super::rows::{Range, Row, RowId, Rows};
use super::store::{Counted, Group, Store};
use super::worker::bases::JOINT;
use crate::detect::ast::{Body, Comparison, Condition, Correlation, CorrelationKind, RuleSet};
use crate::detect::correlation::{self, Value};
use crate::enrich::workload::{service_account, subject};
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
    /// The records that count, in order, each once, and whether their targets are shown.
    rows: Vec<(RowId, bool)>,
    /// How many records count, those left out too.
    pub count: u64,
    /// When it first held.
    pub opened: Time,
}

impl Fired {
    /// The first record that counts.
    pub fn first(&self) -> Option<RowId> {
        self.rows.first().map(|(id, _)| *id)
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

fn run(
    store: &Store,
    number: u32,
    body: &Correlation,
    rules: &RuleSet,
    before: &[Fired],
) -> Vec<Fired> {
    let rule = &rules.rules[number as usize];
    let mut groups: Vec<(&(u32, StrId), &Group)> = store
        .groups
        .iter()
        .filter(|((correlation, _), _)| *correlation == number)
        .collect();
    groups.sort_by_key(|((_, group), _)| store.strings.get(*group));
    let mut out = Vec::new();
    for ((_, key), group) in groups {
        let mut counted: Vec<&Counted> = group.rows.iter().collect();
        counted.sort_by_key(|counted| {
            (
                store.rows.order(counted.row),
                counted.member,
                store.strings.get(counted.value),
            )
        });
        let mut rows: Vec<correlation::Row> = Vec::with_capacity(counted.len());
        for (at, one) in counted.iter().enumerate() {
            // One record that gives several rows, an element of an array each, is one event.
            let order = |one: &Counted| store.rows.order(one.row);
            let again = at > 0 && order(counted[at - 1]) == order(one);
            let row = if again { rows[at - 1].row } else { at as u32 };
            let value = value(store, body.kind, one.value);
            rows.push(correlation::Row {
                time: store.rows.time(one.row),
                member: one.member,
                value,
                row,
            });
        }
        let values = store.strings.get(*key).split(|byte| *byte == JOINT);
        let names = body.group_by.iter().cloned();
        let labels: Vec<(String, String)> = names
            .zip(values.map(|value| String::from_utf8_lossy(value).into_owned()))
            .collect();
        let stricter = rule
            .meta
            .above_usual
            .map(|times| unusual(times, body, &rows));
        for firing in correlation::firings(stricter.as_ref().unwrap_or(body), &rows) {
            let seen = |member: usize| {
                let member = member as u32;
                firing.members_seen.contains(&member) || firing.optional_seen.contains(&member)
            };
            let level = rule
                .levels
                .iter()
                .find(|(condition, _)| holds(condition, &seen));
            let mut own: Vec<(RowId, bool)> = Vec::new();
            let mut unnamed = 0;
            for one in firing.rows.iter().chain(&firing.optional) {
                let Some(one) = counted.get(*one) else {
                    continue;
                };
                // What a firing counts, this one counts too.
                let inner = one
                    .firing
                    .and_then(|inner| before.get(inner.get() as usize - 1));
                match inner {
                    Some(inner) => {
                        own.extend_from_slice(&inner.rows);
                        unnamed += inner.count.saturating_sub(inner.rows.len() as u64);
                    }
                    None => own.push((one.row, one.shown)),
                }
            }
            own.sort_by_key(|(row, _)| store.rows.order(*row));
            own.dedup_by_key(|(row, _)| store.rows.order(*row));
            let all = firing.rows.len() as u64 == group.rows.len() as u64;
            let count = own.len() as u64 + unnamed + if all { group.dropped } else { 0 };
            // Without a day behind it nothing is usual.
            let begins = firing.rows.first().map(|at| rows[*at].time);
            let oldest = rows.first().map(|row| row.time.plus(DAY));
            if stricter.is_some() && begins < oldest {
                continue;
            }
            out.push(Fired {
                rule: number,
                level: level.map_or(rule.meta.level, |(_, level)| *level),
                group: labels.clone(),
                opened: firing.opened,
                count: count.max(if firing.truncated { firing.total } else { 0 }),
                rows: own,
            });
        }
    }
    out
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

/// A correlation that is itself a member stands at its opening with its group values and the
/// basic fields of its first record.
fn feed(
    store: &mut Store,
    known: &Known,
    parent: u32,
    body: &Correlation,
    (member, start): (usize, usize),
    fired: &[Fired],
) {
    let places = body
        .members
        .iter()
        .chain(&body.optional)
        .enumerate()
        .filter(|(_, other)| **other == member);
    for (place, _) in places {
        let fields = body.member_fields.get(place).unwrap_or(&body.group_by);
        for (at, firing) in fired.iter().enumerate() {
            let Some(first) = firing.rows(&store.rows).next() else {
                continue;
            };
            let values: Option<Vec<Vec<u8>>> = fields
                .iter()
                .map(|field| field_of(store, known, field, firing, &first))
                .collect();
            let Some(values) = values else { continue };
            let group = store.strings.put(&values.join(&JOINT));
            let value = body
                .value_fields
                .first()
                .and_then(|field| field_of(store, known, field, firing, &first));
            let value = value.map_or(NO_STR, |value| store.strings.put(&value));
            let row = store.rows.put(&Row {
                time: firing.opened,
                ..first
            });
            let counted = Counted {
                member: place as u32,
                shown: true,
                value,
                row,
                firing: u32::try_from(start + at + 1).ok().and_then(NonZeroU32::new),
            };
            store
                .groups
                .entry((parent, group))
                .or_default()
                .rows
                .push(counted);
        }
    }
}

fn field_of(
    store: &Store,
    known: &Known,
    field: &str,
    firing: &Fired,
    first: &Row,
) -> Option<Vec<u8>> {
    if let Some((_, value)) = firing
        .group
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(field))
    {
        return Some(value.clone().into_bytes());
    }
    let actor = store.actors[first.actor as usize].unpack(&store.strings);
    let some = |text: &str| Some(text.as_bytes().to_vec());
    let root = actor
        .session
        .as_deref()
        .and_then(|credential| known.root(credential));
    let string = |id: StrId| (id != NO_STR).then(|| store.strings.get(id).to_vec());
    match &*field.to_ascii_lowercase() {
        "ctadel.actor.id" => some(&actor.id),
        "ctadel.actor.name" => some(&actor.name),
        "ctadel.actor.type" => some(actor.kind.word()),
        "ctadel.actor.session" | "ctadel.actor.key" => some(actor.session.as_deref()?),
        "ctadel.outcome" => some(first.outcome.word()),
        "ctadel.action" => string(first.action),
        "ctadel.account" => string(first.account),
        "ctadel.source_ip" | "sourceipaddress" => string(first.ip),
        "ctadel.actor.root" => match &root {
            Some(root) => some(root),
            None => some(&actor.id),
        },
        "ctadel.link.credential" => some(actor.session.as_deref()?),
        "ctadel.link.k8s_sa" => {
            let mut names = std::iter::once(&actor.id).chain(&actor.via).chain(&root);
            some(&names.find_map(|name| service_account(name))?)
        }
        "ctadel.link.cloud_identity" => {
            let mut names = std::iter::once(&actor.id).chain(&root);
            some(names.find_map(|name| subject(name))?)
        }
        _ => None,
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
