//! What happened and how it ended.

use crate::model::Outcome;
use crate::model::event::Class;
use crate::normalize::source::{Norm, Record};

pub(super) fn action(record: &Record) -> String {
    record
        .text(Norm::Verb)
        .map_or_else(String::new, |verb| verb.into_owned())
}

pub(super) fn class(record: &Record) -> Class {
    let verb = record.text(Norm::Verb).unwrap_or_default();
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| verb.starts_with(prefix));
    if starts(&[
        "user.session.start",
        "user.session.access",
        "user.session.impersonation",
        "user.authentication.",
        "app.oauth2.",
    ]) {
        return Class::Login;
    }
    match verb.rsplit('.').next().unwrap_or_default() {
        "view" | "read" | "list" | "show_password" | "download" => Class::Read,
        "delete" | "remove" | "revoke" | "deactivate" | "clear" | "unassign" => Class::Delete,
        "end" | "evaluate" | "evaluate_sign_on" | "detected" | "warning" | "violation" => {
            Class::Other
        }
        _ => Class::Write,
    }
}

pub(super) fn outcome(record: &Record) -> Outcome {
    let result = record.text_at("outcome.result").unwrap_or_default();
    match &*result.to_ascii_uppercase() {
        "SUCCESS" | "ALLOW" => Outcome::Success,
        "DENY" | "CHALLENGE" => Outcome::Denied,
        "FAILURE" => Outcome::Failed,
        "DEFERRED" | "SCHEDULED" => Outcome::Pending,
        _ => Outcome::Unknown,
    }
}
