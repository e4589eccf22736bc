//! Events of which a log tells, and a tool that watches the log tells again.
//!
//! What the run kept enters; leaves which of its records' own ids an alert names. Both are one
//! event, and so belong to one incident.

use std::collections::HashSet;

use super::rows::{Reference, Uid};
use super::store::Store;
use crate::normalize::alert::EVENT;

/// The ids of events that alerts name.
#[derive(Default)]
pub struct Retold(HashSet<Uid>);

impl Retold {
    /// Looks through the targets of all alerts.
    pub fn new(store: &Store) -> Retold {
        let Some(kind) = store.strings.find(EVENT.as_bytes()) else {
            return Retold::default();
        };
        let named = store.targets.iter().filter(|target| target.kind == kind);
        let uids = named.map(|target| Uid::of(target.id, &store.strings));
        Retold(uids.collect())
    }

    /// The ids among these records' that an alert names.
    pub fn among(&self, records: impl Iterator<Item = Reference>, store: &Store) -> Vec<String> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let named = records.filter(|record| self.0.contains(&record.uid));
        named
            .map(|record| record.uid.unpack(&store.strings))
            .collect()
    }
}
