//! One finding out of what it was packed into.

use std::sync::Arc;

use super::face::MAX_EVIDENCE;
use super::{Body, Maker, Packed};
use crate::incident::{Text, Thing};
use crate::model::{Evidence, Finding, Target};
use crate::normalize::SOURCES;
use crate::run::rows::{Reference, most_references};
use crate::run::store::Store;

impl Maker {
    /// The finding without evidence and suggestions: all that it is judged by.
    pub fn lean(&self, packed: &Packed) -> Finding {
        let (head, store) = (&packed.head, &self.store);
        let body = self.body(packed);
        let first = store.rows.get(body.first());
        let face = self.face(packed);
        let (count, evidence_total, group) = match body {
            Body::Fold(fold) => (fold.count, fold.count + fold.repeated(), Vec::new()),
            Body::Fired(fired) => (fired.count, fired.count, fired.group.clone()),
        };
        let actor = &store.actors[first.actor];
        Finding {
            id: head.name(),
            rule: head.rule.clone(),
            severity: head.severity,
            time: head.time,
            end_time: head.end_time,
            count,
            source: SOURCES[first.source as usize].name,
            layer: face.layer,
            provider: face.provider,
            account: face.account.map(Text::into_owned),
            region: store.strings.text(first.region),
            actor: Arc::new(self.names.name(actor, store)),
            via: all(face.via),
            root: face.root.into_owned(),
            source_ip: face.source_ip.map(Text::into_owned),
            user_agent: face.user_agent.map(Text::into_owned),
            action: face.action.into_owned(),
            outcome: face.outcome,
            targets: face.targets.into_iter().map(target).collect(),
            evidence: Vec::new(),
            evidence_total,
            group,
            credentials: all(face.credentials),
            retold: all(face.retold),
            issued_at: face.issued_at,
            respond: Vec::new(),
            incident: None,
            key: face.key,
        }
    }

    /// The finding with suggestions, and of the evidence the first record.
    pub fn finding(&self, packed: &Packed) -> Finding {
        let mut finding = self.judged(packed);
        let body = self.body(packed);
        let first = self.store.rows.get(body.first()).reference();
        // The other side of an action may stand before the first that was counted.
        let first = match body {
            Body::Fold(fold) => fold.later().iter().fold(first, |a, b| a.min(*b)),
            Body::Fired(_) => first,
        };
        finding.evidence = vec![evidence(&self.store, &first)];
        finding
    }

    /// The finding with all its evidence.
    pub fn whole(&self, packed: &Packed) -> Finding {
        let mut finding = self.judged(packed);
        let references: Vec<Reference> = match self.body(packed) {
            Body::Fold(fold) => {
                let first = self.store.rows.get(fold.first).reference();
                let mut references = [&[first], fold.later()].concat();
                references.sort_unstable();
                references.dedup();
                // More may have been kept, and which ones hangs on the order they came in.
                references.truncate(most_references(fold.level));
                references
            }
            Body::Fired(fired) => {
                let rows = fired.rows(&self.store.rows).take(MAX_EVIDENCE);
                rows.map(|row| row.reference()).collect()
            }
        };
        let references = references.iter();
        finding.evidence = references
            .map(|reference| evidence(&self.store, reference))
            .collect();
        finding
    }

    /// The finding with suggestions, without evidence.
    fn judged(&self, packed: &Packed) -> Finding {
        let mut finding = self.lean(packed);
        finding.respond = crate::detect::intent::suggest(&finding.rule.respond, &finding);
        finding
    }
}

fn all(texts: Vec<Text>) -> Vec<String> {
    texts.into_iter().map(Text::into_owned).collect()
}

fn target(thing: Thing) -> Target {
    Target {
        kind: thing.kind.into_owned(),
        id: thing.id.into_owned(),
        name: thing.name.into_owned(),
        account: thing.account.map(Text::into_owned),
    }
}

fn evidence(store: &Store, reference: &Reference) -> Evidence {
    let file = store.files.get(reference.file as usize);
    Evidence {
        file: file.map(|file| file.name.clone()).unwrap_or_default(),
        record: u64::from(reference.position),
        uid: reference.uid.unpack(&store.strings),
    }
}
