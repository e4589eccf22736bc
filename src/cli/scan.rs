//! `ctadel scan`: findings.

use std::collections::BTreeSet;

use clap::Args;

use super::args::{CommonArgs, ReadArgs};
use super::exit::Code;
use super::failure::Failure;
use super::job::Job;
use super::remarks;
use crate::model::{Finding, Incident};
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
    let found = job.run()?;
    let lowest = job.session.settings.min_severity.value;
    let findings: Vec<&Finding> = found
        .findings
        .iter()
        .filter(|finding| finding.severity >= lowest)
        .collect();
    let named: BTreeSet<&str> = findings
        .iter()
        .filter_map(|finding| finding.incident.as_deref())
        .collect();
    let incidents: Vec<&Incident> = found
        .incidents
        .iter()
        .filter(|incident| named.contains(incident.id.as_str()))
        .collect();
    let report = Report {
        view: View::Findings,
        findings: &findings,
        incidents: &incidents,
        coverage: &found.coverage,
    };
    job.outputs.write(&job.session.ui, &report)?;
    remarks::nothing(&job.session.ui, "finding", findings.len(), lowest);
    let worst = found.findings.iter().map(|finding| finding.severity).max();
    job.finish(&found, worst)
}
