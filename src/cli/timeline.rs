//! `ctadel timeline`: what happened, in order, over every source.

use clap::Args;

use super::args::{CommonArgs, ReadArgs};
use super::case::OpenCase;
use super::events::{self, Shown};
use super::exit::Code;
use super::failure::{Failure, Kind};
use super::incidents::find::find;
use super::job::Job;
use crate::detect::ast::RuleSet;
use crate::model::event::TimelineEntry;
use crate::model::{Finding, Incident, Time};
use crate::normalize::Record;
use crate::render::ViewKind;
use crate::run::worker::pick::Pick;
use crate::{Focus, Wanted};

/// Print events of every source in the order of time
///
/// Without a filter these are the events behind all findings, and what the same credentials did
/// beside them while the incident lasted: at most 2,000 such events an incident. With a case folder
/// what was done about the incidents stands between them. The logs are read twice; standard input is
/// kept in a temporary file for that.
///
/// Examples:
///
///     ctadel timeline AWSLogs/ --incident INC-7f3a91c25e
///     ctadel timeline AWSLogs/ --actor alice --since 24h --anchor latest
///     ctadel timeline AWSLogs/ --ip 198.51.100.0/24 -f csv -o events.csv
///     ctadel timeline AWSLogs/ --resource customer-exports
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct TimelineArgs {
    #[command(flatten)]
    filter: FilterArgs,

    #[command(flatten)]
    limit: events::LimitArgs,

    #[command(flatten)]
    read: ReadArgs,
}

/// What the timeline is about.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Filter")]
#[group(multiple = false)]
struct FilterArgs {
    /// Show one incident: its findings, and what its credentials did beside them
    #[arg(long, value_name = "ID")]
    incident: Option<String>,

    /// Show everything that an identity did, by its id, name, ARN or credential
    #[arg(long, value_name = "NAME")]
    actor: Option<String>,

    /// Show everything that came from an address or a range
    #[arg(long, value_name = "IP")]
    ip: Option<String>,

    /// Show everything that was done to a thing, by its id or name
    #[arg(long, value_name = "NAME")]
    resource: Option<String>,
}

impl FilterArgs {
    fn focus(&self) -> Result<Focus, Failure> {
        Ok(match (&self.actor, &self.ip, &self.resource) {
            (Some(actor), ..) => Focus::Actor(actor.clone()),
            (_, Some(ip), _) => Focus::address(ip)
                .ok_or_else(|| Failure::usage(format!("--ip: {ip:?} is no address")))?,
            (.., Some(resource)) => Focus::Resource(resource.clone()),
            _ => Focus::Found,
        })
    }
}

/// Runs the command.
pub fn run(common: &CommonArgs, args: &TimelineArgs) -> Result<Code, Failure> {
    let focus = args.filter.focus()?;
    let mut job = Job::new(common, &args.read, ViewKind::Timeline)?;
    job.keep_input()?;
    let mut found = job.run()?;
    let lowest = job.session.settings.min_severity.value;
    let incidents: Vec<&Incident> = match &args.filter.incident {
        Some(id) => match incident(&job, &found.incidents, id) {
            Ok(incident) => vec![incident],
            // Nothing readable or an interruption is the better reason, where there is one.
            Err(failure) => {
                return match job.finish(&found, None)? {
                    Code::Done => Err(failure),
                    code => Ok(code),
                };
            }
        },
        None => {
            let all = found.incidents.iter();
            all.filter(|incident| incident.severity >= lowest).collect()
        }
    };
    let belongs = |finding: &&Finding| {
        let of = |incident: &&Incident| finding.incident.as_ref() == Some(&incident.id);
        match (&args.filter.incident, &focus) {
            (Some(_), _) => incidents.iter().any(of),
            (None, Focus::Found) => finding.severity >= lowest,
            _ => true,
        }
    };
    let findings: Vec<&Finding> = found.findings.iter().filter(belongs).collect();
    let wanted = Wanted::new(focus.clone(), &findings, &incidents);
    let test = |record: &Record<'_>, time: Time| wanted.wants(record, time);
    let exact = !matches!(focus, Focus::Found);
    let looked = job.look(
        &RuleSet::default(),
        Pick::Of(&test),
        args.limit.limit,
        exact,
    )?;
    let shown = Shown {
        looked,
        limit: args.limit.limit,
        findings: findings.clone(),
        incidents: incidents.clone(),
    };
    let responses = matches!(focus, Focus::Found);
    let (mut entries, capped, complete) = shown.labelled(focus);
    if responses && job.case.is_some() {
        entries.extend(done_about(&job, &incidents)?);
        entries.sort_by_key(|entry| entry.event.time);
    }
    found.coverage.capped.extend(capped);
    found.coverage.complete &= complete;
    events::print(&job, &found, &entries)
}

/// What was done about these incidents, where a case tells.
fn done_about(job: &Job, incidents: &[&Incident]) -> Result<Vec<TimelineEntry>, Failure> {
    let store = super::respond::store(&job.session)?;
    let records = store
        .records()
        .map_err(|error| Failure::new(Kind::Input, error))?;
    let ids: Vec<&str> = incidents.iter().map(|one| one.id.as_str()).collect();
    Ok(super::respond::entries(&store, &records, &ids))
}

/// The incident with an id, or what it is part of now.
fn incident<'f>(job: &Job, found: &'f [Incident], id: &str) -> Result<&'f Incident, Failure> {
    let ids: Vec<&str> = found.iter().map(|incident| incident.id.as_str()).collect();
    let failure = match find(&ids, id) {
        Ok(place) => return Ok(&found[place]),
        Err(failure) => failure,
    };
    let kept = job.case.as_ref().and_then(|OpenCase { book, .. }| {
        let known = book.ids();
        let place = find(&known, id).ok()?;
        Some(book.get(known[place])?.id.clone())
    });
    found
        .iter()
        .find(|incident| Some(&incident.id) == kept.as_ref())
        .ok_or(failure)
}
