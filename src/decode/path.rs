//! Looks a dotted path up inside one raw value.
//!
//! For the few records a rule looks into: the hot paths are slots of the walk. The text has
//! been checked by then; on anything else the search just ends.

use std::borrow::Cow;

use super::shelf::{Anew, Open};
use super::text;

/// Calls `found` with every raw value at `path` under the value `raw`. Arrays are mapped over;
/// at each object the longest key that fits is taken first, because keys may contain dots.
/// Copies of logs change the case of keys: exact spelling wins, another one is better than none.
pub fn find<'a>(raw: &'a [u8], path: &str, found: &mut dyn FnMut(&'a [u8])) {
    search(Anew, raw, path.as_bytes(), 0, found, &mut |_, _| {});
}

/// The same for a value whose containers may be noted.
pub(crate) fn find_in<'a>(
    open: impl Open<'a>,
    raw: &'a [u8],
    path: &str,
    found: &mut dyn FnMut(&'a [u8]),
) {
    search(open, raw, path.as_bytes(), 0, found, &mut |_, _| {});
}

/// The same, and through strings that hold JSON: logs write whole requests as text.
pub(crate) fn find_through<'a>(
    open: impl Open<'a>,
    raw: &'a [u8],
    path: &str,
    found: &mut dyn FnMut(&[u8]),
) {
    through(open, raw, path.as_bytes(), 0, found);
}

/// The first value at `path`, or where there is none what `found` is called with: the first in
/// strings that hold JSON.
pub(crate) fn first_or_through<'a>(
    open: impl Open<'a>,
    raw: &'a [u8],
    path: &str,
    found: &mut dyn FnMut(&[u8]),
) -> Option<&'a [u8]> {
    let (mut plain, mut inside) = (None, Vec::new());
    let into = &mut |inner, rest| inside.push((inner, rest));
    let keep = &mut |value| {
        plain.get_or_insert(value);
    };
    search(open, raw, path.as_bytes(), 0, keep, into);
    let plain = plain.filter(|raw: &&[u8]| *raw != b"null");
    if plain.is_none() {
        for (inner, rest) in inside {
            through(Anew, &text::unescape(inner), rest, 1, found);
        }
    }
    plain
}

fn through<'a>(
    open: impl Open<'a>,
    raw: &'a [u8],
    path: &[u8],
    depth: usize,
    found: &mut dyn FnMut(&[u8]),
) {
    let mut inside: Vec<(&[u8], &[u8])> = Vec::new();
    let into = &mut |inner, rest| inside.push((inner, rest));
    search(open, raw, path, 0, &mut |raw| found(raw), into);
    for (inner, rest) in inside {
        // Text in text in text is nobody's log.
        if depth < 3 {
            through(Anew, &text::unescape(inner), rest, depth + 1, found);
        }
    }
}

/// The first value at `path`.
pub fn first<'a>(raw: &'a [u8], path: &str) -> Option<&'a [u8]> {
    first_in(Anew, raw, path)
}

/// The first value at `path` of a value whose containers may be noted.
pub(crate) fn first_in<'a>(open: impl Open<'a>, raw: &'a [u8], path: &str) -> Option<&'a [u8]> {
    let mut out = None;
    find_in(open, raw, path, &mut |value| {
        out.get_or_insert(value);
    });
    out
}

/// Whether a search below the value `raw` may find something at one of the paths.
pub fn may_hold<'p>(raw: &[u8], paths: impl Iterator<Item = &'p [u8]> + Clone) -> bool {
    // Most keys begin as none of the paths does, and are passed over at once.
    let bit = |byte: &u8| 1u64 << (byte.to_ascii_lowercase() & 63);
    let starts = paths.clone().map(|path| path.first().map_or(u64::MAX, bit));
    let starts = starts.fold(bit(&b'v'), |all, one| all | one);
    let begins = |path: &[u8], key: &[u8]| {
        let used = key.len();
        path.is_empty()
            || (path.len() == used || path.get(used) == Some(&b'.'))
                && path[..used].eq_ignore_ascii_case(key)
    };
    match raw.first() {
        Some(b'{') => {
            let mut may = false;
            members(raw, |key, _| {
                // Of names and values as a list of pairs any may be meant, and of an escaped key.
                let near = key.first().is_none_or(|first| starts & bit(first) != 0);
                may = near && key.eq_ignore_ascii_case(b"value")
                    || key.contains(&b'\\')
                    || near && paths.clone().any(|path| begins(path, key));
                !may
            });
            may
        }
        Some(b'[' | b'"') => true,
        _ => false,
    }
}

const MAX_DEPTH: usize = 32;

/// The member that a path leads to, of those seen: the longest key that begins the path, because
/// keys may have dots in them; of two of a length the one in the path's own spelling, else the
/// last.
pub(crate) struct Best<'a, 'p> {
    path: &'p [u8],
    best: Option<(usize, bool, &'a [u8])>,
}

impl<'a, 'p> Best<'a, 'p> {
    /// None seen yet.
    pub(crate) fn of(path: &'p [u8]) -> Self {
        Best { path, best: None }
    }

    /// Whether a name of the path, or several of them, may be a key of this length.
    #[inline]
    pub(crate) fn ends(&self, length: usize) -> bool {
        length == self.path.len() || self.path.get(length) == Some(&b'.')
    }

    /// Whether a key as it is written may begin the path.
    #[inline]
    pub(crate) fn begins(&self, key: &[u8]) -> bool {
        let both = key.first().zip(self.path.first());
        both.is_some_and(|(key, path)| key.eq_ignore_ascii_case(path) || *key == b'\\')
    }

    /// Looks at a member; the key without escapes.
    #[inline]
    pub(crate) fn offer(&mut self, key: &[u8], value: &'a [u8]) {
        let used = key.len();
        if used == 0 || !self.ends(used) || !self.path[..used].eq_ignore_ascii_case(key) {
            return;
        }
        let exact = self.path[..used] == *key;
        if self
            .best
            .is_none_or(|(most, same, _)| (used, exact) >= (most, same))
        {
            self.best = Some((used, exact, value));
        }
    }

    /// How much of the path the best one's key is, and its value.
    pub(crate) fn found(self) -> Option<(usize, &'a [u8])> {
        self.best.map(|(used, _, value)| (used, value))
    }
}

/// Where a search goes on: at a string that looks like JSON, with the rest of the path.
type Inside<'a, 'p, 's> = &'s mut dyn FnMut(&'a [u8], &'p [u8]);

fn search<'a, 'p>(
    open: impl Open<'a>,
    raw: &'a [u8],
    path: &'p [u8],
    depth: usize,
    found: &mut dyn FnMut(&'a [u8]),
    inside: Inside<'a, 'p, '_>,
) {
    if path.is_empty() {
        return found(raw);
    }
    if depth > MAX_DEPTH {
        return;
    }
    match raw.first() {
        Some(b'{') => {
            if let Some((used, value)) = open.best(raw, path).found() {
                search(
                    open,
                    value,
                    path.get(used + 1..).unwrap_or_default(),
                    depth + 1,
                    found,
                    inside,
                );
            } else if let Some((name, value)) = pair(open, raw)
                && name.eq_ignore_ascii_case(path)
            {
                found(value);
            }
        }
        Some(b'[') => open.elements(raw, |value| {
            search(open, value, path, depth + 1, found, inside);
            true
        }),
        Some(b'"') => {
            let inner = raw.get(1..raw.len() - 1).unwrap_or_default();
            if matches!(inner.trim_ascii_start().first(), Some(b'{' | b'[')) {
                inside(inner.trim_ascii_start(), path);
            }
        }
        _ => {}
    }
}

/// Name and value of an object that is nothing but these: many logs write down parameters as a
/// list of such pairs, and rules name the parameter.
fn pair<'a>(open: impl Open<'a>, raw: &'a [u8]) -> Option<(Cow<'a, [u8]>, &'a [u8])> {
    let (mut name, mut value, mut alone) = (None, None, true);
    open.members(raw, |key, inner| {
        match key {
            b"Name" | b"name" | b"key" | b"Key" => name = Some(text::bytes(inner)),
            b"Value" | b"value" => value = Some(inner),
            // Google Workspace says of each parameter what it is.
            b"label" | b"type" => {}
            _ => alone = false,
        }
        alone
    });
    Some((name?, value?)).filter(|_| alone)
}

/// Calls `each` with the raw elements of an array until it says stop.
pub fn elements<'a>(raw: &'a [u8], mut each: impl FnMut(&'a [u8]) -> bool) {
    let mut at = 1;
    loop {
        at = skip_space(raw, at);
        match raw.get(at) {
            None | Some(b']') => return,
            Some(b',') => at += 1,
            Some(_) => {
                let end = value_end(raw, at);
                if !each(&raw[at..end]) || end == at {
                    return;
                }
                at = end;
            }
        }
    }
}

/// Calls `each` with the keys (escapes not resolved) and raw values of an object until it says
/// stop.
pub fn members<'a>(raw: &'a [u8], mut each: impl FnMut(&'a [u8], &'a [u8]) -> bool) {
    let mut at = 1;
    loop {
        at = skip_space(raw, at);
        match raw.get(at) {
            Some(b',') => at += 1,
            Some(b'"') => {
                let key_end = value_end(raw, at);
                let Some(key) = raw.get(at + 1..key_end.saturating_sub(1)) else {
                    return;
                };
                let colon = skip_space(raw, key_end);
                if raw.get(colon) != Some(&b':') {
                    return;
                }
                let start = skip_space(raw, colon + 1);
                let end = value_end(raw, start);
                if start >= raw.len() || !each(key, &raw[start..end]) {
                    return;
                }
                at = end;
            }
            _ => return,
        }
    }
}

pub(super) fn skip_space(raw: &[u8], mut at: usize) -> usize {
    while matches!(raw.get(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
        at += 1;
    }
    at
}

/// One past the end of the value that starts at `at`.
pub(super) fn value_end(raw: &[u8], at: usize) -> usize {
    match raw.get(at) {
        Some(b'"') => string_end(raw, at),
        Some(b'{' | b'[') => {
            let mut depth = 0usize;
            let mut at = at;
            while let Some(byte) = raw.get(at) {
                match byte {
                    b'"' => {
                        at = string_end(raw, at);
                        continue;
                    }
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => {
                        depth -= 1;
                        if depth == 0 {
                            return at + 1;
                        }
                    }
                    _ => {}
                }
                at += 1;
            }
            raw.len()
        }
        Some(_) => {
            let rest = &raw[at..];
            let len = rest
                .iter()
                .position(|byte| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t'))
                .unwrap_or(rest.len());
            at + len
        }
        None => raw.len(),
    }
}

fn string_end(raw: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while let Some(step) = raw
        .get(at..)
        .and_then(|rest| memchr::memchr2(b'"', b'\\', rest))
    {
        if raw[at + step] == b'"' {
            return at + step + 1;
        }
        at += step + 2;
    }
    raw.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(raw: &str, path: &str) -> Vec<String> {
        let mut out = Vec::new();
        find(raw.as_bytes(), path, &mut |value| {
            out.push(String::from_utf8_lossy(value).into_owned())
        });
        out
    }

    #[test]
    fn follows_keys_arrays_and_keys_with_dots() {
        let raw = r#"{"a":{"b":[{"c":1},{"c":"x,}"},{"d":[]}]},"k.with":{"dots":2},"k":{"with":{"dots":3}},"E":{"f":4}}"#;
        assert_eq!(all(raw, "a.b.c"), ["1", r#""x,}""#]);
        assert_eq!(all(raw, "a.b.d"), ["[]"]);
        assert_eq!(all(raw, "k.with.dots"), ["2"]);
        assert_eq!(all(raw, "e.F"), ["4"]);
        assert_eq!(all(raw, "a.b.zzz"), Vec::<String>::new());
        assert_eq!(all(raw, "a"), [r#"{"b":[{"c":1},{"c":"x,}"},{"d":[]}]}"#]);
    }

    #[test]
    fn goes_through_text_that_is_json() {
        let raw = br#"{"a":{"data":"{\"b\":[{\"c\":\"x\\\"y\"}],\"s\":\"{\\\"t\\\":4}\"}","plain":"{no"}}"#;
        let all = |path: &str| {
            let mut out = Vec::new();
            let shelf = Default::default();
            let record = crate::decode::shelf::Shelved {
                text: raw,
                shelf: &shelf,
            };
            find_through(record, raw, path, &mut |value| {
                out.push(String::from_utf8_lossy(value).into_owned())
            });
            out
        };
        assert_eq!(all("a.data.b.c"), [r#""x\"y""#]);
        assert_eq!(all("a.data.s.t"), ["4"]);
        assert_eq!(all("a.plain"), [r#""{no""#]);
        assert_eq!(all("a.plain.x"), Vec::<String>::new());
    }

    #[test]
    fn never_panics_on_what_is_no_json() {
        for raw in [
            "",
            "{",
            "[",
            "{\"",
            "{\"a",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":\"",
            "[1,",
            "}",
            "]",
            "{\"a\":}",
            "[}]",
            "\\",
        ] {
            all(raw, "a.b");
            elements(raw.as_bytes(), |_| true);
            members(raw.as_bytes(), |_, _| true);
        }
    }
}
