//! Folds and firings become findings.

use std::collections::BTreeSet;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::correlate::Fired;
use super::late::{Known, View};
use super::names::Names;
use super::presence::Places;
use super::retold::{Retold, is_alert};
use super::rows::{Reference, Row, RowId, most_references};
use super::store::{Fold, PAUSE, Store};
use crate::detect::ast::RuleSet;
use crate::enrich::derive::Late;
use crate::enrich::own::Own;
use crate::incident::Head;
use crate::model::attack::from_tags;
use crate::model::rule::Origin;
use crate::model::{Evidence, Finding, Outcome, RuleMeta, Severity, Target};
use crate::normalize::alert::ATTACK;
use crate::normalize::{PROVIDERS, SOURCES};

/// Evidence pointers of one finding.
const MAX_EVIDENCE: usize = 100;
/// Targets of one finding.
const MAX_TARGETS: usize = 20;
/// Credentials of one finding.
const MAX_CREDENTIALS: usize = 100;

/// A finding that has not been made yet: a large input has many that nobody will see.
#[derive(Debug)]
pub struct Packed {
    /// What it is ordered and grouped by.
    pub head: Head,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Fold(Fold),
    /// Position of the firing, and its first row.
    Fired(usize, RowId),
}

/// Makes findings of what the store holds.
pub struct Maker<'a> {
    store: &'a Store,
    rules: &'a RuleSet,
    fired: &'a [Fired],
    names: Names<'a>,
    retold: Retold,
    view: View<'a>,
}

fn evidence(store: &Store, reference: &Reference) -> Evidence {
    let file = store.files.get(reference.file as usize);
    Evidence {
        file: file.map(|file| file.name.clone()).unwrap_or_default(),
        record: u64::from(reference.position),
        uid: reference.uid.unpack(&store.strings),
    }
}

impl<'a> Maker<'a> {
    /// A maker over what the run left.
    pub fn new(
        store: &'a Store,
        folds: &[Fold],
        rules: &'a RuleSet,
        fired: &'a [Fired],
        known: &'a Known,
        declared: &'a Own,
    ) -> Maker<'a> {
        let view = View {
            known,
            store,
            declared,
        };
        Maker {
            store,
            rules,
            fired,
            names: Names::new(store),
            retold: Retold::new(store, folds),
            view,
        }
    }

    /// Who used which address.
    pub fn places(&self) -> Places<'a> {
        Places::new(&self.view)
    }

    /// Every finding, packed, in the total order.
    pub fn packed(&self, mut folds: Vec<Fold>) -> Vec<Packed> {
        let rows = &self.store.rows;
        folds.retain(|fold| !fold.is_joined());
        folds.sort_by_cached_key(|fold| fold.key(rows, rows.time(fold.first).hour()));
        let mut out: Vec<Packed> = Vec::with_capacity(folds.len() + self.fired.len());
        let mut folds = folds.into_iter().peekable();
        while let Some(mut fold) = folds.next() {
            let first = rows.get(fold.first);
            // An action that went on for hours may have come near to what followed it.
            let own = fold.key(rows, 0);
            while let Some(next) = folds.next_if(|next| {
                next.key(rows, 0) == own
                    && rows.time(next.first).0.saturating_sub(fold.last.0) <= PAUSE
            }) {
                fold.join(next);
            }
            let mut head = self.head(fold.rule, fold.level, first.outcome, &first, &[]);
            head.end_time = fold.last;
            let body = Body::Fold(fold);
            out.push(Packed { head, body });
        }
        for (number, fired) in self.fired.iter().enumerate() {
            // A correlation that only feeds another one does not speak, as any other rule.
            if self.rules.rules[fired.rule as usize].silent {
                continue;
            }
            let id = fired.first();
            let first = rows.get(id);
            let outcome = self.outcome_of(fired);
            let mut head = self.head(fired.rule, fired.level, outcome, &first, &fired.group);
            let end = fired.rows(rows).map(|row| row.time).max();
            head.end_time = end.unwrap_or(first.time);
            let body = Body::Fired(number, id);
            out.push(Packed { head, body });
        }
        out.sort_by(|a, b| a.head.place().cmp(&b.head.place()));
        out
    }

    /// A refused attempt is worth a step less, unless the rule says that the refusal is the
    /// signal; a call that failed for another reason always is.
    fn head(
        &self,
        rule: u32,
        level: Severity,
        outcome: Outcome,
        first: &Row,
        group: &[(String, String)],
    ) -> Head {
        let meta = &self.rules.rules[rule as usize].meta;
        let alert = meta.external.then(|| Arc::new(self.alert(meta, first)));
        let meta = alert.as_ref().unwrap_or(meta);
        let vain = match outcome {
            Outcome::Denied => !meta.denied_keeps_level,
            outcome => outcome == Outcome::Failed,
        };
        Head {
            time: first.time,
            end_time: first.time,
            key: first.key,
            rule: meta.clone(),
            id: id(meta, first.key, group).into(),
            severity: if vain { level.step_down() } else { level },
            layer: SOURCES[first.source as usize].layer,
        }
    }

    /// What another tool's alert says of itself, in place of the rule that took it in.
    fn alert(&self, rule: &RuleMeta, first: &Row) -> RuleMeta {
        let action = self.store.strings.text(first.action).unwrap_or_default();
        let title = action.split_once(':').map_or(&*action, |(_, title)| title);
        let said = first.targets.of(&self.store.targets).iter();
        let said = said.map(|target| target.unpack(&self.store.strings));
        let tags: Vec<String> = said.filter(is_attack).map(|target| target.id).collect();
        RuleMeta {
            title: title.to_owned(),
            id: action,
            uuid: None,
            name: None,
            origin: Origin::External,
            attack: from_tags(&tags),
            tags,
            ..rule.clone()
        }
    }

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
        let first = first.map(|reference| evidence(self.store, &reference));
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
            .map(|reference| evidence(self.store, reference))
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
        finding.retold = self.retold.among(records, self.store);
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
        finding.retold = self.retold.among(records, self.store);
        finding.retold.extend(told);
        finding.count = fired.count;
        finding.evidence_total = fired.count;
        finding.outcome = outcome;
        finding
    }

    /// The best of its records' outcomes.
    fn outcome_of(&self, fired: &Fired) -> Outcome {
        let rows = &self.store.rows;
        let any = |outcome: &Outcome| fired.rows(rows).any(|row| row.outcome == *outcome);
        let order = [
            Outcome::Success,
            Outcome::Pending,
            Outcome::Unknown,
            Outcome::Denied,
        ];
        order.into_iter().find(any).unwrap_or(Outcome::Failed)
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
        let store = self.store;
        let source = SOURCES[first.source as usize];
        let actor = Arc::new(self.names.name(&store.actors[first.actor as usize]));
        let credential = actor.session.as_deref().unwrap_or_default();
        let mut via = self.view.known.via(credential);
        via.extend(actor.via.iter().cloned());
        via.retain(|identity| *identity != actor.id);
        let via = via
            .into_iter()
            .map(|identity| self.names.of(identity))
            .collect();
        credentials.extend(actor.session.clone());
        credentials.extend(self.view.known.root_credential(credential));
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
                .view
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
            issued_at: self.view.known.issued_at(credential),
            respond: Vec::new(),
            incident: None,
            key: first.key,
            actor,
        }
    }
}

/// `F-` and 16 hex digits of rule, first event and group values; nothing else may change it.
fn id(rule: &RuleMeta, key: u64, group: &[(String, String)]) -> String {
    let mut hash = Sha256::new();
    hash.update(rule.id.as_bytes());
    hash.update([0]);
    hash.update(key.to_be_bytes());
    for (_, value) in group {
        hash.update([0]);
        hash.update(value.as_bytes());
    }
    let digest = hash.finalize();
    let number = digest
        .first_chunk::<8>()
        .map_or(0, |half| u64::from_be_bytes(*half));
    format!("F-{number:016x}")
}

/// Whether a target is what an alert says about ATT&CK.
fn is_attack(target: &Target) -> bool {
    target.kind == ATTACK
}
