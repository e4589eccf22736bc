//! Keys met so far, six bytes each and little more.
//!
//! A million records are a million keys, and they are a good part of what a run keeps. The low
//! bits of a key choose its block and its place in it, so that only six bytes have to be kept.
//! The keys of a block stand side by side in order of their places, and in order within one: a
//! new key moves those behind it, of which there are few, and no room is left empty between.

/// A set of hashes.
#[derive(Debug)]
pub struct KeySet {
    blocks: Vec<Block>,
    len: usize,
}

#[derive(Clone, Debug, Default)]
struct Block {
    slots: Vec<Slot>,
    /// Where the keys of each place end.
    ends: [u32; PLACES],
}

/// What block and place do not tell of a key, the highest byte first.
type Slot = [u8; 6];

const BLOCKS: usize = 4_096;
/// Places of a block.
const PLACES: usize = 16;

impl Default for KeySet {
    fn default() -> Self {
        KeySet {
            blocks: vec![Block::default(); BLOCKS],
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
        let (block, place, slot) = parts(key);
        let fresh = self.blocks[block].insert(place, slot);
        self.len += usize::from(fresh);
        fresh
    }

    /// Looks at the places of many keys at once: the table is larger than the processor's
    /// caches, and looks that do not wait for each other cost little more than one.
    pub fn warm(&self, keys: impl Iterator<Item = u64>) {
        let mut sum = 0u8;
        for key in keys {
            let (block, place, _) = parts(key);
            let block = &self.blocks[block];
            let slot = block.slots.get(block.ends[place] as usize);
            sum = sum.wrapping_add(slot.map_or(0, |slot| slot[0]));
        }
        std::hint::black_box(sum);
    }

    /// Whether the key is there.
    pub fn contains(&self, key: u64) -> bool {
        let (block, place, slot) = parts(key);
        self.blocks[block].find(place, slot).is_ok()
    }
}

/// The block of a key, its place there, and what those do not tell.
fn parts(key: u64) -> (usize, usize, Slot) {
    let [slot @ .., _, _] = key.to_be_bytes();
    let low = key as usize;
    (low % BLOCKS, low / BLOCKS % PLACES, slot)
}

/// As a number, which compares faster than bytes do.
fn number([a, b, c, d, e, f]: Slot) -> u64 {
    u64::from_be_bytes([0, 0, a, b, c, d, e, f])
}

impl Block {
    /// Where the key is, or would be.
    fn find(&self, place: usize, slot: Slot) -> Result<usize, usize> {
        let start = place.checked_sub(1).map_or(0, |last| self.ends[last]) as usize;
        let own = self.slots.get(start..self.ends[place] as usize);
        let own = own.unwrap_or_default();
        let key = number(slot);
        let at = own.partition_point(|known| number(*known) < key);
        match own.get(at) {
            Some(known) if *known == slot => Ok(start + at),
            _ => Err(start + at),
        }
    }

    fn insert(&mut self, place: usize, slot: Slot) -> bool {
        let Err(at) = self.find(place, slot) else {
            return false;
        };
        if self.slots.len() == self.slots.capacity() {
            // Room for twice as much would be a waste.
            self.slots.reserve_exact((self.slots.len() / 16).max(8));
        }
        self.slots.insert(at, slot);
        for end in &mut self.ends[place..] {
            *end += 1;
        }
        true
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
        let slots = ours.blocks.iter().map(|block| block.slots.capacity());
        let bytes = slots.sum::<usize>() * size_of::<Slot>();
        assert!(bytes < ours.len() * 8, "{bytes} for {}", ours.len());
    }

    #[test]
    fn keys_of_one_place_find_room() {
        let mut ours = KeySet::default();
        // All of one block, at its very end.
        for key in (0..2_000u64).map(|number| u64::MAX - (1 << 16) * number) {
            assert!(ours.insert(key));
            assert!(!ours.insert(key));
        }
        assert!(ours.contains(u64::MAX) && !ours.contains(u64::MAX - 1));
        assert_eq!(ours.len(), 2_000);
    }
}
