//! What the decoder asks and what it hands over.
//!
//! The log sources know their records by keys and stand a stage later: the decoder only knows
//! them as a [`Catalogue`].

use std::borrow::Cow;

use super::trie::{Slots, Span, Trie};

/// The top-level keys of an object with their raw values.
pub type Members<'m> = [(&'m [u8], &'m [u8])];

/// What the log sources know about top-level keys.
pub trait Catalogue {
    /// What to look for in a record of this source.
    fn trie(&self, source: usize) -> &Trie;
    /// Whether a record in which the walk found this is one of this source.
    fn is(&self, source: usize, text: &[u8], slots: &Slots) -> bool;
    /// The word by which the source tells its records from its neighbours', where there is one.
    fn word<'t>(&self, _source: usize, _text: &'t [u8], _slots: &Slots) -> &'t [u8] {
        b""
    }
    /// What an object with these keys and raw values is.
    fn kind(&self, members: &Members) -> Kind;
    /// What a line of text is: where it is a record, it is written out as one.
    fn line(&self, _line: &[u8], _out: &mut Vec<u8>) -> Kind {
        Kind::Unknown
    }
    /// Writes a copy the way its source writes the record; false where that cannot be done.
    fn rewrite(&self, source: usize, form: Form, raw: &[u8], out: &mut Vec<u8>) -> bool;
}

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A record of this source.
    Record(usize),
    /// A copy of a record of this source, which is to be rewritten first.
    Copy(usize, Form),
    /// Known, but no audit record.
    Aside(&'static str),
    /// Neither.
    Unknown,
}

/// How a copy differs from the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Its keys lost their case.
    Recased,
    /// What it nests stands under names with dots in them.
    Flat,
    /// One of the forms its source declares.
    Declared(usize),
}

/// A record that has been walked.
#[derive(Debug, Default)]
pub struct Found {
    /// Where it stands in the text.
    pub span: Span,
    /// What the walk found.
    pub slots: Slots,
}

/// What comes out.
#[derive(Debug)]
pub enum Item<'a> {
    /// Records, one behind the other: few, so that what has been found is still near.
    Records {
        /// Position of their source in the catalogue.
        source: usize,
        /// The text the spans point into.
        text: &'a [u8],
        /// Where each of them stands in it, and what the walk found.
        found: &'a [Found],
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
