//! From the bytes of a chunk to raw records, whatever they are wrapped in.
//!
//! Documents, lines and arrays are opened here, envelopes in a module of their own; what a record
//! *is* the [`Catalogue`] tells by its keys. A bad record costs itself and nothing else.

mod envelope;
mod lines;

use std::borrow::Cow;

use self::envelope::{LOOKUP_RECORD, promises};
use self::lines::{log_below, moved};
use super::index::Index;
use super::item::{Catalogue, Form, Found, Item, Kind, Sink};
use super::shape::{LineKind, first_line_kind, next_start};
use super::trie::{Span, Trie};
use super::walk::{Bad, Member, Walker};
use crate::load::{Framing, Piece};

/// A value that could not be read, and where the record starts that it spoils.
struct Failure {
    bad: Bad,
    start: Option<usize>,
}

impl From<Bad> for Failure {
    fn from(bad: Bad) -> Failure {
        Failure { bad, start: None }
    }
}

/// Keys whose array holds records or further envelopes.
const ARRAYS: &[&[u8]] = &[
    b"Records",
    b"records",
    b"Events",
    b"events",
    b"logEvents",
    b"value",
    b"items",
    b"entries",
    b"hits",
    b"results",
    b"Items",
    b"QueryResultRows",
    b"Findings",
    b"findings",
    b"listFindingsResults",
    b"tables",
    b"result",
    b"values",
    b"last_events",
];

/// Envelopes in each other; each array on the way counts.
const MAX_NESTING: usize = 6;
/// After this many vain attempts the rest of a damaged chunk is given up.
const MAX_ATTEMPTS: usize = 10_000;
/// Words of one chunk that are remembered.
const MOST_TOLD: usize = 64;
/// How far a record is searched for in a damaged chunk.
const DAMAGED_WINDOW: usize = 1 << 18;

/// Records of an array that are walked before they are handed over: the code that walks them and
/// the code that judges them do not fit into the processor's cache together. Nor would many more
/// of what is found.
pub(crate) const TOGETHER: usize = 16;

/// Opens chunks; keeps its buffers from one to the next.
#[derive(Debug, Default)]
pub struct Decoder {
    pool: Vec<(Vec<u8>, Index)>,
    found: [Found; TOGETHER],
    /// Where the last record was walked into.
    last: usize,
    /// The source of the last record: the first guess for the next one.
    guess: usize,
    /// Whether the last object at this level was a plain record: the next one is mostly like it.
    settled: bool,
    /// The words by which sources tell their records, of those that were looked at in full.
    told: Vec<(usize, Box<[u8]>)>,
    /// Whether the piece is not the first one of its file.
    further: bool,
    /// Whether the last object that was no record held none either.
    dull: bool,
    /// Whether objects that are nothing known are passed over in silence.
    damaged: bool,
    /// Whether an object has been seen that is nothing known.
    foreign: bool,
}

impl Decoder {
    /// Calls `sink` for everything in a piece, in order.
    pub fn piece(&mut self, catalogue: &dyn Catalogue, piece: &Piece, sink: Sink) {
        self.further = piece.start > 0;
        match (&piece.header, piece.framing) {
            (Some(header), Framing::Rows) => {
                self.more_rows(catalogue, &header.open, piece.bytes, sink);
            }
            _ => self.decode(catalogue, piece.bytes, sink),
        }
    }

    /// Calls `sink` for everything in `bytes`, in order.
    pub fn decode(&mut self, catalogue: &dyn Catalogue, bytes: &[u8], sink: Sink) {
        let (buffer, mut index) = self.pool.pop().unwrap_or_default();
        self.begin();
        match first_line_kind(bytes) {
            LineKind::Json => {
                index.build(bytes);
                self.documents(catalogue, bytes, &index, 0, sink);
            }
            LineKind::Lines => self.lines(catalogue, bytes, sink),
            LineKind::Csv => self.csv(catalogue, bytes, sink),
            LineKind::Foreign(_) if self.is_text_log(catalogue, bytes) => {
                self.lines(catalogue, bytes, sink);
            }
            LineKind::Foreign(reason) => match log_below(catalogue, bytes) {
                Some(start) => {
                    self.lines(catalogue, &bytes[..start], sink);
                    index.build(&bytes[start..]);
                    let sink = &mut moved(start, sink);
                    self.documents(catalogue, &bytes[start..], &index, 0, sink);
                }
                // What begins a file names it, and is one line of the coverage.
                None => sink(Item::Skipped {
                    reason: match self.further {
                        true => "further text of no known log".into(),
                        false => reason.into(),
                    },
                    at: Some(0),
                }),
            },
            LineKind::Nothing => {}
        }
        self.pool.push((buffer, index));
    }

    fn begin(&mut self) {
        self.settled = false;
        self.damaged = false;
        self.dull = false;
        self.told.clear();
    }

    /// Values behind each other, with white space or commas between them.
    fn documents(
        &mut self,
        catalogue: &dyn Catalogue,
        bytes: &[u8],
        index: &Index,
        depth: usize,
        sink: Sink,
    ) {
        let walker = &Walker::new(bytes, index);
        let mut at = walker.skip_space(0);
        while at < bytes.len() {
            if bytes[at] == b',' {
                at = walker.skip_space(at + 1);
                continue;
            }
            if depth == 0
                && let Some(end) = self.words(catalogue, bytes, at, sink)
            {
                at = walker.skip_space(end);
                continue;
            }
            if let Some(after) = self.records(catalogue, walker, at, false, sink) {
                at = after;
                continue;
            }
            match self.value(catalogue, walker, at, depth, sink) {
                Ok(end) => at = walker.skip_space(end),
                Err(Failure { bad, start }) => {
                    // Behind a file that a crash left preallocated there is nothing but zeros.
                    let zeros = bytes[at..].iter().all(|byte| *byte == 0);
                    let reason = match zeros {
                        true => "trailing zero bytes".into(),
                        false => broken(bad.why),
                    };
                    sink(Item::Skipped {
                        reason,
                        at: (depth == 0).then_some(bad.at),
                    });
                    self.rescue(catalogue, bytes, start.unwrap_or(at), depth, sink);
                    return;
                }
            }
        }
    }

    /// A text of its own: indexed anew.
    fn inner(&mut self, catalogue: &dyn Catalogue, bytes: &[u8], depth: usize, sink: Sink) {
        // What surrounds a record says nothing about its shape.
        self.inside(catalogue, bytes, (depth, true), sink);
    }

    /// A row, whose columns may be those of a record and hold something else.
    fn table_row(&mut self, catalogue: &dyn Catalogue, bytes: &[u8], depth: usize, sink: Sink) {
        self.inside(catalogue, bytes, (depth, false), sink);
    }

    fn inside(
        &mut self,
        catalogue: &dyn Catalogue,
        bytes: &[u8],
        (depth, settled): (usize, bool),
        sink: Sink,
    ) {
        let (buffer, mut index) = self.pool.pop().unwrap_or_default();
        index.build(bytes);
        let settled = std::mem::replace(&mut self.settled, settled);
        self.documents(catalogue, bytes, &index, depth, sink);
        self.settled = settled;
        self.pool.push((buffer, index));
    }

    fn value(
        &mut self,
        catalogue: &dyn Catalogue,
        walker: &Walker,
        at: usize,
        depth: usize,
        sink: Sink,
    ) -> Result<usize, Failure> {
        match walker.text().get(at) {
            Some(b'{') => self.object(catalogue, walker, at, depth, sink),
            Some(b'[') if depth <= MAX_NESTING => self.array(catalogue, walker, at, depth, sink),
            Some(b'"') if depth <= MAX_NESTING => {
                let end = walker.skip(at)?;
                self.text(catalogue, &walker.text()[at..end], depth + 1, sink);
                Ok(end)
            }
            _ => {
                let end = walker.skip(at)?;
                self.unknown(sink, "a value that is no object", at, depth);
                Ok(end)
            }
        }
    }

    fn array(
        &mut self,
        catalogue: &dyn Catalogue,
        walker: &Walker,
        at: usize,
        depth: usize,
        sink: Sink,
    ) -> Result<usize, Failure> {
        let mut next = walker.skip_space(at + 1);
        loop {
            match walker.text().get(next) {
                Some(b']') => return Ok(next + 1),
                Some(b',') => next = walker.skip_space(next + 1),
                None => {
                    let bad = Bad {
                        at: next,
                        why: "JSON ends early",
                    };
                    // What came before has been read: nothing is to be looked for again.
                    return Err(Failure {
                        bad,
                        start: Some(next),
                    });
                }
                Some(first) => {
                    if let Some((from, end)) = stamped(walker.text(), next) {
                        let line = &walker.text()[from..end];
                        self.text(catalogue, line, depth + 1, sink);
                        let end = walker.skip(next)?;
                        next = walker.skip_space(end);
                        continue;
                    }
                    if let Some(after) = self.records(catalogue, walker, next, true, sink) {
                        next = after;
                        continue;
                    }
                    // Arrays in arrays go down a level each: a million brackets are one value.
                    let depth = depth + usize::from(*first == b'[');
                    if walker.text()[next..].starts_with(b"[]") {
                        self.unknown(sink, "a value that is no object", next, depth);
                    }
                    if *first == b'['
                        && let Some(end) = self.row(catalogue, walker, next, depth, sink)
                    {
                        next = walker.skip_space(end);
                        continue;
                    }
                    let end =
                        self.value(catalogue, walker, next, depth, sink)
                            .map_err(|failure| Failure {
                                start: failure.start.or(Some(next)),
                                ..failure
                            })?;
                    let after = walker.skip_space(end);
                    if !matches!(walker.text().get(after), Some(b',' | b']') | None) {
                        let bad = Bad {
                            at: after,
                            why: "a value without a comma behind it",
                        };
                        return Err(Failure {
                            bad,
                            start: Some(after),
                        });
                    }
                    next = after;
                }
            }
        }
    }

    fn object(
        &mut self,
        catalogue: &dyn Catalogue,
        walker: &Walker,
        at: usize,
        depth: usize,
        sink: Sink,
    ) -> Result<usize, Failure> {
        let mut members = Vec::new();
        let stopped =
            |key: &[u8], first: u8| first == b'[' && depth <= MAX_NESTING && ARRAYS.contains(&key);
        let mut end = walker.members(at, &mut members, stopped)?;
        let bytes = walker.text();
        let mut opened = false;
        while let Some(last) = members.pop_if(|last| last.value.start == last.value.end) {
            let start = last.value.start as usize;
            let after = self.array(catalogue, walker, start, depth + 1, sink)?;
            self.settled = false;
            opened = true;
            end = walker.more_members(after, &mut members, stopped)?;
        }
        if opened {
            self.beside(catalogue, bytes, &members, depth, sink);
            return Ok(end);
        }
        let known: Vec<(&[u8], &[u8])> = members
            .iter()
            .map(|member| (key_of(bytes, member), member.value.of(bytes)))
            .collect();
        // The items of LookupEvents repeat some fields of the record under the same names in
        // another case: they are no copies that lost their case.
        let kind = match known.iter().any(|(key, _)| *key == LOOKUP_RECORD) {
            true => Kind::Unknown,
            false => catalogue.kind(&known),
        };
        match kind {
            Kind::Record(source) => {
                self.walk(catalogue.trie(source), walker, at, 0)?;
                self.guess = source;
                self.settled = true;
                if !self.is_told(catalogue, bytes, 0) && self.told.len() < MOST_TOLD {
                    let word = catalogue.word(source, bytes, &self.found[0].slots);
                    self.told.push((source, word.into()));
                }
                self.hand_over(bytes, 1, sink);
            }
            Kind::Copy(source, form) => {
                let raw = &bytes[at..end];
                if !self.copy(catalogue, source, form, raw, sink) {
                    self.unknown(
                        sink,
                        "a copy of a record that lost too much of it",
                        at,
                        depth,
                    );
                }
            }
            // Notifications and entries of other logs may carry a record.
            Kind::Aside(_) if self.promising(catalogue, bytes, &members, depth, sink) => {}
            Kind::Aside(reason) => sink(Item::Ignored { reason }),
            Kind::Unknown => self.envelope(catalogue, bytes, &members, at, depth, sink),
        }
        Ok(end)
    }

    /// Whether a record with this word has been looked at in full: a neighbour's may have the same
    /// keys and another word.
    fn is_told(&self, catalogue: &dyn Catalogue, text: &[u8], place: usize) -> bool {
        let word = catalogue.word(self.guess, text, &self.found[place].slots);
        let mut told = self.told.iter();
        word.is_empty() || told.any(|(source, told)| *source == self.guess && **told == *word)
    }

    /// Hands over the first records that have been found.
    fn hand_over(&self, text: &[u8], count: usize, sink: Sink) {
        sink(Item::Records {
            source: self.guess,
            text,
            found: &self.found[..count],
        });
    }

    /// Walks a record; returns its end.
    fn walk(
        &mut self,
        trie: &Trie,
        walker: &Walker,
        at: usize,
        place: usize,
    ) -> Result<usize, Bad> {
        let last = std::mem::replace(&mut self.last, place);
        let order = self.found[last].slots.take_order();
        let found = &mut self.found[place];
        found.slots.give_order(order);
        let end = walker.record(at, trie, &mut found.slots)?;
        found.span = Span {
            start: at as u32,
            end: end as u32,
        };
        Ok(end)
    }

    /// Walks a record like the last one; returns its end, or nothing where it is none.
    fn like_the_last(
        &mut self,
        catalogue: &dyn Catalogue,
        walker: &Walker,
        at: usize,
        place: usize,
    ) -> Option<usize> {
        let end = self
            .walk(catalogue.trie(self.guess), walker, at, place)
            .ok()?;
        let (text, slots) = (walker.text(), &self.found[place].slots);
        let same = !slots.leads
            && catalogue.is(self.guess, text, slots)
            && self.is_told(catalogue, text, place);
        same.then_some(end)
    }

    /// Reads objects as long as they are records like the last one, a few at most; returns what
    /// follows them, or nothing where the first is not.
    fn records(
        &mut self,
        catalogue: &dyn Catalogue,
        walker: &Walker,
        at: usize,
        listed: bool,
        sink: Sink,
    ) -> Option<usize> {
        let text = walker.text();
        let (mut count, mut next, mut after) = (0, at, None);
        while self.settled && count < TOGETHER && text.get(next) == Some(&b'{') {
            let Some(end) = self.like_the_last(catalogue, walker, next, count) else {
                self.settled = false;
                break;
            };
            let behind = walker.skip_space(end);
            next = match text.get(behind) {
                Some(b',') => walker.skip_space(behind + 1),
                // Whoever reads the list has to say that there should be a comma.
                Some(b']') | None if listed => behind,
                _ if listed => break,
                _ => behind,
            };
            (count, after) = (count + 1, Some(next));
        }
        if count > 0 {
            self.hand_over(text, count, sink);
        }
        after
    }

    /// A copy of a record, as its source would write it.
    fn copy(
        &mut self,
        catalogue: &dyn Catalogue,
        source: usize,
        form: Form,
        raw: &[u8],
        sink: Sink,
    ) -> bool {
        let (mut buffer, mut index) = self.pool.pop().unwrap_or_default();
        buffer.clear();
        let rewritten = catalogue.rewrite(source, form, raw, &mut buffer)
            && self.rewritten(catalogue, source, &buffer, &mut index, sink);
        self.pool.push((buffer, index));
        rewritten
    }

    /// Hands over a record that was written anew; false where it is none after all.
    fn rewritten(
        &mut self,
        catalogue: &dyn Catalogue,
        source: usize,
        text: &[u8],
        index: &mut Index,
        sink: Sink,
    ) -> bool {
        index.build(text);
        let trie = catalogue.trie(source);
        if self.walk(trie, &Walker::new(text, index), 0, 0).is_err() {
            return false;
        }
        sink(Item::Records {
            source,
            text,
            found: &self.found[..1],
        });
        true
    }

    fn unknown(
        &mut self,
        sink: Sink,
        reason: impl Into<Cow<'static, str>>,
        at: usize,
        depth: usize,
    ) {
        if !self.damaged {
            sink(Item::Skipped {
                reason: reason.into(),
                at: (depth == 0).then_some(at),
            });
        }
    }

    /// Behind a bad record: looks for the next place where one may start and goes on there.
    fn rescue(
        &mut self,
        catalogue: &dyn Catalogue,
        bytes: &[u8],
        bad: usize,
        depth: usize,
        sink: Sink,
    ) {
        if depth > 0 || self.damaged {
            return;
        }
        self.damaged = true;
        let (buffer, mut index) = self.pool.pop().unwrap_or_default();
        let mut attempts = 0;
        let mut at = bad + 1;
        while let Some(start) = next_start(bytes, at) {
            let window = &bytes[start..bytes.len().min(start + DAMAGED_WINDOW)];
            index.build(window);
            let walker = &Walker::new(window, &index);
            // What begins a line is a record of its own, whatever became of the one before.
            let line = start == 0 || bytes[start - 1] == b'\n';
            self.damaged = !line;
            match self.object(catalogue, walker, 0, 1, sink) {
                Ok(end) => at = start + end,
                Err(Failure { bad, .. }) => {
                    if line {
                        sink(Item::Skipped {
                            reason: broken(bad.why),
                            at: Some(start + bad.at),
                        });
                    }
                    at = start + 1;
                    attempts += 1;
                    if attempts == MAX_ATTEMPTS {
                        let reason = "too much damage: the rest of this piece is given up";
                        sink(Item::Skipped {
                            reason: reason.into(),
                            at: Some(at),
                        });
                        break;
                    }
                }
            }
        }
        self.pool.push((buffer, index));
        self.damaged = false;
    }
}

/// What is wrong with a record, in the words of the coverage.
fn broken(why: &'static str) -> Cow<'static, str> {
    match why {
        why if why.starts_with("JSON ") || why.starts_with("nested ") => why.into(),
        why => format!("broken JSON: {why}").into(),
    }
}

/// The line of `["1700000000000000000","line"]`, as Loki pairs a line with its time.
fn stamped(text: &[u8], at: usize) -> Option<(usize, usize)> {
    let space = |mut at: usize| {
        while text.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        at
    };
    let open = text
        .get(at)
        .filter(|byte| **byte == b'[')
        .map(|_| space(at + 1))?;
    if text.get(open) != Some(&b'"') {
        return None;
    }
    let digits = text.get(open + 1..)?.iter().take(20);
    let stamp = digits.take_while(|byte| byte.is_ascii_digit()).count();
    let close = open + 1 + stamp;
    if stamp < 10 || text.get(close) != Some(&b'"') {
        return None;
    }
    let comma = space(close + 1);
    let from = space(comma + 1);
    if text.get(comma) != Some(&b',') || text.get(from) != Some(&b'"') {
        return None;
    }
    let mut end = from + 1;
    loop {
        let step = memchr::memchr2(b'"', b'\\', text.get(end..)?)?;
        end += step;
        if text[end] == b'"' {
            return Some((from, end + 1));
        }
        end += 2;
    }
}

fn key_of<'a>(bytes: &'a [u8], member: &Member) -> &'a [u8] {
    let raw = member.key.of(bytes);
    raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
