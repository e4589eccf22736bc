//! What a field holds in the record at hand.
//!
//! A resolved field enters, its values leave: read where they stand, searched for once a record,
//! computed once a record.

use smallvec::SmallVec;

use super::{Matcher, Scene};
use crate::decode::{path, text};
use crate::detect::field::Field;
use crate::detect::value::{Tests, Value};
use crate::enrich::derive::Derived;
use crate::normalize::Record;
use crate::normalize::source::{Quirk, Stage};

/// The texts of a field: mostly one.
pub type Texts = SmallVec<[Vec<u8>; 1]>;

impl Matcher {
    /// The texts of a field, arrays taken apart; false when they are not known yet.
    pub fn texts(&mut self, scene: &Scene, field: u16, out: &mut Texts) -> bool {
        fn flatten(raw: &[u8], out: &mut Texts) {
            match raw.first() {
                Some(b'[') => path::elements(raw, |element| {
                    flatten(element, out);
                    true
                }),
                Some(b'{') => out.push(text::compact(raw).into_owned()),
                _ if matches!(raw, b"null" | b"\"\"") => {}
                _ => out.push(text::bytes(raw).into_owned()),
            }
        }
        let known = self.values(scene, field, &mut |value| {
            match value {
                Value::Raw(raw) => flatten(raw, out),
                Value::Text(text) => out.push(text.as_bytes().to_vec()),
            }
            true
        });
        let to_come = scene.stage != Stage::Whole && !scene.program.steady[field as usize];
        known && !(to_come && out.is_empty())
    }

    /// Tells a computed field of the record at hand that has been worked out elsewhere.
    pub fn note(&mut self, field: u16, value: impl FnOnce() -> String) {
        let cached = &mut self.cache[field as usize];
        if cached.round != self.round {
            (cached.round, cached.known) = (self.round, true);
            cached.values.clear();
            cached.values.push(value());
        }
    }

    /// Calls `each` with the values of a field until it says stop; false when they are not known
    /// yet.
    pub(super) fn values(
        &mut self,
        scene: &Scene,
        field: u16,
        each: &mut dyn FnMut(Value) -> bool,
    ) -> bool {
        let Some(resolved) = scene.program.fields.get(field as usize) else {
            return true;
        };
        if scene.others().is_empty() {
            if !matches!(resolved, Field::Deep { .. } | Field::FirstOf(_)) {
                return self.resolved(scene, &scene.record, field, resolved, each);
            }
            // Rules ask for the same fields again and again, and most are not there.
            if self.absent[field as usize] == self.round {
                return true;
            }
            let mut any = false;
            let known = self.resolved(scene, &scene.record, field, resolved, &mut |value| {
                any = true;
                each(value)
            });
            if known && !any {
                self.absent[field as usize] = self.round;
            }
            return known;
        }
        let mut go_on = true;
        let mut known = true;
        for record in std::iter::once(&scene.record).chain(scene.others()) {
            known &= self.resolved(scene, record, field, resolved, &mut |value| {
                go_on = go_on && each(value);
                go_on
            });
            // What is computed is computed of the whole action.
            if !go_on || matches!(resolved, Field::Derived(_) | Field::Own(_)) {
                break;
            }
        }
        known
    }

    fn resolved(
        &mut self,
        scene: &Scene,
        record: &Record,
        number: u16,
        field: &Field,
        each: &mut dyn FnMut(Value) -> bool,
    ) -> bool {
        match field {
            Field::Slot(slot, Quirk::None) if !record.slots.has_more() => {
                let span = record.slots.first(*slot);
                if span.is_some() {
                    each(Value::Raw(span.of(record.text)));
                }
                true
            }
            Field::Slot(slot, quirk) => {
                for span in record.slots.all(*slot) {
                    let raw = span.of(record.text);
                    let absent = *quirk == Quirk::EmptyIsAbsent && raw == b"\"\"";
                    if !absent && !each(Value::Raw(raw)) {
                        break;
                    }
                }
                true
            }
            Field::Deep { top, rest } => {
                let mut go_on = true;
                for span in record.slots.all(*top) {
                    path::find_through(record.shelved(), span.of(record.text), rest, &mut |raw| {
                        go_on = go_on && each(Value::Raw(raw));
                    });
                }
                true
            }
            Field::FirstOf(fields) => {
                for field in fields {
                    let mut any = false;
                    let known = self.resolved(scene, record, number, field, &mut |value| {
                        any |= !matches!(value, Value::Raw(b"null"));
                        each(value)
                    });
                    if !known || any {
                        return known;
                    }
                }
                true
            }
            Field::Derived(Derived::RoleAdminSeen) if scene.granted.is_some() => {
                if let Some(granted) = scene.granted {
                    each(Value::Text(if granted { "true" } else { "false" }));
                }
                true
            }
            Field::Derived(_) | Field::Own(_) => {
                let cached = &mut self.cache[number as usize];
                if cached.round != self.round {
                    cached.round = self.round;
                    cached.values.clear();
                    cached.known = computed(field, scene, &mut cached.values);
                }
                if cached.known {
                    for value in &cached.values {
                        if !each(Value::Text(value)) {
                            break;
                        }
                    }
                }
                cached.known
            }
        }
    }
}

/// Appends the values of a computed field; false when they are not known yet.
fn computed(field: &Field, scene: &Scene, out: &mut Vec<String>) -> bool {
    match field {
        // An end is one; what goes on may still end in any way.
        Field::Derived(Derived::Outcome) if scene.stage == Stage::Begins => false,
        Field::Derived(Derived::Outcome) if scene.action.is_some() => {
            out.extend(scene.action.map(|action| action.outcome.word().to_owned()));
            true
        }
        Field::Derived(derived) => {
            derived.values(&scene.record, scene.context, scene.late, out)
                || (derived.is_of_firsts() && scene.fresh.is_empty())
        }
        Field::Own(at) => {
            let derived = scene.record.layout.source.derived;
            if let Some(own) = derived.get(usize::from(*at)) {
                for record in std::iter::once(&scene.record).chain(scene.others()) {
                    (own.values)(record, out);
                }
            }
            true
        }
        _ => true,
    }
}

/// Whether any value anywhere in the record passes.
pub(super) fn keyword(raw: &[u8], tests: &Tests) -> bool {
    match raw.first() {
        Some(b'{') => {
            let mut hit = false;
            path::members(raw, |_, value| {
                hit = keyword(value, tests);
                !hit
            });
            hit
        }
        Some(b'[') => {
            let mut hit = false;
            path::elements(raw, |value| {
                hit = keyword(value, tests);
                !hit
            });
            hit
        }
        _ => tests.any(Value::Raw(raw)),
    }
}
