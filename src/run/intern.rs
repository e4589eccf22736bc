//! Strings that repeat, kept once.

use std::borrow::Cow;
use std::hash::BuildHasher;

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
    ends: Vec<u32>,
    table: HashTable<u32>,
    hasher: foldhash::fast::RandomState,
}

impl Default for Interner {
    fn default() -> Self {
        Interner {
            bytes: Vec::new(),
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
        self.ends.clear();
        self.table.clear();
    }

    /// The number of a string, a new one where it is new.
    pub fn put(&mut self, text: &[u8]) -> StrId {
        let hash = self.hasher.hash_one(text);
        let (bytes, ends) = (&self.bytes, &self.ends);
        if let Some(id) = self.table.find(hash, |id| slice(bytes, ends, *id) == text) {
            return *id;
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
        let (bytes, ends) = (&self.bytes, &self.ends);
        self.table
            .find(self.hasher.hash_one(text), |id| {
                slice(bytes, ends, *id) == text
            })
            .copied()
    }

    /// The string with this number; empty for [`NO_STR`].
    pub fn get(&self, id: StrId) -> &[u8] {
        if (id as usize) < self.ends.len() {
            slice(&self.bytes, &self.ends, id)
        } else {
            b""
        }
    }

    /// The same as text; `None` for [`NO_STR`].
    pub fn text(&self, id: StrId) -> Option<String> {
        self.lossy(id).map(Cow::into_owned)
    }

    /// The same, borrowed where it is text as it stands.
    pub fn lossy(&self, id: StrId) -> Option<Cow<'_, str>> {
        (id != NO_STR).then(|| text::lossy(self.get(id)))
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
    let id = id as usize;
    let start = if id == 0 { 0 } else { ends[id - 1] as usize };
    &bytes[start..ends[id] as usize]
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
}
