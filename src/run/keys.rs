//! Keys met so far, eight bytes each and little more.
//!
//! A million records are a million keys, and they are most of what a run keeps: tables are kept
//! four fifths full and grow one after the other, by a quarter.

/// A set of hashes; 0 is no hash.
#[derive(Debug)]
pub struct KeySet {
    shards: Vec<Shard>,
    len: usize,
}

#[derive(Clone, Debug, Default)]
struct Shard {
    slots: Vec<u64>,
    len: usize,
}

const SHARDS: u64 = 256;

impl Default for KeySet {
    fn default() -> Self {
        KeySet {
            shards: vec![Shard::default(); SHARDS as usize],
            len: 0,
        }
    }
}

impl KeySet {
    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds a key; false when it was there.
    pub fn insert(&mut self, key: u64) -> bool {
        let fresh = self.shards[(key % SHARDS) as usize].insert(key);
        self.len += usize::from(fresh);
        fresh
    }

    /// Looks at the places of many keys at once: the table is larger than the processor's
    /// caches, and looks that do not wait for each other cost little more than one.
    pub fn warm(&self, keys: impl Iterator<Item = u64>) {
        let mut sum = 0u64;
        for key in keys {
            let slots = &self.shards[(key % SHARDS) as usize].slots;
            let at = ((u128::from(key) * slots.len() as u128) >> 64) as usize;
            sum = sum.wrapping_add(slots.get(at).copied().unwrap_or_default());
        }
        std::hint::black_box(sum);
    }

    /// Whether the key is there.
    pub fn contains(&self, key: u64) -> bool {
        let shard = &self.shards[(key % SHARDS) as usize];
        !shard.slots.is_empty() && shard.slots[shard.find(key)] == key
    }
}

impl Shard {
    /// Where the key is, or the empty slot where it would be.
    fn find(&self, key: u64) -> usize {
        // The high bits choose the place, so the table may have any size.
        let mut at = ((u128::from(key) * self.slots.len() as u128) >> 64) as usize;
        while self.slots[at] != 0 && self.slots[at] != key {
            at += 1;
            if at == self.slots.len() {
                at = 0;
            }
        }
        at
    }

    fn insert(&mut self, key: u64) -> bool {
        if self.len * 5 >= self.slots.len() * 4 {
            self.grow();
        }
        let at = self.find(key);
        if self.slots[at] == key {
            return false;
        }
        self.slots[at] = key;
        self.len += 1;
        true
    }

    fn grow(&mut self) {
        let size = (self.slots.len() / 4 * 5).max(64);
        let old = std::mem::replace(&mut self.slots, vec![0; size]);
        for key in old.into_iter().filter(|key| *key != 0) {
            let at = self.find(key);
            self.slots[at] = key;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_a_standard_set_and_stays_small() {
        let mut ours = KeySet::default();
        let mut theirs = std::collections::HashSet::new();
        let mut state = 1u64;
        for _ in 0..200_000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let key = crate::normalize::hash(&[&(state >> 44).to_be_bytes()]);
            assert_eq!(ours.contains(key), theirs.contains(&key));
            assert_eq!(ours.insert(key), theirs.insert(key));
        }
        assert_eq!(ours.len(), theirs.len());
        let slots: usize = ours.shards.iter().map(|shard| shard.slots.capacity()).sum();
        assert!(
            slots * 8 < ours.len() * 14,
            "{} bytes a key",
            slots * 8 / ours.len()
        );
    }
}
