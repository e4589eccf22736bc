//! What can be wrong with a rule file, and where.
//!
//! Parsers hand up a `Stop` with the key path below them; the file's loader turns it into a
//! `RuleError` with file and line. A placeholder nobody filled in stops a rule without being wrong.

use std::fmt;

use super::lines;

/// One mistake in one rule file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleError {
    /// The file as messages name it.
    pub file: String,
    /// The line, 1 for the first; 0 where the file as a whole is meant.
    pub line: usize,
    /// The key, its parents before it with dots; may be empty.
    pub key: String,
    /// What is wrong, and what to write instead where that is known.
    pub reason: String,
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl std::error::Error for RuleError {}

impl RuleError {
    /// A mistake of a whole file: unreadable, not there.
    pub(super) fn of_file(file: &str, reason: impl Into<String>) -> RuleError {
        RuleError {
            file: file.to_owned(),
            line: 0,
            key: String::new(),
            reason: reason.into(),
        }
    }
}

/// Why the reading of a rule ended early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The rule is wrong.
    Fault(Fault),
    /// The rule is right but needs a value that is not configured: the placeholder's name.
    Placeholder(String),
}

/// A mistake, before file and line are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Keys from the inside out.
    path: Vec<String>,
    /// What is wrong.
    pub reason: String,
}

/// What the parsers return.
pub(super) type Parse<T> = Result<T, Stop>;

/// Ends the reading of a rule with a reason.
pub(super) fn wrong<T>(reason: impl Into<String>) -> Parse<T> {
    Err(Stop::from(reason.into()))
}

impl From<String> for Stop {
    fn from(reason: String) -> Stop {
        Stop::Fault(Fault {
            path: Vec::new(),
            reason,
        })
    }
}

impl From<&str> for Stop {
    fn from(reason: &str) -> Stop {
        Stop::from(reason.to_owned())
    }
}

/// Adds the key under which something went wrong.
pub(super) trait Under {
    /// Puts `key` in front of the path.
    fn under(self, key: &str) -> Self;
}

impl<T> Under for Parse<T> {
    fn under(mut self, key: &str) -> Self {
        if let Err(Stop::Fault(fault)) = &mut self {
            fault.path.push(key.to_owned());
        }
        self
    }
}

impl Fault {
    /// Finds the line and makes the message.
    pub(super) fn locate(self, file: &str, part: &lines::Part<'_>) -> RuleError {
        let path: Vec<String> = self.path.into_iter().rev().collect();
        let line = lines::find(part, &path);
        RuleError {
            file: file.to_owned(),
            line,
            key: path.join("."),
            reason: self.reason,
        }
    }
}
