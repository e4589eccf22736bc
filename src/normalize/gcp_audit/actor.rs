//! Who called: people, service accounts, federated identities, and those behind them.

use std::borrow::Cow;

use crate::decode::{path, text};
use crate::model::{Actor, ActorType};
use crate::normalize::source::{Norm, Record};

/// How the e-mail address of a service account ends.
const SERVICE_ACCOUNT: &str = ".gserviceaccount.com";

pub(super) fn actor(record: &Record) -> Actor {
    let value = |norm| record.text(norm).map(Cow::into_owned);
    let name = value(Norm::ActorName).unwrap_or_default();
    let name = plain(&name).to_owned();
    let principal = value(Norm::ActorPrincipal);
    let kind = match kind(&name) {
        // The principal says what an address does not.
        ActorType::User if principal.as_deref().is_some_and(is_account) => {
            ActorType::ServiceAccount
        }
        kind => kind,
    };
    let mut via = Vec::new();
    behind(record, &mut |who, _| via.push(who));
    let email = !name.contains("://") && !name.contains('[');
    let owned = kind == ActorType::ServiceAccount;
    Actor {
        id: match email {
            true => name.to_ascii_lowercase(),
            false => name.clone(),
        },
        account: project_of(&name).filter(|_| owned).map(str::to_owned),
        session: value(Norm::Credential),
        issuer: value(Norm::Issuer),
        principal,
        via,
        mfa: None,
        kind,
        name,
    }
}

/// A principal without the word for its kind.
fn plain(name: &str) -> &str {
    let name = name.strip_prefix("user:").unwrap_or(name);
    match name.strip_prefix("serviceAccount:") {
        // The pool of a cluster and a service account in it.
        Some(rest) if !rest.contains(".svc.id.goog[") => rest,
        _ => name,
    }
}

/// Whether a principal is called a service account.
fn is_account(principal: &str) -> bool {
    principal.starts_with("serviceAccount:")
}

fn kind(name: &str) -> ActorType {
    let lower = name.to_ascii_lowercase();
    if lower.is_empty() || matches!(&*lower, "system:anonymous" | "allusers" | "anonymous") {
        return ActorType::Anonymous;
    }
    if lower.contains(".svc.id.goog") || lower.starts_with("system:serviceaccount:") {
        return ActorType::K8sServiceAccount;
    }
    if lower.starts_with("principal:") || lower.starts_with("principalset:") {
        return ActorType::Federated;
    }
    if is_agent(&lower) {
        return ActorType::CloudService;
    }
    match lower.ends_with(SERVICE_ACCOUNT) {
        true => ActorType::ServiceAccount,
        false => ActorType::User,
    }
}

/// Whether Google itself acts: service agents and internal identities.
fn is_agent(email: &str) -> bool {
    let (user, domain) = email.split_once('@').unwrap_or((email, ""));
    let numbered = user
        .strip_prefix("service-")
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    matches!(
        domain,
        "cloudservices.gserviceaccount.com" | "system.gserviceaccount.com" | "prod.google.com"
    ) || (numbered && domain.ends_with(SERVICE_ACCOUNT))
        || domain.starts_with("gcp-sa-")
        || matches!(email, "system@google.com" | "google-internal")
        || email.starts_with("system:")
}

/// The project a service account lives in, by its address.
fn project_of(email: &str) -> Option<&str> {
    if let Some(project) = email.strip_suffix("@appspot.gserviceaccount.com") {
        return Some(project);
    }
    let (_, domain) = email.split_once('@')?;
    domain.strip_suffix(".iam.gserviceaccount.com")
}

pub(super) fn project(record: &Record) -> Option<String> {
    let name = record.text(Norm::ActorName)?;
    (kind(plain(&name)) == ActorType::ServiceAccount)
        .then(|| project_of(plain(&name)).map(str::to_owned))?
}

pub(super) fn is_foreign(record: &Record) -> bool {
    let own = super::derived::scope(record);
    match (project(record), own) {
        (Some(project), Some(own)) => project != own && !own.contains('/'),
        _ => false,
    }
}

/// Those behind the caller, outermost first; whether it is one of Google's own.
fn behind(record: &Record, each: &mut dyn FnMut(String, bool)) {
    let list = record.at("protoPayload.authenticationInfo.serviceAccountDelegationInfo");
    let Some(list) = list.filter(|raw| raw.first() == Some(&b'[')) else {
        return;
    };
    path::elements(list, |one| {
        let at = |key: &str| path::first(one, key).and_then(text::present);
        let first_party = at("firstPartyPrincipal.principalEmail");
        let google = first_party.as_deref().is_some_and(is_agent);
        let who = first_party
            .or_else(|| at("principalSubject"))
            .or_else(|| at("thirdPartyPrincipal.thirdPartyClaims"));
        if let Some(who) = who {
            each(plain(&who).to_owned(), google);
        }
        true
    });
}

/// How many of the user's own identities stand behind the caller.
pub(super) fn depth(record: &Record) -> usize {
    let mut depth = 0;
    behind(record, &mut |_, google| depth += usize::from(!google));
    depth
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_tell_what_somebody_is() {
        let table = [
            ("lena@example.com", ActorType::User),
            (
                "app@shop.iam.gserviceaccount.com",
                ActorType::ServiceAccount,
            ),
            (
                "123-compute@developer.gserviceaccount.com",
                ActorType::ServiceAccount,
            ),
            (
                "shop@appspot.gserviceaccount.com",
                ActorType::ServiceAccount,
            ),
            (
                "service-123@compute-system.iam.gserviceaccount.com",
                ActorType::CloudService,
            ),
            (
                "123@cloudservices.gserviceaccount.com",
                ActorType::CloudService,
            ),
            ("service-desk@example.com", ActorType::User),
            (
                "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/aws/subject/x",
                ActorType::Federated,
            ),
            (
                "serviceAccount:shop.svc.id.goog[shop/api]",
                ActorType::K8sServiceAccount,
            ),
            ("", ActorType::Anonymous),
        ];
        for (name, want) in table {
            assert_eq!(kind(name), want, "{name}");
        }
        assert_eq!(project_of("app@shop.iam.gserviceaccount.com"), Some("shop"));
        assert_eq!(project_of("shop@appspot.gserviceaccount.com"), Some("shop"));
        assert_eq!(project_of("lena@example.com"), None);
    }
}
