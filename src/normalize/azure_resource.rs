//! Azure resource logs: what was done with the data in a resource.
//!
//! Blobs, queues and tables, Key Vault, Bastion, registries and whatever else a diagnostic
//! setting sends: the envelope is common, the rest the service's own. Fields: "Common and
//! service-specific schemas for Azure resource logs" (learn.microsoft.com/azure/azure-monitor).

mod actor;
mod call;
mod forms;

use super::source::{Form, Norm, Own, PLAIN, Quirk, Row, Source, row};
use crate::model::Layer;

/// The declaration.
pub static SOURCE: Source = Source {
    name: "azure.resource",
    title: "Azure resource logs",
    product: "azure",
    service: "resourcelogs",
    layer: Layer::Cloud,
    provider: "azure",
    marks: &[
        "category",
        "operationName",
        "resourceId",
        "uri",
        "properties",
        "time",
    ],
    recognise: |marks| marks & 0b11 == 0b11 && marks & 0b11_1100 != 0,
    telling: Some(("category", forms::is_category)),
    forms: &[
        Form {
            is: forms::is_storage_row,
            rewrite: forms::storage_row,
        },
        Form {
            is: forms::is_vault_row,
            rewrite: forms::vault_row,
        },
        Form {
            is: forms::is_diagnostics_row,
            rewrite: forms::diagnostics_row,
        },
    ],
    rows: &[
        row(Norm::Time, &["time"]),
        row(Norm::Group, &["correlationId"]),
        Row {
            norm: Norm::Account,
            paths: &["resourceId"],
            quirk: Quirk::Segment("subscriptions"),
        },
        row(Norm::Region, &["location"]),
        row(Norm::Verb, &["operationName"]),
        row(
            Norm::Error,
            &["statusText", "resultSignature", "resultType"],
        ),
        row(Norm::ErrorMessage, &["resultDescription"]),
        row(Norm::ActorType, &["identity.type"]),
        row(
            Norm::ActorId,
            &[
                "identity.requester.objectId",
                "identity.claim.`http://schemas.microsoft.com/identity/claims/objectidentifier`",
                "identity.claim.oid",
                "identity.tokenHash",
                "properties.UserPrincipalObjectID",
                "properties.userId",
                "properties.servicePrincipalId",
            ],
        ),
        row(
            Norm::ActorName,
            &[
                "identity.requester.upn",
                "identity.claim.`http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn`",
                "identity.claim.upn",
                "properties.userName",
            ],
        ),
        Row {
            norm: Norm::Credential,
            paths: &[
                "identity.claim.uti",
                "identity.requester.uti",
                "properties.signInActivityId",
                "identity.tokenHash",
            ],
            quirk: Quirk::Token,
        },
        row(
            Norm::Address,
            &[
                "callerIpAddress",
                "properties.clientIpAddress",
                "properties.clientIp",
                "properties.callerIpAddress",
            ],
        ),
        row(
            Norm::Agent,
            &[
                "properties.userAgentHeader",
                "properties.clientInfo",
                "properties.userAgent",
            ],
        ),
        row(Norm::BytesOut, &["properties.responseBodySize"]),
        row(Norm::Category, &["category"]),
        row(Norm::Bucket, &["properties.accountName"]),
        row(Norm::Identity, &["identity"]),
    ],
    aliases: &[
        ("OperationNameValue", &["operationName"]),
        ("CallerIPAddress", &["callerIpAddress"]),
        ("requestUri_s", &["properties.requestUri"]),
        ("id_s", &["properties.id"]),
        ("httpStatusCode_d", &["properties.httpStatusCode"]),
        ("ResultType", &["resultType", "statusText"]),
        ("AuthenticationType", &["identity.type"]),
        ("_ResourceId", &["resourceId"]),
    ],
    prefixes: &["data."],
    below: &[
        "properties",
        "identity",
        "identity.claim",
        "identity.requester",
    ],
    derived: &[
        Own {
            name: "ctadel.azure.object",
            doc: "the secret, key, certificate or blob that a data call reads or writes",
            values: call::object,
        },
        Own {
            name: "ctadel.azure.client",
            doc: "address of the caller, without its port",
            values: call::client,
        },
        Own {
            name: "ctadel.azure.resource",
            doc: "the resource whose log it is, as a path in lower case",
            values: call::resource,
        },
    ],
    containers: &[
        "identity",
        "properties",
        "statusCode",
        "statusText",
        "resultType",
        "resultSignature",
        "resourceId",
        "correlationId",
        "callerIpAddress",
        "uri",
        "level",
        "tenantId",
        "time",
        "category",
    ],
    keys: &[
        "durationMs",
        "operationVersion",
        "resultDescription",
        "claim",
        "requester",
        "httpStatusCode",
        "requestUri",
        "objectKey",
        "accountName",
    ],
    key: call::key,
    uid: call::uid,
    actor_fields: &[
        Norm::Identity,
        Norm::Account,
        Norm::ActorId,
        Norm::ActorName,
        Norm::Bucket,
    ],
    actor: actor::actor,
    action: call::action,
    class: call::class,
    outcome: call::outcome,
    targets: call::targets,
    count_targets: |record| call::targets(record, 20).len(),
    ..PLAIN
};
