//! The members of a tar.
//!
//! Enters: the bytes of a tar, in order. Leaves: its regular files, small ones as bytes and big
//! ones as readers. It exists because a walk that is asked for one member at a time cannot borrow
//! from its archive, as the library's own one does.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tar::{EntryType, Header, PaxExtensions};

use super::budget::Budget;
use super::chunk::Problem;
use super::damage::{Damage, problem};
use super::name::printable;
use super::open::{Body, Entry};
use super::options::{EMPTY, SMALL_PACKED};
use super::peel::Stream;

const BLOCK: usize = 512;
/// Longest name or list of attributes.
const ATTRIBUTES: u64 = 1 << 20;

const EARLY: &str = "tar archive ends early";
const HEADER: &str = "tar header is corrupt: what follows is not read";
const SPARSE: &str = "a sparse file in a tar is not supported: unpack it first";

/// A walk through a tar.
pub(crate) struct Tar {
    shared: Arc<Mutex<Inner>>,
    name: String,
    depth: u8,
    budget: Arc<Budget>,
    /// To be told before the next member.
    problems: VecDeque<(String, Problem)>,
    ended: bool,
    /// No file has been met, and nothing was wrong.
    empty: bool,
}

/// The bytes, and how many are left of the present member.
struct Inner {
    reader: Stream<'static>,
    left: u64,
    padding: u64,
}

/// What the headers say about a member.
#[derive(Default)]
struct Member {
    name: Option<Vec<u8>>,
    size: Option<u64>,
    sparse: bool,
}

impl Tar {
    /// `depth` counts this archive.
    pub fn new(reader: Stream<'static>, name: String, depth: u8, budget: Arc<Budget>) -> Self {
        let inner = Inner {
            reader,
            left: 0,
            padding: 0,
        };
        let shared = Arc::new(Mutex::new(inner));
        Self {
            shared,
            name,
            depth,
            budget,
            problems: VecDeque::new(),
            ended: false,
            empty: true,
        }
    }

    /// The next file, or a problem with the name it belongs to.
    pub fn next(&mut self) -> Option<Result<Entry, (String, Problem)>> {
        loop {
            if let Some(problem) = self.problems.pop_front() {
                self.empty = false;
                return Some(Err(problem));
            }
            if self.ended {
                let empty = std::mem::take(&mut self.empty);
                return empty.then(|| Err((self.name.clone(), Problem::ignored(EMPTY))));
            }
            match self.advance() {
                Ok(Some(entry)) => {
                    self.empty = false;
                    return Some(Ok(entry));
                }
                Ok(None) => {}
                Err(error) => {
                    self.ended = true;
                    self.problems
                        .push_back((self.name.clone(), problem(&error)));
                }
            }
        }
    }

    /// Goes to the next regular file; `None` when there was something else.
    fn advance(&mut self) -> io::Result<Option<Entry>> {
        let shared = Arc::clone(&self.shared);
        let mut inner = lock(&shared);
        let mut member = Member::default();
        let (kind, size, name) = loop {
            let Some(block) = inner.header()? else {
                self.ended = true;
                return Ok(None);
            };
            let header = Header::from_byte_slice(&block);
            let size = header.entry_size().map_err(|_| Damage::error(HEADER))?;
            match header.entry_type() {
                EntryType::GNULongName => {
                    let mut name = inner.attributes(size)?;
                    name.truncate(
                        name.iter()
                            .position(|byte| *byte == 0)
                            .unwrap_or(name.len()),
                    );
                    member.name = Some(name);
                }
                EntryType::XHeader => member.pax(&inner.attributes(size)?),
                EntryType::XGlobalHeader | EntryType::GNULongLink => {
                    inner.begin(size);
                    inner.skip()?;
                }
                kind => {
                    let name = member.name.take();
                    let name = name.unwrap_or_else(|| header.path_bytes().into_owned());
                    break (kind, member.size.unwrap_or(size), name);
                }
            }
        };
        inner.begin(size);
        let name = format!("{}!{}", self.name, printable(&name));
        let regular = matches!(kind, EntryType::Regular | EntryType::Continuous);
        if kind == EntryType::GNUSparse || member.sparse {
            self.problems.push_back((name, Problem::skipped(SPARSE)));
            return Ok(None);
        }
        // A tar of old marks a folder by its slash.
        if !regular || name.ends_with('/') {
            return Ok(None);
        }
        let body = if size <= SMALL_PACKED {
            let mut bytes = Vec::new();
            if let Err(error) = inner.member(&mut bytes) {
                // What there is of the member is still read.
                self.ended = true;
                self.problems
                    .push_back((self.name.clone(), problem(&error)));
                if bytes.is_empty() {
                    return Ok(None);
                }
            }
            Body::Bytes(bytes)
        } else {
            Body::Stream(Box::new(MemberReader(Arc::clone(&self.shared))))
        };
        let budget = Arc::clone(&self.budget);
        Ok(Some(Entry {
            name,
            depth: self.depth,
            body,
            packing: Vec::new(),
            budget,
        }))
    }
}

impl Member {
    fn pax(&mut self, attributes: &[u8]) {
        for attribute in PaxExtensions::new(attributes).flatten() {
            match attribute.key_bytes() {
                b"path" => self.name = Some(attribute.value_bytes().to_vec()),
                b"size" => {
                    self.size = attribute.value().ok().and_then(|size| size.parse().ok());
                }
                key => self.sparse |= key.starts_with(b"GNU.sparse."),
            }
        }
    }
}

impl Inner {
    /// The next header; `None` at the end. Empty blocks are passed over: tars that were written
    /// behind each other are read to the last.
    fn header(&mut self) -> io::Result<Option<[u8; BLOCK]>> {
        self.skip()?;
        loop {
            let mut block = Vec::with_capacity(BLOCK);
            (&mut self.reader)
                .take(BLOCK as u64)
                .read_to_end(&mut block)?;
            let Ok(block) = <[u8; BLOCK]>::try_from(block.as_slice()) else {
                let zeros = block.iter().all(|byte| *byte == 0);
                return if zeros {
                    Ok(None)
                } else {
                    Err(Damage::error(EARLY))
                };
            };
            if block.iter().all(|byte| *byte == 0) {
                continue;
            }
            let blank = |(at, byte): (usize, &u8)| {
                u32::from(if (148..156).contains(&at) {
                    b' '
                } else {
                    *byte
                })
            };
            let sum: u32 = block.iter().enumerate().map(blank).sum();
            let told = Header::from_byte_slice(&block).cksum();
            return match told.is_ok_and(|told| told == sum) {
                true => Ok(Some(block)),
                false => Err(Damage::error(HEADER)),
            };
        }
    }

    fn begin(&mut self, size: u64) {
        self.left = size;
        self.padding = size.next_multiple_of(BLOCK as u64).saturating_sub(size);
    }

    /// Passes over what is left of the present member.
    fn skip(&mut self) -> io::Result<()> {
        for count in [
            std::mem::take(&mut self.left),
            std::mem::take(&mut self.padding),
        ] {
            let passed = io::copy(&mut (&mut self.reader).take(count), &mut io::sink())?;
            if passed < count {
                return Err(Damage::error(EARLY));
            }
        }
        Ok(())
    }

    fn attributes(&mut self, size: u64) -> io::Result<Vec<u8>> {
        if size > ATTRIBUTES {
            return Err(Damage::error(HEADER));
        }
        self.begin(size);
        let mut bytes = Vec::new();
        self.member(&mut bytes)?;
        Ok(bytes)
    }

    /// Reads the present member whole.
    fn member(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        let size = std::mem::take(&mut self.left);
        let read = (&mut self.reader).take(size).read_to_end(bytes)?;
        if (read as u64) < size {
            return Err(Damage::error(EARLY));
        }
        Ok(())
    }
}

/// Reads the present member of the tar it came from.
struct MemberReader(Arc<Mutex<Inner>>);

impl Read for MemberReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut inner = lock(&self.0);
        let Inner { reader, left, .. } = &mut *inner;
        let count = reader.take(*left).read(buffer)?;
        if count == 0 && *left > 0 && !buffer.is_empty() {
            return Err(Damage::error(EARLY));
        }
        *left -= count as u64;
        Ok(count)
    }
}

/// The lock is never contended, and nothing within it panics.
fn lock(shared: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
