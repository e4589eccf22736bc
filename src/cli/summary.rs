//! `ctadel summary`: who did what from where.

use std::collections::BTreeMap;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::args::{CommonArgs, ReadArgs};
use super::exit::Code;
use super::failure::Failure;
use super::job::Job;
use crate::model::Finding;
use crate::model::summary::{SummaryBy, SummaryRow};
use crate::render::{Report, View, ViewKind};
use crate::term::number::counted;

/// Print totals: who did what from where
///
/// One row for each identity, address, account, region, action and client, with the first and the
/// last event, how many were refused or failed, the findings, and the commonest of everything
/// else: addresses with their clients, sessions, roles, sensitive actions. The worst come first.
/// Sessions of a role count as the role, unless each holder has a session name of his own.
///
/// Examples:
///
///     ctadel summary AWSLogs/
///     ctadel summary AWSLogs/ --by actor --top 0 -f jsonl
///     ctadel summary AWSLogs/ --by source-ip,user-agent --since 24h --anchor latest
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct SummaryArgs {
    /// Print the rows of these only
    #[arg(long, value_name = "WHAT[,WHAT]", value_delimiter = ',', help_heading = "Output",
          value_parser = PossibleValuesParser::new(BY))]
    by: Vec<String>,

    /// Print at most so many rows of each; 0 prints all
    #[arg(long, value_name = "N", default_value_t = 20, help_heading = "Output")]
    top: usize,

    #[command(flatten)]
    read: ReadArgs,
}

/// The dimensions as flags spell them, in the order of [`SummaryBy::ALL`].
const BY: [&str; 6] = [
    "actor",
    "source-ip",
    "account",
    "region",
    "action",
    "user-agent",
];

/// Runs the command.
pub fn run(common: &CommonArgs, args: &SummaryArgs) -> Result<Code, Failure> {
    let mut job = Job::new(common, &args.read, ViewKind::Summary)?;
    job.count();
    let found = job.run()?;
    let lowest = job.session.settings.min_severity.value;
    let mut left: BTreeMap<SummaryBy, usize> = BTreeMap::new();
    let mut gone = 0;
    let asked = |row: &&SummaryRow| {
        let word = BY[SummaryBy::ALL
            .iter()
            .position(|by| *by == row.by)
            .unwrap_or_default()];
        args.by.is_empty() || args.by.iter().any(|by| by == word)
    };
    let mut rows: Vec<SummaryRow> = found.totals.iter().filter(asked).cloned().collect();
    rows.retain(|row| {
        let shown = left.entry(row.by).or_default();
        *shown += 1;
        let stays = args.top == 0 || *shown <= args.top;
        gone += u64::from(!stays);
        stays
    });
    let findings: Vec<&Finding> = found
        .findings
        .iter()
        .filter(|f| f.severity >= lowest)
        .collect();
    let report = Report {
        view: View::Summary(&rows),
        findings: &findings,
        incidents: &[],
        coverage: &found.coverage,
    };
    job.outputs.write(&job.session.ui, &report)?;
    if gone > 0 {
        let ui = &job.session.ui;
        ui.note(&format!(
            "{} left out: --top 0 prints all",
            counted(gone, "row")
        ));
    }
    let worst = findings.iter().map(|finding| finding.severity).max();
    job.finish(&found, worst)
}
