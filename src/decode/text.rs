//! Raw JSON values as text.
//!
//! Raw spans in, borrowed text out wherever nothing has to be unescaped. Lossy where the text
//! is not text (lone surrogates, bad UTF-8): a record is never lost for it.

use std::borrow::Cow;

/// The content of a raw JSON value as bytes: strings without quotes and escapes, everything
/// else as written.
pub fn bytes(raw: &[u8]) -> Cow<'_, [u8]> {
    match raw {
        [b'"', inner @ .., b'"'] => unescape(inner),
        _ => Cow::Borrowed(raw),
    }
}

/// The same as text.
pub fn string(raw: &[u8]) -> Cow<'_, str> {
    match bytes(raw) {
        Cow::Borrowed(bytes) => lossy(bytes),
        Cow::Owned(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Cow::Owned(text),
            Err(error) => Cow::Owned(String::from_utf8_lossy(error.as_bytes()).into_owned()),
        },
    }
}

/// Bytes as text, mended where they are none.
pub fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    // The validating reader is much faster than the mending one, and nearly all text is fine.
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// The text of a value, `None` where it is null, empty or the word logs write for "nothing".
pub fn present(raw: &[u8]) -> Option<Cow<'_, str>> {
    if raw.is_empty() || raw == b"null" || raw == b"\"\"" {
        return None;
    }
    Some(string(raw))
}

/// Resolves the escapes inside a string.
pub fn unescape(inner: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\\', inner).is_none() {
        return Cow::Borrowed(inner);
    }
    let mut out = Vec::with_capacity(inner.len());
    unescape_into(inner, &mut out);
    Cow::Owned(out)
}

/// Appends the text of a string's inside to `out`.
pub fn unescape_into(inner: &[u8], out: &mut Vec<u8>) {
    let mut rest = inner;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        let (byte, used) = match rest.get(at + 1) {
            Some(b'n') => (b'\n', 2),
            Some(b't') => (b'\t', 2),
            Some(b'r') => (b'\r', 2),
            Some(b'b') => (8, 2),
            Some(b'f') => (12, 2),
            Some(b'u') => {
                let used = unicode(&rest[at..], out);
                rest = &rest[at + used..];
                continue;
            }
            Some(&other) => (other, 2),
            None => (b'\\', 1),
        };
        out.push(byte);
        rest = &rest[at + used..];
    }
    out.extend_from_slice(rest);
}

/// Decodes `\uXXXX`, two of them for a surrogate pair; returns how many bytes it took.
fn unicode(text: &[u8], out: &mut Vec<u8>) -> usize {
    let unit = |at: usize| -> Option<u32> {
        let hex = text
            .get(at + 2..at + 6)
            .filter(|_| text[at..].starts_with(b"\\u"))?;
        u32::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()
    };
    let (code, used) = match unit(0) {
        Some(high @ 0xd800..=0xdbff) => match unit(6) {
            Some(low @ 0xdc00..=0xdfff) => {
                (0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00), 12)
            }
            _ => (0xfffd, 6),
        },
        Some(code) => (code, 6),
        None => {
            out.extend_from_slice(b"\\u");
            return 2;
        }
    };
    let letter = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
    used
}

/// A container without white space outside strings, as rules compare it.
pub fn compact(raw: &[u8]) -> Cow<'_, [u8]> {
    let mut in_string = false;
    let mut escape = false;
    let mut spaced = false;
    for &byte in raw {
        match byte {
            _ if escape => escape = false,
            b'\\' if in_string => escape = true,
            b'"' => in_string = !in_string,
            b' ' | b'\n' | b'\r' | b'\t' if !in_string => {
                spaced = true;
                break;
            }
            _ => {}
        }
    }
    if !spaced {
        return Cow::Borrowed(raw);
    }
    let mut out = Vec::with_capacity(raw.len());
    (in_string, escape) = (false, false);
    for &byte in raw {
        match byte {
            _ if escape => escape = false,
            b'\\' if in_string => escape = true,
            b'"' => in_string = !in_string,
            b' ' | b'\n' | b'\r' | b'\t' if !in_string => continue,
            _ => {}
        }
        out.push(byte);
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unescapes_what_json_escapes_and_survives_what_it_does_not() {
        let table = [
            (r#""plain""#, "plain"),
            (r#""a\"b\\c\/d\n\t""#, "a\"b\\c/d\n\t"),
            (r#""\u00e9\u20AC""#, "é€"),
            (r#""\ud83d\ude00""#, "😀"),
            (r#""\ud83d""#, "\u{fffd}"),
            (r#""\ud83dx""#, "\u{fffd}x"),
            (r#""\ude00\ud83d""#, "\u{fffd}\u{fffd}"),
            (r#""\u12""#, "\\u12"),
            ("12.5", "12.5"),
            ("true", "true"),
            (r#"{"a": 1}"#, r#"{"a": 1}"#),
        ];
        for (raw, want) in table {
            assert_eq!(string(raw.as_bytes()), want, "{raw}");
        }
        assert_eq!(string(b"\"\xff\""), "\u{fffd}");
        assert_eq!(present(b"null"), None);
        assert_eq!(present(b"\"\""), None);
    }

    #[test]
    fn compacts_outside_strings_only() {
        assert_eq!(compact(br#"{"a":"b c"}"#), &br#"{"a":"b c"}"#[..]);
        assert_eq!(
            compact(b"{ \"a\" :\n[ 1, \"b \\\" c\" ] }"),
            &br#"{"a":[1,"b \" c"]}"#[..]
        );
    }
}
