//! Tactics in the order in which an attack goes through them.
//!
//! Enter ATT&CK v19 short names; leaves their place in the kill chain and their words. Unknown
//! names come last, by the alphabet.

/// The tactics, first to last.
const ORDER: [&str; 15] = [
    "reconnaissance",
    "resource-development",
    "initial-access",
    "execution",
    "persistence",
    "privilege-escalation",
    "stealth",
    "defense-impairment",
    "credential-access",
    "discovery",
    "lateral-movement",
    "collection",
    "command-and-control",
    "exfiltration",
    "impact",
];

/// The place of a tactic.
pub(super) fn rank(tactic: &str) -> usize {
    let place = ORDER.iter().position(|known| *known == tactic);
    place.unwrap_or(ORDER.len())
}

/// Whether a tactic is what the attacker came for.
pub(super) fn is_goal(tactic: &str) -> bool {
    tactic == "exfiltration" || tactic == "impact"
}

/// Sorts tactics along the kill chain and drops doubles and empty names.
pub(super) fn sort(tactics: &mut Vec<&str>) {
    tactics.retain(|tactic| !tactic.is_empty());
    tactics.sort_unstable_by_key(|tactic| (rank(tactic), *tactic));
    tactics.dedup();
}

/// A tactic as prose: `privilege escalation`.
pub(super) fn words(tactic: &str) -> String {
    tactic.replace('-', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tactics_follow_the_kill_chain() {
        let mut list = vec!["impact", "zzz", "", "discovery", "initial-access", "impact"];
        sort(&mut list);
        assert_eq!(list, ["initial-access", "discovery", "impact", "zzz"]);
        assert_eq!(words("command-and-control"), "command and control");
        assert!(is_goal("exfiltration") && !is_goal("discovery"));
    }
}
