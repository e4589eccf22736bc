//! What the loader hands to the workers: bytes, and where they come from.
//!
//! Enters: nothing, these are plain values. Leaves: the types that loader, unpacker and decoder
//! share. They exist so that a record can be traced to a file and an offset.

use std::fs::File;
use std::sync::Arc;

/// How the bytes of a piece are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Whole documents: one value, or several behind each other, or lines. The first rows of a
    /// CSV file come so too, its column names in front.
    Documents,
    /// Elements of one array of a document too large for one chunk, separated by commas; the
    /// header holds what stands before the array.
    Items,
    /// Later rows of a CSV file; the header holds its first line.
    Rows,
}

/// What stands before the first item of a piece that does not begin its document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// For items: the document up to and including the array's `[`. For rows: the first line.
    pub open: Vec<u8>,
    /// For items: the brackets that close what `open` leaves open, innermost first.
    pub close: Vec<u8>,
}

impl Header {
    /// The document as if its array were empty: an envelope's other keys, ready to decode.
    #[must_use]
    pub fn envelope(&self) -> Vec<u8> {
        [self.open.as_slice(), self.close.as_slice()].concat()
    }
}

/// A unit of work: a small file whole, or a piece of a big one that ends at a record boundary.
#[derive(Debug)]
pub struct Chunk {
    /// The file it is a piece of.
    pub file: Arc<FileRef>,
    /// Offset of its first byte in the unpacked file.
    pub start: u64,
    /// How to read the bytes.
    pub framing: Framing,
    /// What stands before them, for items and rows.
    pub header: Option<Arc<Header>>,
    /// The bytes, packed or not.
    pub data: Data,
    /// What the loader has to report about the file so far.
    pub problems: Vec<Problem>,
}

/// Chunks that one worker takes at a time: several small ones, or a larger one.
#[derive(Debug)]
pub struct Batch {
    /// Position in the total order of the input; starts at 0, no gaps.
    pub ordinal: u64,
    /// Its chunks, in order.
    pub chunks: Vec<Chunk>,
}

impl Batch {
    /// A batch that was never a file: a record that a test or an explanation holds in its hand.
    #[must_use]
    pub fn of_bytes(ordinal: u64, name: &str, bytes: &[u8]) -> Self {
        let chunk = Chunk {
            file: Arc::new(FileRef {
                number: 0,
                name: name.into(),
            }),
            start: 0,
            framing: Framing::Documents,
            header: None,
            data: Data::Ready(bytes.to_vec()),
            problems: Vec::new(),
        };
        Batch {
            ordinal,
            chunks: vec![chunk],
        }
    }
}

/// The bytes of a chunk.
#[derive(Debug)]
pub enum Data {
    /// None: the chunk only reports problems.
    None,
    /// UTF-8 text, cut and ready to decode.
    Ready(Vec<u8>),
    /// A whole file that the worker reads and unpacks itself.
    File {
        /// The open file.
        file: File,
        /// Its size when it was opened; what is appended later is left for the next run.
        length: u64,
        /// Its packing, outermost first.
        packing: Vec<Packing>,
    },
    /// A whole archive member that the worker unpacks itself.
    Bytes {
        /// The bytes as they lie in the archive.
        bytes: Vec<u8>,
        /// Their packing, outermost first.
        packing: Vec<Packing>,
    },
}

/// One layer of compression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// Gzip, one or several members.
    Gzip,
    /// Zstandard, one or several frames.
    Zstd,
    /// What a zip directory says about a member.
    Zip {
        /// False for a stored member.
        deflated: bool,
        /// Its unpacked size.
        size: u64,
        /// The checksum of its unpacked bytes.
        crc: u32,
    },
}

/// What a worker decodes: a chunk's bytes unpacked, as UTF-8 text.
#[derive(Debug)]
pub struct Piece<'a> {
    /// The bytes; empty when there is nothing but problems to report.
    pub bytes: &'a [u8],
    /// Offset of the first byte in the unpacked file.
    pub start: u64,
    /// How to read the bytes.
    pub framing: Framing,
    /// What stands before them, for items and rows.
    pub header: Option<Arc<Header>>,
    /// What could not be read. Problems that stand for records precede the piece's own records.
    pub problems: Vec<Problem>,
}

/// The name under which a file is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileRef {
    /// Position among the files of the run.
    pub number: u32,
    /// Path as evidence prints it; archive members behind `!`, stdin is `-`.
    pub name: Arc<str>,
}

/// Something the loader could not read or left out on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// True for "recognised, but no audit record": counted under `ignored`, not `skipped`.
    pub ignored: bool,
    /// Plain words.
    pub reason: String,
    /// Offset in the unpacked file, where known.
    pub offset: Option<u64>,
    /// How many records it stands for, each of which keeps its position in the file; 0 where
    /// the trouble is with the file and not with a record.
    pub records: u64,
}

impl Problem {
    /// Something that could not be read.
    pub fn skipped(reason: impl Into<String>) -> Self {
        Self {
            ignored: false,
            reason: reason.into(),
            offset: None,
            records: 0,
        }
    }

    /// Something left out on purpose.
    pub fn ignored(reason: impl Into<String>) -> Self {
        Self {
            ignored: true,
            ..Self::skipped(reason)
        }
    }

    /// The same, with the place in the unpacked file.
    #[must_use]
    pub fn at(self, offset: u64) -> Self {
        Self {
            offset: Some(offset),
            ..self
        }
    }
}
