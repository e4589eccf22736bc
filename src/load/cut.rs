//! A stream of any length as windows that end between two records.
//!
//! Enters: unpacked bytes. Leaves: windows of about the asked size, the same for the same bytes
//! however they arrive. It exists so that a file of any size is read in bounded memory and by
//! several workers.

use std::io::Read;
use std::sync::Arc;

use super::chunk::{Framing, Header, Problem};
use super::columns::{columns, is_stamped, json_below};
use super::held::Held;
use super::options::Options;
use super::scan::{Rule, Scan, Step};
use super::source::{Source, empty};

/// A piece of a stream.
#[derive(Debug)]
pub(crate) struct Window {
    pub bytes: Vec<u8>,
    pub start: u64,
    pub framing: Framing,
    pub header: Option<Arc<Header>>,
    pub problems: Vec<Problem>,
}

/// How the stream is being cut.
#[derive(Clone, Debug)]
pub(super) enum Mode {
    /// Not looked at yet.
    Start,
    /// Values behind each other.
    Values,
    /// Elements of an array.
    Items(Arc<Header>),
    /// What follows that array in its document. The buffer begins with the header again, which
    /// at this place is no part of the stream.
    Remainder(Arc<Header>),
    /// One record a line.
    Lines,
    /// The rows of a CSV file. A quoted cell may hold line breaks, until a quote is found that is
    /// never closed. The first window has the header in itself.
    Rows {
        header: Arc<Header>,
        quoted: bool,
        first: bool,
    },
}

/// Cuts one stream.
pub(crate) struct Windows<R> {
    source: Source<R>,
    pub(super) buffer: Held,
    /// Where the buffer's first byte stands in the unpacked file, a repeated header not counted.
    pub(super) offset: u64,
    pub(super) mode: Mode,
    pub(super) window: usize,
    pub(super) record: usize,
    /// To be reported with the next window.
    pub(super) problems: Vec<Problem>,
}

impl<R: Read> Windows<R> {
    pub fn new(reader: R, options: &Options) -> Self {
        // A window below one block of the scan would never hold a decision.
        let window = options.window.max(64);
        Self {
            source: Source::new(reader),
            buffer: Held::default(),
            offset: 0,
            mode: Mode::Start,
            window,
            record: options.record.max(window),
            problems: Vec::new(),
        }
    }

    /// The next window; the last one may hold nothing but problems.
    pub fn next(&mut self) -> Option<Window> {
        if matches!(self.mode, Mode::Start) {
            self.begin();
        }
        loop {
            self.refill();
            if self.buffer.is_empty() && self.ended() {
                if matches!(self.mode, Mode::Items(_)) {
                    self.unfinished();
                }
                let report = !self.problems.is_empty();
                return report.then(|| self.emit(0, Framing::Documents, None));
            }
            let window = match self.mode.clone() {
                Mode::Start | Mode::Values => self.scanned(Rule::Values, Framing::Documents, None),
                Mode::Lines => self.lines(Framing::Documents, None),
                Mode::Rows {
                    header,
                    quoted,
                    first,
                } => {
                    let header = (!first).then_some(header);
                    let framing = if first {
                        Framing::Documents
                    } else {
                        Framing::Rows
                    };
                    match quoted {
                        true => self.scanned(Rule::Rows, framing, header),
                        false => self.lines(framing, header),
                    }
                }
                Mode::Items(header) => self.items(&header),
                Mode::Remainder(header) => self.remainder(&header),
            };
            if window.is_some() {
                if let Mode::Rows { first, .. } = &mut self.mode {
                    *first = false;
                }
                return window;
            }
        }
    }

    /// Looks at the first bytes and chooses how to cut.
    fn begin(&mut self) {
        let (mark, problem) = self.source.open(self.buffer.grow(), self.window);
        self.offset = mark;
        self.problems.extend(problem);
        self.refill();
        if self.buffer.is_empty() && self.problems.is_empty() {
            self.problems.push(empty());
        }
        self.mode = match (self.buffer.first(), columns(&self.buffer)) {
            _ if is_stamped(&self.buffer) => Mode::Lines,
            (None | Some(b'{' | b'['), _) => Mode::Values,
            // The words of a tool that came before what it wrote.
            _ if json_below(&self.buffer).next().is_some() => Mode::Values,
            (_, Some(end)) => {
                let header = Header {
                    open: self.buffer[..end].to_vec(),
                    close: Vec::new(),
                };
                Mode::Rows {
                    header: Arc::new(header),
                    quoted: true,
                    first: true,
                }
            }
            _ => Mode::Lines,
        };
    }

    fn scanned(
        &mut self,
        rule: Rule,
        framing: Framing,
        header: Option<Arc<Header>>,
    ) -> Option<Window> {
        if self.ended() && self.buffer.len() <= self.window {
            return Some(self.emit(self.buffer.len(), framing, header));
        }
        // An array is no record: there is no need to wait for its end.
        let array = rule == Rule::Values && self.buffer.first() == Some(&b'[');
        let limit = if array { self.window } else { self.record };
        match self.scan(rule, self.window, limit) {
            Ok(end) => Some(self.emit(end, framing, header)),
            Err(scan) => {
                self.oversize(scan, rule);
                None
            }
        }
    }

    fn lines(&mut self, framing: Framing, header: Option<Arc<Header>>) -> Option<Window> {
        let mut seen = self.window.min(self.buffer.len());
        let mut end = memchr::memrchr(b'\n', &self.buffer[..seen]).map(|at| at + 1);
        if self.ended() && self.buffer.len() <= self.window {
            end = Some(self.buffer.len());
        }
        while end.is_none() {
            end = memchr::memchr(b'\n', &self.buffer[seen..]).map(|at| seen + at + 1);
            seen = self.buffer.len();
            match end {
                Some(_) => {}
                None if self.ended() => end = Some(seen),
                None if seen >= self.record => {
                    self.skip_line();
                    return None;
                }
                None => self.extend(self.record),
            }
        }
        end.map(|end| self.emit(end, framing, header))
    }

    /// Scans, reading on as needed; the scan itself comes back if the limit is reached first.
    /// The end is that of the stream where there is no other.
    pub(super) fn scan(&mut self, rule: Rule, window: usize, limit: usize) -> Result<usize, Scan> {
        let mut scan = Scan::new(rule);
        loop {
            match scan.run(&self.buffer, window, self.ended()) {
                Step::Cut(end) | Step::Closed(end) => return Ok(end),
                Step::More if self.ended() => return Ok(self.buffer.len()),
                Step::More if scan.pos >= limit && !scan.found() => return Err(scan),
                Step::More => self.extend(limit),
            }
        }
    }

    /// Reports a document without its end, unless it is known why.
    pub(super) fn unfinished(&mut self) {
        if !self.source.failed() {
            self.problems
                .push(Problem::skipped("JSON ends early").at(self.offset));
        }
        self.mode = Mode::Values;
    }

    pub(super) fn ended(&self) -> bool {
        self.source.ended()
    }

    pub(super) fn fill(&mut self, size: usize) {
        if self.buffer.len() < size && !self.ended() {
            let problem = self.source.fill(self.buffer.grow(), size);
            self.problems.extend(problem);
        }
    }

    pub(super) fn extend(&mut self, limit: usize) {
        // A scan only counts whole blocks.
        let (length, limit) = (self.buffer.len(), limit + 64);
        let limit = if limit > length { limit } else { usize::MAX };
        self.fill((length + self.window).min(limit));
    }

    /// Fills the buffer so that it begins with something to read.
    fn refill(&mut self) {
        self.trim();
        while self.buffer.len() < self.window && !self.ended() {
            self.fill(self.window);
            self.trim();
            if !self.buffer.is_empty() {
                break;
            }
        }
    }

    fn trim(&mut self) {
        let (commas, cells) = match self.mode {
            Mode::Items(_) => (true, false),
            // A row may begin with an empty cell, and cells may be separated by tabs.
            Mode::Rows { .. } => (false, true),
            _ => (false, false),
        };
        let blank = |byte: &u8| match byte {
            b'\n' | b'\r' => true,
            b',' => commas,
            byte => byte.is_ascii_whitespace() && !cells,
        };
        let count = self.buffer.iter().position(|byte| !blank(byte));
        self.take(count.unwrap_or(self.buffer.len()));
    }

    /// Drops bytes from the front.
    pub(super) fn take(&mut self, count: usize) {
        self.buffer.take(count);
        self.offset += count as u64;
    }

    pub(super) fn emit(
        &mut self,
        end: usize,
        framing: Framing,
        header: Option<Arc<Header>>,
    ) -> Window {
        let bytes = self.buffer.cut(end);
        let start = self.offset;
        self.offset += end as u64;
        Window {
            bytes,
            start,
            framing,
            header,
            problems: std::mem::take(&mut self.problems),
        }
    }
}
