//! Why a command could not do what it was asked.
//!
//! Errors of every stage enter, one message with hints leaves, and the exit code of its kind.

use std::fmt;

use super::exit::Code;
use crate::term::escape::terminal;

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The user's: command, configuration, rules.
    Usage,
    /// The files': input that cannot be read, output that cannot be written.
    Input,
    /// The provider's.
    Remote,
    /// The guard's: a response was refused.
    Respond,
    /// Ours.
    Bug,
}

impl Kind {
    /// The exit code.
    pub fn code(self) -> Code {
        match self {
            Kind::Usage => Code::Usage,
            Kind::Input => Code::Input,
            Kind::Remote => Code::Remote,
            Kind::Respond => Code::Refused,
            Kind::Bug => Code::Bug,
        }
    }
}

/// An error as the user meets it.
#[derive(Debug)]
pub struct Failure {
    kind: Kind,
    error: anyhow::Error,
    hints: Vec<String>,
    /// Help that was printed for want of a command stands by itself.
    bare: bool,
}

impl Failure {
    /// An error of this kind; its causes are part of the message.
    pub fn new(kind: Kind, error: impl Into<anyhow::Error>) -> Failure {
        Failure {
            kind,
            error: error.into(),
            hints: Vec::new(),
            bare: false,
        }
    }

    /// A mistake in what was asked.
    pub fn usage(message: impl fmt::Display) -> Failure {
        Failure::new(Kind::Usage, anyhow::anyhow!("{message}"))
    }

    /// Something about the files.
    pub fn input(message: impl fmt::Display) -> Failure {
        Failure::new(Kind::Input, anyhow::anyhow!("{message}"))
    }

    /// A text that is printed as it is.
    pub fn bare(text: String) -> Failure {
        Failure {
            bare: true,
            ..Failure::usage(text)
        }
    }

    /// Adds a line that says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Failure {
        self.hints.push(hint.into());
        self
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }
}

impl fmt::Display for Failure {
    /// Every line that stderr gets, each with its line end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = format!("{:#}", self.error);
        let prefix = if self.bare { "" } else { "ctadel: " };
        // Names of files and values of logs may stand in a message, and a terminal obeys them.
        for (number, line) in message.trim_end().lines().enumerate() {
            writeln!(
                f,
                "{}{}",
                if number == 0 { prefix } else { "" },
                terminal(line)
            )?;
        }
        for hint in &self.hints {
            writeln!(f, "hint: {}", terminal(hint))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_hints_and_no_control_characters() {
        let cause = std::io::Error::other("no \u{1b}[2Jspace");
        let error = anyhow::Error::from(cause).context("write out.json\nsecond line");
        let failure = Failure::new(Kind::Input, error).hint("name another file");
        assert_eq!(
            failure.to_string(),
            "ctadel: write out.json\nsecond line: no \\u{1b}[2Jspace\nhint: name another file\n"
        );
        assert_eq!(failure.kind().code(), Code::Input);
        assert_eq!(
            Failure::bare("Usage: x\n".to_owned()).to_string(),
            "Usage: x\n"
        );
    }
}
