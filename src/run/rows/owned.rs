//! A record that somebody wants to see whole.

use crate::model::Event;
use crate::normalize::source::Part;

/// An event, where it stands, and the action it is a part of.
#[derive(Clone, Debug)]
pub struct Owned {
    /// Position among the batch's records.
    pub record: u32,
    /// Position of its chunk among the batch's while in the worker, number of the file afterwards.
    pub file: u32,
    /// Position: in the chunk while in the worker, in the file afterwards.
    pub position: u64,
    /// Position of its source in the registry.
    pub source: u8,
    /// The action it is one of several records of.
    pub part: Option<Part>,
    /// The event.
    pub event: Box<Event>,
}

impl Owned {
    /// The total order of the product.
    pub fn order(&self) -> impl Ord + use<> {
        let event = &self.event;
        (event.time, event.layer, event.key, self.file, self.position)
    }
}
