//! What stops a run before it starts.
//!
//! Enters: what the user typed. Leaves: one sentence that names it. Everything that goes wrong
//! later is a `Problem` of one file, so that one bad file never stops a run.

/// A path or pattern that cannot be an input. Each completes "failed to …".
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Error {
    /// The path names nothing.
    #[error("read {0}: no such file or folder")]
    NotFound(String),
    /// The pattern matches nothing.
    #[error("read {0}: no file matches this pattern")]
    NoMatch(String),
    /// The pattern is malformed.
    #[error("read {pattern}: {reason}")]
    Pattern {
        /// As typed.
        pattern: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A URL that names no live input.
    #[error("read {url}: {reason}")]
    Url {
        /// As typed, without its options.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A live input, in a build without the network.
    #[error("read {0}: this build of ctadel has no live inputs")]
    Offline(String),
    /// `-` twice.
    #[error("read -: standard input can be named only once")]
    StdinTwice,
}
