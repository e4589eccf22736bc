//! One spelling for all the ways to write the same JSON value.
//!
//! A raw value in, text out: keys sorted, no white space, escapes resolved. For records without
//! an id, whose copies may have their keys in another order.

use std::io::Write;

use super::{path, text};

/// Deeper values are taken as they are written; the walk refuses them anyway.
const MAX_DEPTH: usize = 128;

/// Appends the canonical form of a raw value.
pub fn canonical(raw: &[u8], out: &mut Vec<u8>) {
    value(raw, 0, out);
}

/// The canonical form of a raw value.
pub fn canonical_of(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    canonical(raw, &mut out);
    out
}

fn value(raw: &[u8], depth: usize, out: &mut Vec<u8>) {
    match raw.first() {
        Some(b'{') if depth < MAX_DEPTH => {
            let mut members = Vec::new();
            path::members(raw, |key, value| {
                members.push((text::unescape(key), value));
                true
            });
            // Of a repeated key the last one counts; the sort keeps their order.
            if !members.is_sorted_by(|a, b| a.0 < b.0) {
                members.sort_by(|a, b| a.0.cmp(&b.0));
            }
            out.push(b'{');
            for (at, (key, inner)) in members.iter().enumerate() {
                if members.get(at + 1).is_some_and(|(next, _)| next == key) {
                    continue;
                }
                string(key, out);
                out.push(b':');
                value(inner, depth + 1, out);
                out.push(b',');
            }
            out.push(b'}');
        }
        Some(b'[') if depth < MAX_DEPTH => {
            out.push(b'[');
            path::elements(raw, |element| {
                value(element, depth + 1, out);
                out.push(b',');
                true
            });
            out.push(b']');
        }
        Some(b'"') => string(&text::bytes(raw), out),
        _ => out.extend_from_slice(raw),
    }
}

/// A text with its length before it, so that no other text can look like it.
fn string(text: &[u8], out: &mut Vec<u8>) {
    // Nothing that is written into memory fails.
    let _ = write!(out, "\"{}:", text.len());
    out.extend_from_slice(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(raw: &str) -> Vec<u8> {
        let mut out = Vec::new();
        canonical(raw.as_bytes(), &mut out);
        out
    }

    #[test]
    fn order_space_and_escapes_make_no_difference() {
        let one = r#"{"a":{"c":1,"b":["x",null]},"d":"\u0041/"}"#;
        for same in [
            r#"{ "d" : "A\/", "a" : {"b":["x", null],"c":1} }"#,
            r#"{"a":0,"d":"A/","a":{"c":1,"b":["\u0078",null]}}"#,
        ] {
            assert_eq!(of(one), of(same), "{same}");
        }
        for other in [
            r#"{"a":{"c":1,"b":["x","null"]},"d":"A/"}"#,
            r#"{"a":{"c":1,"b":[null,"x"]},"d":"A/"}"#,
            r#"{"a":{"c":1,"b":["x",null],"d":"A/"}}"#,
        ] {
            assert_ne!(of(one), of(other), "{other}");
        }
    }
}
