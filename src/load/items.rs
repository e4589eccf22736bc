//! A document whose array is handed out element by element.
//!
//! Enters: a cutter that stands in or behind such an array. Leaves: windows of elements, and what
//! else the document holds. It exists because the records of an export are one value, and the
//! keys around them may be envelopes of more.

use std::io::Read;
use std::sync::Arc;

use super::chunk::{Framing, Header};
use super::cut::{Mode, Window, Windows};
use super::scan::{Rule, Scan, Step, brackets};

impl<R: Read> Windows<R> {
    /// Hands out elements of an array; behind its end turns to the rest of its document.
    pub(super) fn items(&mut self, header: &Arc<Header>) -> Option<Window> {
        let mut scan = Scan::new(Rule::Items);
        let (end, closed) = loop {
            match scan.run(&self.buffer, self.window, self.ended()) {
                Step::Cut(end) => break (end, false),
                Step::Closed(end) => break (end, true),
                Step::More if self.ended() => {
                    // Half an element, on which whoever decodes it will report.
                    self.mode = Mode::Values;
                    break (self.buffer.len(), false);
                }
                Step::More if scan.pos >= self.record && !scan.found() => {
                    self.oversize(scan, Rule::Items);
                    return None;
                }
                Step::More => self.extend(self.record),
            }
        };
        let mut window = self.emit(end, Framing::Items, Some(Arc::clone(header)));
        let blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == b',';
        let length = window
            .bytes
            .iter()
            .rposition(|byte| !blank(byte))
            .map_or(0, |at| at + 1);
        window.bytes.truncate(length);
        if closed {
            self.buffer.grow().splice(..0, header.open.iter().copied());
            self.mode = Mode::Remainder(Arc::clone(header));
        }
        if length == 0 {
            self.problems.splice(..0, window.problems);
            return None;
        }
        Some(window)
    }

    /// Behind the array there is nothing worth a word, or keys that may hold more records: then
    /// the document is handed out as if the array had been empty.
    pub(super) fn remainder(&mut self, header: &Header) -> Option<Window> {
        let prefix = header.open.len();
        let end = match self.scan(Rule::Values, 0, self.record + prefix) {
            Ok(end) => end.max(prefix),
            Err(scan) => {
                self.oversize(scan, Rule::Values);
                return None;
            }
        };
        self.mode = Mode::Values;
        let start = self.offset.saturating_sub(prefix as u64);
        let document = &self.buffer[..end];
        let (opened, closed) = brackets(document);
        let (trivial, whole) = (opened <= header.close.len(), opened <= closed);
        let window = self.emit(end, Framing::Documents, None);
        self.offset -= prefix as u64;
        if trivial {
            self.problems = window.problems;
            if !whole {
                self.unfinished();
            }
            return None;
        }
        Some(Window { start, ..window })
    }
}
