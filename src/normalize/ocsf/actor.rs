//! Who did it. Versions disagree on which of the user's ids is the ARN.

use std::borrow::Cow;

use crate::model::{Actor, ActorType};
use crate::normalize::source::{Norm, Record};

fn kind_of(declared: &str, type_id: Option<&str>) -> ActorType {
    match declared {
        "IAMUser" | "User" | "user" | "Admin" | "IdentityCenterUser" => ActorType::User,
        "Root" => ActorType::Root,
        "AssumedRole" | "Role" => ActorType::RoleSession,
        "FederatedUser" | "SAMLUser" | "WebIdentityUser" => ActorType::Federated,
        "AWSService" | "System" | "SystemPrincipal" | "Service" => ActorType::CloudService,
        "AWSAccount" => ActorType::Unknown,
        "PublicClientApp" | "Application" => ActorType::ServicePrincipal,
        _ => match type_id {
            Some("1" | "2") => ActorType::User,
            Some("3" | "4") => ActorType::CloudService,
            _ => ActorType::Unknown,
        },
    }
}

/// What the name itself tells where the type does not: Kubernetes and Google write none.
fn kind_by_name(name: &str) -> ActorType {
    match name {
        _ if name.starts_with("system:serviceaccount:") => ActorType::K8sServiceAccount,
        "system:anonymous" | "system:unauthenticated" => ActorType::Anonymous,
        _ if name.starts_with("system:") || name.starts_with("eks:") => ActorType::CloudService,
        _ if name.ends_with(".gserviceaccount.com") => ActorType::ServiceAccount,
        "kubernetes-admin" => ActorType::User,
        _ if name.contains('@') => ActorType::User,
        _ => ActorType::Unknown,
    }
}

pub(super) fn actor(record: &Record) -> Actor {
    let value = |norm| record.text(norm).map(Cow::into_owned);
    let at = |path: &str| record.text_at(path).map(Cow::into_owned);
    // An ARN may stand in either place; the other one is the id.
    let ids = [
        at("actor.user.uid_alt"),
        at("actor.user.uid"),
        at("actor.user.uuid"),
    ];
    let is_arn = |id: &&String| id.starts_with("arn:");
    let arn = ids.iter().flatten().find(is_arn).cloned();
    let id = ids.iter().flatten().find(|id| !is_arn(id)).cloned();
    let name = value(Norm::ActorName);
    let declared = value(Norm::ActorType).unwrap_or_default();
    let type_id = at("actor.user.type_id");
    let invoked_by = value(Norm::InvokedBy);
    let account = value(Norm::ActorAccount).or_else(|| value(Norm::Account));
    let mut actor = Actor {
        kind: kind_of(&declared, type_id.as_deref()),
        account: account.clone(),
        session: value(Norm::Credential),
        issuer: value(Norm::Issuer),
        mfa: match record.text(Norm::Mfa).as_deref() {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => None,
        },
        principal: arn.clone().or_else(|| at("actor.user.email_addr")),
        ..Actor::default()
    };
    let service = || invoked_by.clone().or_else(|| at("actor.app_name"));
    match actor.kind {
        ActorType::Root => {
            let account = account.unwrap_or_default();
            actor.id = format!("root:{account}");
            actor.name = format!("root of {account}");
        }
        ActorType::CloudService => {
            let named = service().or_else(|| name.clone()).or(id).or(arn);
            actor.id = named
                .or_else(|| value(Norm::Service))
                .unwrap_or_else(|| "unknown".to_owned());
            actor.name = name.unwrap_or_else(|| actor.id.clone());
        }
        _ => {
            let known = id.or_else(|| arn.clone()).or_else(|| name.clone());
            let known = known.or_else(|| value(Norm::ActorId));
            match known {
                Some(id) => {
                    let session = id.split_once(':').map(|(_, session)| session.to_owned());
                    let role = value(Norm::IssuerName).or_else(|| role_of(arn.as_deref()?));
                    actor.name = match (actor.kind, role, session) {
                        (ActorType::RoleSession, Some(role), Some(session)) => {
                            format!("{role}/{session}")
                        }
                        _ => name.or(arn).unwrap_or_else(|| id.clone()),
                    };
                    actor.id = id;
                }
                None => match service() {
                    Some(service) => {
                        actor.kind = ActorType::CloudService;
                        (actor.id, actor.name) = (service.clone(), service);
                    }
                    None => {
                        let address = record.text(Norm::Address).unwrap_or_default();
                        let account = account.unwrap_or_default();
                        actor.id = format!("unnamed:{account}:{address}");
                        actor.name = actor.id.clone();
                    }
                },
            }
            if actor.kind == ActorType::Unknown {
                actor.kind = kind_by_name(&actor.name);
            }
        }
    }
    if let (Some(by), false) = (invoked_by, actor.kind == ActorType::CloudService) {
        actor.via.push(by);
    }
    actor
}

/// `ROLE` of `arn:aws:sts::A:assumed-role/ROLE/SESSION`.
fn role_of(arn: &str) -> Option<String> {
    let (_, rest) = arn.split_once(":assumed-role/")?;
    rest.split('/').next().map(str::to_owned)
}
