//! Findings in the making: matches that share everything but their minute.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::{AT_ONCE, Store};
use crate::model::time::HOUR;
use crate::model::{Severity, Time};
use crate::run::intern::{NO_STR, StrId};
use crate::run::rows::{
    FoldKey, Member, NO_REFERENCE, Reference, Row, RowId, Rows, Sided, keep, most_references,
};
use crate::run::taking::Taking;

/// Matches of one key that never pause for more than an hour: one finding. There may be very
/// many: the key is put together from its parts, most of which the first row tells anyway.
#[derive(Clone, Debug)]
pub struct Fold {
    /// The rule.
    pub rule: u32,
    /// Number of the first target, for rules of medium and more.
    target: StrId,
    /// The credential that was opened, where it tells the actor apart.
    opened: StrId,
    /// The rule's level.
    pub level: Severity,
    /// The first of them.
    pub first: RowId,
    /// Time of the last.
    pub last: Time,
    /// How many.
    pub count: u64,
    /// What most folds have none of.
    more: Option<Box<More>>,
    /// The fold that has taken it in, or [`NOWHERE`].
    joined: u32,
}

/// No other fold has taken it in.
const NOWHERE: u32 = u32::MAX;

#[derive(Clone, Debug, Default)]
struct More {
    /// Pointers to those after the first.
    references: Vec<Reference>,
    issued: Vec<StrId>,
    repeated: u64,
}

impl Fold {
    /// What its matches of an hour share.
    pub fn key(&self, rows: &Rows, hour: i64) -> FoldKey {
        let first = rows.get(self.first);
        FoldKey {
            rule: self.rule,
            level: self.level,
            actor: first.actor,
            ip: first.ip,
            action: first.action,
            outcome: first.outcome,
            target: self.target,
            opened: self.opened,
            hour,
        }
    }

    /// Pointers to those that follow the first, as far as they will be seen.
    pub fn later(&self) -> &[Reference] {
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

    /// Takes in what followed it, with the pointer to what is the first no longer.
    pub fn join(&mut self, next: Fold, gone: Option<Reference>) {
        self.last = self.last.max(next.last);
        self.count += next.count;
        if next.more.is_none() && gone.is_none() {
            return;
        }
        let more = self.more.get_or_insert_default();
        let next = next.more.map(|next| *next).unwrap_or_default();
        more.repeated += next.repeated;
        for issued in next.issued {
            if more.issued.len() < MOST_ISSUED && !more.issued.contains(&issued) {
                more.issued.push(issued);
            }
        }
        more.references.extend(next.references);
        more.references.extend(gone);
        more.references.sort_unstable();
        more.references.truncate(most_references(self.level) - 1);
        more.references.shrink_to_fit();
    }

    /// Whether another one has taken it in.
    pub fn is_joined(&self) -> bool {
        self.joined != NOWHERE
    }
}

/// Where the matches of one hour are counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    fold: u32,
    hour: i32,
}

/// How long the matches of one finding may pause.
pub const PAUSE: i64 = HOUR;
/// Hours that folds may have, on average.
const HOURS: usize = 10;

/// Issued credentials kept of a fold.
const MOST_ISSUED: usize = 100;

impl Store {
    pub(super) fn folds_of(&mut self, of: &mut Taking, copies: &[u32]) {
        // What a copy would add has been there since its original came, first and last time
        // included.
        let is_own =
            |member: &&Member| copies.is_empty() || copies.binary_search(&member.record).is_err();
        let mut counts = vec![0; of.batch.folds.len()];
        for member in of.batch.members.iter().filter(is_own) {
            counts[member.fold as usize] += 1;
        }
        let mut keys = Vec::with_capacity(of.batch.folds.len());
        for (number, found) in of.batch.folds.iter().enumerate() {
            if counts[number] == 0 {
                continue;
            }
            let key = FoldKey {
                actor: of.actor(self, found.key.actor),
                ip: of.string(self, found.key.ip),
                action: of.string(self, found.key.action),
                target: of.string(self, found.key.target),
                opened: of.string(self, found.key.opened),
                ..found.key
            };
            keys.push((number, key));
        }
        // Where each fold of the batch stands here.
        let mut places = vec![None; of.batch.folds.len()];
        for (at, (number, key)) in keys.iter().enumerate() {
            if at % AT_ONCE == 0 {
                self.warm(keys[at..].iter().take(AT_ONCE).map(|(_, key)| key));
            }
            let (number, found) = (*number, &of.batch.folds[*number]);
            let row = of.place(&of.batch.rows[found.row as usize]);
            let mut whole = |store: &mut Store| {
                let row = of.whole(store, found.row);
                store.rows.hold(row)
            };
            places[number] = self.open(*key, row, found.last, &mut whole);
            if let Some(at) = places[number] {
                let at = standing(&self.folds, at);
                self.folds[at as usize].count += counts[number];
            }
        }
        for member in of.batch.members.iter().filter(is_own) {
            if (member.issued, member.reference) == (NO_STR, NO_REFERENCE) {
                continue;
            }
            let Some(place) = places[member.fold as usize] else {
                continue;
            };
            let issued = of.string(self, member.issued);
            let reference = of.batch.references.get(member.reference as usize);
            let reference = reference.map(|reference| of.reference(self, *reference));
            self.tell(place, issued, reference);
        }
    }

    /// The place of a fold, opened where it is new. `whole` fetches the row with everything that
    /// belongs to it, held, where it is the first of the fold so far.
    pub fn open(
        &mut self,
        key: FoldKey,
        row: Row,
        last: Time,
        whole: &mut dyn FnMut(&mut Store) -> RowId,
    ) -> Option<u32> {
        let mut joined = false;
        let known = self.place_of(&key).or_else(|| {
            let at = self.neighbour(&key, row.time, last)?;
            self.register(key, at);
            joined = true;
            Some(at)
        });
        if let Some(at) = known {
            let fold = &mut self.folds[at as usize];
            let later = last > fold.last;
            fold.last = fold.last.max(last);
            let before = fold.first;
            let earlier = row.order() < self.rows.order(before);
            if earlier {
                let first = whole(self);
                self.folds[at as usize].first = first;
                let gone = self.rows.get(before);
                self.rows.release(before);
                self.point(at, gone.sided());
            }
            // What reaches no further has come near to nothing new.
            let sides = [(earlier || joined, -1), (later || joined, 1)];
            for (_, side) in sides.into_iter().filter(|(moved, _)| *moved) {
                let hour = key.hour + side;
                self.close_gap(&FoldKey { hour, ..key }, at);
            }
            return Some(at);
        }
        if self.fold_count >= self.caps.folds || self.has_all_hours() {
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
            opened: key.opened,
            level: key.level,
            first,
            last,
            count: 0,
            more: None,
            joined: NOWHERE,
        });
        self.fold_count += 1;
        self.register(key, at);
        Some(at)
    }

    /// The fold of the hour before or after, where the pause between is short.
    fn neighbour(&self, key: &FoldKey, first: Time, last: Time) -> Option<u32> {
        let near = |hour: i64| self.place_of(&FoldKey { hour, ..*key });
        let before = near(key.hour - 1)
            .filter(|at| first.0.saturating_sub(self.folds[*at as usize].last.0) <= PAUSE);
        before.or_else(|| {
            near(key.hour + 1).filter(|at| {
                let start = self.rows.time(self.folds[*at as usize].first);
                start.0.saturating_sub(last.0) <= PAUSE
            })
        })
    }

    /// Joins a fold with the one that counts another hour, where it has come near to it.
    fn close_gap(&mut self, key: &FoldKey, at: u32) {
        let Some(other) = self.place_of(key) else {
            return;
        };
        let span = |at: u32| {
            let fold = &self.folds[at as usize];
            (self.rows.time(fold.first).0, fold.last.0)
        };
        let (own, near) = (span(at), span(other));
        let pause = own
            .0
            .saturating_sub(near.1)
            .max(near.0.saturating_sub(own.1));
        if other != at && pause <= PAUSE {
            self.join(at, other);
        }
    }

    /// Takes one fold into another of the same key.
    fn join(&mut self, at: u32, other: u32) {
        let next = &mut self.folds[other as usize];
        next.joined = at;
        let next = Fold {
            more: next.more.take(),
            ..next.clone()
        };
        let fold = &mut self.folds[at as usize];
        let before = fold.later().len() + next.later().len();
        let gone = match self.rows.order(next.first) < self.rows.order(fold.first) {
            true => std::mem::replace(&mut fold.first, next.first),
            false => next.first,
        };
        let (reference, shared) = self.rows.get(gone).sided();
        self.rows.release(gone);
        let seen = fold.level >= self.shown;
        fold.join(next, seen.then_some(reference));
        self.reference_count = self.reference_count + fold.later().len() - before;
        if seen && shared != 0 {
            self.sides.insert(reference.key, shared);
        }
        self.fold_count -= 1;
    }

    /// Adds a match to its fold.
    pub fn add(&mut self, at: u32, row: &Row) {
        let standing = standing(&self.folds, at);
        self.folds[standing as usize].count += 1;
        self.tell(at, row.issued, Some(row.sided()));
    }

    /// Notes what a match tells beside that it is one.
    fn tell(&mut self, at: u32, issued: StrId, reference: Option<Sided>) {
        let at = standing(&self.folds, at);
        let fold = &mut self.folds[at as usize];
        if issued != NO_STR {
            let issues = &mut fold.more.get_or_insert_default().issued;
            if issues.len() < MOST_ISSUED && !issues.contains(&issued) {
                issues.push(issued);
            }
        }
        if let Some(reference) = reference {
            self.point(at, reference);
        }
    }

    /// Keeps the pointer to a match that will be seen. The first one's is in the fold's row.
    fn point(&mut self, at: u32, (reference, shared): Sided) {
        let fold = &mut self.folds[at as usize];
        if fold.level < self.shown || reference.order() == self.rows.order(fold.first) {
            return;
        }
        let references = &mut fold.more.get_or_insert_default().references;
        if self.reference_count < self.caps.references || references.len() < 2 {
            let most = most_references(fold.level) - 1;
            self.reference_count += usize::from(keep(references, reference, most));
            if shared != 0 && references.contains(&reference) {
                self.sides.insert(reference.key, shared);
            }
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
        self.add(at, row);
        let fold = &mut self.folds[at as usize];
        fold.count -= 1;
        fold.more.get_or_insert_default().repeated += 1;
    }

    fn has_all_hours(&self) -> bool {
        self.fold_places.len() >= HOURS.saturating_mul(self.caps.folds)
    }

    /// Notes that a fold counts the matches of a key's hour.
    fn register(&mut self, key: FoldKey, fold: u32) {
        if self.has_all_hours() {
            return;
        }
        let (hasher, folds, rows) = (FixedState::default(), &self.folds, &self.rows);
        let again = |place: &Place| {
            let fold = &folds[standing(folds, place.fold) as usize];
            hasher.hash_one(fold.key(rows, i64::from(place.hour)))
        };
        // Hours of nanoseconds in 64 bits are few.
        let hour = i32::try_from(key.hour).unwrap_or_default();
        let hash = hasher.hash_one(key);
        self.fold_places
            .insert_unique(hash, Place { fold, hour }, again);
    }

    /// Looks at the folds of many keys at once.
    fn warm<'k>(&self, keys: impl Iterator<Item = &'k FoldKey>) {
        let mut sum = 0;
        for key in keys {
            let look = |place: &Place| {
                let fold = &self.folds[place.fold as usize];
                sum ^= self.rows.time(fold.first).0 ^ fold.last.0;
                false
            };
            self.fold_places
                .find(FixedState::default().hash_one(key), look);
        }
        std::hint::black_box(sum);
    }

    /// The fold that counts the matches of a key's hour.
    fn place_of(&self, key: &FoldKey) -> Option<u32> {
        let hash = FixedState::default().hash_one(key);
        let standing = |place: &Place| standing(&self.folds, place.fold);
        let same = |place: &Place| {
            let fold = &self.folds[standing(place) as usize];
            i64::from(place.hour) == key.hour
                && (fold.rule, fold.level) == (key.rule, key.level)
                && (fold.target, fold.opened) == (key.target, key.opened)
                && self.rows.is_of(fold.first, key)
        };
        self.fold_places.find(hash, same).map(standing)
    }
}

/// The fold that a fold has become a part of, or itself.
fn standing(folds: &[Fold], mut at: u32) -> u32 {
    while folds[at as usize].is_joined() {
        at = folds[at as usize].joined;
    }
    at
}
