//! What was called and how it ended.

use crate::model::Outcome;
use crate::model::event::Class;
use crate::normalize::source::{Norm, Record};

pub(super) fn action(record: &Record) -> String {
    let service = record.text(Norm::Service).unwrap_or_default();
    let verb = record.text(Norm::Verb).unwrap_or_default();
    canonical(&service, &verb)
}

/// The canonical action of a call: `iam:CreateUser`.
pub(in crate::normalize) fn canonical(service: &str, verb: &str) -> String {
    let service = service.strip_suffix(".cn").unwrap_or(service);
    let service = service.strip_suffix(".amazonaws.com").unwrap_or(service);
    let service = match service {
        "monitoring" => "cloudwatch",
        other => other,
    };
    format!("{}:{}", service.to_ascii_lowercase(), verb_of(verb))
}

/// An event name without the API version some services append: `CreateFunction20150331`,
/// `CreateDistribution2020_05_31`, `AddPermission20150331v2`.
fn verb_of(name: &str) -> &str {
    let base = match name.rfind('v') {
        Some(at) if at + 1 < name.len() && name[at + 1..].bytes().all(|b| b.is_ascii_digit()) => {
            &name[..at]
        }
        _ => name,
    };
    let is_date = |tail: &str| {
        let shape: String = tail
            .chars()
            .map(|c| if c.is_ascii_digit() { '0' } else { c })
            .collect();
        shape == "00000000" || shape == "0000_00_00"
    };
    for len in [8, 10] {
        if let Some(at) = base
            .len()
            .checked_sub(len)
            .filter(|at| *at > 0 && base.is_char_boundary(*at))
            && is_date(&base[at..])
        {
            return &base[..at];
        }
    }
    name
}

pub(super) fn class(record: &Record) -> Class {
    let verb = record.text(Norm::Verb).unwrap_or_default();
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| verb.starts_with(prefix));
    let logins = [
        "ConsoleLogin",
        "AssumeRole",
        "AssumeRoot",
        "GetFederationToken",
        "GetSessionToken",
        "SwitchRole",
        "UserAuthentication",
    ];
    if starts(&logins) {
        return Class::Login;
    }
    match record.text(Norm::ReadOnly).as_deref() {
        Some("true") => return Class::Read,
        Some("false") => {}
        _ if starts(&[
            "Get", "List", "Describe", "Head", "Lookup", "Search", "Select", "BatchGet",
        ]) =>
        {
            return Class::Read;
        }
        _ => {}
    }
    let deletes = [
        "Delete",
        "Terminate",
        "Remove",
        "Revoke",
        "Deregister",
        "Disable",
    ];
    if starts(&deletes) || (verb.starts_with("Schedule") && verb.contains("Deletion")) {
        Class::Delete
    } else {
        Class::Write
    }
}

/// Error words that mean "you may not"; services spell them differently.
pub(in crate::normalize) const DENIED: [&str; 12] = [
    "AccessDenied",
    "Unauthorized",
    "AuthorizationError",
    "NotAuthorized",
    "Forbidden",
    "AuthFailure",
    "OperationNotPermitted",
    "InvalidClientTokenId",
    "ExpiredToken",
    "SignatureDoesNotMatch",
    "UnrecognizedClient",
    "InvalidAccessKeyId",
];

/// Only sign-ins say it elsewhere.
pub(super) fn plain_outcome(record: &Record) -> bool {
    record.text(Norm::Error).is_some()
        || record.norm(Norm::Verb) != Some(b"\"ConsoleLogin\"")
            && record.norm(Norm::Service) != Some(b"\"signin.amazonaws.com\"")
}

pub(super) fn outcome(record: &Record) -> Outcome {
    if let Some(error) = record.text(Norm::Error) {
        let denied = DENIED.iter().any(|word| error.contains(word));
        return if denied {
            Outcome::Denied
        } else {
            Outcome::Failed
        };
    }
    if record.norm(Norm::Verb) == Some(b"\"ConsoleLogin\"") {
        return match record.text_at("responseElements.ConsoleLogin").as_deref() {
            Some("Success") => Outcome::Success,
            Some("Failure") => Outcome::Denied,
            _ if record.norm(Norm::ErrorMessage).is_some() => Outcome::Denied,
            _ => Outcome::Unknown,
        };
    }
    // The sign-in pages say it under the event's own name: PasswordUpdated, EmailUpdated.
    if record.norm(Norm::Service) == Some(b"\"signin.amazonaws.com\"")
        && let Some(verb) = record.text(Norm::Verb)
        && record
            .text_at(&format!("responseElements.{verb}"))
            .as_deref()
            == Some("Failure")
    {
        return Outcome::Denied;
    }
    Outcome::Success
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn event_names_lose_the_api_version() {
        let table = [
            ("CreateFunction20150331", "CreateFunction"),
            ("UpdateFunctionCode20150331v2", "UpdateFunctionCode"),
            ("CreateDistribution2020_05_31", "CreateDistribution"),
            ("GetObject", "GetObject"),
            ("ListObjectsV2", "ListObjectsV2"),
            ("20150331", "20150331"),
            ("äöü20150331", "äöü"),
        ];
        for (name, want) in table {
            assert_eq!(verb_of(name), want);
        }
    }
}
