//! `respond auto`: what the configuration allows to be done without asking.

use clap::Args;

use super::act::{Stage, Work, one};
use super::ended;
use super::place::{ConsentArgs, PlaceArgs};
use super::tell::Teller;
use crate::cli::args::{CommonArgs, ReadArgs};
use crate::cli::exit::Code;
use crate::cli::failure::Failure;
use crate::cli::job::Job;
use crate::model::{Finding, Outcome, Suggestion, Time};
use crate::render::ViewKind;
use crate::respond::action::Ask;
use crate::respond::propose::is_plain;
use crate::respond::provider::Provider;
use crate::respond::settings::Auto;

/// Do what the configuration allows to be done alone
///
/// `respond: auto:` lists rules and the action each may bring about; nothing else is ever done.
/// Without --execute it is only shown. Targets come from calls that succeeded, the last of which
/// is no older than an hour: archives do not act.
///
/// An argument that begins with INC- is an incident, and nothing is done for any other then; the
/// rest are logs.
///
/// Examples:
///
///     ctadel respond auto AWSLogs/
///     ctadel respond auto INC-7f3a91c25e AWSLogs/
///     ctadel respond auto AWSLogs/ --execute --case case/
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct AutoArgs {
    /// Do it; without this flag it is only shown
    #[arg(long)]
    execute: bool,

    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    read: ReadArgs,
}

/// Runs the command.
pub fn run(common: &CommonArgs, args: &AutoArgs) -> Result<Code, Failure> {
    let mut read = args.read.clone();
    let is_incident = |text: &String| text.starts_with("INC-");
    let (named, logs): (Vec<String>, _) = read.input.paths.into_iter().partition(is_incident);
    read.input.paths = logs;
    let mut job = Job::new(common, &read, ViewKind::Incidents)?;
    let mut found = job.run()?;
    job.keep(&mut found)?;
    let only = named.iter().map(|id| {
        let incident = super::propose::pick(&found.incidents, id)?;
        Ok(incident.id.clone())
    });
    let only = only.collect::<Result<Vec<String>, Failure>>()?;
    let json = job
        .session
        .settings
        .format
        .value
        .as_deref()
        .is_some_and(|name| name.starts_with("json"));
    let now = super::setup::clock();
    let end = job.finish(&found, None)?;
    let stop = job.stop();
    let stage = Stage::of(job.session, stop)?;
    let mut codes = vec![end];
    for auto in &stage.settings.auto {
        let fits = |finding: &&Finding| wanted(auto, finding, now, &only);
        let mut left = auto.max_per_run;
        let mut seen: Vec<&str> = Vec::new();
        for finding in found.findings.iter().filter(fits) {
            for target in targets(auto, finding) {
                if seen.contains(&target) {
                    continue;
                }
                seen.push(target);
                if left == 0 {
                    stage.session.ui.warn(&format!(
                        "{} {target}: more than max-per-run, left to a person",
                        auto.action
                    ));
                    continue;
                }
                left -= 1;
                codes.push(act(&stage, args, auto, finding, target, json)?);
            }
        }
    }
    Ok(ended::worst(&codes))
}

fn act(
    stage: &Stage,
    args: &AutoArgs,
    auto: &Auto,
    finding: &Finding,
    target: &str,
    json: bool,
) -> Result<Code, Failure> {
    let consent = ConsentArgs {
        execute: args.execute,
        incident: finding.incident.clone(),
        reason: Some(format!("finding {} of {}", finding.id, finding.rule.id)),
        ..ConsentArgs::default()
    };
    let mut place = args.place.clone();
    place.provider = place
        .provider
        .or_else(|| Provider::of_finding(finding.provider));
    place.region = place.region.or_else(|| finding.region.clone());
    let ask = Ask {
        target: target.to_owned(),
        bucket: auto.target_bucket.clone(),
        prefix: auto.prefix.clone(),
        ..Ask::default()
    };
    let teller = Teller {
        ui: &stage.session.ui,
        json,
        incident: finding.incident.clone(),
    };
    let work = Work {
        place: &place,
        consent: &consent,
        automatic: Some(finding.rule.id.clone()),
    };
    one(stage, &auto.action, &ask, &work, &teller)
}

/// Whether a finding may bring an action about.
fn wanted(auto: &Auto, finding: &Finding, now: Time, only: &[String]) -> bool {
    // Both were read when the configuration was.
    let severe = auto.severity().is_ok_and(|level| finding.severity >= level);
    let fresh = auto
        .age()
        .is_ok_and(|age| finding.end_time >= now.minus(age));
    let here = auto.accounts.is_empty()
        || finding
            .account
            .as_ref()
            .is_some_and(|account| auto.accounts.contains(account));
    let asked = only.is_empty()
        || finding
            .incident
            .as_ref()
            .is_some_and(|id| only.contains(id));
    auto.rule == finding.rule.id
        && finding.outcome == Outcome::Success
        && fresh
        && severe
        && here
        && asked
}

fn targets<'f>(auto: &Auto, finding: &'f Finding) -> Vec<&'f str> {
    let target = |suggestion: &'f Suggestion| match suggestion {
        Suggestion::Action { action, target, .. } if *action == auto.action => {
            Some(target.as_str())
        }
        _ => None,
    };
    let found = finding.respond.iter().filter_map(target);
    // Logs hold whatever an attacker typed.
    found.filter(|target| is_plain(target)).collect()
}
