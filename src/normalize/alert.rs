//! What other tools' alerts have in common: a level in the house's words, and what they say about
//! ATT&CK.
//!
//! A rule with `external: true` takes them in; what stands here is what it reads.

use super::runtime::target;
use super::source::{Own, Record};
use crate::model::Target;

/// The kind of target under which an alert's own ATT&CK words travel to its finding.
pub const ATTACK: &str = "attack";

/// The kind of target that is a record of the log an alert is about, by that log's own id.
pub const EVENT: &str = "audit-event";

/// The field that rules read the level from.
pub const fn severity(values: fn(&Record, &mut Vec<String>)) -> Own {
    Own {
        name: "ctadel.alert.severity",
        doc: "The level that the tool's own severity comes to: informational to critical.",
        values,
    }
}

/// A technique's number or a tactic's name, as the tag a rule would have; nothing where it is none.
pub fn attack(word: &str) -> Option<Target> {
    let word = word.trim().to_ascii_lowercase().replace([' ', '_'], "-");
    let word = word.strip_prefix("mitre-").unwrap_or(&word);
    let number = |text: &str| {
        let mut parts = text.splitn(2, '.');
        let digits = |part: Option<&str>, length| {
            part.is_none_or(|part| part.len() == length && part.bytes().all(|b| b.is_ascii_digit()))
        };
        digits(parts.next(), 4) && digits(parts.next(), 3)
    };
    let technique = word.strip_prefix('t').is_some_and(number);
    let known = technique || TACTICS.contains(&word);
    known.then(|| target(ATTACK, format!("attack.{word}"), word))
}

const TACTICS: [&str; 17] = [
    "reconnaissance",
    "resource-development",
    "initial-access",
    "execution",
    "persistence",
    "privilege-escalation",
    "defense-evasion",
    "stealth",
    "defense-impairment",
    "credential-access",
    "discovery",
    "lateral-movement",
    "collection",
    "command-and-control",
    "exfiltration",
    "impact",
    "attack-chain",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attack_words_of_every_tool_are_tags() {
        let tag = |word: &str| attack(word).map(|target| target.id);
        assert_eq!(tag("T1059.004").as_deref(), Some("attack.t1059.004"));
        assert_eq!(
            tag("mitre_credential_access").as_deref(),
            Some("attack.credential-access")
        );
        assert_eq!(
            tag("Initial Access").as_deref(),
            Some("attack.initial-access")
        );
        assert_eq!(tag("PERSISTENCE").as_deref(), Some("attack.persistence"));
        for word in [
            "",
            "T",
            "T12",
            "container",
            "TA0003",
            "t10590",
            "maturity_stable",
        ] {
            assert_eq!(tag(word), None, "{word}");
        }
    }
}
