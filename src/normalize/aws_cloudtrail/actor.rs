//! Who made the call: the shapes of `userIdentity`.
//!
//! CloudTrail user guide, "CloudTrail userIdentity element".

use std::borrow::Cow;

use super::HIDDEN;
use crate::model::{Actor, ActorType};
use crate::normalize::source::{Norm, Record};

pub(super) fn actor(record: &Record) -> Actor {
    let value = |norm| record.text(norm).map(Cow::into_owned);
    let declared = record.text(Norm::ActorType);
    let account = value(Norm::ActorAccount);
    let principal = value(Norm::ActorPrincipal);
    let invoked_by = value(Norm::InvokedBy);
    let session = value(Norm::Credential);
    let name = value(Norm::ActorName).filter(|name| name != HIDDEN);
    let id = value(Norm::ActorId);
    // Only parts of the ARN that the caller cannot choose: a session may be called anything.
    let issuer = value(Norm::Issuer);
    let under = |text: &Option<String>, path| text.as_ref().is_some_and(|arn| arn.contains(path));
    let service_role = under(&principal, ":assumed-role/AWSServiceRoleFor")
        || under(&issuer, ":role/aws-service-role/");
    let mfa = match record.text(Norm::Mfa).as_deref() {
        Some("true" | "Yes") => Some(true),
        Some("false" | "No") => Some(false),
        _ => None,
    };
    let mut actor = Actor {
        account: account.clone(),
        session,
        issuer,
        mfa,
        principal: principal.clone(),
        ..Actor::default()
    };
    let service = || {
        invoked_by
            .clone()
            .or_else(|| value(Norm::Service))
            .unwrap_or_default()
    };
    (actor.kind, actor.id, actor.name) = match declared.as_deref() {
        Some("Root") => {
            let account = account.or_else(|| value(Norm::Account)).unwrap_or_default();
            (
                ActorType::Root,
                format!("root:{account}"),
                format!("root of {account}"),
            )
        }
        Some("IAMUser") => {
            let id = id
                .or_else(|| principal.clone())
                .unwrap_or_else(|| unnamed_login(record));
            let name = name.or(principal).unwrap_or_else(|| id.clone());
            (ActorType::User, id, name)
        }
        Some("AssumedRole") => {
            let session_name = id.as_deref().and_then(|id| id.split_once(':'));
            let role = record
                .text(Norm::IssuerName)
                .or_else(|| role_of(principal.as_deref()?).map(Cow::Borrowed));
            let name = match (role, session_name) {
                (Some(role), Some((_, session))) => [&*role, "/", session].concat(),
                (Some(role), None) => role.into_owned(),
                (None, _) => principal.clone().or_else(|| id.clone()).unwrap_or_default(),
            };
            let by_service = service_role || (actor.session.is_none() && invoked_by.is_some());
            let kind = if by_service {
                ActorType::CloudService
            } else {
                ActorType::RoleSession
            };
            (kind, id.or(principal).unwrap_or_else(|| name.clone()), name)
        }
        Some("FederatedUser" | "SAMLUser" | "WebIdentityUser") => {
            let name = name
                .or(principal)
                .or_else(|| id.clone())
                .unwrap_or_default();
            (
                ActorType::Federated,
                id.unwrap_or_else(|| name.clone()),
                name,
            )
        }
        Some("IdentityCenterUser") => {
            let id = id.unwrap_or_default();
            (ActorType::User, id.clone(), name.unwrap_or(id))
        }
        Some("AWSService") => {
            let service = service();
            (ActorType::CloudService, service.clone(), service)
        }
        // Accounts, roles, directories, and kinds of identity that are still to come.
        _ if id.is_some() || account.is_some() => {
            let id = id.unwrap_or_default();
            let account = account.unwrap_or_default();
            if id == "ANONYMOUS_PRINCIPAL"
                || account == "anonymous"
                || account == "ANONYMOUS_PRINCIPAL"
            {
                (
                    ActorType::Anonymous,
                    "anonymous".to_owned(),
                    "anonymous".to_owned(),
                )
            } else if declared.is_none() && id.is_empty() {
                // A service event: only the account it happened in.
                let service = service();
                (ActorType::CloudService, service.clone(), service)
            } else {
                let kind = match id.get(..4) {
                    Some("AIDA") => ActorType::User,
                    Some("AROA") => ActorType::RoleSession,
                    _ => ActorType::Unknown,
                };
                let id = if id.is_empty() {
                    format!("account:{account}")
                } else {
                    id
                };
                let name = name.or(principal).unwrap_or_else(|| id.clone());
                (kind, id, name)
            }
        }
        _ => {
            let service = service();
            let kind = if service.is_empty() {
                ActorType::Unknown
            } else {
                ActorType::CloudService
            };
            let id = if service.is_empty() {
                "unknown".to_owned()
            } else {
                service
            };
            (kind, id.clone(), name.unwrap_or(id))
        }
    };
    if let (Some(by), false) = (invoked_by, actor.kind == ActorType::CloudService) {
        actor.via.push(by);
    }
    actor
}

/// A failed console login hides the name it was tried with: account and address stand for it.
fn unnamed_login(record: &Record) -> String {
    let account = record.text(Norm::Account).unwrap_or_default();
    let address = record.text(Norm::Address).unwrap_or_default();
    format!("unnamed:{account}:{address}")
}

/// `ROLE` of `arn:aws:sts::A:assumed-role/ROLE/SESSION`.
fn role_of(arn: &str) -> Option<&str> {
    arn.split_once(":assumed-role/")?.1.split('/').next()
}
