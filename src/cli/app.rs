//! The commands there are.
//!
//! Arguments of the process enter, the command they name runs, its exit code leaves. What no
//! command understands is a mistake with a hint, and nothing has run.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use super::args::{CommonArgs, formats};
use super::exit::Code;
use super::failure::Failure;
use super::{
    completions, config, explain, incidents, pull, respond, rules, scan, schema, search, summary,
    timeline, watch,
};
use crate::render::ViewKind;
use crate::term::{Settings, Ui};

/// Read audit logs, find the attack in them and tell it as one story
///
/// ctadel reads exports of cloud audit logs in every form they are exported in, judges each record
/// with Sigma rules, follows credentials from one identity to the next and groups what belongs
/// together into incidents. Logs lie in files, or at a provider that is only read; nothing is sent
/// anywhere unless it is asked for.
///
/// Examples:
///
///     ctadel scan AWSLogs/
///     ctadel incidents AWSLogs/ --since 7d --anchor latest
///     ctadel incidents show INC-7f3a91c25e AWSLogs/
///     ctadel scan AWSLogs/ --fail-on high --out csv=findings.csv --out jsonl=findings.jsonl
#[derive(Parser, Debug)]
#[command(
    name = "ctadel",
    version,
    subcommand_required = true,
    arg_required_else_help = true
)]
#[command(
    verbatim_doc_comment,
    max_term_width = 100,
    disable_help_subcommand = true,
    after_long_help = EXIT_CODES
)]
struct Cli {
    #[command(flatten)]
    common: CommonArgs,
    #[command(subcommand)]
    command: Command,
}

/// The short form; `ctadel-output.7` has the whole.
const EXIT_CODES: &str = "\
Exit codes:
  0    done, with or without findings
  1    a threshold that was asked for was reached
  2    a mistake in the command, the configuration, a rule or the suppression file
  3    input that cannot be read, or skipped under --strict; output that cannot be written;
       a target that is not found
  4    the provider cannot be asked, or says no; nothing was changed
  5    a response was refused; nothing was changed
  6    a response stopped part-way, is contested or unverified
  130  interrupted; what was found so far is printed

Manual pages: ctadel-rules(5), ctadel-config(5), ctadel-output(7), ctadel-respond(7),
ctadel-sources(7).";

#[derive(Subcommand, Debug)]
enum Command {
    Scan(Box<scan::ScanArgs>),
    Incidents(Box<incidents::IncidentsArgs>),
    Timeline(Box<timeline::TimelineArgs>),
    Summary(Box<summary::SummaryArgs>),
    Search(Box<search::SearchArgs>),
    Respond(Box<respond::RespondArgs>),
    Rules(rules::RulesArgs),
    Explain(explain::ExplainArgs),
    Pull(pull::PullArgs),
    Watch(Box<watch::WatchArgs>),
    Config(config::ConfigArgs),
    Schema(schema::SchemaArgs),
    Completions(completions::CompletionsArgs),
}

/// The whole command line, for completions and manual pages too.
pub fn command() -> clap::Command {
    // Which formats there are depends on what is printed, so each command lists its own.
    let of = |view| move |arg: clap::Arg| arg.value_parser(formats(view));
    Cli::command()
        .mut_subcommand("scan", |scan| {
            scan.mut_arg("format", of(ViewKind::Findings))
        })
        .mut_subcommand("watch", |watch| {
            watch.mut_arg("format", of(ViewKind::Incidents))
        })
        .mut_subcommand("timeline", |timeline| {
            timeline.mut_arg("format", of(ViewKind::Timeline))
        })
        .mut_subcommand("summary", |summary| {
            summary.mut_arg("format", of(ViewKind::Summary))
        })
        .mut_subcommand("search", |search| {
            search.mut_arg("format", of(ViewKind::Timeline))
        })
        .mut_subcommand("incidents", |incidents| {
            incidents
                .mut_arg("format", of(ViewKind::Incidents))
                .mut_subcommand("show", |show| {
                    show.mut_arg("format", of(ViewKind::Incident))
                })
        })
}

/// Runs the command that `arguments` name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Result<Code, Failure> {
    let matches = match command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => return misread(&error),
    };
    let Cli { common, command } = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => return misread(&error),
    };
    match command {
        Command::Scan(args) => scan::run(&common, &args),
        Command::Incidents(args) => incidents::run(&common, &args),
        Command::Timeline(args) => timeline::run(&common, &args),
        Command::Summary(args) => summary::run(&common, &args),
        Command::Search(args) => search::run(&common, &args),
        Command::Respond(args) => respond::run(&common, &args),
        Command::Rules(args) => rules::run(&common, &args),
        Command::Explain(args) => explain::run(&common, &args),
        Command::Pull(args) => pull::run(&common, &args),
        Command::Watch(args) => watch::run(&common, &args),
        Command::Config(args) => config::run(&common, &args),
        Command::Schema(args) => schema::run(&args),
        Command::Completions(args) => completions::run(&args),
    }
}

/// What was asked for instead of a command: help, the version; or what was not understood.
fn misread(error: &clap::Error) -> Result<Code, Failure> {
    let text = error.render().to_string();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let ui = Ui::new(Settings::default());
            super::output::print(&ui, |out| out.write_all(text.as_bytes()))?;
            Ok(Code::Done)
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Err(Failure::bare(text)),
        _ => Err(Failure::usage(
            text.strip_prefix("error: ").unwrap_or(&text),
        )),
    }
}
