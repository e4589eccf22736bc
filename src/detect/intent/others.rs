//! The other providers: intents as actions.
//!
//! Enter a family and a finding of Google Cloud, Azure, Entra, Scaleway, Kubernetes or OVHcloud;
//! leave the action its provider has for it, or nothing, and then advice follows.

use super::action::act;
use super::find::{actor, acts, target, targets};
use super::word::Family;
use crate::model::{ActorType, Finding, Suggestion};

/// The first target of these kinds, else the actor.
fn named_or_actor<'a>(finding: &'a Finding, kinds: &[&str]) -> &'a str {
    target(finding, kinds).unwrap_or_else(|| actor(finding))
}

/// Google Cloud.
pub(super) fn gcp(family: Family, finding: &Finding) -> Vec<Suggestion> {
    let account = || named_or_actor(finding, &["service_account"]);
    let one = |suggestion| vec![suggestion];
    match family {
        Family::User => one(act(
            finding,
            "disable-user",
            named_or_actor(finding, &["user"]),
        )),
        Family::Workload => one(act(finding, "disable-service-account", account())),
        Family::Key => targets(finding, &["key", "service_account_key"])
            .into_iter()
            .map(|key| act(finding, "deactivate-key", key))
            .collect(),
        // Ending the sessions of a person is part of suspending them.
        Family::Sessions if acts(finding, ActorType::ServiceAccount) => {
            one(act(finding, "disable-service-account", account()))
        }
        Family::Sessions => one(act(
            finding,
            "disable-user",
            named_or_actor(finding, &["user"]),
        )),
        Family::Grant | Family::Exposure => binding(finding).into_iter().collect(),
        Family::Network | Family::Machine => each("firewall-deny", finding, &["instance"]),
        Family::Logging => each("restore-sink", finding, &["sink"]),
        Family::AppCredential
        | Family::SaToken
        | Family::CryptoKey
        | Family::Function
        | Family::Advice => Vec::new(),
    }
}

/// The member and the role, as the command takes them.
fn binding(finding: &Finding) -> Option<Suggestion> {
    let member = target(finding, &["member", "user", "service_account"])?;
    let role = target(finding, &["role"])?;
    Some(act(
        finding,
        "remove-iam-binding",
        format!("{member} {role}"),
    ))
}

fn each(action: &'static str, finding: &Finding, kinds: &[&str]) -> Vec<Suggestion> {
    let found = targets(finding, kinds);
    found
        .into_iter()
        .map(|text| act(finding, action, text))
        .collect()
}

/// Azure and Entra.
pub(super) fn azure(family: Family, finding: &Finding) -> Vec<Suggestion> {
    let user = || named_or_actor(finding, &["user"]);
    match family {
        Family::User => vec![act(finding, "disable-user", user())],
        Family::Workload => {
            let kinds = ["service_principal", "application"];
            vec![act(
                finding,
                "disable-service-principal",
                named_or_actor(finding, &kinds),
            )]
        }
        Family::Sessions => vec![act(finding, "revoke-sessions", user())],
        Family::Grant => each("remove-role-assignment", finding, &["role_assignment"]),
        Family::Network | Family::Machine => each("nsg-deny", finding, &["network_security_group"]),
        Family::Logging => each(
            "restore-diagnostic-settings",
            finding,
            &["diagnostic_setting"],
        ),
        // Removing a secret cannot be undone: a person decides.
        Family::Key
        | Family::AppCredential
        | Family::SaToken
        | Family::Exposure
        | Family::CryptoKey
        | Family::Function
        | Family::Advice => Vec::new(),
    }
}

/// Scaleway.
pub(super) fn scaleway(family: Family, finding: &Finding) -> Vec<Suggestion> {
    let user = || named_or_actor(finding, &["user"]);
    match family {
        Family::User => vec![act(finding, "disable-user", user())],
        // An application cannot be locked: without its policies it can do nothing.
        Family::Workload | Family::Grant => each("detach-policy", finding, &["policy"]),
        // An expiry date that has been set cannot be taken back.
        Family::Key => targets(finding, &["key", "api_key"])
            .into_iter()
            .map(|key| act(finding, "deactivate-key", key))
            .collect(),
        Family::Sessions => vec![act(finding, "revoke-sessions", user())],
        Family::Network | Family::Machine => {
            each("quarantine-security-group", finding, &["security_group"])
        }
        Family::AppCredential
        | Family::SaToken
        | Family::Logging
        | Family::Exposure
        | Family::CryptoKey
        | Family::Function
        | Family::Advice => Vec::new(),
    }
}

/// Kubernetes and the container runtime.
pub(super) fn kubernetes(family: Family, word: &str, finding: &Finding) -> Vec<Suggestion> {
    match family {
        Family::User | Family::Workload | Family::Grant => {
            let kinds = ["rolebinding", "clusterrolebinding"];
            each("remove-rolebinding", finding, &kinds)
        }
        Family::Sessions | Family::SaToken => each("delete-token", finding, &["secret"]),
        Family::Machine if word == "cordon-node" => each("cordon-node", finding, &["node"]),
        Family::Network | Family::Machine => each("isolate-pod", finding, &["pod"]),
        Family::Key
        | Family::AppCredential
        | Family::Logging
        | Family::Exposure
        | Family::CryptoKey
        | Family::Function
        | Family::Advice => Vec::new(),
    }
}

/// OVHcloud.
pub(super) fn ovh(family: Family, finding: &Finding) -> Vec<Suggestion> {
    match family {
        Family::User => vec![act(
            finding,
            "disable-user",
            named_or_actor(finding, &["user"]),
        )],
        _ => Vec::new(),
    }
}
