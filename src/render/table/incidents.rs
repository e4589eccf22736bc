//! Incidents in, one line each out.
//!
//! What to work on, in the order to work on it; `incidents show` tells the rest.

use std::cmp::Reverse;
use std::io::{self, Write};

use super::layout::{self, Column, Fit, Row};
use crate::model::{Incident, Status};
use crate::render::Options;
use crate::render::cells::{few, seconds};
use crate::render::wire::IncidentOut;
use crate::render::wire::shared::ActorBrief;
use crate::term::number;
use crate::term::width::Cut;

#[rustfmt::skip]
const COLUMNS: [Column; 9] = [
    Column { title: "SEVERITY", rank: 1, cell: Fit::Whole },
    Column { title: "SCORE", rank: 3, cell: Fit::Number },
    Column { title: "STATUS", rank: 5, cell: Fit::Whole },
    Column { title: "START", rank: 4, cell: Fit::Whole },
    Column { title: "DURATION", rank: 7, cell: Fit::Whole },
    Column { title: "TITLE", rank: 2, cell: Fit::Down(24, Cut::End) },
    Column { title: "ACTORS", rank: 8, cell: Fit::Down(12, Cut::End) },
    Column { title: "FINDINGS", rank: 6, cell: Fit::Number },
    Column { title: "ID", rank: 0, cell: Fit::Whole },
];

/// Writes the table.
pub(super) fn write(
    incidents: &[&Incident],
    options: &Options<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut incidents = incidents.to_vec();
    // Sorting keeps the order of time among equals.
    incidents.sort_by_key(|incident| {
        let done = incident.status == Status::Resolved;
        (done, Reverse(incident.severity), Reverse(incident.score))
    });
    let row = |index: usize| -> Option<Row> {
        let incident = incidents.get(index)?;
        let printed = IncidentOut::new(incident, &options.attack);
        let cells = vec![
            printed.score.to_string(),
            printed.status.to_owned(),
            seconds(&printed.start),
            number::duration(incident.end.0.saturating_sub(incident.start.0)),
            printed.title.to_string(),
            few(printed.actors.iter().map(ActorBrief::label)),
            number::count(printed.finding_count),
            printed.id.to_owned(),
        ];
        Some(Row::of(Some(incident.severity), cells))
    };
    layout::write(&COLUMNS, incidents.len(), &row, options, out)
}
