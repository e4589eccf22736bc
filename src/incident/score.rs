//! How bad an incident is: 0 to 100, and a word.
//!
//! Enter its findings; leave score and severity. The worst finding counts most, then how far
//! along the attack is, then how many layers and networks it crosses.

use std::collections::{BTreeMap, BTreeSet};

use super::network::{is_public, network};
use super::tactic;
use crate::model::{Finding, Severity};

/// A finding and whether it is routine.
pub(super) type Member<'a> = (&'a Finding, bool);

/// Score and severity of the findings that count: informational ones never do.
pub(super) fn score(members: &[Member]) -> (u32, Severity) {
    let counting = || {
        members
            .iter()
            .filter(|(finding, _)| finding.severity > Severity::Informational)
    };
    // Routine is half as alarming.
    let worst =
        counting().map(|(finding, routine)| base(finding.severity) / (1 + u32::from(*routine)));
    let mut tactics: Vec<&str> = counting()
        .flat_map(|(finding, _)| finding.rule.attack.iter().map(|attack| attack.tactic))
        .collect();
    tactic::sort(&mut tactics);
    let layers: BTreeSet<_> = counting().map(|(finding, _)| finding.layer).collect();
    // One rule may name several tactics; one finding is one step all the same.
    let steps = tactics.len().min(counting().count()) as u32;
    let goal = steps >= 3 && tactics.iter().any(|tactic| tactic::is_goal(tactic));
    let score = worst.max().unwrap_or(base(Severity::Informational))
        + 6 * steps.saturating_sub(1).min(5)
        + 5 * (layers.len() as u32).saturating_sub(1).min(2)
        + 5 * u32::from(goal)
        + 5 * u32::from(moved(counting().map(|(finding, _)| *finding)));
    let score = score.min(100);
    let level = counting()
        .filter(|(_, routine)| !routine)
        .map(|(finding, _)| finding.severity)
        .max();
    (score, band(score).max(level.unwrap_or(Severity::Low)))
}

/// What the worst finding alone is worth.
fn base(severity: Severity) -> u32 {
    match severity {
        Severity::Informational => 1,
        Severity::Low => 10,
        Severity::Medium => 30,
        Severity::High => 55,
        Severity::Critical => 75,
    }
}

/// The word for a score.
fn band(score: u32) -> Severity {
    match score {
        85.. => Severity::Critical,
        60.. => Severity::High,
        35.. => Severity::Medium,
        15.. => Severity::Low,
        _ => Severity::Informational,
    }
}

/// Whether one credential was used from two unrelated networks.
fn moved<'a>(findings: impl Iterator<Item = &'a Finding>) -> bool {
    let mut seen: BTreeMap<&str, (u8, u64)> = BTreeMap::new();
    for finding in findings {
        let address = finding.source_ip.as_deref();
        if let Some(credential) = finding.actor.session.as_deref()
            && let Some(net) = address.filter(|ip| is_public(ip, &[])).and_then(network)
            && *seen.entry(credential).or_insert(net) != net
        {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::sample::finding;
    use super::*;

    #[test]
    fn a_story_grows_from_medium_to_critical() {
        let steps = [
            ("execution", Severity::Medium),
            ("discovery", Severity::Medium),
            ("credential-access", Severity::High),
            ("exfiltration", Severity::Medium),
            ("persistence", Severity::Critical),
        ];
        let findings: Vec<Finding> = steps
            .iter()
            .map(|(tactic, severity)| finding(0, tactic).tactic(tactic).severity(*severity).get())
            .collect();
        let members: Vec<Member> = findings.iter().map(|f| (f, false)).collect();
        let scores: Vec<_> = (1..=5).map(|n| score(&members[..n])).collect();
        assert_eq!(
            scores,
            [
                (30, Severity::Medium),
                (36, Severity::Medium),
                (67, Severity::High),
                (78, Severity::High),
                (100, Severity::Critical),
            ]
        );
    }

    #[test]
    fn a_lone_critical_finding_is_a_critical_incident() {
        let lone = finding(0, "r").severity(Severity::Critical).get();
        assert_eq!(score(&[(&lone, false)]), (75, Severity::Critical));
        // Routine counts half and lends no level.
        assert_eq!(score(&[(&lone, true)]), (37, Severity::Medium));
    }

    #[test]
    fn informational_findings_add_nothing() {
        let low = finding(0, "r")
            .severity(Severity::Low)
            .tactic("discovery")
            .get();
        let hint = finding(0, "i")
            .severity(Severity::Informational)
            .tactic("impact")
            .get();
        assert_eq!(
            score(&[(&low, false)]),
            score(&[(&low, false), (&hint, false)])
        );
        assert_eq!(score(&[(&low, false)]), (10, Severity::Low));
    }

    #[test]
    fn a_key_in_two_networks_counts() {
        let at = |ip: &str| finding(0, "r").key("AKIAIOSFODNN7EXAMPLE").ip(ip).get();
        let (home, near, far) = (at("203.0.113.9"), at("203.0.113.77"), at("198.51.100.4"));
        let of = |a, b| score(&[(a, false), (b, false)]).0;
        assert_eq!(of(&home, &far), of(&home, &near) + 5);
        let inside = at("10.0.0.4");
        assert_eq!(of(&home, &inside), of(&home, &near));
    }
}
