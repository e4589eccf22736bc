//! What a packed finding says, borrowed from the store.
//!
//! The grouping looks at it and nothing is made for that; a finding is made of it.

use std::collections::BTreeSet;

use super::{Body, Maker, Packed, is_attack};
use crate::incident::{Face, Head, Text, Thing};
use crate::model::Outcome;
use crate::model::actor::outermost;
use crate::normalize::{PROVIDERS, SOURCES};
use crate::run::correlate::Fired;
use crate::run::retold::is_alert;
use crate::run::rows::Row;
use crate::run::store::Fold;

/// Targets of one finding.
const MAX_TARGETS: usize = 20;
/// Credentials of one finding.
const MAX_CREDENTIALS: usize = 100;
/// Records of a firing that are pointed at.
pub(super) const MAX_EVIDENCE: usize = 100;

/// What the records of a finding say together.
struct Said<'s> {
    outcome: Outcome,
    targets: Vec<Thing<'s>>,
    credentials: Vec<Text<'s>>,
    retold: Vec<Text<'s>>,
}

impl Maker {
    /// What a finding says.
    pub fn face<'s>(&'s self, packed: &'s Packed) -> Face<'s> {
        let body = self.body(packed);
        let first = self.store.rows.get(body.first());
        let said = match body {
            Body::Fold(fold) => self.of_fold(fold, &first),
            Body::Fired(fired) => self.of_firing(fired),
        };
        self.of(&packed.head, &first, said)
    }

    fn of_fold<'s>(&'s self, fold: &Fold, first: &Row) -> Said<'s> {
        let strings = &self.store.strings;
        let issued = fold.issued().iter().filter_map(|id| strings.lossy(*id));
        let issued: Vec<Text> = issued.collect();
        let (told, credentials) = match is_alert(first.source) {
            true => (issued, Vec::new()),
            false => (Vec::new(), issued),
        };
        let records = fold.later().iter().copied();
        let records = records.chain([first.reference()]);
        let retold = self.retold.among(records, &self.store).into_iter();
        let targets = first.targets.of(&self.store.targets).iter();
        Said {
            outcome: first.outcome,
            targets: targets.map(|target| target.thing(strings)).collect(),
            credentials,
            retold: retold.map(Text::Owned).chain(told).collect(),
        }
    }

    fn of_firing(&self, fired: &Fired) -> Said<'_> {
        let mut targets: Vec<Thing> = Vec::new();
        let (mut issued, mut told) = (BTreeSet::new(), BTreeSet::new());
        let (rows, strings) = (&self.store.rows, &self.store.strings);
        let outcome = self.outcome_of(fired);
        let in_vain = |outcome| matches!(outcome, Outcome::Denied | Outcome::Failed);
        for row in fired.rows(rows) {
            // What was done is answered for; what was only tried for was not touched.
            let touched = !in_vain(row.outcome) || in_vain(outcome);
            let reached = row.targets.of(&self.store.targets).iter();
            for target in reached.filter(|_| touched) {
                let target = target.thing(strings);
                if targets.len() < MAX_TARGETS && !targets.contains(&target) {
                    targets.push(target);
                }
            }
            let session = self.store.actors[row.actor].session();
            issued.extend(strings.lossy(session));
            match is_alert(row.source) {
                true => told.extend(strings.lossy(row.issued)),
                false => issued.extend(strings.lossy(row.issued)),
            }
            if issued.len() > MAX_CREDENTIALS {
                break;
            }
        }
        let records = fired.rows(rows).take(MAX_EVIDENCE);
        let records = records.map(|row| row.reference());
        let retold = self.retold.among(records, &self.store).into_iter();
        Said {
            outcome,
            targets,
            credentials: issued.into_iter().collect(),
            retold: retold.map(Text::Owned).chain(told).collect(),
        }
    }

    fn of<'s>(&'s self, head: &'s Head, first: &Row, said: Said<'s>) -> Face<'s> {
        let (store, strings) = (&self.store, &self.store.strings);
        let Said {
            outcome,
            mut targets,
            mut credentials,
            retold,
        } = said;
        targets.retain(|target| !is_attack(&target.kind));
        let actor = self.names.who(&store.actors[first.actor], store);
        let credential = actor.session.as_deref().unwrap_or_default();
        let via = self.known.via(credential).into_iter().map(Text::Owned);
        let via = via.chain(actor.via.iter().cloned());
        let via = via.filter(|identity| *identity != actor.id);
        let via = via.map(|identity| self.names.of(identity, store)).collect();
        let root = self.known.root(credential).map(Text::Owned);
        let root = root.unwrap_or_else(|| {
            let behind = actor.via.iter().map(|identity| &**identity);
            let outermost = outermost(behind).map(|root| Text::Owned(root.to_owned()));
            outermost.unwrap_or_else(|| actor.id.clone())
        });
        let issued_at = self.known.issued_at(credential);
        let above = self.known.root_credential(credential).map(Text::Owned);
        credentials.extend(actor.session.clone().into_iter().chain(above));
        credentials.sort_unstable();
        credentials.dedup();
        Face {
            rule: &head.rule,
            severity: head.severity,
            key: first.key,
            layer: SOURCES[first.source as usize].layer,
            provider: PROVIDERS[usize::from(first.provider)],
            account: strings.lossy(first.account),
            via,
            root,
            source_ip: strings.lossy(first.ip),
            user_agent: strings.lossy(first.agent),
            action: strings.lossy(first.action).unwrap_or_default(),
            outcome,
            targets,
            credentials,
            retold,
            issued_at,
            actor,
        }
    }
}
