//! Findings in the making: matches that share everything but their minute.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::Store;
use crate::model::{Severity, Time};
use crate::run::intern::{NO_STR, StrId};
use crate::run::rows::{FoldKey, Reference, Row, keep, most_references};
use crate::run::taking::Taking;

/// Matches of one key within one hour. There may be very many: the key is put together from
/// its parts, most of which the first row holds anyway.
#[derive(Clone, Debug)]
pub struct Fold {
    /// The rule.
    pub rule: u32,
    /// Number of the first target, for rules of medium and more.
    target: StrId,
    /// The rule's level.
    pub level: Severity,
    /// The first of them.
    pub first: Row,
    /// Time of the last.
    pub last: Time,
    /// How many.
    pub count: u64,
    /// What most folds have none of.
    more: Option<Box<More>>,
}

#[derive(Clone, Debug, Default)]
struct More {
    references: Vec<Reference>,
    issued: Vec<StrId>,
    repeated: u64,
}

impl Fold {
    /// What its matches share.
    pub fn key(&self) -> FoldKey {
        FoldKey {
            rule: self.rule,
            level: self.level,
            actor: self.first.actor,
            ip: self.first.ip,
            action: self.first.action,
            outcome: self.first.outcome,
            target: self.target,
            hour: self.first.time.hour(),
        }
    }

    /// Pointers to the first of them, where they will be seen.
    pub fn references(&self) -> &[Reference] {
        self.more.as_ref().map_or(&[], |more| &more.references)
    }

    /// Credentials that were issued.
    pub fn issued(&self) -> &[StrId] {
        self.more.as_ref().map_or(&[], |more| &more.issued)
    }

    /// Further records of the same actions.
    pub fn repeated(&self) -> u64 {
        self.more.as_ref().map_or(0, |more| more.repeated)
    }

    /// Takes in what followed it.
    pub fn join(&mut self, next: &Fold) {
        self.last = self.last.max(next.last);
        self.count += next.count;
        if let Some(next) = &next.more {
            let more = self.more.get_or_insert_default();
            more.references.extend(&next.references);
            more.issued.extend(&next.issued);
            more.repeated += next.repeated;
        }
    }
}

/// Issued credentials kept of a fold.
const MOST_ISSUED: usize = 100;

impl Store {
    pub(super) fn folds_of(&mut self, of: &mut Taking, copies: &[u32]) {
        const UNASKED: u32 = u32::MAX;
        const REFUSED: u32 = u32::MAX - 1;
        // Where each fold of the chunk stands here.
        let mut places = vec![UNASKED; of.chunk.folds.len()];
        for member in &of.chunk.members {
            // What a copy would add has been there since its original came, first and last time
            // included.
            if !copies.is_empty() && copies.binary_search(&member.record).is_ok() {
                continue;
            }
            let place = &mut places[member.fold as usize];
            if *place == UNASKED {
                let found = &of.chunk.folds[member.fold as usize];
                let key = FoldKey {
                    actor: of.actor(self, found.key.actor),
                    ip: of.string(self, found.key.ip),
                    action: of.string(self, found.key.action),
                    target: of.string(self, found.key.target),
                    ..found.key
                };
                let row = of.place(&of.chunk.rows[found.row as usize]);
                let mut whole = |store: &mut Store| of.whole_row(store, found.row);
                let opened = self.open(key, row, found.last, &mut whole);
                *place = opened.unwrap_or(REFUSED);
            }
            if *place == REFUSED {
                continue;
            }
            let issued = of.string(self, member.issued);
            let reference = of.chunk.references.get(member.reference as usize);
            let reference = reference.map(|reference| of.reference(self, reference));
            self.add(*place, issued, reference);
        }
    }

    /// The place of a fold, opened where it is new. `whole` fetches the row with everything that
    /// belongs to it, where it is the first of the fold so far.
    pub fn open(
        &mut self,
        key: FoldKey,
        row: Row,
        last: Time,
        whole: &mut dyn FnMut(&mut Store) -> Row,
    ) -> Option<u32> {
        if let Some(at) = self.place_of(&key) {
            let fold = &mut self.folds[at as usize];
            fold.last = fold.last.max(last);
            if row.order() < fold.first.order() {
                let first = whole(self);
                self.folds[at as usize].first = first;
            }
            return Some(at);
        }
        if self.folds.len() >= self.caps.folds {
            self.cap(
                "findings",
                self.caps.folds,
                "later findings of new kinds are not reported",
            );
            return None;
        }
        let at = self.folds.len() as u32;
        let first = whole(self);
        self.folds.push(Fold {
            rule: key.rule,
            target: key.target,
            level: key.level,
            first,
            last,
            count: 0,
            more: None,
        });
        let (hasher, folds) = (FixedState::default(), &self.folds);
        let again = |at: &u32| hasher.hash_one(folds[*at as usize].key());
        self.fold_numbers
            .insert_unique(hasher.hash_one(key), at, again);
        Some(at)
    }

    /// Adds a match to its fold.
    pub fn add(&mut self, at: u32, issued: StrId, reference: Option<Reference>) {
        let fold = &mut self.folds[at as usize];
        fold.count += 1;
        if issued != NO_STR {
            let issues = &mut fold.more.get_or_insert_default().issued;
            if issues.len() < MOST_ISSUED && !issues.contains(&issued) {
                issues.push(issued);
            }
        }
        let Some(reference) = reference else { return };
        let references = &mut fold.more.get_or_insert_default().references;
        if self.reference_count < self.caps.references || references.len() < 3 {
            let most = most_references(fold.level);
            self.reference_count += usize::from(keep(references, reference, most));
        } else {
            self.cap(
                "evidence pointers",
                self.caps.references,
                "findings show fewer of their records",
            );
        }
    }

    /// Notes that an action went on for longer than its first record tells.
    pub fn reach(&mut self, key: &FoldKey, last: Time) {
        if let Some(at) = self.place_of(key) {
            let fold = &mut self.folds[at as usize];
            fold.last = fold.last.max(last);
        }
    }

    /// Adds a further record of an action that a fold counts already.
    pub fn repeat(&mut self, key: &FoldKey, row: &Row) {
        let Some(at) = self.place_of(key) else { return };
        self.add(at, row.issued, Some(row.reference()));
        let fold = &mut self.folds[at as usize];
        fold.count -= 1;
        fold.more.get_or_insert_default().repeated += 1;
    }

    fn place_of(&self, key: &FoldKey) -> Option<u32> {
        let hash = FixedState::default().hash_one(key);
        let same = |at: &u32| self.folds[*at as usize].key() == *key;
        self.fold_numbers.find(hash, same).copied()
    }
}
