//! Correlations: rules that judge many matches of other rules together.
//!
//! Enter the matches of one correlation and one group, sorted; leave the stretches of time over
//! which its condition held. One pass a group, because a group may hold a million rows.

mod count;
mod firing;
mod numeric;
mod ordered;
mod row;
mod temporal;
#[cfg(test)]
mod tests;
mod threshold;
mod window;

pub use firing::firings;
pub use row::{Firing, Row, Value};
