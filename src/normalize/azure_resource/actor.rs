//! Who used the data: a token's claims, a key of the account, a signature, or nobody.

use std::borrow::Cow;

use crate::decode::text;
use crate::model::{Actor, ActorType};
use crate::normalize::azure_activity::{
    CLAIM_METHODS, CLAIM_NAME, CLAIM_OID, CLAIM_TENANT, CLAIM_UPN,
};
use crate::normalize::source::{Norm, Record};

pub(super) fn actor(record: &Record) -> Actor {
    let identity = record.at("identity").unwrap_or_default();
    let [requester, claim] = ["requester", "claim"].map(|key| record.below(identity, key));
    let under = |holder: &str, name: &str| {
        let holder = if holder == "claim" { claim } else { requester }?;
        Some(text::present(record.below(holder, name)?)?.into_owned())
    };
    let one = |names: &[(&str, &str)]| names.iter().find_map(|(holder, name)| under(holder, name));
    let upn = one(&[
        ("requester", "upn"),
        ("claim", CLAIM_UPN),
        ("claim", "upn"),
        ("claim", CLAIM_NAME),
        ("claim", "unique_name"),
    ])
    .or_else(|| record.text(Norm::ActorName).map(Cow::into_owned));
    let oid = one(&[
        ("requester", "objectId"),
        ("claim", CLAIM_OID),
        ("claim", "oid"),
    ]);
    // Calls of Microsoft Graph have no identity; they name the user, or else the application.
    let said = |path: &str| {
        let text = record.text_at(path).filter(|text| !text.is_empty());
        text.filter(|_| identity.is_empty()).map(Cow::into_owned)
    };
    let user = said("properties.UserPrincipalObjectID").or_else(|| said("properties.userId"));
    let app = one(&[
        ("requester", "appId"),
        ("claim", "appid"),
        ("claim", "appId"),
    ])
    .or_else(|| said("properties.servicePrincipalId"))
    .or_else(|| said("properties.appId"));
    let tenant = one(&[
        ("requester", "tenantId"),
        ("claim", CLAIM_TENANT),
        ("claim", "tid"),
    ]);
    let managed = one(&[("claim", "xms_mirid"), ("claim", "xms_az_rid")]);
    let mfa = one(&[("claim", CLAIM_METHODS), ("claim", "amr")]);
    let how = record.below(identity, "type").and_then(text::present);
    let how = how.unwrap_or_default();
    let store = record.text(Norm::Bucket).unwrap_or_default();
    let (kind, id, name) = match () {
        () if managed.is_some() => (ActorType::ManagedIdentity, oid.clone(), managed.clone()),
        () if upn.is_some() => (ActorType::User, oid.clone().or(upn.clone()), upn.clone()),
        () if user.is_some() => (ActorType::User, user.clone(), user.clone()),
        () if oid.is_some() || app.is_some() => (
            ActorType::ServicePrincipal,
            oid.clone().or(app.clone()),
            app.clone(),
        ),
        // Whoever holds a key of the account or a signature made with it: the log knows the key.
        () if how.eq_ignore_ascii_case("AccountKey") => (
            ActorType::ApiKeyApplication,
            Some(format!("account-key:{store}")),
            Some(format!("account key of {store}")),
        ),
        () if how.to_ascii_lowercase().contains("sas") => (
            ActorType::ApiKeyApplication,
            Some(format!("sas:{store}")),
            Some(format!("shared access signature of {store}")),
        ),
        () if how.eq_ignore_ascii_case("Anonymous") => {
            (ActorType::Anonymous, Some("anonymous".to_owned()), None)
        }
        () if identity.first() == Some(&b'"') && text::present(identity).is_some() => {
            let name = text::string(identity).into_owned();
            (ActorType::Unknown, Some(name.clone()), Some(name))
        }
        () => (ActorType::Unknown, None, None),
    };
    let id = id.unwrap_or_else(|| crate::normalize::azure_activity::unnamed(record));
    Actor {
        name: name.unwrap_or_else(|| id.clone()),
        account: tenant,
        session: record.text(Norm::Credential).map(Cow::into_owned),
        issuer: one(&[("requester", "tokenIssuer"), ("claim", "iss")]),
        mfa: mfa
            .filter(|_| kind == ActorType::User)
            .map(|how| how.contains("mfa")),
        principal: managed.or(upn).or(app),
        via: Vec::new(),
        kind,
        id,
    }
}
