//! Rows of text as aligned columns that fit a width.
//!
//! Cells enter, lines leave. The last column takes what room is left and is cut to it; where even
//! that is too little, columns go from the right of the one before it.

use crate::term::escape::terminal;
use crate::term::width::{Cut, columns, fit};

/// Between two columns.
const GAP: usize = 2;
/// The last column is not cut below this; another one goes first.
const LEAST: usize = 20;

/// Lines of at most `width` columns; the first row is the heading.
pub fn aligned<const N: usize>(rows: &[[String; N]], width: usize) -> Vec<String> {
    let cell = |text: &str| terminal(text).into_owned();
    let rows: Vec<[String; N]> = rows
        .iter()
        .map(|row| std::array::from_fn(|at| cell(&row[at])))
        .collect();
    let widest = |at: usize| rows.iter().map(|row| columns(&row[at])).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(widest);
    let Some(last) = N.checked_sub(1) else {
        return Vec::new();
    };
    let mut shown: Vec<usize> = (0..last).collect();
    let used = |shown: &[usize]| -> usize { shown.iter().map(|at| widths[*at] + GAP).sum() };
    // The first column holds the id, without which a line is of no use.
    while shown.len() > 1 && used(&shown) + widths[last].min(LEAST) > width {
        shown.pop();
    }
    let room = width.saturating_sub(used(&shown));
    let line = |row: &[String; N]| {
        let mut out = String::new();
        for at in &shown {
            out.push_str(&row[*at]);
            out.extend(std::iter::repeat_n(
                ' ',
                widths[*at] + GAP - columns(&row[*at]),
            ));
        }
        out.push_str(&fit(&row[last], room, Cut::End));
        fit(out.trim_end(), width, Cut::End).into_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_column_is_cut_and_the_middle_ones_go() {
        let row = |cells: [&str; 4]| cells.map(str::to_owned);
        let rows = [
            row(["id", "level", "source", "title"]),
            row([
                "a-rule",
                "high",
                "aws.cloudtrail",
                "Something long happened to a trail\u{1b}",
            ]),
        ];
        assert_eq!(
            aligned(&rows, 120),
            [
                "id      level  source          title",
                "a-rule  high   aws.cloudtrail  Something long happened to a trail\\u{1b}",
            ]
        );
        assert_eq!(
            aligned(&rows, 60)[1],
            "a-rule  high   aws.cloudtrail  Something long happened to a…"
        );
        assert_eq!(
            aligned(&rows, 40)[1],
            "a-rule  high   Something long happened …"
        );
        for width in 0..90 {
            assert!(
                aligned(&rows, width)
                    .iter()
                    .all(|line| columns(line) <= width)
            );
        }
    }
}
