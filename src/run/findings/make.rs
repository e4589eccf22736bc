//! One finding out of what it was packed into.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Body, Maker, Packed};
use crate::incident::Head;
use crate::model::{Evidence, Finding, Outcome, Target};
use crate::normalize::alert::ATTACK;
use crate::normalize::{PROVIDERS, SOURCES};
use crate::run::correlate::Fired;
use crate::run::retold::is_alert;
use crate::run::rows::{Reference, Row, RowId, most_references};
use crate::run::store::{Fold, Store};

/// Evidence pointers of one finding.
const MAX_EVIDENCE: usize = 100;
/// Targets of one finding.
const MAX_TARGETS: usize = 20;
/// Credentials of one finding.
const MAX_CREDENTIALS: usize = 100;

impl Maker {
    /// The finding without evidence and suggestions: all that it is judged by.
    pub fn lean(&self, packed: &Packed) -> Finding {
        match &packed.body {
            Body::Fold(fold) => self.of_fold(&packed.head, fold),
            Body::Fired(number, first) => {
                self.of_firing(&packed.head, &self.fired[*number], *first)
            }
        }
    }

    /// The finding with suggestions, and of the evidence the first record.
    pub fn finding(&self, packed: &Packed) -> Finding {
        let mut finding = self.lean(packed);
        finding.respond = crate::detect::intent::suggest(&finding.rule.respond, &finding);
        let first = match &packed.body {
            Body::Fold(fold) => fold.references().iter().min().copied(),
            Body::Fired(_, first) => Some(self.store.rows.get(*first).reference()),
        };
        let first = first.map(|reference| evidence(&self.store, &reference));
        finding.evidence = first.into_iter().collect();
        finding
    }

    /// The finding with all its evidence.
    pub fn complete(&self, mut finding: Finding, packed: &Packed) -> Finding {
        let mut references: Vec<Reference> = match &packed.body {
            Body::Fold(fold) => fold.references().to_vec(),
            Body::Fired(number, _) => {
                let rows = self.fired[*number].rows(&self.store.rows);
                rows.take(MAX_EVIDENCE).map(|row| row.reference()).collect()
            }
        };
        if let Body::Fold(fold) = &packed.body {
            references.sort_unstable();
            references.dedup();
            // More may have been kept, and which ones hangs on the order they came in.
            references.truncate(most_references(fold.level));
        }
        let references = references.iter();
        finding.evidence = references
            .map(|reference| evidence(&self.store, reference))
            .collect();
        finding
    }

    fn of_fold(&self, head: &Head, fold: &Fold) -> Finding {
        let strings = &self.store.strings;
        let first = self.store.rows.get(fold.first);
        let issued = fold.issued().iter().filter_map(|id| strings.text(*id));
        let targets = first.targets.of(&self.store.targets).iter();
        let targets = targets.map(|target| target.unpack(strings)).collect();
        let alert = is_alert(first.source);
        let (told, issued): (Vec<String>, BTreeSet<String>) = match alert {
            true => (issued.collect(), BTreeSet::new()),
            false => (Vec::new(), issued.collect()),
        };
        let mut finding = self.make(head, &first, &[], targets, issued);
        let records = fold.references().iter().copied();
        let records = records.chain([first.reference()]);
        finding.retold = self.retold.among(records, &self.store);
        finding.retold.extend(told);
        finding.count = fold.count;
        finding.evidence_total = fold.count + fold.repeated();
        finding.outcome = first.outcome;
        finding
    }

    fn of_firing(&self, head: &Head, fired: &Fired, first: RowId) -> Finding {
        let mut targets: Vec<Target> = Vec::new();
        let (mut issued, mut told) = (BTreeSet::new(), BTreeSet::new());
        let (rows, strings) = (&self.store.rows, &self.store.strings);
        let outcome = self.outcome_of(fired);
        let in_vain = |outcome| matches!(outcome, Outcome::Denied | Outcome::Failed);
        for row in fired.rows(rows) {
            // What was done is answered for; what was only tried for was not touched.
            let touched = !in_vain(row.outcome) || in_vain(outcome);
            let reached = row.targets.of(&self.store.targets).iter();
            for target in reached.filter(|_| touched) {
                let target = target.unpack(strings);
                if targets.len() < MAX_TARGETS && !targets.contains(&target) {
                    targets.push(target);
                }
            }
            let session = self.store.actors[row.actor as usize].session();
            issued.extend(strings.text(session));
            match is_alert(row.source) {
                true => told.extend(strings.text(row.issued)),
                false => issued.extend(strings.text(row.issued)),
            }
            if issued.len() > MAX_CREDENTIALS {
                break;
            }
        }
        let mut finding = self.make(head, &rows.get(first), &fired.group, targets, issued);
        let records = fired.rows(rows).take(MAX_EVIDENCE);
        let records = records.map(|row| row.reference());
        finding.retold = self.retold.among(records, &self.store);
        finding.retold.extend(told);
        finding.count = fired.count;
        finding.evidence_total = fired.count;
        finding.outcome = outcome;
        finding
    }

    fn make(
        &self,
        head: &Head,
        first: &Row,
        group: &[(String, String)],
        mut targets: Vec<Target>,
        mut credentials: BTreeSet<String>,
    ) -> Finding {
        targets.retain(|target| !is_attack(target));
        let store = &self.store;
        let source = SOURCES[first.source as usize];
        let actor = Arc::new(self.names.name(&store.actors[first.actor as usize], store));
        let credential = actor.session.as_deref().unwrap_or_default();
        let mut via = self.known.via(credential);
        via.extend(actor.via.iter().cloned());
        via.retain(|identity| *identity != actor.id);
        let via = via
            .into_iter()
            .map(|identity| self.names.of(identity, store))
            .collect();
        credentials.extend(actor.session.clone());
        credentials.extend(self.known.root_credential(credential));
        Finding {
            id: head.id.clone().into(),
            rule: head.rule.clone(),
            severity: head.severity,
            time: head.time,
            end_time: head.end_time,
            count: 1,
            source: source.name,
            layer: source.layer,
            provider: PROVIDERS[usize::from(first.provider)],
            account: store.strings.text(first.account),
            region: store.strings.text(first.region),
            via,
            root: self
                .known
                .root(credential)
                .unwrap_or_else(|| actor.outermost().to_owned()),
            source_ip: store.strings.text(first.ip),
            user_agent: store.strings.text(first.agent),
            action: store.strings.text(first.action).unwrap_or_default(),
            outcome: first.outcome,
            targets,
            evidence: Vec::new(),
            evidence_total: 1,
            group: group.to_vec(),
            credentials: credentials.into_iter().collect(),
            retold: Vec::new(),
            issued_at: self.known.issued_at(credential),
            respond: Vec::new(),
            incident: None,
            key: first.key,
            actor,
        }
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

/// Whether a target is what an alert says about ATT&CK.
pub(super) fn is_attack(target: &Target) -> bool {
    target.kind == ATTACK
}
