//! Sigma rules: from YAML files to `ast`.
//!
//! What enters are the built-in rules and the user's folders, what leaves is one `RuleSet`, or
//! every mistake with file, line and key.

pub mod builtin;
mod condition;
mod correlation;
mod detection;
mod document;
mod encode;
mod entry;
mod error;
mod files;
mod filter;
mod index;
mod item;
mod lines;
mod members;
mod meta;
mod modifiers;
mod placeholder;
mod resolve;
mod scope;
mod survey;
#[cfg(test)]
mod tests;
mod text;
mod timespan;
mod tokens;
mod tune;
mod value;
mod yaml;

pub use entry::{Options, load, load_beside, load_str};
pub use error::RuleError;
pub use placeholder::Vars;
pub(crate) use survey::{Surveyed, SurveyedFile, What, survey};
