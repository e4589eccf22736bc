//! Texts that are no JSON themselves: lines with JSON in them, lines of a text log, rows of CSV.
//!
//! Enters: a piece of text. Leaves: items, as from JSON. A line or row that cannot be read costs
//! itself alone.

use super::super::csv::{Row, Table};
use super::super::item::{Catalogue, Item, Kind, Sink};
use super::super::shape::{foreign_csv, instead};
use super::super::walk::Walker;
use super::super::{tables, text};
use super::{Decoder, promises};
use crate::load;

/// Lines that are looked at before a text is called foreign.
const FIRST_LINES: usize = 8;

impl Decoder {
    /// Lines that carry JSON behind a time stamp or a stream name, or are records themselves.
    pub(super) fn lines(&mut self, catalogue: &dyn Catalogue, bytes: &[u8], sink: Sink) {
        let mut start = 0;
        while start < bytes.len() {
            let at = start;
            let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end);
            start = end + 1;
            let line = bytes[at..end].trim_ascii();
            if line.is_empty() || self.line(catalogue, line, sink) {
                continue;
            }
            let open = memchr::memchr(b'{', line).filter(|_| instead(line).is_none());
            match open {
                Some(open) => {
                    let sink = &mut moved(at + open, sink);
                    self.inner(catalogue, &line[open..], 0, sink);
                }
                None => sink(Item::Skipped {
                    reason: instead(line)
                        .unwrap_or("a line without JSON in a log of JSON lines")
                        .into(),
                    at: Some(at),
                }),
            }
        }
    }

    /// What a tool wrote between two documents: leaves where the line of words ends, if there is
    /// one. A quote without its partner would turn the index behind it inside out: such a line is
    /// damage like any other.
    pub(super) fn words(
        &mut self,
        catalogue: &dyn Catalogue,
        bytes: &[u8],
        at: usize,
        sink: Sink,
    ) -> Option<usize> {
        if matches!(bytes[at], b'{' | b'[' | b'"' | 0) {
            return None;
        }
        let before = bytes[..at]
            .iter()
            .rev()
            .find(|byte| !matches!(byte, b' ' | b'\t'));
        if before.is_some_and(|byte| *byte != b'\n') {
            return None;
        }
        let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end);
        let line = &bytes[at..end];
        if memchr::memchr_iter(b'"', line).count() % 2 == 1 {
            return None;
        }
        self.lines(catalogue, line, &mut moved(at, sink));
        Some(end)
    }

    /// Whether a text that does not look like anything begins like a source's text log.
    pub(super) fn is_text_log(&mut self, catalogue: &dyn Catalogue, bytes: &[u8]) -> bool {
        let mut buffer = Vec::new();
        let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let mut lines = lines.filter(|line| !line.is_empty()).take(FIRST_LINES);
        lines.any(|line| catalogue.line(line, &mut buffer) != Kind::Unknown)
    }

    /// Hands over the record that a line of text is; false where it is none.
    pub(super) fn line(&mut self, catalogue: &dyn Catalogue, line: &[u8], sink: Sink) -> bool {
        let (mut buffer, mut index) = self.pool.pop().unwrap_or_default();
        buffer.clear();
        let found = match catalogue.line(line, &mut buffer) {
            Kind::Record(source) => self.rewritten(catalogue, source, &buffer, &mut index, sink),
            Kind::Aside(reason) => {
                sink(Item::Ignored { reason });
                true
            }
            Kind::Copy(..) | Kind::Unknown => false,
        };
        self.pool.push((buffer, index));
        found
    }

    /// The same for a line in a JSON string.
    pub(super) fn quoted_line(
        &mut self,
        catalogue: &dyn Catalogue,
        raw: &[u8],
        sink: Sink,
    ) -> bool {
        let line = text::bytes(raw);
        self.line(catalogue, line.trim_ascii(), sink)
    }

    /// A row of a query's answer that is a list of cells; `None` where an array is none.
    pub(super) fn row(
        &mut self,
        catalogue: &dyn Catalogue,
        walker: &Walker,
        at: usize,
        depth: usize,
        sink: Sink,
    ) -> Option<usize> {
        let end = walker.skip(at).ok()?;
        let (mut buffer, index) = self.pool.pop().unwrap_or_default();
        buffer.clear();
        let made = tables::row(&walker.text()[at..end], &mut buffer);
        if made {
            self.table_row(catalogue, &buffer, depth + 1, sink);
        }
        self.pool.push((buffer, index));
        made.then_some(end)
    }

    /// A CSV file, or the beginning of one.
    pub(super) fn csv(&mut self, catalogue: &dyn Catalogue, bytes: &[u8], sink: Sink) {
        let lead = bytes.len() - bytes.trim_ascii_start().len();
        let Some((table, end)) = Table::new(&bytes[lead..]) else {
            return;
        };
        let start = lead + end;
        if self.is_foreign(catalogue, &table, &bytes[start..]) {
            let line = bytes[lead..].split(|byte| *byte == b'\n').next();
            return sink(Item::Skipped {
                reason: foreign_csv(line.unwrap_or_default()).into(),
                at: Some(0),
            });
        }
        self.rows(catalogue, &table, (&bytes[start..], start), sink);
    }

    /// Later rows of a CSV file. Of one that nobody knows the first piece has said so.
    pub fn more_rows(
        &mut self,
        catalogue: &dyn Catalogue,
        header: &[u8],
        bytes: &[u8],
        sink: Sink,
    ) {
        self.begin();
        let table = Table::named(header.trim_ascii_start());
        if !self.is_foreign(catalogue, &table, bytes) {
            self.rows(catalogue, &table, (bytes, 0), sink);
        }
    }

    /// Whether the first row is nothing known; no row at all is nothing to complain about.
    fn is_foreign(&mut self, catalogue: &dyn Catalogue, table: &Table, rows: &[u8]) -> bool {
        self.foreign = false;
        table.rows(rows, &mut |row, _| match row {
            Row::Object(object) => {
                self.table_row(catalogue, object, 0, &mut |_| {});
                false
            }
            Row::Bad(_) => true,
        });
        std::mem::take(&mut self.foreign)
    }

    fn rows(
        &mut self,
        catalogue: &dyn Catalogue,
        table: &Table,
        (bytes, start): (&[u8], usize),
        sink: Sink,
    ) {
        table.rows(bytes, &mut |row, at| {
            let at = start + at;
            match row {
                Row::Object(object) => {
                    self.table_row(catalogue, object, 0, &mut |item| match item {
                        Item::Skipped { reason, at: inside } => sink(Item::Skipped {
                            reason,
                            at: inside.map(|_| at),
                        }),
                        item => sink(item),
                    })
                }
                Row::Bad(reason) => sink(Item::Skipped {
                    reason: reason.into(),
                    at: Some(at),
                }),
            }
            true
        });
    }
}

/// Where records begin below the words of a tool that came before what it wrote.
pub(super) fn log_below(catalogue: &dyn Catalogue, bytes: &[u8]) -> Option<usize> {
    load::json_below(bytes).find(|start| promises(catalogue, bytes[*start..].trim_ascii_start(), 0))
}

/// A sink for a part that begins there in the whole.
pub(super) fn moved(start: usize, sink: Sink) -> impl FnMut(Item) {
    move |item| match item {
        Item::Skipped { reason, at } => sink(Item::Skipped {
            reason,
            at: at.map(|at| at + start),
        }),
        item => sink(item),
    }
}
