//! The wrappings in which logs hand over a policy document.
//!
//! Text enters, a JSON value and its statements leave. The same document comes as an object, as
//! a string of JSON and percent-encoded, depending on the call and on who copied the log.

use serde_json::{Map, Value};

/// Removes the wrappings; `None` when no JSON is inside.
pub(super) fn open(text: &str) -> Option<Value> {
    let mut text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let mut owned;
    // Each round removes one wrapping; no log was seen with more than two.
    for _ in 0..4 {
        match text.as_bytes().first()? {
            b'{' | b'[' => {
                return serde_json::from_str(text).ok().or_else(|| {
                    unescaped(text).and_then(|inner| serde_json::from_str(&inner).ok())
                });
            }
            b'"' => owned = serde_json::from_str::<String>(text).ok()?,
            b'%' => owned = percent_decoded(text),
            _ => return None,
        }
        text = owned.trim();
    }
    None
}

/// The statements of a document; a single statement and a bare list of them count as one, as in
/// the answer to a Lambda permission. `None` when the value has none.
pub(super) fn statements(document: &Value) -> Option<Vec<&Map<String, Value>>> {
    let list = match document {
        Value::Object(map) => match get(map, "Statement") {
            Some(list) => list,
            None => return get(map, "Effect").map(|_| vec![map]),
        },
        other => other,
    };
    match list {
        Value::Object(map) => Some(vec![map]),
        Value::Array(items) => {
            let found: Vec<_> = items
                .iter()
                .filter_map(Value::as_object)
                .filter(|item| document.is_object() || get(item, "Effect").is_some())
                .collect();
            // A bare list of something else is no policy; a policy without a statement is one.
            (document.is_object() || !found.is_empty()).then_some(found)
        }
        _ => None,
    }
}

/// Reads a member. Copies of logs exist with all keys in lower case, so case is the second try.
/// Of a key that stands there twice the last counts; AWS refuses such a document anyway.
pub(super) fn get<'a>(map: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    map.get(key).or_else(|| {
        map.iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
            .map(|(_, value)| value)
    })
}

/// The texts of a value that is a string, a number, a truth value or a list of them.
pub(super) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.trim().to_owned()],
        Value::Number(number) => vec![number.to_string()],
        Value::Bool(truth) => vec![truth.to_string()],
        Value::Array(items) => items
            .iter()
            .filter(|i| !i.is_array())
            .flat_map(texts)
            .collect(),
        Value::Null | Value::Object(_) => Vec::new(),
    }
}

/// Takes one layer of backslashes from JSON that was escaped but has lost its outer quotes.
fn unescaped(text: &str) -> Option<String> {
    text.contains('\\')
        .then(|| serde_json::from_str(&format!("\"{text}\"")).ok())?
}

/// Resolves `%7B` and its like; what is no valid escape stays as it is, a plus sign too.
fn percent_decoded(text: &str) -> String {
    let hex = |byte: Option<&u8>| byte.and_then(|b| char::from(*b).to_digit(16));
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match (byte, hex(bytes.get(at + 1)), hex(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrapping_opens() {
        let plain = r#"{"Statement":{"Effect":"Allow"}}"#;
        let once = plain
            .replace('{', "%7B")
            .replace('"', "%22")
            .replace('}', "%7D");
        let twice = once.replace('%', "%25");
        let quoted = Value::String(plain.to_owned()).to_string();
        let escaped = plain.replace('"', "\\\"");
        let spaced = format!("\u{feff}\n {plain}\r\n");
        for text in [plain, &once, &twice, &quoted, &escaped, &spaced] {
            assert_eq!(open(text), serde_json::from_str(plain).ok(), "{text}");
        }
        for text in [
            "",
            " ",
            "%",
            "%%%",
            "%7B",
            "{",
            "\"",
            "\"{\"",
            "arn:aws:iam::aws:policy/x",
            "42",
        ] {
            assert_eq!(open(text), None, "{text}");
        }
        // A percent sign inside a document is left alone.
        assert_eq!(percent_decoded("%41%4g%zz+%"), "A%4g%zz+%");
    }

    #[test]
    fn only_policies_have_statements() {
        let table = [
            (r#"{"Statement":[]}"#, Some(0)),
            (r#"{"statement":[{},7,null,{"Effect":"Deny"}]}"#, Some(2)),
            (r#"{"Statement":{"Effect":"Allow"}}"#, Some(1)),
            (r#"{"Sid":"x","Effect":"Allow"}"#, Some(1)),
            (r#"[{"Effect":"Allow"},{"a":1}]"#, Some(1)),
            (r#"{"Statement":"*"}"#, None),
            (r#"{"bindings":[]}"#, None),
            (r#"[{"a":1}]"#, None),
            ("[]", None),
        ];
        for (text, want) in table {
            let value: Value = serde_json::from_str(text).unwrap_or_default();
            assert_eq!(statements(&value).map(|s| s.len()), want, "{text}");
        }
    }
}
