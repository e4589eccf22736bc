//! A run's coverage in, sentences on what an incident may be missing for it out.
//!
//! A story told from half a log must say so where it is read, not only on stderr.

use crate::model::{Coverage, Incident};
use crate::term::number::{count, counted};

/// What the reader of this incident should know about the input.
pub(super) fn of(incident: &Incident, coverage: &Coverage) -> Vec<String> {
    let mut out = Vec::new();
    if !coverage.complete {
        out.push("The run was interrupted: later records may belong here.".to_owned());
    }
    let skipped: u64 = coverage.skipped.iter().map(|entry| entry.count).sum();
    if skipped > 0 {
        let files = counted(coverage.skipped.len() as u64, "place");
        let records = counted(skipped, "record");
        out.push(format!("{records} in {files} could not be read."));
    }
    for entry in &coverage.capped {
        let limit = count(entry.limit);
        out.push(format!(
            "The limit of {limit} {} was reached: {}.",
            entry.what,
            entry.effect.trim_end_matches('.')
        ));
    }
    for gap in &coverage.gaps {
        // Other gaps say nothing about this story.
        if gap.from <= incident.end && gap.to >= incident.start {
            let account = gap.account.as_deref().unwrap_or("all accounts");
            out.push(format!(
                "No records of {} for {account} from {} to {}.",
                gap.source, gap.from, gap.to
            ));
        }
    }
    let wants = coverage.rules.wants();
    if !wants.is_empty() {
        let rules = counted(coverage.rules.could_not_fire.len() as u64, "rule");
        let wants: Vec<String> = wants
            .into_iter()
            .map(|(want, rules)| format!("{want} ({})", count(rules)))
            .collect();
        out.push(format!(
            "{rules} could not fire for want of: {}.",
            wants.join(", ")
        ));
    }
    out
}
