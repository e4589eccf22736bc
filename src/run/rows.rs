//! What of a record outlives its batch.
//!
//! Compact rows with numbers for strings: a worker makes them with its own numbers, the absorber
//! turns those into the run's numbers.

mod actor;
mod batch;
mod deed;
mod fact;
mod kept;
mod owned;
mod presence;
mod reference;
mod uid;

use std::hash::{Hash, Hasher};

pub use self::actor::ActorRow;
pub use self::batch::{
    Asked, Base, BatchFold, BatchResult, Candidate, Member, Origin, SkippedAt, Step, UNCOUNTED,
};
pub use self::deed::{Deed, Done};
pub use self::fact::{FactRow, Novelty, What};
pub use self::kept::{RowId, Rows};
pub use self::owned::Owned;
pub use self::presence::{Holder, Present};
pub use self::reference::{NO_REFERENCE, Reference, Sided, keep, most_references};
pub use self::uid::Uid;
use super::intern::{Interner, NO_STR, StrId};
use crate::incident::Thing;
use crate::model::{Outcome, Severity, Target, Time};

/// A stretch of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// Its first row.
    pub start: u32,
    /// How many.
    pub len: u32,
}

impl Range {
    /// The rows it stands for.
    pub fn of<T>(self, table: &[T]) -> &[T] {
        let start = self.start as usize;
        table
            .get(start..start + self.len as usize)
            .unwrap_or_default()
    }
}

/// A target with numbers for its texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TargetRow {
    /// Kind of thing.
    pub kind: StrId,
    /// Its id.
    pub id: StrId,
    /// Its name.
    pub name: StrId,
    /// Its account.
    pub account: StrId,
}

impl TargetRow {
    /// Packs a target.
    pub fn pack(target: &Target, strings: &mut Interner) -> TargetRow {
        TargetRow {
            kind: strings.put(target.kind.as_bytes()),
            id: strings.put(target.id.as_bytes()),
            name: strings.put(target.name.as_bytes()),
            account: put(strings, target.account.as_deref()),
        }
    }

    /// The same with the numbers its strings have elsewhere.
    pub fn renumber(self, mut number: impl FnMut(StrId) -> StrId) -> TargetRow {
        TargetRow {
            kind: number(self.kind),
            id: number(self.id),
            name: number(self.name),
            account: number(self.account),
        }
    }

    /// The target, borrowed.
    pub fn thing(self, strings: &Interner) -> Thing<'_> {
        Thing {
            kind: strings.lossy(self.kind).unwrap_or_default(),
            id: strings.lossy(self.id).unwrap_or_default(),
            name: strings.lossy(self.name).unwrap_or_default(),
            account: strings.lossy(self.account),
        }
    }

    /// The target.
    pub fn unpack(self, strings: &Interner) -> Target {
        Target {
            kind: strings.text(self.kind).unwrap_or_default(),
            id: strings.text(self.id).unwrap_or_default(),
            name: strings.text(self.name).unwrap_or_default(),
            account: strings.text(self.account),
        }
    }
}

/// A record that some rule spoke about.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Event time.
    pub time: Time,
    /// De-duplication key.
    pub key: u64,
    /// The log's own id.
    pub uid: Uid,
    /// Position of its chunk among the batch's while in the worker, number of the file afterwards.
    pub file: u32,
    /// Position: in the chunk while in the worker, in the file afterwards.
    pub position: u32,
    /// Position among the batch's records.
    pub record: u32,
    /// Position of its source in the registry.
    pub source: u8,
    /// Place of the provider among the words for it.
    pub provider: u8,
    /// How it ended.
    pub outcome: Outcome,
    /// Number of the actor.
    pub actor: u32,
    /// Source address, where it is one.
    pub ip: StrId,
    /// User agent.
    pub agent: StrId,
    /// Canonical action.
    pub action: StrId,
    /// Account.
    pub account: StrId,
    /// Region.
    pub region: StrId,
    /// The target list.
    pub targets: Range,
    /// The credential the call issued; of an alert, the id of the record it tells of.
    pub issued: StrId,
    /// The number it shares with the other side of its action, where it is the first; else 0.
    pub shared: u64,
}

impl Row {
    /// The total order of the product within one layer.
    pub fn order(&self) -> (Time, u64, u32, u32) {
        (self.time, self.key, self.file, self.position)
    }
}

/// What makes matches one finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FoldKey {
    /// The rule.
    pub rule: u32,
    /// Its level.
    pub level: Severity,
    /// The actor with its session.
    pub actor: u32,
    /// From where.
    pub ip: StrId,
    /// What.
    pub action: StrId,
    /// How it ended.
    pub outcome: Outcome,
    /// On what, for rules of medium and more.
    pub target: StrId,
    /// The credential it opened a session with, where the actor came without one of his own.
    pub opened: StrId,
    /// In which hour.
    pub hour: i64,
}

/// In few pieces: a key is hashed for every match.
impl Hash for FoldKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let pair = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
        state.write_u64(pair(self.rule, self.actor));
        state.write_u64(pair(self.ip, self.action));
        state.write_u64(pair(self.target, self.opened));
        let ended = (self.level as u64) << 8 | self.outcome as u64;
        state.write_u64((self.hour as u64) << 16 | ended);
    }
}

/// Turns an optional text into its number.
pub fn put(strings: &mut Interner, text: Option<&str>) -> StrId {
    text.map_or(NO_STR, |text| strings.put(text.as_bytes()))
}
