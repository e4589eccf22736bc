//! What `timeline` and `search` share: a second read, and events as the view.

use clap::Args;
use clap::builder::RangedU64ValueParser;

use super::exit::Code;
use super::failure::Failure;
use super::job::Job;
use crate::model::coverage::Capped;
use crate::model::event::TimelineEntry;
use crate::model::{Finding, Incident};
use crate::render::{Report, View};
use crate::term::number::count;
use crate::{Focus, Looked, Wanted};

/// How many events are printed.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Output")]
pub struct LimitArgs {
    /// Print at most so many events, the first ones
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000_000))]
    pub limit: usize,
}

/// Events that were found, and what they may belong to.
pub struct Shown<'a> {
    /// The events.
    pub looked: Looked,
    /// How many were asked for.
    pub limit: usize,
    /// Findings they may be behind.
    pub findings: Vec<&'a Finding>,
    /// Incidents they may belong to.
    pub incidents: Vec<&'a Incident>,
}

impl Shown<'_> {
    /// The events with their findings and incidents, what was left out, and whether all was read.
    pub fn labelled(self, focus: Focus) -> (Vec<TimelineEntry>, Vec<Capped>, bool) {
        let wanted = Wanted::new(focus, &self.findings, &self.incidents);
        let mut entries = self.looked.entries;
        let gone = wanted.label(&mut entries);
        let mut capped = Vec::new();
        if self.looked.wanted > self.limit as u64 {
            let more = count(self.looked.wanted - self.limit as u64);
            capped.push(Capped {
                what: "events".to_owned(),
                limit: self.limit as u64,
                effect: format!("{more} later ones are not printed: --limit asks for more"),
            });
        }
        if gone > 0 {
            capped.push(Capped {
                what: "context events of an incident".to_owned(),
                limit: 2_000,
                effect: format!("{} later ones are not printed", count(gone)),
            });
        }
        (entries, capped, self.looked.complete)
    }
}

/// Prints the events and ends the command.
pub fn print(job: &Job, found: &crate::Report, entries: &[TimelineEntry]) -> Result<Code, Failure> {
    let mut named: Vec<&str> = entries
        .iter()
        .flat_map(|entry| entry.findings.iter().map(String::as_str))
        .collect();
    named.sort_unstable();
    let is_named = |finding: &&Finding| named.binary_search(&finding.id.as_str()).is_ok();
    let findings: Vec<&Finding> = found.findings.iter().filter(is_named).collect();
    let report = Report {
        view: View::Timeline(entries),
        findings: &findings,
        incidents: &[],
        coverage: &found.coverage,
    };
    job.outputs.write(&job.session.ui, &report)?;
    if entries.is_empty() {
        job.session.ui.note("no event fits");
    }
    let worst = findings.iter().map(|finding| finding.severity).max();
    job.finish(found, worst)
}
