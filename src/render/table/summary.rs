//! Totals in, one line each out.
//!
//! Who did what from where, before anyone asks what was wrong with it.

use std::io::{self, Write};

use super::layout::{self, Column, Fit, Row};
use crate::render::Options;
use crate::render::cells::{few, seconds};
use crate::render::wire::summary::BreakdownOut;
use crate::render::wire::{SummaryOut, SummaryRow};
use crate::term::number;
use crate::term::width::Cut;

#[rustfmt::skip]
const COLUMNS: [Column; 12] = [
    Column { title: "SEVERITY", rank: 6, cell: Fit::Whole },
    Column { title: "BY", rank: 1, cell: Fit::Whole },
    Column { title: "VALUE", rank: 0, cell: Fit::Down(20, Cut::Middle) },
    Column { title: "EVENTS", rank: 2, cell: Fit::Number },
    Column { title: "DENIED", rank: 3, cell: Fit::Number },
    Column { title: "FINDINGS", rank: 4, cell: Fit::Number },
    Column { title: "FIRST", rank: 10, cell: Fit::Whole },
    Column { title: "LAST", rank: 5, cell: Fit::Whole },
    Column { title: "WHO", rank: 9, cell: Fit::Down(12, Cut::End) },
    Column { title: "WHAT", rank: 7, cell: Fit::Down(16, Cut::End) },
    Column { title: "FROM", rank: 8, cell: Fit::Down(15, Cut::End) },
    Column { title: "REGIONS", rank: 11, cell: Fit::Down(9, Cut::End) },
];

/// Writes the table.
pub(super) fn write(
    rows: &[SummaryRow],
    options: &Options<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let row = |index: usize| -> Option<Row> {
        let row = rows.get(index)?;
        let printed = SummaryOut::new(row);
        let time = |time: &Option<String>| seconds(time.as_deref().unwrap_or_default());
        let cells = vec![
            printed.by.to_owned(),
            printed.label().to_owned(),
            number::count(printed.events),
            number::count(printed.denied),
            number::count(printed.findings),
            time(&printed.first),
            time(&printed.last),
            top(&printed.actors),
            top(&printed.actions),
            top(&printed.source_ips),
            top(&printed.regions),
        ];
        Some(Row::of(row.severity, cells))
    };
    layout::write(&COLUMNS, rows.len(), &row, options, out)
}

/// The commonest values and how many more there are.
fn top(breakdown: &BreakdownOut<'_>) -> String {
    let shown = few(breakdown.top.iter().map(|tally| tally.value.as_ref()));
    let listed = breakdown.top.len() as u64;
    match breakdown.distinct.checked_sub(listed) {
        Some(more @ 1..) if listed <= 3 => format!("{shown} +{more}"),
        _ => shown,
    }
}
