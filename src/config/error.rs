//! What can be wrong with a setting, and where it stands.
//!
//! A place and a reason enter, one line leaves. All of them end a command before anything ran.

use thiserror::Error;

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// A file that cannot be read.
    #[error("read configuration {file}: {reason}")]
    Read {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
    /// A file that does not say what it should.
    #[error("{file}:{line}: {reason}")]
    File {
        /// The file.
        file: String,
        /// Its line, from 1.
        line: usize,
        /// What is wrong, and what to write instead where that is known.
        reason: String,
    },
    /// A value that does not fit its setting.
    #[error("{place}: {reason}")]
    Value {
        /// The flag, the variable, or file, line and key.
        place: String,
        /// What is wrong.
        reason: String,
    },
}
