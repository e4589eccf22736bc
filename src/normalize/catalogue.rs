//! Tells the log sources apart by the keys of a record.

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

/// The registered sources as the decoder sees them.
pub struct Known<'a> {
    sources: &'a [&'static Source],
    layouts: &'a (dyn Layouts + 'a),
    /// `--source`: every record that has one of its marks is one of this source.
    forced: Option<usize>,
}

impl<'a> Known<'a> {
    /// A catalogue of these sources.
    pub fn new(
        sources: &'a [&'static Source],
        layouts: &'a (dyn Layouts + 'a),
        forced: Option<usize>,
    ) -> Known<'a> {
        Known {
            sources,
            layouts,
            forced,
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
fn is_one(source: &Source, members: &Members, same: impl Fn(&[u8], &[u8]) -> bool) -> bool {
    (source.recognise)(marks(source, members, &same))
        && source.telling.is_none_or(|(wanted, tells)| {
            let mut found = members
                .iter()
                .filter(|(key, _)| same(key, wanted.as_bytes()));
            found.next().is_some_and(|(_, raw)| tells(raw))
        })
}

impl Known<'_> {
    /// The source of a record whose objects are spread over names with dots in them.
    fn flat(&self, members: &Members) -> Option<usize> {
        let mut nested = Vec::new();
        flat::nest(members, &mut nested);
        let nested = rewrite::members(&nested);
        self.sources.iter().position(|source| {
            let same = <[u8]>::eq_ignore_ascii_case;
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

    fn kind(&self, members: &Members) -> Kind {
        let exact = |a: &[u8], b: &[u8]| a == b;
        if let Some(forced) = self.forced {
            let source = self.sources[forced];
            if let Some(form) = source.forms.iter().position(|form| (form.is)(members)) {
                return Kind::Copy(forced, Form::Declared(form));
            }
            return match marks(source, members, exact) {
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
        for (number, source) in self.sources.iter().enumerate() {
            if is_one(source, members, exact) {
                return Kind::Record(number);
            }
        }
        for source in self.sources {
            for (wanted, reason) in source.asides {
                let has = |key: &&str| members.iter().any(|(known, _)| *known == key.as_bytes());
                if wanted.iter().all(has) {
                    return Kind::Aside(reason);
                }
            }
        }
        for (number, source) in self.sources.iter().enumerate() {
            if is_one(source, members, <[u8]>::eq_ignore_ascii_case) {
                return Kind::Copy(number, Form::Recased);
            }
        }
        Kind::Unknown
    }

    fn line(&self, line: &[u8], out: &mut Vec<u8>) -> Kind {
        for (number, source) in self.sources.iter().enumerate() {
            let wanted = self.forced.is_none_or(|forced| forced == number);
            if wanted && source.line.is_some_and(|write| write(line, out)) {
                return Kind::Record(number);
            }
        }
        match super::kubernetes_audit::is_program_log(line) {
            true => Kind::Aside("a program's own log, no audit record"),
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
    let declared = source
        .rows
        .iter()
        .flat_map(|row| row.paths)
        .flat_map(|path| super::record::keys_of(path));
    declared
        .chain(source.marks.iter().copied())
        .chain(source.containers.iter().copied())
        .chain(source.keys.iter().copied())
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
