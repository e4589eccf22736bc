//! What a worker keeps while it works on one batch.
//!
//! Raw values come in, numbers come out; only the room outlives the batch.

use std::borrow::Cow;
use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;

use super::Work;
use crate::model::Time;
use crate::normalize::{Norm, Record};
use crate::run::intern::{NO_STR, StrId};
use crate::run::rows::{ActorRow, Deed, Novelty, Range, put};

/// Values that are worked out once a batch.
#[derive(Clone, Copy)]
pub(super) enum Memo {
    Ip,
    Network,
    Family,
    Agent,
    Account,
    Region,
    Target,
}

/// What a worker keeps while it works on one batch; only the room outlives it.
pub(super) struct Tables {
    /// Numbers of actors by a hash of the raw fields they are made of: an identity in one piece is
    /// long, and every record has one.
    pub(super) actors: hashbrown::HashMap<u64, u32, FixedState>,
    /// Their numbers by what they came to.
    pub(super) actor_rows: hashbrown::HashMap<ActorRow, u32, FixedState>,
    /// Numbers of actions by a hash of the raw fields they are made of.
    pub(super) actions: hashbrown::HashMap<u64, StrId, FixedState>,
    /// Lists of targets by a hash of the raw values they are made of.
    pub(super) target_lists: hashbrown::HashMap<u64, Range, FixedState>,
    /// What raw values come to, by a hash of the kind and the value.
    memos: hashbrown::HashMap<u64, StrId, FixedState>,
    /// The source of the record at hand.
    pub(super) source: u8,
    /// Places of folds by their keys.
    pub(super) folds: hashbrown::HashTable<u32>,
    /// Earliest time of a combination of actor, service, region, address and agent.
    pub(super) tuples: hashbrown::HashMap<u64, Time, FixedState>,
    pub(super) novelties: hashbrown::HashMap<Novelty, (Time, u64), FixedState>,
    /// Who was met where: the place among those noted.
    pub(super) present: hashbrown::HashMap<u64, u32, FixedState>,
    pub(super) deeds: hashbrown::HashMap<Deed, u32, FixedState>,
    /// Questions about the whole input that have come up.
    pub(super) asked: hashbrown::HashSet<u64, FixedState>,
    /// What has been noted of accounts and categories.
    pub(super) noted: hashbrown::HashSet<u64, FixedState>,
    /// The seed differs from run to run: only equality hangs on it.
    hasher: foldhash::fast::RandomState,
}

impl Default for Tables {
    fn default() -> Self {
        Tables {
            actors: Default::default(),
            actor_rows: Default::default(),
            actions: Default::default(),
            target_lists: Default::default(),
            memos: Default::default(),
            source: u8::MAX,
            folds: Default::default(),
            tuples: Default::default(),
            novelties: Default::default(),
            present: Default::default(),
            deeds: Default::default(),
            asked: Default::default(),
            noted: Default::default(),
            hasher: Default::default(),
        }
    }
}

impl Tables {
    pub(super) fn clear(&mut self) {
        self.memos.clear();
        self.target_lists.clear();
        self.actors.clear();
        self.actor_rows.clear();
        self.actions.clear();
        self.folds.clear();
        self.tuples.clear();
        self.novelties.clear();
        self.present.clear();
        self.deeds.clear();
        self.asked.clear();
        self.noted.clear();
    }

    /// A number for what these fields of a record say as they stand there: another for other
    /// values, and for the same in another source.
    pub(super) fn mark(&self, record: &Record, fields: &[Norm]) -> Mark {
        let mut mark = Mark::of(self.source);
        for field in fields {
            mark = self.with(mark, record.norm(*field).unwrap_or_default());
        }
        mark
    }

    /// The same with one more value.
    pub(super) fn with(&self, mark: Mark, raw: &[u8]) -> Mark {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(raw);
        mark.with(hasher.finish())
    }
}

/// See [`Tables::mark`]. Each value is hashed by itself, so that none waits for the one before.
#[derive(Clone, Copy)]
pub(super) struct Mark(u64);

impl Mark {
    /// Of nothing but a source.
    pub(super) fn of(source: u8) -> Mark {
        Mark(source.into())
    }

    /// The same with one more number.
    pub(super) fn with(self, number: u64) -> Mark {
        const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
        Mark(self.0.wrapping_mul(ODD).wrapping_add(number))
    }

    /// The number.
    pub(super) fn number(self) -> u64 {
        self.0
    }
}

impl Work<'_> {
    /// The number of what a raw value comes to: worked out once a batch for the same value.
    pub(super) fn memo(
        &mut self,
        kind: Memo,
        raw: &[u8],
        make: impl FnOnce(&[u8]) -> Option<String>,
    ) -> StrId {
        // The same value may come to something else in another source.
        let mark = Mark::of(self.tables.source).with(kind as u64);
        let place = self.tables.with(mark, raw).number();
        if let Some(id) = self.tables.memos.get(&place) {
            return *id;
        }
        let id = put(&mut self.out.strings, make(raw).as_deref());
        self.tables.memos.insert(place, id);
        id
    }

    /// The number of a field's text.
    pub(super) fn text(&mut self, kind: Memo, record: &Record, norm: Norm) -> StrId {
        let Some(raw) = record.norm(norm) else {
            return NO_STR;
        };
        self.memo(kind, raw, |_| record.text(norm).map(Cow::into_owned))
    }
}
