//! What is to be done with a file, once its first bytes are known.
//!
//! Enters: a file, a pipe or an archive member. Leaves: a chunk's data, a stream to be cut, an
//! archive to be walked, or the reason for neither. It exists as the one place of that decision.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;

use super::budget::Budget;
use super::chunk::{Data, Packing, Problem};
use super::cut::Windows;
use super::damage::problem;
use super::options::{DEPTH, HEAD, Options, SMALL_PACKED, SMALL_UNPACKED};
use super::peel::{Stream, look, unpacked};
use super::progress::{Counted, Progress};
use super::sniff::Kind;
use super::source::empty;
use super::tar::Tar;
use super::whole;
use super::zip::{Zip, spool};

const TOO_DEEP: &str = "archive nested deeper than 3";

/// Something to open.
pub(crate) struct Entry {
    /// As evidence prints it.
    pub name: String,
    /// Archives around it.
    pub depth: u8,
    pub body: Body,
    /// What an archive's directory says about it.
    pub packing: Vec<Packing>,
    /// Of the file of the input that it lies in.
    pub budget: Arc<Budget>,
}

/// Where its bytes are.
pub(crate) enum Body {
    /// In a file, of this size when it was opened.
    File(File, u64),
    /// Here.
    Bytes(Vec<u8>),
    /// Still to come, how many is not known or too many to be held.
    Stream(Stream<'static>),
}

/// What to do with it.
pub(crate) enum Opened {
    /// A worker unpacks it; so many bytes, as far as is known.
    Small(Data, u64),
    /// It is cut as it is read.
    Big(Box<Windows<Stream<'static>>>),
    Tar(Tar),
    Zip(Box<Zip>),
    /// It is not read.
    Problem(Problem),
}

/// Opens an entry.
pub(crate) fn open(entry: Entry, options: &Options, progress: &Arc<Progress>) -> Opened {
    let Entry {
        name,
        depth,
        body,
        mut packing,
        budget,
    } = entry;
    let (head, body) = match body.head(progress) {
        Ok(both) => both,
        Err(error) => return Opened::Problem(problem(&error)),
    };
    if head.is_empty() && packing.is_empty() {
        return match body {
            // A reader that failed at once says so when it is read.
            Body::Stream(mut stream) => match stream.read(&mut [0]) {
                Err(error) => Opened::Problem(problem(&error)),
                Ok(_) => Opened::Problem(empty()),
            },
            _ => Opened::Problem(empty()),
        };
    }
    // One layer around a file or an archive is a matter of course, each further one is a level.
    let most = packing.len() + 1 + usize::from(DEPTH.saturating_sub(depth));
    let kind = look(&head, &mut packing, most);
    let layers = packing
        .iter()
        .filter(|layer| !matches!(layer, Packing::Zip { .. }))
        .count();
    let depth = depth.saturating_add(u8::try_from(layers.saturating_sub(1)).unwrap_or(u8::MAX));
    match kind {
        Kind::Foreign(reason) => {
            if let Body::File(_, length) = body {
                progress.add_read(length);
            }
            Opened::Problem(Problem::skipped(reason))
        }
        Kind::Gzip | Kind::Zstd => Opened::Problem(Problem::skipped(TOO_DEEP)),
        Kind::Zip | Kind::Tar if depth >= DEPTH => Opened::Problem(Problem::skipped(TOO_DEEP)),
        Kind::Tar => {
            let stream = unpacked(body.stream(progress), &packing, &budget);
            Opened::Tar(Tar::new(stream, name, depth + 1, budget))
        }
        Kind::Zip => {
            let progress = Arc::clone(progress);
            let zip = match body {
                Body::File(file, size) if packing.is_empty() => Zip::new(
                    Box::new(file),
                    size,
                    Some(progress),
                    (name, depth + 1, budget),
                ),
                body => {
                    let stream = unpacked(body.stream(&progress), &packing, &budget);
                    spool(stream, options.spool).and_then(|(file, size)| {
                        Zip::new(Box::new(file), size, None, (name, depth + 1, budget))
                    })
                }
            };
            zip.map_or_else(Opened::Problem, |zip| Opened::Zip(Box::new(zip)))
        }
        #[cfg(feature = "parquet")]
        Kind::Parquet => {
            let file = match body {
                Body::File(file, length) if packing.is_empty() => {
                    progress.add_read(length);
                    Ok(file)
                }
                body => {
                    let stream = unpacked(body.stream(progress), &packing, &budget);
                    spool(stream, options.spool).and_then(|(file, _)| {
                        file.into_file()
                            .map_err(|error| problem(&io::Error::from(error)))
                    })
                }
            };
            let rows = file.and_then(super::parquet::Rows::new);
            rows.map_or_else(Opened::Problem, |rows| {
                Opened::Big(Box::new(Windows::new(Box::new(rows), options)))
            })
        }
        Kind::Text | Kind::Empty => match body.small(&packing, depth, &budget) {
            Ok((bytes, data)) => {
                if let Data::File { length, .. } = &data {
                    progress.add_read(*length);
                }
                Opened::Small(data, bytes)
            }
            Err(body) => {
                let stream = unpacked(body.stream(progress), &packing, &budget);
                Opened::Big(Box::new(Windows::new(stream, options)))
            }
        },
    }
}

impl Body {
    /// Looks at the first bytes; they are there again afterwards.
    fn head(self, progress: &Progress) -> io::Result<(Vec<u8>, Self)> {
        let mut head = Vec::new();
        match self {
            Self::Bytes(bytes) => {
                head.extend_from_slice(&bytes[..bytes.len().min(HEAD)]);
                Ok((head, Self::Bytes(bytes)))
            }
            Self::File(mut file, length) => {
                (&file).take(HEAD as u64).read_to_end(&mut head)?;
                let body = match head.len() as u64 {
                    // All of it has been read: it need not be read again.
                    read if read == length && head.len() < HEAD => {
                        progress.add_read(length);
                        Self::Bytes(head.clone())
                    }
                    // A file that is longer than it says, as in /proc, is read to its end.
                    read if read > length => {
                        file.rewind()?;
                        Self::Stream(Box::new(file))
                    }
                    _ => {
                        file.rewind()?;
                        Self::File(file, length)
                    }
                };
                Ok((head, body))
            }
            Self::Stream(mut stream) => {
                let failed = (&mut stream).take(HEAD as u64).read_to_end(&mut head).err();
                let rest: Stream<'static> = match failed {
                    Some(error) => Box::new(Failing(Some(error))),
                    None => stream,
                };
                Ok((
                    head.clone(),
                    Self::Stream(Box::new(Cursor::new(head).chain(rest))),
                ))
            }
        }
    }

    /// All bytes in order.
    fn stream(self, progress: &Arc<Progress>) -> Stream<'static> {
        match self {
            Self::File(inner, length) => {
                let progress = Arc::clone(progress);
                Box::new(Counted { inner, progress }.take(length))
            }
            Self::Bytes(bytes) => Box::new(Cursor::new(bytes)),
            Self::Stream(stream) => stream,
        }
    }

    /// Makes it the data of a chunk, with the unpacked size as far as it is known; or gives it
    /// back because it is too large, or because the loader must watch it unpack.
    fn small(self, packing: &[Packing], depth: u8, budget: &Budget) -> Result<(u64, Data), Self> {
        let length = match &self {
            Self::File(_, length) => *length,
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Stream(_) => return Err(self),
        };
        let promised = match packing {
            [] => length,
            [Packing::Gzip] => self.hint().unwrap_or_default(),
            [Packing::Zip { size, .. }] => *size,
            // What a trailer inside another layer says is not known yet.
            _ => length,
        };
        if length > SMALL_PACKED || promised > SMALL_UNPACKED {
            return Err(self);
        }
        // A worker stops a file by itself; a member shares its limit with its archive.
        if depth > 0 && !budget.reserve(length, packing) {
            return Err(self);
        }
        let packing = packing.to_vec();
        match self {
            Self::File(file, length) => Ok((
                promised.max(length),
                Data::File {
                    file,
                    length,
                    packing,
                },
            )),
            Self::Bytes(bytes) => Ok((promised.max(length), Data::Bytes { bytes, packing })),
            Self::Stream(_) => Err(self),
        }
    }

    /// The size that a gzip trailer tells.
    fn hint(&self) -> Option<u64> {
        let mut tail = [0; 4];
        let tail = match self {
            Self::File(file, length) => {
                let mut file = file;
                file.seek(SeekFrom::Start(length.checked_sub(4)?)).ok()?;
                let read = file.read_exact(&mut tail);
                file.rewind().ok()?;
                read.ok()?;
                &tail[..]
            }
            Self::Bytes(bytes) => bytes,
            Self::Stream(_) => return None,
        };
        whole::hint(tail).map(u64::from)
    }
}

/// A reader that has failed already.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
