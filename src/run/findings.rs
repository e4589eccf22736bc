//! Folds and firings become findings.
//!
//! What the run left enters; findings leave packed, in the total order, and each is made when
//! somebody looks at it: a large input has very many.

mod face;
mod lot;
mod make;

use std::sync::Arc;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

pub use self::lot::Lot;
use super::correlate::Fired;
use super::late::Known;
use super::names::Names;
use super::presence::Places;
use super::retold::Retold;
use super::rows::{Row, RowId};
use super::store::{Fold, PAUSE, Store};
use crate::detect::ast::RuleSet;
use crate::incident::Head;
use crate::model::attack::from_tags;
use crate::model::rule::Origin;
use crate::model::{Outcome, RuleMeta, Severity, Time};
use crate::normalize::SOURCES;
use crate::normalize::alert::ATTACK;

/// A finding that has not been made yet.
#[derive(Debug)]
pub struct Packed {
    /// What it is ordered and grouped by.
    pub head: Head,
    /// Its place among the folds, and after those among the firings.
    number: u32,
    /// The place of its incident, once that is known.
    pub home: u32,
}

/// What a finding is made of.
enum Body<'m> {
    Fold(&'m Fold),
    Fired(&'m Fired),
}

impl Body<'_> {
    /// The row of its first record.
    fn first(&self) -> RowId {
        match self {
            Body::Fold(fold) => fold.first,
            Body::Fired(fired) => fired.first(),
        }
    }
}

/// Makes findings of what the store holds.
pub struct Maker {
    store: Store,
    fired: Vec<Fired>,
    known: Known,
    names: Names,
    retold: Retold,
}

impl Maker {
    /// A maker over what the run left.
    pub fn new(store: Store, fired: Vec<Fired>, known: Known) -> Maker {
        Maker {
            names: Names::new(&store),
            retold: Retold::new(&store),
            store,
            fired,
            known,
        }
    }

    /// What the run left.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Who used which address.
    pub fn places(&self) -> Places<'_> {
        Places::new(&self.store, &self.known)
    }

    /// Lets go of what only the grouping needed.
    pub fn grouped(&mut self) {
        self.store.grouped();
    }

    /// Every finding, packed, in the total order.
    pub fn packed(&mut self, rules: &RuleSet) -> Vec<Packed> {
        self.join_folds();
        let rows = &self.store.rows;
        let mut out = Vec::with_capacity(self.store.folds.len() + self.fired.len());
        let mut add = |number: usize, end_time: Time, head: Head| {
            out.push(Packed {
                head: Head { end_time, ..head },
                number: number as u32,
                home: u32::MAX,
            });
        };
        let heads = self.store.folds.par_iter().map(|fold| {
            let first = rows.get(fold.first);
            let said = (fold.rule, fold.level);
            self.head(rules, said, first.outcome, &first, &[])
        });
        let heads: Vec<Head> = heads.collect();
        for (number, (fold, head)) in self.store.folds.iter().zip(heads).enumerate() {
            add(number, fold.last, head);
        }
        for (number, fired) in (self.store.folds.len()..).zip(&self.fired) {
            // A correlation that only feeds another one does not speak, as any other rule.
            if rules.rules[fired.rule as usize].silent {
                continue;
            }
            let first = rows.get(fired.first());
            let said = (fired.rule, fired.level);
            let head = self.head(rules, said, self.outcome_of(fired), &first, &fired.group);
            let end = fired.rows(rows).map(|row| row.time).max();
            add(number, end.unwrap_or(first.time), head);
        }
        out.sort_unstable_by(|a, b| {
            let numbers = || a.number.cmp(&b.number);
            a.head.place().cmp(&b.head.place()).then_with(numbers)
        });
        out
    }

    /// An action that went on for hours may have come near to what followed it.
    fn join_folds(&mut self) {
        let shown = self.store.shown;
        let Store { folds, rows, .. } = &mut self.store;
        folds.sort_by_cached_key(|fold| fold.key(rows, rows.time(fold.first).hour()));
        folds.dedup_by(|next, fold| {
            let pause = rows.time(next.first).0.saturating_sub(fold.last.0);
            let is_part = pause <= PAUSE && next.key(rows, 0) == fold.key(rows, 0);
            if is_part {
                let first = rows.get(next.first).reference();
                fold.join(next.clone(), (fold.level >= shown).then_some(first));
            }
            is_part
        });
        folds.shrink_to_fit();
    }

    fn body(&self, packed: &Packed) -> Body<'_> {
        let (folds, number) = (&self.store.folds, packed.number as usize);
        match folds.get(number) {
            Some(fold) => Body::Fold(fold),
            None => Body::Fired(&self.fired[number - folds.len()]),
        }
    }

    /// A refused attempt is worth a step less, unless the rule says that the refusal is the
    /// signal; a call that failed for another reason always is.
    fn head(
        &self,
        rules: &RuleSet,
        (rule, level): (u32, Severity),
        outcome: Outcome,
        first: &Row,
        group: &[(String, String)],
    ) -> Head {
        let meta = &rules.rules[rule as usize].meta;
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
            id: id(meta, first.key, group),
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
        let tags: Vec<String> = said
            .filter(|target| is_attack(&target.kind))
            .map(|target| target.id)
            .collect();
        RuleMeta {
            title: title.to_owned(),
            id: action,
            uuid: None,
            name: None,
            origin: Origin::External,
            attack: from_tags(&tags),
            ..rule.clone()
        }
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
}

/// A number of rule, first event and group values; nothing else may change it.
fn id(rule: &RuleMeta, key: u64, group: &[(String, String)]) -> u64 {
    let mut hash = Sha256::new();
    hash.update(rule.id.as_bytes());
    hash.update([0]);
    hash.update(key.to_be_bytes());
    for (_, value) in group {
        hash.update([0]);
        hash.update(value.as_bytes());
    }
    let digest = hash.finalize();
    digest
        .first_chunk::<8>()
        .map_or(0, |half| u64::from_be_bytes(*half))
}

/// Whether a target of this kind is what an alert says about ATT&CK.
fn is_attack(kind: &str) -> bool {
    kind == ATTACK
}
