//! Objects and strings that are no records but hold some.
//!
//! Enters: an object that is nothing known, with its members, or a string. Leaves: the records in
//! it, or one word on what it is. Collectors and queues have their own names for what they carry:
//! the usual ones are looked at first, then every member that begins like a record.

use std::io::Read;

use super::super::item::{Catalogue, Item, Kind, Sink};
use super::super::path;
use super::super::shape::{instead_of, looks_like_json};
use super::super::walk::Member;
use super::super::{tables, text};
use super::{Decoder, MAX_NESTING, key_of};

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
    b"event.original",
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
    b"kinesis",
];

/// The record inside an item of LookupEvents.
pub(super) const LOOKUP_RECORD: &[u8] = b"CloudTrailEvent";
/// What Athena wraps its rows in.
const RESULT_SET: &[u8] = b"ResultSet";
/// Why an envelope is not opened.
const TOO_DEEP: &str = "envelopes nested deeper than 6 levels";
/// What is said of an object that holds nothing.
const STRANGER: &str = "JSON of no known log";
/// Most that a packed message may unpack to.
const LARGEST: u64 = 16 << 20;
/// Elements of a list that are looked at for what the list holds.
const FIRST_ELEMENTS: usize = 3;
/// What CloudWatch Logs sends to see whether anybody listens.
const CONTROL: &[u8] = b"\"CWL CONTROL MESSAGE";

impl Decoder {
    /// An object that is no record: perhaps one of its members is.
    pub(super) fn envelope(
        &mut self,
        catalogue: &dyn Catalogue,
        bytes: &[u8],
        members: &[Member],
        at: usize,
        depth: usize,
        sink: Sink,
    ) {
        let foreign = self.foreign;
        let mut vain = None;
        // Of many objects that hold nothing each is looked over once.
        let dull = std::mem::replace(&mut self.dull, false);
        if dull
            && !members
                .iter()
                .any(|member| may_open(catalogue, bytes, member, depth))
        {
            return self.stranger(bytes, members, at, depth, sink);
        }
        for &wanted in INSIDE {
            let mut named = members.iter();
            let Some(member) = named.find(|member| key_of(bytes, member) == wanted) else {
                continue;
            };
            let raw = member.value.of(bytes);
            if raw.starts_with(CONTROL) {
                let reason = "CloudWatch Logs control message";
                return sink(Item::Ignored { reason });
            }
            let mut held = None;
            let mut more = false;
            let opened = self.usual(catalogue, raw, wanted, depth, &mut |item| match item {
                Item::Skipped { reason, at } if !more && held.is_none() => {
                    held = Some((reason, at));
                }
                item => {
                    more = true;
                    if let Some((reason, at)) = held.take() {
                        sink(Item::Skipped { reason, at });
                    }
                    sink(item);
                }
            });
            if opened && held.is_none() {
                return;
            }
            // What is usually the record is none here: another member may be.
            vain = vain.or(held.filter(|(reason, _)| !reason.starts_with(STRANGER)));
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
        if self.promising(catalogue, bytes, members, depth, sink) {
            self.foreign = foreign;
            return;
        }
        if let Some((reason, at)) = vain {
            return sink(Item::Skipped { reason, at });
        }
        self.stranger(bytes, members, at, depth, sink);
    }

    /// Says that an object is nothing known, by its first names.
    fn stranger(&mut self, bytes: &[u8], members: &[Member], at: usize, depth: usize, sink: Sink) {
        self.foreign = true;
        self.dull = true;
        let mut names: Vec<_> = members
            .iter()
            .map(|member| text::string(member.key.of(bytes)))
            .collect();
        if let Some(hint) = instead_of(&names) {
            return self.unknown(sink, hint, at, depth);
        }
        names.truncate(5);
        let names = names
            .iter()
            .map(|name| name.chars().take(40).collect::<String>())
            .collect::<Vec<_>>();
        let reason = match names.is_empty() {
            true => format!("{STRANGER} (an empty object)"),
            false => format!("{STRANGER} (keys {})", names.join(", ")),
        };
        self.unknown(sink, reason, at, depth);
    }

    /// Opens what usually is the record; false where that cannot be one.
    fn usual(
        &mut self,
        catalogue: &dyn Catalogue,
        raw: &[u8],
        wanted: &[u8],
        depth: usize,
        sink: Sink,
    ) -> bool {
        match raw {
            [b'"', inner @ ..] if looks_like_json(inner) && depth >= MAX_NESTING => {
                self.unknown(sink, TOO_DEEP, 0, depth);
            }
            // A search answers with the fields that it took apart.
            [b'{', ..] if wanted == b"result" && depth < MAX_NESTING => {
                self.table_row(catalogue, raw, depth + 1, sink);
            }
            [b'{', ..] if depth < MAX_NESTING => self.inner(catalogue, raw, depth + 1, sink),
            [b'"', inner @ ..] if looks_like_json(inner) => {
                self.text(catalogue, raw, depth + 1, sink);
            }
            [b'"', ..] if self.quoted_line(catalogue, raw, sink) => {}
            // An answer with its page's place beside it.
            [b'[', ..] if wanted == b"data" && depth < MAX_NESTING => {
                self.inner(catalogue, raw, depth + 1, sink);
            }
            // Message queues carry bytes.
            [b'"', inner @ .., b'"'] if depth < MAX_NESTING => match decoded(inner) {
                Some(plain) => self.inner(catalogue, &plain, depth + 1, sink),
                None => return false,
            },
            _ => return false,
        }
        true
    }

    /// Opens whatever members begin like a record, under names that nobody told of: all lists of
    /// records, else the first one. False where there is none.
    pub(super) fn promising(
        &mut self,
        catalogue: &dyn Catalogue,
        bytes: &[u8],
        members: &[Member],
        depth: usize,
        sink: Sink,
    ) -> bool {
        if depth >= MAX_NESTING {
            return false;
        }
        let values = members.iter().map(|member| member.value.of(bytes));
        let found: Vec<&[u8]> = values
            .filter(|raw| promises(catalogue, raw, depth + 1))
            .collect();
        let mut lists = found.iter().filter(|raw| raw.first() == Some(&b'['));
        let first = found.first().filter(|_| lists.clone().next().is_none());
        for raw in lists.by_ref().chain(first) {
            match raw {
                [b'"', inner @ .., b'"'] => match decoded(inner) {
                    Some(plain) => self.inner(catalogue, &plain, depth + 1, sink),
                    None => self.text(catalogue, raw, depth + 1, sink),
                },
                raw => self.inner(catalogue, raw, depth + 1, sink),
            }
        }
        !found.is_empty()
    }

    /// Opens the lists of records that stand beside the one by whose name an envelope was told.
    pub(super) fn beside(
        &mut self,
        catalogue: &dyn Catalogue,
        bytes: &[u8],
        members: &[Member],
        depth: usize,
        sink: Sink,
    ) {
        for member in members {
            let raw = member.value.of(bytes);
            let list = raw.first() == Some(&b'[') && depth < MAX_NESTING;
            if list && promises(catalogue, raw, depth + 1) {
                self.inner(catalogue, raw, depth + 1, sink);
            }
        }
    }

    /// A record or envelope that stands in a string.
    pub(super) fn text(&mut self, catalogue: &dyn Catalogue, raw: &[u8], depth: usize, sink: Sink) {
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
}

/// Whether a look into a member may bring anything to light, damage included.
fn may_open(catalogue: &dyn Catalogue, bytes: &[u8], member: &Member, depth: usize) -> bool {
    let table = [RESULT_SET, b"columns", b"rows"].contains(&key_of(bytes, member));
    table || holds(catalogue, member.value.of(bytes), depth + 1)
}

/// The members of an object, in their order.
fn members_of(raw: &[u8]) -> Vec<(&[u8], &[u8])> {
    let mut members = Vec::new();
    path::members(raw, |key, value| {
        members.push((key, value));
        true
    });
    members
}

/// The same for a value.
fn holds(catalogue: &dyn Catalogue, raw: &[u8], depth: usize) -> bool {
    if depth > MAX_NESTING {
        return true;
    }
    match raw {
        [b'{', ..] => {
            let members = members_of(raw);
            let table = |(key, _): &(&[u8], &[u8])| [RESULT_SET, b"columns", b"rows"].contains(key);
            catalogue.kind(&members) != Kind::Unknown
                || members.iter().any(table)
                || members
                    .iter()
                    .any(|(_, value)| holds(catalogue, value, depth + 1))
        }
        [b'[', ..] => {
            let mut found = false;
            path::elements(raw, |element| {
                found = holds(catalogue, element, depth);
                !found
            });
            found
        }
        [b'"', inner @ ..] if looks_like_json(inner) || raw.starts_with(CONTROL) => true,
        [b'"', inner @ .., b'"'] => {
            decoded(inner).is_some() || {
                let line = text::bytes(raw);
                catalogue.line(line.trim_ascii(), &mut Vec::new()) != Kind::Unknown
            }
        }
        _ => false,
    }
}

/// Whether a value begins like something that holds a record.
pub(super) fn promises(catalogue: &dyn Catalogue, raw: &[u8], depth: usize) -> bool {
    if depth > MAX_NESTING {
        return false;
    }
    match raw {
        [b'{', ..] => {
            let members = members_of(raw);
            let known = matches!(catalogue.kind(&members), Kind::Record(_) | Kind::Copy(..));
            let mut values = members.iter().map(|(_, value)| value);
            known || values.any(|value| promises(catalogue, value, depth + 1))
        }
        [b'[', ..] => {
            let (mut found, mut seen) = (false, 0);
            path::elements(raw, |element| {
                seen += 1;
                found = promises(catalogue, element, depth);
                !found && seen < FIRST_ELEMENTS
            });
            found
        }
        [b'"', inner @ .., b'"'] if looks_like_json(inner) => {
            let plain = text::unescape(inner);
            promises(catalogue, plain.trim_ascii(), depth + 1)
        }
        [b'"', inner @ .., b'"'] => match decoded(inner) {
            Some(plain) => promises(catalogue, plain.trim_ascii(), depth + 1),
            None => {
                let line = text::bytes(raw);
                let kind = catalogue.line(line.trim_ascii(), &mut Vec::new());
                matches!(kind, Kind::Record(_))
            }
        },
        _ => false,
    }
}

/// The JSON that stands in base64, packed with gzip or not.
fn decoded(inner: &[u8]) -> Option<Vec<u8>> {
    use base64::Engine;
    let packed = inner.starts_with(b"H4sI");
    // `{` or `[` in base64, alone or with a blank behind it.
    let plain = matches!(inner.first(), Some(b'e' | b'W' | b'C' | b'I')) && inner.len() >= 4;
    if !packed && !plain {
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
    let plain = match packed {
        true => unpacked(&plain)?,
        false => plain,
    };
    looks_like_json(&plain).then_some(plain)
}

/// What gzip packed, unless it is far more than a message holds.
fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let reader = flate2::read::MultiGzDecoder::new(bytes);
    let read = reader.take(LARGEST).read_to_end(&mut out).ok()?;
    ((read as u64) < LARGEST).then_some(out)
}
