//! What to do about a record that does not end.
//!
//! Enters: a cutter whose buffer has reached the largest size of a record. Leaves: the cutter
//! in another mode, or behind the record. It exists so that a document with all records in one
//! array, a line that was cut off and a hostile file are told apart.

use std::io::Read;
use std::sync::Arc;

use memchr::memmem;

use super::chunk::{Header, Problem};
use super::cut::{Mode, Windows};
use super::descend::{PREFIX, descend};
use super::scan::{Rule, Scan, Step};

/// A value that ends before a line break and one that begins behind it: valid JSON has this only
/// between outermost values. Seen within one, its beginning was lost or its end cut off.
const NEXT_LINE: [&[u8]; 2] = [b"}\n{", b"}\r\n{"];

impl<R: Read> Windows<R> {
    /// Finds out why there is no end in sight.
    pub(super) fn oversize(&mut self, scan: Scan, rule: Rule) {
        // What stands behind has not been looked at, and may be another record.
        let seen = &self.buffer[..scan.pos.min(self.buffer.len())];
        let prefix = match &self.mode {
            Mode::Remainder(header) => header.open.len(),
            _ => 0,
        };
        match (&mut self.mode, rule) {
            (Mode::Rows { quoted, .. }, _) => *quoted = false,
            (_, Rule::Values) if prefix == 0 && next_line(seen).is_some() => {
                self.mode = Mode::Lines;
            }
            (_, Rule::Values) => match descend(seen, PREFIX.min(self.record)) {
                Some(header) if header.open.len() > prefix => self.enter(header, prefix),
                _ => self.skip(scan, rule, prefix),
            },
            _ => self.skip(scan, rule, prefix),
        }
    }

    /// Goes on with the elements of an array of this document.
    fn enter(&mut self, header: Header, prefix: usize) {
        self.take(header.open.len());
        self.offset -= prefix as u64;
        self.mode = Mode::Items(Arc::new(header));
    }

    /// Drops bytes until a record ends, without keeping them.
    fn skip(&mut self, mut scan: Scan, rule: Rule, prefix: usize) {
        self.report();
        self.offset = self.offset.saturating_sub(prefix as u64);
        if prefix > 0 {
            self.mode = Mode::Values;
        }
        loop {
            // A few bytes stay, so that a mark on the border is seen.
            let count = scan.pos.saturating_sub(64).min(self.buffer.len());
            self.take(count);
            scan.rebase(count);
            self.fill(self.buffer.len() + self.window);
            let line = next_line(&self.buffer).filter(|_| rule == Rule::Values);
            match (scan.run(&self.buffer, 0, self.ended()), line) {
                (Step::Cut(end) | Step::Closed(end), line) if line.is_none_or(|at| end <= at) => {
                    return self.take(end);
                }
                (_, Some(at)) => {
                    self.mode = Mode::Lines;
                    return self.take(at);
                }
                (_, None) if self.ended() => return self.take(self.buffer.len()),
                (_, None) => {}
            }
        }
    }

    /// Drops the rest of a line.
    pub(super) fn skip_line(&mut self) {
        self.report();
        loop {
            self.take(self.buffer.len());
            self.fill(self.window);
            if let Some(end) = memchr::memchr(b'\n', &self.buffer) {
                return self.take(end + 1);
            }
            if self.ended() {
                return self.take(self.buffer.len());
            }
        }
    }

    fn report(&mut self) {
        let reason = match self.record {
            size if size % (1 << 20) == 0 => format!("record larger than {} MiB", size >> 20),
            size => format!("record larger than {size} bytes"),
        };
        let problem = Problem {
            records: 1,
            ..Problem::skipped(reason).at(self.offset)
        };
        self.problems.push(problem);
    }
}

/// Position of the first line that begins a new value.
fn next_line(bytes: &[u8]) -> Option<usize> {
    let ends = NEXT_LINE.map(|mark| memmem::find(bytes, mark).map(|at| at + mark.len() - 1));
    ends.into_iter().flatten().min()
}
