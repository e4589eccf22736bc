//! `ctadel config show`: what holds, and where each value came from.

use clap::Args;

use crate::cli::args::CommonArgs;
use crate::cli::exit::Code;
use crate::cli::failure::Failure;
use crate::cli::output::print;
use crate::cli::session::Session;
use crate::config::{Layer, lines};
use crate::term::escape::terminal;

/// Print every setting with the place it came from
///
/// What is printed is a configuration file that says the same.
///
/// Example:
///
///     CTADEL_MIN_SEVERITY=high ctadel config show
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct ShowArgs {}

/// Runs the command.
pub fn run(common: &CommonArgs, _: &ShowArgs) -> Result<Code, Failure> {
    let session = Session::open(common, Layer::default())?;
    print(&session.ui, |out| {
        lines(&session.layers)
            .iter()
            .try_for_each(|line| writeln!(out, "{}", terminal(line)))
    })?;
    Ok(Code::Done)
}
