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
pub fn window<F>(ui: &Ui, plan: &Plan, report: &Report<F>) {
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

/// Addresses that stand in the place of a provider's own: whoever set them may have forgotten, or
/// may not be who is reading this.
#[cfg(feature = "live")]
pub fn endpoints(ui: &Ui, inputs: &[String]) {
    use crate::load::live::{Target, endpoints};
    let targets = inputs.iter().filter_map(|input| Target::parse(input)?.ok());
    let targets: Vec<Target> = targets.collect();
    for (input, url) in endpoints(&targets) {
        ui.note(&format!("{input} is asked at {url}"));
    }
}

/// What live inputs came to: what was listed, what the window left out, what was fetched.
#[cfg(feature = "live")]
pub fn fetched(ui: &Ui, counters: &crate::load::Progress) {
    for tally in counters.tallies() {
        // The days that were never looked at are not known, so they cannot be counted.
        let unlisted = match tally.trees() {
            (0, _) => String::new(),
            (trees, dated) => format!(
                "; {} of days or months in {} listed, all others left alone",
                counted(dated, "folder"),
                counted(trees, "dated tree"),
            ),
        };
        ui.detail(&format!(
            "{}, {}: {} listed, {} outside the window, {} fetched{unlisted}",
            tally.name(),
            tally.window(),
            tally.listed(),
            tally.outside(),
            tally.fetched(),
        ));
    }
}

/// Without the network nothing is asked anywhere.
#[cfg(not(feature = "live"))]
pub fn endpoints(_: &Ui, _: &[String]) {}

/// Without the network nothing is fetched.
#[cfg(not(feature = "live"))]
pub fn fetched(_: &Ui, _: &crate::load::Progress) {}
