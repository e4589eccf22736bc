//! The rules inside the binary.
//!
//! Nothing enters, paths and texts leave, sorted by path. The events beside the rules are inside
//! too: they are what `ctadel rules test` runs where there is no source tree. They are five times
//! the size of the rules and lie apart from them, as `rules/build.rs` puts them; so does what a
//! scan asks of the rules, without what only people read. That is read at every start and never
//! again: inflated, it goes with the last that holds a piece of it, where pages of the binary would
//! stay.

use std::ops::{Deref, Range};
use std::sync::Arc;

use libdeflater::Decompressor;

static RULES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.gz"));
static BRIEF: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/brief.gz"));
static EVENTS: &str = include_str!(concat!(env!("OUT_DIR"), "/events"));
static LISTS: &str = include_str!(concat!(env!("OUT_DIR"), "/lists"));

/// What stands before the path of a built-in file, so that it is never taken for a user's.
pub(super) const PREFIX: &str = "builtin:";
/// Where the filters lie that built-in and other rules name.
pub(super) const FILTERS: &str = "builtin:filters/";

/// The text of one rule file, a piece of the text of all.
#[derive(Clone, Debug)]
pub struct Text {
    all: Arc<String>,
    place: Range<usize>,
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.all[self.place.clone()]
    }
}

/// All built-in rule files, `builtin:aws/….yml`, and their text.
pub fn rules() -> Vec<(String, Text)> {
    pieces(RULES)
}

/// The same files without what only people read: a line of JSON for each document.
pub(super) fn brief() -> Vec<(String, Text)> {
    pieces(BRIEF)
}

fn pieces(packed: &[u8]) -> Vec<(String, Text)> {
    let all = Arc::new(inflate(packed));
    let piece = |(name, place)| {
        let all = Arc::clone(&all);
        (name, Text { all, place })
    };
    files(&all).into_iter().map(piece).collect()
}

/// All event files of the built-in rules.
pub fn events() -> Vec<(String, &'static str)> {
    plain(EVENTS)
}

/// All address lists of the built-in rules, which their tests need.
pub fn lists() -> Vec<(String, &'static str)> {
    plain(LISTS)
}

fn plain(all: &'static str) -> Vec<(String, &'static str)> {
    let piece = |(name, place): (String, Range<usize>)| (name, &all[place]);
    files(all).into_iter().map(piece).collect()
}

/// The text in a gzip file, which says at its end how long it is. One that the build did not break
/// is whole.
fn inflate(packed: &[u8]) -> String {
    let length = packed
        .last_chunk()
        .map_or(0, |end| u32::from_le_bytes(*end));
    let mut text = vec![0; length as usize];
    match Decompressor::new().gzip_decompress(packed, &mut text) {
        Ok(_) => String::from_utf8(text).unwrap_or_default(),
        Err(_) => String::new(),
    }
}

/// Finds the files again: before each stands a line with its length and its path.
fn files(packed: &str) -> Vec<(String, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((head, _)) = packed[at..].split_once('\n') {
        let Some((length, path)) = head.split_once(' ') else {
            break;
        };
        let start = at + head.len() + 1;
        let end = start + length.parse::<usize>().unwrap_or_default();
        if packed.get(start..end).is_none() {
            break;
        }
        found.push((format!("{PREFIX}{path}"), start..end));
        at = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::load::document::{self, Kind};
    use crate::detect::load::files::{self, Source};
    use crate::detect::load::placeholder::Vars;

    #[test]
    fn a_scan_reads_the_same_rules_without_what_only_people_read() {
        let read = |source: &Source| {
            let text = source.text().expect("its text");
            let (mut documents, errors) = document::parse(source, &text, &Vars::default());
            assert!(errors.is_empty(), "{errors:?}");
            let kinds = documents.iter_mut().map(|document| &mut document.kind);
            kinds.for_each(Kind::drop_prose);
            format!("{documents:#?}")
        };
        let (whole, brief) = (files::builtin(true, true), files::builtin(true, false));
        assert_eq!(whole.len(), brief.len());
        for (whole, brief) in whole.iter().zip(&brief) {
            assert_eq!(read(brief), read(whole), "{}", whole.name);
        }
    }

    #[test]
    fn every_file_comes_out_as_it_went_in() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        let rules = rules();
        let rules: Vec<(String, &str)> = rules
            .iter()
            .map(|(name, text)| (name.clone(), &**text))
            .collect();
        for files in [rules, events(), lists()] {
            assert!(files.is_sorted() && !files.is_empty());
            for (name, text) in files {
                let path = folder.join(name.strip_prefix(PREFIX).unwrap_or(&name));
                assert_eq!(std::fs::read_to_string(path).ok().as_deref(), Some(text));
            }
        }
    }
}
