//! What a worker does with a chunk before it decodes it.
//!
//! Enters: a chunk. Leaves: pieces of UTF-8 text, nearly always one. It exists so that reading
//! and unpacking small files, the bulk of a log archive, is done by all workers at once.

use std::io::Read;

use libdeflater::{Decompressor, crc32};

use super::budget::Budget;
use super::chunk::{Chunk, Data, Framing, Packing, Piece, Problem};
use super::cut::Windows;
use super::damage::problem;
use super::options::{HEAD, Options, WHOLE};
use super::peel::unpacked;
use super::sniff::{Encoding, Kind, encoding, sniff};
use super::source::{HIDDEN, empty};
use super::text::{EARLY, Utf16};
use super::whole;

/// Buffers that a worker keeps from chunk to chunk.
pub struct Unpacker {
    options: Options,
    inflater: Decompressor,
    packed: Vec<u8>,
    inner: Vec<u8>,
    text: Vec<u8>,
}

impl Unpacker {
    /// One a worker, with the loader's options.
    #[must_use]
    pub fn new(options: &Options) -> Self {
        Self {
            options: options.clone(),
            inflater: Decompressor::new(),
            packed: Vec::new(),
            inner: Vec::new(),
            text: Vec::new(),
        }
    }

    /// Unpacks a chunk and hands over its text. A chunk is one piece, except for a small packed
    /// file that turns out to be large: that one comes in windows, as if the loader had cut it.
    pub fn unpack(&mut self, chunk: Chunk, each: &mut dyn FnMut(Piece<'_>)) {
        let Chunk {
            start,
            framing,
            header,
            data,
            mut problems,
            ..
        } = chunk;
        let (bytes, packing) = match data {
            Data::None => {
                return each(Piece {
                    bytes: &[],
                    start,
                    framing,
                    header,
                    problems,
                });
            }
            Data::Ready(bytes) => {
                return each(Piece {
                    bytes: &bytes,
                    start,
                    framing,
                    header,
                    problems,
                });
            }
            Data::Bytes { bytes, packing } => (bytes, packing),
            Data::File {
                file,
                length,
                packing,
            } => {
                let mut bytes = std::mem::take(&mut self.packed);
                bytes.clear();
                if let Err(error) = file.take(length).read_to_end(&mut bytes) {
                    problems.push(problem(&error));
                }
                (bytes, packing)
            }
        };
        match self.layers(&bytes, &packing) {
            Some(Found::AsItIs) => whole_text(&bytes, &mut self.text, problems, each),
            Some(Found::Inner(size)) => {
                whole_text(&self.inner[..size], &mut self.text, problems, each);
            }
            None => self.stream(&bytes, &packing, problems, each),
        }
        self.packed = bytes;
        for buffer in [&mut self.packed, &mut self.inner, &mut self.text] {
            if buffer.capacity() > WHOLE / 2 {
                *buffer = Vec::new();
            }
        }
    }

    /// Unpacks layer by layer from buffer to buffer; `None` where a stream has to do it.
    fn layers(&mut self, bytes: &[u8], packing: &[Packing]) -> Option<Found> {
        let Self {
            inflater,
            inner,
            text,
            ..
        } = self;
        let mut found = Found::AsItIs;
        for layer in packing {
            // What is unpacked once needs one buffer; the other is for layers below layers.
            let (source, target) = match found {
                Found::AsItIs => (bytes, &mut *inner),
                Found::Inner(size) => (&inner[..size], &mut *text),
            };
            let size = match *layer {
                Packing::Gzip => whole::gzip(inflater, source, target)?,
                Packing::Zip {
                    deflated: true,
                    size,
                    crc,
                } => whole::deflate(inflater, source, (size, crc), target)?,
                Packing::Zip { size, crc, .. } => {
                    let good = source.len() as u64 == size && crc32(source) == crc;
                    // Stored: the bytes stay where they are.
                    if good { continue } else { return None }
                }
                Packing::Zstd => return None,
            };
            if let Found::Inner(_) = found {
                std::mem::swap(inner, text);
            }
            found = Found::Inner(size);
        }
        Some(found)
    }

    fn stream(
        &self,
        bytes: &[u8],
        packing: &[Packing],
        mut problems: Vec<Problem>,
        each: &mut dyn FnMut(Piece<'_>),
    ) {
        let budget = Budget::new(bytes.len() as u64);
        let reader = unpacked(Box::new(bytes), packing, &budget);
        let mut windows = Windows::new(reader, &self.options);
        while let Some(window) = windows.next() {
            problems.extend(window.problems);
            each(Piece {
                bytes: &window.bytes,
                start: window.start,
                framing: window.framing,
                header: window.header,
                problems: std::mem::take(&mut problems),
            });
        }
        if !problems.is_empty() {
            report(problems, each);
        }
    }
}

/// Where a file's unpacked bytes are.
enum Found {
    /// In the file.
    AsItIs,
    /// In the inner buffer, so many.
    Inner(usize),
}

/// Hands over a whole file as text.
fn whole_text(
    bytes: &[u8],
    text: &mut Vec<u8>,
    mut problems: Vec<Problem>,
    each: &mut dyn FnMut(Piece<'_>),
) {
    let reason = match sniff(&bytes[..bytes.len().min(HEAD)]) {
        Kind::Text => None,
        Kind::Empty if problems.is_empty() => Some(empty()),
        Kind::Empty => return report(problems, each),
        Kind::Foreign(reason) => Some(Problem::skipped(reason)),
        Kind::Gzip | Kind::Zstd | Kind::Zip | Kind::Tar => Some(Problem::skipped(HIDDEN)),
        #[cfg(feature = "parquet")]
        Kind::Parquet => Some(Problem::skipped(HIDDEN)),
    };
    if let Some(reason) = reason {
        problems.push(reason);
        return report(problems, each);
    }
    let (bytes, start) = match encoding(bytes) {
        Encoding::Utf8 { mark } => (&bytes[mark..], mark as u64),
        Encoding::Utf16 { big, mark } => {
            text.clear();
            let mut utf16 = Utf16::new(big);
            utf16.push(&bytes[mark..], text);
            if !utf16.finish(text) {
                problems.push(Problem::skipped(EARLY).at(text.len() as u64));
            }
            (text.as_slice(), 0)
        }
    };
    if problems.is_empty() && bytes.trim_ascii_start().is_empty() {
        return report(vec![empty()], each);
    }
    each(Piece {
        bytes,
        start,
        framing: Framing::Documents,
        header: None,
        problems,
    });
}

fn report(problems: Vec<Problem>, each: &mut dyn FnMut(Piece<'_>)) {
    let (framing, header) = (Framing::Documents, None);
    each(Piece {
        bytes: &[],
        start: 0,
        framing,
        header,
        problems,
    });
}
