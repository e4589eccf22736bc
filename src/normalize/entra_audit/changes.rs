//! What was changed on what: the targets of an audit record and their properties.
//!
//! Old and new values are JSON in text, often in further quotes.

use std::borrow::Cow;

use crate::decode::{path, text};
use crate::model::actor::is_guid;
use crate::normalize::rewrite::embedded;
use crate::normalize::source::Record;

/// Calls `each` with every target.
pub(super) fn resources(record: &Record, each: &mut dyn FnMut(&[u8])) {
    let Some(raw) = record.at("properties.targetResources") else {
        return;
    };
    let raw = embedded(raw);
    match raw.first() {
        Some(b'[') => path::elements(&raw, |resource| {
            each(resource);
            true
        }),
        Some(b'{') => each(&raw),
        _ => {}
    }
}

/// Takes the name of a property, its old and its new value.
type Change<'c> = dyn FnMut(&str, &[u8], &[u8]) + 'c;

/// Calls `each` with every changed property.
fn properties(record: &Record, each: &mut Change) {
    resources(record, &mut |resource| {
        let Some(list) = path::first_in(record.shelved(), resource, "modifiedProperties") else {
            return;
        };
        let list = embedded(list);
        if list.first() != Some(&b'[') {
            return;
        }
        path::elements(&list, |change| {
            let one = |key: &str| path::first_in(record.shelved(), change, key).unwrap_or_default();
            let name = text::string(one("displayName")).into_owned();
            each(&name, one("oldValue"), one("newValue"));
            true
        });
    });
}

/// `"\"Global Administrator\""` is Global Administrator, `"[\"a\"]"` is a.
fn plain(raw: &[u8]) -> Vec<String> {
    let opened = text::bytes(raw);
    let opened = opened.trim_ascii();
    match opened.first() {
        Some(b'"') => text::present(opened)
            .map(Cow::into_owned)
            .into_iter()
            .collect(),
        Some(b'[') => {
            let mut out = Vec::new();
            path::elements(opened, |element| {
                let text = match element.first() {
                    Some(b'"') => text::string(element).into_owned(),
                    _ => String::from_utf8_lossy(&text::compact(element)).into_owned(),
                };
                if !text.is_empty() {
                    out.push(text);
                }
                out.len() < 100
            });
            out
        }
        None => Vec::new(),
        _ if opened == b"null" => Vec::new(),
        _ => vec![String::from_utf8_lossy(&text::compact(opened)).into_owned()],
    }
}

pub(super) fn names(record: &Record, out: &mut Vec<String>) {
    properties(record, &mut |name, _, _| out.push(name.to_owned()));
}

pub(super) fn new(record: &Record, out: &mut Vec<String>) {
    properties(record, &mut |name, _, new| {
        out.extend(
            plain(new)
                .into_iter()
                .map(|value| format!("{name}={value}")),
        );
    });
}

pub(super) fn old(record: &Record, out: &mut Vec<String>) {
    properties(record, &mut |name, old, _| {
        out.extend(
            plain(old)
                .into_iter()
                .map(|value| format!("{name}={value}")),
        );
    });
}

pub(super) fn admin_consent(record: &Record, out: &mut Vec<String>) {
    properties(record, &mut |name, _, new| {
        if name.eq_ignore_ascii_case("ConsentContext.IsAdminConsent") {
            out.extend(plain(new).into_iter().map(|value| value.to_lowercase()));
        }
    });
}

pub(super) fn roles(record: &Record, out: &mut Vec<String>) {
    properties(record, &mut |name, old, new| {
        if name.eq_ignore_ascii_case("Role.DisplayName") {
            out.extend(plain(new));
            out.extend(plain(old));
        }
    });
    // Privileged identity management names the role as a target.
    resources(record, &mut |resource| {
        let kind = path::first_in(record.shelved(), resource, "type")
            .map(text::string)
            .unwrap_or_default();
        if kind.eq_ignore_ascii_case("Role") {
            let name =
                path::first_in(record.shelved(), resource, "displayName").and_then(text::present);
            out.extend(name.map(Cow::into_owned));
        }
    });
    out.sort();
    out.dedup();
}

pub(super) fn details(record: &Record, out: &mut Vec<String>) {
    let Some(raw) = record.at("properties.additionalDetails") else {
        return;
    };
    let raw = embedded(raw);
    if raw.first() != Some(&b'[') {
        return;
    }
    path::elements(&raw, |detail| {
        let one = |key: &str| {
            path::first(detail, key)
                .map(text::string)
                .unwrap_or_default()
        };
        out.push(format!("{}={}", one("key"), one("value")));
        true
    });
}

/// The ids of secrets and certificates that are there after the change and were not before:
/// `[KeyIdentifier=GUID,KeyType=Password,…]`.
pub(super) fn key_ids(record: &Record, out: &mut Vec<String>) {
    properties(record, &mut |name, old, new| {
        if !name.contains("KeyDescription") {
            return;
        }
        let (old, new) = (
            text::string(old).into_owned(),
            text::string(new).into_owned(),
        );
        for part in new.split("KeyIdentifier=").skip(1) {
            let id: String = part.chars().take(36).collect();
            if id.len() == 36 && !old.contains(&id) && !out.contains(&id) {
                out.push(id);
            }
        }
    });
}

/// The federated credentials that are there after the change and were not before: the id of each,
/// and the subject whose tokens it trusts.
pub(super) fn federated(record: &Record, each: &mut dyn FnMut(String, &str)) {
    properties(record, &mut |name, old, new| {
        if name != "FederatedIdentityCredentials" {
            return;
        }
        let (old, new) = (text::string(old), text::bytes(new));
        if new.first() != Some(&b'[') {
            return;
        }
        path::elements(&new, |credential| {
            let one = |key: &str| path::first(credential, key).and_then(text::present);
            if let (Some(id), Some(subject)) = (one("Id"), one("Subject"))
                && is_guid(&id)
                && !old.contains(&*id)
            {
                each(id.to_ascii_lowercase(), &subject);
            }
            true
        });
    });
}
