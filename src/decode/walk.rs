//! Walks one record along the index: checks that it is JSON, notes the spans somebody asked for.
//!
//! Positions in, spans out. No tree is built: a record costs one walk over its structural
//! positions, and only the paths of the [`Trie`] leave anything behind.
mod members;
mod scalar;
#[cfg(test)]
mod tests;

use super::index::Index;
use super::trie::{Edge, NONE, NOWHERE, Node, Short, Slots, Span, Trie, UNMARKED};

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

/// A text and its index.
#[derive(Clone, Copy)]
pub struct Walker<'a> {
    text: &'a [u8],
    index: &'a Index,
}

/// One key of an object and where its value lies.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// The key with its quotes.
    pub key: Span,
    /// The value.
    pub value: Span,
}

/// Whether a name leads into an object or a list: `protoPayload.methodName`.
pub fn leads(key: &[u8]) -> bool {
    memchr::memchr3(b'.', b'[', b'{', key).is_some_and(|at| at > 0)
}

impl<'a> Walker<'a> {
    /// Walks an indexed text.
    pub fn new(text: &'a [u8], index: &'a Index) -> Walker<'a> {
        Walker { text, index }
    }

    /// The text that is walked.
    pub fn text(&self) -> &'a [u8] {
        self.text
    }

    /// The first byte at or after `at` that is no white space.
    #[inline]
    pub fn skip_space(&self, mut at: usize) -> usize {
        // Machines write none.
        if self.text.get(at).is_some_and(|byte| *byte > b' ') {
            return at;
        }
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

    /// Where the string that opens at `at` ends, one past its closing quote.
    #[inline]
    fn string_end(&self, at: usize) -> Result<usize, Bad> {
        match self.index.next_token(at) {
            Some(close) if close > at => Ok(close + 1),
            _ => Err(Bad {
                at: self.text.len(),
                why: "JSON ends early inside a string",
            }),
        }
    }

    /// Checks the value at `at`, fills the slots of `trie` with what it holds, and returns one
    /// past its end.
    pub fn record(&self, at: usize, trie: &Trie, slots: &mut Slots) -> Result<usize, Bad> {
        slots.reset(trie);
        let end = self.value(at, Some(trie), slots)?;
        if self.index.is_bad(at, end) {
            return self.bad(
                at,
                "a control character or an unknown escape inside a string",
            );
        }
        Ok(end)
    }

    /// Checks and passes over the value at `at`.
    pub fn skip(&self, at: usize) -> Result<usize, Bad> {
        let end = self.value(at, None, &mut Slots::default())?;
        if self.index.is_bad(at, end) {
            return self.bad(
                at,
                "a control character or an unknown escape inside a string",
            );
        }
        Ok(end)
    }

    /// One loop over a value with a stack of what is open: no recursion, so depth costs nothing.
    fn value(&self, at: usize, trie: Option<&Trie>, slots: &mut Slots) -> Result<usize, Bad> {
        #[derive(Clone, Copy, Default)]
        struct Frame {
            object: bool,
            in_array: bool,
            node: u16,
            slot: u16,
            /// Behind which of its keys the next one stands.
            last: u16,
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
                    if !self.index.is_token(at) {
                        return self.bad(at, "brackets that do not match");
                    }
                    if depth == MAX_DEPTH {
                        return self.bad(at, "nested deeper than 128 levels");
                    }
                    let object = open == b'{';
                    stack[depth] = Frame {
                        object,
                        in_array,
                        node,
                        slot,
                        last: trie.map_or(0, |trie| trie.start(node)),
                        start: at as u32,
                    };
                    depth += 1;
                    in_array |= !object;
                    let inside = self.skip_space(at + 1);
                    let close = if object { b'}' } else { b']' };
                    if self.text.get(inside) == Some(&close) {
                        depth -= 1;
                        in_array = stack[depth].in_array;
                        inside + 1
                    } else if object {
                        let place = (node, in_array, depth == 1);
                        let last = &mut stack[depth - 1].last;
                        match self.members_from(inside, place, last, trie, slots)? {
                            Next::Value(next) => {
                                (at, node, slot) = next;
                                continue 'value;
                            }
                            Next::Ended(end) => {
                                slot = NONE;
                                end
                            }
                        }
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
                let mut next = self.skip_space(end);
                match self.text.get(next) {
                    Some(b',') => {
                        at = self.skip_space(next + 1);
                        let close = if frame.object { b'}' } else { b']' };
                        if self.text.get(at) != Some(&close) {
                            if !frame.object {
                                (node, slot) = (frame.node, NONE);
                                continue 'value;
                            }
                            let place = (frame.node, in_array, depth == 1);
                            let last = &mut stack[depth - 1].last;
                            match self.members_from(at, place, last, trie, slots)? {
                                Next::Value(next) => {
                                    (at, node, slot) = next;
                                    continue 'value;
                                }
                                Next::Ended(last) => {
                                    end = last;
                                    continue;
                                }
                            }
                        }
                        // People who write examples leave a comma behind the last one.
                        next = at;
                    }
                    Some(b'}') if frame.object => {}
                    Some(b']') if !frame.object => {}
                    _ => return self.bad(next, "a value without a comma behind it"),
                }
                if !self.index.is_token(next) {
                    return self.bad(next, "brackets that do not match");
                }
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

    /// Where the value of the key at `at` starts, and the edge of the key; [`NOWHERE`] where nobody
    /// asks for it.
    #[inline(never)]
    fn search<'k>(
        &self,
        at: usize,
        keys: Option<&'k Node>,
        last: &mut u16,
        slots: &mut Slots,
        top: bool,
    ) -> Result<(usize, &'k Edge), Bad> {
        let (key, value) = self.key(at)?;
        let Some(edge) = keys.and_then(|keys| find(keys, self.text, key, slots, top)) else {
            return Ok((value, &NOWHERE));
        };
        slots.follows(*last, edge);
        *last = edge.place;
        Ok((value, edge))
    }

    /// The key at `at`, from quote to quote, and where its value starts.
    #[inline]
    fn key(&self, at: usize) -> Result<((usize, usize), usize), Bad> {
        let text = self.text;
        if text.get(at) != Some(&b'"') {
            return self.bad(at, "an object without a key");
        }
        let after = self.string_end(at)?;
        let mut value = after + 1;
        let colon = text.get(after) == Some(&b':');
        if !colon || text.get(value).is_none_or(|byte| *byte <= b' ') {
            let colon = self.skip_space(after);
            if text.get(colon) != Some(&b':') {
                return self.bad(colon, "a key without a colon");
            }
            value = self.skip_space(colon + 1);
        }
        Ok(((at, after - 1), value))
    }

    /// Reads the members of an object from `at` on, up to the first one that is a container or
    /// that no other one follows without white space.
    #[inline]
    fn members_from(
        &self,
        mut at: usize,
        (node, in_array, top): (u16, bool, bool),
        last: &mut u16,
        trie: Option<&Trie>,
        slots: &mut Slots,
    ) -> Result<Next, Bad> {
        let keys = match trie {
            Some(trie) if node != NONE => trie.nodes.get(usize::from(node)),
            _ => None,
        };
        let text = self.text;
        loop {
            let guess = keys.and_then(|keys| keys.guess(*last, text, at, slots));
            let (value, edge) = match guess {
                Some((edge, len)) => {
                    *last = edge.place;
                    (self.skip_space(at + len), edge)
                }
                None => self.search(at, keys, last, slots, top)?,
            };
            if top && edge.mark != UNMARKED {
                slots.marks |= 1 << edge.mark;
            }
            let end = match text.get(value) {
                Some(b'"') => self.string_end(value)?,
                Some(b'{' | b'[') | None => {
                    return Ok(Next::Value((value, edge.node, edge.slot)));
                }
                Some(_) => self.scalar_end(value)?,
            };
            if edge.slot != NONE {
                let (start, end) = (value as u32, end as u32);
                slots.put(edge.slot, Span { start, end }, in_array);
            }
            if text.get(end..end + 2) != Some(b",\"") {
                return Ok(Next::Ended(end));
            }
            at = end + 1;
        }
    }
}

/// Where the members of an object lead.
enum Next {
    /// To a container: where it starts, the node for its keys and its slot.
    Value((usize, u16, u16)),
    /// Behind a value that has been read.
    Ended(usize),
}

/// The edge of the key between two quotes.
#[inline]
fn find<'k>(
    keys: &'k Node,
    text: &[u8],
    (open, close): (usize, usize),
    slots: &mut Slots,
    top: bool,
) -> Option<&'k Edge> {
    let short = Short::of(text, open + 1, close);
    let found = match keys.find(short, text, open + 1, close) {
        None if short.may_be_escaped() => {
            let key = super::text::unescape(&text[open + 1..close]);
            keys.find(Short::of(&key, 0, key.len()), &key, 0, key.len())
        }
        found => found,
    };
    if found.is_none() {
        slots.leads |= top && leads(&text[open + 1..close]);
    }
    found
}
