//! OVHcloud account logs: activity (API calls), audit (logins, passwords), access policy.
//!
//! Field names: OVHcloud guide "Generating account logs and forwarding to Logs Data Platform"
//! (help.ovhcloud.com). The platform keeps them as GELF, so each field may bear an underscore in
//! front; what it exports is the same record without it.

mod actor;
mod call;
mod gelf;
mod targets;

use super::source::{Form, Norm, PLAIN, Record, Source, row};
use crate::decode::text;
use crate::model::Layer;

/// The declaration.
pub static SOURCE: Source = Source {
    name: "ovh.account",
    title: "OVHcloud account logs",
    product: "ovhcloud",
    service: "account",
    layer: Layer::Cloud,
    provider: "ovh",
    marks: &[
        "account",
        "path",
        "method",
        "type",
        "authDetails_userDetails_type",
        "requested_actions_array",
        "identities_array",
        "status_int",
        "username",
        "client_ip",
        "unauthorized_actions_array",
        "requested_actions",
        "identities",
    ],
    // The account with a call, a login or a decision; a call alone is what any web server logs.
    recognise: |marks| {
        let call = marks & 0b110 == 0b110 && marks & 0b1_0011_1100_0000 != 0;
        let login = marks & 0b1_1000 == 0b1_1000;
        let decision = marks & 0b1100_0010_0000 != 0;
        marks & 1 != 0 && (call || login || decision)
    },
    forms: &[Form {
        is: gelf::is_gelf,
        rewrite: gelf::rewrite,
    }],
    rows: &[
        row(Norm::Time, &["timestamp", "@timestamp", "time", "date"]),
        row(Norm::Uid, &["request_id"]),
        row(Norm::Group, &["request_id"]),
        row(Norm::Account, &["account"]),
        row(Norm::Service, &["method", "source"]),
        row(
            Norm::Verb,
            &[
                "path",
                "type",
                "requested_actions_array",
                "requested_actions",
            ],
        ),
        row(Norm::ActorType, &["authDetails_userDetails_type"]),
        row(
            Norm::ActorId,
            &[
                "identities_array",
                "identities",
                "authDetails_userDetails_user",
                "username",
                "account",
            ],
        ),
        row(
            Norm::ActorName,
            &["username", "authDetails_userDetails_user"],
        ),
        row(Norm::Mfa, &["loginSuccessDetails_mfaType"]),
        row(Norm::Address, &["client_ip"]),
        row(
            Norm::Agent,
            &["user_agent", "loginSuccessDetails_userAgent"],
        ),
        row(Norm::Country, &["client_ip_country_code"]),
        row(Norm::Category, &["source"]),
        row(Norm::Identity, &["identities_array", "identities"]),
    ],
    aliases: &[
        ("status", &["status_int", "status"]),
        ("status_code", &["status_int", "status"]),
        ("identities", &["identities_array", "identities"]),
        (
            "requested_actions",
            &["requested_actions_array", "requested_actions"],
        ),
        (
            "authorized_actions",
            &["authorized_actions_array", "authorized_actions"],
        ),
        (
            "unauthorized_actions",
            &["unauthorized_actions_array", "unauthorized_actions"],
        ),
    ],
    prefixes: &["_source."],
    containers: &[
        "status_int",
        "status",
        "method",
        "path",
        "url",
        "type",
        "service_name",
        "resource",
        "authorized_actions_array",
        "authorized_actions",
        "unauthorized_actions_array",
        "unauthorized_actions",
        "userPasswordChangedDetails",
        "client_ip_geolocation",
        "client_ip_city_name",
    ],
    key,
    actor_fields: &[
        Norm::Identity,
        Norm::Account,
        Norm::ActorType,
        Norm::ActorName,
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

/// The request's id tells calls apart; the other kinds have none. The platform writes the same
/// millisecond in several ways.
fn key(record: &Record) -> u64 {
    // Some copies hold lists as text, some with white space in them.
    let raw = |norm| {
        let value = record.norm(norm).map(text::bytes).unwrap_or_default();
        match value.first() {
            Some(b'[') => text::compact(&value).into_owned().into(),
            _ => value,
        }
    };
    let millis = record.time().map_or(0, |time| time.0 / 1_000_000);
    super::hash(&[
        b"ovh.account",
        &raw(Norm::Uid),
        &millis.to_be_bytes(),
        &raw(Norm::Account),
        &raw(Norm::Service),
        &raw(Norm::Verb),
        &raw(Norm::ActorName),
        &raw(Norm::Address),
        record.at("resource").unwrap_or_default(),
    ])
}
