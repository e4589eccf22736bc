//! A report in, one object a line out, the coverage last.
//!
//! The stream other programs read: a line without the one after it is still whole.

use std::io::{self, Write};

use rayon::prelude::*;

use super::json_text::{line, write_line};
use super::wire::{CoverageOut, EventOut, FindingOut, IncidentOut, SummaryOut};
use super::{Options, Output, Report, View, report};

/// Lines that are made, in parallel, before they are written.
const AT_ONCE: usize = 64;

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
        // Few objects are made at a time: a hundred thousand findings are not held twice.
        match report.view {
            View::Findings => {
                let lines = |place| {
                    let finding = report.findings.get(place)?;
                    Some(line(&FindingOut::new(&finding, attack)))
                };
                let places: Vec<usize> = (0..report.findings.count()).collect();
                for some in places.chunks(AT_ONCE) {
                    let made = some.par_iter().filter_map(|place| lines(*place));
                    for line in made.collect::<Vec<_>>() {
                        out.write_all(&line?)?;
                    }
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
