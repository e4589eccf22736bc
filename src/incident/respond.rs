//! What to do about an incident: the suggestions of its findings, without doubles, best first.
//!
//! Enter its findings; leave suggestions in the order in which they stop the attacker: the
//! credential, the identity, what it gave itself, its back doors, then repair, then the network.

use std::collections::BTreeSet;

use crate::model::response::{Takes, takes};
use crate::model::{Finding, Suggestion};

/// Merges and ranks the suggestions of findings in time order.
pub(super) fn merge(findings: &[&Finding]) -> Vec<Suggestion> {
    if findings.iter().all(|finding| finding.respond.is_empty()) {
        return Vec::new();
    }
    let acting: BTreeSet<&str> = findings.iter().flat_map(|f| names(f)).collect();
    let mut list: Vec<(u8, std::cmp::Reverse<_>, usize, &Suggestion)> = Vec::new();
    let mut seen: BTreeSet<(&str, &str)> = BTreeSet::new();
    for finding in findings {
        for suggestion in &finding.respond {
            let key = match suggestion {
                Suggestion::Action { action, target, .. } => (action.as_str(), target.as_str()),
                Suggestion::Advice(text) => ("", text.as_str()),
            };
            if seen.insert(key) {
                let rank = rank(suggestion, &acting);
                list.push((
                    rank,
                    std::cmp::Reverse(finding.severity),
                    list.len(),
                    suggestion,
                ));
            }
        }
    }
    list.sort_by_key(|(rank, severity, place, _)| (*rank, *severity, *place));
    list.into_iter().map(|(.., s)| s.clone()).collect()
}

/// Every name by which a suggestion may call the actor of a finding.
fn names(finding: &Finding) -> Vec<&str> {
    let actor = &finding.actor;
    let mut names = vec![
        actor.id.as_str(),
        actor.name.as_str(),
        finding.root.as_str(),
    ];
    let more = [&actor.session, &actor.principal, &actor.issuer];
    names.extend(more.into_iter().flatten().map(String::as_str));
    names.extend(finding.credentials.iter().map(String::as_str));
    names.retain(|name| !name.is_empty());
    names
}

/// How soon a suggestion stops the attacker.
fn rank(suggestion: &Suggestion, acting: &BTreeSet<&str>) -> u8 {
    let Suggestion::Action { action, target, .. } = suggestion else {
        return 8;
    };
    match takes(action) {
        Some(Takes::Key) => 0,
        // An identity that has not acted is a back door: it can wait for the next minute.
        Some(Takes::Identity) if acting.contains(target.as_str()) => 1,
        Some(Takes::Identity) => 4,
        Some(Takes::Sessions) => 2,
        Some(Takes::Grant) => 3,
        Some(Takes::Damage) => 5,
        Some(Takes::Network) => 6,
        None => 7,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::finding;
    use super::*;

    fn action(action: &str, target: &str) -> Suggestion {
        Suggestion::Action {
            action: action.into(),
            target: target.into(),
            reversible: true,
        }
    }

    #[test]
    fn what_stops_the_actor_comes_first_and_nothing_twice() {
        let advice = Suggestion::Advice("Ask the owner.".into());
        let one = finding(0, "a")
            .user("mallory")
            .respond([
                advice.clone(),
                action("start-logging", "trail"),
                action("disable-user", "backdoor"),
            ])
            .get();
        let two = finding(1, "b")
            .user("mallory")
            .respond([
                action("disable-user", "mallory"),
                action("start-logging", "trail"),
                action("deactivate-key", "AKIAIOSFODNN7EXAMPLE"),
                advice.clone(),
                action("revoke-sessions", "app"),
            ])
            .get();
        assert_eq!(
            merge(&[&one, &two]),
            [
                action("deactivate-key", "AKIAIOSFODNN7EXAMPLE"),
                action("disable-user", "mallory"),
                action("revoke-sessions", "app"),
                action("disable-user", "backdoor"),
                action("start-logging", "trail"),
                advice,
            ]
        );
    }
}
