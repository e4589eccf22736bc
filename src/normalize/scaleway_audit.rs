//! Scaleway Audit Trail: API, authentication and system events.
//!
//! Field names: Audit Trail API v1alpha1 (www.scaleway.com/en/developers/api/audit-trail). The
//! three kinds share a head and differ in what acted: a principal, a user at the door, a cron.

mod actor;
mod call;
mod targets;

use super::source::{Fact, FactKind, Norm, PLAIN, Record, Source, row};
use crate::model::{Layer, Outcome};

/// The declaration.
pub static SOURCE: Source = Source {
    name: "scaleway.audit",
    title: "Scaleway Audit Trail",
    product: "scaleway",
    service: "audittrail",
    layer: Layer::Cloud,
    provider: "scaleway",
    marks: &[
        "recorded_at",
        "organization_id",
        "method_name",
        "system_name",
        "result",
        "product_name",
        "locality",
        "resources",
    ],
    recognise: |marks| marks & 1 != 0 && marks & 0b10 != 0 && marks & 0b1_1100 != 0,
    rows: &[
        row(Norm::Time, &["recorded_at"]),
        row(Norm::Uid, &["id"]),
        row(Norm::Group, &["request_id"]),
        row(Norm::Account, &["organization_id"]),
        row(Norm::Region, &["locality"]),
        row(Norm::Service, &["product_name"]),
        // A login has no name of its own: how it went stands for it.
        row(Norm::Verb, &["method_name", "system_name", "result"]),
        row(Norm::Error, &["failure_reason"]),
        row(Norm::ActorId, &["principal.id", "resources.id"]),
        row(Norm::Address, &["source_ip"]),
        row(Norm::Agent, &["user_agent"]),
        row(Norm::Country, &["country_code"]),
        row(Norm::Mfa, &["mfa_type"]),
        row(Norm::Category, &["origin"]),
        // A login names its user among the resources.
        row(Norm::Identity, &["principal", "resources"]),
    ],
    aliases: &[
        ("principal_id", &["principal.id"]),
        ("status", &["status_code", "result"]),
        ("event_name", &["method_name", "system_name"]),
    ],
    prefixes: &["api.", "auth.", "system."],
    below: &["request_body"],
    containers: &[
        "request_body",
        "resources",
        "principal",
        "method_name",
        "system_name",
        "result",
        "status_code",
        "method",
        "service_name",
        "project_id",
        "kind",
        "source",
    ],
    keys: &["type", "name", "created_at", "updated_at", "deleted_at"],
    grantees: &["request_body.organization_id"],
    fact_verbs: &["createapikey"],
    facts,
    key,
    actor_fields: &[
        Norm::Identity,
        Norm::Account,
        Norm::Service,
        Norm::Verb,
        Norm::Agent,
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

/// Whether it is a login: those have a result, and no status code.
fn is_login(record: &Record) -> bool {
    record.at("method_name").is_none() && record.at("system_name").is_none()
}

/// Whether something of the provider's own did it.
fn is_system(record: &Record) -> bool {
    record.at("method_name").is_none() && record.at("system_name").is_some()
}

fn key(record: &Record) -> u64 {
    let raw = |norm| record.norm(norm).unwrap_or_default();
    if record.norm(Norm::Uid).is_none() {
        let canonical = crate::decode::canonical::canonical_of(record.raw());
        return super::hash(&[b"scaleway.audit", &canonical]);
    }
    super::hash(&[
        b"scaleway.audit",
        raw(Norm::Uid),
        raw(Norm::Verb),
        &record.time().map_or(0, |time| time.0).to_be_bytes(),
    ])
}

/// A new API key: its secret half is in no log, its access key is the resource.
fn facts(record: &Record) -> Vec<Fact> {
    if call::outcome(record) != Outcome::Success {
        return Vec::new();
    }
    let Some(credential) = targets::of_type(record, "iam_api_key") else {
        return Vec::new();
    };
    let bearer = ["request_body.user_id", "request_body.application_id"];
    let bearer = bearer.iter().find_map(|path| record.text_at(path));
    vec![Fact::Issued {
        kind: FactKind::AccessKey,
        credential,
        by: None,
        to: bearer.map(|text| text.into_owned()),
        holder: None,
        account: record.text(Norm::Account).map(|text| text.into_owned()),
        expires: None,
    }]
}
