//! The paths a walk looks for, and what it finds at them.
//!
//! Paths in at the start of a run, a slot each out. Keys are told apart by two words of eight
//! bytes, because every key of every record is looked up.

use super::shelf::Shelf;

/// A raw JSON value inside the text; absent where `end` is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes it stands for; empty where the value is absent.
    pub fn of(self, text: &[u8]) -> &[u8] {
        text.get(self.start as usize..self.end as usize)
            .unwrap_or_default()
    }

    /// How many they are.
    #[expect(clippy::len_without_is_empty, reason = "no value is empty")]
    pub fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether there is a value.
    pub fn is_some(self) -> bool {
        self.end != 0
    }
}

/// The spans of one record.
#[derive(Debug, Default)]
pub struct Slots {
    /// One a slot of the trie.
    spans: Vec<Span>,
    /// Second and later values of a slot whose path leads through an array.
    more: Vec<(u16, Span)>,
    /// Which marked keys stand at the record's top level.
    pub marks: u64,
    /// Whether a key that stands there leads into an object or a list.
    pub leads: bool,
    /// What is noted of the record's containers.
    pub(crate) shelf: Shelf,
    /// Which key of a node stood last behind each of them: the next record has mostly the same
    /// order. A guess only, so it stays from record to record, and from trie to trie.
    follows: Vec<u16>,
}

impl Slots {
    pub(super) fn reset(&mut self, trie: &Trie) {
        self.spans.clear();
        self.spans.resize(usize::from(trie.slots), Span::default());
        if self.follows.len() < trie.places.into() {
            self.follows.resize(trie.places.into(), 0);
        }
        self.more.clear();
        self.marks = 0;
        self.leads = false;
        self.shelf.clear();
    }

    /// Gives away what the record has taught about the order of keys.
    pub(super) fn take_order(&mut self) -> Vec<u16> {
        std::mem::take(&mut self.follows)
    }

    /// Goes on with what another record has taught.
    pub(super) fn give_order(&mut self, order: Vec<u16>) {
        self.follows = order;
    }

    /// The first value of a slot.
    pub fn first(&self, slot: u16) -> Span {
        self.spans.get(slot as usize).copied().unwrap_or_default()
    }

    /// Whether any slot has more than one value.
    pub fn has_more(&self) -> bool {
        !self.more.is_empty()
    }

    /// Every value of a slot.
    pub fn all(&self, slot: u16) -> impl Iterator<Item = Span> + '_ {
        let first = self.first(slot);
        std::iter::once(first).filter(|span| span.is_some()).chain(
            self.more
                .iter()
                .filter(move |(at, _)| *at == slot)
                .map(|(_, span)| *span),
        )
    }

    /// Notes which edge stands behind which place of its node.
    #[inline]
    pub(super) fn follows(&mut self, last: u16, edge: &Edge) {
        if let Some(next) = self.follows.get_mut(usize::from(last)) {
            *next = edge.number;
        }
    }

    pub(super) fn put(&mut self, slot: u16, span: Span, in_array: bool) {
        let place = &mut self.spans[slot as usize];
        if in_array && place.is_some() {
            self.more.push((slot, span));
        } else {
            // A repeated key: the last one counts, as for every JSON reader that builds a map.
            *place = span;
        }
    }
}

/// The paths a walk looks for.
#[derive(Clone, Debug)]
pub struct Trie {
    pub(super) nodes: Vec<Node>,
    slots: u16,
    /// How many nodes and edges there are.
    places: u16,
}

#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Its place among all nodes and edges: where an object begins.
    place: u16,
    edges: Vec<Edge>,
    /// Their keys.
    keys: Vec<Box<[u8]>>,
    /// Number of an edge by a small hash of its key.
    table: [u16; TABLE],
}

#[derive(Clone, Debug)]
pub(super) struct Edge {
    /// Its place among all nodes and edges.
    pub(super) place: u16,
    /// Its number among those of its node.
    number: u16,
    line: Line,
    short: Short,
    pub(super) node: u16,
    pub(super) slot: u16,
    pub(super) mark: u8,
    /// The next edge with the same hash.
    next: u16,
}

pub(super) const NONE: u16 = u16::MAX;
/// The edge of a key that nobody asks for.
pub(super) static NOWHERE: Edge = Edge {
    place: NONE,
    number: NONE,
    line: Line {
        head: 0,
        tail: 0,
        mask: 0,
        from: 0,
        len: 0,
    },
    short: Short {
        head: 0,
        tail: 0,
        len: 0,
    },
    node: NONE,
    slot: NONE,
    mark: UNMARKED,
    next: NONE,
};
pub(super) const UNMARKED: u8 = u8::MAX;
const TABLE: usize = 256;

/// Length and both ends of a key: all there is of one of at most sixteen bytes, and nearly
/// always enough to tell longer ones apart. Two numbers compare faster than two texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Short {
    head: u64,
    tail: u64,
    len: u32,
}

impl Short {
    /// Of the key between two positions of a text: bytes behind a short key are cut away.
    #[inline(always)]
    pub(super) fn of(text: &[u8], start: usize, end: usize) -> Short {
        let len = end - start;
        let head = match text.get(start..).and_then(<[u8]>::first_chunk::<8>) {
            Some(head) => u64::from_le_bytes(*head),
            None => Short::padded(text.get(start..).unwrap_or_default()),
        };
        if len < 8 {
            let head = head & !(u64::MAX << (8 * len));
            let (tail, len) = (0, len as u32);
            return Short { head, tail, len };
        }
        let tail = text[start..end].last_chunk::<8>();
        let tail = tail.map_or(0, |tail| u64::from_le_bytes(*tail));
        // Keys end where their text does, and that is not so long.
        let len = len as u32;
        Short { head, tail, len }
    }

    #[cold]
    fn padded(rest: &[u8]) -> u64 {
        let mut bytes = [0; 8];
        bytes[..rest.len()].copy_from_slice(rest);
        u64::from_le_bytes(bytes)
    }

    /// Whether a backslash may stand in the key: certain for one of at most sixteen bytes.
    #[inline]
    pub(super) fn may_be_escaped(self) -> bool {
        const ONES: u64 = 0x0101_0101_0101_0101;
        let has = |word: u64| {
            let word = word ^ (ONES * b'\\' as u64);
            word.wrapping_sub(ONES) & !word & (ONES << 7) != 0
        };
        self.len > 16 || has(self.head) || has(self.tail)
    }

    #[inline]
    fn bucket(self) -> usize {
        let mixed = (self.head ^ self.tail.rotate_left(29)).wrapping_add(u64::from(self.len));
        usize::from((mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8)
    }
}

/// A key with its quotes and its colon, `"eventName":`, as both ends of it: all there is of one of
/// at most 32 bytes.
#[derive(Clone, Copy, Debug)]
struct Line {
    head: u128,
    tail: u128,
    mask: u128,
    /// Where the tail starts.
    from: usize,
    len: usize,
}

impl Line {
    /// Of a key as logs write it; one that is longer or would be escaped equals no text.
    fn of(key: &str) -> Line {
        let text = format!("\"{key}\":");
        let odd = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
        let len = match text.len() {
            len if len <= 2 * LINE && !key.bytes().any(odd) => len,
            _ => 0,
        };
        let mut bytes = [0; 2 * LINE];
        bytes[..len].copy_from_slice(&text.as_bytes()[..len]);
        let (from, mask) = match len {
            0..LINE => (0, (1 << (8 * len)) - 1),
            _ => (len - LINE, u128::MAX),
        };
        let word = |at: usize| bytes[at..].first_chunk().copied().unwrap_or_default();
        Line {
            head: u128::from_le_bytes(word(0)),
            tail: u128::from_le_bytes(word(from)),
            mask,
            from,
            len,
        }
    }

    /// Whether it stands at the beginning of a text. Near the end of a file nothing is guessed.
    #[inline(always)]
    fn begins(&self, text: &[u8; 2 * LINE]) -> bool {
        let word = |at: usize| {
            let word = text[at.min(LINE)..].first_chunk();
            word.map_or(0, |word| u128::from_le_bytes(*word))
        };
        let unlike = (word(0) & self.mask ^ self.head) | (word(self.from) & self.mask ^ self.tail);
        unlike == 0 && self.len != 0
    }
}

const LINE: usize = 16;

impl Default for Trie {
    fn default() -> Self {
        Trie {
            nodes: vec![Node::new(0)],
            slots: 0,
            places: 1,
        }
    }
}

impl Node {
    fn new(place: u16) -> Node {
        Node {
            place,
            edges: Vec::new(),
            keys: Vec::new(),
            table: [NONE; TABLE],
        }
    }

    #[inline(always)]
    pub(super) fn find(
        &self,
        short: Short,
        text: &[u8],
        start: usize,
        end: usize,
    ) -> Option<&Edge> {
        let mut next = self.table[short.bucket()];
        while let Some(edge) = self.edges.get(usize::from(next)) {
            let whole = || *self.keys[usize::from(next)] == text[start..end];
            if edge.short == short && (short.len <= 16 || whole()) {
                return Some(edge);
            }
            next = edge.next;
        }
        None
    }

    /// The edge of the key at `at`, where it is the one that stood last behind `last`, and how many
    /// bytes it takes with its quotes and its colon.
    #[inline(always)]
    pub(super) fn guess(
        &self,
        last: u16,
        text: &[u8],
        at: usize,
        slots: &Slots,
    ) -> Option<(&Edge, usize)> {
        let next = *slots.follows.get(usize::from(last))?;
        let edge = self.edges.get(usize::from(next))?;
        let begins = edge.line.begins(text.get(at..)?.first_chunk()?);
        begins.then_some((edge, edge.line.len))
    }
}

impl Trie {
    /// Adds a path of keys and returns its slot; the same path gives the same slot.
    pub fn slot(&mut self, path: &[&str]) -> u16 {
        let Some((node, number)) = self.lead(path) else {
            return NONE;
        };
        let next = self.slots;
        let edge = &mut self.nodes[node].edges[number];
        if edge.slot == NONE {
            edge.slot = next;
            self.slots += 1;
        }
        edge.slot
    }

    /// Adds a path of keys that nobody asks for: what is known is passed faster.
    pub fn pass(&mut self, path: &[&str]) {
        self.lead(path);
    }

    /// The node and the edge to which a path leads.
    fn lead(&mut self, path: &[&str]) -> Option<(usize, usize)> {
        let (last, above) = path.split_last()?;
        let mut node = 0;
        for key in above {
            let number = self.edge(node, key);
            node = match self.nodes[node].edges[number].node {
                NONE => {
                    let fresh = self.nodes.len();
                    self.nodes.push(Node::new(self.places));
                    self.places += 1;
                    self.nodes[node].edges[number].node = fresh as u16;
                    fresh
                }
                known => known as usize,
            };
        }
        Some((node, self.edge(node, last)))
    }

    /// Marks a top-level key with a bit of [`Slots::marks`].
    pub fn mark(&mut self, key: &str, bit: u8) {
        let number = self.edge(0, key);
        self.nodes[0].edges[number].mark = bit;
    }

    /// The place from which the first key of a node follows.
    #[inline]
    pub(super) fn start(&self, node: u16) -> u16 {
        self.nodes
            .get(usize::from(node))
            .map_or(0, |node| node.place)
    }

    fn edge(&mut self, node: usize, key: &str) -> usize {
        let node = &mut self.nodes[node];
        let mut known = node.keys.iter();
        if let Some(number) = known.position(|known| **known == *key.as_bytes()) {
            return number;
        }
        let short = Short::of(key.as_bytes(), 0, key.len());
        let number = node.edges.len();
        node.keys.push(key.as_bytes().into());
        let first = std::mem::replace(&mut node.table[short.bucket()], number as u16);
        node.edges.push(Edge {
            place: self.places,
            number: number as u16,
            line: Line::of(key),
            short,
            node: NONE,
            slot: NONE,
            mark: UNMARKED,
            next: first,
        });
        self.places += 1;
        number
    }
}
