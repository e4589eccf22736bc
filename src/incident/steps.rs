//! The middle of a story: what happened, tactic by tactic.
//!
//! Enter the telling findings; leave sentences, one a step as long as there is room. One event is
//! told as one event.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::tactic;
use super::title::{refused, several_events};
use super::words::{clip, distinct, list, thing};
use crate::model::{Finding, Time};

/// Findings of one tactic.
struct Phase<'a> {
    tactic: &'a str,
    findings: Vec<&'a Finding>,
}

impl Phase<'_> {
    /// What was done, to what.
    fn deeds(&self) -> String {
        let titles = distinct(self.findings.iter().map(|f| f.rule.title.as_str()));
        let short = |title: &String| clip(title.trim_end_matches('.'), 90);
        let titles: Vec<String> = titles.iter().map(short).collect();
        let mut seen = BTreeSet::new();
        let targets = self.findings.iter().filter_map(|f| f.targets.first());
        let things: Vec<String> = targets
            .filter(|t| seen.insert((t.kind.as_str(), t.name.as_str(), t.id.as_str())))
            .map(thing)
            .filter(|thing| !thing.is_empty())
            .collect();
        let mut text = list(&titles, 3);
        if !things.is_empty() {
            text.push_str(&format!(" ({})", list(&things, 3)));
        }
        text
    }

    fn since(&self) -> Time {
        self.findings.first().map(|f| f.time).unwrap_or_default()
    }

    fn name(&self) -> String {
        let words = if self.tactic.is_empty() {
            "activity".to_string()
        } else {
            tactic::words(self.tactic)
        };
        if self.findings.iter().all(|f| refused(f)) {
            format!("attempted {words}")
        } else {
            words
        }
    }
}

/// Tells what happened, step by step, in at most so many sentences.
pub(super) fn steps(findings: &[&Finding], room: usize) -> Vec<String> {
    let mut phases: Vec<Phase> = Vec::new();
    for finding in findings {
        let tactic = finding.rule.attack.first().map_or("", |a| a.tactic);
        match phases.iter_mut().find(|phase| phase.tactic == tactic) {
            Some(phase) => phase.findings.push(finding),
            None => phases.push(Phase {
                tactic,
                findings: vec![finding],
            }),
        }
    }
    if !several_events(findings) {
        let deeds = list(&phases.iter().map(Phase::deeds).collect::<Vec<_>>(), 3);
        return vec![format!("It rests on one event: {deeds}.")];
    }
    if let [only] = &phases[..] {
        return vec![format!(
            "What was seen is {}: {}.",
            only.name(),
            only.deeds()
        )];
    }
    let shown = choose(&phases, room);
    let mut sentences = Vec::new();
    let mut before = Time::default();
    for place in &shown {
        let phase = &phases[*place];
        let since = phase.since();
        let (name, deeds) = (phase.name(), phase.deeds());
        sentences.push(match place {
            0 => format!("It began with {name}: {deeds}."),
            _ if since == before => format!("In the same moment came {name}: {deeds}."),
            _ => format!("From {since} on came {name}: {deeds}."),
        });
        before = since;
    }
    let rest = (0..phases.len()).filter(|place| !shown.contains(place));
    let rest: Vec<String> = rest.map(|place| phases[place].name()).collect();
    if !rest.is_empty() {
        sentences.push(format!("There was also {}.", list(&rest, 6)));
    }
    sentences
}

/// The phases that get a sentence of their own: the first, then the worst, in time order.
fn choose(phases: &[Phase], room: usize) -> Vec<usize> {
    if phases.len() <= room {
        return (0..phases.len()).collect();
    }
    let mut rest: Vec<usize> = (1..phases.len()).collect();
    rest.sort_by_key(|place| {
        let phase = &phases[*place];
        let worst = phase.findings.iter().map(|f| f.severity).max();
        (Reverse(worst), Reverse(tactic::rank(phase.tactic)), *place)
    });
    // One sentence is for those that are left.
    rest.truncate(room.saturating_sub(2));
    let mut chosen = vec![0];
    chosen.extend(rest);
    chosen.sort_unstable();
    chosen
}

#[cfg(test)]
mod tests {
    use super::super::sample::finding;
    use super::*;
    use crate::model::Severity;

    #[test]
    fn the_first_and_the_worst_steps_are_told() {
        let tactics = [
            ("initial-access", Severity::Low),
            ("discovery", Severity::Low),
            ("impact", Severity::High),
            ("persistence", Severity::Medium),
            ("execution", Severity::Low),
        ];
        let findings: Vec<Finding> = (0..)
            .zip(tactics)
            .map(|(minute, (tactic, severity))| {
                let step = finding(minute, tactic).tactic(tactic);
                step.severity(severity).get()
            })
            .collect();
        let findings: Vec<&Finding> = findings.iter().collect();
        assert_eq!(
            steps(&findings, 4),
            [
                "It began with initial access: Rule initial-access.",
                "From 2024-07-01T00:02:00Z on came impact: Rule impact.",
                "From 2024-07-01T00:03:00Z on came persistence: Rule persistence.",
                "There was also discovery and execution.",
            ]
        );
        assert_eq!(steps(&findings, 8).len(), 5);
        for room in 0..3 {
            assert!(steps(&findings, room).len() <= 2, "{room}");
        }
    }

    #[test]
    fn what_comes_in_one_second_comes_at_once() {
        let one = finding(0, "a").tactic("discovery").get();
        let two = finding(0, "b").tactic("impact").denied();
        let two = two.target("resource", "thing").get();
        let mut two = two;
        two.evidence[0].record = 9;
        assert_eq!(
            steps(&[&one, &two], 4)[1],
            "In the same moment came attempted impact: Rule b (thing)."
        );
    }
}
