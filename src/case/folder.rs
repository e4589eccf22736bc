//! A case folder on the disk.
//!
//! A path enters, the state of the case leaves; what a run found and what people say goes in, one
//! line each, while nobody else writes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::book::Book;
use super::entry::{Line, Said};
use super::journal::{self, JournalError, Writer};
use crate::model::{Incident, Time};

/// The file of the incidents.
const FILE: &str = "case.jsonl";

/// Why a case cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The folder.
    #[error("make the case folder {}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A line that follows from the one before and says nothing that makes sense.
    #[error("{}: line {line} cannot be understood", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
    },
}

/// A case folder.
#[derive(Clone, Debug)]
pub struct Case {
    folder: PathBuf,
}

impl Case {
    /// The case in this folder, which need not be there yet.
    pub fn new(folder: &Path) -> Case {
        Case {
            folder: folder.to_owned(),
        }
    }

    /// The file that holds it.
    pub fn file(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    /// Reads and checks it; beside it the bytes of a last line that a crash cut off.
    pub fn read(&self) -> Result<(Book, u64), CaseError> {
        let contents = journal::read(&self.file())?;
        Ok((self.book(&contents)?, contents.torn))
    }

    fn book(&self, contents: &journal::Contents) -> Result<Book, CaseError> {
        Book::of(contents).map_err(|line| CaseError::Line {
            path: self.file(),
            line,
        })
    }

    /// Adds what a run found. What another run has added meanwhile is seen first.
    pub fn record(
        &self,
        incidents: &[Incident],
        merged: &[(String, String)],
        now: Time,
    ) -> Result<(), CaseError> {
        // Nothing to say needs no right to write.
        let (book, torn) = self.read()?;
        if torn == 0 && book.news(incidents, merged).is_empty() {
            return Ok(());
        }
        match fs::create_dir(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(CaseError::Folder {
                    path: self.folder.clone(),
                    source: error,
                });
            }
            _ => {}
        }
        let mut writer = Writer::open(&self.file(), now)?;
        let book = self.book(writer.contents())?;
        self.append(&mut writer, &book.news(incidents, merged), now)
    }

    /// Adds what somebody says about an incident that the case knows.
    pub fn say(&self, said: Said, now: Time) -> Result<(), CaseError> {
        let mut writer = Writer::open(&self.file(), now)?;
        self.append(&mut writer, &[Line::Said(said)], now)
    }

    fn append(&self, writer: &mut Writer, lines: &[Line], now: Time) -> Result<(), CaseError> {
        let parts: Result<Vec<_>, _> = lines.iter().map(Line::parts).collect();
        let parts = parts.map_err(|source| JournalError::Entry {
            path: self.file(),
            source,
        })?;
        writer.append_all(now, parts)?;
        Ok(())
    }
}
