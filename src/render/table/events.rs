//! Events in time order in, one line each out.
//!
//! Those with a finding show its severity and id; the others are context.

use std::io::{self, Write};

use super::layout::{self, Column, Fit, Row};
use crate::render::cells::{evidence, seconds, targets};
use crate::render::wire::{EventOut, TimelineEntry};
use crate::render::{Options, Report};
use crate::term::width::Cut;

#[rustfmt::skip]
const COLUMNS: [Column; 10] = [
    Column { title: "SEVERITY", rank: 1, cell: Fit::Whole },
    Column { title: "TIME", rank: 0, cell: Fit::Whole },
    Column { title: "LAYER", rank: 6, cell: Fit::Whole },
    Column { title: "ACTOR", rank: 3, cell: Fit::Down(12, Cut::Middle) },
    Column { title: "ACTION", rank: 2, cell: Fit::Down(20, Cut::Middle) },
    Column { title: "TARGET", rank: 4, cell: Fit::Down(14, Cut::Middle) },
    Column { title: "OUTCOME", rank: 5, cell: Fit::Whole },
    Column { title: "SOURCE IP", rank: 7, cell: Fit::Down(15, Cut::Middle) },
    Column { title: "EVIDENCE", rank: 9, cell: Fit::Down(20, Cut::Middle) },
    Column { title: "FINDING", rank: 8, cell: Fit::Whole },
];

/// Writes the table.
pub(super) fn write(
    report: &Report<'_>,
    entries: &[TimelineEntry],
    options: &Options<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let places = report.findings.by_id();
    let find = |id: &String| report.findings.get(*places.get(id.as_str())?);
    let row = |index: usize| -> Option<Row> {
        let entry = entries.get(index)?;
        let printed = EventOut::new(entry);
        // The worst finding speaks for the event; the first of equals.
        let worst = entry.findings.iter().filter_map(find).reduce(|best, next| {
            if next.severity > best.severity {
                next
            } else {
                best
            }
        });
        let id = worst.as_ref();
        let id = id.map_or(printed.findings.first().copied(), |finding| {
            Some(finding.id.as_str())
        });
        let cells = vec![
            seconds(&printed.time),
            printed.layer.to_owned(),
            printed.actor.label().to_owned(),
            printed.action.to_string(),
            targets(&printed.targets),
            printed.outcome.to_owned(),
            printed.source_ip.as_deref().unwrap_or_default().to_owned(),
            evidence(&printed.evidence, printed.evidence.len() as u64),
            id.unwrap_or_default().to_owned(),
        ];
        Some(Row::of(
            worst.as_ref().map(|finding| finding.severity),
            cells,
        ))
    };
    layout::write(&COLUMNS, entries.len(), &row, options, out)
}
