//! Phase 1: one chunk in, what outlives it out.
//!
//! A worker owns its buffers and memories; its result is a function of the chunk, the rules and
//! the flags alone.

use std::sync::Mutex;

use foldhash::fast::FixedState;
use hashbrown::hash_map::Entry;

use super::intern::{Interner, NO_STR, StrId};
use super::rows::{
    ActorRow, Base, Candidate, ChunkFold, ChunkResult, DIMENSIONS, FactRow, FoldKey, Member,
    NO_REFERENCE, Novelty, Range, Reference, Row, SkippedAt, TargetRow, Uid, What, put,
};
use crate::decode::text;
use crate::decode::{item::Item, records::Decoder};
use crate::detect::compile::{Feed, Program};
use crate::detect::matcher::{Matcher, Scene};
use crate::enrich::agent;
use crate::enrich::derive::Context;
use crate::load::{Chunk, Options, Problem, Unpacker};
use crate::model::{Outcome, Severity, Time};
use crate::normalize::catalogue::Known;
use crate::normalize::source::Part;
use crate::normalize::{Norm, Record, address, event};

/// What all workers share.
pub struct Shared<'p> {
    /// One a registered source.
    pub programs: &'p [Program],
    /// What the user told.
    pub context: &'p Context,
    /// How to tell the sources apart.
    pub catalogue: Known<'p>,
    /// First and last time that is evaluated.
    pub window: Option<(Time, Time)>,
    /// How to read.
    pub load: Options,
    /// Findings below this are not shown: their evidence need not be kept.
    pub shown: Severity,
    /// Results that have been taken in: their room is used again.
    pub spare: Mutex<Vec<ChunkResult>>,
}

/// One worker.
pub struct Worker<'p> {
    shared: &'p Shared<'p>,
    unpacker: Unpacker,
    decoder: Decoder,
    sources: Vec<PerSource>,
    tables: Tables,
}

/// What a worker keeps for one source.
struct PerSource {
    matcher: Matcher,
    /// Which values of the dispatch field are calls that facts come from.
    fact_verbs: hashbrown::HashMap<Box<[u8]>, bool, FixedState>,
}

/// Values that are worked out once a chunk.
#[derive(Clone, Copy)]
enum Memo {
    Ip,
    Action,
    Network,
    Agent,
}

/// The record at hand and what has been worked out about it.
struct Subject<'r, 'a> {
    record: &'r Record<'a>,
    time: Time,
    key: u64,
    number: u32,
    source: u8,
    position: u64,
    light: Option<Light>,
    row: Option<u32>,
    uid: Option<Uid>,
    reference: Option<u32>,
    /// Id of the first target.
    target: Option<StrId>,
}

/// What a fold is keyed by.
#[derive(Clone, Copy)]
struct Light {
    actor: u32,
    ip: StrId,
    action: StrId,
    outcome: Outcome,
}

/// Targets kept of one record.
const MAX_TARGETS: usize = 20;

/// What a worker keeps while it works on one chunk; only the room outlives it.
struct Tables {
    /// The raw fields an actor is made of, by the number of the actor.
    actors: Interner,
    /// Raw values and what they come to.
    memos: [(Interner, Vec<StrId>); 4],
    /// The source whose values the memos hold.
    source: u8,
    folds: hashbrown::HashMap<FoldKey, u32, FixedState>,
    /// Earliest time of a combination of actor, service, region, address and agent.
    tuples: hashbrown::HashMap<u64, Time, FixedState>,
    novelties: hashbrown::HashMap<Novelty, (Time, u64), FixedState>,
    last_account: Option<u8>,
    /// The raw account and category of the last record.
    account: Vec<u8>,
    scratch: Vec<u8>,
    /// The seed differs from run to run: only equality hangs on it.
    hasher: foldhash::quality::RandomState,
}

impl Default for Tables {
    fn default() -> Self {
        Tables {
            actors: Interner::default(),
            memos: Default::default(),
            source: u8::MAX,
            folds: Default::default(),
            tuples: Default::default(),
            novelties: Default::default(),
            last_account: None,
            account: Vec::new(),
            scratch: Vec::new(),
            // The seed differs from run to run: only equality hangs on it.
            hasher: Default::default(),
        }
    }
}

impl Tables {
    fn clear(&mut self) {
        self.of_source(u8::MAX);
        self.actors.clear();
        self.folds.clear();
        self.tuples.clear();
        self.novelties.clear();
        self.last_account = None;
    }

    /// The same raw value may come to something else in another source.
    fn of_source(&mut self, source: u8) {
        if self.source == source {
            return;
        }
        self.source = source;
        for (raw, ids) in &mut self.memos {
            raw.clear();
            ids.clear();
        }
    }
}

/// The chunk at hand.
struct Work<'w> {
    out: ChunkResult,
    tables: &'w mut Tables,
}

impl<'p> Worker<'p> {
    /// A worker with empty memories.
    pub fn new(shared: &'p Shared<'p>) -> Worker<'p> {
        let sources = shared.programs.iter().map(|program| PerSource {
            matcher: Matcher::new(program),
            fact_verbs: hashbrown::HashMap::default(),
        });
        Worker {
            shared,
            unpacker: Unpacker::new(&shared.load),
            decoder: Decoder::default(),
            sources: sources.collect(),
            tables: Tables::default(),
        }
    }

    /// Numbers of the rules that matched and whose findings nobody wants to see.
    pub fn quiet_matches(&self) -> Vec<u32> {
        let sources = self.sources.iter().zip(self.shared.programs);
        sources
            .flat_map(|(own, program)| own.matcher.quiet_matches(program))
            .collect()
    }

    /// Works through one chunk.
    pub fn run(&mut self, chunk: Chunk) -> ChunkResult {
        let (ordinal, file) = (chunk.ordinal, chunk.file.clone());
        let spare = self.shared.spare.lock();
        let mut out = spare.map_or(None, |mut all| all.pop()).unwrap_or_default();
        out.reset(ordinal, file, self.shared.programs.len());
        // Position 0 stands for "not asked yet".
        out.targets.push(TargetRow {
            kind: NO_STR,
            id: NO_STR,
            name: NO_STR,
            account: NO_STR,
        });
        self.tables.clear();
        let tables = &mut self.tables;
        let mut work = Work { out, tables };
        let (shared, sources, decoder) = (self.shared, &mut self.sources, &mut self.decoder);
        self.unpacker.unpack(chunk, &mut |piece| {
            // Where the stream ends early, so does its text: that is said once.
            let cut = piece.problems.iter().any(|problem| {
                !problem.ignored && problem.records == 0 && problem.reason.ends_with("ends early")
            });
            work.problems(piece.problems);
            decoder.decode(&shared.catalogue, piece.bytes, &mut |item| match &item {
                Item::Skipped { reason, .. } if cut && reason.starts_with("JSON ends early") => {}
                _ => work.item(shared, sources, item, piece.start),
            });
        });
        let novelties = work.tables.novelties.drain();
        let novelties = novelties.map(|(novelty, (time, key))| (novelty, time, key));
        work.out.novelties.extend(novelties);
        work.out.novelties.sort_unstable();
        work.out
    }
}

impl Work<'_> {
    fn item(&mut self, shared: &Shared, sources: &mut [PerSource], item: Item, start: u64) {
        let position = self.out.positions;
        self.out.positions += 1;
        match item {
            Item::Record {
                source,
                text,
                span,
                slots,
            } => {
                let layout = &shared.programs[source].layout;
                let record = Record {
                    text,
                    span,
                    slots,
                    layout,
                };
                self.record(shared, &mut sources[source], source, &record, position);
            }
            Item::Skipped { reason, at } => self.out.skipped.push(SkippedAt {
                reason: reason.into_owned(),
                position: Some(position),
                offset: at.map(|at| start + at as u64),
                count: 1,
            }),
            Item::Ignored { reason } => self.out.ignored.push(reason.to_owned()),
        }
    }

    fn problems(&mut self, problems: Vec<Problem>) {
        for problem in problems {
            if problem.ignored {
                self.out.ignored.push(problem.reason);
            } else {
                let position = (problem.records > 0).then_some(self.out.positions);
                self.out.positions += problem.records;
                let count = problem.records.max(1);
                self.out.skipped.push(SkippedAt {
                    reason: problem.reason,
                    position,
                    offset: problem.offset,
                    count,
                });
            }
        }
    }

    fn record(
        &mut self,
        shared: &Shared,
        own: &mut PerSource,
        source: usize,
        record: &Record,
        position: u64,
    ) {
        let Some(time) = record.time() else {
            let rows = record.layout.source.rows.iter();
            let mut paths = rows
                .filter(|row| row.norm == Norm::Time)
                .flat_map(|row| row.paths);
            let path = paths.next().copied().unwrap_or("time");
            let reason = match record.norm(Norm::Time) {
                None => format!("a record without a time ({path})"),
                Some(_) => format!("a record whose time cannot be read ({path})"),
            };
            return self.out.skipped.push(SkippedAt {
                reason,
                position: Some(position),
                offset: None,
                count: 1,
            });
        };
        let declared = record.layout.source;
        let key = (declared.key)(record);
        let number = self.out.keys.len() as u32;
        self.out.keys.push((key, source as u8));
        let span = self.out.spans[source].get_or_insert((time, time));
        *span = (span.0.min(time), span.1.max(time));
        self.account(record, source as u8);
        self.tables.of_source(source as u8);
        if shared
            .window
            .is_some_and(|(from, to)| time < from || time > to)
        {
            return self.out.outside.push(number);
        }
        let fresh = self.novelty(record, time, key);
        if own.yields_facts(record) {
            self.facts(record, time, key, number);
        }
        let source = source as u8;
        let (light, row, uid, reference, target) = (None, None, None, None, None);
        let mut subject = Subject {
            record,
            time,
            key,
            number,
            source,
            position,
            light,
            row,
            uid,
            reference,
            target,
        };
        let program = &shared.programs[usize::from(source)];
        let scene = Scene {
            program,
            record: *record,
            context: shared.context,
            late: None,
            fresh,
        };
        let mut undecided: Vec<u32> = Vec::new();
        let mut part: Option<Option<Part>> = None;
        own.matcher.judge(&scene, &mut |matcher, verdict| {
            let bound = &program.rules[verdict.bound as usize];
            let Some(level) = verdict.level else {
                return undecided.push(verdict.bound);
            };
            match *part.get_or_insert_with(|| (declared.part)(record)) {
                Some(Part::First(shared)) => self.out.shared.push((number, bound.rule, shared)),
                // Whether it only repeats another record is known when all have been read.
                Some(_) => return undecided.push(verdict.bound),
                None => {}
            }
            if bound.speaks {
                self.fold(&mut subject, bound.rule, level, level >= shared.shown);
            }
            for feed in &bound.feeds {
                let row = self.row(&mut subject);
                match bases(matcher, &scene, feed, &mut self.out.strings, row) {
                    Some(bases) => self.out.bases.extend(bases),
                    None => {
                        undecided.push(verdict.bound);
                        break;
                    }
                }
            }
        });
        if !undecided.is_empty() {
            let row = self.row(&mut subject);
            self.out.candidates.push(Candidate {
                raw: record.raw().into(),
                bound: undecided.into(),
                part: part.flatten(),
                row,
            });
        }
    }

    /// Adds a match to its fold.
    fn fold(&mut self, subject: &mut Subject, rule: u32, level: Severity, shown: bool) {
        let light = self.light(subject);
        let target = if level >= Severity::Medium {
            self.first_target(subject)
        } else {
            NO_STR
        };
        let key = FoldKey {
            rule,
            level,
            actor: light.actor,
            ip: light.ip,
            action: light.action,
            outcome: light.outcome,
            target,
            hour: subject.time.hour(),
        };
        let next = self.out.folds.len() as u32;
        let at = *self.tables.folds.entry(key).or_insert(next);
        if at == next {
            let row = self.row(subject);
            let last = subject.time;
            self.out.folds.push(ChunkFold { key, row, last });
        } else {
            let first = self.out.rows[self.out.folds[at as usize].row as usize];
            if (subject.time, subject.key) < (first.time, first.key) {
                self.out.folds[at as usize].row = self.row(subject);
            }
            let fold = &mut self.out.folds[at as usize];
            fold.last = fold.last.max(subject.time);
        }
        let reference = match shown {
            true => self.reference(subject),
            false => NO_REFERENCE,
        };
        self.out.members.push(Member {
            fold: at,
            record: subject.number,
            issued: self.issued(subject),
            reference,
        });
    }

    /// The number of the pointer to the record.
    fn reference(&mut self, subject: &mut Subject) -> u32 {
        if let Some(reference) = subject.reference {
            return reference;
        }
        let uid = self.uid(subject);
        self.out.references.push(Reference {
            time: subject.time,
            key: subject.key,
            file: 0,
            position: u32::try_from(subject.position).unwrap_or(u32::MAX),
            uid,
        });
        *subject
            .reference
            .insert(self.out.references.len() as u32 - 1)
    }

    /// Accounts that log here are the user's own; event categories tell which logs are on.
    fn account(&mut self, record: &Record, source: u8) {
        let account = record.norm(Norm::Account).unwrap_or_default();
        let category = record.norm(Norm::Category).unwrap_or_default();
        let tables = &mut *self.tables;
        let known = tables.account.split_at_checked(account.len());
        if tables.last_account == Some(source) && known == Some((account, category)) {
            return;
        }
        tables.last_account = Some(source);
        tables.account.clear();
        tables.account.extend_from_slice(account);
        tables.account.extend_from_slice(category);
        let mut add = |list: &mut Vec<(u8, StrId)>, raw: &[u8]| {
            if raw.is_empty() {
                return;
            }
            let id = self.out.strings.put(&text::bytes(raw));
            if !list.contains(&(source, id)) {
                list.push((source, id));
            }
        };
        let mut accounts = std::mem::take(&mut self.out.accounts);
        let mut categories = std::mem::take(&mut self.out.categories);
        add(&mut accounts, account);
        add(&mut categories, category);
        (self.out.accounts, self.out.categories) = (accounts, categories);
    }

    /// Notes what this record may be the first to show; false when an earlier or equal one of
    /// this chunk showed all of it.
    fn novelty(&mut self, record: &Record, time: Time, key: u64) -> bool {
        use std::hash::{BuildHasher, Hasher};
        let actor = stable_actor(record.norm(Norm::ActorId).unwrap_or_default());
        if actor.is_empty() {
            return false;
        }
        let parts = [Norm::Region, Norm::Service, Norm::Address, Norm::Agent];
        let mut hasher = self.tables.hasher.build_hasher();
        hasher.write(actor);
        for part in parts {
            hasher.write(record.norm(part).unwrap_or_default());
            hasher.write_u8(0xff);
        }
        let target = record.norm(Norm::Edge).unwrap_or_default();
        hasher.write(target);
        hasher.write(record.norm(Norm::Bucket).unwrap_or_default());
        match self.tables.tuples.entry(hasher.finish()) {
            Entry::Occupied(known) if *known.get() < time => return false,
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
            values[4] = self.memo(Memo::Agent, raw, |_| {
                Some(agent::family(&record.text(Norm::Agent)?).into_owned())
            });
        }
        let strings = &mut self.out.strings;
        if !target.is_empty() {
            values[5] = strings.put(&text::bytes(target));
        }
        if let Some(bucket) = record.text(Norm::Bucket) {
            values[6] = strings.put(bucket.as_bytes());
        }
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
                Entry::Occupied(_) => {}
                Entry::Vacant(free) => {
                    free.insert((time, key));
                }
            }
        }
        true
    }

    fn facts(&mut self, record: &Record, time: Time, key: u64, number: u32) {
        let source = record.layout.source;
        for fact in (source.facts)(record) {
            let strings = &mut self.out.strings;
            let actor = strings.put((source.actor)(record).id.as_bytes());
            let what = What::pack(fact, strings);
            self.out.facts.push(FactRow {
                time,
                key,
                record: number,
                actor,
                what,
            });
        }
    }

    /// What a fold is keyed by.
    fn light(&mut self, subject: &mut Subject) -> Light {
        if let Some(light) = subject.light {
            return light;
        }
        let record = subject.record;
        let light = Light {
            actor: self.actor(record),
            ip: self.memo(
                Memo::Ip,
                record.norm(Norm::Address).unwrap_or_default(),
                |raw| {
                    address::classify(&text::string(raw))
                        .ip
                        .map(|ip| ip.to_string())
                },
            ),
            action: self.action(record),
            outcome: (record.layout.source.outcome)(record),
        };
        *subject.light.insert(light)
    }

    fn row(&mut self, subject: &mut Subject) -> u32 {
        if let Some(row) = subject.row {
            return row;
        }
        let light = self.light(subject);
        let record = subject.record;
        let uid = self.uid(subject);
        let issued = self.issued(subject);
        let start = self.out.targets.len() as u32;
        let strings = &mut self.out.strings;
        for target in (record.layout.source.targets)(record, MAX_TARGETS) {
            self.out.targets.push(TargetRow::pack(&target, strings));
        }
        let row = Row {
            time: subject.time,
            key: subject.key,
            uid,
            file: 0,
            position: u32::try_from(subject.position).unwrap_or(u32::MAX),
            record: subject.number,
            source: subject.source,
            outcome: light.outcome,
            actor: light.actor,
            ip: light.ip,
            agent: put(strings, record.text(Norm::Agent).as_deref()),
            action: light.action,
            account: put(strings, record.text(Norm::Account).as_deref()),
            region: put(strings, record.text(Norm::Region).as_deref()),
            targets: Range {
                start,
                len: self.out.targets.len() as u32 - start,
            },
            issued,
        };
        self.out.rows.push(row);
        *subject.row.insert(self.out.rows.len() as u32 - 1)
    }

    fn uid(&mut self, subject: &mut Subject) -> Uid {
        if let Some(uid) = subject.uid {
            return uid;
        }
        *subject.uid.insert(match subject.record.norm(Norm::Uid) {
            Some([b'"', inner @ .., b'"']) if !inner.contains(&b'\\') && !inner.is_empty() => {
                Uid::pack(inner, &mut self.out.strings)
            }
            _ => Uid::pack(event::uid(subject.record).as_bytes(), &mut self.out.strings),
        })
    }

    /// The credential this very record issued.
    fn issued(&self, subject: &Subject) -> StrId {
        match self.out.facts.last() {
            Some(FactRow {
                record,
                what: What::Issued { credential, .. },
                ..
            }) if *record == subject.number => *credential,
            _ => NO_STR,
        }
    }

    fn first_target(&mut self, subject: &mut Subject) -> StrId {
        if let Some(target) = subject.target {
            return target;
        }
        let first = (subject.record.layout.source.targets)(subject.record, 1);
        let id = first.first().map(|target| target.id.as_str());
        *subject.target.insert(put(&mut self.out.strings, id))
    }

    fn action(&mut self, record: &Record) -> StrId {
        let mut key = std::mem::take(&mut self.tables.scratch);
        key.clear();
        key.extend_from_slice(record.norm(Norm::Service).unwrap_or_default());
        key.extend_from_slice(record.norm(Norm::Verb).unwrap_or_default());
        let action = self.memo(Memo::Action, &key, |_| {
            Some((record.layout.source.action)(record))
        });
        self.tables.scratch = key;
        action
    }

    /// The number of what a raw value comes to: worked out once a chunk for the same value.
    fn memo(
        &mut self,
        kind: Memo,
        raw: &[u8],
        make: impl FnOnce(&[u8]) -> Option<String>,
    ) -> StrId {
        let (known, ids) = &mut self.tables.memos[kind as usize];
        let number = known.put(raw) as usize;
        if let Some(id) = ids.get(number) {
            return *id;
        }
        let id = put(&mut self.out.strings, make(raw).as_deref());
        ids.push(id);
        id
    }

    /// The number of the record's actor: made once for the same raw fields.
    fn actor(&mut self, record: &Record) -> u32 {
        let Tables {
            actors, scratch, ..
        } = &mut *self.tables;
        scratch.clear();
        for norm in record.layout.source.actor_fields {
            scratch.extend_from_slice(record.norm(*norm).unwrap_or_default());
            scratch.push(0xff);
        }
        // A nameless login is told apart by its address.
        if record.norm(Norm::ActorId).is_none() {
            scratch.extend_from_slice(record.norm(Norm::Address).unwrap_or_default());
        }
        let number = actors.put(scratch);
        if number as usize == self.out.actors.len() {
            let actor = (record.layout.source.actor)(record);
            let strings = &mut self.out.strings;
            self.out.actors.push(ActorRow::pack(&actor, strings));
        }
        number
    }
}

impl PerSource {
    fn yields_facts(&mut self, record: &Record) -> bool {
        let source = record.layout.source;
        let Some(verb) = record.norm(source.dispatch) else {
            return false;
        };
        if let Some(known) = self.fact_verbs.get(verb) {
            return *known;
        }
        let lower = text::string(verb).to_ascii_lowercase();
        let yields = source.fact_verbs.contains(&&*lower);
        // Names of calls are few; a log full of invented ones must not fill the memory.
        if self.fact_verbs.len() < 1 << 16 && verb.len() <= 256 {
            self.fact_verbs.insert(verb.into(), yields);
        }
        yields
    }
}

/// The rows a match gives a correlation: one a combination of group values and counted values.
/// Nothing where a group field is absent; `None` where one is not known yet.
pub fn bases(
    matcher: &mut Matcher,
    scene: &Scene,
    feed: &Feed,
    strings: &mut Interner,
    row: u32,
) -> Option<Vec<Base>> {
    let mut groups: Vec<Vec<u8>> = vec![Vec::new()];
    for (number, field) in feed.group.iter().enumerate() {
        let values = distinct(matcher, scene, *field)?;
        groups = combine(&groups, &values, number > 0);
    }
    let mut values: Vec<Vec<u8>> = vec![Vec::new()];
    for (number, field) in feed.value.iter().enumerate() {
        values = combine(&values, &distinct(matcher, scene, *field)?, number > 0);
    }
    let mut out = Vec::with_capacity(groups.len() * values.len());
    for group in &groups {
        let group = strings.put(group);
        for value in &values {
            let value = if feed.value.is_empty() {
                NO_STR
            } else {
                strings.put(value)
            };
            out.push(Base {
                correlation: feed.correlation,
                member: feed.member,
                group,
                value,
                row,
            });
        }
    }
    Some(out)
}

fn distinct(matcher: &mut Matcher, scene: &Scene, field: u16) -> Option<Vec<Vec<u8>>> {
    let mut values = Vec::new();
    if !matcher.texts(scene, field, &mut values) {
        return None;
    }
    values.sort();
    values.dedup();
    // One record cannot stand for more members of a group than this.
    values.truncate(1_000);
    Some(values)
}

/// Between the values of a group of several fields; cannot stand in text.
pub const JOINT: u8 = 0x1f;

fn combine(heads: &[Vec<u8>], tails: &[Vec<u8>], joint: bool) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    for head in heads {
        for tail in tails {
            let mut both = head.clone();
            if joint {
                both.push(JOINT);
            }
            both.extend_from_slice(tail);
            out.push(both);
        }
    }
    out.truncate(10_000);
    out
}

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
    let parsed = address::classify(raw);
    match parsed
        .ip
        .filter(|_| parsed.kind == address::IpKind::Public)?
    {
        std::net::IpAddr::V4(ip) => Some(format!("{}.{}", ip.octets()[0], ip.octets()[1])),
        std::net::IpAddr::V6(ip) => Some(format!("{:x}:{:x}", ip.segments()[0], ip.segments()[1])),
    }
}
