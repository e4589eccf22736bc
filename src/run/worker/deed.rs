//! Counts who did what from where: only for totals, so it may cost something.

use super::Work;
use crate::model::Time;
use crate::normalize::{Norm, Record};
use crate::run::rows::{Deed, Done, put};

impl Work<'_> {
    /// Notes the record under what it has in common with others.
    pub(super) fn deed(&mut self, record: &Record, number: u32, time: Time) {
        let raw = record.norm(Norm::Address).unwrap_or_default();
        let ip = self.ip(raw);
        let (actor, action) = (self.actor(record), self.action(record));
        let strings = &mut self.out.strings;
        let mut part = |norm| put(strings, record.text(norm).as_deref());
        let deed = Deed {
            actor,
            ip,
            agent: part(Norm::Agent),
            action,
            account: part(Norm::Account),
            region: part(Norm::Region),
        };
        let next = self.out.deeds.len() as u32;
        let at = *self.tables.deeds.entry(deed).or_insert(next);
        if at == next {
            self.out.deeds.push(deed);
        }
        let bytes = record.text(Norm::BytesOut);
        self.out.done.push(Done {
            record: number,
            deed: at,
            time,
            outcome: (record.layout.source.outcome)(record),
            bytes: bytes
                .and_then(|bytes| bytes.parse::<f64>().ok())
                .map(|bytes| bytes as u64),
        });
    }
}
