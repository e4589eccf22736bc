//! Phase 1: one batch of chunks in, what outlives it out.
//!
//! A worker owns its buffers and memories; its result is a function of the batch, the rules and
//! the flags alone.

mod asks;
pub mod bases;
mod deed;
mod notes;
pub mod novelty;
pub mod pick;
mod presence;
mod subject;
mod tables;
mod timeless;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use foldhash::fast::FixedState;
use smallvec::SmallVec;

use self::bases::bases;
use self::novelty::{STRETCH, stable_actor};
use self::pick::Pick;
use self::subject::{Noted, Subject};
use self::tables::Tables;
use super::intern::NO_STR;
use super::rows::{BatchResult, Candidate, Origin, Range, SkippedAt, Step, TargetRow};
use crate::decode::{
    item::{Found, Item},
    records::{Decoder, TOGETHER},
    text,
};
use crate::detect::compile::{Feed, Program};
use crate::detect::field::Field;
use crate::detect::matcher::{Matcher, Scene};
use crate::detect::programs::Programs;
use crate::enrich::derive::{Context, Derived};
use crate::load::{Batch, Chunk, Options, Problem, Unpacker};
use crate::model::{Severity, Time};
use crate::normalize::catalogue::Known;
use crate::normalize::source::{Part, Stage};
use crate::normalize::{Norm, Record};

/// What all workers share.
pub struct Shared<'p> {
    /// One a registered source.
    pub programs: &'p Programs<'p>,
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
    /// The window in which it is counted who did what from where, where that is wanted.
    pub count: Option<(Time, Time)>,
    /// Instead of findings: the records that are wanted whole.
    pub pick: Option<Pick<'p>>,
    /// A result that has been taken in: its room is used again.
    pub spare: Mutex<Option<BatchResult>>,
}

/// One worker.
pub struct Worker<'p> {
    shared: &'p Shared<'p>,
    unpacker: Unpacker,
    decoder: Decoder,
    /// Those of the sources that have occurred.
    sources: Vec<Option<PerSource>>,
    tables: Tables,
}

/// What a worker keeps for one source.
struct PerSource {
    matcher: Matcher,
    /// Which values of the dispatch field are calls that facts come from.
    fact_verbs: hashbrown::HashMap<Box<[u8]>, bool, FixedState>,
}

/// The batch at hand.
struct Work<'w> {
    out: BatchResult,
    tables: &'w mut Tables,
}

impl<'p> Worker<'p> {
    /// A worker with empty memories.
    pub fn new(shared: &'p Shared<'p>) -> Worker<'p> {
        let sources = shared.programs.sources().iter().map(|_| None);
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
        let sources = self.sources.iter().enumerate();
        let met = sources.filter_map(|(number, own)| Some((number, own.as_ref()?)));
        met.flat_map(|(number, own)| own.matcher.quiet_matches(&self.shared.programs[number]))
            .collect()
    }

    /// Works through one batch.
    pub fn run(&mut self, batch: Batch) -> BatchResult {
        let spare = self.shared.spare.lock();
        let mut out = spare
            .map_or(None, |mut spare| spare.take())
            .unwrap_or_default();
        out.reset(batch.ordinal, self.sources.len());
        // Position 0 stands for "not asked yet".
        out.targets.push(TargetRow {
            kind: NO_STR,
            id: NO_STR,
            name: NO_STR,
            account: NO_STR,
        });
        let mut tables = std::mem::take(&mut self.tables);
        tables.clear();
        let tables = &mut tables;
        let mut work = Work { out, tables };
        for chunk in batch.chunks {
            work.out.origins.push(Origin {
                file: chunk.file.clone(),
                positions: 0,
            });
            let read = AssertUnwindSafe(|| self.chunk(chunk, &mut work));
            if catch_unwind(read).is_err() {
                // What it had in hand may be half done; what it had put down stays.
                work.tell_firsts();
                *work.tables = Tables::default();
                *self = Worker::new(self.shared);
                let reason = "an error of ctadel itself: please report it".to_owned();
                work.problems(vec![Problem::skipped(reason)]);
            }
        }
        work.tell_firsts();
        work.out.novelties.sort_unstable();
        self.tables = std::mem::take(work.tables);
        work.out
    }

    fn chunk(&mut self, chunk: Chunk, work: &mut Work) {
        let (shared, sources, decoder) = (self.shared, &mut self.sources, &mut self.decoder);
        self.unpacker.unpack(chunk, &mut |mut piece| {
            // Where the stream ends early, so does its text: that is said once.
            let cut = piece.problems.iter().any(|problem| {
                !problem.ignored && problem.records == 0 && problem.reason.ends_with("ends early")
            });
            work.problems(std::mem::take(&mut piece.problems));
            decoder.piece(&shared.catalogue, &piece, &mut |item| match &item {
                Item::Skipped { reason, .. } if cut && reason.starts_with("JSON ends early") => {}
                _ => work.item(shared, sources, item, piece.start),
            });
        });
    }
}

impl Work<'_> {
    /// Position of the chunk at hand among the batch's.
    fn chunk(&self) -> u32 {
        self.out.origins.len() as u32 - 1
    }

    /// Uses up so many positions of the chunk at hand; returns the first of them.
    fn take_positions(&mut self, count: u64) -> u64 {
        let Some(origin) = self.out.origins.last_mut() else {
            return 0;
        };
        origin.positions += count;
        origin.positions - count
    }

    /// Puts down what was first seen when.
    fn tell_firsts(&mut self) {
        let novelties = self.tables.novelties.drain();
        let novelties = novelties.map(|(novelty, (time, key))| (novelty, time, key));
        self.out.novelties.extend(novelties);
    }

    fn item(&mut self, shared: &Shared, sources: &mut [Option<PerSource>], item: Item, start: u64) {
        match item {
            Item::Records {
                source,
                text,
                found,
            } => {
                let program = &shared.programs[source];
                let own = sources[source].get_or_insert_with(|| PerSource::new(program));
                self.tables.source = source as u8;
                let mut all: SmallVec<[Noted; TOGETHER]> = SmallVec::new();
                for Found { span, slots } in found {
                    let position = self.take_positions(1);
                    let record = Record::new(text, *span, slots, &program.layout);
                    all.extend(self.enter(shared, own, source, record, position));
                }
                for noted in all {
                    self.judge(shared, own, noted);
                }
            }
            Item::Skipped { reason, at } => {
                let position = self.take_positions(1);
                self.out.skipped.push(SkippedAt {
                    chunk: self.chunk(),
                    reason: reason.into_owned(),
                    position: Some(position),
                    offset: at.map(|at| start + at as u64),
                    count: 1,
                });
            }
            Item::Ignored { reason } => {
                self.take_positions(1);
                let chunk = self.chunk();
                self.out.ignored.push((chunk, reason.to_owned()));
            }
        }
    }

    fn problems(&mut self, problems: Vec<Problem>) {
        let chunk = self.chunk();
        for problem in problems {
            if problem.ignored {
                self.out.ignored.push((chunk, problem.reason));
            } else {
                let position = self.take_positions(problem.records);
                let position = (problem.records > 0).then_some(position);
                let count = problem.records.max(1);
                self.out.skipped.push(SkippedAt {
                    chunk,
                    reason: problem.reason,
                    position,
                    offset: problem.offset,
                    count,
                });
            }
        }
    }

    /// Notes what is noted of every record; returns it where it is to be judged.
    fn enter<'a>(
        &mut self,
        shared: &Shared,
        own: &mut PerSource,
        source: usize,
        record: Record<'a>,
        position: u64,
    ) -> Option<Noted<'a>> {
        let whole = record;
        let record = &whole;
        let Some(time) = record.time() else {
            self.timeless(shared, own, source, record, position);
            return None;
        };
        let declared = record.layout.source;
        let key = (declared.key)(record);
        let number = self.out.keys.len() as u32;
        self.out.keys.push((key, source as u8));
        let span = self.out.spans[source].get_or_insert((time, time));
        *span = (span.0.min(time), span.1.max(time));
        self.account(record, source as u8, time);
        if shared
            .window
            .is_some_and(|(from, to)| time < from || time > to)
        {
            self.out.outside.push(number);
            return None;
        }
        if let Some(pick) = shared.pick {
            let at = (source, number, position, time);
            self.pick(shared, own, record, pick, at);
            return None;
        }
        if shared
            .count
            .is_some_and(|(from, to)| from <= time && time <= to)
        {
            self.deed(record, number, time);
        }
        let whence = self.presence(record, time);
        let fresh = self.novelty(record, time, key);
        if own.yields_facts(record) {
            self.facts(record, time, key, number);
        }
        Some(Noted {
            record: whole,
            time,
            key,
            number,
            source: source as u8,
            position,
            whence,
            issued: self.issued(record, number),
            fresh,
        })
    }

    /// Judges a record and keeps what comes of it.
    fn judge(&mut self, shared: &Shared, own: &mut PerSource, noted: Noted) {
        let record = &noted.record;
        let declared = record.layout.source;
        let mut subject = Subject::new(&noted);
        let program = &shared.programs[usize::from(noted.source)];
        let scene = Scene {
            program,
            record: *record,
            context: shared.context,
            late: None,
            fresh: noted.fresh,
            granted: None,
            stage: declared
                .steps
                .map_or(Stage::Whole, |steps| (steps.stage)(record)),
            action: None,
        };
        let mut undecided: Vec<u32> = Vec::new();
        let mut part: Option<Option<Part>> = None;
        own.matcher.judge(&scene, &mut |matcher, verdict, logic| {
            let bound = &program.rules[verdict.bound as usize];
            let Some(level) = verdict.level else {
                if !self.asks(matcher, &scene, (verdict.bound, logic), shared.shown) {
                    undecided.push(verdict.bound);
                }
                return;
            };
            if scene.stage != Stage::Whole {
                if !self.step(matcher, &scene, &mut subject, (verdict.bound, level)) {
                    undecided.push(verdict.bound);
                }
                return;
            }
            match *part.get_or_insert_with(|| (declared.part)(record)) {
                Some(Part::First(shared)) => subject.shared = shared,
                // Whether it only repeats another record is known when all have been read.
                Some(_) => return undecided.push(verdict.bound),
                None => {}
            }
            if bound.speaks {
                self.fold(&mut subject, bound.rule, level, level >= shared.shown);
            }
            for feed in &bound.feeds {
                let row = self.row(&mut subject);
                self.note(matcher, program, feed, row);
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
            let part = step_of(record, scene.stage).or(part.flatten());
            let waits = |bound: &u32| program.rules[*bound as usize].waits_for_silence;
            let silence = (part.is_none() && undecided.iter().all(waits)).then(|| {
                let actor = stable_actor(record.norm(Norm::ActorId).unwrap_or_default());
                (
                    self.out.strings.put(actor),
                    noted.time.0.div_euclid(STRETCH),
                )
            });
            self.out.candidates.push(Candidate {
                raw: record.raw().into(),
                bound: undecided.into(),
                part,
                row,
                silence,
            });
        }
    }

    /// Tells the matcher what the row says of the fields that a correlation counts by.
    fn note(&self, matcher: &mut Matcher, program: &Program, feed: &Feed, row: u32) {
        let row = &self.out.rows[row as usize];
        for field in feed.group.iter().chain(&feed.value) {
            let known = match program.fields.get(*field as usize) {
                Some(Field::Derived(Derived::ActorId)) => self.out.actors[row.actor as usize].id(),
                Some(Field::Derived(Derived::Action)) => row.action,
                _ => continue,
            };
            matcher.note(*field, || self.out.strings.text(known).unwrap_or_default());
        }
    }

    /// Notes a match on one step of an action; false where a correlation that counts it needs
    /// what another record may tell.
    fn step(
        &mut self,
        matcher: &mut Matcher,
        scene: &Scene,
        subject: &mut Subject,
        (bound, level): (u32, Severity),
    ) -> bool {
        let Some(Part::Step(action, stage)) = step_of(&subject.noted.record, scene.stage) else {
            return true;
        };
        let row = self.row(subject);
        let start = self.out.step_bases.len();
        let rule = &scene.program.rules[bound as usize];
        for feed in &rule.feeds {
            match bases(matcher, scene, feed, &mut self.out.strings, row) {
                Some(bases) => self.out.step_bases.extend(bases),
                None => {
                    self.out.step_bases.truncate(start);
                    return false;
                }
            }
        }
        self.out.steps.push(Step {
            action,
            ends: stage == Stage::Ends,
            bound,
            speaks: rule.speaks.then_some(rule.rule),
            level,
            bases: Range {
                start: start as u32,
                len: (self.out.step_bases.len() - start) as u32,
            },
            row,
        });
        true
    }
}

/// The step of its action that a record tells, where it tells no whole one.
fn step_of(record: &Record, stage: Stage) -> Option<Part> {
    let steps = record.layout.source.steps?;
    (stage != Stage::Whole).then(|| Part::Step((steps.action)(record), stage))
}

impl PerSource {
    fn new(program: &Program) -> PerSource {
        PerSource {
            matcher: Matcher::new(program),
            fact_verbs: hashbrown::HashMap::default(),
        }
    }

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
