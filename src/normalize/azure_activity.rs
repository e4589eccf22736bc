//! Azure Activity Log: what was done to the resources of a subscription.
//!
//! The record is the one that diagnostic settings send to storage and to Event Hubs; answers of
//! the API, rows of Log Analytics and the portal's table are rewritten to it. Fields: "Azure
//! Activity Log event schema" (learn.microsoft.com/azure/azure-monitor).

mod actor;
mod body;
mod call;
mod forms;
pub(super) mod resource;

pub(super) use self::call::{class_of, refused};
pub(super) use self::forms::is_category;

use super::source::{Fact, Form, Norm, Own, PLAIN, Quirk, Record, Row, Source, Steps, row};
use crate::model::{Layer, Outcome};

pub(super) const CLAIM_OID: &str = "http://schemas.microsoft.com/identity/claims/objectidentifier";
pub(super) const CLAIM_TENANT: &str = "http://schemas.microsoft.com/identity/claims/tenantid";
pub(super) const CLAIM_METHODS: &str = "http://schemas.microsoft.com/claims/authnmethodsreferences";
pub(super) const CLAIM_UPN: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn";
pub(super) const CLAIM_NAME: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name";

/// The declaration.
pub static SOURCE: Source = Source {
    name: "azure.activity",
    title: "Azure Activity Log",
    product: "azure",
    service: "activitylogs",
    layer: Layer::Cloud,
    provider: "azure",
    marks: &[
        "operationName",
        "category",
        "resourceId",
        "time",
        "correlationId",
        "resultType",
        "properties",
        "identity",
        "callerIpAddress",
    ],
    recognise: |marks| marks & 0b11 == 0b11 && marks & 0b1_1111_1100 != 0,
    telling: Some(("category", forms::is_category)),
    forms: &[
        Form {
            is: forms::is_answer,
            rewrite: forms::answer,
        },
        Form {
            is: forms::is_row,
            rewrite: forms::row,
        },
        Form {
            is: forms::is_portal,
            rewrite: forms::portal,
        },
        Form {
            is: forms::is_bare,
            rewrite: forms::bare,
        },
    ],
    rows: &[
        row(Norm::Time, &["time"]),
        row(Norm::Uid, &["eventDataId", "properties.eventDataId"]),
        row(Norm::Group, &["correlationId"]),
        Row {
            norm: Norm::Account,
            paths: &["subscriptionId", "resourceId"],
            quirk: Quirk::Segment("subscriptions"),
        },
        row(Norm::Region, &["properties.resourceLocation"]),
        row(Norm::Verb, &["operationName"]),
        row(Norm::Error, &["resultSignature"]),
        row(
            Norm::ErrorMessage,
            &["properties.statusMessage", "resultDescription"],
        ),
        row(Norm::ActorType, &["identity.claims.idtyp"]),
        row(
            Norm::ActorId,
            &[
                "identity.claims.`http://schemas.microsoft.com/identity/claims/objectidentifier`",
                "identity.authorization.evidence.principalId",
                "caller",
            ],
        ),
        row(
            Norm::ActorName,
            &[
                "identity.claims.`http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn`",
                "identity.claims.`http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name`",
                "identity.claims.name",
            ],
        ),
        row(
            Norm::ActorAccount,
            &["identity.claims.`http://schemas.microsoft.com/identity/claims/tenantid`"],
        ),
        Row {
            norm: Norm::Credential,
            paths: &["identity.claims.uti"],
            quirk: Quirk::Token,
        },
        row(Norm::Issuer, &["identity.claims.iss"]),
        row(
            Norm::Mfa,
            &["identity.claims.`http://schemas.microsoft.com/claims/authnmethodsreferences`"],
        ),
        row(
            Norm::Address,
            &["callerIpAddress", "identity.claims.ipaddr"],
        ),
        row(Norm::Category, &["category"]),
        row(Norm::Identity, &["identity"]),
    ],
    aliases: &[
        ("operationName.value", &["operationName"]),
        ("OperationNameValue", &["operationName"]),
        ("operation_name", &["operationName"]),
        (
            "authorization.action",
            &["identity.authorization.action", "operationName"],
        ),
        ("CategoryValue", &["category"]),
        ("category.value", &["category"]),
        (
            "properties.eventCategory",
            &["properties.eventCategory", "category"],
        ),
        ("_ResourceId", &["resourceId"]),
        ("resource_id", &["resourceId"]),
        ("ResourceProviderValue", &["ctadel.azure.provider"]),
        ("resourceProviderName.value", &["ctadel.azure.provider"]),
        ("resourceProviderName", &["ctadel.azure.provider"]),
        ("resourceType.value", &["ctadel.azure.type"]),
        ("ResourceGroup", &["ctadel.azure.resource_group"]),
        ("resourceGroupName", &["ctadel.azure.resource_group"]),
        ("SubscriptionId", &["ctadel.account"]),
        ("status", &["resultType"]),
        ("status.value", &["resultType"]),
        ("ActivityStatus", &["resultType"]),
        ("ActivityStatusValue", &["resultType"]),
        ("subStatus.value", &["resultSignature"]),
        ("ActivitySubstatusValue", &["resultSignature"]),
        ("eventTimestamp", &["time"]),
        ("TimeGenerated", &["time"]),
        ("httpRequest.clientIpAddress", &["callerIpAddress"]),
        ("claims.ipaddr", &["callerIpAddress"]),
        ("ipAddress", &["callerIpAddress"]),
        ("caller", &["ctadel.actor.name"]),
        ("claims.appid", &["identity.claims.appid"]),
        (
            "properties.message",
            &["properties.message", "operationName"],
        ),
        ("ActivityType", &["operationName"]),
    ],
    prefixes: &["azure.activitylogs.", "azure.activity.", "data."],
    below: &["properties", "identity", "identity.claims"],
    also: &[("azure", "azureactivity"), ("azure", "activitylog")],
    derived: &[
        Own {
            name: "ctadel.azure.provider",
            doc: "resource provider of the operation, `microsoft.compute`",
            values: resource::provider,
        },
        Own {
            name: "ctadel.azure.type",
            doc: "type of the resource, `microsoft.compute/virtualmachines`",
            values: resource::kind_of,
        },
        Own {
            name: "ctadel.azure.resource_group",
            doc: "resource group, in lower case",
            values: resource::group,
        },
        Own {
            name: "ctadel.azure.scope",
            doc: "what the resource lies under: `management_group`, `subscription`, `resource_group`, `resource`",
            values: resource::scope,
        },
        Own {
            name: "ctadel.azure.body",
            doc: "the request body, decoded, as JSON text",
            values: body::text,
        },
        Own {
            name: "ctadel.azure.body.role",
            doc: "role definition id a role assignment gives, the GUID alone",
            values: body::role,
        },
        Own {
            name: "ctadel.azure.body.principal",
            doc: "object id a role assignment or access policy gives it to",
            values: body::principal,
        },
        Own {
            name: "ctadel.azure.body.principal_type",
            doc: "kind of that principal",
            values: body::principal_type,
        },
        Own {
            name: "ctadel.azure.body.actions",
            doc: "actions and data actions that a role definition allows",
            values: body::actions,
        },
        Own {
            name: "ctadel.azure.body.sources",
            doc: "addresses that a firewall or security rule lets in: `*`, ranges, service tags",
            values: body::sources,
        },
        Own {
            name: "ctadel.azure.body.ports",
            doc: "destination ports of a security rule that lets in",
            values: body::ports,
        },
        Own {
            name: "ctadel.azure.body.expires_days",
            doc: "days from the call to the end of the access it gives",
            values: body::expires_days,
        },
    ],
    containers: &[
        "identity",
        "properties",
        "resourceId",
        "resultType",
        "resultSignature",
        "correlationId",
        "category",
        "level",
        "location",
        "tenantId",
        "caller",
        "httpRequest",
        "time",
        "eventName",
        "operationId",
        "subscriptionId",
    ],
    keys: &[
        "claims",
        "authorization",
        "evidence",
        "durationMs",
        "operationVersion",
        "resultDescription",
        "eventDataId",
        "statusCode",
        "statusMessage",
        "requestbody",
        "responseBody",
        "eventCategory",
        "principalId",
        "principalType",
        "roleDefinitionId",
    ],
    fact_verbs: &[FEDERATED],
    facts,
    key: call::key,
    steps: Some(Steps {
        stage: call::stage,
        action: call::number,
        steady: &[
            "operationName",
            "category",
            "resourceId",
            "subscriptionId",
            "correlationId",
            "identity",
            "caller",
        ],
    }),
    uid: call::uid,
    // Events about the platform are known by their category.
    actor_fields: &[Norm::Identity, Norm::ActorId, Norm::Account, Norm::Category],
    actor: actor::actor,
    action_fields: &[Norm::Verb],
    action: call::action,
    class: call::class,
    outcome: call::outcome,
    targets: resource::targets,
    count_targets: |record| resource::targets(record, 20).len(),
    self_target: body::self_target,
    ..PLAIN
};

/// The call that makes a managed identity trust the tokens of somebody elsewhere.
const FEDERATED: &str =
    "microsoft.managedidentity/userassignedidentities/federatedidentitycredentials/write";

/// Whose tokens a managed identity is given for: by its path and by the name that sign-ins know.
fn facts(record: &Record) -> Vec<Fact> {
    let id = record.text_at("resourceId").unwrap_or_default();
    let id = id.to_lowercase();
    let identity = id.split_once("/federatedidentitycredentials/");
    let refused = matches!(call::outcome(record), Outcome::Denied | Outcome::Failed);
    let (Some((path, _)), false) = (identity, refused) else {
        return Vec::new();
    };
    let name = path.rsplit('/').next().unwrap_or_default();
    let mut facts = Vec::new();
    for subject in body::of(record, body::subject) {
        facts.extend([path, name].map(|identity| Fact::Bound {
            what: format!("trusts:{identity} {subject}"),
            to: subject.clone(),
        }));
    }
    facts
}

/// What stands for an actor whom a record does not name: account and address.
pub(super) fn unnamed(record: &Record) -> String {
    let account = record.text(Norm::Account).unwrap_or_default();
    let address = record.text(Norm::Address).unwrap_or_default();
    let address = super::address::classify(&address).ip;
    let address = address.map(|ip| ip.to_string()).unwrap_or_default();
    match account.is_empty() && address.is_empty() {
        true => "unknown".to_owned(),
        false => format!("unnamed:{account}:{address}"),
    }
}

/// A claim of the caller's token.
pub(super) fn claim<'a>(record: &Record<'a>, name: &str) -> Option<std::borrow::Cow<'a, str>> {
    let claims = record.below(record.top("identity")?, "claims")?;
    crate::decode::text::present(record.below(claims, name)?)
}
