//! `ctadel rules`: what is looked for.

mod columns;
mod coverage;
pub(super) mod find;
mod lint;
mod list;
mod show;
mod test;
mod wire;

use clap::{Args, Subcommand};

use super::args::CommonArgs;
use super::exit::Code;
use super::failure::Failure;

/// List, show, test or examine rules, and say what they see
///
/// Rules are Sigma rules, correlations and filters; ctadel-rules(5) says what stands in them.
///
/// Examples:
///
///     ctadel rules list --level high
///     ctadel rules show aws-cloudtrail-stopped
///     ctadel rules lint my-rules/
///     ctadel rules test my-rules/
///     ctadel rules coverage
#[derive(Args, Debug)]
#[command(verbatim_doc_comment, arg_required_else_help = true)]
pub struct RulesArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    List(list::ListArgs),
    Show(show::ShowArgs),
    Test(test::TestArgs),
    Lint(lint::LintArgs),
    Coverage(coverage::CoverageArgs),
}

/// Runs the command.
pub fn run(common: &CommonArgs, args: &RulesArgs) -> Result<Code, Failure> {
    match &args.command {
        Command::List(args) => list::run(common, args),
        Command::Show(args) => show::run(common, args),
        Command::Test(args) => test::run(common, args),
        Command::Lint(args) => lint::run(common, args),
        Command::Coverage(args) => coverage::run(common, args),
    }
}
