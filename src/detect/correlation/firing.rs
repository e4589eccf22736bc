//! From runs to firings: which rows a finding of a correlation shows.
//!
//! Enter a correlation and the sorted rows of one of its groups; leaves one firing a run. The
//! rows shown stay near-linear even where the condition flaps at its threshold.
//!
//! A condition with an upper bound (`lt`, `lte`, `eq`, `neq`) is judged like any other: at the
//! instants at which something happens. So `lte: 3` opens with the first row and closes with the
//! fourth; a window in which nothing happens is never judged, absence is not a finding.

use super::count::{EventCount, ValueCount};
use super::numeric::{Percentile, Sum, number};
use super::ordered::Ordered;
use super::temporal::Temporal;
use super::window::{Run, Window, slide};
use super::{Firing, Row, Value};
use crate::detect::ast::{Correlation, CorrelationKind};

/// Rows that an earlier firing already shows are repeated up to this many, the newest ones, and
/// so are optional rows shown: as many as a finding prints.
const REPEATED: usize = 100;

/// Finds every run of `correlation` over the rows of one group.
pub fn firings(correlation: &Correlation, rows: &[Row]) -> Vec<Firing> {
    let counted = counted(correlation, rows);
    let span = correlation.timespan.max(0);
    let limits = &correlation.thresholds[..];
    let runs = match correlation.kind {
        CorrelationKind::EventCount => run(rows, &counted, span, EventCount::new(limits)),
        CorrelationKind::ValueCount => run(rows, &counted, span, ValueCount::new(limits)),
        CorrelationKind::Temporal => run(rows, &counted, span, Temporal::new(correlation)),
        CorrelationKind::TemporalOrdered => run(rows, &counted, span, Ordered::new(correlation)),
        CorrelationKind::ValueSum => run(rows, &counted, span, Sum::new(limits, false)),
        CorrelationKind::ValueAvg => run(rows, &counted, span, Sum::new(limits, true)),
        CorrelationKind::ValuePercentile(percentile) => {
            let window = Percentile::new(limits, percentile, rows, &counted);
            run(rows, &counted, span, window)
        }
    };
    let optional = optional(correlation, rows);
    let ordered = correlation.kind == CorrelationKind::TemporalOrdered;
    let mut shown = 0;
    runs.into_iter()
        .map(|run| {
            let mut firing = fire(rows, &counted, &run, shown, ordered);
            shown = shown.max(run.end);
            attach(rows, &optional, span, ordered, &mut firing);
            firing
        })
        .collect()
}

fn run<W: Window>(rows: &[Row], counted: &[usize], span: i64, mut window: W) -> Vec<Run> {
    slide(rows, counted, span, &mut window)
}

/// The rows that count for the condition.
fn counted(correlation: &Correlation, rows: &[Row]) -> Vec<usize> {
    let members = correlation.members.len();
    let usable = |at: usize| {
        let row = &rows[at];
        if row.member as usize >= members {
            return false;
        }
        match correlation.kind {
            CorrelationKind::ValueCount => row.value != Value::None,
            CorrelationKind::ValueSum
            | CorrelationKind::ValueAvg
            | CorrelationKind::ValuePercentile(_) => number(row).is_some(),
            // An array in a group field may name one group twice: still one event.
            CorrelationKind::EventCount => at.checked_sub(1).is_none_or(|before| {
                let before = &rows[before];
                (before.row, before.member, before.time) != (row.row, row.member, row.time)
            }),
            CorrelationKind::Temporal | CorrelationKind::TemporalOrdered => true,
        }
    };
    (0..rows.len()).filter(|at| usable(*at)).collect()
}

/// The rows that only raise confidence, a list an optional member.
fn optional(correlation: &Correlation, rows: &[Row]) -> Vec<Vec<usize>> {
    let mut lists = vec![Vec::new(); correlation.optional.len()];
    for (at, row) in rows.iter().enumerate() {
        let place = (row.member as usize).checked_sub(correlation.members.len());
        if let Some(list) = place.and_then(|place| lists.get_mut(place)) {
            list.push(at);
        }
    }
    lists
}

/// Makes a firing of a run; rows before `shown` stand in earlier firings already.
fn fire(rows: &[Row], counted: &[usize], run: &Run, shown: usize, ordered: bool) -> Firing {
    let from = run.start.max(shown.saturating_sub(REPEATED));
    let mut places: Vec<usize> = if ordered {
        in_order(rows, counted, run, from)
    } else {
        (from..run.open_end).collect()
    };
    places.extend(run.witness.iter().filter(|at| **at < run.open_end));
    places.sort_unstable();
    places.dedup();
    let left_out = from - run.start;
    let repeated = run.witness.iter().filter(|at| **at < from).count();
    let total = places.len() + left_out.saturating_sub(repeated) + (run.end - run.open_end);
    places.extend(run.open_end..run.end);
    let opened = run.open_end.checked_sub(1).map(|at| rows[counted[at]].time);
    Firing {
        opened: opened.unwrap_or_default(),
        truncated: places.len() < total,
        total: total as u64,
        rows: places.into_iter().map(|at| counted[at]).collect(),
        members_seen: run.members.clone(),
        ..Firing::default()
    }
}

/// Leaves out what came before its turn: in `b a b` only the last two rows are the chain.
fn in_order(rows: &[Row], counted: &[usize], run: &Run, from: usize) -> Vec<usize> {
    let steps: Vec<u32> = run
        .witness
        .iter()
        .map(|at| rows[counted[*at]].member)
        .collect();
    let Some(&first) = run.witness.first() else {
        return (from..run.open_end).collect();
    };
    // Rows before `from` are not looked at: what they led up to by then is the chain itself.
    let mut reached = if first < from { steps.len() } else { 0 };
    let mut places = Vec::new();
    let mut at = from;
    while at < run.open_end {
        let now = rows[counted[at]].time;
        let mut end = at;
        while end < run.open_end && rows[counted[end]].time == now {
            end += 1;
        }
        let here = |step: &u32| (at..end).any(|i| rows[counted[i]].member == *step);
        while steps.get(reached).is_some_and(here) {
            reached += 1;
        }
        places.extend((at..end).filter(|i| {
            let place = steps.iter().position(|s| *s == rows[counted[*i]].member);
            place.is_none_or(|place| place < reached)
        }));
        at = end;
    }
    places
}

/// Adds the optional rows that fit into one window with the firing; to an order none that came
/// before it.
fn attach(rows: &[Row], optional: &[Vec<usize>], span: i64, ordered: bool, firing: &mut Firing) {
    let (Some(&first), Some(&last)) = (firing.rows.first(), firing.rows.last()) else {
        return;
    };
    let from = match ordered {
        true => rows[first].time,
        false => firing.opened.minus(span),
    };
    let to = rows[last].time.max(rows[first].time.plus(span));
    for member in optional {
        let start = member.partition_point(|at| rows[*at].time < from);
        let fitting = member[start..]
            .iter()
            .take_while(|at| rows[**at].time <= to);
        let before = firing.optional.len();
        firing.optional.extend(fitting.take(REPEATED));
        if let Some(at) = firing.optional.get(before) {
            firing.optional_seen.push(rows[*at].member);
        }
    }
    firing.optional.sort_unstable();
}
