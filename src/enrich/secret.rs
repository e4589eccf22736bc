//! Secrets are masked before anything is printed.
//!
//! A text or a JSON value that is about to be shown enters, the same without secrets leaves:
//! logs hold session tokens, storage keys and passwords in clear, and a report is passed around.
//! Access key ids, key names and fingerprints stay: they are evidence.
//!
//! What is masked is in two lists: `names` knows the fields that hold a secret, `shapes` what a
//! secret looks like wherever it stands. Besides:
//! * of an object with a name and a value, the value, when the name is a secret's (container
//!   environments, keys that Azure lists)
//! * `data` and `stringData` of Kubernetes secrets
//! * JSON inside strings, as deep as logs nest it

mod names;
mod shapes;

use std::borrow::Cow;

use serde_json::{Map, Value};

/// What stands in a secret's place.
pub const MASK: &str = "[masked]";

/// How deep JSON inside strings inside JSON is followed.
const NESTING: usize = 4;

/// Masks one value of a field; `None` when it may be shown as it is.
pub fn mask(key: &str, value: &str) -> Option<String> {
    mask_field(key, value, NESTING)
}

/// Masks what looks like a secret in free text (a command line, an error message); `None` when
/// nothing does.
pub fn mask_text(text: &str) -> Option<String> {
    match shapes::masked(text) {
        Cow::Borrowed(_) => None,
        Cow::Owned(masked) => Some(masked),
    }
}

/// Masks a whole value in place. Strings that hold JSON are written anew only where something in
/// them was masked.
pub fn mask_json(value: &mut Value) {
    mask_value("", value, NESTING);
}

fn mask_value(key: &str, value: &mut Value, nesting: usize) {
    match value {
        Value::String(text) => {
            if let Some(masked) = mask_field(key, text, nesting) {
                *text = masked;
            }
        }
        // Codes of second factors come as numbers too.
        Value::Number(_) if names::is_secret(key) => *value = Value::String(MASK.to_owned()),
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| mask_value(key, item, nesting)),
        Value::Object(map) => mask_map(map, nesting),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn mask_map(map: &mut Map<String, Value>, nesting: usize) {
    let kind = map.get("kind").and_then(Value::as_str).unwrap_or_default();
    if kind == "Secret" {
        mask_secret_object(map);
    } else if kind == "SecretList"
        && let Some(Value::Array(items)) = map.get_mut("items")
    {
        // The items of a list do not repeat their kind.
        for item in items.iter_mut().filter_map(Value::as_object_mut) {
            mask_secret_object(item);
        }
    }
    let names_a_secret = map
        .iter()
        .any(|(key, name)| names::is_name(key) && name.as_str().is_some_and(names::names_secret));
    for (key, value) in map.iter_mut() {
        if names_a_secret && names::is_value(key) && !value.is_null() {
            hide(value);
        } else {
            mask_value(key, value, nesting);
        }
    }
}

/// A Kubernetes secret's contents; its name, labels and the names of its keys stay.
fn mask_secret_object(map: &mut Map<String, Value>) {
    for part in ["data", "stringData"] {
        match map.get_mut(part) {
            Some(Value::Object(data)) => data.values_mut().for_each(hide),
            Some(other) => hide(other),
            None => {}
        }
    }
    // The last applied configuration is the whole object once more, as text.
    if let Some(Value::Object(annotations)) = map
        .get_mut("metadata")
        .and_then(|metadata| metadata.get_mut("annotations"))
        && let Some(applied) =
            annotations.get_mut("kubectl.kubernetes.io/last-applied-configuration")
    {
        hide(applied);
    }
}

fn hide(value: &mut Value) {
    let shown = match value {
        Value::Null => true,
        Value::String(text) => names::is_hidden_already(text),
        _ => false,
    };
    if !shown {
        *value = Value::String(MASK.to_owned());
    }
}

fn mask_field(key: &str, value: &str, nesting: usize) -> Option<String> {
    if names::is_hidden_already(value) {
        return None;
    }
    let is_json = value.trim_start().starts_with(['{', '[']);
    // Azure writes what was checked, not a header, under the name of the header: as JSON.
    if names::is_secret(key) && !(is_json && names::may_be_harmless_json(key)) {
        return Some(MASK.to_owned());
    }
    if is_json
        && nesting > 0
        && let Ok(mut inner) = serde_json::from_str::<Value>(value)
        && (inner.is_object() || inner.is_array())
    {
        let before = inner.clone();
        mask_value(key, &mut inner, nesting - 1);
        return (inner != before).then(|| inner.to_string());
    }
    mask_text(value)
}

#[cfg(test)]
mod tests;
