//! The rows of a Parquet file, as lines of JSON.
//!
//! Enters: a file that can be read at any place. Leaves: a stream of text, a row a line. It exists
//! because a Security Lake keeps its events in columns, and everything behind the loader reads
//! text; one row group after the other is read, page by page.

use std::fs::File;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use parquet::file::reader::SerializedFileReader;
use parquet::record::Row;
use parquet::record::reader::RowIter;

use super::chunk::Problem;

const BROKEN: &str = "Parquet that cannot be read: the file may be cut off";

/// The rows of one file, read as text.
pub(crate) struct Rows {
    rows: RowIter<'static>,
    line: Vec<u8>,
    at: usize,
    ended: bool,
}

impl Rows {
    /// Reads the directory at the file's end.
    pub fn new(file: File) -> Result<Self, Problem> {
        let reader = guarded(|| SerializedFileReader::new(file).ok()).flatten();
        let reader = reader.ok_or_else(|| Problem::skipped(BROKEN))?;
        let rows = guarded(|| RowIter::from_file_into(Box::new(reader)));
        Ok(Rows {
            rows: rows.ok_or_else(|| Problem::skipped(BROKEN))?,
            line: Vec::new(),
            at: 0,
            ended: false,
        })
    }

    fn next(&mut self) -> io::Result<Option<Row>> {
        let rows = &mut self.rows;
        match guarded(|| rows.next()) {
            Some(None) => Ok(None),
            Some(Some(Ok(row))) => Ok(Some(row)),
            Some(Some(Err(_))) | None => Err(io::Error::new(io::ErrorKind::InvalidData, BROKEN)),
        }
    }
}

/// What a library that trusts its input makes of a file that lies: nothing, instead of a panic.
fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

impl Read for Rows {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.line.len() {
            if self.ended {
                return Ok(0);
            }
            self.line.clear();
            self.at = 0;
            let row = match self.next() {
                Ok(row) => row,
                Err(error) => {
                    self.ended = true;
                    return Err(error);
                }
            };
            let Some(row) = row else {
                self.ended = true;
                return Ok(0);
            };
            serde_json::to_writer(&mut self.line, &row.to_json_value())?;
            self.line.push(b'\n');
        }
        let count = buffer.len().min(self.line.len() - self.at);
        buffer[..count].copy_from_slice(&self.line[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}
