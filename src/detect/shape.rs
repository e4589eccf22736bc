//! What the fields with few different values decide together.
//!
//! Call, service, error and their like come in the same combinations again and again, and so do
//! the answers about names and addresses, of which there are many. A record's combination enters;
//! the rules that can still match leave, most of them decided. Every combination is judged once:
//! after that only what hangs on more is asked of a record.

use std::hash::BuildHasher;
use std::rc::Rc;

use hashbrown::HashMap;

use super::compile::{Ask, Logic};
use super::field::Field;
use super::matcher::Verdict;
use crate::enrich::derive::Derived;
use crate::normalize::source::{Layout, Norm, Record};

/// What tells the shape of a source's records.
#[derive(Debug, Default)]
pub struct Outline {
    /// Slots that tell it by their values, of which there are few.
    values: Vec<u16>,
    /// Slots that tell it by having one or none.
    presences: Vec<u16>,
}

impl Outline {
    /// Takes in what a question asks for, where that tells enough: presence answers whether
    /// something is there, and everything below a container that is not.
    pub fn add(&mut self, field: &Field, exists: bool, layout: &Layout) {
        let (slot, slots) = match field {
            Field::Slot(slot, _) if is_few(*slot, layout) => (*slot, &mut self.values),
            Field::Slot(slot, _) if exists => (*slot, &mut self.presences),
            Field::Deep { top, .. } => (*top, &mut self.presences),
            Field::FirstOf(all) => {
                let each = all.iter();
                return each.for_each(|field| self.add(field, exists, layout));
            }
            Field::Derived(Derived::Outcome) => {
                let norms = [Norm::Error, Norm::Service, Norm::Verb].iter();
                let slots = norms.flat_map(|norm| layout.slots_of(*norm));
                let fields = slots.map(|(slot, quirk)| Field::Slot(*slot, *quirk));
                return fields.for_each(|field| self.add(&field, exists, layout));
            }
            Field::Slot(..) | Field::Derived(_) | Field::Own(_) => return,
        };
        if !slots.contains(&slot) {
            slots.push(slot);
        }
    }

    /// Writes the shape of a record with at most one value a field.
    #[inline]
    pub fn write(&self, record: &Record, out: &mut Vec<u8>) {
        out.clear();
        for slot in &self.values {
            out.extend_from_slice(record.slots.first(*slot).of(record.text));
            // Stands in no JSON text.
            out.push(0xff);
        }
        // Two bits each. No processor guesses which are there: nothing is decided on the way but
        // for those that may be as good as none.
        for slots in self.presences.chunks(32) {
            let (mut word, mut short) = (0u64, 0u32);
            for slot in slots {
                let len = record.slots.first(*slot).len();
                word = word << 2 | if len != 0 { THERE.into() } else { 0 };
                short = short << 1 | u32::from(is_short(len));
            }
            while short != 0 {
                let at = short.trailing_zeros();
                let slot = slots[slots.len() - 1 - at as usize];
                word &= !(u64::from(THERE) << (2 * at));
                word |= u64::from(presence(record, slot)) << (2 * at);
                short &= short - 1;
            }
            out.extend_from_slice(&word.to_le_bytes());
        }
    }

    /// Whether the answer to a question about a field hangs on the record's shape alone.
    pub fn tells(&self, field: &Field, ask: &Ask, record: &Record) -> bool {
        let there = |slot: u16| presence(record, slot) == THERE;
        let told = |slot: u16| self.presences.contains(&slot);
        match (ask, field) {
            (Ask::Refers(..), _) => false,
            (_, Field::Slot(slot, _)) => {
                let exists = matches!(ask, Ask::Exists(_));
                self.values.contains(slot) || told(*slot) && (exists || !there(*slot))
            }
            (_, Field::Deep { top, .. }) => told(*top) && !there(*top),
            (_, Field::FirstOf(all)) => {
                // Behind the first one that is there none is asked.
                let is_there =
                    |field: &Field| matches!(field, Field::Slot(slot, _) if there(*slot));
                let end = all.iter().position(is_there).map_or(all.len(), |at| at + 1);
                let mut asked = all[..end].iter();
                asked.all(|field| self.tells(field, ask, record))
            }
            (_, Field::Derived(Derived::Outcome)) => (record.layout.source.plain_outcome)(record),
            (_, Field::Derived(_) | Field::Own(_)) => false,
        }
    }
}

/// Whether there is a value, and which if there is as good as none: a longer one is not looked
/// at.
#[inline]
fn presence(record: &Record, slot: u16) -> u8 {
    let span = record.slots.first(slot);
    match span.len() {
        0 => 0,
        len if is_short(len) => match span.of(record.text) {
            b"null" => 1,
            b"\"\"" => 2,
            _ => THERE,
        },
        _ => THERE,
    }
}
const THERE: u8 = 3;

/// Whether a value of this length may be `null` or `""`.
fn is_short(len: u32) -> bool {
    len.wrapping_sub(2) & !2 == 0
}

/// Whether a slot's values are few.
pub(super) fn is_few(slot: u16, layout: &Layout) -> bool {
    let mut norms = FEW.iter().chain([&layout.source.dispatch]);
    norms.any(|norm| layout.slots_of(*norm).iter().any(|(own, _)| *own == slot))
}

/// Fields that have few different values, beside the one that tells the call.
const FEW: [Norm; 10] = [
    Norm::Region,
    Norm::Service,
    Norm::Verb,
    Norm::Error,
    Norm::ActorType,
    Norm::IssuerType,
    Norm::Mfa,
    Norm::InvokedBy,
    Norm::ReadOnly,
    Norm::Category,
];

/// What a combination comes to: the rules it does not rule out.
pub type Shape = [Told];

/// A rule that a combination does not rule out.
#[derive(Debug)]
pub struct Told {
    /// The rule, with its level where it is decided.
    pub verdict: Verdict,
    /// What is left of it where it is not.
    pub rest: Option<Logic>,
}

/// The combinations a worker has met.
#[derive(Debug, Default)]
pub struct Shapes {
    met: HashMap<Place, Rc<Shape>, foldhash::fast::FixedState>,
    /// The combination that is looked for.
    pub key: Vec<u8>,
    /// Where the combination that was looked for last belongs.
    place: Place,
    /// They differ from run to run, and only equality hangs on them.
    seeds: [foldhash::quality::RandomState; 2],
}

/// Two hashes of a combination. Nobody who does not know the seeds makes two combinations that
/// agree in both; to compare hundreds of bytes costs several ways to the memory.
type Place = (u64, u64);

/// Combinations remembered before all are forgotten: names of calls can be made up without end.
const LIMIT: usize = 1 << 12;

impl Shapes {
    /// What the combination that is written comes to, where it has been met.
    #[inline]
    pub fn find(&mut self) -> Option<Rc<Shape>> {
        let [first, second] = &self.seeds;
        self.place = (first.hash_one(&*self.key), second.hash_one(&*self.key));
        self.met.get(&self.place).cloned()
    }

    /// Remembers what the combination that was looked for last comes to.
    pub fn learn(&mut self, shape: Rc<Shape>) {
        if self.met.len() >= LIMIT {
            self.met.clear();
        }
        self.met.insert(self.place, shape);
    }
}
