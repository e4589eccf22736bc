//! `ctadel incidents`: the same run, told as incidents.

pub mod find;
mod set;

use std::collections::BTreeSet;

use clap::{Args, Subcommand};

use super::args::{CommonArgs, ReadArgs};
use super::case::OpenCase;
use super::events::Shown;
use super::exit::Code;
use super::failure::Failure;
use super::job::Job;
use super::remarks;
use crate::detect::ast::RuleSet;
use crate::model::coverage::Capped;
use crate::model::event::TimelineEntry;
use crate::model::{Finding, Incident, Time};
use crate::normalize::Record;
use crate::render::{Report, View, ViewKind};
use crate::run::worker::pick::Pick;
use crate::{Focus, Wanted};

/// Read logs and print the incidents their findings make
///
/// An incident joins findings by the credentials, identities and addresses they share, and says
/// which of them joined what. Its id stays the same when more logs are read.
///
/// Examples:
///
///     ctadel incidents AWSLogs/
///     ctadel incidents AWSLogs/ --since 7d --anchor latest --min-severity high
///     ctadel incidents show INC-7f3a91c25e AWSLogs/
///     ctadel incidents AWSLogs/ -f jsonl --fail-on critical
///     ctadel incidents AWSLogs/ --case case/
///     ctadel incidents set INC-7f3a91c25e --status investigating --case case/
#[derive(Args, Debug)]
#[command(verbatim_doc_comment, args_conflicts_with_subcommands = true)]
pub struct IncidentsArgs {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    read: ReadArgs,
}

#[derive(Subcommand, Debug)]
enum Command {
    Show(Box<ShowArgs>),
    Set(set::SetArgs),
}

/// Print one incident with everything that belongs to it
///
/// The logs are read again: there is no store between two commands. The beginning of an id is
/// enough where only one incident has it.
///
/// Examples:
///
///     ctadel incidents show INC-7f3a91c25e AWSLogs/
///     ctadel incidents show 7f3a AWSLogs/ -f json
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
struct ShowArgs {
    /// The incident, or the beginning of its id
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    read: ReadArgs,
}

/// Runs the command.
pub fn run(common: &CommonArgs, args: &IncidentsArgs) -> Result<Code, Failure> {
    match &args.command {
        None => list(common, &args.read),
        Some(Command::Show(args)) => show(common, args),
        Some(Command::Set(args)) => set::run(common, args),
    }
}

fn list(common: &CommonArgs, args: &ReadArgs) -> Result<Code, Failure> {
    let mut job = Job::new(common, args, ViewKind::Incidents)?;
    let mut found = job.run_packed()?;
    // What follows from the journal is shown already; a case that cannot be written loses no report.
    let kept = job.keep(&mut found);
    let lowest = job.session.settings.min_severity.value;
    let incidents: Vec<&Incident> = found
        .incidents
        .iter()
        .filter(|incident| incident.severity >= lowest)
        .collect();
    let printed: BTreeSet<&str> = incidents
        .iter()
        .map(|incident| incident.id.as_str())
        .collect();
    found
        .findings
        .retain(|_, incident| incident.is_some_and(|id| printed.contains(id)));
    let report = Report {
        view: View::Incidents,
        findings: &found.findings,
        incidents: &incidents,
        coverage: &found.coverage,
    };
    job.outputs.write(&job.session.ui, &report)?;
    kept?;
    remarks::nothing(&job.session.ui, "incident", incidents.len(), lowest);
    let worst = found
        .incidents
        .iter()
        .map(|incident| incident.severity)
        .max();
    job.finish(&found, worst)
}

fn show(common: &CommonArgs, args: &ShowArgs) -> Result<Code, Failure> {
    let mut job = Job::new(common, &args.read, ViewKind::Incident)?;
    job.keep_input()?;
    let mut found = job.run_packed()?;
    // What follows from the journal is shown already; a case that cannot be written loses no report.
    let kept = job.keep(&mut found);
    let ids: Vec<&str> = found
        .incidents
        .iter()
        .map(|incident| incident.id.as_str())
        .collect();
    let incident =
        match find::find(&ids, &args.id).or_else(|failure| moved(&job, &ids, args, failure)) {
            Ok(position) => found.incidents[position].clone(),
            // Nothing readable or an interruption is the better reason, where there is one.
            Err(failure) => {
                return match job.finish(&found, None)? {
                    Code::Done => Err(failure.hint(ELSEWHERE)),
                    code => Ok(code),
                };
            }
        };
    found.findings.retain(|_, own| own == Some(&incident.id));
    let findings: Vec<Finding> = found.findings.iter().collect();
    let findings: Vec<&Finding> = findings.iter().collect();
    let (context, capped, complete) = context(&mut job, &findings, &incident)?;
    found.coverage.capped.extend(capped);
    found.coverage.complete &= complete;
    let report = Report {
        view: View::Incident(&incident, &context),
        findings: &findings,
        incidents: &[&incident],
        coverage: &found.coverage,
    };
    job.outputs.write(&job.session.ui, &report)?;
    kept?;
    job.finish(&found, Some(incident.severity))
}

/// What the hands of an incident did beside it: its credentials are looked for in a second read.
fn context(
    job: &mut Job,
    findings: &[&Finding],
    incident: &Incident,
) -> Result<(Vec<TimelineEntry>, Vec<Capped>, bool), Failure> {
    let incidents = [incident];
    let wanted = Wanted::new(Focus::Found, findings, &incidents);
    let test = |record: &Record<'_>, time: Time| wanted.wants(record, time);
    let looked = job.look(&RuleSet::default(), Pick::Of(&test), EVENTS, false)?;
    let shown = Shown {
        looked,
        limit: EVENTS,
        findings: findings.to_vec(),
        incidents: incidents.to_vec(),
    };
    let (mut entries, capped, complete) = shown.labelled(Focus::Found);
    entries.retain(|entry| entry.findings.is_empty());
    Ok((entries, capped, complete))
}

/// Events of an incident that are looked at, those behind its findings among them.
const EVENTS: usize = 10_000;

/// Where to look for an incident that is not there.
const ELSEWHERE: &str =
    "`ctadel incidents` with the same input lists them; --since and --until may leave it out";

/// The position of what an incident has become part of since the case got to know it.
fn moved(job: &Job, ids: &[&str], args: &ShowArgs, failure: Failure) -> Result<usize, Failure> {
    let Some(OpenCase { book, .. }) = &job.case else {
        return Err(failure);
    };
    let known = book.ids();
    let Ok(place) = find::find(&known, &args.id) else {
        return Err(failure);
    };
    let place = ids
        .iter()
        .position(|id| book.get(known[place]).is_some_and(|kept| kept.id == **id));
    let place = place.ok_or(failure)?;
    let ui = &job.session.ui;
    ui.note(&format!("{} is part of {} now", args.id, ids[place]));
    Ok(place)
}
