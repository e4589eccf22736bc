//! Who did it: a user, an application, Okta itself, or an address that tried.

use std::borrow::Cow;

use super::is_nothing;
use crate::model::{Actor, ActorType};
use crate::normalize::source::{Norm, Record};

pub(super) fn actor(record: &Record) -> Actor {
    let value = |norm| {
        record
            .text(norm)
            .map(Cow::into_owned)
            .filter(|text| !is_nothing(text))
    };
    let login = value(Norm::ActorPrincipal);
    let display = value(Norm::ActorName);
    let declared = value(Norm::ActorType).unwrap_or_default();
    let id = value(Norm::ActorId);
    let address = value(Norm::Address);
    let kind = match &*declared.to_ascii_lowercase() {
        "user" => ActorType::User,
        "systemprincipal" | "system principal" => ActorType::CloudService,
        "publicclientapp" | "client" | "oauth2clientapp" | "appinstance" | "service" => {
            ActorType::ServicePrincipal
        }
        "ip address" | "anonymous" => ActorType::Anonymous,
        _ => ActorType::Unknown,
    };
    let known = id.is_some() || login.is_some();
    let id = id.or_else(|| login.clone()).unwrap_or_else(|| {
        let address = address.as_deref().unwrap_or("nowhere");
        format!("unnamed:{address}")
    });
    let name = login.clone().or(display).unwrap_or_else(|| id.clone());
    Actor {
        kind: match kind {
            // A login with a name that no user bears.
            ActorType::User if !known => ActorType::Anonymous,
            kind => kind,
        },
        session: value(Norm::Credential),
        issuer: value(Norm::Issuer),
        principal: login,
        id,
        name,
        ..Actor::default()
    }
}
