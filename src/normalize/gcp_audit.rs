//! Google Cloud Audit Logs: admin activity, data access, system events, denied policies, and the
//! logins of Workspace that stand among them.
//!
//! Fields: Google Cloud documentation, "LogEntry" and "AuditLog". Entries of GKE's API servers
//! belong to the Kubernetes source.

mod actor;
mod bigquery;
mod bindings;
mod call;
mod derived;
mod facts;
mod targets;

use super::source::{Form, Norm, Own, PLAIN, Part, Quirk, Record, Row, Source, Stage, Steps, row};
use crate::model::Layer;

pub use bigquery::{plain as plain_row, rewrite as row_to_entry};

const fn own(name: &'static str, doc: &'static str, values: fn(&Record, &mut Vec<String>)) -> Own {
    Own { name, doc, values }
}

/// The declaration.
pub static SOURCE: Source = Source {
    name: "gcp.audit",
    title: "Google Cloud Audit Logs",
    product: "gcp",
    service: "gcp.audit",
    layer: Layer::Cloud,
    provider: "gcp",
    marks: &["protoPayload", "logName", "insertId", "resource"],
    recognise: |marks| marks & 1 == 1,
    // Web requests of App Engine come in the same envelope; clusters have a source of their own.
    telling: Some(("protoPayload", |raw| {
        raw.first() == Some(&b'{')
            && memchr::memmem::find(raw, b"logging.v1.RequestLog").is_none()
            && !super::kubernetes_audit::is_payload(raw)
    })),
    forms: &[Form {
        is: bigquery::is,
        rewrite: bigquery::rewrite,
    }],
    rows: &[
        row(
            Norm::Time,
            &[
                "timestamp",
                "receiveTimestamp",
                "p_event_time",
                "protoPayload.requestMetadata.requestAttributes.time",
            ],
        ),
        // Warehouses fold the case of the names that they made columns of.
        row(Norm::Uid, &["insertId", "insertid"]),
        row(Norm::Group, &["operation.id", "split.uid"]),
        row(Norm::Account, &["resource.labels.project_id"]),
        Row {
            norm: Norm::Region,
            paths: &[
                "resource.labels.location",
                "resource.labels.zone",
                "resource.labels.region",
                "protoPayload.resourceLocation.currentLocations",
            ],
            quirk: Quirk::Listed,
        },
        row(Norm::Service, &["protoPayload.serviceName"]),
        row(Norm::Verb, &["protoPayload.methodName"]),
        row(Norm::Error, &["protoPayload.status.code"]),
        row(Norm::ErrorMessage, &["protoPayload.status.message"]),
        row(
            Norm::ActorId,
            &[
                "protoPayload.authenticationInfo.principalEmail",
                "protoPayload.authenticationInfo.principalSubject",
            ],
        ),
        row(
            Norm::ActorName,
            &[
                "protoPayload.authenticationInfo.principalEmail",
                "protoPayload.authenticationInfo.principalSubject",
            ],
        ),
        row(
            Norm::ActorPrincipal,
            &["protoPayload.authenticationInfo.principalSubject"],
        ),
        Row {
            norm: Norm::Credential,
            paths: &[
                "protoPayload.authenticationInfo.serviceAccountKeyName",
                "protoPayload.authenticationInfo.oauthInfo.oauthClientId",
            ],
            quirk: Quirk::Tail,
        },
        row(
            Norm::Issuer,
            &["protoPayload.authenticationInfo.authoritySelector"],
        ),
        row(
            Norm::Address,
            &[
                "protoPayload.requestMetadata.callerIp",
                "protoPayload.requestMetadata.callerIP",
            ],
        ),
        row(
            Norm::Agent,
            &["protoPayload.requestMetadata.callerSuppliedUserAgent"],
        ),
        row(Norm::Category, &["logName", "logname"]),
        row(Norm::Edge, &["resource.labels.email_id"]),
        row(Norm::Bucket, &["resource.labels.bucket_name"]),
        row(Norm::Identity, &["protoPayload.authenticationInfo"]),
    ],
    aliases: &[
        ("method_name", &["protoPayload.methodName"]),
        ("service_name", &["protoPayload.serviceName"]),
        ("resource_name", &["protoPayload.resourceName"]),
        ("eventService", &["protoPayload.serviceName"]),
        (
            "eventName",
            &[
                "protoPayload.metadata.event.eventName",
                "protoPayload.methodName",
            ],
        ),
        (
            "setting_name",
            &["protoPayload.metadata.event.parameter.SETTING_NAME"],
        ),
        (
            "new_value",
            &["protoPayload.metadata.event.parameter.NEW_VALUE"],
        ),
        ("protoPayload.resource.type", &["resource.type"]),
        ("protoPayload.logName", &["logName"]),
        (
            "protoPayload.@type",
            &[
                "protoPayload.@type",
                "protoPayload.at_sign_type",
                "protoPayload.at_type",
            ],
        ),
        (
            "protoPayload.metadata.@type",
            &[
                "protoPayload.metadata.@type",
                "protoPayload.metadata.at_sign_type",
                "protoPayload.metadata.at_type",
            ],
        ),
        (
            "principalEmail",
            &["protoPayload.authenticationInfo.principalEmail"],
        ),
        ("methodName", &["protoPayload.methodName"]),
        ("serviceName", &["protoPayload.serviceName"]),
        ("resourceName", &["protoPayload.resourceName"]),
        ("callerIp", &["protoPayload.requestMetadata.callerIp"]),
    ],
    prefixes: &["data.", "gcp.audit.", "googlecloud.audit."],
    below: &["protoPayload"],
    also: &[
        ("gcp", "google_workspace.admin"),
        ("gcp", "google_workspace.login"),
        ("google_workspace", "google_workspace.admin"),
        ("google_workspace", "google_workspace.login"),
    ],
    derived: &DERIVED,
    containers: &[
        "protoPayload",
        "resource",
        "operation",
        "split",
        "labels",
        "severity",
    ],
    keys: &[
        "authorizationInfo",
        "granted",
        "permission",
        "permissionType",
        "resourceAttributes",
        "requestMetadata",
        "authenticationInfo",
        "resourceName",
        "request",
        "response",
        "metadata",
        "serviceData",
        "policyDelta",
        "bindingDeltas",
        "auditConfigDeltas",
        "action",
        "role",
        "member",
        "bindings",
        "members",
        "policy",
        "serviceAccountDelegationInfo",
        "firstPartyPrincipal",
        "thirdPartyPrincipal",
        "status",
        "first",
        "last",
        "producer",
        "type",
        "labels",
    ],
    asides: &[
        (
            &["logName", "insertId", "jsonPayload"],
            "Cloud Logging entry, no audit record",
        ),
        (
            &["logName", "insertId", "textPayload"],
            "Cloud Logging entry, no audit record",
        ),
        (
            &["logName", "insertId", "httpRequest"],
            "Cloud Logging entry, no audit record",
        ),
    ],
    keeps: Some(|record| {
        let login = record.norm(Norm::Service) == Some(b"\"login.googleapis.com\"");
        login.then_some("Workspace logins")
    }),
    fact_verbs: &[
        "v1.compute.instances.insert",
        "beta.compute.instances.insert",
        "google.iam.admin.v1.createserviceaccountkey",
        "google.iam.admin.v1.createserviceaccount",
        "generateaccesstoken",
        "generateidtoken",
    ],
    facts: facts::facts,
    key,
    part,
    steps: Some(Steps {
        stage,
        action: |record| {
            super::hash(&[
                b"gcp operation",
                record.at("operation.producer").unwrap_or_default(),
                record.at("operation.id").unwrap_or_default(),
            ])
        },
        steady: &[
            "logName",
            "resource",
            "protoPayload.methodName",
            "protoPayload.serviceName",
            "protoPayload.resourceName",
        ],
    }),
    actor_fields: &[Norm::Identity],
    actor: actor::actor,
    action_fields: &[Norm::Service, Norm::Verb],
    action: call::action,
    class: call::class,
    outcome: call::outcome,
    targets: targets::targets,
    count_targets: |record| targets::targets(record, 64).len(),
    self_target: bindings::self_target,
    ..PLAIN
};

/// The `ctadel.gcp.*` fields.
static DERIVED: [Own; 14] = [
    own(
        "ctadel.gcp.bindings_added",
        "Bindings the call adds, one role|member each; of a call that says only what the policy is now, all of them.",
        |record, out| out.extend(bindings::added(record)),
    ),
    own(
        "ctadel.gcp.bindings_removed",
        "Bindings the call removes, one role|member each.",
        |record, out| out.extend(bindings::changed(record, "REMOVE")),
    ),
    own(
        "ctadel.gcp.members_foreign",
        "Users and groups the call adds whose domain is not the caller's, or is anybody's.",
        |record, out| out.extend(bindings::foreign(record)),
    ),
    own(
        "ctadel.gcp.audit_removed",
        "Audit logging the call takes away: service|log type, and members it exempts.",
        |record, out| out.extend(bindings::audit_removed(record)),
    ),
    own(
        "ctadel.gcp.metadata_keys",
        "Metadata keys of instances or projects that the call adds or changes.",
        derived::metadata_keys,
    ),
    own(
        "ctadel.gcp.project",
        "The project, folder or organization of the entry, from its log name where its labels do not say.",
        |record, out| out.extend(derived::scope(record)),
    ),
    own(
        "ctadel.gcp.scope",
        "What the call is about: project, folder, organization or resource.",
        |record, out| out.push(derived::level(record).to_owned()),
    ),
    own(
        "ctadel.gcp.log",
        "Which audit log: activity, data_access, system_event or policy.",
        |record, out| out.extend(derived::log(record)),
    ),
    own(
        "ctadel.gcp.source_project",
        "Project of the disk, snapshot or image the call copies, where it is another than the call's own and none of Google's.",
        derived::source_project,
    ),
    own(
        "ctadel.gcp.actor.project",
        "Project of the calling service account, where it has one of its own.",
        |record, out| out.extend(actor::project(record)),
    ),
    own(
        "ctadel.gcp.actor.foreign",
        "The calling service account belongs to another project than the call.",
        |record, out| out.push(actor::is_foreign(record).to_string()),
    ),
    own(
        "ctadel.gcp.delegation.depth",
        "Identities of the user's own that stand behind the caller.",
        |record, out| out.push(actor::depth(record).to_string()),
    ),
    own(
        "ctadel.gcp.service_accounts",
        "Service accounts that the request hands to what it makes.",
        derived::service_accounts,
    ),
    own(
        "ctadel.gcp.destination_project",
        "Project that a log sink writes to, where it is another than the sink's own.",
        derived::destination_project,
    ),
];

/// The triple that the service itself tells entries apart by.
fn key(record: &Record) -> u64 {
    let Some(id) = record.norm(Norm::Uid) else {
        let canonical = crate::decode::canonical::canonical_of(record.raw());
        return super::hash(&[b"gcp.audit", &canonical]);
    };
    super::hash(&[
        b"gcp.audit",
        record.norm(Norm::Category).unwrap_or_default(),
        id,
        record.norm(Norm::Verb).unwrap_or_default(),
        &record.time().map_or(0, |time| time.0).to_be_bytes(),
    ])
}

/// An entry too large for one is split; its first part has what stands in all of them.
fn part(record: &Record) -> Option<Part> {
    let split = record.at("split.uid")?;
    let shared = super::hash(&[b"gcp split", split]);
    let first = matches!(record.at("split.index"), None | Some(b"0"));
    Some(match first {
        true => Part::First(shared),
        false => Part::Other(shared),
    })
}

/// A long operation is told when it begins and when it ends; one that failed at once says so in
/// its only entry.
fn stage(record: &Record) -> Stage {
    let Some(operation) = record.top("operation") else {
        return Stage::Whole;
    };
    let on = |key: &str| {
        let raw = crate::decode::path::first(operation, key);
        matches!(raw, Some(b"true" | b"\"true\""))
    };
    let failed = || call::code(record).is_some_and(|code| code != 0);
    match (on("first"), on("last")) {
        (true, false) if failed() => Stage::Whole,
        (true, false) => Stage::Begins,
        (false, true) => Stage::Ends,
        _ => Stage::Whole,
    }
}
