//! What is said on stderr beside the data of a run.
//!
//! A finished run enters, notes leave: suppressions that do nothing, a window without events.

use crate::detect::suppress::Suppressions;
use crate::model::{Severity, Time};
use crate::term::Ui;
use crate::term::number::counted;
use crate::{Plan, Report};

/// Entries that hid nothing or have run out: a list nobody reads turns into a blind spot.
pub fn suppressions(ui: &Ui, list: &Suppressions, now: Time) {
    let file = list.file();
    for entry in list.expired(now) {
        let owner = entry
            .owner
            .as_ref()
            .map(|owner| format!(", owner {owner}"))
            .unwrap_or_default();
        ui.warn(&format!(
            "{file}:{}: the suppression of {} ran out on {}{owner}: it would have kept back {}",
            entry.line,
            entry.rules,
            entry.expires.as_deref().unwrap_or("its day"),
            counted(entry.late(), "finding"),
        ));
    }
    for entry in list.unused(now) {
        ui.note(&format!(
            "{file}:{}: the suppression of {} kept nothing back",
            entry.line, entry.rules
        ));
    }
}

/// An empty table says nothing; this does.
pub fn nothing(ui: &Ui, what: &str, printed: usize, lowest: Severity) {
    if printed == 0 {
        ui.note(&format!("no {what} of severity {lowest} or more"));
    }
}

/// A window that no event lies in: the archive is older or newer than the reader thinks.
pub fn window(ui: &Ui, plan: &Plan, report: &Report) {
    let Some(newest) = report.newest else { return };
    if let Some(since) = plan.since.filter(|since| newest < *since) {
        ui.note(&format!(
            "no event since {since}: the newest one is of {newest}"
        ));
        ui.hint("--anchor latest counts from the newest event");
        return;
    }
    let oldest = report
        .coverage
        .sources
        .iter()
        .filter_map(|source| source.first)
        .min();
    if let (Some(until), Some(oldest)) = (plan.until, oldest)
        && oldest > until
    {
        ui.note(&format!(
            "no event until {until}: the oldest one is of {oldest}"
        ));
    }
}
