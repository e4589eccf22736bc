//! The title of an incident: the worst thing that happened, and who did it.
//!
//! Enter its findings; leaves one line. Refused attempts are called attempts, and a way through
//! the kill chain is named only where several steps show it.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::score::Member;
use super::tactic;
use super::words::{clip, list, thing, who};
use crate::model::{Finding, Outcome, Severity};

/// Whether a call got nowhere.
pub(super) fn refused(finding: &Finding) -> bool {
    matches!(finding.outcome, Outcome::Denied | Outcome::Failed)
}

/// The findings that an incident is about; informational ones only where there is nothing else.
pub(super) fn telling<'a>(members: &[Member<'a>]) -> Vec<&'a Finding> {
    let all = members.iter().map(|(finding, _)| *finding);
    let telling: Vec<&Finding> = all
        .clone()
        .filter(|finding| finding.severity > Severity::Informational)
        .collect();
    if telling.is_empty() {
        all.collect()
    } else {
        telling
    }
}

/// The finding that stands for the incident.
pub(super) fn worst<'a>(members: &[Member<'a>]) -> Option<&'a Finding> {
    let step = |finding: &Finding| {
        let tactics = finding.rule.attack.iter().map(|a| tactic::rank(a.tactic));
        tactics.max().unwrap_or(0)
    };
    members
        .iter()
        .min_by_key(|(finding, routine)| {
            (
                finding.severity == Severity::Informational,
                *routine,
                Reverse(finding.severity),
                refused(finding),
                Reverse(step(finding)),
            )
        })
        .map(|(finding, _)| *finding)
}

/// The actors of findings in words, each once, in the order of their first finding.
pub(super) fn actors(findings: &[&Finding]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut names: Vec<String> = Vec::new();
    for finding in findings {
        let actor = &finding.actor;
        if seen.insert((actor.kind, actor.name.as_str(), actor.id.as_str())) {
            let name = who(actor);
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

/// Writes the title; `tactics` are those of the telling findings, in order.
pub(super) fn title(members: &[Member], tactics: &[String]) -> String {
    let Some(worst) = worst(members) else {
        return String::new();
    };
    let mut title = clip(worst.rule.title.trim_end_matches('.'), 100);
    if refused(worst) {
        title.push_str(" (refused)");
    }
    if let Some(target) = worst.targets.first() {
        let thing = thing(target);
        if !thing.is_empty() {
            let others = match worst.targets.len() {
                1 => "",
                _ => " and others",
            };
            title.push_str(&format!(" on {thing}{others}"));
        }
    }
    let name = who(&worst.actor);
    title.push_str(&format!(" by {name}"));
    let telling = telling(members);
    let mut others = actors(&telling);
    others.retain(|other| *other != name);
    others.sort_unstable();
    if !others.is_empty() {
        title.push_str(&format!(" with {}", list(&others, 1)));
    }
    // One event is no way through anything, whatever its rule is tagged with.
    if let ([first, _, .., last], true) = (tactics, telling.len() > 1 && several_events(&telling)) {
        let (first, last) = (tactic::words(first), tactic::words(last));
        title.push_str(&format!(": {first} to {last}"));
    }
    title
}

/// Whether more than one event stands behind findings.
pub(super) fn several_events(findings: &[&Finding]) -> bool {
    if findings.iter().any(|f| f.evidence_total.max(f.count) > 1) {
        return true;
    }
    let mut pointers = findings.iter().flat_map(|f| &f.evidence);
    let first = pointers.next();
    pointers.any(|pointer| Some(pointer) != first)
}
