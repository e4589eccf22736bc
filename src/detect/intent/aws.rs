//! AWS: intents as actions.
//!
//! Enter a family and a finding; leave the actions that fit what the finding names. None fits
//! where the target is missing or where AWS does not let anybody do it: then advice follows.

use super::action::act;
use super::find::{actor, acts, kind, name, service, target, targets, verb};
use super::word::Family;
use crate::model::{ActorType, Finding, Suggestion};

/// The actions for a family; empty where only advice is left.
pub(super) fn actions(family: Family, word: &str, finding: &Finding) -> Vec<Suggestion> {
    match family {
        Family::User => users(finding),
        Family::Workload => quarantine(finding).into_iter().collect(),
        Family::Key => keys(finding),
        Family::Sessions => sessions(finding),
        Family::Grant => grant(word, finding).into_iter().collect(),
        Family::Network | Family::Machine => network(finding).into_iter().collect(),
        Family::Logging => logging(finding).into_iter().collect(),
        Family::Exposure => exposure(finding),
        Family::CryptoKey => crypto_key(finding).into_iter().collect(),
        Family::Function => all("disable-function", finding, &["function"]),
        Family::AppCredential | Family::SaToken | Family::Advice => Vec::new(),
    }
}

fn all(action: &'static str, finding: &Finding, kinds: &[&str]) -> Vec<Suggestion> {
    let found = targets(finding, kinds);
    found
        .into_iter()
        .map(|text| act(finding, action, text))
        .collect()
}

/// The user the finding is about: the one it names, else the one who acts.
fn users(finding: &Finding) -> Vec<Suggestion> {
    let named = all("disable-user", finding, &["user"]);
    if !named.is_empty() {
        return named;
    }
    match finding.actor.kind {
        ActorType::User => vec![act(finding, "disable-user", actor(finding))],
        // Behind a session stands whoever assumed it; the session itself can only be ended.
        ActorType::RoleSession => {
            let mut list = Vec::new();
            if finding.root.starts_with("AIDA") {
                list.push(act(finding, "disable-user", finding.root.clone()));
            }
            list.extend(sessions(finding));
            list
        }
        _ => Vec::new(),
    }
}

/// The role whose sessions act, where AWS lets its owner touch it.
fn acting_role(finding: &Finding) -> Option<&str> {
    let role = finding.actor.issuer.as_deref()?;
    (acts(finding, ActorType::RoleSession) && is_editable(role)).then_some(role)
}

/// Roles that Identity Center or a service owns refuse every change.
fn is_editable(role: &str) -> bool {
    role.contains(":role/")
        && !role.contains("/aws-reserved/")
        && !role.contains("/AWSReservedSSO_")
        && !role.contains("/aws-service-role/")
}

fn quarantine(finding: &Finding) -> Option<Suggestion> {
    let named = target(finding, &["role"]).filter(|role| !role.contains("/aws-service-role/"));
    let role = named.or_else(|| acting_role(finding))?;
    Some(act(finding, "quarantine-role", role))
}

/// Keys the finding made or names; else the key it was done with.
fn keys(finding: &Finding) -> Vec<Suggestion> {
    let own = finding.actor.session.as_deref();
    let mut keys = targets(finding, &["key"]);
    let issued = finding.credentials.iter().map(String::as_str);
    for key in issued.filter(|key| verb(finding) == "CreateAccessKey" && Some(*key) != own) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys.retain(|key| key.starts_with("AKIA"));
    if keys.is_empty() {
        match own {
            // The root user's keys answer to nobody but the root user.
            Some(key) if key.starts_with("AKIA") && !acts(finding, ActorType::Root) => {
                keys.push(key);
            }
            // A temporary key cannot be deactivated: its session can be ended.
            Some(_) => return sessions(finding),
            None => {}
        }
    }
    keys.into_iter()
        .map(|key| act(finding, "deactivate-key", key))
        .collect()
}

fn sessions(finding: &Finding) -> Vec<Suggestion> {
    // A call that hands out a session is about the role it names.
    if verb(finding).starts_with("AssumeRole")
        && let Some(role) = target(finding, &["role"]).filter(|role| is_editable(role))
    {
        return vec![act(finding, "revoke-sessions", role)];
    }
    match finding.actor.kind {
        ActorType::User => vec![act(finding, "revoke-sessions", actor(finding))],
        // A federated user's rights are those of the user who asked for the token.
        ActorType::Federated => {
            let issuer = finding.actor.issuer.as_deref();
            let user = issuer.filter(|issuer| issuer.contains(":user/"));
            user.map(|user| act(finding, "revoke-sessions", user))
                .into_iter()
                .collect()
        }
        _ => acting_role(finding)
            .map(|role| act(finding, "revoke-sessions", role))
            .into_iter()
            .collect(),
    }
}

/// The principal and the policy, as the command takes them; a new default version by its policy.
fn grant(word: &str, finding: &Finding) -> Option<Suggestion> {
    let policy = target(finding, &["policy"]);
    if verb(finding).ends_with("PolicyVersion") || word == "restore-policy-version" {
        return policy.map(|policy| act(finding, "detach-policy", policy));
    }
    let principal = target(finding, &["user", "role", "group"])?;
    Some(act(
        finding,
        "detach-policy",
        format!("{principal} {}", policy?),
    ))
}

/// The security group, else the instance. A stopped instance loses its memory, an isolated one
/// keeps the evidence.
fn network(finding: &Finding) -> Option<Suggestion> {
    let group = target(finding, &["security_group"]);
    let what = group.or_else(|| target(finding, &["instance"]))?;
    Some(act(finding, "quarantine-security-group", name(what)))
}

fn logging(finding: &Finding) -> Option<Suggestion> {
    match (service(finding), verb(finding)) {
        ("cloudtrail", "StopLogging") => {
            target(finding, &["trail"]).map(|trail| act(finding, "start-logging", trail))
        }
        ("s3", "PutBucketLogging") => target(finding, &["bucket"])
            .map(|bucket| act(finding, "restore-bucket-logging", name(bucket))),
        ("guardduty", "UpdateDetector") => target(finding, &["detector"])
            .map(|detector| act(finding, "re-enable-guardduty", detector)),
        _ => None,
    }
}

fn exposure(finding: &Finding) -> Vec<Suggestion> {
    let mut list = Vec::new();
    for target in &finding.targets {
        let action = match kind(target) {
            "snapshot" | "image" | "db_snapshot" => "make-snapshot-private",
            "bucket" => "block-bucket-public",
            _ => continue,
        };
        let text = if target.id.is_empty() {
            &target.name
        } else {
            &target.id
        };
        let text = if action == "block-bucket-public" {
            name(text)
        } else {
            text
        };
        let suggestion = act(finding, action, text);
        if !list.contains(&suggestion) {
            list.push(suggestion);
        }
    }
    list
}

fn crypto_key(finding: &Finding) -> Option<Suggestion> {
    let key = target(finding, &["kms_key"])?;
    (verb(finding) == "ScheduleKeyDeletion").then(|| act(finding, "cancel-key-deletion", key))
}
