//! The query of a search: a rule in one line.
//!
//! Text enters, one Sigma rule a log source leaves, judged as any other rule.

mod bind;
mod parse;
mod token;

pub use bind::{names, rules};
pub use parse::{Query, QueryError};

#[cfg(test)]
mod tests;
