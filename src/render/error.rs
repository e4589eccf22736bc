//! What a user may ask of the output that it cannot give.
//!
//! All of them are usage errors: they are known before a single byte is read.

use thiserror::Error;

use super::ViewKind;

/// Why an output cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RenderError {
    /// No output has that name.
    #[error("unknown format {name:?}: one of {known}")]
    UnknownFormat {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// The output exists, but not for this command.
    #[error("{view} cannot be printed as {format}: one of {known}")]
    NotForView {
        /// What is printed.
        view: ViewKind,
        /// What was asked for.
        format: &'static str,
        /// What there is.
        known: String,
    },
    /// No object has that name.
    #[error("unknown schema {name:?}: one of {known}")]
    UnknownSchema {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
}
