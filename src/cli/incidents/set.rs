//! `ctadel incidents set`: what somebody says about an incident.

use std::env;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::find::find;
use crate::case::Said;
use crate::cli::args::{CaseArgs, CommonArgs};
use crate::cli::case::{self, OpenCase};
use crate::cli::exit::Code;
use crate::cli::failure::{Failure, Kind};
use crate::cli::output::print;
use crate::cli::plan;
use crate::cli::session::Session;
use crate::config::Layer;
use crate::model::{Status, Verdict};
use crate::term::escape::terminal;

/// Say where the work on an incident stands
///
/// Adds a line to the case folder, which every later run with the same folder takes up: the
/// incident keeps its status when more logs are read. What was found once more joins it, unless it
/// is resolved: then new findings open an incident that reopens it. The incident must be known to
/// the case; `incidents` with the case folder makes it so.
///
/// Examples:
///
///     ctadel incidents set INC-7f3a91c25e --status investigating --case case/
///     ctadel incidents set 7f3a --status resolved --verdict true-positive --note "keys rotated"
///     ctadel incidents set 7f3a --note "asked the owner of the role"
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct SetArgs {
    /// The incident, or the beginning of its id
    #[arg(value_name = "ID")]
    id: String,

    /// Where the work stands now
    #[arg(long, value_name = "STATUS", ignore_case = true, value_parser = statuses(),
          required_unless_present_any = ["verdict", "note"])]
    status: Option<String>,

    /// What it turned out to be
    #[arg(long, value_name = "VERDICT", value_parser = verdicts())]
    verdict: Option<String>,

    /// Add a note
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,

    /// Who says so [default: the user's name]
    #[arg(long, value_name = "NAME")]
    author: Option<String>,

    #[command(flatten)]
    case: CaseArgs,
}

fn statuses() -> PossibleValuesParser {
    PossibleValuesParser::new(Status::ALL.map(Status::word))
}

fn verdicts() -> PossibleValuesParser {
    PossibleValuesParser::new(Verdict::ALL.map(Verdict::word))
}

/// Runs the command.
pub fn run(common: &CommonArgs, args: &SetArgs) -> Result<Code, Failure> {
    let mut layer = Layer::default();
    args.case.layer(&mut layer);
    let session = Session::open(common, layer)?;
    let Some(OpenCase { case, book }) = case::open(&session)? else {
        return Err(Failure::usage("no case folder was named")
            .hint("--case, CTADEL_CASE or `case` in the configuration names one"));
    };
    let known = book.ids();
    let place = find(&known, &args.id).map_err(|failure| {
        failure.hint("`ctadel incidents` with the logs and the case folder makes it known")
    })?;
    // What was merged is spoken of by the name of what it is part of.
    let Some(kept) = book.get(known[place]) else {
        return Err(Failure::new(
            Kind::Bug,
            anyhow::anyhow!("an id without an incident"),
        ));
    };
    if kept.id != known[place] {
        let note = format!("{} is part of {} now", known[place], kept.id);
        session.ui.note(&note);
    }
    let status = args.status.as_deref().map(str::parse::<Status>);
    let status = status.transpose().map_err(Failure::usage)?;
    let said = Said {
        incident: kept.id.clone(),
        status: status.map(|status| status.word().to_owned()),
        verdict: args.verdict.clone(),
        note: args.note.clone(),
        author: args.author.clone().or_else(user),
        action: None,
    };
    case.say(said, plan::now())
        .map_err(|error| Failure::new(Kind::Input, error))?;
    let change = match status {
        Some(status) if status != kept.status => format!("{} -> {status}", kept.status),
        _ => kept.status.to_string(),
    };
    let verdict = args.verdict.as_deref().unwrap_or_default();
    let line = format!("{}  {change}  {verdict}", kept.id);
    print(&session.ui, |out| {
        writeln!(out, "{}", terminal(line.trim_end()))
    })?;
    Ok(Code::Done)
}

/// The name under which the user is logged in, where the system tells.
fn user() -> Option<String> {
    ["USER", "LOGNAME", "USERNAME"]
        .iter()
        .filter_map(|name| env::var(name).ok())
        .find(|name| !name.is_empty())
}
