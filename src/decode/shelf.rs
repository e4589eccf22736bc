//! What stands in a record's containers, noted at the first look.
//!
//! Enters: an object or a list of a record. Leaves: its members or elements. It exists because
//! sources and rules ask for many paths below the same few objects, and to read over an object
//! again costs far more than to look at what is known of it.

use std::cell::RefCell;
use std::ops::Range;

use super::path::{self, Best};
use super::text;
use super::trie::Span;

/// Noted values beyond which the room is given back after a record.
const ROOM: usize = 1 << 14;

/// How a search gets at what a container holds.
pub(crate) trait Open<'a>: Copy {
    /// Calls `each` with keys and raw values of an object until it says stop. It must not search.
    fn members(self, raw: &'a [u8], each: impl FnMut(&'a [u8], &'a [u8]) -> bool);
    /// The member of an object that a path leads to, see [`Best`].
    fn best<'p>(self, raw: &'a [u8], path: &'p [u8]) -> Best<'a, 'p>;
    /// Calls `each` with the raw elements of a list until it says stop.
    fn elements(self, raw: &'a [u8], each: impl FnMut(&'a [u8]) -> bool);
}

/// Reads over the container each time.
#[derive(Clone, Copy)]
pub(crate) struct Anew;

impl<'a> Open<'a> for Anew {
    fn members(self, raw: &'a [u8], each: impl FnMut(&'a [u8], &'a [u8]) -> bool) {
        path::members(raw, each);
    }

    fn best<'p>(self, raw: &'a [u8], path: &'p [u8]) -> Best<'a, 'p> {
        let mut best = Best::of(path);
        path::members(raw, |key, value| {
            if best.begins(key) {
                best.offer(&text::unescape(key), value);
            }
            true
        });
        best
    }

    fn elements(self, raw: &'a [u8], each: impl FnMut(&'a [u8]) -> bool) {
        path::elements(raw, each);
    }
}

/// The noted containers of one record.
#[derive(Debug, Default)]
pub struct Shelf(RefCell<Noted>);

#[derive(Debug, Default)]
struct Noted {
    /// Where each container begins, which entries are its own, and what their keys are like.
    containers: Vec<(u32, Range<u32>, Marks)>,
    /// What they hold.
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    /// Of an element there is none.
    key: Span,
    value: Span,
    /// Whether the key may have escapes in it.
    escapes: bool,
}

/// Length, first and last letter of keys, as bits: most of what is searched for is not there, and
/// that is told without a look at the keys.
#[derive(Clone, Copy, Debug, Default)]
struct Marks([u64; 4]);

impl Marks {
    fn place(key: &[u8]) -> Option<(usize, u64)> {
        let (first, last) = (key.first()?, key.last()?);
        let both = u32::from(first | 0x20) << 8 | u32::from(last | 0x20);
        let mixed = (both ^ (key.len() as u32) << 16).wrapping_mul(0x9e37_79b1) >> 24;
        Some((mixed as usize / 64, 1 << (mixed % 64)))
    }

    fn add(&mut self, key: &[u8]) {
        if let Some((word, bit)) = Marks::place(key) {
            self.0[word] |= bit;
        }
    }

    /// Whether a path may begin with one of the keys.
    fn may_lead(&self, path: &[u8]) -> bool {
        let dots = path.iter().enumerate().filter(|(_, byte)| **byte == b'.');
        let mut ends = dots.map(|(at, _)| at).chain([path.len()]);
        ends.any(|end| {
            let place = Marks::place(&path[..end]);
            place.is_some_and(|(word, bit)| self.0[word] & bit != 0)
        })
    }
}

impl Shelf {
    /// Forgets the record.
    pub(super) fn clear(&mut self) {
        let noted = self.0.get_mut();
        noted.containers.clear();
        noted.entries.clear();
        if noted.entries.capacity() > ROOM {
            *noted = Noted::default();
        }
    }
}

/// A record's text with what is noted of it.
#[derive(Clone, Copy)]
pub(crate) struct Shelved<'a> {
    /// The text that the record stands in.
    pub text: &'a [u8],
    /// What is noted.
    pub shelf: &'a Shelf,
}

impl<'a> Shelved<'a> {
    /// Where a part of the text lies; `None` for what was unpacked from it and lies elsewhere.
    fn span(self, part: &[u8]) -> Option<Span> {
        let start = (part.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
        let end = start.checked_add(part.len())?;
        (end <= self.text.len()).then_some(Span {
            start: start as u32,
            end: end as u32,
        })
    }

    /// The entries of a container, noted now if they were not.
    fn open(self, raw: &'a [u8]) -> Option<(Range<u32>, Marks)> {
        let start = self.span(raw)?.start;
        let mut noted = self.shelf.0.try_borrow_mut().ok()?;
        let known = noted.containers.iter().find(|(known, ..)| *known == start);
        if let Some((_, range, marks)) = known {
            return Some((range.clone(), *marks));
        }
        let mut marks = Marks::default();
        let first = noted.entries.len() as u32;
        let escapes = memchr::memchr(b'\\', raw).is_some();
        let mut note = |key: Option<Span>, value: &[u8]| {
            let Some((key, value)) = key.zip(self.span(value)) else {
                return true;
            };
            let name = key.of(self.text);
            let escapes = escapes && memchr::memchr(b'\\', name).is_some();
            match escapes {
                true => marks = Marks([u64::MAX; 4]),
                false => marks.add(name),
            }
            noted.entries.push(Entry {
                key,
                value,
                escapes,
            });
            true
        };
        match raw.first() {
            Some(b'{') => path::members(raw, |key, value| note(self.span(key), value)),
            _ => path::elements(raw, |value| note(Some(Span::default()), value)),
        }
        let range = first..noted.entries.len() as u32;
        noted.containers.push((start, range.clone(), marks));
        Some((range, marks))
    }
}

impl<'a> Open<'a> for Shelved<'a> {
    fn members(self, raw: &'a [u8], mut each: impl FnMut(&'a [u8], &'a [u8]) -> bool) {
        let Some((range, _)) = self.open(raw) else {
            return path::members(raw, each);
        };
        let noted = self.shelf.0.borrow();
        let own = noted.entries.get(range.start as usize..range.end as usize);
        for entry in own.unwrap_or_default() {
            if !each(entry.key.of(self.text), entry.value.of(self.text)) {
                return;
            }
        }
    }

    fn best<'p>(self, raw: &'a [u8], path: &'p [u8]) -> Best<'a, 'p> {
        let Some((range, marks)) = self.open(raw) else {
            return Anew.best(raw, path);
        };
        let mut best = Best::of(path);
        if !marks.may_lead(path) {
            return best;
        }
        let noted = self.shelf.0.borrow();
        let own = noted.entries.get(range.start as usize..range.end as usize);
        for entry in own.unwrap_or_default() {
            let length = (entry.key.end - entry.key.start) as usize;
            // Most keys end where no name of the path does.
            if entry.escapes {
                let key = text::unescape(entry.key.of(self.text));
                best.offer(&key, entry.value.of(self.text));
            } else if best.ends(length) {
                best.offer(entry.key.of(self.text), entry.value.of(self.text));
            }
        }
        best
    }

    fn elements(self, raw: &'a [u8], mut each: impl FnMut(&'a [u8]) -> bool) {
        let Some((range, _)) = self.open(raw) else {
            return path::elements(raw, each);
        };
        for number in range {
            // Each may search, and so note more.
            let entry = self.shelf.0.borrow().entries.get(number as usize).copied();
            let Some(entry) = entry else { return };
            if !each(entry.value.of(self.text)) {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_is_what_stands_there() {
        let text = br#" {"a":{"b":[1,{"c":"x"},[]],"d":null},"e":[],"f":{}} "#;
        let shelf = Shelf::default();
        let all = Shelved {
            text,
            shelf: &shelf,
        };
        let raw = &text[1..text.len() - 1];
        for _ in 0..2 {
            let mut told = Vec::new();
            all.members(raw, |key, value| {
                told.push((key, value));
                true
            });
            let mut plain = Vec::new();
            path::members(raw, |key, value| {
                plain.push((key, value));
                true
            });
            assert_eq!(told, plain);
            let list = path::first(raw, "a.b").expect("is there");
            let mut told = Vec::new();
            all.elements(list, |value| {
                told.push(value);
                // What looks further while it is called is served too.
                all.members(raw, |_, _| false);
                true
            });
            assert_eq!(told, [&b"1"[..], b"{\"c\":\"x\"}", b"[]"]);
        }
        // A value from elsewhere is read where it stands.
        let mut told = 0;
        all.members(br#"{"z":1}"#, |key, _| {
            told += usize::from(key == b"z");
            true
        });
        assert_eq!(told, 1);
    }
}
