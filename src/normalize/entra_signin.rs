//! Entra ID sign-ins: of people, of applications, of managed identities.
//!
//! The record is the one of diagnostic settings, whose `properties` are the object that Graph
//! answers with; answers of Graph, rows of Log Analytics and the portal's tables are rewritten to
//! it. Fields: "signIn resource type" (learn.microsoft.com/graph).

mod forms;

use std::borrow::Cow;

use super::source::{Fact, FactKind, Form, Norm, Own, PLAIN, Quirk, Record, Row, Source, row};
use super::{hash, token};
use crate::decode::{canonical, path, text};
use crate::model::event::Class;
use crate::model::{Actor, ActorType, Layer, Outcome, Target};

/// The declaration.
pub static SOURCE: Source = Source {
    name: "entra.signin",
    title: "Entra ID sign-in logs",
    product: "azure",
    service: "signinlogs",
    layer: Layer::Identity,
    provider: "entra",
    marks: &["category", "properties", "operationName", "time"],
    recognise: |marks| marks & 0b11 == 0b11,
    telling: Some(("category", forms::is_category)),
    forms: &[
        Form {
            is: forms::is_graph,
            rewrite: forms::graph,
        },
        Form {
            is: forms::is_row,
            rewrite: forms::row,
        },
        Form {
            is: forms::is_portal,
            rewrite: forms::portal,
        },
    ],
    dispatch: Norm::Error,
    rows: &[
        row(Norm::Time, &["properties.createdDateTime", "time"]),
        row(Norm::Uid, &["properties.id"]),
        row(Norm::Group, &["properties.correlationId", "correlationId"]),
        Row {
            norm: Norm::Account,
            paths: &[
                "tenantId",
                "resourceId",
                "properties.homeTenantId",
                "properties.resourceTenantId",
            ],
            quirk: Quirk::Segment("tenants"),
        },
        row(Norm::Service, &["properties.resourceDisplayName"]),
        row(Norm::Verb, &["operationName"]),
        row(Norm::Error, &["properties.status.errorCode", "resultType"]),
        row(
            Norm::ErrorMessage,
            &["properties.status.failureReason", "resultDescription"],
        ),
        row(Norm::ActorType, &["properties.userType"]),
        row(
            Norm::ActorId,
            &["properties.userId", "properties.servicePrincipalId"],
        ),
        row(
            Norm::ActorName,
            &[
                "properties.userPrincipalName",
                "properties.servicePrincipalName",
                "properties.userDisplayName",
                "properties.appDisplayName",
            ],
        ),
        row(Norm::ActorAccount, &["properties.homeTenantId"]),
        // Who has neither a session nor a key of his own is told apart by each token.
        Row {
            norm: Norm::Credential,
            paths: &[
                "properties.sessionId",
                "properties.servicePrincipalCredentialKeyId",
                "properties.uniqueTokenIdentifier",
            ],
            quirk: Quirk::Token,
        },
        row(Norm::Mfa, &["properties.authenticationRequirement"]),
        row(Norm::Address, &["properties.ipAddress", "callerIpAddress"]),
        row(Norm::Agent, &["properties.userAgent"]),
        row(Norm::Category, &["category"]),
        row(Norm::Edge, &["properties.appId"]),
    ],
    aliases: &[
        ("ResultType", &["properties.status.errorCode", "resultType"]),
        (
            "status.errorCode",
            &["properties.status.errorCode", "resultType"],
        ),
        ("ErrorCode", &["properties.status.errorCode", "resultType"]),
        (
            "ResultDescription",
            &["resultDescription", "properties.status.failureReason"],
        ),
        ("Status", &["ctadel.entra.status"]),
        ("properties.message", &["ctadel.entra.protocol"]),
        ("Username", &["properties.userPrincipalName"]),
        ("User", &["properties.userPrincipalName"]),
        ("Application", &["properties.appDisplayName"]),
        ("ClientApp", &["properties.clientAppUsed"]),
        ("ResourceIdentity", &["properties.resourceId"]),
        ("ResourceID", &["properties.resourceId"]),
        ("Resource", &["properties.resourceDisplayName"]),
        ("IPAddress", &["properties.ipAddress", "callerIpAddress"]),
        (
            "Location",
            &["properties.location.countryOrRegion", "location"],
        ),
        ("LocationDetails", &["properties.location"]),
        (
            "NetworkLocationDetails",
            &["properties.networkLocationDetails"],
        ),
        (
            "riskEventTypes",
            &["properties.riskEventTypes", "properties.riskEventTypes_v2"],
        ),
        (
            "riskEventType",
            &["properties.riskEventTypes", "properties.riskEventTypes_v2"],
        ),
        ("RiskEventTypes_V2", &["properties.riskEventTypes_v2"]),
        ("UserAgent", &["properties.userAgent"]),
        ("TokenIssuerType", &["properties.tokenIssuerType"]),
        (
            "AuthenticationRequirement",
            &["properties.authenticationRequirement"],
        ),
        (
            "ConditionalAccessStatus",
            &["properties.conditionalAccessStatus"],
        ),
    ],
    prefixes: &["azure.signinlogs.", "data."],
    below: &["properties", "properties.status"],
    // Risk detections have a log of their own; sign-ins carry the same words.
    also: &[("azure", "riskdetection")],
    derived: &[
        Own {
            name: "ctadel.entra.cross_tenant",
            doc: "`true` where the identity's tenant is another one than the resource's",
            values: cross_tenant,
        },
        Own {
            name: "ctadel.entra.status",
            doc: "`Success`, `Failure` or `Interrupted` as the portal has it, and what the log says of it",
            values: status,
        },
        Own {
            name: "ctadel.entra.protocol",
            doc: "how the token was asked for, in the portal's words: `Device Code`, `ROPC`",
            values: protocol,
        },
        Own {
            name: "ctadel.entra.methods",
            doc: "methods that proved the identity in this sign-in",
            values: methods,
        },
    ],
    containers: &[
        "properties",
        "resultType",
        "resultSignature",
        "resultDescription",
        "identity",
        "location",
        "category",
        "correlationId",
        "tenantId",
        "callerIpAddress",
        "time",
        "operationName",
    ],
    keys: &[
        "status",
        "errorCode",
        "deviceDetail",
        "appliedConditionalAccessPolicies",
        "durationMs",
        "operationVersion",
        "resourceId",
    ],
    fact_verbs: &["0"],
    facts,
    key,
    actor_fields: &[
        Norm::ActorId,
        Norm::ActorName,
        Norm::ActorType,
        Norm::Credential,
        Norm::Account,
        Norm::Mfa,
        Norm::Category,
        Norm::Edge,
        Norm::Error,
    ],
    actor,
    action: |record| match record.text(Norm::Verb) {
        Some(verb) => verb.to_lowercase(),
        None => "sign-in activity".to_owned(),
    },
    class: |_| Class::Login,
    outcome,
    targets,
    count_targets: |record| targets(record, 20).len(),
    ..PLAIN
};

fn owned(record: &Record, path: &str) -> Option<String> {
    record.text_at(path).map(Cow::into_owned)
}

fn key(record: &Record) -> u64 {
    let id = record.norm(Norm::Uid).unwrap_or_default();
    if id.len() < 20 {
        let whole = canonical::canonical_of(record.raw());
        return hash(&[b"entra.signin", &whole]);
    }
    // An id is told again when the risk of the sign-in is judged anew: that is no copy.
    hash(&[
        b"entra.signin",
        id,
        &text::bytes(record.norm(Norm::Error).unwrap_or_default()),
        &text::bytes(record.at("properties.riskState").unwrap_or_default()),
        record
            .at("properties.riskLevelAggregated")
            .unwrap_or_default(),
        record
            .at("properties.riskLevelDuringSignIn")
            .unwrap_or_default(),
        // Samples that somebody wrote repeat the id for another person or place.
        record.norm(Norm::ActorId).unwrap_or_default(),
        record.norm(Norm::ActorName).unwrap_or_default(),
        record.norm(Norm::Address).unwrap_or_default(),
        record.norm(Norm::Agent).unwrap_or_default(),
        record.norm(Norm::Edge).unwrap_or_default(),
        &record.time().map_or(0, |time| time.0).to_be_bytes(),
    ])
}

/// Somebody is asked for more before it goes on.
const INTERRUPTS: [u32; 6] = [50140, 50072, 50058, 16000, 50125, 65001];

fn code(record: &Record) -> Option<u32> {
    record.text(Norm::Error)?.trim().parse().ok()
}

fn outcome(record: &Record) -> Outcome {
    match code(record) {
        Some(0) => Outcome::Success,
        Some(code) if INTERRUPTS.contains(&code) => Outcome::Pending,
        Some(_) => Outcome::Denied,
        None => {
            let word = record
                .text_at("resultType")
                .or_else(|| record.text_at("resultSignature"));
            match word.map(|word| word.to_ascii_lowercase()).as_deref() {
                Some("success" | "succeeded") => Outcome::Success,
                Some("failure" | "failed") => Outcome::Denied,
                Some("interrupted") => Outcome::Pending,
                _ => Outcome::Unknown,
            }
        }
    }
}

fn actor(record: &Record) -> Actor {
    let category = record
        .text(Norm::Category)
        .unwrap_or_default()
        .to_ascii_lowercase();
    let user = owned(record, "properties.userId");
    let upn = owned(record, "properties.userPrincipalName");
    let person = (user.is_some() || upn.is_some())
        && !category.starts_with("serviceprincipal")
        && !category.starts_with("managedidentity");
    let app = owned(record, "properties.appId");
    let principal = owned(record, "properties.servicePrincipalId");
    let name = record.text(Norm::ActorName).map(Cow::into_owned);
    // Nobody's object: a name that was tried and does not exist.
    let nobody = |id: &String| id.is_empty() || id.starts_with("00000000-0000-0000-0000-0000");
    let id = match person {
        true => user
            .filter(|id| !nobody(id))
            .or_else(|| upn.as_ref().map(|upn| upn.to_lowercase())),
        false => principal.filter(|id| !nobody(id)).or_else(|| app.clone()),
    };
    let kind = match () {
        () if person => ActorType::User,
        () if category.starts_with("managedidentity") => ActorType::ManagedIdentity,
        () if id.is_some() => ActorType::ServicePrincipal,
        () => ActorType::Unknown,
    };
    let id = id.unwrap_or_else(|| super::azure_activity::unnamed(record));
    let done = outcome(record) == Outcome::Success;
    let requirement = record.text(Norm::Mfa);
    let mfa = requirement.filter(|_| person && done);
    Actor {
        name: name.unwrap_or_else(|| id.clone()),
        account: owned(record, "properties.homeTenantId").filter(|id| !id.is_empty()),
        session: record.text(Norm::Credential).map(Cow::into_owned),
        issuer: owned(record, "properties.tokenIssuerName"),
        mfa: mfa.map(|how| how.eq_ignore_ascii_case("multiFactorAuthentication")),
        principal: if person { upn } else { app },
        via: Vec::new(),
        kind,
        id,
    }
}

/// A sign-in gives a token, and what the token does other logs tell by its number.
fn facts(record: &Record) -> Vec<Fact> {
    if outcome(record) != Outcome::Success {
        return Vec::new();
    }
    let token = record.text_at("properties.uniqueTokenIdentifier");
    let Some(token) = token.filter(|token| !token.is_empty()) else {
        return Vec::new();
    };
    let credential = token::number(&token);
    // Whoever comes with a token from elsewhere has shown no key of its own.
    let trusted = owned(record, "properties.federatedCredentialId").filter(|id| token::is_guid(id));
    let by = trusted
        .map(|id| id.to_ascii_lowercase())
        .or_else(|| record.text(Norm::Credential).map(Cow::into_owned));
    vec![Fact::Issued {
        kind: FactKind::SessionToken,
        by: by.filter(|by| *by != credential),
        credential,
        to: None,
        holder: Some(actor(record).id),
        account: record.text(Norm::Account).map(Cow::into_owned),
        expires: None,
    }]
}

fn targets(record: &Record, most: usize) -> Vec<Target> {
    let target = |kind: &str, id: &str, name: &str| {
        let id = owned(record, id)?;
        Some(Target {
            kind: kind.to_owned(),
            name: owned(record, name).unwrap_or_else(|| id.clone()),
            id,
            account: None,
        })
    };
    let application = || {
        target(
            "application",
            "properties.appId",
            "properties.appDisplayName",
        )
    };
    let resource = || {
        target(
            "service",
            "properties.resourceId",
            "properties.resourceDisplayName",
        )
        .or_else(|| {
            let name = "properties.resourceDisplayName";
            target("service", name, name)
        })
    };
    let mut out: Vec<Target> = application().into_iter().chain(resource()).collect();
    out.truncate(most);
    out
}

fn cross_tenant(record: &Record, out: &mut Vec<String>) {
    let home = record.text_at("properties.homeTenantId");
    let resource = record.text_at("properties.resourceTenantId");
    if let (Some(home), Some(resource)) = (home, resource) {
        out.push((!home.eq_ignore_ascii_case(&resource)).to_string());
    }
}

fn status(record: &Record, out: &mut Vec<String>) {
    let word = match outcome(record) {
        Outcome::Success => Some("Success"),
        Outcome::Pending => Some("Interrupted"),
        Outcome::Denied | Outcome::Failed => Some("Failure"),
        Outcome::Unknown => None,
    };
    out.extend(word.map(str::to_owned));
    for path in ["failureReason", "additionalDetails"] {
        out.extend(owned(record, &format!("properties.status.{path}")));
    }
}

fn protocol(record: &Record, out: &mut Vec<String>) {
    if let Some(name) = record.text_at("properties.authenticationProtocol") {
        out.push(match &*name {
            "deviceCode" => "Device Code".to_owned(),
            "ropc" => "ROPC".to_owned(),
            _ => name.into_owned(),
        });
    }
}

fn methods(record: &Record, out: &mut Vec<String>) {
    let Some(details) = record.at("properties.authenticationDetails") else {
        return;
    };
    let details = super::rewrite::embedded(details);
    if details.first() != Some(&b'[') {
        return;
    }
    path::elements(&details, |step| {
        let done = path::first(step, "succeeded").map(text::string);
        if done.as_deref() == Some("true") {
            let method = path::first(step, "authenticationMethod").and_then(text::present);
            out.extend(method.map(Cow::into_owned));
        }
        true
    });
}
