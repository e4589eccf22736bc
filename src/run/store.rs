//! What the whole input leaves behind, taken in batch by batch in order.
//!
//! Numbers, duplicates and caps are decided here and nowhere else, so the result does not hang
//! on which worker was faster.

mod caps;
mod deeds;
mod folds;
mod groups;
mod known;
mod owned;
mod steps;
mod texts;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

pub use self::caps::Caps;
pub use self::deeds::Total;
pub use self::folds::{Fold, PAUSE};
pub use self::groups::{Counted, Enough, Group, member};
pub use self::known::Since;
pub use self::texts::{Reader, Text, Texts};
use super::hours::Hours;
use super::intern::{Interner, StrId, roomy};
use super::keys::KeySet;
use super::listed::Listed;
use super::rows::{
    ActorRow, Asked, Base, BatchResult, Deed, FactRow, Novelty, Origin, Owned, Range, Row, RowId,
    Rows, Step, TargetRow,
};
use super::taking::Taking;
use super::worker::Shared;
use crate::load::FileRef;
use crate::model::coverage::{Capped, Ignored, Skipped};
use crate::model::{Severity, Time};
use crate::normalize::source::Part;

/// A table whose keys are numbers that the run gives out.
type Map<K, V> = hashbrown::HashMap<K, V, FixedState>;

/// Places that are looked at before they are needed: the tables are larger than the processor's
/// caches, and looks that do not wait for each other cost little more than one. What so many
/// looks bring in is still near when its turn comes.
const AT_ONCE: usize = 256;

/// A record whose rules wait for the whole input.
#[derive(Debug)]
pub struct Waiting {
    /// The record as it was logged.
    pub text: Text,
    /// Positions of the undecided rules among the program's.
    pub bound: Box<[u32]>,
    /// The action it is one of several records of.
    pub part: Option<Part>,
    /// What is known of it.
    pub row: Row,
}

/// Everything.
#[derive(Debug, Default)]
pub struct Store {
    caps: Caps,
    /// Nobody sees the evidence of findings below this.
    pub shown: Severity,
    keys: KeySet,
    /// Strings of everything below.
    pub strings: Interner,
    /// Actors.
    pub actors: Listed<ActorRow>,
    /// Rows that findings and correlations stand on.
    pub rows: Rows,
    /// Targets of rows that may become findings.
    pub targets: Vec<TargetRow>,
    /// The lists they stand in: most rows aim at what others have aimed at.
    target_lists: HashTable<Range>,
    /// Findings in the making; some are parts of others.
    pub folds: Vec<Fold>,
    /// Their places by key and hour.
    fold_places: HashTable<folds::Place>,
    /// How many are no parts of others.
    fold_count: usize,
    reference_count: usize,
    /// What few of the records pointed at share with the other side of their action, by key.
    pub sides: Map<u64, u64>,
    /// Correlations in the making, by correlation and group.
    pub groups: Listed<(u32, StrId), Group>,
    base_count: usize,
    /// When a group may be thinned, by correlation.
    pub enough: HashMap<u32, Enough>,
    /// Matches on steps of actions with their rows; the bases' are [`Store::step_bases`].
    pub steps: Vec<(Step, Row)>,
    /// What correlations count of them.
    pub step_bases: Vec<Base>,
    /// Undecided records.
    pub candidates: Vec<Waiting>,
    candidate_bytes: usize,
    /// Their texts.
    pub texts: Texts,
    /// What decides whether rules fired whose findings nobody will see.
    pub asked: BTreeSet<Asked>,
    /// Facts.
    pub facts: Vec<FactRow>,
    /// What acts under another name elsewhere, and under which.
    pub bonds: Map<StrId, StrId>,
    /// When what was first seen.
    pub novelties: Map<Novelty, (Time, u64)>,
    /// Since when an identity with a credential used an address, and whether it is a workload.
    pub present: Listed<(StrId, StrId, StrId), Since>,
    /// Who did what from where.
    pub deeds: Map<Deed, Total>,
    /// The first of the records that are wanted whole, in no order.
    pub owned: Vec<Owned>,
    /// How many were wanted.
    pub wanted: u64,
    /// Files by number.
    pub files: Vec<Arc<FileRef>>,
    positions: HashMap<u32, u64>,
    /// Records without copies, one a source.
    pub records: Vec<u64>,
    /// Exact copies.
    pub duplicates: u64,
    /// Records outside the window.
    pub outside: u64,
    /// First and last time, one a source.
    pub spans: Vec<Option<(Time, Time)>>,
    /// Rules that matched and whose findings nobody wants to see.
    pub quiet: BTreeSet<u32>,
    /// Accounts that logged, by source.
    pub accounts: BTreeSet<(u8, String)>,
    /// The hours in which something came, by source and account.
    pub hours: BTreeMap<(u8, String), Hours>,
    /// Event categories met, by source.
    pub categories: BTreeSet<(u8, String)>,
    skipped: BTreeMap<(String, String), Skipped>,
    ignored: BTreeMap<(String, String), u64>,
    capped: BTreeMap<&'static str, (u64, &'static str)>,
}

impl Store {
    /// An empty store for what workers with this in common will find.
    pub fn new(shared: &Shared, caps: Caps, enough: HashMap<u32, Enough>) -> Store {
        let sources = shared.programs.sources().len();
        Store {
            caps,
            shown: shared.shown,
            enough,
            records: vec![0; sources],
            spans: vec![None; sources],
            strings: Interner::roomy(),
            actors: Listed::roomy(),
            rows: Rows::roomy(),
            targets: roomy(),
            folds: roomy(),
            groups: Listed::roomy(),
            present: Listed::roomy(),
            ..Store::default()
        }
    }

    /// Takes in the next batch; they come in the order of their ordinals.
    pub fn absorb(&mut self, batch: &mut BatchResult) {
        let origins = batch.origins.iter();
        let starts: Vec<_> = origins.map(|origin| self.start_of(origin)).collect();
        self.reports(batch, &starts);
        let copies = self.copies(batch);
        self.count(batch, &copies);
        self.owned_of(batch, &starts, &copies);
        for (source, id) in &batch.accounts {
            self.accounts
                .insert((*source, batch.strings.text(*id).unwrap_or_default()));
        }
        for (source, account, hour) in &batch.hours {
            let account = batch.strings.text(*account).unwrap_or_default();
            self.hours.entry((*source, account)).or_default().see(*hour);
        }
        for (source, id) in &batch.categories {
            self.categories
                .insert((*source, batch.strings.text(*id).unwrap_or_default()));
        }
        let candidates = std::mem::take(&mut batch.candidates);
        let mut of = Taking::new(batch, starts);
        self.folds_of(&mut of, &copies);
        self.bases_of(&mut of, &copies);
        self.steps_of(&mut of, &copies);
        for candidate in candidates {
            if of.is_copy(candidate.row, &copies) || self.was_awake(&mut of, &candidate) {
                continue;
            }
            self.candidate_bytes += candidate.raw.len();
            if self.candidates.len() >= self.caps.candidates
                || self.candidate_bytes > self.caps.candidate_bytes
            {
                self.cap(
                    "undecided records",
                    self.caps.candidates,
                    "rules that need the whole input miss later records",
                );
                continue;
            }
            let row = of.whole(self, candidate.row);
            let row = self.rows.get(row);
            self.candidates.push(Waiting {
                text: self.texts.put(&candidate.raw),
                bound: candidate.bound,
                part: candidate.part,
                row,
            });
        }
        for asked in &of.batch.asked {
            let holder = of.string(self, asked.holder);
            self.asked.insert(Asked { holder, ..*asked });
        }
        self.facts_of(&mut of, &copies);
        self.novelties_of(&mut of);
        self.present_of(&mut of);
        self.deeds_of(&mut of, &copies);
        of.done(self);
    }

    /// The number of a chunk's file and the position of the first record in it.
    fn start_of(&mut self, origin: &Origin) -> (u32, u64) {
        let number = origin.file.number;
        let place = number as usize;
        if self.files.len() <= place {
            self.files.resize(place + 1, Arc::default());
        }
        self.files[place] = origin.file.clone();
        let next = self.positions.entry(number).or_default();
        let start = *next;
        *next += origin.positions;
        (number, start)
    }

    fn reports(&mut self, batch: &BatchResult, starts: &[(u32, u64)]) {
        let file = |chunk: u32| batch.origins[chunk as usize].file.name.to_string();
        for skip in &batch.skipped {
            let (file, start) = (file(skip.chunk), starts[skip.chunk as usize].1);
            let entry = self
                .skipped
                .entry((file.clone(), skip.reason.clone()))
                .or_insert_with(|| Skipped {
                    file: file.clone(),
                    reason: skip.reason.clone(),
                    record: skip.position.map(|position| start + position),
                    offset: skip.offset,
                    count: 0,
                });
            entry.count += skip.count;
        }
        for (chunk, reason) in &batch.ignored {
            *self
                .ignored
                .entry((file(*chunk), reason.clone()))
                .or_default() += 1;
        }
    }

    /// Records of the batch that were there before, ascending.
    fn copies(&mut self, batch: &BatchResult) -> Vec<u32> {
        let mut copies = Vec::new();
        for (number, (key, _)) in batch.keys.iter().enumerate() {
            if number % AT_ONCE == 0 {
                let next = batch.keys[number..].iter().take(AT_ONCE);
                self.keys.warm(next.map(|(key, _)| *key));
            }
            let copy = if self.keys.len() >= self.caps.keys {
                self.cap(
                    "duplicate ids",
                    self.caps.keys,
                    "copies of later records may count twice",
                );
                self.keys.contains(*key)
            } else {
                !self.keys.insert(*key)
            };
            if copy {
                copies.push(number as u32);
            }
        }
        copies
    }

    fn count(&mut self, batch: &BatchResult, copies: &[u32]) {
        self.duplicates += copies.len() as u64;
        for (_, source) in &batch.keys {
            if let Some(records) = self.records.get_mut(usize::from(*source)) {
                *records += 1;
            }
        }
        for copy in copies {
            self.records[batch.keys[*copy as usize].1 as usize] -= 1;
        }
        self.outside += batch
            .outside
            .iter()
            .filter(|record| copies.binary_search(record).is_err())
            .count() as u64;
        for (own, new) in self.spans.iter_mut().zip(&batch.spans) {
            *own = match (*own, *new) {
                (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
                (a, b) => a.or(b),
            };
        }
    }

    /// The list of the last targets, from this one on; where it was there before, that one.
    pub fn target_list(&mut self, start: usize) -> Range {
        let hasher = FixedState::default();
        let (before, list) = self.targets.split_at(start);
        let hash = hasher.hash_one(list);
        if let Some(known) = self
            .target_lists
            .find(hash, |known| known.of(before) == list)
        {
            self.targets.truncate(start);
            return *known;
        }
        let range = Range {
            start: start as u32,
            len: list.len() as u32,
        };
        let targets = &self.targets;
        let again = |known: &Range| hasher.hash_one(known.of(targets));
        self.target_lists.insert_unique(hash, range, again);
        range
    }

    /// Lets go of what only reading and deciding needed: all rows on which neither a fold stands
    /// nor any of these.
    pub fn close<'a>(&'a mut self, standing: impl Iterator<Item = &'a mut RowId>) {
        self.folds.retain(|fold| !fold.is_joined());
        self.keys = KeySet::default();
        self.actors.close();
        self.strings.settle();
        self.fold_places = HashTable::new();
        self.target_lists = HashTable::new();
        self.groups = Listed::default();
        self.novelties = Map::default();
        self.candidates = Vec::new();
        self.texts = Texts::default();
        self.steps = Vec::new();
        self.step_bases = Vec::new();
        self.facts = Vec::new();
        let firsts = self.folds.iter_mut().map(|fold| &mut fold.first);
        self.rows.keep_only(firsts.chain(standing));
    }

    /// Lets go of what only the grouping needed.
    pub fn grouped(&mut self) {
        self.present = Listed::default();
        self.bonds = Map::default();
    }

    /// Notes that a limit was reached.
    pub fn cap(&mut self, what: &'static str, limit: usize, effect: &'static str) {
        self.capped.insert(what, (limit as u64, effect));
    }

    /// What was skipped, ignored and capped, in order.
    pub fn accounts_of_loss(&self) -> (Vec<Skipped>, Vec<Ignored>, Vec<Capped>) {
        let skipped = self.skipped.values().cloned().collect();
        let ignored = self.ignored.iter().map(|((file, reason), count)| Ignored {
            file: file.clone(),
            reason: reason.clone(),
            count: *count,
        });
        let capped = self.capped.iter().map(|(what, (limit, effect))| Capped {
            what: (*what).to_owned(),
            limit: *limit,
            effect: (*effect).to_owned(),
        });
        (skipped, ignored.collect(), capped.collect())
    }
}
