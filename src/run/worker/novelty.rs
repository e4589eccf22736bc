//! What a record may be the first to show: its actor in a region, with an agent, from a network.

use hashbrown::hash_map::Entry;

use super::Work;
use super::tables::Memo;
use crate::decode::text;
use crate::enrich::agent;
use crate::enrich::derive::{DIMENSIONS, Firsts};
use crate::model::Time;
use crate::model::time::DAY;
use crate::normalize::{Norm, Record, address};
use crate::run::intern::NO_STR;
use crate::run::rows::Novelty;

impl Work<'_> {
    /// Notes what this record may be the first to show, and tells the respects in which no earlier
    /// or equal one of this batch showed it.
    pub(super) fn novelty(&mut self, record: &Record, time: Time, key: u64) -> Firsts {
        let mut firsts = Firsts::default();
        let actor = stable_actor(record.norm(Norm::ActorId).unwrap_or_default());
        if actor.is_empty() {
            return firsts;
        }
        let parts = [
            Norm::Region,
            Norm::Service,
            Norm::Address,
            Norm::Agent,
            Norm::Edge,
            Norm::Bucket,
            // With the address it never changes, but for copies that were corrected since.
            Norm::Country,
        ];
        let mark = self.tables.mark(record, &parts);
        let stretch = time.0.div_euclid(STRETCH);
        let mark = self.tables.with(mark, actor).with(stretch as u64);
        match self.tables.tuples.entry(mark.number()) {
            Entry::Occupied(known) if *known.get() < time => return firsts,
            Entry::Occupied(mut known) => {
                known.insert(time);
            }
            Entry::Vacant(free) => {
                free.insert(time);
            }
        }
        let strings = &mut self.out.strings;
        let actor = strings.put(actor);
        let mut values = [NO_STR; DIMENSIONS.len()];
        values[0] = actor;
        let mut put = |norm: Norm| match record.text(norm) {
            Some(text) => strings.put(text.as_bytes()),
            None => NO_STR,
        };
        values[1] = put(Norm::Region);
        values[2] = put(Norm::Service);
        if let Some(raw) = record.norm(Norm::Address) {
            values[3] = self.memo(Memo::Network, raw, |_| {
                record.text(Norm::Address).and_then(|raw| network(&raw))
            });
        }
        if let Some(raw) = record.norm(Norm::Agent) {
            values[4] = self.memo(Memo::Family, raw, |_| {
                Some(agent::family(&record.text(Norm::Agent)?).into_owned())
            });
        }
        let strings = &mut self.out.strings;
        if let Some(target) = record.norm(Norm::Edge) {
            values[5] = strings.put(&text::bytes(target));
        }
        if let Some(bucket) = record.text(Norm::Bucket) {
            values[6] = strings.put(bucket.as_bytes());
        }
        if let Some(country) = record.text(Norm::Country) {
            values[7] = strings.put(country.as_bytes());
        }
        values[STRETCHES] = strings.put(&written(stretch));
        for (dimension, value) in values
            .into_iter()
            .enumerate()
            .filter(|(_, value)| *value != NO_STR)
        {
            let novelty = Novelty {
                actor,
                dimension: dimension as u8,
                value,
            };
            match self.tables.novelties.entry(novelty) {
                Entry::Occupied(mut known) if *known.get() > (time, key) => {
                    known.insert((time, key));
                }
                Entry::Occupied(_) => continue,
                Entry::Vacant(free) => {
                    free.insert((time, key));
                }
            }
            firsts.add(dimension);
        }
        firsts
    }
}

/// The stretches of time in which it is noted whether an actor did anything at all.
pub const STRETCH: i64 = 5 * DAY;
/// The number of a stretch as text is kept, which is what all other values are.
pub fn written(stretch: i64) -> [u8; 10] {
    std::array::from_fn(|at| (stretch >> (7 * at)) as u8 & 0x7f)
}

/// Their place among the dimensions.
pub const STRETCHES: usize = 8;
/// An identity that did nothing for this many stretches had fallen asleep: 30 days.
pub const ASLEEP: i64 = 6;

/// An identity without the name of its session, which changes every time.
pub fn stable_actor(raw: &[u8]) -> &[u8] {
    let inner = raw.strip_prefix(b"\"").unwrap_or(raw);
    let inner = inner.strip_suffix(b"\"").unwrap_or(inner);
    match memchr::memchr(b':', inner) {
        Some(at) if inner.starts_with(b"AROA") => &inner[..at],
        _ => inner,
    }
}

/// The network an address lies in: /16 or, for IPv6, /32.
pub fn network(raw: &str) -> Option<String> {
    address::network(address::classify(raw))
}
