//! From a set of findings to an incident.
//!
//! Enter the members of one incident and their joins; leaves the incident as it is printed, but
//! for its id and its neighbours, which only the whole run knows.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Presence;
use super::entity::Entity;
use super::explain::explain;
use super::join::Join;
use super::score::{Member, score};
use super::story::{Plot, story};
use super::{respond, tactic, title};
use crate::model::{Actor, Finding, Incident, Status};

/// One incident before it has a name.
pub(super) struct Draft {
    /// Its findings, ascending in the total order.
    pub members: Vec<u32>,
    /// What made it one.
    pub joins: Vec<Join>,
    /// Why it was cut.
    pub reason: Option<String>,
}

/// Builds an incident of its members' findings, of what the joins name and of what is known of
/// credentials; `recurring` marks routine ones.
pub(super) fn build(
    known: (&[Entity], Option<&dyn Presence>),
    recurring: &[bool],
    draft: &Draft,
    findings: &[Finding],
) -> Incident {
    let routine = draft.members.iter().map(|m| recurring[*m as usize]);
    let members: Vec<Member> = findings.iter().zip(routine).collect();
    let findings: Vec<&Finding> = findings.iter().collect();
    // Informational findings name nothing, and say neither when it began nor from where: they
    // are what else the same keys did.
    let telling = title::telling(&members);
    let (entities, links) = explain(known, draft, &findings);
    let (score, severity) = score(&members);
    Incident {
        id: String::new(),
        title: title::title(&members, &tactics(&telling)),
        severity,
        score,
        status: Status::Open,
        verdict: None,
        history: Vec::new(),
        start: telling.iter().map(|f| f.time).min().unwrap_or_default(),
        end: telling
            .iter()
            .map(|f| f.end_time.max(f.time))
            .max()
            .unwrap_or_default(),
        layers: {
            let layers: BTreeSet<_> = findings.iter().map(|f| f.layer).collect();
            layers.into_iter().collect()
        },
        // Layers have their own list: these are the clouds and identity providers.
        providers: distinct(findings.iter().map(|f| f.provider))
            .into_iter()
            .filter(|p| !matches!(*p, "kubernetes" | "runtime" | "kafka"))
            .map(String::from)
            .collect(),
        accounts: owned(findings.iter().filter_map(|f| f.account.as_deref())),
        actors: actors(&telling),
        source_ips: owned(telling.iter().filter_map(|f| f.source_ip.as_deref())),
        story: story(&Plot {
            members: &members,
            links: &links,
            reason: draft.reason.as_deref(),
        }),
        entities,
        links,
        findings: findings.iter().map(|f| f.id.clone()).collect(),
        related: Vec::new(),
        reopens: None,
        split_reason: draft.reason.clone(),
        respond: respond::merge(&findings),
        tactics: tactics(&findings),
    }
}

fn tactics(findings: &[&Finding]) -> Vec<String> {
    let attacks = findings.iter().flat_map(|f| &f.rule.attack);
    let mut tactics: Vec<&str> = attacks.map(|attack| attack.tactic).collect();
    tactic::sort(&mut tactics);
    tactics.into_iter().map(String::from).collect()
}

/// Words in the order of their first use.
fn distinct<'a>(words: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    words.filter(|word| seen.insert(*word)).collect()
}

fn owned<'a>(words: impl Iterator<Item = &'a str>) -> Vec<String> {
    distinct(words).into_iter().map(String::from).collect()
}

/// The actors, each as it appears first.
fn actors(findings: &[&Finding]) -> Vec<Arc<Actor>> {
    let mut seen = BTreeSet::new();
    let mut actors = Vec::new();
    for finding in findings {
        let actor = &finding.actor;
        if seen.insert((actor.id.as_str(), actor.name.as_str(), actor.kind)) {
            actors.push(Arc::clone(actor));
        }
    }
    actors
}
