//! What the decoder asks and what it hands over.
//!
//! The log sources know their records by keys and stand a stage later: the decoder only knows
//! them as a [`Catalogue`].

use std::borrow::Cow;

use super::trie::{Slots, Span, Trie};

/// What the log sources know about top-level keys.
pub trait Catalogue {
    /// What to look for in a record of this source.
    fn trie(&self, source: usize) -> &Trie;
    /// Whether a record with these marks is one of this source.
    fn is(&self, source: usize, marks: u64) -> bool;
    /// What an object with these keys is.
    fn kind(&self, keys: &[&[u8]]) -> Kind;
    /// Rewrites the keys of a copy that lost their case.
    fn recase(&self, source: usize, raw: &[u8], out: &mut Vec<u8>);
}

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A record of this source.
    Record(usize),
    /// A record of this source whose keys lost their case.
    Recased(usize),
    /// Known, but no audit record.
    Aside(&'static str),
    /// Neither.
    Unknown,
}

/// What comes out.
#[derive(Debug)]
pub enum Item<'a> {
    /// A record.
    Record {
        /// Position of its source in the catalogue.
        source: usize,
        /// The text the spans point into.
        text: &'a [u8],
        /// Where the record stands in it.
        span: Span,
        /// What the walk found.
        slots: &'a Slots,
    },
    /// Something that could not be read.
    Skipped {
        /// Why.
        reason: Cow<'static, str>,
        /// Offset in the chunk, where there is one.
        at: Option<usize>,
    },
    /// Something known that is no record.
    Ignored {
        /// What it is.
        reason: &'static str,
    },
}

/// Where items go.
pub type Sink<'s> = &'s mut dyn FnMut(Item);
