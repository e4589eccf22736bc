//! `ctadel incidents`: the same run, told as incidents.

use std::collections::BTreeSet;

use clap::{Args, Subcommand};

use super::args::{CommonArgs, ReadArgs};
use super::exit::Code;
use super::failure::Failure;
use super::job::Job;
use super::remarks;
use crate::model::{Finding, Incident};
use crate::render::{Report, View, ViewKind};

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
    }
}

fn list(common: &CommonArgs, args: &ReadArgs) -> Result<Code, Failure> {
    let mut job = Job::new(common, args, ViewKind::Incidents)?;
    let found = job.run()?;
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
    let belongs = |finding: &&Finding| {
        finding
            .incident
            .as_deref()
            .is_some_and(|id| printed.contains(id))
    };
    let findings: Vec<&Finding> = found.findings.iter().filter(belongs).collect();
    let report = Report {
        view: View::Incidents,
        findings: &findings,
        incidents: &incidents,
        coverage: &found.coverage,
    };
    job.outputs.write(&job.session.ui, &report)?;
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
    let found = job.run()?;
    let ids: Vec<&str> = found
        .incidents
        .iter()
        .map(|incident| incident.id.as_str())
        .collect();
    let incident = match find(&ids, &args.id) {
        Ok(position) => &found.incidents[position],
        // Nothing readable or an interruption is the better reason, where there is one.
        Err(failure) => {
            return match job.finish(&found, None)? {
                Code::Done => Err(failure),
                code => Ok(code),
            };
        }
    };
    let belongs = |finding: &&Finding| finding.incident.as_ref() == Some(&incident.id);
    let findings: Vec<&Finding> = found.findings.iter().filter(belongs).collect();
    let report = Report {
        view: View::Incident(incident),
        findings: &findings,
        incidents: &[incident],
        coverage: &found.coverage,
    };
    job.outputs.write(&job.session.ui, &report)?;
    job.finish(&found, Some(incident.severity))
}

/// The position of the incident with this id, or of the only one whose id begins so; `INC-` may
/// be left out.
fn find(ids: &[&str], id: &str) -> Result<usize, Failure> {
    let plain = |id: &str| {
        id.to_ascii_lowercase()
            .trim_start_matches("inc-")
            .to_owned()
    };
    let wanted = plain(id);
    let fits = |(_, id): &(usize, &&str)| !wanted.is_empty() && plain(id).starts_with(&wanted);
    let found: Vec<(usize, &&str)> = ids.iter().enumerate().filter(fits).collect();
    match found.as_slice() {
        [(position, _)] => Ok(*position),
        [] => Err(Failure::input(format!("no incident has the id {id:?} here"))
            .hint("`ctadel incidents` with the same input lists them; --since and --until may leave it out")),
        several => {
            let ids: Vec<&str> = several.iter().map(|(_, id)| **id).collect();
            Err(Failure::input(format!("{id:?} is the beginning of several ids: {}", ids.join(", "))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incident_is_found_by_the_beginning_of_its_id() {
        let ids = ["INC-7f3a91c25e", "INC-7f00000000"];
        let find = |id: &str| find(&ids, id).map_err(|failure| failure.to_string());
        assert_eq!(find("INC-7f3a91c25e"), Ok(0));
        assert_eq!(find("7F0"), Ok(1));
        assert!(
            find("inc-7f").is_err_and(|error| error.contains("INC-7f3a91c25e, INC-7f00000000"))
        );
        assert!(find("INC-").is_err());
        assert!(find("9").is_err_and(|error| error.contains("no incident")));
    }
}
