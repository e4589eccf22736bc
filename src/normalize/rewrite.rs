//! Writing a copy of a record the way its source writes it.
//!
//! Members of the copy enter, the text of the record leaves: what a form of a source is made of.

use std::borrow::Cow;

use crate::decode::item::Members;
use crate::decode::{path, text};

/// The object that is being written.
pub struct Object<'o> {
    out: &'o mut Vec<u8>,
    first: bool,
}

impl<'o> Object<'o> {
    /// Opens it.
    pub fn open(out: &'o mut Vec<u8>) -> Object<'o> {
        out.push(b'{');
        Object { out, first: true }
    }

    fn key(&mut self, key: &[u8]) {
        if !std::mem::take(&mut self.first) {
            self.out.push(b',');
        }
        self.out.push(b'"');
        self.out.extend_from_slice(key);
        self.out.extend_from_slice(b"\":");
    }

    /// A member with a value as a log writes it; nothing for an absent one.
    pub fn raw(&mut self, key: &str, raw: &[u8]) {
        self.member(key.as_bytes(), raw);
    }

    /// The same with a key as a log writes it, escapes and all.
    pub fn member(&mut self, key: &[u8], raw: &[u8]) {
        if !raw.is_empty() && raw != b"null" {
            self.key(key);
            self.out.extend_from_slice(raw);
        }
    }

    /// A member with text.
    pub fn text(&mut self, key: &str, text: &str) {
        self.key(key.as_bytes());
        // Nearly all text stands in JSON as it is.
        let plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
        if text.bytes().all(plain) {
            self.out.push(b'"');
            self.out.extend_from_slice(text.as_bytes());
            self.out.push(b'"');
        } else {
            self.out.extend_from_slice(&quoted(text));
        }
    }

    /// A member that is an object itself.
    pub fn object(&mut self, key: &str, write: impl FnOnce(&mut Object)) {
        self.key(key.as_bytes());
        let mut inner = Object::open(self.out);
        write(&mut inner);
        inner.close();
    }

    /// Closes it.
    pub fn close(self) {
        self.out.push(b'}');
    }
}

/// Text as a JSON string.
pub fn quoted(text: &str) -> Vec<u8> {
    // Text cannot fail to become a JSON string.
    serde_json::to_vec(text).unwrap_or_else(|_| b"\"\"".to_vec())
}

/// The raw value of a key; null is none.
pub fn get<'m>(members: &Members<'m>, key: &str) -> Option<&'m [u8]> {
    let mut found = members.iter().filter(|(own, _)| is(own, key));
    let raw = found.next()?.1;
    (raw != b"null").then_some(raw)
}

/// Whether there is such a key.
pub fn has(members: &Members, key: &str) -> bool {
    members.iter().any(|(own, _)| is(own, key))
}

/// Tables name the zone of a time in the head of its column.
fn is(own: &[u8], key: &str) -> bool {
    own.strip_prefix(key.as_bytes())
        .is_some_and(|rest| rest.is_empty() || rest == b" [UTC]")
}

/// The members of an object.
pub fn members(raw: &[u8]) -> Vec<(&[u8], &[u8])> {
    let mut out = Vec::new();
    if raw.first() == Some(&b'{') {
        path::members(raw, |key, value| {
            out.push((key, value));
            true
        });
    }
    out
}

/// The first of these keys that holds something.
pub fn first<'m>(members: &Members<'m>, keys: &[&str]) -> &'m [u8] {
    let mut found = keys.iter().filter_map(|key| get(members, key));
    found.find(|raw| *raw != b"\"\"").unwrap_or_default()
}

/// The same as text; empty where there is none.
pub fn first_text<'m>(members: &Members<'m>, keys: &[&str]) -> Cow<'m, str> {
    match first(members, keys) {
        b"" => Cow::Borrowed(""),
        raw => text::string(raw),
    }
}

/// JSON that stands in a string; anything else as it is.
pub fn embedded(raw: &[u8]) -> Cow<'_, [u8]> {
    let [b'"', inner @ .., b'"'] = raw else {
        return Cow::Borrowed(raw);
    };
    let opened = text::unescape(inner);
    let starts = opened.iter().find(|byte| !byte.is_ascii_whitespace());
    let container = matches!(starts, Some(b'{' | b'['));
    // What is no JSON stays the text it is: the record must remain one.
    match container && serde_json::from_slice::<serde::de::IgnoredAny>(&opened).is_ok() {
        true => opened,
        false => Cow::Borrowed(raw),
    }
}

/// `value` of an object that names a thing for machines and for people; anything else as it is.
pub fn value_of(raw: &[u8]) -> &[u8] {
    match raw.first() {
        Some(b'{') => path::first(raw, "value")
            .filter(|raw| *raw != b"null")
            .unwrap_or_default(),
        _ => raw,
    }
}

/// `resourceId` for `resource_id` and `ResourceId`: the way the logs of this family spell keys.
pub fn camel(key: &[u8]) -> Cow<'_, [u8]> {
    let snake = key.contains(&b'_') && !key.starts_with(b"_");
    if !snake && !key.first().is_some_and(u8::is_ascii_uppercase) {
        return Cow::Borrowed(key);
    }
    let mut out = Vec::with_capacity(key.len());
    let mut up = false;
    for (at, byte) in key.iter().enumerate() {
        match byte {
            b'_' if snake => up = true,
            _ if up => {
                out.push(byte.to_ascii_uppercase());
                up = false;
            }
            _ if at == 0 => out.push(byte.to_ascii_lowercase()),
            _ => out.push(*byte),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_texts() {
        assert_eq!(&*camel(b"event_data_id"), b"eventDataId");
        assert_eq!(&*camel(b"OperationName"), b"operationName");
        assert_eq!(&*camel(b"_ResourceId"), b"_ResourceId");
        assert_eq!(&*camel(b"time"), b"time");
        assert_eq!(&*embedded(br#""{\"a\":\"b\"}""#), br#"{"a":"b"}"#);
        assert_eq!(&*embedded(br#""{not json""#), br#""{not json""#);
        assert_eq!(&*embedded(br#""plain""#), br#""plain""#);
        assert_eq!(value_of(br#"{"value":"x","localizedValue":"y"}"#), b"\"x\"");
        assert_eq!(value_of(br#"{"value":null}"#), b"");
    }

    #[test]
    fn an_object_leaves_out_what_is_not_there() {
        let mut out = Vec::new();
        let mut object = Object::open(&mut out);
        object.raw("a", b"null");
        object.text("b", "x\"\n");
        object.object("c", |inner| inner.raw("d", b"1"));
        object.raw("e", b"");
        object.close();
        assert_eq!(out, br#"{"b":"x\"\n","c":{"d":1}}"#);
    }
}
