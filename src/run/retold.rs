//! Events of which a log tells, and a tool that watches the log tells again.
//!
//! What the run kept enters; leaves which of its records' own ids an alert names. Both are one
//! event, and so belong to one incident.

use std::collections::HashSet;

use super::rows::{Reference, Uid};
use super::store::Store;
use crate::normalize::SOURCES;
use crate::normalize::alert::EVENT;

/// The ids of events that alerts name.
#[derive(Default)]
pub struct Retold(HashSet<Uid>);

impl Retold {
    /// Looks through the targets of all alerts, and what those say that were folded.
    pub fn new(store: &Store) -> Retold {
        let Some(kind) = store.strings.find(EVENT.as_bytes()) else {
            return Retold::default();
        };
        let named = store.targets.iter().filter(|target| target.kind == kind);
        let named = named.map(|target| target.id);
        let folds = store.folds.iter().filter(|fold| !fold.issued().is_empty());
        let alerts = folds.filter(|fold| is_alert(store.rows.get(fold.first).source));
        let folded = alerts.flat_map(|fold| fold.issued().iter().copied());
        let uids = named.chain(folded);
        Retold(uids.map(|id| Uid::of(id, &store.strings)).collect())
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

/// Whether the records of a source are alerts about records of another one.
pub fn is_alert(source: u8) -> bool {
    SOURCES[usize::from(source)].retells.is_some()
}
