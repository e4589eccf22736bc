//! What is known only when everything has been read: facts and first times.

use super::Store;
use crate::model::Time;
use crate::run::intern::StrId;
use crate::run::rows::{Candidate, FactRow, Novelty, What};
use crate::run::taking::Taking;
use crate::run::worker::novelty::{ASLEEP, STRETCHES, written};

/// Since when somebody has used an address.
#[derive(Clone, Copy, Debug)]
pub struct Since {
    /// The first time.
    pub first: Time,
    /// Whether it was a workload.
    pub workload: bool,
}

impl Default for Since {
    fn default() -> Self {
        Since {
            first: Time(i64::MAX),
            workload: false,
        }
    }
}

impl Store {
    pub(super) fn facts_of(&mut self, of: &mut Taking, copies: &[u32]) {
        for fact in &of.batch.facts {
            if copies.binary_search(&fact.record).is_ok() {
                continue;
            }
            if self.facts.len() >= self.caps.facts {
                return self.cap(
                    "credential facts",
                    self.caps.facts,
                    "later credentials are not traced to their origin",
                );
            }
            let actor = of.string(self, fact.actor);
            let what = fact.what.renumber(|id| of.string(self, id));
            if let What::Bound { what, to } = what {
                self.bond(what, to);
                continue;
            }
            self.facts.push(FactRow {
                actor,
                what,
                ..*fact
            });
        }
    }

    /// Notes that two names belong together; of several the least, whatever came first.
    fn bond(&mut self, what: StrId, to: StrId) {
        if self.bonds.len() >= self.caps.facts && !self.bonds.contains_key(&what) {
            return self.cap(
                "names of workloads",
                self.caps.facts,
                "later ones are not known in another layer",
            );
        }
        let known = *self.bonds.entry(what).or_insert(to);
        if self.strings.get(to) < self.strings.get(known) {
            self.bonds.insert(what, to);
        }
    }

    /// What the caller's own name says about the names it has elsewhere.
    fn bonds_of(&mut self, of: &mut Taking, number: u32) {
        let actor = of.batch.actors[number as usize];
        for (what, to) in actor.unpack(&of.batch.strings).bonds() {
            let (what, to) = (
                self.strings.put(what.as_bytes()),
                self.strings.put(to.as_bytes()),
            );
            self.bond(what, to);
        }
    }

    pub(super) fn present_of(&mut self, of: &mut Taking) {
        for present in &of.batch.present {
            let holder = of.batch.holders[present.actor as usize];
            let place = (
                of.string(self, holder.root),
                of.string(self, present.credential),
                of.string(self, present.ip),
            );
            if self.present.len() >= self.caps.present && !self.present.contains(&place) {
                self.cap(
                    "users of addresses",
                    self.caps.present,
                    "later ones do not tell whether an address is shared",
                );
                continue;
            }
            let before = self.present.len();
            let since = self.present.entry(place);
            since.first = since.first.min(present.first);
            since.workload |= holder.workload;
            if self.present.len() > before {
                self.bonds_of(of, present.actor);
            }
        }
    }

    pub(super) fn novelties_of(&mut self, of: &mut Taking) {
        for (novelty, time, key) in &of.batch.novelties {
            let novelty = Novelty {
                actor: of.string(self, novelty.actor),
                value: of.string(self, novelty.value),
                ..*novelty
            };
            if self.novelties.len() >= self.caps.novelties && !self.novelties.contains_key(&novelty)
            {
                self.cap(
                    "first-seen values",
                    self.caps.novelties,
                    "later novelties are not noticed",
                );
                continue;
            }
            let known = self.novelties.entry(novelty).or_insert((*time, *key));
            *known = (*known).min((*time, *key));
        }
    }

    /// Whether an earlier record settles that nobody woke from a silence with this one.
    pub(super) fn was_awake(&self, of: &mut Taking, candidate: &Candidate) -> bool {
        let Some((actor, now)) = candidate.silence else {
            return false;
        };
        let row = &of.batch.rows[candidate.row as usize];
        let actor = of.batch.strings.get(actor);
        let Some(actor) = self.strings.find(actor) else {
            return false;
        };
        self.stretches(actor, now)
            .any(|(stretch, first)| stretch < now || first < (row.time, row.key))
    }

    /// The stretches of time up to this one in which an actor may not have been seen to be called
    /// silent, as far as it was, and when each time first.
    pub fn stretches(
        &self,
        actor: StrId,
        now: i64,
    ) -> impl Iterator<Item = (i64, (Time, u64))> + '_ {
        (now.saturating_sub(ASLEEP)..=now).filter_map(move |stretch| {
            let novelty = Novelty {
                actor,
                dimension: STRETCHES as u8,
                value: self.strings.find(&written(stretch))?,
            };
            Some((stretch, *self.novelties.get(&novelty)?))
        })
    }
}
