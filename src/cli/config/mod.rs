//! `ctadel config`: what holds, whether it is usable, and a file to begin with.

mod check;
mod init;
mod permissions;
mod show;

use clap::{Args, Subcommand};

use super::args::CommonArgs;
use super::exit::Code;
use super::failure::Failure;

/// Show, check or begin the configuration
///
/// Examples:
///
///     ctadel config init
///     ctadel config show
///     ctadel config check --config ci.yaml
#[derive(Args, Debug)]
#[command(verbatim_doc_comment, arg_required_else_help = true)]
pub struct ConfigArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Show(show::ShowArgs),
    Check(check::CheckArgs),
    Init(init::InitArgs),
    Permissions(permissions::PermissionsArgs),
}

/// Runs the command.
pub fn run(common: &CommonArgs, args: &ConfigArgs) -> Result<Code, Failure> {
    match &args.command {
        Command::Show(args) => show::run(common, args),
        Command::Check(args) => check::run(common, args),
        Command::Init(args) => init::run(common, args),
        Command::Permissions(args) => permissions::run(common, args),
    }
}
