//! Records that are wanted whole: the first so many of them.

use super::Store;
use crate::run::rows::{BatchResult, Owned};

impl Store {
    /// Takes in the wanted records of a batch, copies left out.
    pub(super) fn owned_of(
        &mut self,
        batch: &mut BatchResult,
        starts: &[(u32, u64)],
        copies: &[u32],
    ) {
        for owned in batch.owned.drain(..) {
            if copies.binary_search(&owned.record).is_ok() {
                continue;
            }
            self.wanted += 1;
            let (file, start) = starts[owned.file as usize];
            self.owned.push(Owned {
                file,
                position: start + owned.position,
                ..owned
            });
        }
        if self.owned.len() > 2 * self.caps.owned {
            self.first_owned();
        }
    }

    /// Keeps the first ones in the total order, as many as the limit allows.
    pub fn first_owned(&mut self) {
        self.owned.sort_by_key(Owned::order);
        self.owned.truncate(self.caps.owned);
    }
}
