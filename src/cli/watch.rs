//! `ctadel watch`: the same run on an interval, told once.

mod state;
mod tell;

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use clap::Args;

use super::args::{CommonArgs, ReadArgs};
use super::exit::Code;
use super::failure::{Failure, Kind};
use super::job::Job;
use crate::config::{Point, duration};
use crate::model::time::{DAY, SECOND};
use crate::model::{Incident, Severity};
use crate::render::{Report, View, ViewKind};
use state::State;

/// Read again and again, and print incidents that are new or have changed
///
/// Each run reads the window anew: without --since, the last 24 hours. What live inputs have handed
/// out is kept in a temporary folder and not fetched again. Every incident is printed once, and
/// once more each time it has grown; what has been printed is remembered in a file, so that an
/// interrupted watch neither loses nor repeats anything. Ctrl-C ends it, and so does SIGTERM.
///
/// Examples:
///
///     ctadel watch s3://example-trail/AWSLogs --interval 5m -f jsonl
///     ctadel watch --exec 'notify-send ctadel "$CTADEL_INCIDENT"'
///     ctadel watch aws-lookup://all --since 2h --min-severity high --fail-on critical
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct WatchArgs {
    /// Start a run this long after the one before it
    #[arg(long, value_name = "DURATION", default_value = "5m")]
    interval: String,

    /// End after so many runs
    #[arg(long, value_name = "N")]
    runs: Option<u64>,

    /// Run this command for each incident that is new or has changed
    ///
    /// By a shell; the incident comes as one JSON object on standard input, its id in
    /// CTADEL_INCIDENT, `new` or `changed` in CTADEL_CHANGE. Nothing out of a log becomes part of
    /// the command line.
    #[arg(long, value_name = "COMMAND")]
    exec: Option<String>,

    /// Send each incident that is new or has changed to this address, as JSON
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,

    /// Remember here what has been printed [default: below $XDG_STATE_HOME/ctadel]
    #[arg(long, value_name = "FILE")]
    state: Option<std::path::PathBuf>,

    #[command(flatten)]
    read: ReadArgs,
}

/// Runs the command.
pub fn run(common: &CommonArgs, args: &WatchArgs) -> Result<Code, Failure> {
    let interval = duration(&args.interval)
        .map_err(|reason| Failure::usage(format!("--interval: {reason}")))?;
    if interval < SECOND {
        return Err(Failure::usage("--interval: a second at least"));
    }
    let interval = Duration::from_nanos(interval.unsigned_abs());
    if args.read.output.output.is_some() || !args.read.output.out.is_empty() {
        return Err(Failure::usage("watch prints to standard output alone")
            .hint("`ctadel watch … -f jsonl >> incidents.jsonl` keeps everything"));
    }
    let mut read = args.read.clone();
    read.time.since = read.time.since.or(Some(Point::Ago(DAY)));
    let mut job = Job::new(common, &read, ViewKind::Incidents)?;
    if job.reads_stdin() {
        return Err(Failure::usage("standard input can be read only once"));
    }
    let mut state = State::open(args.state.clone(), job.inputs())?;
    let mut number = 0;
    loop {
        number += 1;
        let started = Instant::now();
        let code = once(&mut job, args, &mut state, number == 1)?;
        if code != Code::Done || args.runs.is_some_and(|runs| number >= runs) {
            return Ok(code);
        }
        while started.elapsed() < interval {
            if job.stop().load(Ordering::Relaxed) {
                // Ended by whoever watched: that is how it ends.
                return Ok(Code::Done);
            }
            std::thread::sleep(Duration::from_millis(100).min(interval));
        }
        job.begin_anew()?;
    }
}

fn once(job: &mut Job, args: &WatchArgs, state: &mut State, first: bool) -> Result<Code, Failure> {
    job.keep_input()?;
    let mut found = job.run_packed()?;
    if !found.coverage.complete {
        return Ok(Code::Interrupted);
    }
    if found.coverage.records == 0 && found.refused > 0 && first {
        return job.finish(&found, None);
    }
    for entry in found.coverage.skipped.iter().filter(|_| found.refused > 0) {
        job.session
            .ui
            .warn(&format!("{}: {}", entry.file, entry.reason));
    }
    job.keep(&mut found)?;
    let lowest = job.session.settings.min_severity.value;
    let told = found.incidents.iter();
    let told: Vec<&Incident> = told
        .filter(|incident| incident.severity >= lowest && state.change(incident).is_some())
        .collect();
    if told.is_empty() {
        return Ok(Code::Done);
    }
    let is_told = |id: &str| told.iter().any(|incident| incident.id == id);
    found
        .findings
        .retain(|_, incident| incident.is_some_and(is_told));
    let report = Report {
        view: View::Incidents,
        findings: &found.findings,
        incidents: &told,
        coverage: &found.coverage,
    };
    job.outputs.write(&job.session.ui, &report)?;
    for incident in &told {
        tell::tell(
            job,
            args.exec.as_deref(),
            args.webhook.as_deref(),
            incident,
            state,
            &found.coverage,
        )?;
        state.told(incident);
    }
    state
        .save()
        .map_err(|error| Failure::new(Kind::Input, error))?;
    let worst: Option<Severity> = told.iter().map(|incident| incident.severity).max();
    match job.session.settings.fail_on.value {
        Some(level) if worst >= Some(level) => Ok(Code::Threshold),
        _ => Ok(Code::Done),
    }
}
