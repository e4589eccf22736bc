//! Strings that repeat, kept once.

use std::borrow::Cow;
use std::hash::BuildHasher;
use std::ops::Range;

use hashbrown::HashTable;

use crate::decode::text;

/// A number for a string.
pub type StrId = u32;

/// No string.
pub const NO_STR: StrId = u32::MAX;

/// Strings by number and numbers by string.
#[derive(Debug)]
pub struct Interner {
    bytes: Vec<u8>,
    /// The bytes themselves, as long as nothing new comes in and all of it is text.
    text: String,
    ends: Vec<u32>,
    table: HashTable<u32>,
    hasher: foldhash::fast::RandomState,
}

impl Default for Interner {
    fn default() -> Self {
        Interner {
            bytes: Vec::new(),
            text: String::new(),
            ends: Vec::new(),
            table: HashTable::new(),
            // The seed differs from run to run; numbers are given in order of arrival, so no
            // output hangs on it.
            hasher: foldhash::fast::RandomState::default(),
        }
    }
}

/// Bytes of room that what grows to millions of rows begins with.
const ROOM: usize = 4 << 20;

/// A list that begins with much room. Nobody touches it before it is needed, so it costs nothing;
/// small lists that grow are moved again and again and leave holes behind, which do.
pub fn roomy<T>() -> Vec<T> {
    Vec::with_capacity(ROOM / size_of::<T>())
}

impl Interner {
    /// With much room.
    pub fn roomy() -> Interner {
        Interner {
            bytes: roomy(),
            ends: roomy(),
            ..Interner::default()
        }
    }

    /// Forgets everything but keeps the room.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.text.clear();
        self.ends.clear();
        self.table.clear();
    }

    /// Sees whether all of it is text: then no string needs to be looked through before it is
    /// taken for one. For when nothing new is to come.
    pub fn settle(&mut self) {
        match String::from_utf8(std::mem::take(&mut self.bytes)) {
            Ok(text) => self.text = text,
            Err(error) => self.bytes = error.into_bytes(),
        }
    }

    /// The number of a string, a new one where it is new.
    pub fn put(&mut self, text: &[u8]) -> StrId {
        let hash = self.hasher.hash_one(text);
        let (bytes, ends) = (self.bytes(), &self.ends);
        if let Some(id) = self.table.find(hash, |id| slice(bytes, ends, *id) == text) {
            return *id;
        }
        if !self.text.is_empty() {
            self.bytes = std::mem::take(&mut self.text).into_bytes();
        }
        let id = self.ends.len() as u32;
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len() as u32);
        let (bytes, ends, hasher) = (&self.bytes, &self.ends, &self.hasher);
        self.table
            .insert_unique(hash, id, |id| hasher.hash_one(slice(bytes, ends, *id)));
        id
    }

    /// The number of a string that is there.
    pub fn find(&self, text: &[u8]) -> Option<StrId> {
        let (bytes, ends) = (self.bytes(), &self.ends);
        self.table
            .find(self.hasher.hash_one(text), |id| {
                slice(bytes, ends, *id) == text
            })
            .copied()
    }

    /// The string with this number; empty for [`NO_STR`].
    pub fn get(&self, id: StrId) -> &[u8] {
        if (id as usize) < self.ends.len() {
            slice(self.bytes(), &self.ends, id)
        } else {
            b""
        }
    }

    fn bytes(&self) -> &[u8] {
        match self.text.is_empty() {
            true => &self.bytes,
            false => self.text.as_bytes(),
        }
    }

    /// The same as text; `None` for [`NO_STR`].
    pub fn text(&self, id: StrId) -> Option<String> {
        self.lossy(id).map(Cow::into_owned)
    }

    /// The same, borrowed where it is text as it stands.
    pub fn lossy(&self, id: StrId) -> Option<Cow<'_, str>> {
        if id == NO_STR {
            return None;
        }
        // Two pieces that are none by themselves may be text together.
        let known = (!self.text.is_empty() && (id as usize) < self.ends.len())
            .then(|| self.text.get(place(&self.ends, id)))
            .flatten();
        Some(known.map_or_else(|| text::lossy(self.get(id)), Cow::Borrowed))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

fn slice<'a>(bytes: &'a [u8], ends: &[u32], id: u32) -> &'a [u8] {
    &bytes[place(ends, id)]
}

fn place(ends: &[u32], id: u32) -> Range<usize> {
    let id = id as usize;
    let start = if id == 0 { 0 } else { ends[id - 1] as usize };
    start..ends[id] as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_string_same_number() {
        let mut interner = Interner::default();
        let a = interner.put(b"a");
        let empty = interner.put(b"");
        assert_eq!(interner.put(b"a"), a);
        assert_ne!(a, empty);
        assert_eq!(interner.get(a), b"a");
        assert_eq!(interner.text(empty).as_deref(), Some(""));
        assert_eq!(interner.text(NO_STR), None);
        assert_eq!(interner.len(), 2);
    }

    #[test]
    fn settled_it_says_the_same() {
        // Two halves of one letter: text together, and none by themselves.
        let halves = ["é".as_bytes()[..1].to_vec(), "é".as_bytes()[1..].to_vec()];
        let table: [&[&[u8]]; 4] = [
            &[],
            &[b"a", b"", "é".as_bytes()],
            &[b"a", &halves[0], &halves[1], b"b"],
            &[b"a", b"\xff", b"b"],
        ];
        for strings in table {
            let mut interner = Interner::default();
            let ids: Vec<StrId> = strings.iter().map(|text| interner.put(text)).collect();
            let read = |interner: &Interner| -> Vec<Option<String>> {
                ids.iter().map(|id| interner.text(*id)).collect()
            };
            let before = read(&interner);
            interner.settle();
            assert_eq!(read(&interner), before);
            assert_eq!(interner.text(NO_STR), None);
            let found = strings.iter().map(|text| interner.find(text).unwrap());
            assert!(found.eq(ids.iter().copied()));
            let new = interner.put(b"new");
            assert_eq!(interner.get(new), b"new");
            assert_eq!(read(&interner), before);
        }
    }
}
