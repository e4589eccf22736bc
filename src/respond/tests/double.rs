//! A transport to a world that is not real, and what may happen on the way.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use super::world::World;
use crate::respond::request::{Lost, Request, Response, Transport};

/// What happens to a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The process dies before it arrives.
    DiesBefore,
    /// The process dies before the answer.
    DiesAfter,
    /// It is done, and the answer is lost.
    LostAnswer,
    /// It is refused with this status.
    Refused(u16),
    /// It is done, and meanwhile somebody presses Ctrl-C.
    Interrupts,
}

/// The way to a world.
pub struct Double {
    pub world: RefCell<Box<dyn World>>,
    pub changes: Cell<usize>,
    /// The change, from 1, that something happens to.
    pub fate: Cell<Option<(usize, Fate)>>,
    /// What happens to every question.
    asking: Cell<Option<Fate>>,
    /// What somebody does after each change.
    pub answered_by: Cell<Option<fn(&mut Value)>>,
    /// What Ctrl-C sets.
    stop: Arc<AtomicBool>,
}

/// The place that means all of them.
const EVERY: usize = 0;

/// What the process dies of in these tests.
pub const DEATH: &str = "killed by the test";

impl Double {
    pub fn new(world: Box<dyn World>, stop: Arc<AtomicBool>) -> Double {
        Double {
            stop,
            asking: Cell::new(None),
            answered_by: Cell::new(None),
            world: RefCell::new(world),
            changes: Cell::new(0),
            fate: Cell::new(None),
        }
    }

    /// Something happens to a change, counted from now.
    pub fn fate(&self, place: usize, fate: Fate) {
        self.changes.set(0);
        self.fate.set(Some((place, fate)));
    }

    /// Something happens to every change.
    pub fn always(&self, fate: Fate) {
        self.fate.set(Some((EVERY, fate)));
    }

    /// Something happens to every question.
    pub fn reads(&self, fate: Fate) {
        self.asking.set(Some(fate));
    }

    /// Changes sent since the last question.
    pub fn sent(&self) -> usize {
        self.changes.take()
    }
}

impl Transport for Double {
    fn send(&self, request: &Request) -> Result<Response, Lost> {
        let mut fate = self.asking.get().map(|fate| (0, fate));
        if request.changes() {
            self.changes.set(self.changes.get() + 1);
            fate = self
                .fate
                .get()
                .filter(|(place, _)| *place == EVERY || *place == self.changes.get());
        }
        let fate = fate.map(|(_, fate)| fate);
        if fate == Some(Fate::DiesBefore) {
            std::panic::resume_unwind(Box::new(DEATH));
        }
        if let Some(Fate::Refused(status)) = fate {
            return Ok(Response {
                status,
                ..Response::default()
            });
        }
        let reply = self.world.borrow_mut().answer(request);
        if let (true, Some(answer)) = (request.changes(), self.answered_by.get()) {
            answer(self.world.borrow_mut().state_mut());
        }
        match fate {
            Some(Fate::DiesAfter) => std::panic::resume_unwind(Box::new(DEATH)),
            Some(Fate::Interrupts) => self.stop.store(true, Ordering::SeqCst),
            Some(Fate::LostAnswer) => return Err(Lost::Unanswered("timed out".to_owned())),
            _ => {}
        }
        let date = (
            "date".to_owned(),
            "Tue, 12 May 2026 10:00:00 GMT".to_owned(),
        );
        Ok(Response {
            status: reply.status,
            headers: BTreeMap::from([date]),
            body: reply.body.into_bytes(),
        })
    }
}
