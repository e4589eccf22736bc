//! Everything a worker learns from one batch.

use std::sync::Arc;

use super::{
    ActorRow, Deed, Done, FactRow, FoldKey, Holder, Novelty, Owned, Present, Range, Row, Sided,
    TargetRow,
};
use crate::load::FileRef;
use crate::model::{Severity, Time};
use crate::normalize::source::Part;
use crate::run::intern::{Interner, StrId};

/// Matches of one batch that are one finding.
#[derive(Clone, Copy, Debug)]
pub struct BatchFold {
    /// What they share.
    pub key: FoldKey,
    /// Position of the first one's row among the batch's rows.
    pub row: u32,
    /// Time and key of the first.
    pub first: (Time, u64),
    /// Time of the last.
    pub last: Time,
}

/// One match of those that are one finding.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// Position of its fold among the batch's folds.
    pub fold: u32,
    /// Position among the batch's records.
    pub record: u32,
    /// The credential it issued.
    pub issued: StrId,
    /// Position of the pointer to it among the batch's, or [`NO_REFERENCE`].
    pub reference: u32,
}

/// A row that a correlation counts.
#[derive(Clone, Copy, Debug)]
pub struct Base {
    /// Number of the correlation.
    pub correlation: u32,
    /// Position among its members.
    pub member: u32,
    /// Group values, joined.
    pub group: StrId,
    /// Value, where the correlation looks at one.
    pub value: StrId,
    /// Position among the batch's rows.
    pub row: u32,
}

/// A record whose rules cannot be decided yet.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The record.
    pub raw: Box<[u8]>,
    /// Positions of the undecided rules among the program's.
    pub bound: Box<[u32]>,
    /// The action it is one of several records of.
    pub part: Option<Part>,
    /// Position among the rows.
    pub row: u32,
    /// Whose silence it hangs on and in which stretch of time it ended, where that is all.
    pub silence: Option<(StrId, i64)>,
}

/// A rule that holds if the whole input tells that somebody was given administrator rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Asked {
    /// Its number in the rule set.
    pub rule: u32,
    /// The role or user and its account, joined.
    pub holder: StrId,
}

/// A match on one step of an action: it counts when the others are there.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// The number all records of the action share.
    pub action: u64,
    /// Whether it tells the end.
    pub ends: bool,
    /// Position of the rule among the program's.
    pub bound: u32,
    /// Its number in the rule set, where its matches are findings.
    pub speaks: Option<u32>,
    /// Its level here.
    pub level: Severity,
    /// What it gives to correlations.
    pub bases: Range,
    /// Position among the batch's rows.
    pub row: u32,
}

/// Something that was skipped.
#[derive(Clone, Debug)]
pub struct SkippedAt {
    /// Position of its chunk among the batch's.
    pub chunk: u32,
    /// Why.
    pub reason: String,
    /// Position in the chunk; `None` for something about the file as a whole.
    pub position: Option<u64>,
    /// Offset in the unpacked file.
    pub offset: Option<u64>,
    /// How many records, or 1 for a file.
    pub count: u64,
}

/// A chunk that went into a batch.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Its file.
    pub file: Arc<FileRef>,
    /// Positions used up: records, skipped and ignored ones.
    pub positions: u64,
}

/// Stands for the source of a record that is not counted as one.
pub const UNCOUNTED: u8 = u8::MAX;

/// Everything a worker learns from one batch.
#[derive(Debug, Default)]
pub struct BatchResult {
    /// Position of the batch.
    pub ordinal: u64,
    /// Its chunks.
    pub origins: Vec<Origin>,
    /// One a record: its key and source.
    pub keys: Vec<(u64, u8)>,
    /// Records outside the window, by position among the records.
    pub outside: Vec<u32>,
    /// Per source: first and last time.
    pub spans: Vec<Option<(Time, Time)>>,
    /// Per source: accounts seen.
    pub accounts: Vec<(u8, StrId)>,
    /// Per source and account: the hours in which something came.
    pub hours: Vec<(u8, StrId, i64)>,
    /// Per source: event categories seen.
    pub categories: Vec<(u8, StrId)>,
    /// Strings of everything below.
    pub strings: Interner,
    /// Actors of the rows.
    pub actors: Vec<ActorRow>,
    /// One an actor.
    pub holders: Vec<Holder>,
    /// Targets of the rows.
    pub targets: Vec<TargetRow>,
    /// Records some rule spoke about.
    pub rows: Vec<Row>,
    /// What the rules said.
    pub folds: Vec<BatchFold>,
    /// Every match of the folds, in order.
    pub members: Vec<Member>,
    /// Pointers to them, where they will be seen.
    pub references: Vec<Sided>,
    /// What correlations count.
    pub bases: Vec<Base>,
    /// Matches on steps of actions.
    pub steps: Vec<Step>,
    /// What correlations count of them.
    pub step_bases: Vec<Base>,
    /// What cannot be decided yet.
    pub candidates: Vec<Candidate>,
    /// What has to be known to tell whether rules fired whose findings nobody will see.
    pub asked: Vec<Asked>,
    /// Facts about credentials and rights.
    pub facts: Vec<FactRow>,
    /// What was new in this batch.
    pub novelties: Vec<(Novelty, Time, u64)>,
    /// Who does what from where, where that is counted: the combinations.
    pub deeds: Vec<Deed>,
    /// The records, each with its combination.
    pub done: Vec<Done>,
    /// Who used which address.
    pub present: Vec<Present>,
    /// Records that are wanted whole.
    pub owned: Vec<Owned>,
    /// What could not be read.
    pub skipped: Vec<SkippedAt>,
    /// What is no audit record, each with the position of its chunk.
    pub ignored: Vec<(u32, String)>,
}

impl BatchResult {
    /// Makes it ready for another batch; the room stays.
    pub fn reset(&mut self, ordinal: u64, sources: usize) {
        // Taken apart, so that a field that is added cannot be forgotten here.
        let BatchResult {
            ordinal: own_ordinal,
            origins,
            spans,
            strings,
            keys,
            outside,
            accounts,
            hours,
            categories,
            actors,
            holders,
            targets,
            rows,
            folds,
            members,
            references,
            bases,
            steps,
            step_bases,
            candidates,
            asked,
            facts,
            novelties,
            deeds,
            done,
            present,
            owned,
            skipped,
            ignored,
        } = self;
        *own_ordinal = ordinal;
        origins.clear();
        spans.clear();
        spans.resize(sources, None);
        strings.clear();
        keys.clear();
        outside.clear();
        accounts.clear();
        hours.clear();
        categories.clear();
        actors.clear();
        holders.clear();
        targets.clear();
        rows.clear();
        folds.clear();
        members.clear();
        references.clear();
        bases.clear();
        steps.clear();
        step_bases.clear();
        candidates.clear();
        asked.clear();
        facts.clear();
        novelties.clear();
        deeds.clear();
        done.clear();
        present.clear();
        owned.clear();
        skipped.clear();
        ignored.clear();
    }
}
