//! The other providers: intents as actions.
//!
//! Enter a family and a finding of Google Cloud, Azure, Entra, Scaleway, Kubernetes or OVHcloud;
//! leave the action its provider has for it, or nothing, and then advice follows.

use super::action::act;
use super::find::{actor, acts, service, target, targets};
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

/// The member and the role, as the command takes them. Rights on one disk or bucket hang elsewhere.
fn binding(finding: &Finding) -> Option<Suggestion> {
    if service(finding) != "cloudresourcemanager" {
        return None;
    }
    let kinds = [
        ("member", ""),
        ("user", "user:"),
        ("service_account", "serviceAccount:"),
        ("group", "group:"),
    ];
    let member = kinds.iter().find_map(|(kind, before)| {
        let id = target(finding, &[kind])?;
        // Everybody has no address, and some ids have their kind before them.
        match id.contains('@') && !id.contains(':') {
            true => Some(format!("{before}{id}")),
            false => Some(id.to_owned()),
        }
    })?;
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
    // What acted for nobody has no account to lock and no sessions to end.
    let is_program = target(finding, &["user"]).is_none()
        && (acts(finding, ActorType::ServicePrincipal)
            || acts(finding, ActorType::ManagedIdentity));
    match family {
        Family::Workload => vec![principal(finding)],
        Family::User | Family::Sessions if is_program => vec![principal(finding)],
        Family::User => vec![act(finding, "disable-user", user())],
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

/// The service principal that is meant, by the id of the object where the log tells it.
fn principal(finding: &Finding) -> Suggestion {
    let own = finding.actor.principal.as_deref();
    let object = Some(finding.actor.id.as_str());
    let object = object.filter(|id| !id.is_empty() && !acts(finding, ActorType::User));
    // Who signs in names its own application.
    let other = target(finding, &["application"]).filter(|app| own != Some(app));
    let id = target(finding, &["service_principal"])
        .or(other)
        .or(object)
        .unwrap_or_else(|| actor(finding));
    act(finding, "disable-service-principal", id)
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
        Family::Sessions | Family::SaToken => tokens(finding),
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

/// Secrets that hold a service account's token, as the cluster and people call them. Others are to
/// be changed where they are known, and are not deleted.
fn tokens(finding: &Finding) -> Vec<Suggestion> {
    let mut found = each("delete-token", finding, &["secret"]);
    found
        .retain(|one| matches!(one, Suggestion::Action { target, .. } if target.contains("token")));
    found
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
