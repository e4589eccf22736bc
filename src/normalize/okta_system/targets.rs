//! On what: the record's list of targets, which may be null.

use std::borrow::Cow;

use super::is_nothing;
use crate::decode::{path, text};
use crate::model::Target;
use crate::normalize::source::{Norm, Record};

/// The kinds of target in the words all sources share.
fn kind_of(declared: &str) -> String {
    match declared {
        "User" | "AppUser" => "user".to_owned(),
        "UserGroup" => "group".to_owned(),
        "AppInstance" | "PublicClientApp" | "OAuth2Client" => "application".to_owned(),
        "PolicyEntity" => "policy".to_owned(),
        "PolicyRule" | "Rule" => "policy_rule".to_owned(),
        "Token" | "access_token" | "refresh_token" | "id_token" => "api_key".to_owned(),
        "NetworkZone" => "zone".to_owned(),
        other => other.to_lowercase().replace([' ', '-'], "_"),
    }
}

fn each<'a>(record: &Record<'a>, mut found: impl FnMut(&'a [u8])) {
    let Some(list) = record.at("target") else {
        return;
    };
    match list.first() {
        Some(b'[') => path::elements(list, |raw| {
            if raw.first() == Some(&b'{') {
                found(raw);
            }
            true
        }),
        Some(b'{') => found(list),
        _ => {}
    }
}

fn value(raw: &[u8], path: &str) -> Option<String> {
    let text = path::first(raw, path).and_then(text::present)?;
    (!is_nothing(&text)).then(|| Cow::into_owned(text))
}

pub(super) fn targets(record: &Record, most: usize) -> Vec<Target> {
    let mut out: Vec<Target> = Vec::new();
    each(record, |raw| {
        let login = value(raw, "alternateId");
        let name = login.clone().or_else(|| value(raw, "displayName"));
        let Some(id) = value(raw, "id").or_else(|| name.clone()) else {
            return;
        };
        if out.len() < most && !out.iter().any(|known| known.id == id) {
            out.push(Target {
                kind: kind_of(&value(raw, "type").unwrap_or_else(|| "resource".to_owned())),
                name: name.unwrap_or_else(|| id.clone()),
                id,
                account: None,
            });
        }
    });
    out
}

pub(super) fn count_targets(record: &Record) -> usize {
    let mut count = 0;
    each(record, |_| count += 1);
    count
}

pub(super) fn self_target(record: &Record) -> bool {
    let Some(own) = record.text(Norm::ActorId) else {
        return false;
    };
    let mut found = false;
    each(record, |raw| {
        found |= value(raw, "id").is_some_and(|id| id == own);
    });
    found && !is_nothing(&own)
}
