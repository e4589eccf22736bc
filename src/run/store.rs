//! What the whole input leaves behind, taken in chunk by chunk in order.
//!
//! Numbers, duplicates and caps are decided here and nowhere else, so the result does not hang
//! on which worker was faster.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};
use std::hash::BuildHasher;
use std::num::NonZeroU32;
use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use super::intern::{Interner, NO_STR, StrId};
use super::keys::KeySet;
use super::rows::{
    ActorRow, Base, Candidate, ChunkResult, FactRow, FoldKey, Novelty, Range, Reference, Row,
    TargetRow, keep, most_references,
};
use super::taking::Taking;
use crate::load::FileRef;
use crate::model::coverage::{Capped, Ignored, Skipped};
use crate::model::time::HOUR;
use crate::model::{Severity, Time};

/// A table whose keys are numbers that the run gives out.
type Map<K, V> = hashbrown::HashMap<K, V, FixedState>;

/// Limits of the tables; every bite is a line of the coverage.
#[derive(Clone, Copy, Debug)]
pub struct Caps {
    /// De-duplication keys.
    pub keys: usize,
    /// Distinct folded findings.
    pub folds: usize,
    /// Groups of correlations.
    pub groups: usize,
    /// Rows of correlations in all.
    pub bases: usize,
    /// Undecided records.
    pub candidates: usize,
    /// Their bytes.
    pub candidate_bytes: usize,
    /// Facts.
    pub facts: usize,
    /// Things first seen.
    pub novelties: usize,
    /// Evidence pointers in all.
    pub references: usize,
}

impl Default for Caps {
    fn default() -> Self {
        Caps {
            keys: 12_000_000,
            folds: 100_000,
            groups: 200_000,
            bases: 500_000,
            candidates: 30_000,
            candidate_bytes: 24 << 20,
            facts: 500_000,
            novelties: 500_000,
            references: 250_000,
        }
    }
}

/// Matches of one key within one hour. There may be very many: the key is put together from
/// its parts, most of which the first row holds anyway.
#[derive(Clone, Debug)]
pub struct Fold {
    /// The rule.
    pub rule: u32,
    /// Number of the first target, for rules of medium and more.
    target: StrId,
    /// The rule's level.
    pub level: Severity,
    /// The first of them.
    pub first: Row,
    /// Time of the last.
    pub last: Time,
    /// How many.
    pub count: u64,
    /// What most folds have none of.
    more: Option<Box<More>>,
}

#[derive(Clone, Debug, Default)]
struct More {
    references: Vec<Reference>,
    issued: Vec<StrId>,
    repeated: u64,
}

impl Fold {
    /// What its matches share.
    pub fn key(&self) -> FoldKey {
        FoldKey {
            rule: self.rule,
            level: self.level,
            actor: self.first.actor,
            ip: self.first.ip,
            action: self.first.action,
            outcome: self.first.outcome,
            target: self.target,
            hour: self.first.time.hour(),
        }
    }

    /// Pointers to the first of them, where they will be seen.
    pub fn references(&self) -> &[Reference] {
        self.more.as_ref().map_or(&[], |more| &more.references)
    }

    /// Credentials that were issued.
    pub fn issued(&self) -> &[StrId] {
        self.more.as_ref().map_or(&[], |more| &more.issued)
    }

    /// Further records of the same actions.
    pub fn repeated(&self) -> u64 {
        self.more.as_ref().map_or(0, |more| more.repeated)
    }

    /// Takes in what followed it.
    pub fn join(&mut self, next: &Fold) {
        self.last = self.last.max(next.last);
        self.count += next.count;
        if let Some(next) = &next.more {
            let more = self.more.get_or_insert_default();
            more.references.extend(&next.references);
            more.issued.extend(&next.issued);
            more.repeated += next.repeated;
        }
    }
}

/// A row of a correlation.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    /// Position among the members.
    pub member: u32,
    /// The value.
    pub value: StrId,
    /// The record.
    pub row: Row,
    /// The firing it stands for, by number, where it is one of a correlation.
    pub firing: Option<NonZeroU32>,
}

/// The rows of one group of one correlation.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// Those kept.
    pub rows: Vec<Counted>,
    /// Those left out: more than enough of them were there.
    pub dropped: u64,
    thin_at: usize,
    /// By timespan: the earliest rows so far, which keep their targets.
    shown: BTreeMap<i64, BinaryHeap<(Time, u64, u32, u32)>>,
}

/// How many rows decide a correlation: what is more within one timespan only adds to the count.
#[derive(Clone, Copy, Debug)]
pub struct Enough {
    /// Its timespan.
    pub timespan: i64,
    /// Rows kept at either end of a timespan.
    pub rows: usize,
    /// Whether distinct values count.
    pub distinct: bool,
}

/// Groups smaller than this are left alone.
const THIN_FROM: usize = 4_096;
/// Rows of a group and timespan that keep their targets.
const SHOWN_TARGETS: usize = 20;
/// What stands for a timespan where a correlation has none.
const NO_SPAN: i64 = i64::MAX;

impl Group {
    /// Whether a row is among the first of its timespan so far. Those that are in the end were
    /// at any time before, so that their targets do not hang on the order of arrival.
    fn shows(&mut self, row: &Row, timespan: i64) -> bool {
        let first = self
            .shown
            .entry(row.time.0.div_euclid(timespan))
            .or_default();
        if first.len() >= SHOWN_TARGETS {
            match first.peek() {
                Some(last) if row.order() > *last => return false,
                _ => first.pop(),
            };
        }
        first.push(row.order());
        true
    }

    /// Makes the rows the same for every order in which they came: what too early a look had
    /// kept goes.
    fn settle(&mut self, enough: Option<Enough>) {
        if let Some(enough) = enough.filter(|_| self.dropped > 0) {
            self.thin(enough);
        }
        let timespan = enough.map_or(NO_SPAN, |enough| enough.timespan.max(1));
        self.rows.sort_by_key(|counted| counted.row.order());
        let mut place = (i64::MIN, 0);
        for counted in &mut self.rows {
            let bucket = counted.row.time.0.div_euclid(timespan);
            place = if place.0 == bucket {
                (bucket, place.1 + 1)
            } else {
                (bucket, 1)
            };
            if place.1 > SHOWN_TARGETS {
                counted.row.targets = Range::default();
            }
        }
        self.shown = BTreeMap::new();
    }

    /// Drops what cannot change whether the correlation fires; returns how many rows went.
    fn thin(&mut self, enough: Enough) -> usize {
        let before = self.rows.len();
        self.rows
            .sort_unstable_by_key(|counted| counted.row.order());
        let bucket = |counted: &Counted| {
            (
                counted.row.time.0.div_euclid(enough.timespan.max(1)),
                counted.member,
            )
        };
        let mut sizes: HashMap<(i64, u32), (usize, usize)> = HashMap::new();
        for counted in &self.rows {
            sizes.entry(bucket(counted)).or_default().0 += 1;
        }
        let mut values = std::collections::HashSet::new();
        self.rows.retain(|counted| {
            let place = bucket(counted);
            let Some((size, at)) = sizes.get_mut(&place) else {
                return true;
            };
            *at += 1;
            let new_value = enough.distinct && values.insert((place, counted.value));
            *at <= enough.rows || *at + enough.rows > *size || new_value
        });
        let gone = before - self.rows.len();
        self.dropped += gone as u64;
        self.thin_at = 2 * self.rows.len();
        gone
    }
}

/// Everything.
#[derive(Debug, Default)]
pub struct Store {
    caps: Caps,
    keys: KeySet,
    /// Strings of everything below.
    pub strings: Interner,
    /// Actors.
    pub actors: Vec<ActorRow>,
    actor_numbers: Map<ActorRow, u32>,
    /// Targets of rows that may become findings.
    pub targets: Vec<TargetRow>,
    /// Findings in the making, one a key and hour.
    pub folds: Vec<Fold>,
    /// Their places by key.
    fold_numbers: HashTable<u32>,
    reference_count: usize,
    /// Correlations in the making, by correlation and group.
    pub groups: Map<(u32, StrId), Group>,
    base_count: usize,
    /// When a group may be thinned, by correlation.
    pub enough: HashMap<u32, Enough>,
    /// Undecided records with their rows.
    pub candidates: Vec<(Candidate, Row)>,
    candidate_bytes: usize,
    /// First sides of actions, by rule and the number their sides share: the record's key.
    pub shared: HashMap<(u32, u64), u64>,
    /// Facts.
    pub facts: Vec<FactRow>,
    /// When what was first seen.
    pub novelties: Map<Novelty, (Time, u64)>,
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
    /// Event categories met, by source.
    pub categories: BTreeSet<(u8, String)>,
    skipped: BTreeMap<(String, String), Skipped>,
    ignored: BTreeMap<(String, String), u64>,
    capped: BTreeMap<&'static str, (u64, &'static str)>,
}

/// Issued credentials kept of a fold.
const MOST_ISSUED: usize = 100;

impl Store {
    /// An empty store for this many sources.
    pub fn new(sources: usize, caps: Caps, enough: HashMap<u32, Enough>) -> Store {
        Store {
            caps,
            enough,
            records: vec![0; sources],
            spans: vec![None; sources],
            ..Store::default()
        }
    }

    /// Takes in the next chunk; chunks come in the order of their ordinals.
    pub fn absorb(&mut self, chunk: &mut ChunkResult) {
        let base = self.start_of(&chunk.file);
        *self.positions.entry(chunk.file.number).or_default() += chunk.positions;
        self.reports(chunk, base);
        let copies = self.copies(chunk);
        self.count(chunk, &copies);
        for (source, id) in &chunk.accounts {
            self.accounts
                .insert((*source, chunk.strings.text(*id).unwrap_or_default()));
        }
        for (source, id) in &chunk.categories {
            self.categories
                .insert((*source, chunk.strings.text(*id).unwrap_or_default()));
        }
        let candidates = std::mem::take(&mut chunk.candidates);
        self.shared_of(chunk, &copies);
        let mut of = Taking::new(chunk, base);
        self.folds_of(&mut of, &copies);
        self.bases_of(&mut of, &copies);
        for candidate in candidates {
            if of.is_copy(candidate.row, &copies) {
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
            let row = of.whole_row(self, candidate.row);
            self.candidates.push((candidate, row));
        }
        self.facts_of(&mut of, &copies);
        self.novelties_of(&mut of);
    }

    fn folds_of(&mut self, of: &mut Taking, copies: &[u32]) {
        const UNASKED: u32 = u32::MAX;
        const REFUSED: u32 = u32::MAX - 1;
        // Where each fold of the chunk stands here.
        let mut places = vec![UNASKED; of.chunk.folds.len()];
        for member in &of.chunk.members {
            // What a copy would add has been there since its original came, first and last time
            // included.
            if !copies.is_empty() && copies.binary_search(&member.record).is_ok() {
                continue;
            }
            let place = &mut places[member.fold as usize];
            if *place == UNASKED {
                let found = &of.chunk.folds[member.fold as usize];
                let key = FoldKey {
                    actor: of.actor(self, found.key.actor),
                    ip: of.string(self, found.key.ip),
                    action: of.string(self, found.key.action),
                    target: of.string(self, found.key.target),
                    ..found.key
                };
                let row = of.place(&of.chunk.rows[found.row as usize]);
                let mut whole = |store: &mut Store| of.whole_row(store, found.row);
                let opened = self.open(key, row, found.last, &mut whole);
                *place = opened.unwrap_or(REFUSED);
            }
            if *place == REFUSED {
                continue;
            }
            let issued = of.string(self, member.issued);
            let reference = of.chunk.references.get(member.reference as usize);
            let reference = reference.map(|reference| of.reference(self, reference));
            self.add(*place, issued, reference);
        }
    }

    fn bases_of(&mut self, of: &mut Taking, copies: &[u32]) {
        for found in &of.chunk.bases {
            if of.is_copy(found.row, copies) {
                continue;
            }
            let found = Base {
                group: of.string(self, found.group),
                value: of.string(self, found.value),
                ..*found
            };
            let row = of.row(self, found.row);
            // The first few show what a finding is about; more would fill the memory.
            let timespan = self.timespan(found.correlation);
            let group = self.groups.get_mut(&(found.correlation, found.group));
            let row = match group.is_none_or(|group| group.shows(&row, timespan)) {
                true => of.whole_row(self, found.row),
                false => Row {
                    targets: Range::default(),
                    ..row
                },
            };
            self.base(&found, row);
        }
    }

    fn shared_of(&mut self, chunk: &ChunkResult, copies: &[u32]) {
        for (record, rule, shared) in &chunk.shared {
            if copies.binary_search(record).is_ok() {
                continue;
            }
            if self.shared.len() >= self.caps.facts {
                self.cap(
                    "shared events",
                    self.caps.facts,
                    "calls from account to account may count twice",
                );
                break;
            }
            let key = chunk.keys[*record as usize].0;
            self.shared.insert((*rule, *shared), key);
        }
    }

    fn facts_of(&mut self, of: &mut Taking, copies: &[u32]) {
        for fact in &of.chunk.facts {
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
            self.facts.push(FactRow {
                actor,
                what,
                ..*fact
            });
        }
    }

    fn novelties_of(&mut self, of: &mut Taking) {
        for (novelty, time, key) in &of.chunk.novelties {
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

    fn start_of(&mut self, file: &Arc<FileRef>) -> u64 {
        let number = file.number as usize;
        if self.files.len() <= number {
            self.files.resize(number + 1, Arc::default());
        }
        self.files[number] = file.clone();
        self.positions
            .get(&file.number)
            .copied()
            .unwrap_or_default()
    }

    fn reports(&mut self, chunk: &ChunkResult, base: u64) {
        let file = chunk.file.name.to_string();
        for skip in &chunk.skipped {
            let entry = self
                .skipped
                .entry((file.clone(), skip.reason.clone()))
                .or_insert_with(|| Skipped {
                    file: file.clone(),
                    reason: skip.reason.clone(),
                    record: skip.position.map(|position| base + position),
                    offset: skip.offset,
                    count: 0,
                });
            entry.count += skip.count;
        }
        for reason in &chunk.ignored {
            *self
                .ignored
                .entry((file.clone(), reason.clone()))
                .or_default() += 1;
        }
    }

    /// Records of the chunk that were there before, ascending.
    fn copies(&mut self, chunk: &ChunkResult) -> Vec<u32> {
        let mut copies = Vec::new();
        self.keys.warm(chunk.keys.iter().map(|(key, _)| *key));
        for (number, (key, _)) in chunk.keys.iter().enumerate() {
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

    fn count(&mut self, chunk: &ChunkResult, copies: &[u32]) {
        self.duplicates += copies.len() as u64;
        for (_, source) in &chunk.keys {
            self.records[*source as usize] += 1;
        }
        for copy in copies {
            self.records[chunk.keys[*copy as usize].1 as usize] -= 1;
        }
        self.outside += chunk
            .outside
            .iter()
            .filter(|record| copies.binary_search(record).is_err())
            .count() as u64;
        for (own, new) in self.spans.iter_mut().zip(&chunk.spans) {
            *own = match (*own, *new) {
                (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
                (a, b) => a.or(b),
            };
        }
    }

    /// The number of an actor, a new one where it is new.
    pub(super) fn actor(&mut self, actor: ActorRow) -> u32 {
        let next = self.actors.len() as u32;
        let number = *self.actor_numbers.entry(actor).or_insert(next);
        if number == next {
            self.actors.push(actor);
        }
        number
    }

    /// The place of a fold, opened where it is new. `whole` fetches the row with everything that
    /// belongs to it, where it is the first of the fold so far.
    pub fn open(
        &mut self,
        key: FoldKey,
        row: Row,
        last: Time,
        whole: &mut dyn FnMut(&mut Store) -> Row,
    ) -> Option<u32> {
        if let Some(at) = self.place_of(&key) {
            let fold = &mut self.folds[at as usize];
            fold.last = fold.last.max(last);
            if row.order() < fold.first.order() {
                let first = whole(self);
                self.folds[at as usize].first = first;
            }
            return Some(at);
        }
        if self.folds.len() >= self.caps.folds {
            self.cap(
                "findings",
                self.caps.folds,
                "later findings of new kinds are not reported",
            );
            return None;
        }
        let at = self.folds.len() as u32;
        let first = whole(self);
        self.folds.push(Fold {
            rule: key.rule,
            target: key.target,
            level: key.level,
            first,
            last,
            count: 0,
            more: None,
        });
        let (hasher, folds) = (FixedState::default(), &self.folds);
        let again = |at: &u32| hasher.hash_one(folds[*at as usize].key());
        self.fold_numbers
            .insert_unique(hasher.hash_one(key), at, again);
        Some(at)
    }

    /// Adds a match to its fold.
    pub fn add(&mut self, at: u32, issued: StrId, reference: Option<Reference>) {
        let fold = &mut self.folds[at as usize];
        fold.count += 1;
        if issued != NO_STR {
            let issues = &mut fold.more.get_or_insert_default().issued;
            if issues.len() < MOST_ISSUED && !issues.contains(&issued) {
                issues.push(issued);
            }
        }
        let Some(reference) = reference else { return };
        let references = &mut fold.more.get_or_insert_default().references;
        if self.reference_count < self.caps.references || references.len() < 3 {
            let most = most_references(fold.level);
            self.reference_count += usize::from(keep(references, reference, most));
        } else {
            self.cap(
                "evidence pointers",
                self.caps.references,
                "findings show fewer of their records",
            );
        }
    }

    /// Adds a further record of an action that a fold counts already.
    pub fn repeat(&mut self, key: &FoldKey, row: &Row) {
        let Some(at) = self.place_of(key) else { return };
        self.add(at, row.issued, Some(row.reference()));
        let fold = &mut self.folds[at as usize];
        fold.count -= 1;
        fold.more.get_or_insert_default().repeated += 1;
    }

    fn place_of(&self, key: &FoldKey) -> Option<u32> {
        let hash = FixedState::default().hash_one(key);
        let same = |at: &u32| self.folds[*at as usize].key() == *key;
        self.fold_numbers.find(hash, same).copied()
    }

    /// Adds a row to its group.
    pub fn base(&mut self, found: &Base, row: Row) {
        let place = (found.correlation, found.group);
        if !self.groups.contains_key(&place) && self.groups.len() >= self.caps.groups {
            return self.cap(
                "groups of correlations",
                self.caps.groups,
                "later groups are not counted",
            );
        }
        if self.base_count >= self.caps.bases && self.groups.contains_key(&place) {
            self.cap(
                "rows of correlations",
                self.caps.bases,
                "busy groups show fewer of their records",
            );
            self.groups.entry(place).or_default().dropped += 1;
            return;
        }
        let group = self.groups.entry(place).or_default();
        if group.rows.len() == group.rows.capacity() {
            // Groups are many: room for twice as much would be a waste.
            group.rows.reserve_exact(group.rows.len() / 8 + 2);
        }
        group.rows.push(Counted {
            member: found.member,
            value: found.value,
            row,
            firing: None,
        });
        self.base_count += 1;
        if group.rows.len() >= group.thin_at.max(THIN_FROM)
            && let Some(enough) = self.enough.get(&found.correlation)
        {
            self.base_count -= group.thin(*enough);
        }
    }

    fn timespan(&self, correlation: u32) -> i64 {
        let enough = self.enough.get(&correlation);
        enough.map_or(NO_SPAN, |enough| enough.timespan.max(1))
    }

    /// Ends the counting: nothing hangs on the order of arrival any more.
    pub fn settle_groups(&mut self) {
        for ((correlation, _), group) in &mut self.groups {
            group.settle(self.enough.get(correlation).copied());
        }
    }

    /// Lets go of what only reading and deciding needed.
    pub fn close(&mut self) {
        self.keys = KeySet::default();
        self.actor_numbers = Map::default();
        self.fold_numbers = HashTable::new();
        self.groups = Map::default();
        self.novelties = Map::default();
        self.candidates = Vec::new();
        self.facts = Vec::new();
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

/// One hour more than a fold may pause.
pub const PAUSE: i64 = HOUR;
