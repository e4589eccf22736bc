//! What the stages found in, bytes for people and programs out.
//!
//! One file an output, all of them fed with the same printed objects of `wire`: what is masked
//! there is masked everywhere, and each output escapes for its own reader.

mod beside;
mod caveats;
mod cells;
mod csv;
mod error;
pub mod escape;
mod format;
mod incident_text;
mod json;
mod json_text;
mod jsonl;
mod markdown;
mod navigator;
mod report;
pub mod schema;
mod table;
pub mod wire;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

pub use error::RenderError;
pub use format::Format;
pub use json_text::write_line;
pub use navigator::write_rules;
pub use report::{Findings, Options, Output, Report, View, ViewKind};
pub use table::responses;
