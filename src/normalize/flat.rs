//! Records that a table or a collector made flat: `protoPayload.methodName` in the place of an
//! object in an object.
//!
//! Members with dots in their names enter, the record as its source nests it leaves. Lists come as
//! `resources[0].ARN`, `resources.0.ARN` or `resources{}.ARN`, or whole in a cell.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::rewrite;
use crate::decode::item::Members;
use crate::decode::path;
use crate::decode::walk::leads;

/// What lies below these is named freely: dots are a part of the name.
const NAMES_BELOW: [&str; 5] = ["annotations", "claims", "extra", "labels", "output_fields"];
/// Deeper names stay as they are.
const DEPTH: usize = 32;

/// A value in the making: an object where something lies in it by name, a list where by number.
#[derive(Default)]
struct Node<'m> {
    leaf: &'m [u8],
    members: BTreeMap<&'m [u8], Node<'m>>,
    elements: BTreeMap<usize, Node<'m>>,
}

/// One step from a value into a value in it.
#[derive(Clone, Copy)]
enum Step<'m> {
    Key(&'m [u8]),
    At(usize),
    /// Of a list of values each belongs into another element.
    Spread,
}

/// Whether any of these names leads into an object or a list.
pub(super) fn is(members: &Members) -> bool {
    members.iter().any(|(key, _)| leads(key))
}

/// Writes the record as its source nests it.
pub(super) fn nest(members: &Members, out: &mut Vec<u8>) {
    let mut root = Node::default();
    let mut steps = Vec::new();
    for (key, raw) in members {
        steps.clear();
        parse(key, &mut steps);
        // A table has a column for whatever any of its rows has.
        if steps.len() < 2 || *raw != b"null" {
            root.put(&steps, raw);
        }
    }
    root.write(out);
}

/// The steps that a name stands for.
fn parse<'m>(name: &'m [u8], out: &mut Vec<Step<'m>>) {
    let mut rest = name;
    while !rest.is_empty() {
        let free = match out.last() {
            Some(Step::Key(last)) => NAMES_BELOW
                .iter()
                .any(|known| known.as_bytes().eq_ignore_ascii_case(last)),
            _ => false,
        };
        let end = match free || out.len() >= DEPTH {
            true => rest.len(),
            false => memchr::memchr(b'.', rest).unwrap_or(rest.len()),
        };
        let (part, behind) = (&rest[..end], &rest[end..]);
        rest = behind.get(1..).unwrap_or_default();
        match number(part).filter(|_| !out.is_empty()) {
            Some(at) => out.push(Step::At(at)),
            None => {
                let (key, list) = listed(part);
                out.push(Step::Key(key));
                out.extend(list);
            }
        }
    }
}

/// A name without the mark of a list behind it, and what the mark says.
fn listed(part: &[u8]) -> (&[u8], Option<Step<'_>>) {
    if let Some(key) = part.strip_suffix(b"{}").or(part.strip_suffix(b"[]")) {
        return (key, Some(Step::Spread));
    }
    let open = memchr::memrchr(b'[', part).filter(|at| *at > 0);
    let inner = open.and_then(|at| part[at + 1..].strip_suffix(b"]"));
    match (open, inner.and_then(number)) {
        (Some(open), Some(at)) => (&part[..open], Some(Step::At(at))),
        // A bracket that means nothing is a part of the name.
        _ => (part, None),
    }
}

fn number(text: &[u8]) -> Option<usize> {
    let digits = !text.is_empty() && text.len() < 6 && text.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(text).ok().filter(|_| digits)?;
    text.parse().ok()
}

impl<'m> Node<'m> {
    fn put(&mut self, steps: &[Step<'m>], raw: &'m [u8]) {
        match steps.split_first() {
            None => self.leaf = raw,
            Some((Step::Key(key), rest)) => self.members.entry(key).or_default().put(rest, raw),
            Some((Step::At(at), rest)) => self.elements.entry(*at).or_default().put(rest, raw),
            Some((Step::Spread, rest)) if raw.first() == Some(&b'[') => {
                let mut at = 0;
                path::elements(raw, |element| {
                    self.elements.entry(at).or_default().put(rest, element);
                    at += 1;
                    true
                });
            }
            Some((Step::Spread, rest)) => self.elements.entry(0).or_default().put(rest, raw),
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        let mut comma = Comma(false);
        if matches!(self.leaf, [b'{' | b'[', ..]) {
            // What stands there whole says it all.
            out.extend_from_slice(self.leaf);
        } else if !self.members.is_empty() {
            out.push(b'{');
            for (key, node) in &self.members {
                comma.write(out);
                out.push(b'"');
                out.extend_from_slice(key);
                out.extend_from_slice(b"\":");
                node.write(out);
            }
            out.push(b'}');
        } else if !self.elements.is_empty() {
            out.push(b'[');
            for node in self.elements.values() {
                comma.write(out);
                node.write(out);
            }
            out.push(b']');
        } else {
            out.extend_from_slice(&plain(self.leaf));
        }
    }
}

/// The comma in front of all but the first.
struct Comma(bool);

impl Comma {
    fn write(&mut self, out: &mut Vec<u8>) {
        if std::mem::replace(&mut self.0, true) {
            out.push(b',');
        }
    }
}

/// A cell as the record has it: tables know neither truth values nor lists.
fn plain(cell: &[u8]) -> Cow<'_, [u8]> {
    match cell {
        b"" => Cow::Borrowed(b"null"),
        b"\"true\"" | b"\"TRUE\"" => Cow::Borrowed(b"true"),
        b"\"false\"" | b"\"FALSE\"" => Cow::Borrowed(b"false"),
        b"\"{}\"" => Cow::Borrowed(b"{}"),
        [b'"', b'[', ..] => rewrite::embedded(cell),
        _ => Cow::Borrowed(cell),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(flat: &str) -> String {
        let mut out = Vec::new();
        nest(&rewrite::members(flat.as_bytes()), &mut out);
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn names_with_dots_become_objects() {
        let table = [
            (
                r#"{"a.b":1,"a.c.d":"x","e":null}"#,
                r#"{"a":{"b":1,"c":{"d":"x"}},"e":null}"#,
            ),
            (r#"{"l[0].k":1,"l[1].k":null}"#, r#"{"l":[{"k":1}]}"#),
            (r#"{"l[0].k":1,"l[1].k":2}"#, r#"{"l":[{"k":1},{"k":2}]}"#),
            (r#"{"l.0.k":1,"l.10.k":2}"#, r#"{"l":[{"k":1},{"k":2}]}"#),
            (
                r#"{"l{}.k":["x","y"],"l{}.n":["1","2"]}"#,
                r#"{"l":[{"k":"x","n":"1"},{"k":"y","n":"2"}]}"#,
            ),
            (r#"{"l{}":"x"}"#, r#"{"l":["x"]}"#),
            (
                r#"{"a.l":"[{\"k\":1}]","a.t":"true"}"#,
                r#"{"a":{"l":[{"k":1}],"t":true}}"#,
            ),
            (
                r#"{"labels.authorization.k8s.io/decision":"allow"}"#,
                r#"{"labels":{"authorization.k8s.io/decision":"allow"}}"#,
            ),
            (
                r#"{"a":"{}","a.b":"x","a.d":""}"#,
                r#"{"a":{"b":"x","d":""}}"#,
            ),
            (r#"{"a":[1],"a.b":"x"}"#, r#"{"a":[1]}"#),
            (
                r#"{"u.extra.x.io/pod[0]":"p","u.extra.k{}":"x"}"#,
                r#"{"u":{"extra":{"k":["x"],"x.io/pod":["p"]}}}"#,
            ),
            (
                r#"{"a..b":1,".c":2,"d.":3,"e[x].f":4}"#,
                r#"{"":{"c":2},"a":{"":{"b":1}},"d":3,"e[x]":{"f":4}}"#,
            ),
            (r#"{"7.x":1}"#, r#"{"7":{"x":1}}"#),
        ];
        for (flat, want) in table {
            assert_eq!(nested(flat), want, "{flat}");
        }
    }

    #[test]
    fn no_name_is_too_deep() {
        let name = "a.".repeat(100_000);
        let text = nested(&format!("{{\"{name}\":1}}"));
        assert!(text.starts_with(r#"{"a":{"a""#) && text.contains(":1}"));
    }
}
