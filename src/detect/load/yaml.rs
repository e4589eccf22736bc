//! YAML of one document, and the small readings every part of a rule needs.
//!
//! Text enters, maps and plain values leave. Numbers and truth values become their text here:
//! that is what records are compared with.

use yaml_serde::{Mapping, Value};

use super::error::{Parse, RuleError, Under, wrong};
use super::lines::Part;
use super::value::Plain;

/// Reads one document; what is no map is no rule.
pub(super) fn document(file: &str, part: &Part<'_>) -> Result<Mapping, RuleError> {
    let broken = |error: &yaml_serde::Error| {
        // YAML knows more line breaks than editors do: those are no lines of the file.
        let before = error.location().map_or(0, |location| location.index());
        let breaks = part.text.chars().take(before).filter(|c| *c == '\n');
        let text = error.to_string();
        // The place is said by file and line already.
        let reason = text.split(" at line ").next().unwrap_or(&text);
        RuleError {
            file: file.to_owned(),
            line: part.first_line + breaks.count(),
            key: String::new(),
            reason: format!("not valid YAML: {reason}"),
        }
    };
    let Plain(mut value) = yaml_serde::from_str(part.text).map_err(|error| broken(&error))?;
    value.apply_merge().map_err(|error| broken(&error))?;
    mapping(file, part, value)
}

/// Reads a document of a built-in rule as the build laid it out, in JSON.
pub(super) fn brief(file: &str, part: &Part<'_>) -> Result<Mapping, RuleError> {
    let broken = |error: serde_json::Error| RuleError::of_file(file, error.to_string());
    let Plain(value) = serde_json::from_str(part.text).map_err(broken)?;
    mapping(file, part, value)
}

fn mapping(file: &str, part: &Part<'_>, value: Value) -> Result<Mapping, RuleError> {
    match value {
        Value::Mapping(map) => Ok(map),
        _ => Err(RuleError {
            file: file.to_owned(),
            line: part.first_line,
            key: String::new(),
            reason: "a rule is a map of keys and values".to_owned(),
        }),
    }
}

/// The text of a plain value; nothing for null, lists and maps.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// The text under a key; nothing where it is absent or null.
pub(super) fn text(map: &Mapping, key: &str) -> Parse<Option<String>> {
    match map.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match scalar(value) {
            Some(text) => Ok(Some(text)),
            None => wrong("text is expected here").under(key),
        },
    }
}

/// The texts under a key: a list, one text, or nothing. Nulls in a list are passed over.
pub(super) fn texts(map: &Mapping, key: &str) -> Parse<Vec<String>> {
    match map.get(key) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Sequence(values)) => {
            let mut texts = Vec::with_capacity(values.len());
            for value in values.iter().filter(|value| !value.is_null()) {
                match scalar(value) {
                    Some(text) => texts.push(text),
                    None => return wrong("a list of texts is expected here").under(key),
                }
            }
            Ok(texts)
        }
        Some(value) => match scalar(value) {
            Some(text) => Ok(vec![text]),
            None => wrong("a text or a list of texts is expected here").under(key),
        },
    }
}

/// `true` or `false` under a key; nothing where it is absent or null.
pub(super) fn truth(map: &Mapping, key: &str) -> Parse<Option<bool>> {
    match map.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(truth)) => Ok(Some(*truth)),
        Some(_) => wrong("true or false is expected here").under(key),
    }
}

/// The map under a key; nothing where it is absent or null.
pub(super) fn map<'a>(map: &'a Mapping, key: &str) -> Parse<Option<&'a Mapping>> {
    match map.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Mapping(inner)) => Ok(Some(inner)),
        Some(_) => wrong("a map is expected here").under(key),
    }
}
