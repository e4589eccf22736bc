//! Trouble inside a stream, carried through `std::io`.
//!
//! Enters: what a decoder found wrong. Leaves: the words of a `Problem`. It exists because
//! readers can only fail with an `io::Error`, and its own texts are not for users.

use std::io::{self, ErrorKind};

use super::chunk::Problem;

/// A reason in plain words, as an error source.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Damage(pub &'static str);

impl Damage {
    /// Wraps a reason so that it travels through readers.
    pub fn error(reason: &'static str) -> io::Error {
        io::Error::other(Self(reason))
    }

    /// Replaces a decoder's own error by `early` when the input ended and by `bad` when it made
    /// no sense; an error of the source below passes through as it is.
    pub fn translate(error: io::Error, early: &'static str, bad: &'static str) -> io::Error {
        match error.kind() {
            ErrorKind::UnexpectedEof => Self::error(early),
            ErrorKind::InvalidInput | ErrorKind::InvalidData => Self::error(bad),
            _ => error,
        }
    }
}

/// What a provider said, in the middle of an object.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Remote(pub String);

impl Remote {
    /// Wraps a reason so that it travels through readers.
    #[cfg(feature = "live")]
    pub fn error(reason: String) -> io::Error {
        io::Error::other(Self(reason))
    }
}

/// Makes the problem of an error.
pub(crate) fn problem(error: &io::Error) -> Problem {
    let inner = error.get_ref();
    if let Some(Remote(reason)) = inner.and_then(|inner| inner.downcast_ref()) {
        return Problem::skipped(reason.clone());
    }
    match inner.and_then(|inner| inner.downcast_ref::<Damage>()) {
        Some(damage) => Problem::skipped(damage.0),
        None => Problem::skipped(format!("cannot be read: {}", error.kind())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        let early = io::Error::from(ErrorKind::UnexpectedEof);
        let early = Damage::translate(early, "it ends early", "it is bad");
        assert_eq!(problem(&early).reason, "it ends early");
        let below = Damage::translate(Damage::error("below"), "early", "bad");
        assert_eq!(problem(&below).reason, "below");
        let denied = io::Error::from(ErrorKind::PermissionDenied);
        assert_eq!(problem(&denied).reason, "cannot be read: permission denied");
    }
}
