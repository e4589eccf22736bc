//! What was called and how it ended.

use super::actor::list;
use crate::model::Outcome;
use crate::model::event::Class;
use crate::normalize::source::{Norm, Record};

/// Path parts behind which a name stands that its owner chose.
const NAMED: [&str; 11] = [
    "user",
    "group",
    "sshKey",
    "sshkey",
    "policy",
    "permissionsGroup",
    "resourceGroup",
    "credential",
    "application",
    "client",
    "provider",
];

/// The kinds of record in one log.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// A call of the API or the control panel.
    Call,
    /// A login or a new password.
    Door,
    /// A decision about rights.
    Decision,
}

pub(super) fn sort(record: &Record) -> Sort {
    if record.at("path").is_some() && record.at("method").is_some() {
        Sort::Call
    } else if record.norm(Norm::ActorType).is_some() || record.at("type").is_some() {
        Sort::Door
    } else {
        Sort::Decision
    }
}

/// A path without what names one thing: `/me/identity/user/lena` is `/me/identity/user/{}`.
pub(super) fn template(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = path.strip_suffix('/').unwrap_or(path);
    // Clients write the version of the API in front or leave it out.
    let path = ["/1.0/", "/v1/", "/v2/"]
        .iter()
        .find_map(|version| Some(&path[path.strip_prefix(version).map(|_| version.len() - 1)?..]))
        .unwrap_or(path);
    let mut out = String::with_capacity(path.len());
    let mut before = "";
    for (number, part) in path.split('/').enumerate() {
        if number > 0 {
            out.push('/');
        }
        let is_id = part.bytes().any(|byte| byte.is_ascii_digit()) && !is_word(part)
            || part.contains(['.', '@', '%'])
            || NAMED.contains(&before) && !part.is_empty();
        out.push_str(if is_id { "{}" } else { part });
        before = part;
    }
    out
}

/// Words of the API with a digit in them.
fn is_word(part: &str) -> bool {
    matches!(
        part,
        "oauth2" | "s3" | "v1" | "v2" | "1.0" | "u2f" | "ipv4" | "ipv6"
    )
}

fn method(record: &Record) -> String {
    let method = record.text_at("method").unwrap_or_default();
    method.to_ascii_uppercase()
}

pub(super) fn action(record: &Record) -> String {
    match sort(record) {
        Sort::Call => {
            let path = record.text_at("path").unwrap_or_default();
            format!("{} {}", method(record), template(&path))
        }
        Sort::Door => {
            let what = record.text_at("type").unwrap_or_default();
            format!("account:{what}")
        }
        Sort::Decision => {
            let asked = record.norm(Norm::Verb).map(list).unwrap_or_default();
            asked.into_iter().next().unwrap_or_default()
        }
    }
}

pub(super) fn class(record: &Record) -> Class {
    match sort(record) {
        Sort::Call => match &*method(record) {
            "GET" | "HEAD" | "OPTIONS" => Class::Read,
            "DELETE" => Class::Delete,
            _ => Class::Write,
        },
        Sort::Door => match &*record.text_at("type").unwrap_or_default() {
            what if what.starts_with("LOGIN") => Class::Login,
            _ => Class::Write,
        },
        Sort::Decision => match action(record).rsplit(['/', ':']).next() {
            Some("get" | "list" | "read") => Class::Read,
            Some("delete" | "terminate" | "remove") => Class::Delete,
            _ => Class::Write,
        },
    }
}

pub(super) fn outcome(record: &Record) -> Outcome {
    match sort(record) {
        Sort::Call => {
            let code = record
                .text_at("status_int")
                .or_else(|| record.text_at("status"));
            match code.as_deref().and_then(|code| code.parse::<u16>().ok()) {
                Some(401 | 403) => Outcome::Denied,
                Some(400..) => Outcome::Failed,
                Some(100..) => Outcome::Success,
                _ => Outcome::Unknown,
            }
        }
        Sort::Door => match &*record.text_at("type").unwrap_or_default() {
            what if what.contains("FAIL") => Outcome::Denied,
            _ => Outcome::Success,
        },
        Sort::Decision => {
            let any = |key: &str| record.at(key).map(list).is_some_and(|all| !all.is_empty());
            match () {
                () if any("unauthorized_actions_array") || any("unauthorized_actions") => {
                    Outcome::Denied
                }
                () if any("authorized_actions_array") || any("authorized_actions") => {
                    Outcome::Success
                }
                () => Outcome::Unknown,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lose_what_names_one_thing() {
        let table = [
            ("/me/identity/user", "/me/identity/user"),
            ("/me/identity/user/lena", "/me/identity/user/{}"),
            ("/1.0/me/sshKey/laptop", "/me/sshKey/{}"),
            (
                "/cloud/project/0c2d3e/instance/a-1/snapshot",
                "/cloud/project/{}/instance/{}/snapshot",
            ),
            ("/me/api/oauth2/client", "/me/api/oauth2/client"),
            (
                "/domain/zone/example.com/record?x=1",
                "/domain/zone/{}/record",
            ),
            ("/v2/iam/policy/", "/iam/policy"),
            ("", ""),
            ("/", ""),
        ];
        for (path, want) in table {
            assert_eq!(template(path), want, "{path}");
        }
    }
}
