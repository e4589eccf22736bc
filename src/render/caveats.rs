//! A run's coverage in, sentences on what an incident may be missing for it out.
//!
//! A story told from half a log must say so where it is read, not only on stderr.

use std::collections::BTreeMap;

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
    let mut needs: BTreeMap<&str, u64> = BTreeMap::new();
    for (_, need) in &coverage.rules.could_not_fire {
        *needs.entry(need).or_default() += 1;
    }
    for (need, rules) in needs {
        let rules = counted(rules, "rule");
        out.push(format!("{rules} could not fire for want of {need}."));
    }
    out
}
