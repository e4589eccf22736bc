//! From an incident to the actions that end it, best first.
//!
//! Enter an incident and its findings; leave actions with their targets, each with its reasons and
//! the command that does it. Targets come from calls that succeeded: whoever merely names a user
//! in a refused call must not bring about that this user is taken out.

use std::collections::BTreeSet;

use super::actions;
use super::journal::Record;
use super::plan::Reversibility;
use super::provider::Provider;
use crate::model::{Finding, Incident, Outcome, Suggestion, Time};

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
    /// Whether it stops who acts.
    pub stops_actor: bool,
    /// Whether it can be taken back.
    pub reversible: bool,
    /// Calls of the findings that lead to it.
    pub inside: u64,
    /// The findings that lead to it.
    pub findings: Vec<String>,
}

/// The actions for an incident, best first.
pub fn propose(incident: &Incident, findings: &[Finding]) -> Vec<Proposal> {
    let own: Vec<&Finding> = findings
        .iter()
        .filter(|finding| finding.incident.as_ref() == Some(&incident.id))
        .filter(|finding| finding.outcome == Outcome::Success)
        .collect();
    let acting: BTreeSet<&str> = own.iter().flat_map(|finding| names(finding)).collect();
    let mut proposals: Vec<Proposal> = Vec::new();
    for finding in &own {
        let Some(provider) = Provider::of_finding(finding.provider) else {
            continue;
        };
        for suggestion in &finding.respond {
            let Suggestion::Action {
                action,
                target,
                reversible,
            } = suggestion
            else {
                continue;
            };
            // What no action of this provider does is advice, whatever it is called.
            let Some(known) = actions::find(action, provider).filter(|_| is_plain(target)) else {
                continue;
            };
            let same = |one: &&mut Proposal| {
                one.action == *action && one.target == *target && one.provider == provider
            };
            if let Some(one) = proposals.iter_mut().find(same) {
                one.inside += finding.count;
                one.findings.push(finding.id.clone());
                continue;
            }
            proposals.push(Proposal {
                action: action.clone(),
                target: target.clone(),
                provider,
                account: finding.account.clone(),
                region: finding.region.clone(),
                stops_actor: acting.contains(target.as_str()),
                reversible: *reversible && known.reversibility() != Reversibility::None,
                inside: finding.count,
                findings: vec![finding.id.clone()],
            });
        }
    }
    // The incident's own order tells credentials from back doors from repairs.
    let place = |one: &Proposal| {
        let same = |suggestion: &Suggestion| matches!(suggestion, Suggestion::Action { action, target, .. } if *action == one.action && *target == one.target);
        incident.respond.iter().position(same).unwrap_or(usize::MAX)
    };
    proposals.sort_by_key(|one| (!one.stops_actor, place(one), !one.reversible));
    proposals
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
fn is_plain(target: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || " -_./:@+=,*|".contains(c);
    !target.is_empty()
        && target.len() <= 1024
        && !target.starts_with('-')
        && target.chars().all(allowed)
}

impl Proposal {
    /// The command that does it, once --execute is added.
    pub fn command(&self, incident: &str, logs: &[String]) -> String {
        let mut words = vec![
            "ctadel".to_owned(),
            "respond".to_owned(),
            self.action.clone(),
        ];
        words.extend(self.target.split(' ').map(quoted));
        words.push(format!("--provider {}", self.provider));
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
            "takes away what was gained"
        };
        let back = if self.reversible {
            "can be undone"
        } else {
            "cannot be undone"
        };
        let calls = crate::term::number::counted(self.inside, "call");
        format!("{stops}, {back}, {calls} in the incident")
    }

    /// The same in the provider's own tool.
    pub fn shell(&self) -> Option<String> {
        let name = || {
            quoted(
                self.target
                    .rsplit(['/', ':'])
                    .next()
                    .unwrap_or(&self.target),
            )
        };
        let whole = || quoted(&self.target);
        let deny = r#"'{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'"#;
        let line = match (self.provider, self.action.as_str()) {
            (Provider::Aws, "disable-user") => {
                format!(
                    "aws iam put-user-policy --user-name {} --policy-name Quarantine --policy-document {deny}",
                    name()
                )
            }
            (Provider::Aws, "quarantine-role") => {
                format!(
                    "aws iam put-role-policy --role-name {} --policy-name Quarantine --policy-document {deny}",
                    name()
                )
            }
            (Provider::Aws, "revoke-sessions") => {
                let (verb, flag) = match self.target.contains(":user/") {
                    true => ("put-user-policy", "--user-name"),
                    false => ("put-role-policy", "--role-name"),
                };
                format!(
                    "aws iam {verb} {flag} {} --policy-name Revoke --policy-document \"{{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{{\\\"Effect\\\":\\\"Deny\\\",\\\"Action\\\":\\\"*\\\",\\\"Resource\\\":\\\"*\\\",\\\"Condition\\\":{{\\\"DateLessThan\\\":{{\\\"aws:TokenIssueTime\\\":\\\"$(date -u +%FT%TZ)\\\"}}}}}}]}}\"",
                    name()
                )
            }
            (Provider::Aws, "deactivate-key") => {
                format!(
                    "aws iam update-access-key --access-key-id {} --status Inactive --user-name USER",
                    whole()
                )
            }
            (Provider::Aws, "start-logging") => {
                format!("aws cloudtrail start-logging --name {}", whole())
            }
            (Provider::Aws, "cancel-key-deletion") => {
                format!(
                    "aws kms cancel-key-deletion --key-id {0} && aws kms enable-key --key-id {0}",
                    whole()
                )
            }
            (Provider::Gcp, "disable-service-account") => {
                format!("gcloud iam service-accounts disable {}", whole())
            }
            (Provider::Azure, "disable-user") => {
                format!("az ad user update --id {} --account-enabled false", whole())
            }
            (Provider::Azure, "remove-role-assignment") => {
                format!("az role assignment delete --ids {}", whole())
            }
            (Provider::Kubernetes, "cordon-node") => format!("kubectl cordon {}", name()),
            (Provider::Kubernetes, "remove-rolebinding") => {
                let (namespace, name) = self.target.split_once('/')?;
                format!(
                    "kubectl -n {} delete rolebinding {}",
                    quoted(namespace),
                    quoted(name)
                )
            }
            _ => return None,
        };
        Some(line)
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@+=,".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// Whether everybody who acted is stopped by a verified action begun after their last call.
pub fn contained(records: &[Record], actors: &[Vec<String>], last: Time) -> bool {
    let undone: BTreeSet<&String> = records
        .iter()
        .filter_map(|record| record.plan.undoes.as_ref())
        .collect();
    let stops = |names: &Vec<String>| {
        records.iter().any(|record| {
            let target = &record.plan.target;
            let same = |name: &String| {
                *name == target.id
                    || *name == target.name
                    || name.ends_with(&format!("/{}", target.name))
            };
            let verified =
                record.result.as_deref() == Some("contained") && record.plan.undoes.is_none();
            verified
                && !undone.contains(&record.id)
                && record.begun >= last
                && names.iter().any(same)
        })
    };
    !actors.is_empty() && actors.iter().all(stops)
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
            stops_actor: true,
            reversible: true,
            inside: 2,
            findings: vec!["F-0".to_owned()],
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
        assert_eq!(quoted("a'b;c"), r"'a'\''b;c'");
        for hostile in ["", "--execute", "$(id)", "a;b", "a\nb", "`x`"] {
            assert!(!is_plain(hostile), "{hostile}");
        }
    }
}
