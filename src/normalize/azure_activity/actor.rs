//! Who called: the claims of the token, else what the caller is named by.

use std::borrow::Cow;

use super::{CLAIM_METHODS, CLAIM_NAME, CLAIM_OID, CLAIM_TENANT, CLAIM_UPN, claim};
use crate::model::{Actor, ActorType};
use crate::normalize::source::{Norm, Record};
use crate::normalize::token::is_guid;

pub(super) fn actor(record: &Record) -> Actor {
    let own = |name: &str| claim(record, name).map(Cow::into_owned);
    let evidence = |key: &str| {
        let path = format!("identity.authorization.evidence.{key}");
        record.text_at(&path).map(Cow::into_owned)
    };
    let caller = record.text_at("caller").map(Cow::into_owned);
    let upn = [CLAIM_UPN, CLAIM_NAME, "upn", "unique_name"]
        .iter()
        .filter_map(|name| own(name))
        .chain(caller.clone().filter(|caller| caller.contains('@')))
        .chain(own(
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
        ))
        .next();
    let appid = own("appid").or_else(|| own("azp"));
    let id = own(CLAIM_OID)
        .or_else(|| own("oid"))
        .or_else(|| evidence("principalId").map(|id| dashed(&id)))
        .or_else(|| caller.clone().map(|caller| caller.to_lowercase()))
        .or_else(|| upn.clone().map(|upn| upn.to_lowercase()))
        .or_else(|| appid.clone());
    let managed = own("xms_mirid");
    let principal_type = evidence("principalType").unwrap_or_default();
    let is_app = own("idtyp").as_deref() == Some("app")
        || principal_type.eq_ignore_ascii_case("ServicePrincipal");
    let platform = |name: &str| name.starts_with("Microsoft.") && !name.contains('@');
    let kind = match () {
        () if managed.is_some() => ActorType::ManagedIdentity,
        () if is_app => ActorType::ServicePrincipal,
        () if upn.as_deref().is_some_and(|upn| upn.contains('@')) => ActorType::User,
        () if caller.as_deref().or(upn.as_deref()).is_some_and(platform) => ActorType::CloudService,
        () if appid.is_some() && own("name").is_none() => ActorType::ServicePrincipal,
        () if upn.is_some() || own("name").is_some() => ActorType::User,
        () if principal_type.eq_ignore_ascii_case("User") => ActorType::User,
        // An object or application id and no name: people have names.
        () if caller.as_deref().is_some_and(is_guid) => ActorType::ServicePrincipal,
        () if id.is_some() => ActorType::Unknown,
        () if by_platform(record) => ActorType::CloudService,
        () => ActorType::Unknown,
    };
    let name = upn
        .clone()
        .or_else(|| own("name"))
        .or_else(|| managed.as_deref().map(last_segment))
        .or_else(|| caller.clone().filter(|caller| !is_guid(caller)))
        .or_else(|| appid.clone())
        .or_else(|| caller.clone());
    let unnamed = || match kind {
        ActorType::CloudService => "azure".to_owned(),
        _ => super::unnamed(record),
    };
    let id = id.unwrap_or_else(unnamed);
    let person = kind == ActorType::User;
    let mfa = own(CLAIM_METHODS).or_else(|| own("amr"));
    Actor {
        name: name.unwrap_or_else(|| id.clone()),
        account: own(CLAIM_TENANT).or_else(|| own("tid")),
        session: record.text(Norm::Credential).map(Cow::into_owned),
        issuer: own("iss"),
        mfa: mfa
            .filter(|_| person)
            .map(|methods| methods.contains("mfa")),
        principal: managed.or(upn).or_else(|| appid.clone()),
        // The program that a person lets act for him.
        via: Vec::new(),
        kind,
        id,
    }
}

/// Events about the platform's health and advice name nobody.
fn by_platform(record: &Record) -> bool {
    let category = record.text(Norm::Category).unwrap_or_default();
    let own = [
        "servicehealth",
        "resourcehealth",
        "autoscale",
        "recommendation",
        "alert",
        "policy",
    ];
    own.iter().any(|own| category.eq_ignore_ascii_case(own))
}

fn last_segment(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}

/// Role assignments name principals without the dashes.
fn dashed(id: &str) -> String {
    if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return id.to_lowercase();
    }
    let id = id.to_lowercase();
    let part = |from, to| &id[from..to];
    let parts = [
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32),
    ];
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_principal_without_its_dashes_is_the_same() {
        let text = "290faffa-3d7e-4c0a-9b52-6f1d2c3b4a59";
        assert_eq!(dashed("290FAFFA3D7E4C0A9B526F1D2C3B4A59"), text);
    }
}
