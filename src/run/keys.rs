//! Keys met so far, six bytes each and little more.
//!
//! A million records are a million keys, and they are a good part of what a run keeps. New keys
//! enter a table; when it is full they are merged into one sorted list, in which the first two
//! bytes of a key tell where to look, so that only the other six have to be kept.

use foldhash::fast::FixedState;
use hashbrown::HashSet;

use super::intern::roomy;

/// A set of hashes.
#[derive(Debug, Default)]
pub struct KeySet {
    /// Those that came last.
    fresh: HashSet<u64, FixedState>,
    /// The others, ascending.
    sorted: Vec<Slot>,
    /// Where the keys of each first two bytes start, and the end; empty before the first merge.
    starts: Vec<u32>,
}

/// What a key's first two bytes do not tell of it, the highest first.
type Slot = [u8; 6];

/// Different first two bytes.
const PLACES: usize = 1 << 16;
/// Fresh keys before a merge: as many as a table of a power of two takes.
const FRESH: usize = 7 << 12;
/// But no smaller a part of the others, so that merging costs every key the same.
const PART: usize = 64;

impl KeySet {
    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.sorted.len() + self.fresh.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a key; false when it was there.
    pub fn insert(&mut self, key: u64) -> bool {
        if self.is_sorted_in(key) || !self.fresh.insert(key) {
            return false;
        }
        if self.fresh.len() >= FRESH.max(self.sorted.len() / PART) {
            self.merge();
        }
        true
    }

    /// Looks at the places of many keys at once.
    pub fn warm(&self, keys: impl Iterator<Item = u64>) {
        let mut sum = 0u8;
        for key in keys {
            let own = self.keys_like(key);
            for slot in own.first().into_iter().chain(own.last()) {
                sum = sum.wrapping_add(slot[0]);
            }
        }
        std::hint::black_box(sum);
    }

    /// Whether the key is there.
    pub fn contains(&self, key: u64) -> bool {
        self.is_sorted_in(key) || self.fresh.contains(&key)
    }

    fn is_sorted_in(&self, key: u64) -> bool {
        let own = self.keys_like(key);
        let low = key & LOW;
        let at = own.partition_point(|known| number(*known) < low);
        own.get(at).is_some_and(|known| number(*known) == low)
    }

    /// The sorted keys with the same first two bytes.
    fn keys_like(&self, key: u64) -> &[Slot] {
        let at = place(key);
        match self.starts.get(at..at + 2) {
            Some(&[start, end]) => &self.sorted[start as usize..end as usize],
            _ => &[],
        }
    }

    /// Merges the fresh keys in from behind: the room at the end is all that is needed.
    fn merge(&mut self) {
        let mut fresh: Vec<u64> = self.fresh.drain().collect();
        fresh.sort_unstable();
        if self.starts.is_empty() {
            self.starts.resize(PLACES + 1, 0);
            self.sorted = roomy();
        }
        let mut read = self.sorted.len();
        self.sorted.reserve_exact(fresh.len());
        self.sorted.resize(read + fresh.len(), Slot::default());
        let mut write = self.sorted.len();
        for at in (0..PLACES).rev() {
            let (start, end) = (self.starts[at] as usize, write as u32);
            while let Some(&key) = fresh.last().filter(|key| place(**key) == at) {
                while read > start && number(self.sorted[read - 1]) > key & LOW {
                    (read, write) = (read - 1, write - 1);
                    self.sorted[write] = self.sorted[read];
                }
                write -= 1;
                self.sorted[write] = slot(key);
                fresh.pop();
            }
            write -= read - start;
            self.sorted.copy_within(start..read, write);
            read = start;
            self.starts[at + 1] = end;
        }
    }
}

/// The bits that a slot tells.
const LOW: u64 = (1 << 48) - 1;

fn place(key: u64) -> usize {
    (key >> 48) as usize
}

fn slot(key: u64) -> Slot {
    let [_, _, slot @ ..] = key.to_be_bytes();
    slot
}

/// As a number, which compares faster than bytes do.
fn number([a, b, c, d, e, f]: Slot) -> u64 {
    u64::from_be_bytes([0, 0, a, b, c, d, e, f])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_a_standard_set_and_stays_small() {
        let mut ours = KeySet::default();
        let mut theirs = std::collections::HashSet::new();
        let mut state = 1u64;
        for _ in 0..300_000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let key = crate::normalize::hash(&[&(state >> 44).to_be_bytes()]);
            assert_eq!(ours.contains(key), theirs.contains(&key));
            assert_eq!(ours.insert(key), theirs.insert(key));
        }
        assert_eq!(ours.len(), theirs.len());
        assert!(ours.sorted.len() > 200_000);
        assert!(ours.fresh.len() <= FRESH);
        let room = roomy::<Slot>().capacity();
        assert!(ours.sorted.capacity() == ours.sorted.len().max(room));
        assert!(theirs.iter().all(|key| ours.contains(*key)));
    }

    #[test]
    fn keys_of_one_place_find_room() {
        let mut ours = KeySet::default();
        // All with the same first two bytes, at the very end, in no order.
        let keys = || (0..100_000u64).map(|number| u64::MAX - number * 7_919 % 100_003);
        for key in keys() {
            assert!(ours.insert(key));
            assert!(!ours.insert(key));
        }
        assert_eq!(ours.len(), 100_000);
        assert!(ours.contains(u64::MAX) && !ours.contains(u64::MAX - 100_003));
        assert!(keys().all(|key| ours.contains(key)));
    }
}
