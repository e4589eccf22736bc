//! Rows of the tables that a sink fills in BigQuery, made entries again.
//!
//! A table has no place for values of any shape: what is one stands there as text, under a name
//! that says so.

use crate::decode::item::Members;
use crate::decode::{path, text};

/// The column of the payload.
const PAYLOAD: &[u8] = b"protopayload_auditlog";

/// Whether an object is such a row.
pub(super) fn is(members: &Members) -> bool {
    let payload = members
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(PAYLOAD));
    // Clusters have a source of their own.
    payload.is_some_and(|(_, raw)| !crate::normalize::kubernetes_audit::is_payload(&plain(raw)))
}

/// A column of JSON, which tables that know text only hold as text.
pub fn plain(raw: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    match raw {
        [b'"', inner @ .., b'"'] if inner.starts_with(b"{") => text::unescape(inner),
        _ => std::borrow::Cow::Borrowed(raw),
    }
}

/// Columns of the payload that hold text, and what an entry calls them.
const AS_TEXT: [(&[u8], &str); 6] = [
    (b"requestjson", "request"),
    (b"responsejson", "response"),
    (b"metadatajson", "metadata"),
    (b"servicedatajson", "serviceData"),
    (b"servicedata_v1_iam", "serviceData"),
    (b"resourceoriginalstatejson", "resourceOriginalState"),
];

/// Writes a row as an entry.
pub fn rewrite(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let mut first = true;
    out.push(b'{');
    path::members(raw, |key, value| {
        if value == b"null" {
            return true;
        }
        if !std::mem::take(&mut first) {
            out.push(b',');
        }
        if key.eq_ignore_ascii_case(PAYLOAD) {
            out.extend_from_slice(b"\"protoPayload\":");
            payload(&plain(value), out);
            return true;
        }
        out.push(b'"');
        out.extend_from_slice(key);
        out.extend_from_slice(b"\":");
        out.extend_from_slice(&plain(value));
        true
    });
    out.push(b'}');
    !first
}

fn payload(raw: &[u8], out: &mut Vec<u8>) {
    let mut first = true;
    out.push(b'{');
    path::members(raw, |key, value| {
        if value == b"null" || value == b"\"\"" {
            return true;
        }
        let lower = key.to_ascii_lowercase();
        let known = AS_TEXT.iter().find(|(column, _)| *column == lower);
        let inner = match (known, value) {
            (Some(_), [b'"', inner @ .., b'"']) => Some(text::unescape(inner)),
            _ => None,
        };
        // Text that is no JSON has no place in an entry.
        let looks = |inner: &[u8]| matches!(inner.trim_ascii().first(), Some(b'{' | b'['));
        if inner.as_deref().is_some_and(|inner| !looks(inner)) {
            return true;
        }
        if !std::mem::take(&mut first) {
            out.push(b',');
        }
        out.push(b'"');
        match known {
            Some((_, name)) => out.extend_from_slice(name.as_bytes()),
            None => out.extend_from_slice(key),
        }
        out.extend_from_slice(b"\":");
        match inner {
            Some(inner) => out.extend_from_slice(&inner),
            None => out.extend_from_slice(value),
        }
        true
    });
    out.push(b'}');
}
