//! An append-only file of JSON lines, each of which holds the hash of the one before.
//!
//! Entries enter, one line each; what stands in the file leaves, or the line at which it was
//! edited. A write is on the disk before it counts. A crash may cut the last line short: that one
//! was never promised to anybody and is left out. The last line has no successor that would tell of
//! it: who must prove that it stands and is the last keeps a copy of its hash.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::model::Time;

/// The version of the lines.
const VERSION: u32 = 1;

/// What the first line holds in place of a hash.
const NOTHING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The entry that says that a cut line was removed.
const RECOVERED: &str = "recovered";

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Version of the format.
    v: u32,
    /// Its place, from 1.
    pub seq: u64,
    /// When it was written.
    pub ts: String,
    /// What it tells.
    pub kind: String,
    /// Hash of the line before.
    prev: String,
    /// The rest.
    pub body: Value,
}

/// What stands in a journal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contents {
    /// The lines, in order.
    pub entries: Vec<Entry>,
    /// Bytes of a last line that was cut off in the writing.
    pub torn: u64,
    /// Hash of the last line.
    head: Option<String>,
    /// Bytes up to the end of the last whole line.
    whole: u64,
}

impl Contents {
    /// The hash of the last line: whoever keeps it can tell later that nothing is missing.
    pub fn head(&self) -> &str {
        self.head.as_deref().unwrap_or(NOTHING)
    }
}

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file.
    #[error("{doing} {}", path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// Somebody changed it.
    #[error("{}: line {line} {reason}: the journal was changed by something else", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// An entry that has no JSON form.
    #[error("{}: an entry cannot be written as JSON", path.display())]
    Entry {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
}

/// Reads a journal and checks its chain; one that does not exist is empty.
pub fn read(path: &Path) -> Result<Contents, JournalError> {
    let failed = |source| JournalError::Io {
        doing: "read",
        path: path.to_owned(),
        source,
    };
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Contents::default()),
        Err(error) => return Err(failed(error)),
    };
    // Without the lock a line under way would look torn. Some network file systems have none.
    match file.lock_shared() {
        Err(error) if error.kind() != io::ErrorKind::Unsupported => return Err(failed(error)),
        _ => {}
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(failed)?;
    check(path, &bytes)
}

/// A journal that nobody else can write to until this is dropped.
#[derive(Debug)]
pub struct Writer {
    path: PathBuf,
    file: File,
    contents: Contents,
}

impl Writer {
    /// Opens a journal for writing, makes it where it is not there, and waits for whoever writes
    /// to it now. A cut line is removed, and a line says so.
    pub fn open(path: &Path, now: Time) -> Result<Writer, JournalError> {
        Writer::locked(path, now, File::lock)
    }

    /// The same without waiting.
    pub fn try_open(path: &Path, now: Time) -> Result<Writer, JournalError> {
        Writer::locked(path, now, |file| file.try_lock().map_err(io::Error::from))
    }

    fn locked(
        path: &Path,
        now: Time,
        lock: impl Fn(&File) -> io::Result<()>,
    ) -> Result<Writer, JournalError> {
        let failed = |doing| {
            let path = path.to_owned();
            move |source| JournalError::Io {
                doing,
                path,
                source,
            }
        };
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let mut file = options.open(path).map_err(failed("write"))?;
        lock(&file).map_err(failed("lock"))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed("read"))?;
        let contents = check(path, &bytes)?;
        if contents.entries.is_empty() {
            // The name of a new file lives in its folder.
            sync_folder(path).map_err(failed("write"))?;
        }
        let mut writer = Writer {
            path: path.to_owned(),
            file,
            contents,
        };
        if writer.contents.torn > 0 {
            writer.recover(now)?;
        }
        Ok(writer)
    }

    /// What stands in it.
    pub fn contents(&self) -> &Contents {
        &self.contents
    }

    /// Adds a line and sees that it is on the disk. What comes back is its place.
    pub fn append(&mut self, now: Time, kind: &str, body: Value) -> Result<u64, JournalError> {
        self.append_all(now, [(kind, body)])
    }

    /// Adds lines and sees that they are on the disk, all at once.
    pub fn append_all<'k>(
        &mut self,
        now: Time,
        bodies: impl IntoIterator<Item = (&'k str, Value)>,
    ) -> Result<u64, JournalError> {
        let mut text = String::new();
        let mut entries = Vec::new();
        let mut seq = self.contents.entries.last().map_or(0, |entry| entry.seq);
        let mut head = self.contents.head().to_owned();
        for (kind, body) in bodies {
            seq += 1;
            let entry = Entry {
                v: VERSION,
                seq,
                ts: now.to_string(),
                kind: kind.to_owned(),
                prev: head,
                body,
            };
            let line = serde_json::to_string(&entry).map_err(|source| JournalError::Entry {
                path: self.path.clone(),
                source,
            })?;
            head = hash(line.as_bytes());
            text.push_str(&line);
            text.push('\n');
            entries.push(entry);
        }
        if entries.is_empty() {
            return Ok(seq);
        }
        let written = self
            .file
            .write_all(text.as_bytes())
            .and_then(|()| self.file.sync_data());
        if let Err(source) = written {
            // Half a line must not stand before the next one.
            let _ = self.file.set_len(self.contents.whole);
            return Err(self.failed(source));
        }
        self.contents.whole += text.len() as u64;
        self.contents.entries.extend(entries);
        self.contents.head = Some(head);
        Ok(seq)
    }

    fn recover(&mut self, now: Time) -> Result<(), JournalError> {
        let (whole, torn) = (self.contents.whole, self.contents.torn);
        let mut rest = Vec::new();
        self.file
            .seek(SeekFrom::Start(whole))
            .and_then(|_| self.file.read_to_end(&mut rest))
            .and_then(|_| self.file.set_len(whole))
            .map_err(|source| self.failed(source))?;
        let body = serde_json::json!({"bytes": torn, "sha256": hash(&rest)});
        self.append(now, RECOVERED, body).map(drop)
    }

    fn failed(&self, source: io::Error) -> JournalError {
        JournalError::Io {
            doing: "write",
            path: self.path.clone(),
            source,
        }
    }
}

fn hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    // Only here can a folder be opened as a file.
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Takes the lines apart and follows the chain.
fn check(path: &Path, bytes: &[u8]) -> Result<Contents, JournalError> {
    let mut contents = Contents::default();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let Some(text) = line.strip_suffix(b"\n") else {
            contents.torn = line.len() as u64;
            break;
        };
        let number = contents.entries.len() as u64 + 1;
        let broken = |reason| JournalError::Broken {
            path: path.to_owned(),
            line: number,
            reason,
        };
        let entry: Entry =
            serde_json::from_slice(text).map_err(|_| broken("is no entry of a journal"))?;
        if entry.v != VERSION {
            return Err(broken("is of a later version"));
        }
        if entry.prev != contents.head() {
            return Err(broken("does not follow from the line before it"));
        }
        if entry.seq != number {
            return Err(broken("does not have the next number"));
        }
        contents.head = Some(hash(text));
        contents.whole += line.len() as u64;
        contents.entries.push(entry);
    }
    Ok(contents)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::json;

    use super::*;

    const NOW: Time = Time(1_770_000_000_000_000_000);

    fn filled(lines: u64) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("case.jsonl");
        let mut writer = Writer::open(&path, NOW).expect("opened");
        for number in 0..lines {
            let body = json!({"text": "a \"b\"\n\u{1b}", "number": number});
            writer.append(NOW, "note", body).expect("written");
        }
        drop(writer);
        (folder, path)
    }

    #[test]
    fn what_is_written_is_read_again() {
        let (_folder, path) = filled(3);
        let contents = read(&path).expect("read");
        assert_eq!((contents.entries.len(), contents.torn), (3, 0));
        assert_eq!(contents.entries[2].body["number"], 2);
        assert_eq!(contents.entries[0].ts, "2026-02-02T02:40:00Z");
        let head = contents.head().to_owned();
        let mut writer = Writer::open(&path, NOW).expect("opened");
        assert_eq!(writer.append(NOW, "note", json!({})).expect("written"), 4);
        assert_eq!(read_after(writer, &path).entries[3].prev, head);
    }

    fn read_after(writer: Writer, path: &Path) -> Contents {
        drop(writer);
        read(path).expect("read")
    }

    #[test]
    fn a_crash_at_any_byte_costs_at_most_the_last_line() {
        let (_folder, path) = filled(3);
        let bytes = fs::read(&path).expect("read");
        let ends: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] == b'\n').collect();
        for cut in 0..bytes.len() {
            fs::write(&path, &bytes[..cut]).expect("written");
            let whole = ends.iter().filter(|end| **end < cut).count();
            let contents = read(&path).expect("a cut line is no break");
            assert_eq!(contents.entries.len(), whole, "cut at {cut}");
            let torn = cut - ends.get(whole.wrapping_sub(1)).map_or(0, |end| end + 1);
            assert_eq!(contents.torn, torn as u64, "cut at {cut}");
            let mut writer = Writer::open(&path, NOW).expect("opened");
            writer.append(NOW, "note", json!({})).expect("written");
            let contents = read_after(writer, &path);
            assert_eq!(contents.entries.len(), whole + 1 + usize::from(torn > 0));
            let told = contents.entries.iter().find(|e| e.kind == RECOVERED);
            assert_eq!(
                told.map(|e| e.body["bytes"].clone()),
                (torn > 0).then(|| torn.into())
            );
        }
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let (_folder, path) = filled(3);
        let bytes = fs::read(&path).expect("read");
        let last = bytes[..bytes.len() - 1]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .expect("lines");
        for at in 0..last {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            fs::write(&path, &changed).expect("written");
            assert!(read(&path).is_err(), "byte {at}");
            assert!(Writer::open(&path, NOW).is_err(), "byte {at}");
        }
        let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
        for gone in 0..2 {
            let left: Vec<u8> = (0..3)
                .filter(|n| *n != gone)
                .flat_map(|n| lines[n].to_vec())
                .collect();
            fs::write(&path, left).expect("written");
            let error = read(&path).expect_err("a line is missing").to_string();
            assert!(error.ends_with("was changed by something else"), "{error}");
        }
    }

    #[test]
    fn writers_take_turns() {
        let (_folder, path) = filled(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..25 {
                        let mut writer = Writer::open(&path, NOW).expect("opened");
                        writer.append(NOW, "note", json!({})).expect("written");
                    }
                });
            }
        });
        assert_eq!(read(&path).expect("one chain").entries.len(), 100);
        let _held = Writer::open(&path, NOW).expect("opened");
        let error = Writer::try_open(&path, NOW).expect_err("held").to_string();
        assert!(error.starts_with("lock "), "{error}");
    }

    #[test]
    fn what_is_not_there_is_empty() {
        let folder = tempfile::tempdir().expect("a folder");
        let contents = read(&folder.path().join("none")).expect("empty");
        assert_eq!(contents, Contents::default());
        assert!(matches!(read(folder.path()), Err(JournalError::Io { .. })));
    }
}
