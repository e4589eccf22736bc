//! `respond plan`: an incident as the actions that end it, best first, each with its command.

use std::io::{self, Write};
use std::sync::Arc;

use clap::Args;
use serde_json::json;

use super::act::Stage;
use crate::Footprint;
use crate::cli::args::{CommonArgs, ReadArgs};
use crate::cli::exit::Code;
use crate::cli::failure::Failure;
use crate::cli::incidents::find::find;
use crate::cli::job::{Job, failed};
use crate::cli::output::print;
use crate::cli::plan;
use crate::detect::ast::RuleSet;
use crate::model::{Finding, Incident, Time};
use crate::normalize::Record;
use crate::render::wire::SCHEMA;
use crate::render::{ViewKind, write_line};
use crate::respond::propose::{self, Proposal};
use crate::respond::provider::Provider;
use crate::run::worker::pick::Pick;
use crate::term::escape::terminal;

/// Say what would end an incident, best first
///
/// Targets are taken from calls that succeeded only: what an attacker merely names is not acted on.
/// What stops the one who acts comes first, then what can be taken back, then what hits few others:
/// how many calls of the identity lie outside the incident is counted in a further read of the logs.
/// Each action is a command to be run, and the same as lines for the provider's own tool; nothing is
/// asked of any provider here.
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
    job.keep_input()?;
    let mut found = job.run()?;
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
    proposals.actions.retain(|one| {
        args.provider
            .is_none_or(|provider| one.provider == provider)
    });
    let complete = counted(&mut job, incident, &found.findings, &mut proposals.actions)?;
    propose::rank(incident, &mut proposals.actions);
    let logs = &args.read.input.paths;
    let json = job
        .session
        .settings
        .format
        .value
        .as_deref()
        .is_some_and(|name| name.starts_with("json"));
    let ui = &job.session.ui;
    print(ui, |out| match json {
        true => {
            for (place, proposal) in proposals.actions.iter().enumerate() {
                write_line(&object(place + 1, incident, proposal, logs), out)?;
            }
            Ok(())
        }
        false => page(incident, &proposals.actions, logs, out),
    })?;
    for (action, target) in &proposals.refused {
        ui.warn(&format!(
            "{action} is not proposed for {target}: no provider gives such a name, so a person has to look"
        ));
    }
    if proposals.actions.is_empty() {
        ui.note("no action fits this incident; its advice is in `ctadel incidents show`");
    }
    ui.note("nothing was asked of a provider and nothing was changed");
    let severity = incident.severity;
    found.coverage.complete &= complete;
    job.keep(&mut found)?;
    job.finish(&found, Some(severity))
}

/// Counts in a further read what the targets did beside the incident; false where it was cut short.
fn counted(
    job: &mut Job,
    incident: &Incident,
    findings: &[Finding],
    proposals: &mut [Proposal],
) -> Result<bool, Failure> {
    let names: Vec<Vec<String>> = proposals.iter().map(Proposal::whom).collect();
    if names.iter().all(Vec::is_empty) {
        return Ok(true);
    }
    let of = |finding: &&Finding| finding.incident.as_ref() == Some(&incident.id);
    let findings: Vec<&Finding> = findings.iter().filter(of).collect();
    let incidents = [incident];
    let footprint = Footprint::new(&names, &findings, &incidents);
    let see = |record: &Record<'_>, time: Time| {
        footprint.see(record, time);
        false
    };
    let looked = job.look(&RuleSet::default(), Pick::Of(&see), 0, false)?;
    for (proposal, calls) in proposals.iter_mut().zip(footprint.calls()) {
        proposal.calls = Some(calls).filter(|_| !proposal.whom().is_empty());
    }
    Ok(looked.complete)
}

/// The actions as commands, then the same in the providers' own tools.
fn page(
    incident: &Incident,
    proposals: &[Proposal],
    logs: &[String],
    out: &mut dyn Write,
) -> io::Result<()> {
    for (place, proposal) in proposals.iter().enumerate() {
        let command = proposal.command(&incident.id, logs);
        writeln!(out, "{:>2}  {}", place + 1, terminal(&command))?;
        let why = format!("{}; from {}", proposal.why(), proposal.findings.join(", "));
        for line in [Some(why), proposal.blast()].into_iter().flatten() {
            writeln!(out, "    # {}", terminal(&line))?;
        }
    }
    if !proposals.is_empty() {
        writeln!(out, "\n# The same without handing ctadel any credentials:")?;
    }
    for (place, proposal) in proposals.iter().enumerate() {
        writeln!(out, "# {} {}", place + 1, terminal(&proposal.action))?;
        for line in proposal.shell() {
            writeln!(out, "{}", terminal(&line))?;
        }
    }
    for advice in propose::advice(incident) {
        writeln!(out, "# By hand: {}", terminal(advice))?;
    }
    Ok(())
}

fn object(
    place: usize,
    incident: &Incident,
    proposal: &Proposal,
    logs: &[String],
) -> serde_json::Value {
    let named = |all: &[(String, u64)]| -> Vec<serde_json::Value> {
        let one = |(name, count): &(String, u64)| json!({"value": name, "count": count});
        all.iter().map(one).collect()
    };
    let blast = proposal.calls.as_ref().map(|calls| {
        json!({
            "calls": calls.inside + calls.outside, "inside": calls.inside, "outside": calls.outside,
            "actions": named(&calls.actions), "source_ips": named(&calls.addresses),
            "first": calls.span.map(|(first, _)| first.to_string()),
            "last": calls.span.map(|(_, last)| last.to_string()),
        })
    });
    json!({
        "schema": SCHEMA, "kind": "proposal", "rank": place, "incident": incident.id,
        "action": proposal.action, "target": proposal.target, "provider": proposal.provider,
        "account": proposal.account, "stops_actor": proposal.stops_actor, "reversible": proposal.reversible,
        "why": proposal.why(), "events": proposal.events, "blast": blast, "findings": proposal.findings,
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
