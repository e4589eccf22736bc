//! `ctadel respond`: what stops an attacker, shown first, done when asked for, taken back.

mod act;
mod again;
mod args;
mod auto;
mod ended;
mod entries;
mod journal;
mod own;
mod permissions;
mod place;
mod propose;
mod setup;
mod tell;

pub use entries::entries;
pub use own::own;
pub use setup::store;

use clap::{Args, Subcommand};

use super::args::CommonArgs;
use super::exit::Code;
use super::failure::Failure;

/// Stop an attacker, and take it back
///
/// Without --execute nothing is ever changed: a plan is printed, the exact calls with their
/// parameters, the way back, who else is hit, and a hash. With --execute and that hash exactly this
/// plan is executed, each call written to a journal before it is sent; `undo` takes back what the
/// journal says was ours, where it still looks as we left it. ctadel-respond(7) tells the whole.
///
/// Examples:
///
///     ctadel respond plan INC-7f3a91c25e AWSLogs/
///     ctadel respond disable-user mallory --provider aws
///     ctadel respond disable-user mallory --provider aws --execute --yes --plan-hash 9b1c44e01f2a
///     ctadel respond list
///     ctadel respond undo 01KQ
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct RespondArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Plan(Box<propose::PlanArgs>),
    Auto(Box<auto::AutoArgs>),
    Undo(Box<again::UndoArgs>),
    Resume(Box<again::ResumeArgs>),
    List(journal::ListArgs),
    Show(journal::ShowArgs),
    VerifyJournal(journal::VerifyArgs),
    Permissions(permissions::PermissionsArgs),
    #[command(flatten)]
    Act(args::Act),
}

/// Runs the command.
pub fn run(common: &CommonArgs, args: &RespondArgs) -> Result<Code, Failure> {
    match &args.command {
        Command::Plan(args) => propose::run(common, args),
        Command::Auto(args) => auto::run(common, args),
        Command::Undo(args) => again::undo(common, args),
        Command::Resume(args) => again::resume(common, args),
        Command::List(args) => journal::list(common, args),
        Command::Show(args) => journal::show(common, args),
        Command::VerifyJournal(args) => journal::verify(common, args),
        Command::Permissions(args) => permissions::run(args),
        Command::Act(act) => act::run(common, act),
    }
}
