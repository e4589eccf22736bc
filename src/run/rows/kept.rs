//! Rows that outlive their batch, each kept once however many findings and correlations stand
//! on it.
//!
//! Rows enter, numbers leave. What many records share, who did what from where, is kept once as
//! well. A row goes when nobody holds it any more, and its room is used again.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::{FoldKey, Range, Row, Uid};
use crate::model::{Outcome, Time};
use crate::run::intern::{StrId, roomy};
use crate::run::listed::Listed;

/// Number of a kept row.
pub type RowId = u32;

/// Every row that something stands on.
#[derive(Debug, Default)]
pub struct Rows {
    kept: Vec<Kept>,
    free: Vec<RowId>,
    scenes: Listed<Scene>,
    /// What few rows have: the number they share with the other side of their action.
    shared: HashMap<RowId, u64, FixedState>,
}

/// What is a record's own. Rows are many: nothing is left empty between its parts.
#[derive(Clone, Copy, Debug)]
struct Kept {
    time: Halves,
    key: Halves,
    uid: [Halves; 2],
    file: u32,
    position: u32,
    scene: u32,
    /// Start of the target list.
    targets: u32,
    /// Its length in the lowest byte, and above it how many hold the row.
    held: u32,
}

/// One more that holds a row.
const USE: u32 = 1 << 8;
/// From here on nobody counts any more: the row stays.
const MOST_USES: u32 = u32::MAX - USE;

/// A number of 64 bits that may stand where one of 32 may.
#[derive(Clone, Copy, Debug)]
struct Halves(u32, u32);

impl Halves {
    fn of(number: u64) -> Halves {
        Halves((number >> 32) as u32, number as u32)
    }

    fn number(self) -> u64 {
        u64::from(self.0) << 32 | u64::from(self.1)
    }
}

/// What records of one caller share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Scene {
    source: u8,
    provider: u8,
    outcome: Outcome,
    actor: u32,
    ip: StrId,
    agent: StrId,
    action: StrId,
    account: StrId,
    region: StrId,
    issued: StrId,
}

impl Rows {
    /// With much room.
    pub fn roomy() -> Rows {
        Rows {
            kept: roomy(),
            scenes: Listed::roomy(),
            ..Rows::default()
        }
    }

    /// Keeps a row; the caller holds it.
    pub fn put(&mut self, row: &Row) -> RowId {
        let kept = Kept {
            time: Halves::of(row.time.0 as u64),
            key: Halves::of(row.key),
            uid: row.uid.halves().map(Halves::of),
            file: row.file,
            position: row.position,
            scene: self.scenes.put(Scene::of(row)),
            targets: row.targets.start,
            held: USE | length(row.targets),
        };
        let id = match self.free.pop() {
            Some(id) => {
                self.kept[id as usize] = kept;
                id
            }
            None => {
                self.kept.push(kept);
                self.kept.len() as RowId - 1
            }
        };
        if row.shared != 0 {
            self.shared.insert(id, row.shared);
        }
        id
    }

    /// One more stands on it.
    pub fn hold(&mut self, id: RowId) -> RowId {
        let held = &mut self.kept[id as usize].held;
        if *held < MOST_USES {
            *held += USE;
        }
        id
    }

    /// One less stands on it.
    pub fn release(&mut self, id: RowId) {
        let held = &mut self.kept[id as usize].held;
        if (USE..MOST_USES).contains(held) {
            *held -= USE;
        }
        if *held < USE {
            self.shared.remove(&id);
            self.free.push(id);
        }
    }

    /// The row; its place in the batch it came from is forgotten.
    pub fn get(&self, id: RowId) -> Row {
        let kept = &self.kept[id as usize];
        let scene = &self.scenes[kept.scene];
        Row {
            time: kept.time(),
            key: kept.key.number(),
            uid: Uid::whole(kept.uid.map(Halves::number)),
            file: kept.file,
            position: kept.position,
            record: 0,
            source: scene.source,
            provider: scene.provider,
            outcome: scene.outcome,
            actor: scene.actor,
            ip: scene.ip,
            agent: scene.agent,
            action: scene.action,
            account: scene.account,
            region: scene.region,
            targets: Range {
                start: kept.targets,
                len: kept.held % USE,
            },
            issued: scene.issued,
            shared: self.shared(id),
        }
    }

    /// Lets go of all rows but those that these numbers stand for, which change.
    pub fn keep_only<'a>(&mut self, ids: impl Iterator<Item = &'a mut RowId>) {
        let before = std::mem::take(self);
        let mut places = vec![RowId::MAX; before.kept.len()];
        for id in ids {
            let place = &mut places[*id as usize];
            if *place == RowId::MAX {
                *place = self.kept.len() as RowId;
                self.kept.push(before.kept[*id as usize]);
                if let Some(shared) = before.shared.get(id) {
                    self.shared.insert(*place, *shared);
                }
            }
            *id = *place;
        }
        self.kept.shrink_to_fit();
        self.scenes = before.scenes;
        self.scenes.close();
    }

    /// Whether the row is one of those that a fold of this key counts.
    pub fn is_of(&self, id: RowId, key: &FoldKey) -> bool {
        let scene = &self.scenes[self.kept[id as usize].scene];
        (scene.actor, scene.ip, scene.action, scene.outcome)
            == (key.actor, key.ip, key.action, key.outcome)
    }

    /// See [`Row::order`].
    pub fn order(&self, id: RowId) -> (Time, u64, u32, u32) {
        let kept = &self.kept[id as usize];
        let key = kept.key.number();
        (kept.time(), key, kept.file, kept.position)
    }

    /// See [`Row::shared`].
    pub fn shared(&self, id: RowId) -> u64 {
        self.shared.get(&id).copied().unwrap_or_default()
    }

    /// When it happened.
    pub fn time(&self, id: RowId) -> Time {
        self.kept[id as usize].time()
    }

    /// Gives it its targets.
    pub fn aim(&mut self, id: RowId, targets: Range) {
        let kept = &mut self.kept[id as usize];
        kept.targets = targets.start;
        kept.held = (kept.held / USE * USE) | length(targets);
    }
}

impl Scene {
    fn of(row: &Row) -> Scene {
        Scene {
            source: row.source,
            provider: row.provider,
            outcome: row.outcome,
            actor: row.actor,
            ip: row.ip,
            agent: row.agent,
            action: row.action,
            account: row.account,
            region: row.region,
            issued: row.issued,
        }
    }
}

impl Kept {
    fn time(&self) -> Time {
        Time(self.time.number() as i64)
    }
}

/// The length of a target list, as far as it is kept.
fn length(targets: Range) -> u32 {
    targets.len.min(u32::from(u8::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::intern::{Interner, NO_STR};

    fn row(key: u64, actor: u32) -> Row {
        Row {
            time: Time(key as i64),
            key,
            uid: Uid::pack(b"", &mut Interner::default()),
            file: 1,
            position: 2,
            record: 0,
            source: 0,
            provider: 0,
            outcome: Outcome::Success,
            actor,
            ip: NO_STR,
            agent: NO_STR,
            action: NO_STR,
            account: NO_STR,
            region: NO_STR,
            targets: Range::default(),
            issued: NO_STR,
            shared: 0,
        }
    }

    #[test]
    fn a_row_stays_as_long_as_somebody_holds_it() {
        let mut rows = Rows::default();
        let a = rows.put(&row(1, 7));
        let b = rows.put(&row(2, 7));
        assert_eq!(rows.scenes.len(), 1);
        rows.hold(a);
        rows.release(a);
        rows.aim(a, Range { start: 3, len: 2 });
        assert_eq!(rows.get(a).targets, Range { start: 3, len: 2 });
        assert_eq!((rows.get(a).key, rows.get(a).actor), (1, 7));
        rows.release(a);
        let c = rows.put(&row(3, 8));
        assert_eq!(c, a, "its room is used again");
        assert_eq!((rows.get(b).key, rows.get(c).key), (2, 3));
        assert_eq!(rows.order(c), row(3, 8).order());
    }
}
