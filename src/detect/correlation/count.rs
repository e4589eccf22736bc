//! `event_count` and `value_count`: how many, and how many different ones.
//!
//! Enter and leave rows of the window; leaves whether the count satisfies the thresholds. The
//! distinct values are a counted multiset, so that each row costs one look-up.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::threshold::all_hold;
use super::window::Window;
use super::{Row, Value};
use crate::detect::ast::Comparison;

/// Counts rows.
pub(super) struct EventCount<'a> {
    thresholds: &'a [(Comparison, f64)],
    inside: u64,
}

impl<'a> EventCount<'a> {
    pub(super) fn new(thresholds: &'a [(Comparison, f64)]) -> Self {
        EventCount {
            thresholds,
            inside: 0,
        }
    }
}

impl Window for EventCount<'_> {
    fn enter(&mut self, _at: usize, _row: &Row) {
        self.inside += 1;
    }

    fn leave(&mut self, _at: usize, _row: &Row) {
        self.inside -= 1;
    }

    fn holds(&self, _from: i64) -> bool {
        all_hold(self.thresholds, self.inside as f64)
    }
}

/// Counts distinct values.
pub(super) struct ValueCount<'a> {
    thresholds: &'a [(Comparison, f64)],
    /// Never iterated: its order is nobody's business.
    inside: HashMap<(bool, u64), u32, FixedState>,
}

impl<'a> ValueCount<'a> {
    pub(super) fn new(thresholds: &'a [(Comparison, f64)]) -> Self {
        ValueCount {
            thresholds,
            inside: HashMap::with_hasher(FixedState::default()),
        }
    }
}

/// A value as a key; a text and a number never meet.
fn key(value: Value) -> Option<(bool, u64)> {
    match value {
        Value::None => None,
        // Both zeros are one value.
        Value::Number(number) => Some((false, (number + 0.0).to_bits())),
        Value::Text(text) => Some((true, text)),
    }
}

impl Window for ValueCount<'_> {
    fn enter(&mut self, _at: usize, row: &Row) {
        if let Some(key) = key(row.value) {
            *self.inside.entry(key).or_insert(0) += 1;
        }
    }

    fn leave(&mut self, _at: usize, row: &Row) {
        let Some(key) = key(row.value) else { return };
        if let Some(count) = self.inside.get_mut(&key) {
            *count -= 1;
            if *count == 0 {
                self.inside.remove(&key);
            }
        }
    }

    fn holds(&self, _from: i64) -> bool {
        all_hold(self.thresholds, self.inside.len() as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_counts_until_its_last_row_has_left() {
        let limit = [(Comparison::Gte, 2.0)];
        let mut window = ValueCount::new(&limit);
        let row = |value| Row {
            value,
            ..Row::default()
        };
        for value in [Value::Text(1), Value::Text(1), Value::Number(1.0)] {
            window.enter(0, &row(value));
        }
        assert!(window.holds(0));
        window.leave(0, &row(Value::Text(1)));
        assert!(window.holds(0));
        window.leave(0, &row(Value::Text(1)));
        assert!(!window.holds(0));
        window.leave(0, &row(Value::None));
        window.enter(0, &row(Value::Number(0.0)));
        window.enter(0, &row(Value::Number(-0.0)));
        assert_eq!(window.inside.len(), 2);
    }
}
