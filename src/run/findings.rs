//! Folds and firings become findings.
//!
//! What the run left enters; findings leave packed, in the total order, and each is made when
//! somebody looks at it: a large input has very many.

mod face;
mod lot;
mod make;

use std::sync::Arc;

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
use crate::model::{Outcome, RuleMeta, Severity};
use crate::normalize::SOURCES;
use crate::normalize::alert::ATTACK;

/// A finding that has not been made yet.
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
pub struct Maker {
    store: Store,
    fired: Vec<Fired>,
    known: Known,
    names: Names,
    retold: Retold,
}

impl Maker {
    /// A maker over what the run left.
    pub fn new(store: Store, folds: &[Fold], fired: Vec<Fired>, known: Known) -> Maker {
        Maker {
            names: Names::new(&store),
            retold: Retold::new(&store, folds),
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
    pub fn packed(&self, mut folds: Vec<Fold>, rules: &RuleSet) -> Vec<Packed> {
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
            let mut head = self.head(rules, (fold.rule, fold.level), first.outcome, &first, &[]);
            head.end_time = fold.last;
            let body = Body::Fold(fold);
            out.push(Packed { head, body });
        }
        for (number, fired) in self.fired.iter().enumerate() {
            // A correlation that only feeds another one does not speak, as any other rule.
            if rules.rules[fired.rule as usize].silent {
                continue;
            }
            let id = fired.first();
            let first = rows.get(id);
            let outcome = self.outcome_of(fired);
            let mut head = self.head(
                rules,
                (fired.rule, fired.level),
                outcome,
                &first,
                &fired.group,
            );
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
            tags,
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

/// Whether a target of this kind is what an alert says about ATT&CK.
fn is_attack(kind: &str) -> bool {
    kind == ATTACK
}
