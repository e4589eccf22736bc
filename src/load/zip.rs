//! The members of a zip.
//!
//! Enters: a file that can be read at any place. Leaves: its members, packed as they are. It
//! exists because the library unpacks while it borrows the archive, and members are unpacked by
//! workers, later.

use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::SpooledTempFile;
use zip::{CompressionMethod, ZipArchive};

use super::budget::Budget;
use super::chunk::{Packing, Problem};
use super::damage::problem;
use super::name::printable;
use super::open::{Body, Entry};
use super::options::{EMPTY, SMALL_PACKED};
use super::peel::{Stream, ZIP_EARLY};
use super::progress::Progress;

/// Spooled archives up to this size stay in memory.
const IN_MEMORY: usize = 8 << 20;

const DIRECTORY: &str = "zip directory is corrupt or missing: the file may be cut off";
const MEMBER: &str = "zip member cannot be found in the archive";
const ENCRYPTED: &str = "zip member is encrypted: unpack it first";
const METHOD: &str = "unsupported zip compression: unpack it first";
const OVERLAP: &str = "zip members overlap: the rest is not read";
const LARGE: &str = "a zip from a pipe or an archive is too large: unpack it first";

pub(crate) trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

/// A file that several readers share; each goes to its own place before it reads.
#[derive(Clone)]
struct Shared(Arc<Mutex<Box<dyn ReadSeek>>>);

impl Read for Shared {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .read(buffer)
    }
}

impl Seek for Shared {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .seek(to)
    }
}

/// A walk through a zip.
pub(crate) struct Zip {
    archive: ZipArchive<BufReader<Shared>>,
    shared: Shared,
    /// Index of the next member.
    next: usize,
    /// No file has been met.
    empty: bool,
    /// Packed bytes that the members met so far may take together.
    left: u64,
    progress: Option<Arc<Progress>>,
    name: String,
    depth: u8,
    budget: Arc<Budget>,
}

impl Zip {
    /// Reads the directory of an archive of `size` bytes; `progress` where it is a file of the
    /// input. The depth counts this archive.
    pub fn new(
        file: Box<dyn ReadSeek>,
        size: u64,
        progress: Option<Arc<Progress>>,
        (name, depth, budget): (String, u8, Arc<Budget>),
    ) -> Result<Self, Problem> {
        let shared = Shared(Arc::new(Mutex::new(file)));
        let archive = ZipArchive::new(BufReader::new(shared.clone()));
        let archive = archive.map_err(|_| Problem::skipped(DIRECTORY))?;
        Ok(Self {
            archive,
            shared,
            next: 0,
            empty: true,
            left: size,
            progress,
            name,
            depth,
            budget,
        })
    }

    /// The next member, or a problem with the name it belongs to.
    pub fn next(&mut self) -> Option<Result<Entry, (String, Problem)>> {
        let count = self.archive.len();
        while self.next < count {
            let index = self.next;
            self.next += 1;
            let Ok(member) = self.archive.by_index_raw(index) else {
                return Some(Err((self.name.clone(), Problem::skipped(MEMBER))));
            };
            if member.is_dir() || member.is_symlink() {
                continue;
            }
            self.empty = false;
            let name = format!("{}!{}", self.name, printable(member.name_raw()));
            let packed = member.compressed_size();
            // Members that share their bytes make a bomb out of plain deflate.
            let Some(left) = self.left.checked_sub(packed) else {
                self.next = count;
                return Some(Err((self.name.clone(), Problem::skipped(OVERLAP))));
            };
            self.left = left;
            let deflated = match member.compression() {
                CompressionMethod::Stored => Ok(false),
                CompressionMethod::Deflated => Ok(true),
                _ => Err(METHOD),
            };
            let deflated = if member.encrypted() {
                Err(ENCRYPTED)
            } else {
                deflated
            };
            let layer = deflated.map(|deflated| Packing::Zip {
                deflated,
                size: member.size(),
                crc: member.crc32(),
            });
            let start = member.data_start();
            drop(member);
            if let Some(progress) = &self.progress {
                progress.add_read(packed);
            }
            let (layer, start) = match (layer, start) {
                (Ok(layer), Some(start)) => (layer, start),
                (Err(reason), _) => return Some(Err((name, Problem::skipped(reason)))),
                (Ok(_), None) => return Some(Err((name, Problem::skipped(MEMBER)))),
            };
            let region = Region {
                file: self.shared.clone(),
                at: start,
                left: packed,
            };
            return Some(self.entry(name, layer, region, packed));
        }
        if let Some(progress) = self.progress.take() {
            // Headers and the directory.
            progress.add_read(self.left);
        }
        let empty = std::mem::take(&mut self.empty);
        empty.then(|| Err((self.name.clone(), Problem::ignored(EMPTY))))
    }

    fn entry(
        &self,
        name: String,
        layer: Packing,
        mut region: Region,
        packed: u64,
    ) -> Result<Entry, (String, Problem)> {
        let body = if packed <= SMALL_PACKED {
            let mut bytes = Vec::new();
            match region.read_to_end(&mut bytes) {
                Err(error) => return Err((name, problem(&error))),
                Ok(read) if (read as u64) < packed => {
                    return Err((name, Problem::skipped(ZIP_EARLY)));
                }
                Ok(_) => Body::Bytes(bytes),
            }
        } else {
            Body::Stream(Box::new(region))
        };
        let budget = Arc::clone(&self.budget);
        Ok(Entry {
            name,
            depth: self.depth,
            body,
            packing: vec![layer],
            budget,
        })
    }
}

/// The packed bytes of one member.
struct Region {
    file: Shared,
    at: u64,
    left: u64,
}

impl Read for Region {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.seek(SeekFrom::Start(self.at))?;
        let count = (&mut self.file).take(self.left).read(buffer)?;
        self.at += count as u64;
        self.left -= count as u64;
        Ok(count)
    }
}

/// Writes a stream where it can be read at any place.
pub(crate) fn spool(stream: Stream<'_>, limit: u64) -> Result<(SpooledTempFile, u64), Problem> {
    let mut file = SpooledTempFile::new(IN_MEMORY);
    let copied = io::copy(&mut stream.take(limit.saturating_add(1)), &mut file);
    let size = copied.map_err(|error| problem(&error))?;
    if size > limit {
        return Err(Problem::skipped(LARGE));
    }
    file.rewind().map_err(|error| problem(&error))?;
    Ok((file, size))
}
