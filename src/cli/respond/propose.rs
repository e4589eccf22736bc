//! `respond plan`: an incident as the actions that end it, best first, each with its command.

use std::sync::Arc;

use clap::Args;
use serde_json::json;

use super::act::Stage;
use super::setup;
use crate::case::Said;
use crate::cli::args::{CommonArgs, ReadArgs};
use crate::cli::exit::Code;
use crate::cli::failure::{Failure, Kind};
use crate::cli::incidents::find::find;
use crate::cli::job::{Job, failed};
use crate::cli::output::print;
use crate::cli::plan;
use crate::model::{Actor, Finding, Incident, Status, Time};
use crate::render::wire::SCHEMA;
use crate::render::{ViewKind, write_line};
use crate::respond::propose::{self, Proposal};
use crate::respond::provider::Provider;
use crate::term::escape::terminal;

/// Say what would end an incident, best first
///
/// Targets are taken from calls that succeeded only: what an attacker merely names is not acted on.
/// What stops the one who acts comes first, then what lets others go on working, then what can be
/// taken back. Each action is a command to be run; nothing is asked of any provider here.
///
/// Examples:
///
///     ctadel respond plan INC-7f3a91c25e AWSLogs/
///     ctadel respond plan 7f3a AWSLogs/ -f json
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct PlanArgs {
    /// The incident, or the beginning of its id
    #[arg(value_name = "INCIDENT")]
    id: String,

    /// Propose actions of this provider only
    #[arg(long, value_name = "NAME")]
    provider: Option<Provider>,

    #[command(flatten)]
    read: ReadArgs,
}

/// Runs the command.
pub fn run(common: &CommonArgs, args: &PlanArgs) -> Result<Code, Failure> {
    let mut job = Job::new(common, &args.read, ViewKind::Incident)?;
    let found = job.run()?;
    let incident = match pick(&found.incidents, &args.id) {
        Ok(incident) => incident,
        Err(failure) => {
            return match job.finish(&found, None)? {
                Code::Done => Err(failure),
                code => Ok(code),
            };
        }
    };
    let mut proposals = propose::propose(incident, &found.findings);
    proposals.retain(|one| {
        args.provider
            .is_none_or(|provider| one.provider == provider)
    });
    let logs = &args.read.input.paths;
    let json = job
        .session
        .settings
        .format
        .value
        .as_deref()
        .is_some_and(|name| name.starts_with("json"));
    let ui = &job.session.ui;
    print(ui, |out| {
        for (place, proposal) in proposals.iter().enumerate() {
            match json {
                true => write_line(&object(place + 1, incident, proposal, logs), out)?,
                false => {
                    let line =
                        format!("{:>2}  {}", place + 1, proposal.command(&incident.id, logs));
                    writeln!(out, "{}", terminal(&line))?;
                    let why = format!(
                        "    # {}; from {}",
                        proposal.why(),
                        proposal.findings.join(", ")
                    );
                    writeln!(out, "{}", terminal(&why))?;
                }
            }
        }
        if !json && !proposals.is_empty() {
            writeln!(out, "\n# The same without handing ctadel any credentials:")?;
            for line in proposals.iter().filter_map(Proposal::shell) {
                writeln!(out, "{}", terminal(&line))?;
            }
        }
        for advice in propose::advice(incident).into_iter().filter(|_| !json) {
            writeln!(out, "{}", terminal(&format!("# By hand: {advice}")))?;
        }
        Ok(())
    })?;
    if proposals.is_empty() {
        ui.note("no action fits this incident; its advice is in `ctadel incidents show`");
    }
    ui.note("nothing was asked of a provider and nothing was changed");
    coupled(&job, incident)?;
    job.finish(&found, Some(incident.severity))
}

fn object(
    place: usize,
    incident: &Incident,
    proposal: &Proposal,
    logs: &[String],
) -> serde_json::Value {
    json!({
        "schema": SCHEMA, "kind": "proposal", "rank": place, "incident": incident.id,
        "action": proposal.action, "target": proposal.target, "provider": proposal.provider,
        "account": proposal.account, "stops_actor": proposal.stops_actor, "reversible": proposal.reversible,
        "inside": proposal.inside, "findings": proposal.findings,
        "command": proposal.command(&incident.id, logs), "shell": proposal.shell(),
    })
}

/// The incident with this id.
pub fn pick<'i>(incidents: &'i [Incident], id: &str) -> Result<&'i Incident, Failure> {
    let ids: Vec<&str> = incidents
        .iter()
        .map(|incident| incident.id.as_str())
        .collect();
    find(&ids, id).map(|place| &incidents[place])
}

/// When the logs show that a right was given.
pub fn granted(
    stage: &Stage,
    logs: &[String],
    target: &str,
    policy: Option<&str>,
) -> Result<Option<Time>, Failure> {
    let plan = plan::plan(&stage.session, logs, plan::now())?;
    let found = crate::scan(&plan, &Arc::default(), &stage.stop).map_err(failed)?;
    let wanted = match policy {
        Some(policy) => vec![target, policy],
        None => vec![target],
    };
    let names = |finding: &Finding| {
        let fits = |wanted: &&str| {
            let same =
                |text: &str| text == *wanted || text.rsplit(['/', ':']).next() == Some(wanted);
            finding
                .targets
                .iter()
                .any(|target| same(&target.id) || same(&target.name))
        };
        finding.outcome == crate::model::Outcome::Success && wanted.iter().all(fits)
    };
    let times = found
        .findings
        .iter()
        .filter(|finding| names(finding))
        .map(|finding| finding.time);
    Ok(times.max())
}

/// Keeps the incident's status in step with the journal, where there is a case: contained when
/// everybody who acted is stopped since, and under investigation again when somebody acted anew.
fn coupled(job: &Job, incident: &Incident) -> Result<(), Failure> {
    let Some(case) = &job.case else {
        return Ok(());
    };
    let Some(kept) = case.book.get(&incident.id) else {
        return Ok(());
    };
    let records = setup::store(&job.session)?.records();
    let records = records.map_err(|error| Failure::new(Kind::Input, error))?;
    let names = |actor: &Arc<Actor>| {
        let more = [&actor.principal, &actor.session, &actor.issuer];
        let mut names = vec![actor.id.clone(), actor.name.clone()];
        names.extend(more.into_iter().flatten().cloned());
        names.retain(|name| !name.is_empty());
        names
    };
    let actors: Vec<Vec<String>> = incident.actors.iter().map(names).collect();
    let status = match (
        propose::contained(&records, &actors, incident.end),
        kept.status,
    ) {
        (true, Status::Open | Status::Investigating) => Status::Contained,
        (false, Status::Contained) => Status::Investigating,
        _ => return Ok(()),
    };
    let said = Said {
        incident: incident.id.clone(),
        status: Some(status.word().to_owned()),
        action: records.last().map(|record| record.id.clone()),
        ..Said::default()
    };
    case.case
        .say(said, setup::clock())
        .map_err(|error| Failure::new(Kind::Input, error))?;
    job.session
        .ui
        .note(&format!("{} is {status} now", incident.id));
    Ok(())
}
