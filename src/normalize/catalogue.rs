//! Tells the log sources apart by the keys of a record.

use super::source::{Layout, Source};
use crate::decode::item::{Catalogue, Kind};
use crate::decode::path;
use crate::decode::trie::Trie;

/// The registered sources as the decoder sees them.
pub struct Known<'a> {
    layouts: Vec<&'a Layout>,
    /// `--source`: every record that has one of its marks is one of this source.
    forced: Option<usize>,
}

impl<'a> Known<'a> {
    /// A catalogue of these sources.
    pub fn new(layouts: Vec<&'a Layout>, forced: Option<usize>) -> Known<'a> {
        Known { layouts, forced }
    }
}

fn marks(source: &Source, keys: &[&[u8]], same: impl Fn(&[u8], &[u8]) -> bool) -> u64 {
    let bit = |mark: &str| u64::from(keys.iter().any(|key| same(key, mark.as_bytes())));
    source
        .marks
        .iter()
        .enumerate()
        .fold(0, |marks, (number, mark)| marks | bit(mark) << number)
}

impl Catalogue for Known<'_> {
    fn trie(&self, source: usize) -> &Trie {
        &self.layouts[source].trie
    }

    fn is(&self, source: usize, marks: u64) -> bool {
        match self.forced {
            Some(forced) => forced == source && marks != 0,
            None => (self.layouts[source].source.recognise)(marks),
        }
    }

    fn kind(&self, keys: &[&[u8]]) -> Kind {
        let exact = |a: &[u8], b: &[u8]| a == b;
        if let Some(forced) = self.forced {
            let marked = marks(self.layouts[forced].source, keys, exact) != 0;
            return if marked {
                Kind::Record(forced)
            } else {
                Kind::Unknown
            };
        }
        for (number, layout) in self.layouts.iter().enumerate() {
            if (layout.source.recognise)(marks(layout.source, keys, exact)) {
                return Kind::Record(number);
            }
        }
        for layout in &self.layouts {
            for (wanted, reason) in layout.source.asides {
                if wanted.iter().all(|key| keys.contains(&key.as_bytes())) {
                    return Kind::Aside(reason);
                }
            }
        }
        for (number, layout) in self.layouts.iter().enumerate() {
            if (layout.source.recognise)(marks(layout.source, keys, <[u8]>::eq_ignore_ascii_case)) {
                return Kind::Recased(number);
            }
        }
        Kind::Unknown
    }

    fn recase(&self, source: usize, raw: &[u8], out: &mut Vec<u8>) {
        recase(self.layouts[source].source, raw, out);
    }
}

/// The spelling a source gives to a key it defines.
fn canonical<'s>(source: &'s Source, key: &[u8]) -> Option<&'s str> {
    let declared = source
        .rows
        .iter()
        .flat_map(|row| row.paths)
        .flat_map(|path| path.split('.'));
    declared
        .chain(source.marks.iter().copied())
        .chain(source.containers.iter().copied())
        .chain(source.keys.iter().copied())
        .find(|known| known.as_bytes().eq_ignore_ascii_case(key))
}

fn recase(source: &Source, raw: &[u8], out: &mut Vec<u8>) {
    match raw.first() {
        Some(b'{') => {
            out.push(b'{');
            let mut first = true;
            path::members(raw, |key, value| {
                if !std::mem::take(&mut first) {
                    out.push(b',');
                }
                out.push(b'"');
                out.extend_from_slice(canonical(source, key).map_or(key, str::as_bytes));
                out.extend_from_slice(b"\":");
                recase(source, value, out);
                true
            });
            out.push(b'}');
        }
        Some(b'[') => {
            out.push(b'[');
            let mut first = true;
            path::elements(raw, |value| {
                if !std::mem::take(&mut first) {
                    out.push(b',');
                }
                recase(source, value, out);
                true
            });
            out.push(b']');
        }
        _ => out.extend_from_slice(raw),
    }
}
