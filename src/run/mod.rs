//! One run: workers, the store they fill, and the decisions after it.

mod actions;
pub mod correlate;
pub mod coverage;
pub mod decide;
pub mod events;
pub mod findings;
pub mod footprint;
pub mod hours;
pub mod intern;
pub mod keys;
pub mod late;
pub mod listed;
pub mod look;
pub mod merge;
pub mod names;
pub mod phase1;
pub mod presence;
pub mod retold;
pub mod rows;
pub mod store;
mod taking;
pub mod totals;
pub mod wanted;
pub mod worker;
