//! One batch while it is taken in.
//!
//! The batch's numbers enter, the run's numbers leave. Given only when something first needs
//! them: most of what a batch holds is about findings that are there already.

use super::intern::{NO_STR, StrId};
use super::rows::{BatchResult, Range, Reference, Row, RowId, Sided};
use super::store::Store;

/// The batch and what the run calls its parts.
pub(super) struct Taking<'b> {
    /// The batch.
    pub batch: &'b BatchResult,
    /// Of each of its chunks the number of the file and the position of the first record in it.
    starts: Vec<(u32, u64)>,
    strings: Vec<StrId>,
    actors: Vec<u32>,
    rows: Vec<RowId>,
    /// Whether the targets of a row have been taken over.
    whole: Vec<bool>,
}

/// Not asked yet.
const UNASKED: u32 = NO_STR;

impl<'b> Taking<'b> {
    /// Of which nothing has been asked yet.
    pub fn new(batch: &'b BatchResult, starts: Vec<(u32, u64)>) -> Taking<'b> {
        Taking {
            batch,
            starts,
            strings: vec![UNASKED; batch.strings.len()],
            actors: vec![UNASKED; batch.actors.len()],
            rows: vec![UNASKED; batch.rows.len()],
            whole: vec![false; batch.rows.len()],
        }
    }

    /// The number of a string.
    #[inline]
    pub fn string(&mut self, store: &mut Store, id: StrId) -> StrId {
        match self.strings.get_mut(id as usize) {
            None => NO_STR,
            Some(known) => {
                if *known == UNASKED {
                    *known = store.strings.put(self.batch.strings.get(id));
                }
                *known
            }
        }
    }

    /// The number of an actor.
    pub fn actor(&mut self, store: &mut Store, number: u32) -> u32 {
        if self.actors[number as usize] == UNASKED {
            let actor = self.batch.actors[number as usize];
            let actor = actor.renumber(|id| self.string(store, id));
            self.actors[number as usize] = store.actors.put(actor);
        }
        self.actors[number as usize]
    }

    /// Whether the record of a row was there before.
    pub fn is_copy(&self, row: u32, copies: &[u32]) -> bool {
        let record = self.batch.rows[row as usize].record;
        copies.binary_search(&record).is_ok()
    }

    /// A row that knows where it stands in the input, and nothing else of the run.
    pub fn place(&self, row: &Row) -> Row {
        let (file, position) = self.stands(row.file, row.position);
        Row {
            file,
            position,
            ..*row
        }
    }

    /// The file of a chunk, and a position in it for one in the chunk.
    fn stands(&self, chunk: u32, own: u32) -> (u32, u32) {
        let (file, start) = self.starts[chunk as usize];
        let position = u32::try_from(start + u64::from(own));
        (file, position.unwrap_or(u32::MAX))
    }

    /// A row, kept, with or without its targets.
    pub fn row(&mut self, store: &mut Store, number: u32) -> RowId {
        let known = self.rows[number as usize];
        if known != UNASKED {
            return known;
        }
        let own = self.place(&self.batch.rows[number as usize]);
        let row = Row {
            uid: own.uid.renumber(|id| self.string(store, id)),
            actor: self.actor(store, own.actor),
            ip: self.string(store, own.ip),
            agent: self.string(store, own.agent),
            action: self.string(store, own.action),
            account: self.string(store, own.account),
            region: self.string(store, own.region),
            issued: self.string(store, own.issued),
            targets: Range::default(),
            ..own
        };
        let id = store.rows.put(&row);
        self.rows[number as usize] = id;
        id
    }

    /// A row with its targets, which are taken over once.
    pub fn whole(&mut self, store: &mut Store, number: u32) -> RowId {
        let id = self.row(store, number);
        if std::mem::replace(&mut self.whole[number as usize], true) {
            return id;
        }
        let start = store.targets.len();
        let targets = self.batch.rows[number as usize].targets;
        for target in targets.of(&self.batch.targets) {
            let target = target.renumber(|id| self.string(store, id));
            store.targets.push(target);
        }
        let targets = store.target_list(start);
        store.rows.aim(id, targets);
        id
    }

    /// Ends it: rows that nothing came to stand on are let go.
    pub fn done(self, store: &mut Store) {
        let asked = self.rows.into_iter().filter(|row| *row != UNASKED);
        asked.for_each(|row| store.rows.release(row));
    }

    /// A pointer to a record.
    pub fn reference(&mut self, store: &mut Store, (own, shared): Sided) -> Sided {
        let (file, position) = self.stands(own.file, own.position);
        let reference = Reference {
            file,
            position,
            uid: own.uid.renumber(|id| self.string(store, id)),
            ..own
        };
        (reference, shared)
    }
}
