//! Totals: what every identity, address, account, region, action and client did.
//!
//! The combinations that were counted and the findings enter, one row a value leaves, the worst
//! first.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::names::Names;
use super::rows::Deed;
use super::store::{Store, Total};
use crate::incident::is_own_session;
use crate::model::summary::{Breakdown, SummaryBy, SummaryRow};
use crate::model::{Actor, ActorType, Finding, Severity};

/// Values of another dimension that a row names.
const TOP: usize = 10;

/// An identity: what tells it from others, what people call it, its kind.
#[derive(Clone)]
struct Who {
    id: String,
    name: String,
    kind: &'static str,
    role: Option<String>,
    session: Option<String>,
}

/// A row in the making.
#[derive(Default)]
struct Sum<'a> {
    total: Total,
    who: Option<&'a Who>,
    /// By dimension of [`PARTS`].
    parts: [BTreeMap<Cow<'a, str>, u64>; PARTS],
    sensitive: BTreeMap<&'a str, u64>,
    findings: u64,
    severity: Option<Severity>,
}

/// The six dimensions, then devices, sessions and roles.
const PARTS: usize = 9;

/// The rows of all dimensions, one dimension after the other.
pub fn totals(store: &Store, findings: &[Finding]) -> Vec<SummaryRow> {
    let names = Names::new(store);
    let actors: Vec<Who> = store
        .actors
        .keys()
        .map(|row| who(&names.name(row, store)))
        .collect();
    let acting: Vec<Who> = findings.iter().map(|finding| who(&finding.actor)).collect();
    let deeds: Vec<(&Who, [Cow<str>; PARTS], &Total)> = store
        .deeds
        .iter()
        .map(|(deed, total)| {
            let who = &actors[deed.actor as usize];
            (who, parts(store, deed, who), total)
        })
        .collect();
    let mut out = Vec::new();
    for (dimension, by) in SummaryBy::ALL.into_iter().enumerate() {
        let mut sums: BTreeMap<&str, Sum> = BTreeMap::new();
        for (who, parts, total) in &deeds {
            let value = &*parts[dimension];
            if value.is_empty() {
                continue;
            }
            let sum = sums.entry(value).or_default();
            sum.total.join(total);
            // Sessions of one identity agree in all but the session.
            let same = sum.who.is_none_or(|known| who.name < known.name);
            if by == SummaryBy::Actor && same {
                sum.who = Some(who);
            }
            for (place, part) in parts.iter().enumerate() {
                if place != dimension && !part.is_empty() {
                    *sum.parts[place].entry(part.clone()).or_default() += total.events;
                }
            }
        }
        for (finding, who) in findings.iter().zip(&acting) {
            let value = match by {
                SummaryBy::Actor => Some(who.id.as_str()),
                SummaryBy::SourceIp => finding.source_ip.as_deref(),
                SummaryBy::Account => finding.account.as_deref(),
                SummaryBy::Region => finding.region.as_deref(),
                SummaryBy::Action => Some(finding.action.as_str()),
                SummaryBy::UserAgent => finding.user_agent.as_deref(),
            };
            if let Some(sum) = value.and_then(|value| sums.get_mut(value)) {
                sum.findings += 1;
                sum.severity = sum.severity.max(Some(finding.severity));
                *sum.sensitive.entry(&finding.action).or_default() += 1;
            }
        }
        let mut rows: Vec<SummaryRow> = sums
            .into_iter()
            .map(|(value, sum)| sum.row(by, value))
            .collect();
        rows.sort_by(|a, b| {
            let rank = |row: &SummaryRow| Reverse((row.severity, row.findings, row.events));
            (rank(a), &a.value).cmp(&(rank(b), &b.value))
        });
        out.extend(rows);
    }
    out
}

/// What a combination has of each dimension.
fn parts<'a>(store: &'a Store, deed: &Deed, who: &'a Who) -> [Cow<'a, str>; PARTS] {
    let text = |id| String::from_utf8_lossy(store.strings.get(id));
    let (ip, agent) = (text(deed.ip), text(deed.agent));
    let device = match ip.is_empty() {
        true => Cow::Borrowed(""),
        false => Cow::Owned(format!("{ip} {agent}").trim_end().to_owned()),
    };
    [
        Cow::Borrowed(who.id.as_str()),
        ip,
        text(deed.account),
        text(deed.region),
        text(deed.action),
        agent,
        device,
        Cow::Borrowed(who.session.as_deref().unwrap_or_default()),
        Cow::Borrowed(who.role.as_deref().unwrap_or_default()),
    ]
}

/// The identity behind an actor: a role, unless its session was named for one holder.
fn who(actor: &Actor) -> Who {
    let role = match actor.id.split_once(':') {
        Some((role, _)) if actor.kind == ActorType::RoleSession && !is_own_session(actor) => {
            Some(role)
        }
        _ => None,
    };
    let named = role.and(actor.issuer.as_deref());
    Who {
        id: role.unwrap_or(&actor.id).to_owned(),
        name: named.unwrap_or(&actor.name).to_owned(),
        kind: actor.kind.word(),
        role: actor
            .issuer
            .clone()
            .filter(|_| actor.kind == ActorType::RoleSession),
        session: actor.session.clone(),
    }
}

impl Sum<'_> {
    fn row(self, by: SummaryBy, value: &str) -> SummaryRow {
        let mut parts = self.parts.into_iter().map(breakdown);
        let mut part = || parts.next().unwrap_or_default();
        let sensitive = self.sensitive.into_iter();
        SummaryRow {
            by,
            value: value.to_owned(),
            name: self.who.map(|who| who.name.clone()),
            actor_type: self.who.map(|who| who.kind),
            events: self.total.events,
            denied: self.total.denied,
            failed: self.total.failed,
            bytes: self.total.bytes,
            first: self.total.span.map(|(first, _)| first),
            last: self.total.span.map(|(_, last)| last),
            findings: self.findings,
            severity: self.severity,
            actors: part(),
            source_ips: part(),
            accounts: part(),
            regions: part(),
            actions: part(),
            user_agents: part(),
            devices: part(),
            sessions: part(),
            roles: part(),
            sensitive: breakdown(
                sensitive
                    .map(|(action, count)| (Cow::Borrowed(action), count))
                    .collect(),
            ),
        }
    }
}

/// The commonest values, the first of equals by their text.
fn breakdown(values: BTreeMap<Cow<str>, u64>) -> Breakdown {
    let distinct = values.len() as u64;
    let mut top: Vec<(String, Option<u64>)> = values
        .into_iter()
        .map(|(value, count)| (value.into_owned(), Some(count)))
        .collect();
    top.sort_by_key(|(_, count)| Reverse(*count));
    top.truncate(TOP);
    Breakdown { distinct, top }
}
