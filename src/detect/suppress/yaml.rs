//! The YAML of a suppression file, before it means anything.
//!
//! Text enters, pairs of key and values leave, and for each entry the line it begins at. The
//! reader tells positions only in its own errors, so later ones look their line up here.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// What one entry says, in its order.
pub(super) struct Raw(pub Vec<(String, Texts)>);

/// One text or a list of them; numbers are as written, nothing is an empty list.
pub(super) struct Texts(pub Vec<String>);

/// A file, read.
pub(super) struct File<'a> {
    pub entries: Vec<Raw>,
    lines: Vec<usize>,
    text: &'a str,
}

impl<'a> File<'a> {
    /// Reads a file; an error is its line and what is wrong there.
    pub fn read(text: &'a str) -> Result<File<'a>, (usize, String)> {
        let root: Root = yaml_serde::from_str(text).map_err(|error| {
            let line = error.location().map_or(1, |at| at.line());
            (line, plain(&error.to_string()))
        })?;
        let mut lines = entry_lines(text);
        // A list in flow style has no lines of its own.
        if lines.len() != root.0.len() {
            lines = vec![1; root.0.len()];
        }
        Ok(File {
            entries: root.0,
            lines,
            text,
        })
    }

    /// The line an entry begins at.
    pub fn entry_line(&self, position: usize) -> usize {
        self.lines.get(position).copied().unwrap_or(1)
    }

    /// The line a key of an entry stands in; of the same key twice the last one.
    pub fn key_line(&self, position: usize, key: &str) -> usize {
        let first = self.entry_line(position);
        let next = self
            .lines
            .get(position + 1)
            .copied()
            .filter(|next| *next > first);
        let lines = (1usize..).zip(self.text.lines()).skip(first - 1);
        let mut found = first;
        for (number, line) in lines.take_while(|(number, _)| next.is_none_or(|next| *number < next))
        {
            let content = line
                .trim_start_matches([' ', '-'])
                .trim_start_matches(['"', '\'']);
            let rest = content
                .strip_prefix(key)
                .map(|rest| rest.trim_start_matches(['"', '\'', ' ']));
            if rest.is_some_and(|rest| rest.starts_with(':')) {
                found = number;
            }
        }
        found
    }
}

/// The lines at which the entries of a list in block style begin: dashes as far in as the first.
fn entry_lines(text: &str) -> Vec<usize> {
    let mut indent = None;
    (1usize..)
        .zip(text.lines())
        .filter(|(_, line)| {
            let start = line.trim_start_matches(' ');
            let depth = line.len() - start.len();
            (start == "-" || start.starts_with("- ")) && *indent.get_or_insert(depth) == depth
        })
        .map(|(number, _)| number)
        .collect()
}

/// The message without the path and the position that the reader puts around it.
fn plain(message: &str) -> String {
    let text = message
        .split_once(" at line ")
        .map_or(message, |(text, _)| text);
    match text.split_once(": ") {
        Some((path, text)) if path.starts_with(['.', '[']) || path.starts_with("suppressions") => {
            text.to_owned()
        }
        _ => text.to_owned(),
    }
}

/// The whole file: a list, or a map with the list under `suppressions`.
struct Root(Vec<Raw>);

impl<'de> Deserialize<'de> for Root {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RootVisitor)
    }
}

struct RootVisitor;

impl<'de> Visitor<'de> for RootVisitor {
    type Value = Root;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of suppressions")
    }

    fn visit_none<E: de::Error>(self) -> Result<Root, E> {
        Ok(Root(Vec::new()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Root, E> {
        Ok(Root(Vec::new()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Root, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = list.next_element()? {
            entries.push(entry);
        }
        Ok(Root(entries))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Root, A::Error> {
        let mut entries = None;
        while let Some(key) = map.next_key::<String>()? {
            if key != "suppressions" || entries.is_some() {
                return Err(de::Error::custom(format!(
                    "unexpected key {key:?}: the file is a list of entries, or has it under \"suppressions\""
                )));
            }
            entries = Some(map.next_value::<Option<Vec<Raw>>>()?.unwrap_or_default());
        }
        Ok(Root(entries.unwrap_or_default()))
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an entry with rule and reason")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Raw(pairs))
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextsVisitor)
    }
}

struct TextsVisitor;

impl<'de> Visitor<'de> for TextsVisitor {
    type Value = Texts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a list of texts")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Texts, E> {
        Ok(Texts(vec![text.trim().to_owned()]))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Texts, E> {
        Ok(Texts(vec![number.to_string()]))
    }

    fn visit_none<E: de::Error>(self) -> Result<Texts, E> {
        Ok(Texts(Vec::new()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Texts, E> {
        Ok(Texts(Vec::new()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Texts, A::Error> {
        let mut texts = Vec::new();
        while let Some(Texts(mut item)) = list.next_element()? {
            texts.append(&mut item);
        }
        Ok(Texts(texts))
    }
}
