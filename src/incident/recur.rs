//! Findings that come back hour after hour: routine, not a step.
//!
//! Enter findings in the total order; leaves a mark on each that its rule and root identity gave
//! in three earlier hours already. Without it a grouping walks along hourly noise for days.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::head::Head;
use crate::model::Severity;

/// Earlier hours from which a finding is routine.
const ROUTINE: i64 = 3;

/// The hours one rule has spoken of one identity.
#[derive(Default)]
struct Hours {
    distinct: i64,
    last: Option<i64>,
}

impl Hours {
    /// How many of the hours lie before this one.
    fn before(&self, hour: i64) -> i64 {
        // Findings come by start time: whatever reaches beyond `hour` covers it from there on.
        let beyond = self.last.map_or(0, |last| (last - hour + 1).max(0));
        self.distinct - beyond
    }

    fn add(&mut self, from: i64, to: i64) {
        let next = self.last.map_or(from, |last| from.max(last + 1));
        self.distinct += (to - next + 1).max(0);
        self.last = Some(self.last.map_or(to, |last| last.max(to)));
    }
}

/// Marks the routine among findings in the total order. Informational ones never carry anything:
/// they need no mark and leave none.
pub(super) fn recurring(findings: &[&Head], roots: &[u32]) -> Vec<bool> {
    marks(findings, roots, |level| level > Severity::Informational)
}

/// Marks the habits: the routine among the informational findings.
pub(super) fn habits(findings: &[&Head], roots: &[u32]) -> Vec<bool> {
    marks(findings, roots, |level| level == Severity::Informational)
}

fn marks(findings: &[&Head], roots: &[u32], among: impl Fn(Severity) -> bool) -> Vec<bool> {
    let mut table: HashMap<(&str, u32), Hours, FixedState> =
        HashMap::with_hasher(FixedState::default());
    let mut marks = Vec::with_capacity(findings.len());
    for (finding, root) in findings.iter().zip(roots) {
        if !among(finding.severity) {
            marks.push(false);
            continue;
        }
        let hours = table.entry((finding.rule.id.as_str(), *root)).or_default();
        marks.push(hours.before(finding.time.hour()) >= ROUTINE);
        let end = finding.end_time.max(finding.time);
        hours.add(finding.time.hour(), end.hour());
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::super::sample::finding;
    use super::*;

    fn routine(list: &[(i64, &str)]) -> Vec<bool> {
        let heads: Vec<Head> = list
            .iter()
            .map(|(m, rule)| Head::of(&finding(*m, rule).get()))
            .collect();
        let sorted: Vec<&Head> = heads.iter().collect();
        recurring(&sorted, &vec![0; sorted.len()])
    }

    #[test]
    fn the_fourth_hour_is_routine() {
        let hourly = [
            (0, "a"),
            (60, "a"),
            (120, "a"),
            (180, "a"),
            (181, "b"),
            (200, "a"),
        ];
        assert_eq!(routine(&hourly), [false, false, false, true, false, true]);
        let one_hour = [(0, "a"), (10, "a"), (20, "a"), (30, "a"), (40, "a")];
        assert_eq!(routine(&one_hour), [false; 5]);
    }

    #[test]
    fn a_long_finding_covers_its_hours_once() {
        let mut long = finding(0, "a").get();
        long.end_time = long.time.plus(5 * crate::model::time::HOUR);
        let inside = finding(90, "a").get();
        let after = finding(400, "a").get();
        let (long, inside, after) = (Head::of(&long), Head::of(&inside), Head::of(&after));
        let marks = recurring(&[&long, &inside, &after], &[0, 0, 0]);
        assert_eq!(marks, [false, false, true]);
        let other = recurring(&[&long, &inside, &after], &[0, 1, 2]);
        assert_eq!(other, [false; 3]);
    }
}
