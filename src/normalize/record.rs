//! A raw record and what the walk found in it, read through its source's table.
//!
//! Enters: a declaration, compiled once a run, and the spans of one record. Leaves: the fields by
//! name or by path, as the log writes them or as text. It exists so that no source reads JSON.

use std::borrow::Cow;

use super::source::{Norm, Quirk, Source};
use super::token;
use crate::decode::path;
use crate::decode::shelf::Shelved;
use crate::decode::text;
use crate::decode::trie::{Slots, Span, Trie};
use crate::model::Time;

/// A source's table, compiled for one run: which slot holds what.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The source.
    pub source: &'static Source,
    /// What the walk looks for.
    pub trie: Trie,
    /// The slot of the key whose value tells the source.
    pub telling: Option<u16>,
    norms: [Vec<(u16, Quirk)>; Norm::COUNT],
    /// The slots of the source's paths to the role that a call names.
    roles: Vec<u16>,
    /// The slots of its paths to what a call acts on.
    named: Vec<u16>,
    tops: Vec<(Box<str>, u16)>,
}

impl Layout {
    /// Compiles a source's table.
    pub fn new(source: &'static Source) -> Layout {
        let mut trie = Trie::default();
        for (bit, mark) in source.marks.iter().enumerate() {
            trie.mark(mark, bit as u8);
        }
        let mut norms = [const { Vec::new() }; Norm::COUNT];
        for row in source.rows {
            for path in row.paths {
                let keys = keys_of(path);
                norms[row.norm as usize].push((trie.slot(&keys), row.quirk));
            }
        }
        let mut slots = |paths: &[&str]| -> Vec<u16> {
            let paths = paths.iter();
            paths.map(|path| trie.slot(&keys_of(path))).collect()
        };
        let (roles, named) = (slots(source.roles), slots(source.named));
        let telling = source.telling.map(|(key, _)| trie.slot(&[key]));
        for path in source.keys {
            trie.pass(&keys_of(path));
        }
        let tops = source.telling.iter().zip(telling);
        let tops = tops.map(|((key, _), slot)| ((*key).into(), slot)).collect();
        Layout {
            source,
            trie,
            telling,
            norms,
            roles,
            named,
            tops,
        }
    }

    /// The slot of a declared path, if it is one.
    pub fn declared(&self, path: &str) -> Option<(u16, Quirk)> {
        self.source.rows.iter().find_map(|row| {
            let at = row.paths.iter().position(|known| is_path(known, path))?;
            self.norms[row.norm as usize].get(at).copied()
        })
    }

    /// Whether a slot holds a declared path.
    pub fn is_declared(&self, slot: u16) -> bool {
        self.norms.iter().flatten().any(|(known, _)| *known == slot)
    }

    /// Whether a slot holds the name of a role that a call makes use of.
    pub fn names_role(&self, slot: u16) -> bool {
        self.roles.contains(&slot)
    }

    /// The slot of a top-level key; a new one where nobody has asked for it yet.
    pub fn top(&mut self, key: &str) -> u16 {
        if let Some((_, slot)) = self.tops.iter().find(|(known, _)| **known == *key) {
            return *slot;
        }
        let slot = self.trie.slot(&[key]);
        self.tops.push((key.into(), slot));
        slot
    }

    /// Whether all records of one action say the same in this slot.
    pub fn is_steady(&self, slot: u16) -> bool {
        let steady = self.source.steps.map_or(&[][..], |steps| steps.steady);
        let under = |path: &str| {
            steady.contains(&path) || steady.contains(&path.split('.').next().unwrap_or(path))
        };
        let declared = self.source.rows.iter().flat_map(|row| {
            let slots = self.norms[row.norm as usize].iter();
            row.paths.iter().zip(slots)
        });
        self.tops
            .iter()
            .any(|(key, own)| *own == slot && under(key))
            || declared
                .into_iter()
                .any(|(path, (own, _))| *own == slot && under(path))
    }

    /// The slots of a normalized field, in order of preference.
    pub fn slots_of(&self, norm: Norm) -> &[(u16, Quirk)] {
        &self.norms[norm as usize]
    }
}

/// The keys of a declared path. A key that holds a dot stands between backticks.
pub fn keys_of(path: &str) -> Vec<&str> {
    let mut keys = Vec::new();
    for (number, part) in path.split('`').enumerate() {
        match number % 2 {
            1 => keys.push(part),
            _ => keys.extend(part.split('.').filter(|key| !key.is_empty())),
        }
    }
    keys
}

/// Whether a rule's name is this declared path, in any case.
pub fn is_path(declared: &str, name: &str) -> bool {
    let declared = declared.bytes().filter(|byte| *byte != b'`');
    declared
        .map(|byte| byte.to_ascii_lowercase())
        .eq(name.bytes().map(|byte| byte.to_ascii_lowercase()))
}

/// The first element of a list.
fn first_of(raw: &[u8]) -> Option<&[u8]> {
    let mut out = None;
    path::elements(raw, |element| {
        out = Some(element);
        false
    });
    out.filter(|raw| *raw != b"null")
}

/// The first public address of a list, else its first element.
fn address_of(raw: &[u8]) -> Option<&[u8]> {
    let mut out = None;
    path::elements(raw, |element| {
        let kind = super::address::classify(&text::string(element)).kind;
        let public = kind == super::address::IpKind::Public;
        if public || out.is_none() {
            out = Some(element);
        }
        !public
    });
    out.filter(|raw| *raw != b"null")
}

/// The time that a raw value tells.
fn time_of(raw: &[u8]) -> Option<Time> {
    let usual = match raw {
        [b'"', inner @ .., b'"'] => Time::usual(inner),
        _ => None,
    };
    usual.or_else(|| Time::parse(&text::string(raw)))
}

/// What follows a segment of a path, without quotes.
fn segment<'a>(raw: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let inner = raw.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    if memchr::memchr(b'/', inner).is_none() {
        return (!inner.is_empty()).then_some(inner);
    }
    let mut parts = inner.split(|byte| *byte == b'/');
    parts.find(|part| part.eq_ignore_ascii_case(name.as_bytes()))?;
    parts.next().filter(|part| !part.is_empty())
}

/// One raw record with what the walk found in it.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    /// The text the spans point into.
    pub text: &'a [u8],
    /// Where the record stands in it.
    pub span: Span,
    /// What was found.
    pub slots: &'a Slots,
    /// The table it was found with.
    pub layout: &'a Layout,
    time: Option<Time>,
}

impl<'a> Record<'a> {
    /// A record that has been walked with this layout.
    pub fn new(text: &'a [u8], span: Span, slots: &'a Slots, layout: &'a Layout) -> Record<'a> {
        let mut record = Record {
            text,
            span,
            slots,
            layout,
            time: None,
        };
        record.time = record.norm(Norm::Time).and_then(time_of);
        record
    }

    /// The record's bytes.
    pub fn raw(&self) -> &'a [u8] {
        self.span.of(self.text)
    }

    /// The record with what is noted of its containers, for searches below them.
    pub(crate) fn shelved(&self) -> Shelved<'a> {
        Shelved {
            text: self.text,
            shelf: &self.slots.shelf,
        }
    }

    /// A normalized field as the log writes it: the first of its paths that is there and not
    /// null.
    #[inline]
    pub fn norm(&self, norm: Norm) -> Option<&'a [u8]> {
        // Nearly always: asked dozens of times a record.
        let slots = self.layout.slots_of(norm);
        if let Some((slot, Quirk::None)) = slots.first() {
            let raw = self.slots.first(*slot).of(self.text);
            if raw.len() > 4 {
                return Some(raw);
            }
            if raw.is_empty() && slots.len() == 1 {
                return None;
            }
        }
        self.norm_of_all(norm)
    }

    fn norm_of_all(&self, norm: Norm) -> Option<&'a [u8]> {
        self.layout.slots_of(norm).iter().find_map(|(slot, quirk)| {
            let span = self.slots.first(*slot);
            if !span.is_some() {
                return None;
            }
            let raw = span.of(self.text);
            match raw {
                b"" | b"null" => None,
                b"\"\"" if *quirk == Quirk::EmptyIsAbsent => None,
                _ if *quirk == Quirk::Token && token::is_nobodys(raw) => None,
                [b'[', ..] if *quirk == Quirk::Listed => first_of(raw),
                [b'[', ..] if *quirk == Quirk::Addresses => address_of(raw),
                _ => match quirk {
                    Quirk::Segment(name) => segment(raw, name),
                    _ => Some(raw),
                },
            }
        })
    }

    /// A normalized field as text; empty values are absent.
    pub fn text(&self, norm: Norm) -> Option<Cow<'a, str>> {
        let raw = self.norm(norm)?;
        let value = text::present(raw)?;
        let quirk = self.layout.slots_of(norm).first().map(|(_, quirk)| *quirk);
        if quirk == Some(Quirk::Brackets)
            && let Some(inner) = value.strip_prefix('[').and_then(|v| v.strip_suffix(']'))
        {
            return Some(Cow::Owned(inner.to_owned()));
        }
        if quirk == Some(Quirk::Tail)
            && let Some((_, tail)) = value.rsplit_once('/')
        {
            return Some(Cow::Owned(tail.to_owned()));
        }
        if quirk == Some(Quirk::Token) {
            return Some(Cow::Owned(token::number(&value)));
        }
        match quirk {
            Some(Quirk::Segment(_)) if value.chars().any(char::is_uppercase) => {
                Some(Cow::Owned(value.to_lowercase()))
            }
            _ => Some(value),
        }
    }

    /// The value of a top-level key that the source declares as a container.
    pub fn top(&self, key: &str) -> Option<&'a [u8]> {
        let (_, slot) = self.layout.tops.iter().find(|(known, _)| **known == *key)?;
        let raw = self.slots.first(*slot).of(self.text);
        (!raw.is_empty() && raw != b"null").then_some(raw)
    }

    /// Any path, as the log writes it.
    pub fn at(&self, path: &str) -> Option<&'a [u8]> {
        let (raw, path) = self.start(path)?;
        self.below(raw, path).filter(|raw| *raw != b"null")
    }

    /// The first value at a path below a value of the record.
    pub fn below(&self, raw: &'a [u8], path: &str) -> Option<&'a [u8]> {
        path::first_in(self.shelved(), raw, path)
    }

    /// Where a search begins: at the top-level key where its place is known, else at the record.
    fn start<'p>(&self, path: &'p str) -> Option<(&'a [u8], &'p str)> {
        let (top, rest) = path.split_once('.').unwrap_or((path, ""));
        let known = self.layout.tops.iter().find(|(key, _)| **key == *top);
        let (raw, path) = match known {
            Some((_, slot)) => (self.slots.first(*slot).of(self.text), rest),
            None => (self.raw(), path),
        };
        (!raw.is_empty()).then_some((raw, path))
    }

    /// Whether something may stand at one of these paths: one look at the keys, where a search
    /// would be one a path.
    pub fn may_have(&self, paths: &[&str]) -> bool {
        let mut left = paths;
        while let Some(first) = left.first() {
            // Counted by hand: the standard search is made for longer texts.
            let at = first.bytes().take_while(|byte| *byte != b'.').count();
            let top = &first.as_bytes()[..at];
            let same = |path: &&&str| {
                path.as_bytes().starts_with(top) && path.as_bytes().get(at) == Some(&b'.')
            };
            let count = left.iter().take_while(same).count().max(1);
            let (here, others) = left.split_at(count);
            let mut tops = self.layout.tops.iter();
            let may = match tops.find(|(key, _)| key.as_bytes() == top) {
                Some((_, slot)) => {
                    let raw = self.slots.first(*slot).of(self.text);
                    let below = here.iter().map(|path| path.as_bytes().get(at + 1..));
                    path::may_hold(raw, below.map(Option::unwrap_or_default))
                }
                None => true,
            };
            if may {
                return true;
            }
            left = others;
        }
        false
    }

    /// Whether something may stand where the source's calls name roles.
    pub fn may_name_roles(&self) -> bool {
        let mut slots = self.layout.roles.iter();
        slots.any(|slot| self.slots.first(*slot).is_some())
            || self.may_have(self.layout.source.roles)
    }

    /// What stands at the source's paths to the names of roles.
    pub fn raw_roles(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let (slots, text) = (self.slots, self.text);
        let raw = self
            .layout
            .roles
            .iter()
            .map(move |slot| slots.first(*slot).of(text));
        raw.filter(|raw| !matches!(*raw, b"" | b"null" | b"\"\""))
    }

    /// The roles that a call names, by the source's paths to them.
    pub fn roles(&self) -> Vec<Cow<'a, str>> {
        let found: Vec<_> = self.raw_roles().filter_map(text::present).collect();
        // Other spellings are not found by the walk: they are searched for, where there are any.
        if found.is_empty() && self.may_have(self.layout.source.roles) {
            let paths = self.layout.source.roles.iter();
            return paths.filter_map(|path| self.text_at(path)).collect();
        }
        found
    }

    /// What the source's paths to what a call acts on lead to: the place of the path and a value,
    /// for as long as it is wanted.
    pub fn each_named(&self, mut each: impl FnMut(usize, &'a [u8]) -> bool) {
        for (place, slot) in self.layout.named.iter().enumerate() {
            // Most are not there.
            if self.slots.first(*slot).is_some()
                && !self
                    .slots
                    .all(*slot)
                    .all(|span| each(place, span.of(self.text)))
            {
                return;
            }
        }
    }

    /// Any path as text; containers are text too, empty values are absent.
    pub fn text_at(&self, path: &str) -> Option<Cow<'a, str>> {
        let (raw, below) = self.start(path)?;
        // Only what lies below the second level can stand in a string that holds JSON.
        if path.bytes().filter(|byte| *byte == b'.').count() < 2 {
            let raw = self.below(raw, below).filter(|raw| *raw != b"null");
            return raw.and_then(text::present);
        }
        let mut inside = None;
        let plain = path::first_or_through(self.shelved(), raw, below, &mut |raw| {
            if inside.is_none() {
                inside = text::present(raw).map(Cow::into_owned);
            }
        });
        match plain {
            Some(raw) => text::present(raw),
            None => inside.map(Cow::Owned),
        }
    }

    /// Every value at a path, arrays mapped over.
    pub fn all_at(&self, path: &str, found: &mut dyn FnMut(&'a [u8])) {
        let Some((raw, path)) = self.start(path) else {
            return;
        };
        path::find_in(self.shelved(), raw, path, &mut |raw| {
            if raw != b"null" {
                found(raw);
            }
        });
    }

    /// Event time, `None` where the record has none that can be read.
    pub fn time(&self) -> Option<Time> {
        self.time
    }
}
