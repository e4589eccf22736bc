//! Tells the log sources apart by the keys of a record.

use std::collections::HashMap;

use super::source::{Layout, Source};
use super::{flat, rewrite};
use crate::decode::item::{Catalogue, Form, Kind, Members};
use crate::decode::path;
use crate::decode::trie::{Slots, Trie};

/// The tables of sources, by the number of the source: most are never asked for.
pub trait Layouts: Sync {
    /// The table of one of them.
    fn layout(&self, source: usize) -> &Layout;
}

impl Layouts for Vec<Layout> {
    fn layout(&self, source: usize) -> &Layout {
        &self[source]
    }
}

/// What is said of a line that a program wrote for itself.
const CHATTER: &str = "a program's own log, no audit record";

/// A mark as it is spelt, its source's number and its bit.
type Mark = (&'static str, usize, u32);

/// The registered sources as the decoder sees them.
pub struct Known<'a> {
    sources: &'a [&'static Source],
    layouts: &'a (dyn Layouts + 'a),
    /// `--source`: every record that has one of its marks is one of this source.
    forced: Option<usize>,
    /// The marks of all sources by their lower-cased names.
    marks: HashMap<Box<[u8]>, Vec<Mark>>,
}

impl<'a> Known<'a> {
    /// A catalogue of these sources.
    pub fn new(
        sources: &'a [&'static Source],
        layouts: &'a (dyn Layouts + 'a),
        forced: Option<usize>,
    ) -> Known<'a> {
        let mut marks: HashMap<Box<[u8]>, Vec<_>> = HashMap::new();
        for (number, source) in sources.iter().enumerate() {
            for (bit, mark) in source.marks.iter().enumerate() {
                let name = mark.to_ascii_lowercase().into_bytes();
                let all = marks.entry(name.into()).or_default();
                all.push((*mark, number, bit as u32));
            }
        }
        Known {
            sources,
            layouts,
            forced,
            marks,
        }
    }
}

fn marks(source: &Source, members: &Members, same: impl Fn(&[u8], &[u8]) -> bool) -> u64 {
    let bit = |mark: &str| u64::from(members.iter().any(|(key, _)| same(key, mark.as_bytes())));
    source
        .marks
        .iter()
        .enumerate()
        .fold(0, |marks, (number, mark)| marks | bit(mark) << number)
}

/// Whether the object is a record of the source, with keys compared this way.
fn is_one(source: &Source, members: &Members, same: fn(&[u8], &[u8]) -> bool) -> bool {
    (source.recognise)(marks(source, members, same)) && tells(source, members, same)
}

/// Whether the value agrees that tells the source from its neighbours.
fn tells(source: &Source, members: &Members, same: fn(&[u8], &[u8]) -> bool) -> bool {
    source.telling.is_none_or(|(wanted, tells)| {
        let mut found = members
            .iter()
            .filter(|(key, _)| same(key, wanted.as_bytes()));
        found.next().is_some_and(|(_, raw)| tells(raw))
    })
}

/// Most sources.
const MOST: usize = 32;
/// Longest mark.
const LONGEST: usize = 64;

/// Which marks of which source an object has: spelt as they are, and in any case.
struct Found {
    exact: [u64; MOST],
    folded: [u64; MOST],
}

impl Known<'_> {
    /// The marks of all sources in an object: one look a key, where it would be one a mark.
    fn found(&self, members: &Members) -> Found {
        let mut out = Found {
            exact: [0; MOST],
            folded: [0; MOST],
        };
        let mut name = [0; LONGEST];
        for (key, _) in members {
            let Some(folded) = name.get_mut(..key.len()) else {
                continue;
            };
            folded.copy_from_slice(key);
            folded.make_ascii_lowercase();
            for (mark, source, bit) in self.marks.get(&*folded).into_iter().flatten() {
                let (Some(folded), Some(exact)) =
                    (out.folded.get_mut(*source), out.exact.get_mut(*source))
                else {
                    continue;
                };
                *folded |= 1 << bit;
                *exact |= u64::from(mark.as_bytes() == *key) << bit;
            }
        }
        out
    }

    /// The source of a record whose objects are spread over names with dots in them.
    fn flat(&self, members: &Members) -> Option<usize> {
        let mut nested = Vec::new();
        flat::nest(members, &mut nested);
        let nested = rewrite::members(&nested);
        self.sources.iter().position(|source| {
            let same: fn(&[u8], &[u8]) -> bool = <[u8]>::eq_ignore_ascii_case;
            source.forms.iter().any(|form| (form.is)(&nested)) || is_one(source, &nested, same)
        })
    }
}

impl Catalogue for Known<'_> {
    fn trie(&self, source: usize) -> &Trie {
        &self.layouts.layout(source).trie
    }

    fn is(&self, source: usize, text: &[u8], slots: &Slots) -> bool {
        match self.forced {
            Some(forced) => forced == source && slots.marks != 0,
            None => {
                let declared = self.sources[source];
                (declared.recognise)(slots.marks)
                    && declared.telling.is_none_or(|(_, tells)| {
                        let slot = self.layouts.layout(source).telling.unwrap_or(u16::MAX);
                        tells(slots.first(slot).of(text))
                    })
            }
        }
    }

    fn word<'t>(&self, source: usize, text: &'t [u8], slots: &Slots) -> &'t [u8] {
        let telling = self.sources[source].telling;
        let slot = telling.and_then(|_| self.layouts.layout(source).telling);
        let raw = slot.map_or(&b""[..], |slot| slots.first(slot).of(text));
        match raw {
            [b'"', ..] => raw,
            _ => b"",
        }
    }

    fn kind(&self, members: &Members) -> Kind {
        if let Some(forced) = self.forced {
            let source = self.sources[forced];
            if let Some(form) = source.forms.iter().position(|form| (form.is)(members)) {
                return Kind::Copy(forced, Form::Declared(form));
            }
            return match marks(source, members, |a, b| a == b) {
                0 => Kind::Unknown,
                _ => Kind::Record(forced),
            };
        }
        for (number, source) in self.sources.iter().enumerate() {
            let forms = &source.forms;
            if let Some(form) = forms.iter().position(|form| (form.is)(members)) {
                return Kind::Copy(number, Form::Declared(form));
            }
        }
        if let Some(reason) = super::kubernetes_audit::aside(members) {
            return Kind::Aside(reason);
        }
        if let Some(number) = flat::is(members).then(|| self.flat(members)).flatten() {
            return Kind::Copy(number, Form::Flat);
        }
        let Found { exact, folded } = self.found(members);
        let told = |number: usize, marks: &[u64], same: fn(&[u8], &[u8]) -> bool| {
            let source = self.sources[number];
            let marks = marks.get(number).copied().unwrap_or_default();
            (source.recognise)(marks) && tells(source, members, same)
        };
        let all = 0..self.sources.len();
        if let Some(number) = all.clone().find(|at| told(*at, &exact, |a, b| a == b)) {
            return Kind::Record(number);
        }
        for source in self.sources {
            for (wanted, reason) in source.asides {
                let has = |key: &&str| members.iter().any(|(known, _)| *known == key.as_bytes());
                if wanted.iter().all(has) {
                    return Kind::Aside(reason);
                }
            }
        }
        let any_case: fn(&[u8], &[u8]) -> bool = <[u8]>::eq_ignore_ascii_case;
        match all.clone().find(|at| told(*at, &folded, any_case)) {
            Some(number) => Kind::Copy(number, Form::Recased),
            None => Kind::Unknown,
        }
    }

    fn line(&self, line: &[u8], out: &mut Vec<u8>) -> Kind {
        for (number, source) in self.sources.iter().enumerate() {
            let wanted = self.forced.is_none_or(|forced| forced == number);
            if wanted && source.line.is_some_and(|write| write(line, out)) {
                return Kind::Record(number);
            }
        }
        match self.sources.iter().any(|source| (source.chatter)(line)) {
            true => Kind::Aside(CHATTER),
            false => Kind::Unknown,
        }
    }

    fn rewrite(&self, source: usize, form: Form, raw: &[u8], out: &mut Vec<u8>) -> bool {
        let source = self.sources[source];
        match form {
            Form::Recased => {
                recase(source, raw, out);
                true
            }
            Form::Flat => {
                let mut nested = Vec::new();
                flat::nest(&rewrite::members(raw), &mut nested);
                let members = rewrite::members(&nested);
                if let Some(form) = source.forms.iter().find(|form| (form.is)(&members)) {
                    return (form.rewrite)(&nested, out);
                }
                recase(source, &nested, out);
                true
            }
            Form::Declared(number) => source
                .forms
                .get(number)
                .is_some_and(|form| (form.rewrite)(raw, out)),
        }
    }
}

/// The spelling a source gives to a key it defines.
pub(super) fn canonical<'s>(source: &'s Source, key: &[u8]) -> Option<&'s str> {
    let keys = |path: &&'static str| super::record::keys_of(path);
    let declared = source.rows.iter().flat_map(|row| row.paths);
    declared
        .flat_map(keys)
        .chain(source.marks.iter().copied())
        .chain(source.containers.iter().copied())
        .chain(source.keys.iter().flat_map(keys))
        .find(|known| known.as_bytes().eq_ignore_ascii_case(key))
}

/// Writes a value with the spelling a source gives to its keys.
pub(super) fn recase(source: &Source, raw: &[u8], out: &mut Vec<u8>) {
    match raw.first() {
        Some(b'{') => {
            out.push(b'{');
            let mut first = true;
            path::members(raw, |key, value| {
                if !std::mem::take(&mut first) {
                    out.push(b',');
                }
                out.push(b'"');
                out.extend_from_slice(canonical(source, key).map_or(key, str::as_bytes));
                out.extend_from_slice(b"\":");
                recase(source, value, out);
                true
            });
            out.push(b'}');
        }
        Some(b'[') => {
            out.push(b'[');
            let mut first = true;
            path::elements(raw, |value| {
                if !std::mem::take(&mut first) {
                    out.push(b',');
                }
                recase(source, value, out);
                true
            });
            out.push(b']');
        }
        _ => out.extend_from_slice(raw),
    }
}
