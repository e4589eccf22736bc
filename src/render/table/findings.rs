//! Findings in, one line each out.
//!
//! The first thing most people see of a run.

use std::io::{self, Write};

use super::layout::{self, Column, Fit, Row};
use crate::render::cells::{seconds, targets};
use crate::render::wire::FindingOut;
use crate::render::{Findings, Options};
use crate::term::number;
use crate::term::width::Cut;

#[rustfmt::skip]
const COLUMNS: [Column; 10] = [
    Column { title: "SEVERITY", rank: 1, cell: Fit::Whole },
    Column { title: "TIME", rank: 3, cell: Fit::Whole },
    Column { title: "TITLE", rank: 2, cell: Fit::Down(24, Cut::End) },
    Column { title: "ACTOR", rank: 4, cell: Fit::Down(12, Cut::Middle) },
    Column { title: "SOURCE IP", rank: 7, cell: Fit::Down(15, Cut::Middle) },
    Column { title: "ACTION", rank: 5, cell: Fit::Down(20, Cut::Middle) },
    Column { title: "TARGET", rank: 6, cell: Fit::Down(14, Cut::Middle) },
    Column { title: "OUTCOME", rank: 8, cell: Fit::Whole },
    Column { title: "COUNT", rank: 9, cell: Fit::Number },
    // Last on its line, so that a double click takes it and nothing else.
    Column { title: "ID", rank: 0, cell: Fit::Whole },
];

/// Writes the table.
pub(super) fn write(
    findings: &dyn Findings,
    options: &Options<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let row = |index: usize| -> Option<Row> {
        let finding = findings.get(index)?;
        let printed = FindingOut::new(&finding, &options.attack);
        let cells = vec![
            seconds(&printed.time),
            printed.rule.title.to_string(),
            printed.actor.label().to_owned(),
            printed.source_ip.as_deref().unwrap_or_default().to_owned(),
            printed.action.to_string(),
            targets(&printed.targets),
            printed.outcome.to_owned(),
            number::count(printed.count),
            printed.id.to_owned(),
        ];
        Some(Row::of(Some(finding.severity), cells))
    };
    layout::write(&COLUMNS, findings.count(), &row, options, out)
}
