//! What was called and how it ended.

use super::{is_login, is_system};
use crate::model::Outcome;
use crate::model::event::Class;
use crate::normalize::source::{Norm, Record};

pub(super) fn action(record: &Record) -> String {
    if is_login(record) {
        return "authentication:Login".to_owned();
    }
    let product = record.text(Norm::Service).unwrap_or_default();
    let verb = record.text(Norm::Verb).unwrap_or_default();
    format!("{}:{verb}", product.to_ascii_lowercase())
}

pub(super) fn class(record: &Record) -> Class {
    if is_login(record) {
        return Class::Login;
    }
    let verb = record.text(Norm::Verb).unwrap_or_default();
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| verb.starts_with(prefix));
    match () {
        () if is_system(record) => Class::Other,
        () if starts(&["Get", "List", "Access", "Download", "Check", "Search"]) => Class::Read,
        () if starts(&["Delete", "Destroy", "Purge", "Close", "Terminate", "Remove"]) => {
            Class::Delete
        }
        () => Class::Write,
    }
}

pub(super) fn outcome(record: &Record) -> Outcome {
    if is_login(record) {
        return match record.text_at("result").as_deref() {
            Some("success") => Outcome::Success,
            Some("failure") => Outcome::Denied,
            _ => Outcome::Unknown,
        };
    }
    let code = record.text_at("status_code");
    match code.as_deref().and_then(|code| code.parse::<u16>().ok()) {
        Some(200..=399) => Outcome::Success,
        Some(401 | 403) => Outcome::Denied,
        Some(400..) => Outcome::Failed,
        // What the provider's own machinery tells of has been done.
        _ if is_system(record) => Outcome::Success,
        _ => Outcome::Unknown,
    }
}
