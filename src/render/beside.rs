//! What happened beside an incident: events in, one row for those alike out.
//!
//! A page shows that an identity read three hundred objects, not three hundred times that it read
//! one; machine output has them all.

use std::collections::HashMap;

use super::wire::{EventOut, TimelineEntry};

/// Events alike.
pub(super) struct Beside<'a> {
    /// The first of them.
    pub event: EventOut<'a>,
    /// How many.
    pub count: u64,
}

/// Folds events of one actor, action, outcome and address; rows come by their first event.
pub(super) fn fold(entries: &[TimelineEntry]) -> Vec<Beside<'_>> {
    let mut rows: Vec<Beside> = Vec::new();
    let mut known: HashMap<_, usize> = HashMap::new();
    for entry in entries {
        let event = &entry.event;
        let alike = (&event.actor, &event.action, event.outcome, &event.source_ip);
        let next = rows.len();
        let at = *known.entry(alike).or_insert(next);
        match rows.get_mut(at) {
            Some(row) => row.count += 1,
            None => rows.push(Beside {
                event: EventOut::new(entry),
                count: 1,
            }),
        }
    }
    rows
}
