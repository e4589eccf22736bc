//! Pointers to records, and which of them are kept.

use super::{Row, Uid};
use crate::model::{Severity, Time};

/// A pointer to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// Event time.
    pub time: Time,
    /// De-duplication key.
    pub key: u64,
    /// Position of its chunk among the batch's while in the worker, number of the file afterwards.
    pub file: u32,
    /// Position: in the chunk while in the worker, in the file afterwards.
    pub position: u32,
    /// The log's own id.
    pub uid: Uid,
}

impl Reference {
    /// See [`Row::order`].
    pub fn order(&self) -> (Time, u64, u32, u32) {
        (self.time, self.key, self.file, self.position)
    }
}

/// A pointer to a record and its [`Row::shared`]: few have one, so it is kept elsewhere.
pub type Sided = (Reference, u64);

/// Nobody will see the evidence.
pub const NO_REFERENCE: u32 = u32::MAX;

impl Row {
    /// The pointer to it.
    pub fn reference(&self) -> Reference {
        Reference {
            time: self.time,
            key: self.key,
            file: self.file,
            position: self.position,
            uid: self.uid,
        }
    }

    /// The same with what it shares.
    pub fn sided(&self) -> Sided {
        (self.reference(), self.shared)
    }
}

/// Evidence pointers kept of a finding: of what is none by itself, few.
pub fn most_references(level: Severity) -> usize {
    if level == Severity::Informational {
        3
    } else {
        100
    }
}

/// Keeps the first ones in the total order, each once, whatever order they come in. Says whether
/// there is one more than before.
pub fn keep(references: &mut Vec<Reference>, new: Reference, most: usize) -> bool {
    if references.len() >= most {
        // They are in order since the last one came.
        if references.last().is_some_and(|last| new < *last)
            && let Err(at) = references.binary_search(&new)
        {
            references.pop();
            references.insert(at, new);
        }
        return false;
    }
    if references.contains(&new) {
        return false;
    }
    if references.len() == references.capacity() {
        // Findings are many: room for twice as much would be a waste.
        references.reserve_exact((references.len() / 8 + 1).min(most));
    }
    references.push(new);
    if references.len() == most {
        references.sort_unstable();
    }
    true
}
