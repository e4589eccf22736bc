//! A report in, one object a line out, the coverage last.
//!
//! The stream other programs read: a line without the one after it is still whole.

use std::io::{self, Write};

use super::json_text::write_line;
use super::wire::{CoverageOut, EventOut, FindingOut, IncidentOut, SummaryOut};
use super::{Options, Output, Report, View, report};

/// The `jsonl` output.
pub(super) struct Jsonl;

impl Output for Jsonl {
    fn write(
        &self,
        report: &Report<'_>,
        options: &Options<'_>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let attack = &options.attack;
        // Objects are made one by one: a hundred thousand findings are not held twice.
        match report.view {
            View::Findings => {
                for finding in report.findings.iter() {
                    write_line(&FindingOut::new(&finding, attack), out)?;
                }
            }
            View::Incidents => {
                for incident in report.incidents {
                    write_line(&IncidentOut::new(incident, attack), out)?;
                }
            }
            View::Incident(incident, context) => {
                let findings = report::findings_of(report, incident);
                let object = IncidentOut::whole(incident, &findings, context, attack);
                write_line(&object, out)?;
            }
            View::Timeline(entries) => {
                for entry in entries {
                    write_line(&EventOut::new(entry), out)?;
                }
            }
            View::Summary(rows) => {
                for row in rows {
                    write_line(&SummaryOut::new(row), out)?;
                }
            }
        }
        write_line(&CoverageOut::new(report.coverage), out)
    }
}
