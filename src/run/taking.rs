//! One chunk while it is taken in.
//!
//! The chunk's numbers enter, the run's numbers leave. Given only when something first needs
//! them: most of what a chunk holds is about findings that are there already.

use super::intern::{NO_STR, StrId};
use super::rows::{ChunkResult, Range, Reference, Row, RowId, Sided};
use super::store::Store;

/// The chunk and what the run calls its parts.
pub(super) struct Taking<'c> {
    /// The chunk.
    pub chunk: &'c ChunkResult,
    /// Position of its first record in the file.
    base: u64,
    strings: Vec<StrId>,
    actors: Vec<u32>,
    rows: Vec<RowId>,
    /// Whether the targets of a row have been taken over.
    whole: Vec<bool>,
}

/// Not asked yet.
const UNASKED: u32 = NO_STR;

impl<'c> Taking<'c> {
    /// Of which nothing has been asked yet.
    pub fn new(chunk: &'c ChunkResult, base: u64) -> Taking<'c> {
        Taking {
            chunk,
            base,
            strings: vec![UNASKED; chunk.strings.len()],
            actors: vec![UNASKED; chunk.actors.len()],
            rows: vec![UNASKED; chunk.rows.len()],
            whole: vec![false; chunk.rows.len()],
        }
    }

    /// The number of a string.
    #[inline]
    pub fn string(&mut self, store: &mut Store, id: StrId) -> StrId {
        match self.strings.get_mut(id as usize) {
            None => NO_STR,
            Some(known) => {
                if *known == UNASKED {
                    *known = store.strings.put(self.chunk.strings.get(id));
                }
                *known
            }
        }
    }

    /// The number of an actor.
    pub fn actor(&mut self, store: &mut Store, number: u32) -> u32 {
        if self.actors[number as usize] == UNASKED {
            let actor = self.chunk.actors[number as usize];
            let actor = actor.renumber(|id| self.string(store, id));
            self.actors[number as usize] = store.actors.put(actor);
        }
        self.actors[number as usize]
    }

    /// Whether the record of a row was there before.
    pub fn is_copy(&self, row: u32, copies: &[u32]) -> bool {
        let record = self.chunk.rows[row as usize].record;
        copies.binary_search(&record).is_ok()
    }

    /// A row that knows where it stands in the input, and nothing else of the run.
    pub fn place(&self, row: &Row) -> Row {
        Row {
            file: self.chunk.file.number,
            position: self.position(row.position),
            ..*row
        }
    }

    fn position(&self, own: u32) -> u32 {
        u32::try_from(self.base + u64::from(own)).unwrap_or(u32::MAX)
    }

    /// A row, kept, with or without its targets.
    pub fn row(&mut self, store: &mut Store, number: u32) -> RowId {
        let known = self.rows[number as usize];
        if known != UNASKED {
            return known;
        }
        let own = self.place(&self.chunk.rows[number as usize]);
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
        let targets = self.chunk.rows[number as usize].targets;
        for target in targets.of(&self.chunk.targets) {
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
        let reference = Reference {
            file: self.chunk.file.number,
            position: self.position(own.position),
            uid: own.uid.renumber(|id| self.string(store, id)),
            ..own
        };
        (reference, shared)
    }
}
