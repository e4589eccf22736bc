//! OCSF events: what somebody else normalized, whichever log it came from.
//!
//! Schema: schema.ocsf.io, versions 1.0.0-rc.2 to 1.8. Numbers tell what captions only repeat.
//! Rules for CloudTrail, Okta and Kubernetes hold: their field names are looked up where the
//! published mappings put them.

mod actor;
mod call;
mod facts;
mod targets;

use super::source::{Norm, PLAIN, Quirk, Record, Row, Source, row};
use crate::model::Layer;

/// The declaration.
pub static SOURCE: Source = Source {
    name: "ocsf",
    title: "OCSF events",
    product: "ocsf",
    service: "ocsf",
    layer: Layer::Cloud,
    provider: "ocsf",
    marks: &[
        "metadata",
        "class_uid",
        "type_uid",
        "category_uid",
        "activity_id",
        "severity_id",
        "time",
        "time_dt",
        "class_name",
    ],
    recognise: |marks| marks & 1 != 0 && (marks & 0b1_1111_1110).count_ones() >= 3,
    rows: &[
        row(
            Norm::Time,
            &["time", "time_dt", "start_time", "start_time_dt"],
        ),
        row(
            Norm::Uid,
            &["metadata.uid", "finding_info.uid", "finding.uid"],
        ),
        row(
            Norm::Group,
            &[
                "api.request.uid",
                "http_request.uid",
                "metadata.correlation_uid",
            ],
        ),
        row(
            Norm::Account,
            &[
                "cloud.account.uid",
                "cloud.account_uid",
                "unmapped.recipientAccountId",
                "actor.user.account.uid",
                "actor.user.account_uid",
            ],
        ),
        row(Norm::Region, &["cloud.region"]),
        row(
            Norm::Service,
            &["api.service.name", "metadata.product.name"],
        ),
        row(
            Norm::Verb,
            &[
                "api.operation",
                "metadata.event_code",
                "activity_name",
                "type_name",
                "type_uid",
            ],
        ),
        Row {
            norm: Norm::Error,
            paths: &["api.response.error", "status_detail", "status_code"],
            quirk: Quirk::EmptyIsAbsent,
        },
        row(
            Norm::ErrorMessage,
            &["api.response.message", "api.response.error_message"],
        ),
        row(Norm::ActorType, &["actor.user.type", "user.type"]),
        row(
            Norm::ActorId,
            &[
                "actor.user.uid_alt",
                "actor.user.uid",
                "actor.user.name",
                "actor.session.uid",
                "user.uid",
                "user.name",
            ],
        ),
        row(
            Norm::ActorName,
            &["actor.user.name", "actor.user.email_addr", "user.name"],
        ),
        row(
            Norm::ActorPrincipal,
            &["actor.user.uid", "actor.user.uuid", "actor.user.email_addr"],
        ),
        row(
            Norm::ActorAccount,
            &["actor.user.account.uid", "actor.user.account_uid"],
        ),
        row(
            Norm::Credential,
            &[
                "actor.user.credential_uid",
                "actor.session.credential_uid",
                "actor.session.uid",
            ],
        ),
        row(
            Norm::Issuer,
            &["actor.session.issuer", "actor.idp.name", "actor.idp.uid"],
        ),
        row(
            Norm::IssuerName,
            &["unmapped.userIdentity.sessionContext.sessionIssuer.userName"],
        ),
        row(Norm::Mfa, &["actor.session.is_mfa", "is_mfa", "mfa"]),
        row(Norm::InvokedBy, &["actor.invoked_by"]),
        row(
            Norm::Address,
            &[
                "src_endpoint.ip",
                "src_endpoint.domain",
                "src_endpoint.svc_name",
                "evidences.src_endpoint.ip",
                "device.ip",
            ],
        ),
        row(Norm::Agent, &["http_request.user_agent"]),
        row(
            Norm::Country,
            &[
                "src_endpoint.location.country",
                "evidences.src_endpoint.location.country",
            ],
        ),
        row(Norm::ReadOnly, &["unmapped.readOnly"]),
        row(Norm::BytesOut, &["traffic.bytes_out"]),
        row(
            Norm::Category,
            &["metadata.product.feature.name", "category_name"],
        ),
        row(Norm::Identity, &["actor"]),
        row(
            Norm::Provider,
            &["cloud.provider", "metadata.product.vendor_name"],
        ),
    ],
    aliases: &[
        ("eventName", &["api.operation"]),
        ("eventSource", &["api.service.name"]),
        ("eventID", &["metadata.uid"]),
        ("eventTime", &["time_dt", "time"]),
        // The kind of a CloudTrail event, the name of an Okta one.
        ("eventType", &["metadata.event_code", "unmapped.eventType"]),
        ("eventCategory", &["metadata.product.feature.name"]),
        ("awsRegion", &["cloud.region"]),
        (
            "sourceIPAddress",
            &["src_endpoint.ip", "src_endpoint.domain"],
        ),
        ("userAgent", &["http_request.user_agent"]),
        ("errorCode", &["api.response.error"]),
        ("errorMessage", &["api.response.message"]),
        (
            "recipientAccountId",
            &["unmapped.recipientAccountId", "cloud.account.uid"],
        ),
        ("readOnly", &["unmapped.readOnly"]),
        ("requestID", &["api.request.uid"]),
        ("userIdentity.type", &["actor.user.type"]),
        ("userIdentity.arn", &["actor.user.uid"]),
        ("userIdentity.principalId", &["actor.user.uid_alt"]),
        ("userIdentity.userName", &["actor.user.name"]),
        (
            "userIdentity.accountId",
            &["actor.user.account.uid", "actor.user.account_uid"],
        ),
        ("userIdentity.accessKeyId", &["actor.user.credential_uid"]),
        ("userIdentity.invokedBy", &["actor.invoked_by"]),
        ("userIdentity.identityProvider", &["actor.idp.name"]),
        (
            "userIdentity.sessionContext.sessionIssuer.arn",
            &["actor.session.issuer"],
        ),
        (
            "userIdentity.sessionContext.attributes.mfaAuthenticated",
            &["actor.session.is_mfa"],
        ),
        (
            "requestParameters",
            &["api.request.data", "unmapped.requestParameters"],
        ),
        (
            "responseElements",
            &["api.response.data", "unmapped.responseElements"],
        ),
        (
            "requestParameters.",
            &["api.request.data.", "unmapped.requestParameters."],
        ),
        (
            "responseElements.",
            &["api.response.data.", "unmapped.responseElements."],
        ),
        ("additionalEventData.", &["unmapped.additionalEventData."]),
        ("userIdentity.", &["unmapped.userIdentity."]),
        ("displayMessage", &["message"]),
        (
            "actor.alternateId",
            &["actor.user.email_addr", "actor.user.name"],
        ),
        ("actor.displayName", &["actor.user.name"]),
        ("actor.id", &["actor.user.uid"]),
        ("client.ipAddress", &["src_endpoint.ip"]),
        (
            "client.userAgent.rawUserAgent",
            &["http_request.user_agent"],
        ),
        ("outcome.result", &["unmapped.outcome.result", "status"]),
        (
            "outcome.reason",
            &["unmapped.outcome.reason", "status_detail"],
        ),
        ("target.displayName", &["resources.name", "user.name"]),
        ("debugContext.", &["unmapped.debugContext."]),
        ("securityContext.", &["unmapped.securityContext."]),
        ("legacyEventType", &["unmapped.legacyEventType"]),
        ("verb", &["api.operation"]),
        ("objectRef.resource", &["resources.type"]),
        ("objectRef.name", &["resources.name"]),
        ("objectRef.namespace", &["resources.namespace"]),
        ("user.username", &["actor.user.name"]),
        ("sourceIPs", &["src_endpoint.ip"]),
        ("responseStatus.code", &["api.response.code"]),
    ],
    below: &["unmapped"],
    also: &[
        ("aws", "cloudtrail"),
        ("okta", "okta"),
        ("kubernetes", "audit"),
    ],
    containers: &[
        "actor",
        "api",
        "cloud",
        "src_endpoint",
        "dst_endpoint",
        "http_request",
        "http_response",
        "resources",
        "user",
        "unmapped",
        "metadata",
        "status",
        "status_id",
        "class_uid",
        "activity_id",
        "type_uid",
        "disposition_id",
        "message",
        "observables",
        "finding_info",
        "severity_id",
        "raw_data",
    ],
    policies: &[
        "api.request.data.policyDocument",
        "api.request.data.assumeRolePolicyDocument",
        "api.request.data.policy",
        "api.request.data.bucketPolicy",
        "unmapped.requestParameters.policyDocument",
    ],
    policy_names: &["api.request.data.policyArn"],
    roles: &[
        "api.request.data.roleName",
        "api.request.data.roleArn",
        "api.request.data.role",
    ],
    fact_verbs: &[
        "assumerole",
        "assumerolewithsaml",
        "assumerolewithwebidentity",
        "getsessiontoken",
        "getfederationtoken",
        "createaccesskey",
    ],
    facts: facts::facts,
    key,
    actor_fields: &[
        Norm::Identity,
        Norm::ActorId,
        Norm::ActorName,
        Norm::ActorType,
        Norm::IssuerName,
        Norm::Account,
        Norm::Service,
        Norm::Mfa,
    ],
    actor: actor::actor,
    action: call::action,
    class: call::class,
    outcome: call::outcome,
    targets: targets::targets,
    count_targets: targets::count_targets,
    self_target: targets::self_target,
    ..PLAIN
};

fn key(record: &Record) -> u64 {
    let raw = |norm| record.norm(norm).unwrap_or_default();
    if record.text(Norm::Uid).is_none_or(|uid| uid.len() < 8) {
        let canonical = crate::decode::canonical::canonical_of(record.raw());
        return super::hash(&[b"ocsf", &canonical]);
    }
    super::hash(&[
        b"ocsf",
        raw(Norm::Uid),
        raw(Norm::Verb),
        raw(Norm::ActorId),
        raw(Norm::Address),
        &record.time().map_or(0, |time| time.0).to_be_bytes(),
    ])
}

/// Whether the event was CloudTrail's: the provider's own names hold then.
fn is_aws_call(record: &Record) -> bool {
    record
        .text(Norm::Service)
        .is_some_and(|service| service.contains(".amazonaws.com"))
}
