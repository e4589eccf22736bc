//! From the bytes of a chunk to raw records, whatever they are wrapped in.
//!
//! Documents, lines, arrays and envelopes are opened here; what a record *is* the
//! [`Catalogue`] tells by its keys. A bad record costs itself and nothing else.

mod lines;

use std::borrow::Cow;

use super::index::Index;
use super::item::{Catalogue, Form, Item, Kind, Sink};
use super::path;
use super::shape::{LineKind, first_line_kind, looks_like_json, next_start};
use super::tables;
use super::text;
use super::trie::{Slots, Span};
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

/// Keys whose value is the record or a further envelope, as object or as text.
const INSIDE: &[&[u8]] = &[
    b"CloudTrailEvent",
    b"detail",
    b"eventData",
    b"message",
    b"@message",
    b"log",
    b"_raw",
    b"original",
    b"event",
    b"result",
    b"_source",
    b"hits",
    b"data",
    b"short_message",
    b"line",
    b"api",
    b"auth",
    b"system",
    b"jsonPayload",
    b"finding",
];

/// The record inside an item of LookupEvents.
const LOOKUP_RECORD: &[u8] = b"CloudTrailEvent";
/// What Athena wraps its rows in.
const RESULT_SET: &[u8] = b"ResultSet";
/// What CloudWatch Logs sends to see whether anybody listens.
const CONTROL: &[u8] = b"\"CWL CONTROL MESSAGE";

const MAX_NESTING: usize = 4;
/// After this many vain attempts the rest of a damaged chunk is given up.
const MAX_ATTEMPTS: usize = 10_000;
/// How far a record is searched for in a damaged chunk.
const DAMAGED_WINDOW: usize = 1 << 18;

/// Opens chunks; keeps its buffers from one to the next.
#[derive(Debug, Default)]
pub struct Decoder {
    pool: Vec<(Vec<u8>, Index)>,
    slots: Slots,
    /// The source of the last record: the first guess for the next one.
    guess: usize,
    /// Whether the last object at this level was a plain record.
    settled: bool,
    /// Whether objects that are nothing known are passed over in silence.
    damaged: bool,
    /// Whether an object has been seen that is nothing known.
    foreign: bool,
}

impl Decoder {
    /// Calls `sink` for everything in a piece, in order.
    pub fn piece(&mut self, catalogue: &dyn Catalogue, piece: &Piece, sink: Sink) {
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
            LineKind::Foreign(reason) => sink(Item::Skipped {
                reason: reason.into(),
                at: Some(0),
            }),
            LineKind::Nothing => {}
        }
        self.pool.push((buffer, index));
    }

    fn begin(&mut self) {
        self.settled = false;
        self.damaged = false;
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
        let mut walker = Walker::new(bytes, index);
        let mut at = walker.skip_space(0);
        while at < bytes.len() {
            if bytes[at] == b',' {
                at = walker.skip_space(at + 1);
                continue;
            }
            match self.value(catalogue, &mut walker, at, depth, sink) {
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
        walker: &mut Walker,
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
        walker: &mut Walker,
        at: usize,
        depth: usize,
        sink: Sink,
    ) -> Result<usize, Failure> {
        walker.enter();
        let mut next = walker.skip_space(at + 1);
        loop {
            match walker.text().get(next) {
                Some(b']') => {
                    walker.enter();
                    return Ok(next + 1);
                }
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
        walker: &mut Walker,
        at: usize,
        depth: usize,
        sink: Sink,
    ) -> Result<usize, Failure> {
        if self.settled {
            let mut ahead = *walker;
            if let Ok(end) = ahead.record(at, catalogue.trie(self.guess), &mut self.slots)
                && catalogue.is(self.guess, walker.text(), &self.slots)
            {
                *walker = ahead;
                self.record(walker.text(), at, end, sink);
                return Ok(end);
            }
        }
        self.settled = false;
        let mut members = Vec::new();
        let mut ahead = *walker;
        let stopped =
            |key: &[u8], first: u8| first == b'[' && depth <= MAX_NESTING && ARRAYS.contains(&key);
        let end = ahead.members(at, &mut members, stopped)?;
        if let Some(last) = members
            .last()
            .filter(|last| last.value.start == last.value.end)
        {
            let start = last.value.start as usize;
            let after = self.array(catalogue, &mut ahead, start, depth + 1, sink)?;
            self.settled = false;
            let end = ahead.rest_of_object(after)?;
            *walker = ahead;
            return Ok(end);
        }
        let bytes = walker.text();
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
                walker.record(at, catalogue.trie(source), &mut self.slots)?;
                self.guess = source;
                self.settled = true;
                self.record(bytes, at, end, sink);
            }
            Kind::Copy(source, form) => {
                *walker = ahead;
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
            Kind::Aside(_) if let Some(payload) = payload(catalogue, &known) => {
                *walker = ahead;
                self.inner(catalogue, payload, depth + 1, sink);
            }
            Kind::Aside(reason) => {
                *walker = ahead;
                sink(Item::Ignored { reason });
            }
            Kind::Unknown => {
                *walker = ahead;
                self.envelope(catalogue, bytes, &members, at, depth, sink);
            }
        }
        Ok(end)
    }

    fn record(&mut self, text: &[u8], at: usize, end: usize, sink: Sink) {
        let span = Span {
            start: at as u32,
            end: end as u32,
        };
        sink(Item::Record {
            source: self.guess,
            text,
            span,
            slots: &self.slots,
        });
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
        let Ok(end) = Walker::new(text, index).record(0, trie, &mut self.slots) else {
            return false;
        };
        let span = Span {
            start: 0,
            end: end as u32,
        };
        sink(Item::Record {
            source,
            text,
            span,
            slots: &self.slots,
        });
        true
    }

    /// An object that is no record: perhaps one of its members is.
    fn envelope(
        &mut self,
        catalogue: &dyn Catalogue,
        bytes: &[u8],
        members: &[Member],
        at: usize,
        depth: usize,
        sink: Sink,
    ) {
        for &wanted in INSIDE {
            let Some(member) = members
                .iter()
                .find(|member| key_of(bytes, member) == wanted)
            else {
                continue;
            };
            let raw = member.value.of(bytes);
            match raw {
                raw if raw.starts_with(CONTROL) => {
                    let reason = "CloudWatch Logs control message";
                    return sink(Item::Ignored { reason });
                }
                [b'{', ..] if depth < MAX_NESTING => {
                    return self.inner(catalogue, raw, depth + 1, sink);
                }
                [b'"', inner @ ..] if looks_like_json(inner) && depth >= MAX_NESTING => {
                    let reason = "envelopes nested deeper than 4 levels";
                    return self.unknown(sink, reason, at, depth);
                }
                [b'"', inner @ ..] if looks_like_json(inner) => {
                    return self.text(catalogue, raw, depth + 1, sink);
                }
                [b'"', ..] if self.quoted_line(catalogue, raw, sink) => return,
                // An answer with its page's place beside it.
                [b'[', ..] if wanted == b"data" && depth < MAX_NESTING => {
                    return self.inner(catalogue, raw, depth + 1, sink);
                }
                // Message queues carry bytes.
                [b'"', inner @ .., b'"'] if wanted == b"data" => {
                    if let Some(plain) = decoded(inner) {
                        return self.inner(catalogue, &plain, depth + 1, sink);
                    }
                }
                _ => {}
            }
        }
        if let Some(member) = members
            .iter()
            .find(|member| key_of(bytes, member) == RESULT_SET)
            && tables::result_set(member.value.of(bytes), &mut |row| {
                self.table_row(catalogue, row, depth + 1, sink);
            })
        {
            return;
        }
        let is = |wanted: &[u8]| members.iter().any(|member| key_of(bytes, member) == wanted);
        if is(b"columns")
            && is(b"rows")
            && let Some(last) = members.last()
        {
            let whole = &bytes[at..last.value.end as usize];
            // The brace that closes it does not matter to a search.
            if tables::columns_and_rows(whole, &mut |row| {
                self.table_row(catalogue, row, depth + 1, sink);
            }) {
                return;
            }
        }
        self.foreign = true;
        let mut names: Vec<_> = members
            .iter()
            .map(|member| text::string(member.key.of(bytes)))
            .collect();
        names.truncate(5);
        let names = names
            .iter()
            .map(|name| name.chars().take(40).collect::<String>())
            .collect::<Vec<_>>();
        let reason = match names.is_empty() {
            true => "JSON of no known log (an empty object)".to_owned(),
            false => format!("JSON of no known log (keys {})", names.join(", ")),
        };
        self.unknown(sink, reason, at, depth);
    }

    /// A record or envelope that stands in a string.
    fn text(&mut self, catalogue: &dyn Catalogue, raw: &[u8], depth: usize, sink: Sink) {
        let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
        if !looks_like_json(inner) {
            if self.quoted_line(catalogue, raw, sink) {
                return;
            }
            self.unknown(
                sink,
                "text of no known log: a string without JSON",
                0,
                depth,
            );
            return;
        }
        let (mut buffer, mut index) = self.pool.pop().unwrap_or_default();
        buffer.clear();
        text::unescape_into(inner, &mut buffer);
        index.build(&buffer);
        let settled = std::mem::replace(&mut self.settled, true);
        self.documents(catalogue, &buffer, &index, depth, sink);
        self.settled = settled;
        self.pool.push((buffer, index));
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
            let mut walker = Walker::new(window, &index);
            // What begins a line is a record of its own, whatever became of the one before.
            let line = start == 0 || bytes[start - 1] == b'\n';
            self.damaged = !line;
            match self.object(catalogue, &mut walker, 0, 1, sink) {
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

/// The JSON that stands in base64.
fn decoded(inner: &[u8]) -> Option<Vec<u8>> {
    use base64::Engine;
    // `{` or `[` in base64, alone or with a blank behind it.
    if !matches!(inner.first(), Some(b'e' | b'W' | b'C' | b'I')) || inner.len() < 4 {
        return None;
    }
    let lenient = base64::engine::GeneralPurposeConfig::new()
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent);
    let standard = base64::engine::GeneralPurpose::new(&base64::alphabet::STANDARD, lenient);
    let url = base64::engine::GeneralPurpose::new(&base64::alphabet::URL_SAFE, lenient);
    let inner: Vec<u8> = text::unescape(inner)
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let plain = standard
        .decode(&inner)
        .or_else(|_| url.decode(&inner))
        .ok()?;
    looks_like_json(&plain).then_some(plain)
}

/// What a container wrote into an entry of a cloud's log, where that is a record of its own.
fn payload<'m>(catalogue: &dyn Catalogue, members: &[(&[u8], &'m [u8])]) -> Option<&'m [u8]> {
    let (_, payload) = members.iter().find(|(key, _)| *key == b"jsonPayload")?;
    let mut inner = Vec::new();
    path::members(payload, |key, value| {
        inner.push((key, value));
        true
    });
    let known = !matches!(catalogue.kind(&inner), Kind::Unknown | Kind::Aside(_));
    known.then_some(*payload)
}

fn key_of<'a>(bytes: &'a [u8], member: &Member) -> &'a [u8] {
    let raw = member.key.of(bytes);
    raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::item::Members;
    use super::super::trie::Trie;
    use super::*;

    struct One(Trie);

    impl Catalogue for One {
        fn trie(&self, _: usize) -> &Trie {
            &self.0
        }
        fn is(&self, _: usize, _: &[u8], slots: &Slots) -> bool {
            slots.marks == 3
        }
        fn kind(&self, members: &Members) -> Kind {
            let is = |wanted: &[u8]| members.iter().any(|(key, _)| *key == wanted);
            let has = |wanted: &[u8]| {
                let mut keys = members.iter().map(|(key, _)| key);
                keys.any(|key| key.eq_ignore_ascii_case(wanted))
            };
            match () {
                () if is(b"Id") && is(b"Who") => Kind::Record(0),
                () if has(b"Id") && has(b"Who") => Kind::Copy(0, Form::Recased),
                () if has(b"digest") => Kind::Aside("digest"),
                () => Kind::Unknown,
            }
        }
        fn rewrite(&self, _: usize, _: Form, raw: &[u8], out: &mut Vec<u8>) -> bool {
            let text = String::from_utf8_lossy(raw)
                .replace("\"id\"", "\"Id\"")
                .replace("\"who\"", "\"Who\"");
            out.extend_from_slice(text.as_bytes());
            true
        }
    }

    fn run(text: &[u8]) -> Vec<String> {
        let mut trie = Trie::default();
        trie.mark("Id", 0);
        trie.mark("Who", 1);
        let id = trie.slot(&["Id"]);
        let catalogue = One(trie);
        let mut out = Vec::new();
        Decoder::default().decode(&catalogue, text, &mut |item| {
            out.push(match item {
                Item::Record { text, slots, .. } => {
                    format!("{}", String::from_utf8_lossy(slots.first(id).of(text)))
                }
                Item::Skipped { reason, at } => format!("skip {reason} @{at:?}"),
                Item::Ignored { reason } => format!("ignore {reason}"),
            });
        });
        out
    }

    const A: &str = r#"{"Id":1,"Who":"a"}"#;
    const B: &str = r#"{"Id":2,"Who":"b {\"}"}"#;

    #[test]
    fn every_wrapping_gives_the_same_records() {
        let quoted = |text: &str| serde_json::to_string(text).unwrap();
        let shapes = [
            format!("{A}{B}"),
            format!("{A}\n{B}\n"),
            format!("[{A},{B}]"),
            format!(" [ {A} ,\n {B} ] "),
            format!(r#"{{"Records":[{A},{B}]}}"#),
            format!(
                r#"{{"token":null,"Events":[{{"x":{{}},"CloudTrailEvent":{}}},{{"CloudTrailEvent":{}}}],"n":[1]}}"#,
                quoted(A),
                quoted(B)
            ),
            format!("{{\"detail-type\":\"x\",\"detail\":{A}}}\n{{\"detail\":{B}}}"),
            format!("2024-01-01T00:00:00Z {A}\n2024-01-01T00:00:01Z stream {B}\n"),
            format!(
                r#"{{"result":{{"_raw":{}}}}}{{"event":{{"original":{}}}}}"#,
                quoted(A),
                quoted(B)
            ),
            format!("{},{}", A.to_lowercase(), B.to_lowercase()),
            format!("[{},{}]", quoted(A), quoted(B)),
            format!("{{\"Records\":[{A}]}}{{\"Records\":[{B}]}}"),
        ];
        for shape in shapes {
            assert_eq!(run(shape.as_bytes()), ["1", "2"], "{shape}");
        }
    }

    #[test]
    fn a_bad_record_costs_itself_alone() {
        let bad = r#"{"Id":9,"Who:"x","l":[{"y":1}]}"#;
        for shape in [
            format!(r#"{{"Records":[{A},{bad},{B}]}}"#),
            format!("{A}\n{bad}\n{B}\n"),
            format!("[{A},{bad},{B}]"),
        ] {
            let out = run(shape.as_bytes());
            assert_eq!(out.len(), 3, "{shape}: {out:?}");
            assert_eq!((&*out[0], &*out[2]), ("1", "2"), "{shape}");
            assert!(out[1].starts_with("skip "), "{shape}");
        }
        let out = run(format!(r#"{{"Records":[{A},{B},{{"Id":3,"Wh"#).as_bytes());
        assert_eq!(out[..2], ["1", "2"]);
        assert!(out[2].contains("JSON ends"), "{out:?}");
    }

    #[test]
    fn says_what_everything_else_is() {
        let table = [
            ("", vec![]),
            ("  \n", vec![]),
            ("[]", vec![]),
            (r#"{"Records":[]}"#, vec![]),
            (r#"{"digest":1}"#, vec!["ignore digest"]),
            (
                "{}",
                vec!["skip JSON of no known log (an empty object) @Some(0)"],
            ),
            (
                r#"{"name":"x","version":1}"#,
                vec!["skip JSON of no known log (keys name, version) @Some(0)"],
            ),
            (
                "a,b,c\n1,2,3\n",
                vec![r#"skip CSV of no known export (first line "a,b,c") @Some(0)"#],
            ),
            (
                "\u{0}\u{1}ELF",
                vec!["skip binary data of no known kind @Some(0)"],
            ),
            (
                "[1,2]",
                vec![
                    "skip a value that is no object @Some(1)",
                    "skip a value that is no object @Some(3)",
                ],
            ),
        ];
        for (text, want) in table {
            assert_eq!(run(text.as_bytes()), want, "{text:?}");
        }
    }
}
