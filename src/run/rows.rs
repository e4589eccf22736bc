//! What of a record outlives its chunk.
//!
//! Compact rows with numbers for strings: a worker makes them with its own numbers, the absorber
//! turns those into the run's numbers.

use std::sync::Arc;

use super::intern::{Interner, NO_STR, StrId};
use crate::load::FileRef;
use crate::model::{Actor, ActorType, Outcome, Severity, Target, Time};
use crate::normalize::source::{Fact, FactKind, Part};

/// A log's own event id; nearly all of them are UUIDs in the usual spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Uid {
    /// High half of the UUID, or [`TEXT`].
    high: u64,
    /// Low half of the UUID, or the number of a string.
    low: u64,
}

/// No UUID that any generator makes starts so; one that is made up is kept as a string.
const TEXT: u64 = u64::MAX;

impl Uid {
    /// Packs an id.
    pub fn pack(text: &[u8], strings: &mut Interner) -> Uid {
        match uuid(text) {
            Some(number) if (number >> 64) as u64 != TEXT => Uid {
                high: (number >> 64) as u64,
                low: number as u64,
            },
            _ => Uid {
                high: TEXT,
                low: u64::from(strings.put(text)),
            },
        }
    }

    /// The same id with the number that its string has elsewhere.
    pub fn renumber(self, mut number: impl FnMut(StrId) -> StrId) -> Uid {
        if self.high == TEXT {
            Uid {
                low: u64::from(number(self.low as StrId)),
                ..self
            }
        } else {
            self
        }
    }

    /// The id as the log writes it.
    pub fn unpack(self, strings: &Interner) -> String {
        if self.high == TEXT {
            return strings.text(self.low as StrId).unwrap_or_default();
        }
        let hex = format!("{:016x}{:016x}", self.high, self.low);
        format!(
            "{}-{}-{}-{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..]
        )
    }
}

fn uuid(text: &[u8]) -> Option<u128> {
    /// Value of a lower-case hex digit; 255 for anything else.
    const DIGIT: [u8; 256] = {
        let mut table = [255; 256];
        let mut value = 0;
        while value < 16 {
            table[b"0123456789abcdef"[value] as usize] = value as u8;
            value += 1;
        }
        table
    };
    let text: &[u8; 36] = text.try_into().ok()?;
    if text[8] != b'-' || text[13] != b'-' || text[18] != b'-' || text[23] != b'-' {
        return None;
    }
    let mut wrong = 0;
    let mut number = |start: usize, end: usize| {
        text[start..end].iter().fold(0u64, |number, byte| {
            let digit = DIGIT[*byte as usize];
            wrong |= digit;
            number << 4 | u64::from(digit)
        })
    };
    let high = number(0, 8) << 32 | number(9, 13) << 16 | number(14, 18);
    let low = number(19, 23) << 48 | number(24, 36);
    (wrong < 16).then_some(u128::from(high) << 64 | u128::from(low))
}

/// A stretch of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// Its first row.
    pub start: u32,
    /// How many.
    pub len: u32,
}

impl Range {
    /// The rows it stands for.
    pub fn of<T>(self, table: &[T]) -> &[T] {
        let start = self.start as usize;
        table
            .get(start..start + self.len as usize)
            .unwrap_or_default()
    }
}

/// A target with numbers for its texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TargetRow {
    /// Kind of thing.
    pub kind: StrId,
    /// Its id.
    pub id: StrId,
    /// Its name.
    pub name: StrId,
    /// Its account.
    pub account: StrId,
}

impl TargetRow {
    /// Packs a target.
    pub fn pack(target: &Target, strings: &mut Interner) -> TargetRow {
        TargetRow {
            kind: strings.put(target.kind.as_bytes()),
            id: strings.put(target.id.as_bytes()),
            name: strings.put(target.name.as_bytes()),
            account: put(strings, target.account.as_deref()),
        }
    }

    /// The same with the numbers its strings have elsewhere.
    pub fn renumber(self, mut number: impl FnMut(StrId) -> StrId) -> TargetRow {
        TargetRow {
            kind: number(self.kind),
            id: number(self.id),
            name: number(self.name),
            account: number(self.account),
        }
    }

    /// The target.
    pub fn unpack(self, strings: &Interner) -> Target {
        Target {
            kind: strings.text(self.kind).unwrap_or_default(),
            id: strings.text(self.id).unwrap_or_default(),
            name: strings.text(self.name).unwrap_or_default(),
            account: strings.text(self.account),
        }
    }
}

/// An actor with numbers for its texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ActorRow {
    kind: ActorType,
    mfa: Option<bool>,
    id: StrId,
    name: StrId,
    account: StrId,
    session: StrId,
    issuer: StrId,
    principal: StrId,
    /// The chain the record itself tells, joined.
    via: StrId,
}

impl ActorRow {
    /// The stable id.
    pub fn id(&self) -> StrId {
        self.id
    }

    /// The name.
    pub fn name(&self) -> StrId {
        self.name
    }

    /// Whether the record says more than the id.
    pub fn is_named(&self) -> bool {
        self.name != self.id
    }

    /// Packs an actor.
    pub fn pack(actor: &Actor, strings: &mut Interner) -> ActorRow {
        let via = (!actor.via.is_empty()).then(|| actor.via.join("\u{1f}"));
        ActorRow {
            kind: actor.kind,
            mfa: actor.mfa,
            id: strings.put(actor.id.as_bytes()),
            name: strings.put(actor.name.as_bytes()),
            account: put(strings, actor.account.as_deref()),
            session: put(strings, actor.session.as_deref()),
            issuer: put(strings, actor.issuer.as_deref()),
            principal: put(strings, actor.principal.as_deref()),
            via: put(strings, via.as_deref()),
        }
    }

    /// The same with the numbers its strings have elsewhere.
    pub fn renumber(self, mut number: impl FnMut(StrId) -> StrId) -> ActorRow {
        ActorRow {
            id: number(self.id),
            name: number(self.name),
            account: number(self.account),
            session: number(self.session),
            issuer: number(self.issuer),
            principal: number(self.principal),
            via: number(self.via),
            ..self
        }
    }

    /// The actor.
    pub fn unpack(self, strings: &Interner) -> Actor {
        let via = strings.text(self.via).unwrap_or_default();
        Actor {
            id: strings.text(self.id).unwrap_or_default(),
            name: strings.text(self.name).unwrap_or_default(),
            kind: self.kind,
            account: strings.text(self.account),
            session: strings.text(self.session),
            issuer: strings.text(self.issuer),
            via: via
                .split('\u{1f}')
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect(),
            mfa: self.mfa,
            principal: strings.text(self.principal),
        }
    }
}

/// A record that some rule spoke about.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Event time.
    pub time: Time,
    /// De-duplication key.
    pub key: u64,
    /// The log's own id.
    pub uid: Uid,
    /// Number of the file.
    pub file: u32,
    /// Position: in the chunk while in the worker, in the file afterwards.
    pub position: u32,
    /// Position among the chunk's records.
    pub record: u32,
    /// Position of its source in the registry.
    pub source: u8,
    /// How it ended.
    pub outcome: Outcome,
    /// Number of the actor.
    pub actor: u32,
    /// Source address, where it is one.
    pub ip: StrId,
    /// User agent.
    pub agent: StrId,
    /// Canonical action.
    pub action: StrId,
    /// Account.
    pub account: StrId,
    /// Region.
    pub region: StrId,
    /// The target list.
    pub targets: Range,
    /// The credential the call issued.
    pub issued: StrId,
}

impl Row {
    /// The total order of the product within one layer.
    pub fn order(&self) -> (Time, u64, u32, u32) {
        (self.time, self.key, self.file, self.position)
    }
}

/// What makes matches one finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FoldKey {
    /// The rule.
    pub rule: u32,
    /// Its level.
    pub level: Severity,
    /// The actor with its session.
    pub actor: u32,
    /// From where.
    pub ip: StrId,
    /// What.
    pub action: StrId,
    /// How it ended.
    pub outcome: Outcome,
    /// On what, for rules of medium and more.
    pub target: StrId,
    /// In which hour.
    pub hour: i64,
}

/// A pointer to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// Event time.
    pub time: Time,
    /// De-duplication key.
    pub key: u64,
    /// Number of the file.
    pub file: u32,
    /// Position: in the chunk while in the worker, in the file afterwards.
    pub position: u32,
    /// The log's own id.
    pub uid: Uid,
}

/// Matches of one chunk that are one finding.
#[derive(Clone, Copy, Debug)]
pub struct ChunkFold {
    /// What they share.
    pub key: FoldKey,
    /// Position of the first one's row among the chunk's rows.
    pub row: u32,
    /// Time of the last.
    pub last: Time,
}

/// One match of those that are one finding.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// Position of its fold among the chunk's folds.
    pub fold: u32,
    /// Position among the chunk's records.
    pub record: u32,
    /// The credential it issued.
    pub issued: StrId,
    /// Position of the pointer to it among the chunk's, or [`NO_REFERENCE`].
    pub reference: u32,
}

/// Nobody will see the evidence.
pub const NO_REFERENCE: u32 = u32::MAX;

impl Row {
    /// The pointer to it.
    pub fn reference(&self) -> Reference {
        Reference {
            time: self.time,
            key: self.key,
            file: self.file,
            position: self.position,
            uid: self.uid,
        }
    }
}

/// Evidence pointers kept of a finding: of what is none by itself, few.
pub fn most_references(level: Severity) -> usize {
    if level == Severity::Informational {
        3
    } else {
        100
    }
}

/// Keeps the first ones in the total order, whatever order they come in. Says whether there is
/// one more than before.
pub fn keep(references: &mut Vec<Reference>, new: Reference, most: usize) -> bool {
    if references.len() + 1 < most {
        references.push(new);
        return true;
    }
    let fresh = references.len() < most;
    if fresh {
        references.push(new);
        references.sort_unstable();
    } else if references.last().is_some_and(|last| new < *last) {
        let at = references.partition_point(|known| *known < new);
        references.pop();
        references.insert(at, new);
    }
    fresh
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
    /// Position among the chunk's rows.
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
}

/// A fact with numbers for its texts, and when it became one.
#[derive(Clone, Copy, Debug)]
pub struct FactRow {
    /// Event time.
    pub time: Time,
    /// De-duplication key.
    pub key: u64,
    /// Position among the chunk's records.
    pub record: u32,
    /// Who caused it.
    pub actor: StrId,
    /// What.
    pub what: What,
}

/// What a fact says.
#[derive(Clone, Copy, Debug)]
pub enum What {
    /// A credential was issued; see [`Fact::Issued`].
    Issued {
        /// How.
        kind: FactKind,
        /// The new credential.
        credential: StrId,
        /// The credential it was asked for with.
        by: StrId,
        /// The role or user it was issued for.
        to: StrId,
        /// The identity it makes its holder.
        holder: StrId,
        /// The account that logged it.
        account: StrId,
        /// When it ends.
        expires: Option<Time>,
    },
    /// Rights were given; see [`Fact::Granted`].
    Granted {
        /// To whom.
        name: StrId,
        /// In which account.
        account: StrId,
        /// By which policy.
        policy: StrId,
        /// By which text.
        document: StrId,
    },
}

impl What {
    /// Packs a fact.
    pub fn pack(fact: Fact, strings: &mut Interner) -> What {
        match fact {
            Fact::Issued {
                kind,
                credential,
                by,
                to,
                holder,
                account,
                expires,
            } => What::Issued {
                kind,
                credential: strings.put(credential.as_bytes()),
                by: put(strings, by.as_deref()),
                to: put(strings, to.as_deref()),
                holder: put(strings, holder.as_deref()),
                account: put(strings, account.as_deref()),
                expires,
            },
            Fact::Granted {
                name,
                account,
                policy,
                document,
            } => What::Granted {
                name: put(strings, name.as_deref()),
                account: put(strings, account.as_deref()),
                policy: put(strings, policy.as_deref()),
                document: put(strings, document.as_deref()),
            },
        }
    }

    /// The same with the numbers its strings have elsewhere.
    pub fn renumber(self, mut number: impl FnMut(StrId) -> StrId) -> What {
        match self {
            What::Issued {
                kind,
                credential,
                by,
                to,
                holder,
                account,
                expires,
            } => What::Issued {
                kind,
                credential: number(credential),
                by: number(by),
                to: number(to),
                holder: number(holder),
                account: number(account),
                expires,
            },
            What::Granted {
                name,
                account,
                policy,
                document,
            } => What::Granted {
                name: number(name),
                account: number(account),
                policy: number(policy),
                document: number(document),
            },
        }
    }
}

/// When something was first seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Novelty {
    /// Whose.
    pub actor: StrId,
    /// In which respect.
    pub dimension: u8,
    /// What.
    pub value: StrId,
}

/// The respects in which something can be new for an actor.
pub const DIMENSIONS: [&str; 7] = [
    "actor",
    "region",
    "api",
    "network",
    "user_agent",
    "edge",
    "bucket",
];

/// Something that was skipped.
#[derive(Clone, Debug)]
pub struct SkippedAt {
    /// Why.
    pub reason: String,
    /// Position in the chunk; `None` for something about the file as a whole.
    pub position: Option<u64>,
    /// Offset in the unpacked file.
    pub offset: Option<u64>,
    /// How many records, or 1 for a file.
    pub count: u64,
}

/// Everything a worker learns from one chunk.
#[derive(Debug, Default)]
pub struct ChunkResult {
    /// Position of the chunk.
    pub ordinal: u64,
    /// Its file.
    pub file: Arc<FileRef>,
    /// Positions used up: records, skipped and ignored ones.
    pub positions: u64,
    /// One a record: its key and source.
    pub keys: Vec<(u64, u8)>,
    /// Records outside the window, by position among the records.
    pub outside: Vec<u32>,
    /// Per source: first and last time.
    pub spans: Vec<Option<(Time, Time)>>,
    /// Per source: accounts seen.
    pub accounts: Vec<(u8, StrId)>,
    /// Per source: event categories seen.
    pub categories: Vec<(u8, StrId)>,
    /// Strings of everything below.
    pub strings: Interner,
    /// Actors of the rows.
    pub actors: Vec<ActorRow>,
    /// Targets of the rows.
    pub targets: Vec<TargetRow>,
    /// Records some rule spoke about.
    pub rows: Vec<Row>,
    /// What the rules said.
    pub folds: Vec<ChunkFold>,
    /// Every match of the folds, in order.
    pub members: Vec<Member>,
    /// Pointers to them, where they will be seen.
    pub references: Vec<Reference>,
    /// What correlations count.
    pub bases: Vec<Base>,
    /// What cannot be decided yet.
    pub candidates: Vec<Candidate>,
    /// First sides of actions that a rule spoke about: record, rule, the number they share.
    pub shared: Vec<(u32, u32, u64)>,
    /// Facts about credentials and rights.
    pub facts: Vec<FactRow>,
    /// What was new in this chunk.
    pub novelties: Vec<(Novelty, Time, u64)>,
    /// What could not be read.
    pub skipped: Vec<SkippedAt>,
    /// What is no audit record.
    pub ignored: Vec<String>,
}

impl ChunkResult {
    /// Makes it ready for another chunk; the room stays.
    pub fn reset(&mut self, ordinal: u64, file: Arc<FileRef>, sources: usize) {
        // Taken apart, so that a field that is added cannot be forgotten here.
        let ChunkResult {
            ordinal: own_ordinal,
            file: own_file,
            positions,
            spans,
            strings,
            keys,
            outside,
            accounts,
            categories,
            actors,
            targets,
            rows,
            folds,
            members,
            references,
            bases,
            candidates,
            facts,
            shared,
            novelties,
            skipped,
            ignored,
        } = self;
        (*own_ordinal, *own_file, *positions) = (ordinal, file, 0);
        spans.clear();
        spans.resize(sources, None);
        strings.clear();
        keys.clear();
        outside.clear();
        accounts.clear();
        categories.clear();
        actors.clear();
        targets.clear();
        rows.clear();
        folds.clear();
        members.clear();
        references.clear();
        bases.clear();
        candidates.clear();
        facts.clear();
        shared.clear();
        novelties.clear();
        skipped.clear();
        ignored.clear();
    }
}

/// Turns an optional text into its number.
pub fn put(strings: &mut Interner, text: Option<&str>) -> StrId {
    text.map_or(NO_STR, |text| strings.put(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_out_as_they_went_in() {
        let mut strings = Interner::default();
        for text in [
            "6d3a1d5e-0a0b-4c1d-8e2f-001122334455",
            "00000000-0000-0000-0000-000000000000",
            "6D3A1D5E-0A0B-4C1D-8E2F-001122334455",
            "ffffffff-ffff-ffff-8e2f-001122334455",
            "6d3a1d5e00a0b-4c1d-8e2f-001122334455",
            "",
            "abc|def",
        ] {
            let uid = Uid::pack(text.as_bytes(), &mut strings);
            assert_eq!(uid.unpack(&strings), text);
        }
    }
}
