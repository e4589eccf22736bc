//! Okta System Log.
//!
//! Field names: "System Log API", LogEvent object (developer.okta.com/docs/api). Words such as
//! `unknown` and `null` stand where nothing was known.

mod actor;
mod call;
mod targets;

use super::source::{Norm, PLAIN, Record, Source, row};
use crate::model::Layer;

/// The declaration.
pub static SOURCE: Source = Source {
    name: "okta.system",
    title: "Okta System Log",
    product: "okta",
    service: "okta",
    layer: Layer::Identity,
    provider: "okta",
    marks: &[
        "eventType",
        "published",
        "uuid",
        "actor",
        "outcome",
        "displayMessage",
        "legacyEventType",
        "authenticationContext",
        "securityContext",
        "debugContext",
        "transaction",
        "client",
        // Another log's records have the first of them too.
        "eventSource",
        "metadata",
    ],
    recognise: |marks| {
        marks & 1 != 0
            && marks & 0b11_0000_0000_0000 == 0
            && (marks & 0b1111_1111_1110).count_ones() >= 3
    },
    rows: &[
        row(Norm::Time, &["published"]),
        row(Norm::Uid, &["uuid"]),
        row(Norm::Group, &["transaction.id"]),
        row(Norm::Verb, &["eventType"]),
        row(Norm::Error, &["outcome.reason"]),
        row(Norm::ActorType, &["actor.type"]),
        row(Norm::ActorId, &["actor.id"]),
        row(Norm::ActorName, &["actor.displayName"]),
        row(Norm::ActorPrincipal, &["actor.alternateId"]),
        row(
            Norm::Credential,
            &[
                "authenticationContext.externalSessionId",
                "authenticationContext.rootSessionId",
            ],
        ),
        row(
            Norm::Issuer,
            &[
                "authenticationContext.issuer.id",
                "authenticationContext.credentialProvider",
            ],
        ),
        row(
            Norm::Address,
            &[
                "client.ipAddress",
                "request.ipChain.ip",
                "request.ipChain.ipAddress",
                "request.ipAddress",
            ],
        ),
        row(
            Norm::Agent,
            &[
                "client.userAgent.rawUserAgent",
                "debugContext.debugData.userAgent",
            ],
        ),
        row(
            Norm::Country,
            &[
                "client.geographicalContext.country",
                "request.ipChain.geographicalContext.country",
            ],
        ),
        row(Norm::Identity, &["actor"]),
    ],
    aliases: &[
        ("ipAddress", &["client.ipAddress"]),
        ("userAgent", &["client.userAgent.rawUserAgent"]),
        // Spellings of exporters and of rules.
        ("event_type", &["eventType"]),
        ("event.action", &["eventType"]),
        ("okta.event_type", &["eventType"]),
        ("display_message", &["displayMessage"]),
        ("okta.display_message", &["displayMessage"]),
        ("okta.actor.alternate_id", &["actor.alternateId"]),
        ("okta.outcome.result", &["outcome.result"]),
        ("okta.outcome.reason", &["outcome.reason"]),
        ("targets", &["target"]),
    ],
    prefixes: &["okta."],
    containers: &[
        "actor",
        "client",
        "outcome",
        "target",
        "transaction",
        "request",
        "debugContext",
        "authenticationContext",
        "securityContext",
        "displayMessage",
        "legacyEventType",
        "severity",
        "version",
        "device",
    ],
    keys: &[
        "alternateId",
        "displayName",
        "detailEntry",
        "changeDetails",
        "userAgent",
        "rawUserAgent",
        "geographicalContext",
        "geolocation",
        "postalCode",
        "ipAddress",
        "ipChain",
        "debugData",
        "requestUri",
        "requestId",
        "dtHash",
        "threatSuspected",
        "threatDetections",
        "authnRequestId",
        "privilegeGranted",
        "logOnlySecurityData",
        "proxyType",
        "tunnels",
        "initiationType",
        "authenticationProvider",
        "credentialProvider",
        "credentialType",
        "authenticationStep",
        "externalSessionId",
        "rootSessionId",
        "asNumber",
        "asOrg",
        "isProxy",
        "resultDescription",
        "behaviors",
        "risk",
    ],
    key,
    // A nameless attempt is told apart by where it came from.
    actor_fields: &[
        Norm::Identity,
        Norm::Credential,
        Norm::Issuer,
        Norm::Address,
    ],
    actor: actor::actor,
    action_fields: &[Norm::Verb],
    action: call::action,
    class: call::class,
    outcome: call::outcome,
    targets: targets::targets,
    count_targets: targets::count_targets,
    self_target: targets::self_target,
    ..PLAIN
};

/// What Okta and those who copy its log write for "nothing".
fn is_nothing(text: &str) -> bool {
    matches!(
        text,
        "" | "unknown" | "null" | "N/A" | "Unknown" | "None" | "-"
    )
}

fn key(record: &Record) -> u64 {
    let raw = |norm| record.norm(norm).unwrap_or_default();
    if record.norm(Norm::Uid).is_none() {
        let canonical = crate::decode::canonical::canonical_of(record.raw());
        return super::hash(&[b"okta.system", &canonical]);
    }
    super::hash(&[
        b"okta.system",
        raw(Norm::Uid),
        raw(Norm::Verb),
        raw(Norm::ActorId),
        &record.time().map_or(0, |time| time.0).to_be_bytes(),
    ])
}
