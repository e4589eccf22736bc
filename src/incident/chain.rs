//! The hands that the credentials of an incident went through, as links.
//!
//! Enter its findings and what the run knows of issued credentials; leaves a link from each holder
//! to the next, with the credential that passed between them. Findings are joined by the root they
//! share; this is how one came from the other.

use std::collections::{BTreeMap, BTreeSet};

use super::options::Presence;
use super::union::Union;
use super::words::actor_entity;
use crate::model::Finding;
use crate::model::incident::{Confidence, Link};

/// The chains of an incident.
#[derive(Default)]
pub(super) struct Chains<'a> {
    /// A link from holder to holder, with the finding that shows the credential in use.
    pub links: Vec<(Link, &'a Finding)>,
    /// Sets of entities that credentials tie together, by their numbers.
    kin: Option<Union>,
    numbers: BTreeMap<String, u32>,
}

impl<'a> Chains<'a> {
    /// Follows every credential that acts in the findings, which come in the order of time.
    pub(super) fn of(findings: &[&'a Finding], presence: Option<&dyn Presence>) -> Self {
        let mut chains = Chains::default();
        let Some(presence) = presence else {
            return chains;
        };
        let mut entities: BTreeMap<&str, String> = BTreeMap::new();
        let mut uses: BTreeMap<&str, &Finding> = BTreeMap::new();
        for finding in findings {
            let actor = &finding.actor;
            entities
                .entry(&actor.id)
                .or_insert_with(|| actor_entity(actor));
            if let Some(credential) = &actor.session {
                uses.entry(credential).or_insert(finding);
            }
        }
        let entity = |id: &str| {
            let known = entities.get(id).cloned();
            known.unwrap_or_else(|| format!("identity:{id}"))
        };
        let mut told = BTreeSet::new();
        for (credential, finding) in &uses {
            let hops = presence.hops(credential);
            for (at, hop) in hops.iter().enumerate() {
                let from = entity(&hop.from);
                let to = match hops.get(at + 1) {
                    Some(next) => entity(&next.from),
                    None => actor_entity(&finding.actor),
                };
                if from == to || !told.insert((from.clone(), to.clone(), hop.credential.clone())) {
                    continue;
                }
                let shows = uses.get(hop.credential.as_str()).unwrap_or(finding);
                chains
                    .links
                    .push((link(from, to, hop.credential.clone(), shows), shows));
            }
        }
        chains.join();
        chains
    }

    /// Whether one of two entities got its credential from the other, or both from a third.
    pub(super) fn are_kin(&mut self, one: &str, other: &str) -> bool {
        let number = |entity| self.numbers.get(entity).copied();
        let kin = self.kin.as_mut().zip(number(one).zip(number(other)));
        kin.is_some_and(|(kin, (one, other))| kin.find(one) == kin.find(other))
    }

    /// Whether an entity gave or got a credential.
    pub(super) fn knows(&self, entity: &str) -> bool {
        self.numbers.contains_key(entity)
    }

    fn join(&mut self) {
        for (link, _) in &self.links {
            for end in [&link.from, &link.to] {
                let next = self.numbers.len() as u32;
                self.numbers.entry(end.clone()).or_insert(next);
            }
        }
        let mut kin = Union::new(self.numbers.len());
        for (link, _) in &self.links {
            kin.join(self.numbers[&link.from], self.numbers[&link.to]);
        }
        self.kin = Some(kin);
    }
}

fn link(from: String, to: String, value: String, shows: &Finding) -> Link {
    Link {
        from,
        to,
        by: "credential".to_string(),
        value,
        confidence: Confidence::Proven,
        evidence: shows.evidence.first().cloned().into_iter().collect(),
    }
}
