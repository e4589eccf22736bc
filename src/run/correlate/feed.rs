//! A correlation as a member of others: when it stands, and for whom.
//!
//! Firings in, rows of the correlations that name them out.

use super::Fired;
use crate::detect::ast::{Body, Comparison, Correlation, CorrelationKind, RuleSet};
use crate::enrich::workload::{service_account, subject};
use crate::run::intern::{NO_STR, StrId};
use crate::run::late::Known;
use crate::run::rows::Row;
use crate::run::store::{Counted, Store, member as member_of};
use crate::run::worker::bases::JOINT;

/// Whether it asks when a member holds, and not how often: such a one is told every moment, so
/// that what had gone on before does not hide the one that counts. A number of firings is a
/// number of openings.
pub(super) fn takes_moments(body: &Correlation) -> bool {
    match body.kind {
        CorrelationKind::Temporal | CorrelationKind::TemporalOrdered => true,
        _ => is_any(body),
    }
}

/// Whether one event is enough, so that it only gives several rules one name.
fn is_any(body: &Correlation) -> bool {
    let one = |(comparison, limit): &(Comparison, f64)| match comparison {
        Comparison::Gte => *limit <= 1.0,
        Comparison::Gt => *limit < 1.0,
        _ => false,
    };
    body.kind == CorrelationKind::EventCount && body.thresholds.iter().all(one)
}

/// How far back from a moment the records lie that bear it out.
pub(super) fn reach(rules: &RuleSet, rule: usize) -> i64 {
    let Body::Correlation(body) = &rules.rules[rule].body else {
        return 0;
    };
    let members = body.members.iter();
    let members = members.map(|member| reach(rules, *member)).max();
    let own = if is_any(body) {
        0
    } else {
        body.timespan.max(0)
    };
    own.saturating_add(members.unwrap_or_default())
}

/// A correlation that is itself a member stands at its opening with its group values and the
/// basic fields of its first record, and at every later moment with those of that one's.
pub(super) fn feed(
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
            let opening = Row {
                time: firing.opened,
                ..store.rows.get(firing.first)
            };
            let later = match takes_moments(body) {
                true => &firing.later[..],
                false => &[],
            };
            let later = later.iter().map(|id| (Some(*id), store.rows.get(*id)));
            let moments: Vec<_> = std::iter::once((None, opening)).chain(later).collect();
            for (id, row) in moments {
                let field = |field: &String| field_of(store, known, field, firing, &row);
                let values: Option<Vec<Vec<u8>>> = fields.iter().map(field).collect();
                let Some(values) = values else { continue };
                let value = body.value_fields.first().and_then(field);
                let group = store.strings.put(&values.join(&JOINT));
                let value = value.map_or(NO_STR, |value| store.strings.put(&value));
                let counted = Counted {
                    member: member_of(place as u32),
                    shown: true,
                    value,
                    row: match id {
                        Some(id) => store.rows.hold(id),
                        None => store.rows.put(&row),
                    },
                };
                let group = store.groups.entry((parent, group));
                group.stands(counted, start + at);
            }
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
    let actor = store.actors[first.actor].unpack(&store.strings);
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
