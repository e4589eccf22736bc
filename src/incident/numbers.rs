//! Texts by number and numbers by text.
//!
//! Texts enter as they are met; numbers leave, in the order of first mention.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use super::face::Text;

/// Each text once.
#[derive(Default)]
pub(super) struct Numbers<'a> {
    texts: Vec<Text<'a>>,
    table: HashTable<u32>,
}

impl<'a> Numbers<'a> {
    /// The number of a text, a new one where it is new.
    pub fn number(&mut self, text: &Text<'a>) -> u32 {
        self.find(text).unwrap_or_else(|| {
            let number = self.texts.len() as u32;
            self.texts.push(text.clone());
            let again = |number: &u32| hash(&self.texts[*number as usize]);
            self.table.insert_unique(hash(text), number, again);
            number
        })
    }

    /// The number of a text that is there.
    pub fn find(&self, text: &str) -> Option<u32> {
        let same = |number: &u32| self.texts[*number as usize] == text;
        self.table.find(hash(text), same).copied()
    }

    /// The text of a number.
    pub fn text(&self, number: u32) -> &str {
        &self.texts[number as usize]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }
}

fn hash(text: &str) -> u64 {
    FixedState::default().hash_one(text)
}
