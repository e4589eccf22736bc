//! What a correlation reads and what it says.
//!
//! Enter: one row a match of a member rule. Leave: one firing a run of the condition. Kept apart
//! from the arithmetic, because the stage that stores rows needs these types and no more.

use crate::model::Time;

/// What `value_*` correlations look at in one match.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Value {
    /// The match has no such field.
    #[default]
    None,
    /// A number.
    Number(f64),
    /// A text, by its interned number or its hash.
    Text(u64),
}

/// One match of a member rule, in one group.
///
/// Rows come in the total order. A match whose value is an array gives one row an element: such
/// rows share `row` and stand beside each other.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Row {
    /// When it happened.
    pub time: Time,
    /// Which member matched: the position in `members`, `optional` counting on after them.
    pub member: u32,
    /// The value, for `value_*`.
    pub value: Value,
    /// The caller's number of the match.
    pub row: u32,
}

/// One run of a correlation: from the instant its condition first holds to the last row that
/// keeps it true.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Firing {
    /// Time of the row with which the condition first holds.
    pub opened: Time,
    /// Positions of the rows that count, in order.
    pub rows: Vec<usize>,
    /// How many rows count, those left out of `rows` too.
    pub total: u64,
    /// True when `rows` leaves some out because an earlier firing of the group names them.
    pub truncated: bool,
    /// Positions of rows of optional members inside the window, in order.
    pub optional: Vec<usize>,
    /// Members among the rows that count, ascending.
    pub members_seen: Vec<u32>,
    /// Optional members inside the window, ascending and numbered as in `Row::member`.
    pub optional_seen: Vec<u32>,
}
