//! Rows of a table: Athena, CloudTrail Lake, the event history's download.
//!
//! A row's columns lost their case, and what was an object is text: JSON, or the way the query
//! engine prints its structures, `{type=IAMUser, arn=…}`, which is no JSON at all.

use serde::de::IgnoredAny;

use crate::decode::item::Members;
use crate::decode::{path, text};
use crate::normalize::catalogue::{canonical, recase};

/// Columns that hold an object or a list.
const OBJECTS: [&str; 11] = [
    "userIdentity",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "resources",
    "serviceEventDetails",
    "tlsDetails",
    "addendum",
    "edgeDeviceDetails",
    "insightDetails",
    "eventContext",
];
/// Those whose keys are CloudTrail's own and lost their case with the columns.
const OWN_KEYS: [&str; 5] = [
    "userIdentity",
    "resources",
    "tlsDetails",
    "addendum",
    "edgeDeviceDetails",
];
/// Columns of the event history's download, and where the record has them.
const HISTORY: [(&str, &str); 2] = [("awsaccesskey", "accessKeyId"), ("username", "userName")];

const MAX_DEPTH: usize = 16;

/// A column's name as every table has it.
fn folded(key: &[u8]) -> Vec<u8> {
    let kept = key.iter().filter(|byte| !b" -_".contains(byte));
    kept.map(u8::to_ascii_lowercase).collect()
}

/// Whether a column has this name; asked of every object that is not plainly a record.
fn is_column(key: &[u8], wanted: &[u8]) -> bool {
    key.len() >= wanted.len()
        && key
            .iter()
            .filter(|byte| !b" -_".contains(byte))
            .map(u8::to_ascii_lowercase)
            .eq(wanted.iter().copied())
}

/// Whether a row of a table has these columns.
pub(super) fn is(members: &Members) -> bool {
    let has = |wanted: &[u8]| members.iter().any(|(key, _)| is_column(key, wanted));
    if !(has(b"eventsource") && has(b"eventname") && has(b"eventtime")) {
        return false;
    }
    members.iter().any(|(key, raw)| {
        key.contains(&b' ')
            || matches!(raw, [b'"', b'{' | b'[', ..])
                && OBJECTS
                    .iter()
                    .any(|object| object.as_bytes().eq_ignore_ascii_case(key))
    })
}

/// Writes a row as the record it was.
pub(super) fn rewrite(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let mut identity = Vec::new();
    out.push(b'{');
    path::members(raw, |key, value| {
        let column = folded(&text::unescape(key));
        let history = HISTORY.iter().find(|(name, _)| name.as_bytes() == column);
        if let Some((_, name)) = history.filter(|_| value != b"null") {
            field(name.as_bytes(), &mut identity);
            identity.extend_from_slice(value);
            return true;
        }
        let name = canonical(&super::SOURCE, &column).map_or(key, str::as_bytes);
        field(name, out);
        let object = OBJECTS.iter().any(|object| object.as_bytes() == name);
        match value {
            [b'"', ..] if object => {
                let mut written = Vec::new();
                match structure(&text::bytes(value), &mut written) {
                    true if OWN_KEYS.iter().any(|own| own.as_bytes() == name) => {
                        recase(&super::SOURCE, &written, out);
                    }
                    true => out.extend_from_slice(&written),
                    false => out.extend_from_slice(value),
                }
            }
            value => out.extend_from_slice(value),
        }
        true
    });
    if !identity.is_empty() {
        // The download does not say of what kind they are: a name and a key are a user's, a name
        // without a lasting key may be a session's.
        let kind: &[u8] = match memchr::memmem::find(&identity, b"\"AKIA") {
            Some(_) => b"\"IAMUser\"",
            None => b"\"Unknown\"",
        };
        field(b"type", &mut identity);
        identity.extend_from_slice(kind);
        field(b"userIdentity", out);
        out.push(b'{');
        out.extend_from_slice(&identity);
        out.push(b'}');
    }
    out.push(b'}');
    true
}

/// Begins a member.
fn field(name: &[u8], out: &mut Vec<u8>) {
    if !out.is_empty() && !out.ends_with(b"{") {
        out.push(b',');
    }
    out.push(b'"');
    out.extend_from_slice(name);
    out.extend_from_slice(b"\":");
}

/// Writes the text of an object or list as JSON; false where it is neither.
fn structure(text: &[u8], out: &mut Vec<u8>) -> bool {
    let text = text.trim_ascii();
    if !matches!(text.first(), Some(b'{' | b'[')) {
        return false;
    }
    if serde_json::from_slice::<IgnoredAny>(text).is_ok() {
        out.extend_from_slice(text);
        return true;
    }
    let mut printed = Printed { text, at: 0 };
    printed.value(0, false, out).is_some() && printed.at == text.len()
}

/// A structure as the query engine prints it.
struct Printed<'t> {
    text: &'t [u8],
    at: usize,
}

impl Printed<'_> {
    fn value(&mut self, depth: usize, listed: bool, out: &mut Vec<u8>) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        let rest = &self.text[self.at..];
        // A document that a call was given stands in it as it was.
        if matches!(rest.first(), Some(b'{' | b'[')) {
            let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<IgnoredAny>();
            if values.next()?.is_ok() {
                let end = values.byte_offset();
                out.extend_from_slice(&rest[..end]);
                self.at += end;
                return Some(());
            }
        }
        match rest.first() {
            Some(b'{') => self.members(depth, out),
            Some(b'[') => self.elements(depth, out),
            _ => {
                let end = self.plain_end(listed);
                let value = &self.text[self.at..end];
                self.at = end;
                match value {
                    b"null" => out.extend_from_slice(b"null"),
                    value => string(value, out),
                }
                Some(())
            }
        }
    }

    fn members(&mut self, depth: usize, out: &mut Vec<u8>) -> Option<()> {
        out.push(b'{');
        self.at += 1;
        loop {
            let rest = &self.text[self.at..];
            let length = name_length(rest)?;
            if !out.ends_with(b"{") {
                out.push(b',');
            }
            string(&rest[..length], out);
            out.push(b':');
            self.at += length + 1;
            self.value(depth + 1, false, out)?;
            match self.text.get(self.at)? {
                b'}' => break,
                b',' => self.at += 1 + usize::from(self.text.get(self.at + 1) == Some(&b' ')),
                _ => return None,
            }
        }
        self.at += 1;
        out.push(b'}');
        Some(())
    }

    fn elements(&mut self, depth: usize, out: &mut Vec<u8>) -> Option<()> {
        out.push(b'[');
        self.at += 1;
        while *self.text.get(self.at)? != b']' {
            if !out.ends_with(b"[") {
                out.push(b',');
            }
            self.value(depth + 1, true, out)?;
            if self.text.get(self.at) == Some(&b',') {
                self.at += 1 + usize::from(self.text.get(self.at + 1) == Some(&b' '));
            }
        }
        self.at += 1;
        out.push(b']');
        Some(())
    }

    /// Where a value without brackets ends: before the next name, or before what closes the
    /// structure. Commas and braces may stand in it.
    fn plain_end(&self, listed: bool) -> usize {
        let mut at = self.at;
        while at < self.text.len() {
            match self.text[at] {
                b',' if self.text.get(at + 1) == Some(&b' ') => {
                    let next = &self.text[at + 2..];
                    if listed
                        || name_length(next).is_some()
                        || matches!(next.first(), Some(b'{' | b'['))
                    {
                        return at;
                    }
                }
                // Some engines leave out the space; then only names that are known are names.
                b',' => {
                    let next = &self.text[at + 1..];
                    let name = name_length(next).and_then(|length| next.get(..length));
                    if name.is_some_and(|name| canonical(&super::SOURCE, name).is_some()) {
                        return at;
                    }
                }
                b'}' | b']' => {
                    let closing = |byte: &u8| matches!(byte, b'}' | b']' | b',');
                    if self.text.get(at + 1).is_none_or(closing) {
                        return at;
                    }
                }
                _ => {}
            }
            at += 1;
        }
        at
    }
}

/// How long the name before an equals sign is, where there is one.
fn name_length(text: &[u8]) -> Option<usize> {
    let name = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_-.:@/".contains(byte);
    let length = text.iter().take_while(name).count();
    (length > 0 && text.get(length) == Some(&b'=')).then_some(length)
}

fn string(value: &[u8], out: &mut Vec<u8>) {
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(out, &String::from_utf8_lossy(value));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        let mut out = Vec::new();
        structure(text.as_bytes(), &mut out).then(|| String::from_utf8_lossy(&out).into_owned())
    }

    #[test]
    fn what_a_query_engine_prints_becomes_json() {
        let table = [
            (r#"{"a": 1}"#, r#"{"a": 1}"#),
            (
                "{type=IAMUser, arn=arn:aws:iam::111122223333:user/a, invokedby=null}",
                r#"{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/a","invokedby":null}"#,
            ),
            (
                "{principalid=AROA:x=1,y, sessioncontext={attributes={mfaauthenticated=false}, sessionissuer=null}}",
                r#"{"principalid":"AROA:x=1,y","sessioncontext":{"attributes":{"mfaauthenticated":"false"},"sessionissuer":null}}"#,
            ),
            (
                "[{arn=a, accountid=1}, {arn=b, accountid=2}]",
                r#"[{"arn":"a","accountid":"1"},{"arn":"b","accountid":"2"}]"#,
            ),
            (
                "{bucketName=b, bucketPolicy={\"Version\":\"1\"}, Host=h}",
                r#"{"bucketName":"b","bucketPolicy":{"Version":"1"},"Host":"h"}"#,
            ),
            (
                "{type=Root,principalid=1,username=}",
                r#"{"type":"Root","principalid":"1","username":""}"#,
            ),
            (
                "{groupset=[sg-1, sg-2], note=a {b} c}",
                r#"{"groupset":["sg-1","sg-2"],"note":"a {b} c"}"#,
            ),
        ];
        for (text, want) in table {
            assert_eq!(read(text).as_deref(), Some(want), "{text}");
        }
    }

    #[test]
    fn what_is_no_structure_stays_text() {
        for text in ["", "{", "{a", "{a=", "[", "{a=1", "plain", "{a=1}x", "{=}"] {
            assert_eq!(read(text), None, "{text}");
        }
        let deep = "{a=".repeat(100);
        assert_eq!(read(&deep), None);
    }
}
