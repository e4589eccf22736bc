//! Exit codes: the contract with scripts and CI jobs.
//!
//! The end of a command enters, a number leaves. The numbers are documented in
//! `ctadel-output.7` and never change their meaning.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Done, with or without findings.
    Done = 0,
    /// A threshold that was asked for was reached.
    Threshold = 1,
    /// A mistake in the command, the configuration, a rule or a suppression file; nothing ran.
    Usage = 2,
    /// Nothing readable, or something skipped under `--strict`; also an output that could not be
    /// written to its end: the files are wrong, not the command.
    Input = 3,
    /// Credentials, permission, throttling or network, before any change.
    Remote = 4,
    /// A response was refused, nothing changed.
    Refused = 5,
    /// A response stopped part-way, is contested or unverified.
    Partial = 6,
    /// An error of ctadel itself; the code a panic has, too.
    Bug = 101,
    /// Interrupted; what was printed says that it is not all.
    Interrupted = 130,
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> ExitCode {
        ExitCode::from(code as u8)
    }
}
