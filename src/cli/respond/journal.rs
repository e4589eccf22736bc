//! `respond list`, `respond show`, `respond verify-journal`: what the journal tells.

use std::io::Write;

use clap::Args;
use serde_json::json;

use super::place::TellArgs;
use super::{ended, setup};
use crate::case::journal;
use crate::cli::args::{CaseArgs, CommonArgs};
use crate::cli::exit::Code;
use crate::cli::failure::{Failure, Kind};
use crate::cli::output::print;
use crate::cli::session::Session;
use crate::config::Layer;
use crate::model::Time;
use crate::render::wire::SCHEMA;
use crate::render::write_line;
use crate::respond::drive;
use crate::respond::journal::{Record, Store};
use crate::term::escape::terminal;

/// Print the actions in the journal
///
/// Example:
///
///     ctadel respond list --open
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct ListArgs {
    /// Print those only that were cut off, or of which a call is unknown
    #[arg(long)]
    open: bool,

    /// Print those only whose time is up (--expire) and which nobody has undone
    #[arg(long)]
    due: bool,

    /// Print those only whose target has this in its name or id
    #[arg(long, value_name = "TEXT")]
    target: Option<String>,

    #[command(flatten)]
    tell: TellArgs,
}

/// Print one action with everything the journal holds of it
///
/// Example:
///
///     ctadel respond show 01KQ -f markdown
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct ShowArgs {
    /// The action, or the beginning of its id
    #[arg(value_name = "ID")]
    id: String,

    /// How it is printed: markdown, for tickets, or json, line by line as it was written
    #[arg(short, long, value_name = "FMT", default_value = "markdown", value_parser = ["markdown", "json"])]
    format: String,

    #[command(flatten)]
    case: CaseArgs,
}

/// Check that nobody changed the journal
///
/// Each line holds the hash of the one before. Of the last line of each action keep the hash that
/// is printed elsewhere: nothing follows that would tell of it.
///
/// Example:
///
///     ctadel respond verify-journal --case case/
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct VerifyArgs {
    #[command(flatten)]
    tell: TellArgs,
}

fn open(common: &CommonArgs, case: &CaseArgs) -> Result<(Session, Store), Failure> {
    let mut layer = Layer::default();
    case.layer(&mut layer);
    let session = Session::open(common, layer)?;
    let store = setup::store(&session)?;
    Ok((session, store))
}

fn unreadable(error: crate::respond::journal::RecordError) -> Failure {
    Failure::new(Kind::Input, anyhow::Error::new(error))
}

/// Runs `list`.
pub fn list(common: &CommonArgs, args: &ListArgs) -> Result<Code, Failure> {
    let (session, store) = open(common, &args.tell.case)?;
    let mut records = store.records().map_err(unreadable)?;
    let undone: Vec<String> = records
        .iter()
        .filter_map(|record| record.plan.undoes.clone())
        .collect();
    records.retain(|record| {
        let target = &record.plan.target;
        let fits = |text: &String| {
            target.name.contains(text.as_str()) || target.id.contains(text.as_str())
        };
        let due = || is_due(record, setup::clock()) && !undone.contains(&record.id);
        (!args.open || record.is_open())
            && (!args.due || due())
            && args.target.as_ref().is_none_or(fits)
    });
    print(&session.ui, |out| {
        for record in &records {
            let undone = undone.contains(&record.id);
            match args.tell.json() {
                true => write_line(&brief(record, undone), out)?,
                false => writeln!(out, "{}", terminal(&row(record, undone)))?,
            }
        }
        Ok(())
    })?;
    if records.is_empty() {
        session
            .ui
            .note(&format!("no action in {}", store.folder().display()));
    }
    Ok(Code::Done)
}

/// Whether somebody wanted to be reminded by now.
fn is_due(record: &Record, now: Time) -> bool {
    let due = record.begin.due.as_deref().and_then(Time::parse);
    due.is_some_and(|due| due <= now)
}

fn brief(record: &Record, undone: bool) -> serde_json::Value {
    let plan = &record.plan;
    json!({
        "schema": SCHEMA, "kind": "action", "action_id": record.id, "time": record.begun.to_string(),
        "action": plan.action, "provider": plan.provider, "account": plan.account, "target": plan.target,
        "incident": record.begin.incident, "result": record.result, "open": record.is_open(),
        "undoes": plan.undoes, "undone": undone, "due": record.begin.due,
    })
}

fn row(record: &Record, undone: bool) -> String {
    let plan = &record.plan;
    let result = match (&record.result, undone) {
        (None, _) => "cut off",
        (Some(_), true) => "undone",
        (Some(result), false) => result,
    };
    let incident = record.begin.incident.as_deref().unwrap_or("");
    let due = record.begin.due.as_ref().filter(|_| !undone);
    let due = due.map_or(String::new(), |due| format!("  due {due}"));
    format!(
        "{}  {}  {result:<10}  {} {} {}  {incident}{due}",
        record.id, record.begun, plan.provider, plan.action, plan.target.name
    )
}

/// Runs `show`.
pub fn show(common: &CommonArgs, args: &ShowArgs) -> Result<Code, Failure> {
    let (session, store) = open(common, &args.case)?;
    let record = match drive::record(&store, &args.id) {
        Ok(record) => record,
        Err(refused) => return Ok(ended::refused(&session.ui, &refused)),
    };
    let contents = journal::read(&store.path(&record.id));
    let contents =
        contents.map_err(|error| Failure::new(Kind::Input, anyhow::Error::new(error)))?;
    print(&session.ui, |out| {
        if args.format == "json" {
            for entry in &contents.entries {
                write_line(entry, out)?;
            }
            return Ok(());
        }
        page(&record, out)
    })?;
    Ok(Code::Done)
}

/// The page for a ticket. What stands in it came over the network.
fn page(record: &Record, out: &mut dyn Write) -> std::io::Result<()> {
    let plan = &record.plan;
    let cell = |text: &str| crate::render::escape::markdown(text);
    writeln!(
        out,
        "# {} {}\n",
        cell(&plan.action),
        cell(&plan.target.name)
    )?;
    let approved = record.begin.approved.join(", ");
    let facts = [
        ("Action", record.id.clone()),
        ("Began", record.begun.to_string()),
        (
            "Target",
            format!(
                "{} {} ({})",
                plan.target.kind, plan.target.name, plan.target.id
            ),
        ),
        ("Where", format!("{} {}", plan.provider, plan.account)),
        (
            "Incident",
            record.begin.incident.clone().unwrap_or_default(),
        ),
        ("Approved", approved),
        ("Ticket", record.begin.ticket.clone().unwrap_or_default()),
        ("Reason", record.begin.reason.clone().unwrap_or_default()),
        ("Undoes", plan.undoes.clone().unwrap_or_default()),
        (
            "Result",
            record
                .result
                .clone()
                .unwrap_or_else(|| "cut off".to_owned()),
        ),
    ];
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        writeln!(out, "- {name}: {}", cell(value))?;
    }
    writeln!(
        out,
        "\n| # | Call | What it does | How it ended |\n|--:|---|---|---|"
    )?;
    for step in &plan.steps {
        let sent = record.sent(step);
        let end = match record.calls.get(&step.seq) {
            None => step.standing.word().to_owned(),
            Some(None) => "unknown: no outcome was written".to_owned(),
            Some(Some(outcome)) => {
                let error = outcome.error.as_deref().map(|error| format!(": {error}"));
                format!("{}{}", outcome.status.word(), error.unwrap_or_default())
            }
        };
        writeln!(
            out,
            "| {} | {} | {} | {} |",
            step.seq,
            cell(&sent.call.op),
            cell(&sent.summary),
            cell(&end)
        )?;
    }
    if !record.checks.is_empty() {
        writeln!(out, "\nSeen afterwards:\n")?;
        for (check, held) in &record.checks {
            let word = if *held { "holds" } else { "does not hold" };
            writeln!(out, "- {}: {word}", cell(check))?;
        }
    }
    Ok(())
}

/// Runs `verify-journal`.
pub fn verify(common: &CommonArgs, args: &VerifyArgs) -> Result<Code, Failure> {
    let (session, store) = open(common, &args.tell.case)?;
    let mut broken = 0;
    for id in store.ids().map_err(unreadable)? {
        let path = store.path(&id);
        let (head, lines, error) = match journal::read(&path) {
            Ok(contents) => (
                Some(contents.head().to_owned()),
                contents.entries.len(),
                None,
            ),
            Err(error) => (None, 0, Some(error.to_string())),
        };
        broken += usize::from(error.is_some());
        let object = json!({
            "schema": SCHEMA, "kind": "journal", "action_id": id, "lines": lines, "head": head, "error": error,
        });
        print(&session.ui, |out| match (args.tell.json(), &head) {
            (true, _) => write_line(&object, out),
            (false, Some(head)) => writeln!(out, "{id}  {lines} lines  {head}"),
            (false, None) => writeln!(out, "{id}  BROKEN"),
        })?;
        if let Some(error) = &error {
            session.ui.error(error);
        }
    }
    Ok(if broken > 0 {
        Code::Threshold
    } else {
        Code::Done
    })
}
