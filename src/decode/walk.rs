//! Walks one record along the index: checks that it is JSON, notes the spans somebody asked for.
//!
//! Positions in, spans out. No tree is built: a record costs one walk over its structural
//! positions, and only the paths of the [`Trie`] leave anything behind.

use super::index::Index;
use super::trie::{NONE, Short, Slots, Span, Trie, UNMARKED};

/// Containers nested deeper than this are refused, as serde_json does.
pub const MAX_DEPTH: usize = 128;

/// Why a value is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bad {
    /// Where it was noticed.
    pub at: usize,
    /// What is wrong, in plain words.
    pub why: &'static str,
}

/// A position in the text and in its index.
#[derive(Clone, Copy)]
pub struct Walker<'a> {
    text: &'a [u8],
    index: &'a Index,
    tokens: &'a [u32],
    /// The next structural position.
    token: usize,
}

/// One key of an object and where its value lies.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// The key with its quotes.
    pub key: Span,
    /// The value.
    pub value: Span,
}

impl<'a> Walker<'a> {
    /// Starts at the beginning of an indexed text.
    pub fn new(text: &'a [u8], index: &'a Index) -> Walker<'a> {
        Walker {
            text,
            index,
            tokens: index.tokens(),
            token: 0,
        }
    }

    /// The text that is walked.
    pub fn text(&self) -> &'a [u8] {
        self.text
    }

    /// Moves to the first structural position at or after `at`.
    pub fn seek(&mut self, at: usize) {
        self.token = self.tokens.partition_point(|&token| (token as usize) < at);
    }

    /// The first byte at or after `at` that is no white space.
    #[inline]
    pub fn skip_space(&self, mut at: usize) -> usize {
        while matches!(self.text.get(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            at += 1;
        }
        at
    }

    #[inline]
    fn bad<T>(&self, at: usize, why: &'static str) -> Result<T, Bad> {
        if at >= self.text.len() {
            return Err(Bad {
                at: self.text.len(),
                why: "JSON ends early",
            });
        }
        Err(Bad { at, why })
    }

    /// Where the string that opens at the current token ends, one past its closing quote.
    #[inline]
    fn string_end(&mut self, at: usize) -> Result<usize, Bad> {
        match self.tokens.get(self.token..self.token + 2) {
            Some(&[open, close]) if open as usize == at => {
                self.token += 2;
                Ok(close as usize + 1)
            }
            _ => Err(Bad {
                at: self.text.len(),
                why: "JSON ends early inside a string",
            }),
        }
    }

    /// Where the number, `true`, `false` or `null` at `at` ends.
    fn scalar_end(&self, at: usize) -> Result<usize, Bad> {
        let mut end = at;
        while let Some(byte) = self.text.get(end) {
            if matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t') {
                break;
            }
            end += 1;
        }
        let fine = match &self.text[at..end] {
            b"true" | b"false" | b"null" => true,
            number => is_number(number),
        };
        if fine {
            Ok(end)
        } else {
            self.bad(at, "a value that is not JSON")
        }
    }

    /// Checks the value at `at`, fills the slots of `trie` with what it holds, and returns one
    /// past its end. The current token must be the first one at or after `at`.
    pub fn record(&mut self, at: usize, trie: &Trie, slots: &mut Slots) -> Result<usize, Bad> {
        slots.reset(trie.slots as usize);
        let first = self.token;
        let end = self.value(at, Some(trie), slots)?;
        debug_assert!(self.token >= first);
        if self.index.is_bad(at, end) {
            return self.bad(
                at,
                "a control character or an unknown escape inside a string",
            );
        }
        Ok(end)
    }

    /// Checks and passes over the value at `at`.
    pub fn skip(&mut self, at: usize) -> Result<usize, Bad> {
        let end = self.value(at, None, &mut Slots::default())?;
        if self.index.is_bad(at, end) {
            return self.bad(
                at,
                "a control character or an unknown escape inside a string",
            );
        }
        Ok(end)
    }

    /// Passes over the bracket at the current token.
    pub fn enter(&mut self) {
        self.token += 1;
    }

    /// Passes over what is left of an object behind one of its values.
    pub fn rest_of_object(&mut self, after: usize) -> Result<usize, Bad> {
        let mut next = self.skip_space(after);
        loop {
            match self.text.get(next) {
                Some(b'}') => {
                    self.enter();
                    return Ok(next + 1);
                }
                Some(b',') => {
                    let key = self.skip_space(next + 1);
                    let (value, _, _) = self.key(key, NONE, None, &mut Slots::default(), false)?;
                    next = {
                        let end = self.skip(value)?;
                        self.skip_space(end)
                    };
                }
                _ => return self.bad(next, "a member without a comma"),
            }
        }
    }

    /// The members of the object at `at`, up to and including the first one for which `stop`
    /// says so; its value is then not walked and its span ends where it starts.
    pub fn members(
        &mut self,
        at: usize,
        out: &mut Vec<Member>,
        mut stop: impl FnMut(&'a [u8], u8) -> bool,
    ) -> Result<usize, Bad> {
        out.clear();
        if self.text.get(at) != Some(&b'{') {
            return self.bad(at, "no object");
        }
        self.token += 1;
        let mut next = self.skip_space(at + 1);
        if self.text.get(next) == Some(&b'}') {
            self.token += 1;
            return Ok(next + 1);
        }
        loop {
            if self.text.get(next) != Some(&b'"') {
                return self.bad(next, "an object without a key");
            }
            let key_end = self.string_end(next)?;
            let key = Span {
                start: next as u32,
                end: key_end as u32,
            };
            let colon = self.skip_space(key_end);
            if self.text.get(colon) != Some(&b':') {
                return self.bad(colon, "a key without a colon");
            }
            let value = self.skip_space(colon + 1);
            let Some(&first) = self.text.get(value) else {
                return self.bad(value, "JSON ends early");
            };
            if stop(&self.text[next + 1..key_end - 1], first) {
                out.push(Member {
                    key,
                    value: Span {
                        start: value as u32,
                        end: value as u32,
                    },
                });
                return Ok(value);
            }
            let end = self.skip(value)?;
            out.push(Member {
                key,
                value: Span {
                    start: value as u32,
                    end: end as u32,
                },
            });
            next = self.skip_space(end);
            match self.text.get(next) {
                Some(b',') => next = self.skip_space(next + 1),
                Some(b'}') => {
                    self.token += 1;
                    return Ok(next + 1);
                }
                _ => return self.bad(next, "a member without a comma"),
            }
        }
    }

    /// One loop over a value with a stack of what is open: no recursion, so depth costs nothing.
    fn value(&mut self, at: usize, trie: Option<&Trie>, slots: &mut Slots) -> Result<usize, Bad> {
        #[derive(Clone, Copy, Default)]
        struct Frame {
            object: bool,
            in_array: bool,
            node: u16,
            slot: u16,
            start: u32,
        }
        let mut stack = [Frame::default(); MAX_DEPTH];
        let mut depth = 0;
        let mut at = at;
        // Where the next value belongs: node for its keys, slot for itself.
        let mut node = if trie.is_some() { 0 } else { NONE };
        let mut slot = NONE;
        let mut in_array = false;
        'value: loop {
            let mut end = match self.text.get(at) {
                Some(b'"') => self.string_end(at)?,
                Some(&open @ (b'{' | b'[')) => {
                    if self.tokens.get(self.token) != Some(&(at as u32)) {
                        return self.bad(at, "brackets that do not match");
                    }
                    self.token += 1;
                    if depth == MAX_DEPTH {
                        return self.bad(at, "nested deeper than 128 levels");
                    }
                    let object = open == b'{';
                    stack[depth] = Frame {
                        object,
                        in_array,
                        node,
                        slot,
                        start: at as u32,
                    };
                    depth += 1;
                    in_array |= !object;
                    let inside = self.skip_space(at + 1);
                    let close = if object { b'}' } else { b']' };
                    if self.text.get(inside) == Some(&close) {
                        self.token += 1;
                        depth -= 1;
                        in_array = stack[depth].in_array;
                        inside + 1
                    } else if object {
                        at = inside;
                        (at, node, slot) = self.key(at, node, trie, slots, depth == 1)?;
                        continue 'value;
                    } else {
                        // Elements of an array stand for the array's own path.
                        at = inside;
                        slot = NONE;
                        continue 'value;
                    }
                }
                Some(_) => self.scalar_end(at)?,
                None => return self.bad(at, "JSON ends early"),
            };
            if slot != NONE {
                slots.put(
                    slot,
                    Span {
                        start: at as u32,
                        end: end as u32,
                    },
                    in_array,
                );
            }
            // Close whatever ends here.
            loop {
                if depth == 0 {
                    return Ok(end);
                }
                let frame = stack[depth - 1];
                let next = self.skip_space(end);
                match self.text.get(next) {
                    Some(b',') => {
                        at = self.skip_space(next + 1);
                        if frame.object {
                            (at, node, slot) = self.key(at, frame.node, trie, slots, depth == 1)?;
                        } else {
                            (node, slot) = (frame.node, NONE);
                        }
                        continue 'value;
                    }
                    Some(b'}') if frame.object => {}
                    Some(b']') if !frame.object => {}
                    _ => return self.bad(next, "a value without a comma behind it"),
                }
                if self.tokens.get(self.token) != Some(&(next as u32)) {
                    return self.bad(next, "brackets that do not match");
                }
                self.token += 1;
                depth -= 1;
                in_array = frame.in_array;
                end = next + 1;
                if frame.slot != NONE {
                    slots.put(
                        frame.slot,
                        Span {
                            start: frame.start,
                            end: end as u32,
                        },
                        in_array,
                    );
                }
            }
        }
    }

    /// Reads a key and its colon; returns where the value starts and where it belongs.
    #[inline]
    fn key(
        &mut self,
        at: usize,
        node: u16,
        trie: Option<&Trie>,
        slots: &mut Slots,
        top: bool,
    ) -> Result<(usize, u16, u16), Bad> {
        if self.text.get(at) != Some(&b'"') {
            return self.bad(at, "an object without a key");
        }
        let end = self.string_end(at)?;
        let colon = if self.text.get(end) == Some(&b':') {
            end
        } else {
            self.skip_space(end)
        };
        if self.text.get(colon) != Some(&b':') {
            return self.bad(colon, "a key without a colon");
        }
        let value = self.skip_space(colon + 1);
        let (Some(trie), true) = (trie, node != NONE) else {
            return Ok((value, NONE, NONE));
        };
        let node = &trie.nodes[node as usize];
        let short = Short::of(self.text, at + 1, end - 1);
        let found = match node.find(short, self.text, at + 1, end - 1) {
            None if short.may_be_escaped() => {
                let key = super::text::unescape(&self.text[at + 1..end - 1]);
                node.find(Short::of(&key, 0, key.len()), &key, 0, key.len())
            }
            found => found,
        };
        let Some(edge) = found else {
            return Ok((value, NONE, NONE));
        };
        if top && edge.mark != UNMARKED {
            slots.marks |= 1 << edge.mark;
        }
        Ok((value, edge.node, edge.slot))
    }
}

/// Whether the text is a number by JSON's grammar.
fn is_number(text: &[u8]) -> bool {
    let mut rest = text.strip_prefix(b"-").unwrap_or(text);
    let digits = |rest: &mut &[u8]| {
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        *rest = &rest[count..];
        count
    };
    let leading_zero = rest.first() == Some(&b'0');
    match digits(&mut rest) {
        0 => return false,
        1 => {}
        _ if leading_zero => return false,
        _ => {}
    }
    if let Some(fraction) = rest.strip_prefix(b".") {
        rest = fraction;
        if digits(&mut rest) == 0 {
            return false;
        }
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        rest = exponent
            .strip_prefix(b"+")
            .or_else(|| exponent.strip_prefix(b"-"))
            .unwrap_or(exponent);
        if digits(&mut rest) == 0 {
            return false;
        }
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn walk(text: &[u8], trie: &Trie, slots: &mut Slots) -> Result<usize, Bad> {
        let mut index = Index::default();
        index.build(text);
        let mut walker = Walker::new(text, &index);
        let start = walker.skip_space(0);
        let end = walker.record(start, trie, slots)?;
        match walker.skip_space(end) {
            rest if rest == text.len() => Ok(end),
            rest => Err(Bad {
                at: rest,
                why: "something behind the value",
            }),
        }
    }

    #[test]
    fn fills_slots_through_objects_and_arrays() {
        let mut trie = Trie::default();
        let name = trie.slot(&["a", "b"]);
        let list = trie.slot(&["list"]);
        let deep = trie.slot(&["list", "x"]);
        let absent = trie.slot(&["list", "nothing"]);
        assert_eq!(trie.slot(&["a", "b"]), name);
        trie.mark("z", 3);
        let text = br#" {"z":1, "a" : {"c":[{}],"b":"v\"w"}, "list":[{"x":1},[],{"x":{"x":2}},{"y":"}"}] } "#;
        let mut slots = Slots::default();
        walk(text, &trie, &mut slots).unwrap();
        assert_eq!(slots.first(name).of(text), br#""v\"w""#);
        let values: Vec<_> = slots.all(deep).map(|span| span.of(text)).collect();
        assert_eq!(values, [&b"1"[..], br#"{"x":2}"#]);
        assert!(slots.first(list).of(text).starts_with(b"[{\"x\":1}"));
        assert_eq!(slots.all(absent).count(), 0);
        assert_eq!(slots.marks, 1 << 3);
    }

    #[test]
    fn an_escaped_key_is_the_key_it_spells_and_the_last_of_two_counts() {
        let mut trie = Trie::default();
        let slot = trie.slot(&["name"]);
        let text = br#"{"n\u0061me":1,"name":2}"#;
        let mut slots = Slots::default();
        walk(text, &trie, &mut slots).unwrap();
        assert_eq!(slots.first(slot).of(text), b"2");
        assert_eq!(slots.all(slot).count(), 1);
    }

    fn json() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just("null".to_owned()),
            Just("true".to_owned()),
            "-?(0|[1-9][0-9]{0,5})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?",
            r#""[a-z{}\[\], :]{0,8}(\\["\\/bfnrt]|\\u00e9)?""#,
        ];
        leaf.prop_recursive(6, 64, 6, |inner| {
            let space = "[ \n\t]{0,2}";
            prop_oneof![
                (space, proptest::collection::vec(inner.clone(), 0..5))
                    .prop_map(|(s, items)| format!("[{s}{}{s}]", items.join(&format!("{s},{s}")))),
                (space, proptest::collection::vec(("[a-e]", inner), 0..5)).prop_map(
                    |(s, items)| {
                        let items: Vec<_> = items
                            .iter()
                            .map(|(k, v)| format!("\"{k}\"{s}:{s}{v}"))
                            .collect();
                        format!("{{{s}{}{s}}}", items.join(&format!("{s},{s}")))
                    }
                ),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]
        #[test]
        fn accepts_what_serde_json_accepts_and_nothing_else(
            text in json(), cut in 0usize..400, byte in r#"["\\{}\[\],:0a \n]"#, how in 0..3
        ) {
            let mut text = text.into_bytes();
            let cut = cut.min(text.len());
            match how {
                0 => {}
                1 => text.truncate(cut),
                _ => text.splice(cut..cut, byte.bytes()).for_each(drop),
            }
            let ours = walk(&text, &Trie::default(), &mut Slots::default()).is_ok();
            let theirs = serde_json::from_slice::<serde::de::IgnoredAny>(&text).is_ok();
            prop_assert_eq!(ours, theirs, "{}", String::from_utf8_lossy(&text));
        }

        #[test]
        fn spans_hold_what_serde_json_finds(text in json()) {
            let mut trie = Trie::default();
            let slots_of: Vec<_> = ["a", "b", "c"].into_iter()
                .flat_map(|first| ["a", "b"].map(|second| (first, second)))
                .map(|path| (path, trie.slot(&[path.0, path.1])))
                .collect();
            let mut slots = Slots::default();
            walk(text.as_bytes(), &trie, &mut slots).unwrap();
            let value: Value = serde_json::from_str(&text).unwrap();
            // Repeated keys may leave an older object's members behind; see the type's docs.
            let once = |v: &Value| serde_json::to_string(v).map(|t| t.len());
            prop_assume!(once(&value).ok() == Some(super::super::text::compact(text.as_bytes()).len()));
            for ((first, second), slot) in slots_of {
                if let Some(Value::Object(inner)) = value.get(first) {
                    let want = inner.get(second);
                    let got = slots.first(slot);
                    prop_assert_eq!(want.is_some(), got.is_some());
                    if let Some(want) = want {
                        let got: Value = serde_json::from_slice(got.of(text.as_bytes())).unwrap();
                        prop_assert_eq!(want, &got);
                    }
                }
            }
        }
    }

    #[test]
    fn depth_is_bounded() {
        let deep = |n: usize| "[".repeat(n) + &"]".repeat(n);
        let trie = Trie::default();
        assert!(walk(deep(128).as_bytes(), &trie, &mut Slots::default()).is_ok());
        let error = walk(deep(5_000).as_bytes(), &trie, &mut Slots::default()).unwrap_err();
        assert_eq!(error.why, "nested deeper than 128 levels");
    }
}
