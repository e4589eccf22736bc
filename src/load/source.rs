//! The unpacked bytes of one stream, as UTF-8.
//!
//! Enters: a reader. Leaves: text appended to a buffer, and a problem where the reader failed.
//! It exists so that the cutter sees neither errors nor encodings.

use std::io::{ErrorKind, Read};

use super::chunk::Problem;
use super::damage::problem;
use super::options::HEAD;
use super::sniff::{Encoding, Kind, encoding, sniff};
use super::text::{EARLY, Utf16};

/// Bytes of UTF-16 that are turned into text at a time.
const UTF16_STEP: usize = 64 << 10;

/// A reader, its state and its encoding.
pub(crate) struct Source<R> {
    reader: R,
    utf16: Option<Utf16>,
    ended: bool,
    failed: bool,
    /// Where the text that has been read ends in the unpacked file.
    offset: u64,
}

impl<R: Read> Source<R> {
    pub fn new(reader: R) -> Self {
        Self {
            reader,
            utf16: None,
            ended: false,
            failed: false,
            offset: 0,
        }
    }

    /// Whether the stream has no more bytes; known once it gave fewer than were asked for.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Whether it ended because of something that has been reported.
    pub fn failed(&self) -> bool {
        self.failed
    }

    /// The first bytes, without the mark of their encoding, and the length of that mark. What is
    /// no text is dropped, with the reason.
    pub fn open(&mut self, buffer: &mut Vec<u8>, size: usize) -> (u64, Option<Problem>) {
        let failed = self.fill(buffer, size);
        let reason = match sniff(&buffer[..buffer.len().min(HEAD)]) {
            Kind::Text => None,
            Kind::Empty => return (0, failed.or_else(|| Some(empty()))),
            Kind::Foreign(reason) => Some(reason),
            Kind::Gzip | Kind::Zstd | Kind::Zip | Kind::Tar => Some(HIDDEN),
            #[cfg(feature = "parquet")]
            Kind::Parquet => Some(HIDDEN),
        };
        if let Some(reason) = reason {
            buffer.clear();
            self.ended = true;
            self.failed = true;
            return (0, Some(Problem::skipped(reason)));
        }
        match encoding(buffer) {
            Encoding::Utf8 { mark } => {
                buffer.drain(..mark);
                (mark as u64, failed)
            }
            Encoding::Utf16 { big, mark } => {
                let raw = std::mem::take(buffer);
                let mut utf16 = Utf16::new(big);
                utf16.push(&raw[mark..], buffer);
                // Offsets are those of the text, and the mark is no part of it.
                self.offset = buffer.len() as u64;
                let whole = !self.ended || utf16.finish(buffer);
                self.utf16 = Some(utf16);
                (
                    0,
                    failed.or_else(|| (!whole).then(|| Problem::skipped(EARLY).at(self.offset))),
                )
            }
        }
    }

    /// Reads until the buffer holds `size` bytes or there are none.
    pub fn fill(&mut self, buffer: &mut Vec<u8>, size: usize) -> Option<Problem> {
        let before = buffer.len();
        let failed = match &self.utf16 {
            None => self.read(buffer, size),
            Some(_) => self.read_utf16(buffer, size),
        };
        self.offset += (buffer.len() - before) as u64;
        failed.map(|failed| failed.at(self.offset))
    }

    fn read(&mut self, buffer: &mut Vec<u8>, size: usize) -> Option<Problem> {
        let mut at = buffer.len();
        // Exactly: growth by doubling would double the memory of the run.
        buffer.reserve_exact(size.saturating_sub(at));
        buffer.resize(size, 0);
        let mut failed = None;
        while at < size && !self.ended {
            match self.reader.read(&mut buffer[at..]) {
                Ok(0) => self.ended = true,
                Ok(count) => at += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ended = true;
                    self.failed = true;
                    failed = Some(problem(&error));
                }
            }
        }
        buffer.truncate(at);
        failed
    }

    fn read_utf16(&mut self, buffer: &mut Vec<u8>, size: usize) -> Option<Problem> {
        let mut failed = None;
        while buffer.len() < size && !self.ended {
            let mut raw = Vec::new();
            failed = self.read(&mut raw, UTF16_STEP);
            if let Some(utf16) = &mut self.utf16 {
                utf16.push(&raw, buffer);
                if self.ended && !utf16.finish(buffer) {
                    failed = failed.or_else(|| Some(Problem::skipped(EARLY)));
                }
            }
        }
        failed
    }
}

/// What the head of a file can hide from the loader: a gzip header of more than four kilobytes.
pub(crate) const HIDDEN: &str = "an archive behind an oversized gzip header is not read";

/// Why a file without bytes is skipped: it may be what is left of one that was not.
pub const EMPTY_FILE: &str = "empty file";

/// The report of a file without bytes.
pub(crate) fn empty() -> Problem {
    Problem::skipped(EMPTY_FILE)
}
