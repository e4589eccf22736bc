//! The sliding window: two pointers over the rows of one group.
//!
//! Enter rows in time order and something that keeps count; leave the runs over which it holds.
//! The condition is judged once an instant, when all rows of that instant are in: so equal times
//! satisfy any order, and the outcome depends on times alone.

use super::Row;

/// What a kind of correlation knows about the rows that are inside the window.
pub(super) trait Window {
    /// Takes a row in; `at` is its position among the rows that count.
    fn enter(&mut self, at: usize, row: &Row);
    /// Lets a row go; rows go in the order in which they came.
    fn leave(&mut self, at: usize, row: &Row);
    /// Is told that all rows of an instant are in.
    fn settle(&mut self, _now: i64) {}
    /// Judges the rows inside; `from` is the time before which nothing counts.
    fn holds(&self, from: i64) -> bool;
    /// Names rows without which the condition would not hold at this instant.
    fn witness(&self, _from: i64) -> Vec<usize> {
        Vec::new()
    }
}

/// A stretch of rows over which a condition held, by positions among the rows that count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Run {
    /// The first row inside the window when the run opened.
    pub start: usize,
    /// One past the last row of the instant with which it opened.
    pub open_end: usize,
    /// One past its last row.
    pub end: usize,
    /// Rows that must be shown.
    pub witness: Vec<usize>,
    /// Members inside the window while the run lasted, ascending.
    pub members: Vec<u32>,
}

/// Slides a window of `timespan` over `rows[counted]` and collects the runs.
pub(super) fn slide<W: Window>(
    rows: &[Row],
    counted: &[usize],
    timespan: i64,
    window: &mut W,
) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut open = false;
    let mut inside = Members::default();
    let (mut head, mut next) = (0, 0);
    while next < counted.len() {
        let now = rows[counted[next]].time;
        let from = now.0.saturating_sub(timespan);
        while head < next && rows[counted[head]].time.0 < from {
            window.leave(head, &rows[counted[head]]);
            inside.remove(rows[counted[head]].member);
            head += 1;
        }
        let instant = next;
        while next < counted.len() && rows[counted[next]].time == now {
            window.enter(next, &rows[counted[next]]);
            inside.add(rows[counted[next]].member);
            next += 1;
        }
        window.settle(now.0);
        if !window.holds(from) {
            open = false;
            continue;
        }
        match runs.last_mut().filter(|_| open) {
            Some(run) => {
                run.end = next;
                for at in instant..next {
                    note(&mut run.members, rows[counted[at]].member);
                }
            }
            None => runs.push(Run {
                start: head,
                open_end: next,
                end: next,
                witness: window.witness(from),
                members: inside.list(),
            }),
        }
        open = true;
    }
    runs
}

/// Keeps a short ascending list free of doubles.
fn note(list: &mut Vec<u32>, member: u32) {
    if let Err(place) = list.binary_search(&member) {
        list.insert(place, member);
    }
}

/// How many rows of each member are inside the window.
#[derive(Default)]
struct Members(Vec<usize>);

impl Members {
    fn add(&mut self, member: u32) {
        let slot = member as usize;
        if self.0.len() <= slot {
            self.0.resize(slot + 1, 0);
        }
        self.0[slot] += 1;
    }

    fn remove(&mut self, member: u32) {
        if let Some(count) = self.0.get_mut(member as usize) {
            *count = count.saturating_sub(1);
        }
    }

    fn list(&self) -> Vec<u32> {
        let numbered = (0u32..).zip(&self.0);
        numbered.filter(|(_, n)| **n > 0).map(|(m, _)| m).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Time;

    /// Holds while at least this many rows are inside.
    struct AtLeast(usize, usize);

    impl Window for AtLeast {
        fn enter(&mut self, _: usize, _: &Row) {
            self.1 += 1;
        }
        fn leave(&mut self, _: usize, _: &Row) {
            self.1 -= 1;
        }
        fn holds(&self, _: i64) -> bool {
            self.1 >= self.0
        }
    }

    fn runs(times: &[i64], timespan: i64, least: usize) -> Vec<(usize, usize, usize)> {
        let rows: Vec<Row> = times
            .iter()
            .map(|&time| Row {
                time: Time(time),
                ..Row::default()
            })
            .collect();
        let counted: Vec<usize> = (0..rows.len()).collect();
        slide(&rows, &counted, timespan, &mut AtLeast(least, 0))
            .into_iter()
            .map(|run| (run.start, run.open_end, run.end))
            .collect()
    }

    #[test]
    fn last_minus_first_may_equal_the_timespan() {
        assert_eq!(runs(&[0, 5, 10], 10, 3), [(0, 3, 3)]);
        assert_eq!(runs(&[0, 5, 11], 10, 3), []);
    }

    #[test]
    fn a_run_goes_on_while_every_next_instant_keeps_it_true() {
        assert_eq!(runs(&[0, 1, 2, 9, 11, 30], 10, 3), [(0, 3, 5)]);
        assert_eq!(runs(&[0, 1, 2, 30, 31, 32], 10, 3), [(0, 3, 3), (3, 6, 6)]);
    }

    #[test]
    fn rows_of_one_instant_are_judged_together() {
        // At 11 two rows leave and three come: nobody sees the moment between.
        assert_eq!(runs(&[0, 0, 5, 11, 11, 11], 10, 3), [(0, 3, 6)]);
    }

    #[test]
    fn times_at_the_ends_of_the_scale_do_not_overflow() {
        assert_eq!(runs(&[i64::MIN, i64::MAX], i64::MAX, 2), []);
        assert_eq!(runs(&[i64::MIN, i64::MIN], 0, 2), [(0, 2, 2)]);
        assert_eq!(runs(&[], 10, 1), []);
    }
}
