//! Columns, rows and a width in, lines no wider than that out.
//!
//! Columns leave in a fixed order when room runs out, cells are cut with an ellipsis, and nothing
//! ever wraps: a wrapped row is neither read by eye nor by `grep`.

use std::io::{self, Write};

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ColumnConstraint, Width};

use crate::model::Severity;
use crate::render::Options;
use crate::render::wire::shared::short;
use crate::term::Paint;
use crate::term::escape::terminal;
use crate::term::width::{Cut, columns as columns_of, fit};

/// Blanks between two columns.
const GAP: usize = 2;
/// Rows that are laid out at once, so that a long table is not held as text.
const CHUNK: usize = 512;

/// One column, before it is known whether it has room.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    /// Heading.
    pub title: &'static str,
    /// Place in the order of importance; the highest leaves first.
    pub rank: u8,
    /// What happens to a cell that is too long.
    pub cell: Fit,
}

/// What happens to a cell that is too long.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fit {
    /// It is never cut: ids, times, words.
    Whole,
    /// The same, to the right: numbers.
    Number,
    /// It may be cut down to this width.
    Down(usize, Cut),
}

/// One row; its severity colours the first cell.
pub(super) struct Row {
    /// The severity that the first cell names.
    pub severity: Option<Severity>,
    /// One cell a column, not escaped yet.
    pub cells: Vec<String>,
}

impl Row {
    /// A row whose first cell is the severity's word.
    pub fn of(severity: Option<Severity>, mut cells: Vec<String>) -> Row {
        let word = severity.map_or("", short).to_owned();
        cells.insert(0, word);
        Row { severity, cells }
    }
}

/// Writes `len` rows under their headings; `row` is asked twice for each, once to measure.
pub(super) fn write(
    columns: &[Column],
    len: usize,
    row: &dyn Fn(usize) -> Option<Row>,
    options: &Options<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    if len == 0 {
        return Ok(());
    }
    let mut natural = vec![0; columns.len()];
    for row in (0..len).filter_map(row) {
        for (width, cell) in natural.iter_mut().zip(&row.cells) {
            *width = (*width).max(columns_of(&terminal(cell)));
        }
    }
    for (width, column) in natural.iter_mut().zip(columns) {
        // A column without a single value stays empty, and is left out.
        if *width > 0 {
            *width = (*width).max(columns_of(column.title));
        }
    }
    let widths = widths(columns, &natural, options.width);
    let mut start = 0;
    while start < len {
        let end = len.min(start + CHUNK);
        let rows: Vec<Row> = (start..end).filter_map(row).collect();
        chunk(columns, &widths, &rows, start == 0, options, out)?;
        start = end;
    }
    Ok(())
}

/// The width of each column, `None` for one that has no room.
fn widths(columns: &[Column], natural: &[usize], width: usize) -> Vec<Option<usize>> {
    let mut order: Vec<usize> = (0..columns.len()).collect();
    order.sort_by_key(|&index| columns.get(index).map(|column| column.rank));
    let wanted = |index: usize| natural.get(index).copied().unwrap_or_default();
    let mut out = vec![None; columns.len()];
    let mut used = 0;
    for &index in order.iter().filter(|&&index| wanted(index) > 0) {
        let least = match columns.get(index).map(|column| column.cell) {
            Some(Fit::Down(least, _)) => wanted(index).min(least),
            _ => wanted(index),
        };
        let gap = if used == 0 { 0 } else { GAP };
        // Strictly in order: what is less important never stays for being narrower.
        if used > 0 && used + gap + least > width {
            break;
        }
        used += gap + least;
        if let Some(slot) = out.get_mut(index) {
            *slot = Some(least);
        }
    }
    // What is left goes round, a column at a time, to those that still want some.
    let mut left = width.saturating_sub(used);
    loop {
        let before = left;
        for &index in &order {
            if left == 0 {
                break;
            }
            if let Some(Some(slot)) = out.get_mut(index)
                && *slot < wanted(index)
            {
                *slot += 1;
                left -= 1;
            }
        }
        if left == before || left == 0 {
            return out;
        }
    }
}

/// Lays out some rows and writes them.
fn chunk(
    columns: &[Column],
    widths: &[Option<usize>],
    rows: &[Row],
    header: bool,
    options: &Options<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let shown: Vec<(usize, &Column, usize)> = columns
        .iter()
        .zip(widths)
        .enumerate()
        .filter_map(|(index, (column, width))| width.map(|width| (index, column, width)))
        .collect();
    let mut table = comfy_table::Table::new();
    table.load_style(NOTHING);
    if header {
        table.set_header(shown.iter().map(|(_, column, _)| column.title));
    }
    for row in rows {
        table.add_row(shown.iter().map(|&(index, column, width)| {
            let safe = terminal(row.cells.get(index).map_or("", String::as_str));
            let cut = match column.cell {
                Fit::Down(_, cut) => cut,
                Fit::Whole | Fit::Number => Cut::End,
            };
            fit(&safe, width, cut).into_owned()
        }));
    }
    for (place, &(_, column, width)) in shown.iter().enumerate() {
        let Some(target) = table.column_mut(place) else {
            continue;
        };
        let gap = if place + 1 == shown.len() { 0 } else { GAP };
        target.set_padding((0, gap as u16));
        let total = u16::try_from(width + gap).unwrap_or(u16::MAX);
        target.set_constraint(ColumnConstraint::Absolute(Width::Fixed(total)));
        if matches!(column.cell, Fit::Number) {
            target.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lead = shown.first().is_some_and(|(index, _, _)| *index == 0);
    let severities = rows.iter().map(|row| row.severity.filter(|_| lead));
    let mut severities = std::iter::once(None)
        .filter(|_| header)
        .chain(severities.map(Some));
    for line in table.lines() {
        let line = line.trim_end();
        match severities.next().flatten() {
            None => writeln!(out, "{}", Paint::Bold.on(line, options.color))?,
            Some(None) => writeln!(out, "{line}")?,
            Some(Some(level)) => {
                // The layout counts columns, so the colour is put on afterwards.
                let (word, rest) = line
                    .split_at_checked(short(level).len())
                    .unwrap_or((line, ""));
                let word = Paint::Level(level).on(word, options.color);
                writeln!(out, "{word}{rest}")?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 4] = [
        Column {
            title: "A",
            rank: 1,
            cell: Fit::Whole,
        },
        Column {
            title: "B",
            rank: 2,
            cell: Fit::Down(4, Cut::End),
        },
        Column {
            title: "C",
            rank: 3,
            cell: Fit::Down(2, Cut::End),
        },
        Column {
            title: "ID",
            rank: 0,
            cell: Fit::Whole,
        },
    ];

    #[test]
    fn the_least_important_leave_first_and_the_rest_share_what_is_left() {
        let natural = [3, 10, 2, 5];
        let at = |width| widths(&COLUMNS, &natural, width);
        assert_eq!(at(4), [None, None, None, Some(5)], "an id is never cut");
        assert_eq!(at(10), [Some(3), None, None, Some(5)]);
        assert_eq!(at(16), [Some(3), Some(4), None, Some(5)]);
        assert_eq!(at(20), [Some(3), Some(4), Some(2), Some(5)]);
        assert_eq!(at(23), [Some(3), Some(7), Some(2), Some(5)]);
        assert_eq!(at(99), [Some(3), Some(10), Some(2), Some(5)]);
        assert_eq!(
            widths(&COLUMNS, &[0, 10, 2, 5], 16),
            [None, Some(5), Some(2), Some(5)],
            "nothing to show takes no room"
        );
    }

    #[test]
    fn a_narrow_column_does_not_outlive_a_more_important_one() {
        // C would fit where B does not.
        assert_eq!(
            widths(&COLUMNS, &[3, 10, 2, 5], 15),
            [Some(3), None, None, Some(5)]
        );
    }
}
