//! Who did what from where, over the whole input.

use super::Store;
use crate::model::{Outcome, Time};
use crate::run::rows::{Deed, Done};
use crate::run::taking::Taking;

/// What came of the events that have one thing in common.
#[derive(Clone, Copy, Debug, Default)]
pub struct Total {
    /// Events.
    pub events: u64,
    /// Refused ones.
    pub denied: u64,
    /// Those that failed for another reason.
    pub failed: u64,
    /// Bytes that left, where the log tells.
    pub bytes: Option<u64>,
    /// The first and the last.
    pub span: Option<(Time, Time)>,
}

impl Total {
    /// Counts one event.
    fn add(&mut self, done: &Done) {
        self.join(&Total {
            events: 1,
            denied: u64::from(done.outcome == Outcome::Denied),
            failed: u64::from(done.outcome == Outcome::Failed),
            bytes: done.bytes,
            span: Some((done.time, done.time)),
        });
    }

    /// Adds another total.
    pub fn join(&mut self, other: &Total) {
        self.events += other.events;
        self.denied += other.denied;
        self.failed += other.failed;
        self.bytes = match (self.bytes, other.bytes) {
            (Some(a), Some(b)) => Some(a.saturating_add(b)),
            (a, b) => a.or(b),
        };
        self.span = match (self.span, other.span) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
    }
}

impl Store {
    /// Takes in what a batch counted, copies left out.
    pub(super) fn deeds_of(&mut self, of: &mut Taking, copies: &[u32]) {
        if of.batch.done.is_empty() {
            return;
        }
        let deeds: Vec<Deed> = of.batch.deeds.clone();
        let deeds: Vec<Deed> = deeds
            .into_iter()
            .map(|deed| Deed {
                actor: of.actor(self, deed.actor),
                ip: of.string(self, deed.ip),
                agent: of.string(self, deed.agent),
                action: of.string(self, deed.action),
                account: of.string(self, deed.account),
                region: of.string(self, deed.region),
            })
            .collect();
        for done in &of.batch.done {
            if copies.binary_search(&done.record).is_ok() {
                continue;
            }
            let deed = deeds[done.deed as usize];
            if self.deeds.len() >= self.caps.deeds && !self.deeds.contains_key(&deed) {
                self.cap(
                    "combinations of totals",
                    self.caps.deeds,
                    "later combinations of identity, address, client, action and place are not counted",
                );
                continue;
            }
            self.deeds.entry(deed).or_default().add(done);
        }
    }
}
