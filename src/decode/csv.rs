//! Rows of a CSV file as JSON objects.
//!
//! Enters: the line of column names and rows, from one chunk or several. Leaves: one object a
//! row, keyed by the names; every value is text, JSON in a cell too. It exists so that behind it
//! there is one kind of record, and an export's columns are a form like any other.

use std::borrow::Cow;

use csv::{ByteRecord, ReaderBuilder};

use crate::load;

/// How often the rows behind a quote that is never closed are read again, in bytes of the piece.
const AGAIN: usize = 4;

/// The columns of one file.
#[derive(Debug)]
pub(super) struct Table {
    separator: u8,
    /// The names as keys, `"name":`; empty for a column without one.
    keys: Vec<Vec<u8>>,
}

/// One row.
pub(super) enum Row<'r> {
    /// As an object.
    Object(&'r [u8]),
    /// Why it is none.
    Bad(&'static str),
}

impl Table {
    /// Reads the line of column names, if the text begins with one; the rows begin behind it.
    pub fn new(text: &[u8]) -> Option<(Table, usize)> {
        let end = load::columns(text)?;
        Some((Table::named(&text[..end]), end))
    }

    /// Reads a line that is known to hold the column names.
    pub fn named(text: &[u8]) -> Table {
        let note = load::note(text).map_or(0, |(_, length)| length);
        let line = text[note..].trim_ascii_end();
        let separator = load::separator(text, line).unwrap_or(b',');
        let names = line.split(|byte| *byte == separator).map(load::name);
        let keys = names.map(|name| {
            let mut key = Vec::new();
            if !name.is_empty() {
                quote(name, &mut key);
                key.push(b':');
            }
            key
        });
        let keys = keys.collect();
        Table { separator, keys }
    }

    /// Calls `each` with every row and its offset, until it says stop.
    pub fn rows(&self, text: &[u8], each: &mut dyn FnMut(Row, usize) -> bool) {
        let (mut start, mut again) = (0, text.len() * AGAIN);
        let mut object = Vec::new();
        while start < text.len() {
            let mut reader = ReaderBuilder::new()
                .delimiter(self.separator)
                .has_headers(false)
                .flexible(true)
                .from_reader(&text[start..]);
            let mut record = ByteRecord::new();
            let mut next = text.len();
            while reader.read_byte_record(&mut record).unwrap_or(false) {
                let at = start + record.position().map_or(0, |at| at.byte() as usize);
                let end = start + reader.position().byte() as usize;
                // Blank lines are passed over before a row, and belong to its place.
                let at = at + blank(&text[at..end]);
                let raw = &text[at..end];
                let swallowed = end == text.len() && is_open(raw);
                let made = match swallowed {
                    true => Err("a CSV row with a quote that is never closed"),
                    false => self.object(&record, raw, &mut object),
                };
                let more = match made {
                    Ok(()) => each(Row::Object(&object), at),
                    Err(reason) => {
                        let more = each(Row::Bad(reason), at);
                        // A quote that nobody closes swallows what follows: back to the next line.
                        let line = memchr::memchr(b'\n', raw).map(|line| at + line + 1);
                        if let Some(line) = line.filter(|line| *line < end && again > end - at) {
                            again -= end - at;
                            next = line;
                            if more {
                                break;
                            }
                        }
                        more
                    }
                };
                if !more {
                    return;
                }
            }
            start = next;
        }
    }

    fn object(
        &self,
        record: &ByteRecord,
        raw: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), &'static str> {
        if record.len() > self.keys.len() {
            return Err("a CSV row with more cells than columns");
        }
        // Spreadsheets leave out empty cells at the end; a file that was cut off has no line end.
        if record.len() < self.keys.len() && !raw.ends_with(b"\n") {
            return Err("a CSV row that ends early");
        }
        out.clear();
        out.push(b'{');
        for (number, key) in self
            .keys
            .iter()
            .enumerate()
            .filter(|(_, key)| !key.is_empty())
        {
            if out.len() > 1 {
                out.push(b',');
            }
            out.extend_from_slice(key);
            match record.get(number).map(plain) {
                None | Some(b"") => out.extend_from_slice(b"null"),
                Some(cell) => quote(cell, out),
            }
        }
        out.push(b'}');
        Ok(())
    }
}

fn blank(text: &[u8]) -> usize {
    let bytes = text.iter();
    bytes
        .take_while(|byte| matches!(byte, b'\n' | b'\r'))
        .count()
}

/// Whether a last row of several lines has a quote that is never closed.
fn is_open(raw: &[u8]) -> bool {
    let lines = memchr::memchr(b'\n', raw.trim_ascii_end()).is_some();
    lines && memchr::memchr_iter(b'"', raw).count() % 2 == 1
}

/// A cell without the marks that keep a spreadsheet from taking it for a formula or a number.
fn plain(cell: &[u8]) -> &[u8] {
    match cell {
        [b'\'', rest @ ..] if rest.first().is_some_and(|byte| b"=+-@\t\r".contains(byte)) => rest,
        [b'=', b'"', rest @ .., b'"'] => rest,
        _ => cell,
    }
}

/// Appends text as a JSON string.
fn quote(text: &[u8], out: &mut Vec<u8>) {
    let text: Cow<str> = String::from_utf8_lossy(text);
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(out, &text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let Some((table, start)) = Table::new(text.as_bytes()) else {
            return vec!["no table".to_owned()];
        };
        let mut out = Vec::new();
        let body = &text.as_bytes()[start..];
        table.rows(body, &mut |row, at| {
            out.push(match row {
                Row::Object(object) => String::from_utf8_lossy(object).into_owned(),
                Row::Bad(reason) => format!("{reason} @{at}"),
            });
            true
        });
        out
    }

    #[test]
    fn rows_become_objects() {
        let table = [
            ("a,b\n1,2\n", vec![r#"{"a":"1","b":"2"}"#]),
            (
                "a;b\r\n1,5;\"x;y\"\r\n\r\n2;3",
                vec![r#"{"a":"1,5","b":"x;y"}"#, r#"{"a":"2","b":"3"}"#],
            ),
            (
                "\"a\",\"b\"\n\"{\"\"k\"\": \"\"v\"\"}\",\"two\nlines\"\n",
                vec![r#"{"a":"{\"k\": \"v\"}","b":"two\nlines"}"#],
            ),
            ("sep=;\na;b\n1;2\n", vec![r#"{"a":"1","b":"2"}"#]),
            ("a,b,c\n1\n", vec![r#"{"a":"1","b":null,"c":null}"#]),
            ("a,,c,\n1,2,3,\n", vec![r#"{"a":"1","c":"3"}"#]),
            (
                "'@timestamp,b\n'=cmd,\"=\"\"007\"\"\"\n'quoted',-1\n",
                vec![
                    r#"{"@timestamp":"=cmd","b":"007"}"#,
                    r#"{"@timestamp":"'quoted'","b":"-1"}"#,
                ],
            ),
            ("a\tb\n\t2\n", vec![r#"{"a":null,"b":"2"}"#]),
            ("no columns", vec!["no table"]),
        ];
        for (text, want) in table {
            assert_eq!(read(text), want, "{text:?}");
        }
    }

    #[test]
    fn a_bad_row_costs_itself_alone() {
        assert_eq!(
            read("a,b\n1,2,3\n4,5\n6"),
            [
                "a CSV row with more cells than columns @0",
                r#"{"a":"4","b":"5"}"#,
                "a CSV row that ends early @10",
            ]
        );
        assert_eq!(
            read("a,b\n1,\"2\n3,4\n5,6\n"),
            [
                "a CSV row with a quote that is never closed @0",
                r#"{"a":"3","b":"4"}"#,
                r#"{"a":"5","b":"6"}"#,
            ]
        );
        assert_eq!(
            read("a,b\n\"1,2\n3,4\n5,6\n"),
            [
                "a CSV row with a quote that is never closed @0",
                r#"{"a":"3","b":"4"}"#,
                r#"{"a":"5","b":"6"}"#,
            ]
        );
    }

    #[test]
    fn text_is_mended_and_many_open_quotes_cost_no_more_than_a_few_readings() {
        let (table, start) = Table::new(b"a,b\n\xff,2\n").expect("names");
        let mut out = Vec::new();
        table.rows(&b"a,b\n\xff,2\n"[start..], &mut |row, _| {
            if let Row::Object(object) = row {
                out.push(String::from_utf8_lossy(object).into_owned());
            }
            true
        });
        assert_eq!(out, ["{\"a\":\"\u{fffd}\",\"b\":\"2\"}"]);
        let hostile = format!("a,b\n{}", "\"x,\n".repeat(20_001));
        let mut count = 0;
        let (table, start) = Table::new(hostile.as_bytes()).expect("names");
        table.rows(&hostile.as_bytes()[start..], &mut |_, _| {
            count += 1;
            true
        });
        assert!(count > 5_000, "{count}");
    }
}
