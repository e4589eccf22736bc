//! What was called and how it ended.

use super::is_aws_call;
use crate::model::Outcome;
use crate::model::event::Class;
use crate::normalize::aws_cloudtrail::call::{DENIED, canonical};
use crate::normalize::source::{Norm, Record};

pub(super) fn action(record: &Record) -> String {
    let service = record.text(Norm::Service).unwrap_or_default();
    let verb = record.text(Norm::Verb).unwrap_or_default();
    if is_aws_call(record) {
        return canonical(&service, &verb);
    }
    match record.at("api.service.name") {
        Some(_) => format!("{}:{verb}", service.to_ascii_lowercase()),
        // Names of events need no service in front.
        None if verb.contains('.') => verb.into_owned(),
        None => {
            let product = match &*service {
                "" => "ocsf".to_owned(),
                product => product.to_ascii_lowercase().replace(' ', "-"),
            };
            let verb = match &*verb {
                "" => record.text_at("class_uid").unwrap_or_default(),
                _ => verb,
            };
            format!("{product}:{verb}")
        }
    }
}

pub(super) fn class(record: &Record) -> Class {
    let number = |key: &str| {
        record
            .text_at(key)
            .and_then(|text| text.parse::<u32>().ok())
    };
    // `type_uid` is class and activity in one.
    let kind = number("type_uid");
    let class = number("class_uid").or(kind.map(|kind| kind / 100));
    let activity = number("activity_id").or(kind.map(|kind| kind % 100));
    match (class, activity) {
        (Some(3002), _) => Class::Login,
        (Some(2001..=2999), _) => Class::Other,
        (Some(6003), Some(2)) => Class::Read,
        (Some(6003 | 3004), Some(4)) => Class::Delete,
        (Some(3001), Some(6)) => Class::Delete,
        (Some(6003), Some(1 | 3)) => Class::Write,
        (Some(3004), Some(2)) => Class::Read,
        (Some(3001 | 3003..=3008), _) => Class::Write,
        _ => Class::Other,
    }
}

pub(super) fn outcome(record: &Record) -> Outcome {
    let status = record.text_at("status_id");
    let word = record.text_at("status");
    let error = record.text_at("api.response.error");
    let code = record
        .text_at("api.response.code")
        .or_else(|| record.text_at("http_response.code"))
        .and_then(|code| code.parse::<u16>().ok());
    let blocked = record.text_at("disposition_id").as_deref() == Some("2");
    let refused = |error: &str| DENIED.iter().any(|word| error.contains(word));
    let is_login = || class(record) == Class::Login;
    match (status.as_deref(), word.as_deref()) {
        _ if error.as_deref().is_some_and(refused) || matches!(code, Some(401 | 403)) => {
            Outcome::Denied
        }
        _ if blocked => Outcome::Denied,
        (Some("2"), _) | (_, Some("Failure")) if error.is_none() && is_login() => Outcome::Denied,
        (Some("2"), _) | (_, Some("Failure")) => Outcome::Failed,
        _ if error.is_some() || code.is_some_and(|code| code >= 400) => Outcome::Failed,
        (Some("1"), _) | (_, Some("Success")) => Outcome::Success,
        // A call that came back without an error; the mapping left the status out.
        _ if record.at("api").is_some() => Outcome::Success,
        _ => Outcome::Unknown,
    }
}
