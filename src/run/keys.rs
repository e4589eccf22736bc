//! Keys met so far, seven bytes each and little more.
//!
//! A million records are a million keys, and they are a good part of what a run keeps. The first
//! byte of a key chooses its table, so that only seven have to be kept; tables grow one after the
//! other, by an eighth. Keys stand in order, each at the place its size gives it or behind it:
//! a look ends at the first one that is larger, however full the table is.

/// A set of hashes; 0 is no hash.
#[derive(Debug)]
pub struct KeySet {
    shards: Vec<Shard>,
    len: usize,
}

#[derive(Clone, Debug, Default)]
struct Shard {
    /// `size` places, and some behind them for what found its place taken.
    slots: Vec<[u8; SLOT]>,
    size: usize,
    len: usize,
}

const SHARDS: u64 = 256;
/// Bytes of a key that its shard does not tell.
const SLOT: usize = 7;
/// An empty place.
const EMPTY: [u8; SLOT] = [0; SLOT];
/// Places behind the last one.
const MARGIN: usize = 32;

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
        let fresh = self.shards[(key % SHARDS) as usize].insert(rest(key));
        self.len += usize::from(fresh);
        fresh
    }

    /// Looks at the places of many keys at once: the table is larger than the processor's
    /// caches, and looks that do not wait for each other cost little more than one.
    pub fn warm(&self, keys: impl Iterator<Item = u64>) {
        let mut sum = 0u8;
        for key in keys {
            let shard = &self.shards[(key % SHARDS) as usize];
            let slot = shard.slots.get(shard.place(rest(key)));
            sum = sum.wrapping_add(slot.map_or(0, |slot| slot[0]));
        }
        std::hint::black_box(sum);
    }

    /// Whether the key is there.
    pub fn contains(&self, key: u64) -> bool {
        let (shard, key) = (&self.shards[(key % SHARDS) as usize], rest(key));
        shard.slots.get(shard.find(key)) == Some(&pack(key))
    }
}

/// What the shard does not tell; 0 stands for an empty place.
fn rest(key: u64) -> u64 {
    (key / SHARDS).max(1)
}

/// Its bytes, the highest first, so that they compare as the number does.
fn pack(key: u64) -> [u8; SLOT] {
    let [_, bytes @ ..] = key.to_be_bytes();
    bytes
}

fn unpack(slot: [u8; SLOT]) -> u64 {
    let [a, b, c, d, e, f, g] = slot;
    u64::from_be_bytes([0, a, b, c, d, e, f, g])
}

impl Shard {
    /// Where a key belongs; larger keys belong further back.
    fn place(&self, key: u64) -> usize {
        // The high bits choose the place, so the table may have any size.
        ((u128::from(key) * self.size as u128) >> (8 * SLOT)) as usize
    }

    /// Where the key is, or would be: at the first place that is empty or holds a larger one.
    fn find(&self, key: u64) -> usize {
        let start = self.place(key);
        let behind = self.slots.get(start..).unwrap_or_default();
        let smaller = |slot: &&[u8; SLOT]| **slot != EMPTY && unpack(**slot) < key;
        start + behind.iter().take_while(smaller).count()
    }

    fn insert(&mut self, key: u64) -> bool {
        if self.len * 6 >= self.size * 5 {
            self.grow();
        }
        loop {
            let at = self.find(key);
            let behind = self.slots.get(at..).unwrap_or_default();
            if behind.first() == Some(&pack(key)) {
                return false;
            }
            // Larger ones move one place back.
            if let Some(free) = behind.iter().position(|slot| *slot == EMPTY) {
                self.slots.copy_within(at..at + free, at + 1);
                self.slots[at] = pack(key);
                self.len += 1;
                return true;
            }
            self.grow();
        }
    }

    fn grow(&mut self) {
        let old = std::mem::take(&mut self.slots);
        self.size = (self.size / 8 * 9).max(64);
        let mut margin = MARGIN;
        // They are in order already: each goes to its place or behind the one before it.
        'again: loop {
            self.slots.clear();
            self.slots.resize(self.size + margin, EMPTY);
            let mut next = 0;
            for slot in old.iter().filter(|slot| **slot != EMPTY) {
                let at = self.place(unpack(*slot)).max(next);
                let Some(place) = self.slots.get_mut(at) else {
                    margin *= 2;
                    continue 'again;
                };
                (*place, next) = (*slot, at + 1);
            }
            // The last place stays free: there is room for one more, wherever it belongs.
            if next < self.slots.len() {
                return;
            }
            margin *= 2;
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
        let bytes = slots * SLOT;
        assert!(bytes < ours.len() * 10, "{bytes} for {}", ours.len());
    }

    #[test]
    fn keys_of_one_place_find_room() {
        let mut ours = KeySet::default();
        // All of one shard, at its very end.
        for key in (0..2_000u64).map(|number| u64::MAX - 256 * number) {
            assert!(ours.insert(key));
            assert!(!ours.insert(key));
        }
        assert!(ours.contains(u64::MAX) && !ours.contains(u64::MAX - 1));
        assert_eq!(ours.len(), 2_000);
    }
}
