//! Entra ID audit log: what was changed in the directory.
//!
//! The record is the one of diagnostic settings, whose `properties` are the object that Graph
//! answers with; answers of Graph, rows of Log Analytics and the portal's table are rewritten to
//! it. Fields: "directoryAudit resource type" (learn.microsoft.com/graph).

mod changes;
mod forms;

use std::borrow::Cow;

use super::hash;
use super::source::{Fact, FactKind, Form, Norm, Own, PLAIN, Quirk, Record, Row, Source, row};
use crate::decode::{canonical, text};
use crate::model::event::Class;
use crate::model::{Actor, ActorType, Layer, Outcome, Target};

/// The declaration.
pub static SOURCE: Source = Source {
    name: "entra.audit",
    title: "Entra ID audit logs",
    product: "azure",
    service: "auditlogs",
    layer: Layer::Identity,
    provider: "entra",
    marks: &["category", "properties", "operationName", "time"],
    recognise: |marks| marks & 0b11 == 0b11,
    telling: Some(("category", |raw| raw.eq_ignore_ascii_case(b"\"AuditLogs\""))),
    forms: &[
        Form {
            is: forms::is_graph,
            rewrite: forms::graph,
        },
        Form {
            is: forms::is_renamed,
            rewrite: forms::renamed,
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
    rows: &[
        row(Norm::Time, &["properties.activityDateTime", "time"]),
        row(Norm::Uid, &["properties.id"]),
        row(Norm::Group, &["properties.correlationId", "correlationId"]),
        Row {
            norm: Norm::Account,
            paths: &["tenantId", "resourceId", "properties.tenantId"],
            quirk: Quirk::Segment("tenants"),
        },
        row(Norm::Service, &["properties.loggedByService"]),
        row(
            Norm::Verb,
            &["properties.activityDisplayName", "operationName"],
        ),
        row(Norm::Error, &["properties.result", "resultType"]),
        row(
            Norm::ErrorMessage,
            &["properties.resultReason", "resultDescription"],
        ),
        row(
            Norm::ActorId,
            &[
                "properties.initiatedBy.user.id",
                "properties.initiatedBy.app.servicePrincipalId",
                "properties.initiatedBy.app.appId",
            ],
        ),
        row(
            Norm::ActorName,
            &[
                "properties.initiatedBy.user.userPrincipalName",
                "properties.initiatedBy.app.displayName",
                "properties.initiatedBy.user.displayName",
            ],
        ),
        row(
            Norm::Address,
            &[
                "properties.initiatedBy.user.ipAddress",
                "callerIpAddress",
                "ipAddress",
            ],
        ),
        row(Norm::Agent, &["properties.userAgent"]),
        row(Norm::Category, &["category"]),
        row(Norm::Identity, &["properties.initiatedBy"]),
    ],
    aliases: &[
        (
            "operationName",
            &["properties.activityDisplayName", "operationName"],
        ),
        (
            "ActivityType",
            &["properties.activityDisplayName", "operationName"],
        ),
        (
            "ActivityDisplayName",
            &["properties.activityDisplayName", "operationName"],
        ),
        (
            "Activity",
            &["properties.activityDisplayName", "operationName"],
        ),
        (
            "properties.message",
            &["properties.activityDisplayName", "operationName"],
        ),
        ("Status", &["properties.result", "resultType"]),
        ("Result", &["properties.result", "resultType"]),
        (
            "ResultDescription",
            &["properties.resultReason", "resultDescription"],
        ),
        (
            "ResultReason",
            &["properties.resultReason", "resultDescription"],
        ),
        (
            "failure_status_reason",
            &["properties.resultReason", "resultDescription"],
        ),
        (
            "ConsentContext.IsAdminConsent",
            &["ctadel.entra.admin_consent"],
        ),
        ("additionalDetails.additionalInfo", &["ctadel.entra.detail"]),
        (
            "properties.additionalDetails.additionalInfo",
            &["ctadel.entra.detail"],
        ),
        ("Initiatied.By", &["properties.initiatedBy"]),
        ("Initiatedby", &["properties.initiatedBy"]),
        (
            "InitiatedBy.UPN",
            &["properties.initiatedBy.user.userPrincipalName"],
        ),
        ("Category", &["properties.category", "category"]),
        (
            "ActorUPN",
            &["properties.initiatedBy.user.userPrincipalName"],
        ),
        (
            "TargetDisplayName",
            &["properties.targetResources.displayName"],
        ),
        ("Target", &["properties.targetResources"]),
        ("Service", &["properties.loggedByService"]),
        (
            "ipAddress",
            &["properties.initiatedBy.user.ipAddress", "callerIpAddress"],
        ),
    ],
    prefixes: &["azure.auditlogs.", "data."],
    below: &["properties"],
    also: &[("azure", "audit")],
    derived: &[
        Own {
            name: "ctadel.entra.changed",
            doc: "names of the properties that were changed",
            values: changes::names,
        },
        Own {
            name: "ctadel.entra.new",
            doc: "new values as `name=value`, quotes and escapes resolved",
            values: changes::new,
        },
        Own {
            name: "ctadel.entra.old",
            doc: "old values as `name=value`, quotes and escapes resolved",
            values: changes::old,
        },
        Own {
            name: "ctadel.entra.role",
            doc: "directory roles that are given or taken, by name",
            values: changes::roles,
        },
        Own {
            name: "ctadel.entra.detail",
            doc: "additional details as `key=value`",
            values: changes::details,
        },
        Own {
            name: "ctadel.entra.admin_consent",
            doc: "whether a consent is an administrator's, for everybody: `true` or `false`",
            values: changes::admin_consent,
        },
    ],
    containers: &[
        "properties",
        "category",
        "operationName",
        "resultType",
        "resultDescription",
        "identity",
        "correlationId",
        "tenantId",
        "callerIpAddress",
        "time",
        "result",
    ],
    keys: &[
        "initiatedBy",
        "targetResources",
        "modifiedProperties",
        "additionalDetails",
        "displayName",
        "oldValue",
        "newValue",
        "resultReason",
        "operationType",
        "durationMs",
        "resultSignature",
        "resourceId",
        "operationVersion",
        "userPrincipalName",
    ],
    fact_verbs: &[
        "update application",
        "add service principal credentials",
        "update application – certificates and secrets management ",
        "update application – certificates and secrets management",
        "update application - certificates and secrets management",
    ],
    facts,
    key,
    actor_fields: &[Norm::Identity, Norm::Account, Norm::Address],
    actor,
    action: |record| {
        record
            .text(Norm::Verb)
            .unwrap_or_default()
            .trim()
            .to_lowercase()
    },
    class,
    outcome,
    targets,
    count_targets: |record| targets(record, 20).len(),
    self_target,
    ..PLAIN
};

fn owned(record: &Record, path: &str) -> Option<String> {
    record.text_at(path).map(Cow::into_owned)
}

fn key(record: &Record) -> u64 {
    let id = record.norm(Norm::Uid).unwrap_or_default();
    if id.len() < 20 {
        let whole = canonical::canonical_of(record.raw());
        return hash(&[b"entra.audit", &whole]);
    }
    hash(&[
        b"entra.audit",
        id,
        &text::bytes(record.norm(Norm::Verb).unwrap_or_default()),
        // Samples that somebody wrote repeat the id for another change.
        &text::compact(&super::rewrite::embedded(
            record.at("properties.targetResources").unwrap_or_default(),
        )),
        record.norm(Norm::ActorId).unwrap_or_default(),
        record.norm(Norm::Address).unwrap_or_default(),
    ])
}

fn outcome(record: &Record) -> Outcome {
    let words = [
        "properties.result",
        "result",
        "resultType",
        "resultSignature",
    ];
    for word in words.iter().filter_map(|path| record.text_at(path)) {
        match &*word.to_ascii_lowercase() {
            "success" | "succeeded" | "0" => return Outcome::Success,
            "failure" | "failed" | "timeout" | "clienterror" => {
                let why = record.text(Norm::ErrorMessage).unwrap_or_default();
                let refused = super::azure_activity::refused(&why) || why.contains("nsufficient");
                return if refused {
                    Outcome::Denied
                } else {
                    Outcome::Failed
                };
            }
            _ => {}
        }
    }
    Outcome::Unknown
}

fn class(record: &Record) -> Class {
    let verb = record
        .text(Norm::Verb)
        .unwrap_or_default()
        .to_ascii_lowercase();
    let kind = record
        .text_at("properties.operationType")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let starts = |heads: &[&str]| {
        heads
            .iter()
            .any(|head| verb.starts_with(head) || kind == *head)
    };
    match () {
        () if starts(&["delete", "hard delete", "remove", "unassign"]) => Class::Delete,
        () if starts(&["get", "read", "list", "download", "view"]) => Class::Read,
        () => Class::Write,
    }
}

fn actor(record: &Record) -> Actor {
    let upn = owned(record, "properties.initiatedBy.user.userPrincipalName");
    let user = owned(record, "properties.initiatedBy.user.id");
    let app = owned(record, "properties.initiatedBy.app.servicePrincipalId")
        .or_else(|| owned(record, "properties.initiatedBy.app.appId"));
    let app_name = owned(record, "properties.initiatedBy.app.displayName")
        .or_else(|| owned(record, "properties.initiatedBy.app.servicePrincipalName"));
    let person = user.is_some() || upn.is_some();
    let named = record
        .at("identity")
        .filter(|raw| raw.first() == Some(&b'"'));
    let named = named.and_then(text::present).map(Cow::into_owned);
    let (kind, id, name) = match () {
        () if person => {
            let id = user
                .clone()
                .or_else(|| upn.as_ref().map(|upn| upn.to_lowercase()));
            let shown = owned(record, "properties.initiatedBy.user.displayName");
            (ActorType::User, id, upn.clone().or(shown))
        }
        () if app.is_some() => (ActorType::ServicePrincipal, app.clone(), app_name),
        // The directory's own services have a name and no object.
        () if app_name.is_some() => {
            let id = app_name.as_ref().map(|name| name.to_lowercase());
            (ActorType::CloudService, id, app_name)
        }
        () if named.is_some() => (ActorType::Unknown, named.clone(), named),
        () => (ActorType::Unknown, None, None),
    };
    let id = id.unwrap_or_else(|| super::azure_activity::unnamed(record));
    Actor {
        name: name.unwrap_or_else(|| id.clone()),
        account: owned(record, "properties.initiatedBy.user.homeTenantId"),
        principal: upn.or(app),
        kind,
        id,
        ..Actor::default()
    }
}

/// A secret or certificate that was added lets somebody be the application, and so does trust in
/// the tokens of somebody elsewhere.
fn facts(record: &Record) -> Vec<Fact> {
    if outcome(record) != Outcome::Success {
        return Vec::new();
    }
    let mut keys = Vec::new();
    changes::key_ids(record, &mut keys);
    let mut bound = Vec::new();
    changes::federated(record, &mut |id, subject| {
        bound.push(Fact::Bound {
            what: format!("subject:{id}"),
            to: subject.to_owned(),
        });
        keys.push(id);
    });
    let holder = targets(record, 1).first().map(|target| target.id.clone());
    let issued = keys.into_iter().map(|credential| Fact::Issued {
        kind: FactKind::AccessKey,
        credential,
        by: None,
        to: holder.clone(),
        holder: None,
        account: record.text(Norm::Account).map(Cow::into_owned),
        expires: None,
    });
    bound.into_iter().chain(issued).collect()
}

fn targets(record: &Record, most: usize) -> Vec<Target> {
    let mut out = Vec::new();
    changes::resources(record, &mut |resource| {
        let one = |key: &str| {
            let raw = crate::decode::path::first_in(record.shelved(), resource, key)?;
            text::present(raw).map(Cow::into_owned)
        };
        let upn = one("userPrincipalName");
        let id = one("id")
            .or_else(|| upn.clone())
            .or_else(|| one("displayName"));
        let Some(id) = id else { return };
        let kind = one("type").unwrap_or_else(|| "resource".to_owned());
        let kind = match &*kind.to_ascii_lowercase() {
            "serviceprincipal" => "service_principal".to_owned(),
            "other" | "" => "resource".to_owned(),
            other => other.to_owned(),
        };
        if out.len() < most {
            out.push(Target {
                kind,
                name: upn
                    .or_else(|| one("displayName"))
                    .unwrap_or_else(|| id.clone()),
                id,
                account: None,
            });
        }
    });
    out
}

fn self_target(record: &Record) -> bool {
    let own = actor(record);
    let mut same = false;
    changes::resources(record, &mut |resource| {
        for key in ["id", "userPrincipalName"] {
            let value = crate::decode::path::first_in(record.shelved(), resource, key)
                .and_then(text::present);
            same |= value
                .is_some_and(|value| value == own.id || own.principal.as_deref() == Some(&value));
        }
    });
    same
}
