//! `ctadel scan`: findings.

use std::collections::BTreeSet;

use clap::Args;

use super::args::{CommonArgs, ReadArgs};
use super::exit::Code;
use super::failure::Failure;
use super::job::Job;
use super::remarks;
use crate::model::Incident;
use crate::render::{Report, View, ViewKind};

/// Read logs, judge every record and print the findings
///
/// Prints a table on a terminal and JSON lines elsewhere; the last of those lines is the coverage
/// object, which says what was read and what was not. Notes and the coverage go to standard error.
///
/// Exits with 0, with or without findings; --fail-on and --strict change that.
///
/// Examples:
///
///     ctadel scan AWSLogs/
///     ctadel scan logs.zip more/*.json.gz --since 2026-05-12 --until 2026-05-14
///     aws cloudtrail lookup-events | ctadel scan - -f jsonl
///     ctadel scan AWSLogs/ --min-severity medium --out csv=findings.csv --out navigator=layer.json
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct ScanArgs {
    #[command(flatten)]
    read: ReadArgs,
}

/// Runs the command.
pub fn run(common: &CommonArgs, args: &ScanArgs) -> Result<Code, Failure> {
    let mut job = Job::new(common, &args.read, ViewKind::Findings)?;
    let mut found = job.run_packed()?;
    let lowest = job.session.settings.min_severity.value;
    let worst = found.findings.worst();
    found.findings.retain(|severity, _| severity >= lowest);
    let named: BTreeSet<&str> = found.findings.incidents().collect();
    let incidents: Vec<&Incident> = found
        .incidents
        .iter()
        .filter(|incident| named.contains(incident.id.as_str()))
        .collect();
    let report = Report {
        view: View::Findings,
        findings: &found.findings,
        incidents: &incidents,
        coverage: &found.coverage,
    };
    let write = || job.outputs.write(&job.session.ui, &report);
    found.findings.in_parallel(write)?;
    remarks::nothing(&job.session.ui, "finding", found.findings.len(), lowest);
    job.finish(&found, worst)
}
