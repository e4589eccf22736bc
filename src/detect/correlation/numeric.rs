//! `value_sum`, `value_avg`, `value_percentile`: arithmetic over the window.
//!
//! Enter and leave numbers; leaves whether the figure satisfies the thresholds. Sums are never
//! made by subtracting what left: a huge value that passes through would leave its rounding error.

use super::threshold::all_hold;
use super::window::Window;
use super::{Row, Value};
use crate::detect::ast::Comparison;

/// The number of a row, where it has a usable one.
pub(super) fn number(row: &Row) -> Option<f64> {
    match row.value {
        Value::Number(number) if number.is_finite() => Some(number),
        _ => None,
    }
}

/// The sum, or the mean, of the numbers inside.
pub(super) struct Sum<'a> {
    thresholds: &'a [(Comparison, f64)],
    mean: bool,
    /// The older part of the queue, newest at the bottom; each entry is the sum of itself and
    /// all below it.
    front: Vec<f64>,
    /// The newer part, as it came.
    back: Vec<f64>,
    back_sum: f64,
}

impl<'a> Sum<'a> {
    pub(super) fn new(thresholds: &'a [(Comparison, f64)], mean: bool) -> Self {
        Sum {
            thresholds,
            mean,
            front: Vec::new(),
            back: Vec::new(),
            back_sum: 0.0,
        }
    }
}

impl Window for Sum<'_> {
    fn enter(&mut self, _at: usize, row: &Row) {
        let value = number(row).unwrap_or(0.0);
        self.back.push(value);
        self.back_sum += value;
    }

    fn leave(&mut self, _at: usize, _row: &Row) {
        if self.front.is_empty() {
            let mut sum = 0.0;
            while let Some(value) = self.back.pop() {
                sum += value;
                self.front.push(sum);
            }
            self.back_sum = 0.0;
        }
        self.front.pop();
    }

    fn holds(&self, _from: i64) -> bool {
        let sum = self.front.last().copied().unwrap_or(0.0) + self.back_sum;
        let count = self.front.len() + self.back.len();
        let value = if self.mean && count > 0 {
            sum / count as f64
        } else {
            sum
        };
        all_hold(self.thresholds, value)
    }
}

/// A percentile of the numbers inside, by linear interpolation between the two nearest ranks.
pub(super) struct Percentile<'a> {
    thresholds: &'a [(Comparison, f64)],
    share: f64,
    /// Every number of the group, ascending, without doubles.
    values: Vec<f64>,
    /// Where the number of each row stands in `values`.
    places: Vec<usize>,
    /// A Fenwick tree: how many of each value are inside.
    tree: Vec<u32>,
    inside: usize,
}

impl<'a> Percentile<'a> {
    /// Prepares for the rows that count; the whole group is known before the window moves.
    pub(super) fn new(
        thresholds: &'a [(Comparison, f64)],
        percentile: f64,
        rows: &[Row],
        counted: &[usize],
    ) -> Self {
        let numbers = || counted.iter().map(|&i| number(&rows[i]).unwrap_or(0.0));
        let mut values: Vec<f64> = numbers().collect();
        values.sort_unstable_by(f64::total_cmp);
        values.dedup_by(|a, b| a.total_cmp(b).is_eq());
        let place = |n: f64| values.partition_point(|v| v.total_cmp(&n).is_lt());
        Percentile {
            thresholds,
            share: percentile.clamp(0.0, 100.0) / 100.0,
            places: numbers().map(place).collect(),
            tree: vec![0; values.len() + 1],
            values,
            inside: 0,
        }
    }

    fn change(&mut self, at: usize, by: i32) {
        let mut node = self.places[at] + 1;
        while node < self.tree.len() {
            self.tree[node] = self.tree[node].wrapping_add_signed(by);
            node += node & node.wrapping_neg();
        }
    }

    /// The value with this rank, from 0, among those inside.
    fn ranked(&self, rank: usize) -> f64 {
        let mut node = 0;
        let mut left = rank;
        let mut step = (self.tree.len() - 1).next_power_of_two();
        while step > 0 {
            let probe = node + step;
            if let Some(&count) = self.tree.get(probe)
                && count as usize <= left
            {
                left -= count as usize;
                node = probe;
            }
            step /= 2;
        }
        self.values.get(node).copied().unwrap_or(f64::NAN)
    }
}

impl Window for Percentile<'_> {
    fn enter(&mut self, at: usize, _row: &Row) {
        self.change(at, 1);
        self.inside += 1;
    }

    fn leave(&mut self, at: usize, _row: &Row) {
        self.change(at, -1);
        self.inside -= 1;
    }

    fn holds(&self, _from: i64) -> bool {
        if self.inside == 0 {
            return false;
        }
        let rank = self.share * (self.inside - 1) as f64;
        let low = self.ranked(rank.floor() as usize);
        let part = rank - rank.floor();
        let value = if part > 0.0 {
            let high = self.ranked(rank.floor() as usize + 1);
            low + part * (high - low)
        } else {
            low
        };
        all_hold(self.thresholds, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(values: &[f64]) -> Vec<Row> {
        values
            .iter()
            .map(|&value| Row {
                value: Value::Number(value),
                ..Row::default()
            })
            .collect()
    }

    /// Slides a window of `width` rows over `values` and asks whether the figure is `want`.
    fn check<W: Window>(mut window: W, rows: &[Row], width: usize, at: usize) -> bool {
        for (i, row) in rows.iter().enumerate().take(at + 1) {
            if i >= width {
                window.leave(i - width, &rows[i - width]);
            }
            window.enter(i, row);
        }
        window.holds(0)
    }

    #[test]
    fn a_huge_value_leaves_no_trace_in_the_sum() {
        let rows = rows(&[1e300, 1.0, 2.0, 3.0]);
        let six = [(Comparison::Eq, 6.0)];
        assert!(check(Sum::new(&six, false), &rows, 3, 3));
        let two = [(Comparison::Eq, 2.0)];
        assert!(check(Sum::new(&two, true), &rows, 3, 3));
    }

    #[test]
    fn percentiles_agree_with_sorting_the_window() {
        let values = [5.0, 1.0, 4.0, 4.0, -2.0, 9.0, 0.5, 4.0, 7.0, 7.0, 3.0];
        let rows = rows(&values);
        let counted: Vec<usize> = (0..rows.len()).collect();
        for width in 1..=values.len() {
            for at in 0..values.len() {
                let mut inside = values[(at + 1).saturating_sub(width)..=at].to_vec();
                inside.sort_by(f64::total_cmp);
                for percentile in [0.0, 25.0, 50.0, 90.0, 100.0] {
                    let rank = percentile / 100.0 * (inside.len() - 1) as f64;
                    let (low, high) = (inside[rank.floor() as usize], inside[rank.ceil() as usize]);
                    let want = low + rank.fract() * (high - low);
                    let limit = [
                        (Comparison::Gte, want - 1e-9),
                        (Comparison::Lte, want + 1e-9),
                    ];
                    let window = Percentile::new(&limit, percentile, &rows, &counted);
                    assert!(check(window, &rows, width, at), "{width} {at} {percentile}");
                }
            }
        }
    }

    #[test]
    fn only_finite_numbers_are_numbers() {
        let row = |value| Row {
            value,
            ..Row::default()
        };
        assert_eq!(number(&row(Value::Number(2.5))), Some(2.5));
        for value in [
            Value::None,
            Value::Text(3),
            Value::Number(f64::NAN),
            Value::Number(f64::INFINITY),
        ] {
            assert_eq!(number(&row(value)), None, "{value:?}");
        }
    }
}
