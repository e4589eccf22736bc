//! Things in the order in which they came, found by what they are.
//!
//! A table is half empty most of the time: here it holds numbers, and what they stand for lies
//! close together in a list.

use std::hash::{BuildHasher, Hash};
use std::ops::Index;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use super::intern::roomy;

/// A list whose keys are numbers that the run gives out, each there once, and what belongs to
/// them.
#[derive(Debug)]
pub struct Listed<K, V = ()> {
    list: Vec<(K, V)>,
    numbers: HashTable<u32>,
}

impl<K, V> Default for Listed<K, V> {
    fn default() -> Self {
        Listed {
            list: Vec::new(),
            numbers: HashTable::new(),
        }
    }
}

impl<K, V> Listed<K, V> {
    /// With much room.
    pub fn roomy() -> Listed<K, V> {
        Listed {
            list: roomy(),
            ..Listed::default()
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &(K, V)> {
        self.list.iter()
    }

    /// The keys, in the order of their numbers.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.list.iter().map(|(key, _)| key)
    }

    /// What belongs to them, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        self.list.iter_mut().map(|(key, value)| (&*key, value))
    }

    /// Ends the finding: from now on there are numbers alone.
    pub fn close(&mut self) {
        self.numbers = HashTable::new();
        self.list.shrink_to_fit();
    }
}

impl<K: Copy + Eq + Hash, V> Listed<K, V> {
    fn number(&self, hash: u64, key: &K) -> Option<u32> {
        let same = |number: &u32| self.list[*number as usize].0 == *key;
        self.numbers.find(hash, same).copied()
    }

    /// Whether it is there.
    pub fn contains(&self, key: &K) -> bool {
        self.number(FixedState::default().hash_one(key), key)
            .is_some()
    }

    /// What belongs to it.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let number = self.number(FixedState::default().hash_one(key), key)?;
        Some(&mut self.list[number as usize].1)
    }

    /// The number of a key, a new one where it is new.
    pub fn put(&mut self, key: K) -> u32
    where
        V: Default,
    {
        let hasher = FixedState::default();
        let hash = hasher.hash_one(key);
        if let Some(number) = self.number(hash, &key) {
            return number;
        }
        let number = self.list.len() as u32;
        self.list.push((key, V::default()));
        let list = &self.list;
        let again = |number: &u32| hasher.hash_one(list[*number as usize].0);
        self.numbers.insert_unique(hash, number, again);
        number
    }

    /// What belongs to a key, which is new or known.
    pub fn entry(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        let number = self.put(key);
        &mut self.list[number as usize].1
    }
}

/// The key with a number.
impl<K, V> Index<u32> for Listed<K, V> {
    type Output = K;

    fn index(&self, number: u32) -> &K {
        &self.list[number as usize].0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_there_once_with_what_belongs_to_it() {
        let mut listed: Listed<u64, u32> = Listed::default();
        for number in 0..1_000 {
            assert_eq!(listed.put(number * 7 % 1_009), number as u32);
        }
        *listed.entry(7) += 2;
        *listed.entry(7) += 3;
        *listed.entry(2_000) += 1;
        assert_eq!(listed.len(), 1_001);
        assert_eq!((listed[1], listed.get_mut(&7)), (7, Some(&mut 5)));
        assert!(listed.contains(&2_000) && !listed.contains(&2_001));
        assert_eq!(listed.iter().map(|(_, value)| value).sum::<u32>(), 6);
        listed.close();
        assert_eq!(listed[1_000], 2_000);
    }
}
