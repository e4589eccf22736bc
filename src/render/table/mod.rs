//! A report in, a table that fits the terminal out; one incident becomes a page of text.
//!
//! For people: one line a thing, the columns that matter most where not all have room.

mod events;
mod findings;
mod incidents;
mod layout;
pub mod responses;
mod summary;

use std::io::{self, Write};

use super::incident_text;
use super::{Options, Output, Report, View};

/// The `table` output.
pub(super) struct Table;

impl Output for Table {
    fn write(
        &self,
        report: &Report<'_>,
        options: &Options<'_>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        match report.view {
            View::Findings => findings::write(report.findings, options, out),
            View::Incidents => incidents::write(report.incidents, options, out),
            View::Incident(incident, context) => {
                incident_text::write(report, incident, context, options, out)
            }
            View::Timeline(entries) => events::write(report, entries, options, out),
            View::Summary(rows) => summary::write(rows, options, out),
        }
    }
}
