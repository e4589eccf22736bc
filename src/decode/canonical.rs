//! One spelling for all the ways to write the same JSON value.
//!
//! A raw value in, text out: keys sorted, no white space, escapes resolved. For records without
//! an id, whose copies may have their keys in another order.

use std::borrow::Cow;

use super::{path, text};

/// Deeper values are taken as they are written; the walk refuses them anyway.
const MAX_DEPTH: usize = 128;

/// The canonical form of a raw value.
pub fn canonical_of(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() + raw.len() / 2);
    let mut writer = Writer {
        raw,
        out: &mut out,
        members: Vec::with_capacity(64),
    };
    writer.value(0, 0);
    out
}

/// One pass over the text: each value is read once, however deep it lies.
struct Writer<'r, 'o> {
    raw: &'r [u8],
    out: &'o mut Vec<u8>,
    /// Of the objects that are open.
    members: Vec<Member<'r>>,
}

/// A member of an object.
struct Member<'r> {
    /// The first letters of its key, which nearly always tell it from the others.
    head: u64,
    key: Cow<'r, [u8]>,
    /// Where what is written of it begins.
    start: usize,
}

impl Member<'_> {
    fn order(&self) -> (u64, &[u8]) {
        (self.head, &self.key)
    }
}

impl Writer<'_, '_> {
    /// Writes the value that starts there; leaves where it ends.
    fn value(&mut self, at: usize, depth: usize) -> usize {
        match self.raw.get(at) {
            Some(b'{') if depth < MAX_DEPTH => self.object(at, depth),
            Some(b'[') if depth < MAX_DEPTH => self.list(at, depth),
            Some(b'"') => {
                let (text, end) = text_at(self.raw, at);
                string(&text, self.out);
                end
            }
            _ => {
                let end = path::value_end(self.raw, at);
                let raw = self.raw.get(at..end).unwrap_or_default();
                self.out.extend_from_slice(raw);
                end
            }
        }
    }

    fn object(&mut self, at: usize, depth: usize) -> usize {
        self.out.push(b'{');
        let own = self.members.len();
        let mut next = at + 1;
        let end = loop {
            next = path::skip_space(self.raw, next);
            match self.raw.get(next) {
                Some(b',') => next += 1,
                Some(b'"') => {
                    let (key, end) = text_at(self.raw, next);
                    let colon = path::skip_space(self.raw, end);
                    if self.raw.get(colon) != Some(&b':') {
                        break colon;
                    }
                    let start = self.out.len();
                    string(&key, self.out);
                    let mut head = [0; 8];
                    head.iter_mut()
                        .zip(&*key)
                        .for_each(|(to, from)| *to = *from);
                    let head = u64::from_be_bytes(head);
                    self.members.push(Member { head, key, start });
                    self.out.push(b':');
                    next = self.value(path::skip_space(self.raw, colon + 1), depth + 1);
                    self.out.push(b',');
                }
                Some(b'}') => break next + 1,
                _ => break next,
            }
        };
        if !self.members[own..].is_sorted_by(|a, b| a.order() < b.order()) {
            self.sort(own);
        }
        self.members.truncate(own);
        self.out.push(b'}');
        end
    }

    /// Puts the members of the last object in order. Of a repeated key the last one counts.
    fn sort(&mut self, own: usize) {
        let Some(first) = self.members.get(own).map(|member| member.start) else {
            return;
        };
        let written = self.out.split_off(first);
        let mut ends = self.members[own..]
            .iter()
            .skip(1)
            .map(|member| member.start);
        let mut parts = Vec::with_capacity(self.members.len() - own);
        for member in &self.members[own..] {
            let end = ends.next().unwrap_or(first + written.len());
            parts.push((member.order(), &written[member.start - first..end - first]));
        }
        // The sort keeps the order of equal ones.
        parts.sort_by(|a, b| a.0.cmp(&b.0));
        for (at, (key, part)) in parts.iter().enumerate() {
            if parts.get(at + 1).is_none_or(|(next, _)| next != key) {
                self.out.extend_from_slice(part);
            }
        }
    }

    fn list(&mut self, at: usize, depth: usize) -> usize {
        self.out.push(b'[');
        let mut next = at + 1;
        let end = loop {
            next = path::skip_space(self.raw, next);
            match self.raw.get(next) {
                Some(b',') => next += 1,
                Some(b']') => break next + 1,
                None => break next,
                Some(_) => {
                    let end = self.value(next, depth + 1);
                    self.out.push(b',');
                    if end == next {
                        break end;
                    }
                    next = end;
                }
            }
        };
        self.out.push(b']');
        end
    }
}

/// The text of the string that opens there, and where it ends.
fn text_at(raw: &[u8], at: usize) -> (Cow<'_, [u8]>, usize) {
    let rest = raw.get(at + 1..).unwrap_or_default();
    match memchr::memchr2(b'"', b'\\', rest) {
        // Most have no escapes.
        Some(length) if rest[length] == b'"' => (Cow::Borrowed(&rest[..length]), at + length + 2),
        _ => {
            let end = path::value_end(raw, at);
            let inner = raw.get(at + 1..end.saturating_sub(1));
            (text::unescape(inner.unwrap_or_default()), end)
        }
    }
}

/// A text with its length before it, so that no other text can look like it.
fn string(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    if let length @ ..10 = text.len() {
        out.extend_from_slice(&[b'0' + length as u8, b':']);
        return out.extend_from_slice(text);
    }
    let mut digits = [0; 20];
    let (mut at, mut left) = (digits.len(), text.len());
    loop {
        at -= 1;
        digits[at] = b'0' + (left % 10) as u8;
        left /= 10;
        if left == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
    out.push(b':');
    out.extend_from_slice(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(raw: &str) -> Vec<u8> {
        canonical_of(raw.as_bytes())
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
