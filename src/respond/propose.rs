//! From an incident to the actions that end it, best first.
//!
//! Enter an incident and its findings; leave actions with their targets, each with its reasons and
//! the command that does it. Targets come from calls that succeeded: whoever merely names a user
//! in a refused call must not bring about that this user is taken out.

use std::collections::BTreeSet;

use super::provider::Provider;
use super::shell::{self, quoted};
use crate::model::response::{Reversibility, Takes, response};
use crate::model::{Calls, Finding, Incident, Outcome, Suggestion};

/// One action that would help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The action.
    pub action: String,
    /// Its target, as the command takes it.
    pub target: String,
    /// Whose.
    pub provider: Provider,
    /// The account, where the log tells it.
    pub account: Option<String>,
    /// The region, where the log tells it.
    pub region: Option<String>,
    /// What it takes from the attacker.
    pub takes: Takes,
    /// Whether it stops who acts.
    pub stops_actor: bool,
    /// Whether it can be taken back.
    pub reversible: bool,
    /// Events behind the findings that lead to it.
    pub events: u64,
    /// The findings that lead to it.
    pub findings: Vec<String>,
    /// What the target did in the loaded logs, where it is somebody who acts.
    pub calls: Option<Calls>,
}

/// What there is to do about an incident.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposals {
    /// The actions.
    pub actions: Vec<Proposal>,
    /// Actions whose target is no name that any provider gives: an attacker typed it.
    pub refused: Vec<(String, String)>,
}

/// The actions for an incident, in the order in which they were found.
pub fn propose(incident: &Incident, findings: &[Finding]) -> Proposals {
    let own: Vec<&Finding> = findings
        .iter()
        .filter(|finding| finding.incident.as_ref() == Some(&incident.id))
        .filter(|finding| finding.outcome == Outcome::Success)
        .collect();
    let acting: BTreeSet<&str> = own.iter().flat_map(|finding| names(finding)).collect();
    let mut found = Proposals::default();
    for finding in &own {
        let Some(provider) = Provider::of_finding(finding.provider) else {
            continue;
        };
        for suggestion in &finding.respond {
            let Suggestion::Action { action, target, .. } = suggestion else {
                continue;
            };
            let Some(known) = response(provider.word(), action) else {
                continue;
            };
            if !is_plain(target) {
                let refused = (action.clone(), target.clone());
                if !found.refused.contains(&refused) {
                    found.refused.push(refused);
                }
                continue;
            }
            let same = |one: &&mut Proposal| {
                one.action == *action && one.target == *target && one.provider == provider
            };
            if let Some(one) = found.actions.iter_mut().find(same) {
                one.events += finding.count;
                one.findings.push(finding.id.clone());
                continue;
            }
            let stops = matches!(known.takes, Takes::Key | Takes::Identity | Takes::Sessions);
            found.actions.push(Proposal {
                action: action.clone(),
                target: target.clone(),
                provider,
                account: finding.account.clone(),
                region: finding.region.clone(),
                takes: known.takes,
                stops_actor: stops && acting.contains(target.as_str()),
                reversible: known.undo == Reversibility::Full,
                events: finding.count,
                findings: vec![finding.id.clone()],
                calls: None,
            });
        }
    }
    found
}

/// Puts the best first: who acts is stopped before anything is repaired, what can be taken back is
/// done before what cannot, and what hits few others before what hits many.
pub fn rank(incident: &Incident, proposals: &mut [Proposal]) {
    let place = |one: &Proposal| {
        let same = |suggestion: &Suggestion| matches!(suggestion, Suggestion::Action { action, target, .. } if *action == one.action && *target == one.target);
        incident.respond.iter().position(same).unwrap_or(usize::MAX)
    };
    let outside = |one: &Proposal| one.calls.as_ref().map_or(0, |calls| calls.outside);
    // An identity that has not acted is a back door: it comes after what was taken by who acts.
    let turn = |one: &Proposal| match one.takes {
        Takes::Identity if !one.stops_actor => Takes::Damage,
        takes => takes,
    };
    proposals.sort_by_key(|one| {
        (
            !one.stops_actor,
            !one.reversible,
            turn(one),
            outside(one),
            place(one),
        )
    });
}

/// What no action does, for a person.
pub fn advice(incident: &Incident) -> Vec<&str> {
    let mut found = Vec::new();
    for suggestion in &incident.respond {
        if let Suggestion::Advice(text) = suggestion {
            found.push(text.as_str());
        }
    }
    found
}

/// Every name by which a target may mean who acted.
fn names(finding: &Finding) -> Vec<&str> {
    let actor = &finding.actor;
    let mut names = vec![
        actor.id.as_str(),
        actor.name.as_str(),
        finding.root.as_str(),
    ];
    let more = [&actor.session, &actor.principal, &actor.issuer];
    names.extend(more.into_iter().flatten().map(String::as_str));
    names.retain(|name| !name.is_empty());
    names
}

/// Whether a target may be a name at all: logs hold whatever an attacker typed.
pub fn is_plain(target: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || " -_./:@+=,*|".contains(c);
    !target.is_empty()
        && target.len() <= 1024
        && !target.split(' ').any(|word| word.starts_with('-'))
        && target.chars().all(allowed)
}

impl Proposal {
    /// The target's words: some actions take two.
    fn words(&self) -> Vec<&str> {
        match self.action.as_str() {
            "detach-policy" | "remove-iam-binding" => self.target.splitn(2, ' ').collect(),
            _ => vec![&self.target],
        }
    }

    /// The names by which the logs know whom it hits; none where that is nobody who acts.
    pub fn whom(&self) -> Vec<String> {
        let first = self.words().first().copied().unwrap_or_default();
        // Members and identities of Google Cloud carry their kind before them.
        let bare = ["user:", "serviceAccount:"]
            .iter()
            .find_map(|kind| first.strip_prefix(kind));
        let is_whom = match self.takes {
            Takes::Key | Takes::Identity | Takes::Sessions => true,
            // The other rights are named by what they are, not by who has them.
            Takes::Grant => {
                let of = ["detach-policy", "remove-iam-binding"];
                of.contains(&self.action.as_str()) && self.words().len() == 2
            }
            _ => false,
        };
        match is_whom && !first.contains(":policy/") {
            true => {
                let names = [Some(first), bare].into_iter().flatten();
                names.map(str::to_owned).collect()
            }
            false => Vec::new(),
        }
    }

    /// The command that does it, once --execute is added.
    pub fn command(&self, incident: &str, logs: &[String]) -> String {
        let mut words = vec![
            "ctadel".to_owned(),
            "respond".to_owned(),
            self.action.clone(),
        ];
        words.extend(self.words().into_iter().map(quoted));
        words.push(format!("--provider {}", self.provider));
        // Names of Google Cloud are a project's.
        let project = self
            .account
            .as_ref()
            .filter(|account| !account.contains('/'));
        if let (Provider::Gcp, Some(project)) = (self.provider, project) {
            words.push(format!("--project {}", quoted(project)));
        }
        if let Some(region) = self.region.as_ref().filter(|_| self.has_region()) {
            words.push(format!("--region {}", quoted(region)));
        }
        if self.action == "detach-policy" && self.provider == Provider::Aws {
            words.extend(logs.iter().map(|path| format!("--logs {}", quoted(path))));
        }
        words.push(format!("--incident {incident}"));
        words.join(" ")
    }

    fn has_region(&self) -> bool {
        let global = [
            "disable-user",
            "deactivate-key",
            "revoke-sessions",
            "quarantine-role",
            "detach-policy",
        ];
        self.provider == Provider::Aws && !global.contains(&self.action.as_str())
    }

    /// Why it stands where it stands.
    pub fn why(&self) -> String {
        let stops = if self.stops_actor {
            "stops who acts"
        } else {
            match self.takes {
                Takes::Damage => "puts right what was done",
                Takes::Network => "cuts the network off",
                _ => "takes away what was gained",
            }
        };
        let back = if self.reversible {
            "can be undone"
        } else {
            "cannot be undone, or not all of it"
        };
        format!("{stops}, {back}")
    }

    /// Whom it hits beside the attacker, as far as the loaded logs tell.
    pub fn blast(&self) -> Option<String> {
        let calls = self.calls.as_ref()?;
        let all = calls.inside + calls.outside;
        let counted = crate::term::number::counted;
        if all == 0 {
            return Some("no call of this identity in the loaded logs".to_owned());
        }
        let mut text = format!(
            "{} of {} of this identity in the loaded logs lie outside the incident",
            calls.outside,
            counted(all, "call")
        );
        if let Some((first, last)) = calls.span {
            let named = |all: &[(String, u64)]| {
                let one = |(name, count): &(String, u64)| format!("{name} ×{count}");
                all.iter().map(one).collect::<Vec<_>>().join(", ")
            };
            text = format!("{text}: {}", named(&calls.actions));
            if !calls.addresses.is_empty() {
                text = format!("{text}; from {}", named(&calls.addresses));
            }
            text = format!("{text}; {first} to {last}");
        }
        Some(text)
    }

    /// The same in the provider's own tool.
    pub fn shell(&self) -> Vec<String> {
        let (region, account) = (self.region.as_deref(), self.account.as_deref());
        shell::lines(self.provider, &self.action, &self.target, region, account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proposal(action: &str, target: &str) -> Proposal {
        Proposal {
            action: action.to_owned(),
            target: target.to_owned(),
            provider: Provider::Aws,
            account: None,
            region: Some("eu-west-1".to_owned()),
            takes: Takes::Identity,
            stops_actor: true,
            reversible: true,
            events: 2,
            findings: vec!["F-0".to_owned()],
            calls: None,
        }
    }

    #[test]
    fn commands_are_safe_to_paste() {
        let one = proposal("start-logging", "main");
        assert_eq!(
            one.command("INC-0", &[]),
            "ctadel respond start-logging main --provider aws --region eu-west-1 --incident INC-0"
        );
        let two = proposal("detach-policy", "mallory AdministratorAccess");
        assert_eq!(
            two.command("INC-0", &["my logs".to_owned()]),
            "ctadel respond detach-policy mallory AdministratorAccess --provider aws --logs 'my logs' --incident INC-0"
        );
        for hostile in [
            "",
            "--execute",
            "mallory --execute",
            "$(id)",
            "a;b",
            "a\nb",
            "`x`",
        ] {
            assert!(!is_plain(hostile), "{hostile}");
        }
    }

    #[test]
    fn what_hits_few_comes_first_and_what_cannot_be_undone_last() {
        let of = |action: &str, outside: u64| Proposal {
            calls: Some(Calls {
                outside,
                inside: 1,
                ..Calls::default()
            }),
            ..proposal(action, action)
        };
        let for_good = Proposal {
            reversible: false,
            ..of("delete-key", 0)
        };
        let repair = Proposal {
            stops_actor: false,
            takes: Takes::Damage,
            ..of("start-logging", 0)
        };
        let mut all = vec![
            repair,
            for_good,
            of("quarantine-role", 90),
            of("disable-user", 2),
        ];
        rank(&Incident::default(), &mut all);
        let order: Vec<&str> = all.iter().map(|one| one.action.as_str()).collect();
        let want = [
            "disable-user",
            "quarantine-role",
            "delete-key",
            "start-logging",
        ];
        assert_eq!(order, want);
        let said = all[0].blast().expect("counted");
        assert!(said.starts_with("2 of 3 calls"), "{said}");
    }
}
