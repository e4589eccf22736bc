//! `ctadel rules lint`: what is wrong with rule files, and what could be better.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::cli::args::{CommonArgs, vars};
use crate::cli::exit::Code;
use crate::cli::failure::Failure;
use crate::cli::output::print;
use crate::cli::plan;
use crate::cli::session::Session;
use crate::config::Layer;
use crate::detect::lint::{Grade, lint};
use crate::term::escape::terminal;
use crate::term::number::counted;

/// The words of the grades, the worst first.
const GRADES: [Grade; 3] = [Grade::Error, Grade::Warning, Grade::Note];

/// Examine rule files
///
/// An error is what loading refuses, a warning a rule that does less than it looks, a note the
/// custom of the built-in rules. Prints a line for each, with its file, line and code.
///
/// Examples:
///
///     ctadel rules lint my-rules/
///     ctadel rules lint my-rules/ --fail-on error
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct LintArgs {
    /// Rule files, or folders of them
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// Exit with 1 when there is something of this grade or worse
    #[arg(long, value_name = "GRADE", default_value = "warning",
          value_parser = PossibleValuesParser::new(GRADES.map(Grade::word)))]
    fail_on: String,

    /// Fill in a %placeholder% that rules use
    #[arg(long, value_name = "NAME=VALUE[,VALUE]")]
    var: Vec<String>,
}

/// Runs the command.
pub fn run(common: &CommonArgs, args: &LintArgs) -> Result<Code, Failure> {
    let mut layer = Layer::default();
    vars(&mut layer, &args.var)?;
    let session = Session::open(common, layer)?;
    if let Some(path) = args.paths.iter().find(|path| !path.exists()) {
        return Err(Failure::usage(format!(
            "read {}: no such file or folder",
            path.display()
        )));
    }
    let issues = lint(&args.paths, &plan::vars(&session.settings));
    print(&session.ui, |out| {
        issues
            .iter()
            .try_for_each(|issue| writeln!(out, "{}", terminal(&issue.to_string())))
    })?;
    let count = |grade: Grade| issues.iter().filter(|issue| issue.grade == grade).count() as u64;
    let counts = GRADES.map(|grade| counted(count(grade), grade.word()));
    session.ui.note(&counts.join(", "));
    let limit = GRADES
        .into_iter()
        .find(|grade| grade.word() == args.fail_on)
        .unwrap_or(Grade::Warning);
    // The worst grade stands first in their order.
    let reached = issues.iter().any(|issue| issue.grade <= limit);
    Ok(if reached { Code::Threshold } else { Code::Done })
}
