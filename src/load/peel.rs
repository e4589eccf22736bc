//! The layers of compression around something.
//!
//! Enters: packed bytes or a reader of them. Leaves: a look at what lies inside, or a reader of
//! it. It exists so that files, pipes and archive members are unpacked the same way.

use std::io::{self, BufReader, Read};
use std::sync::Arc;

use flate2::bufread::DeflateDecoder;

use super::budget::{Budget, Metered};
use super::chunk::Packing;
use super::damage::Damage;
use super::gzip::GzipReader;
use super::sniff::{Kind, sniff};
use super::zstd::ZstdReader;

/// Inner layers are judged by fewer bytes than the file itself, to open many small files fast.
const INNER: u64 = 1024;
/// Bytes read from the source of a decoder at a time.
const READ: usize = 64 << 10;

const CHECKSUM: &str = "zip checksum does not match";
pub(crate) const ZIP_EARLY: &str = "zip member ends early";
const ZIP_BAD: &str = "zip member is corrupt";

pub(crate) type Stream<'a> = Box<dyn Read + Send + 'a>;

/// Looks through the layers of what begins with these bytes: adds them to `packing` and says
/// what the innermost is. Not more than `most` layers are gone through.
pub(crate) fn look(head: &[u8], packing: &mut Vec<Packing>, most: usize) -> Kind {
    let mut inner = Vec::new();
    for layer in packing.iter() {
        let bytes = if inner.is_empty() { head } else { &inner };
        inner = peek(bytes, *layer);
    }
    let mut kind = if packing.is_empty() {
        sniff(head)
    } else {
        sniff(&inner)
    };
    loop {
        let layer = match kind {
            Kind::Gzip => Packing::Gzip,
            Kind::Zstd => Packing::Zstd,
            _ => return kind,
        };
        if packing.len() >= most {
            return kind;
        }
        let bytes = if packing.is_empty() { head } else { &inner };
        inner = peek(bytes, layer);
        packing.push(layer);
        kind = sniff(&inner);
        if kind == Kind::Empty {
            // Nothing to be seen: the worker will find out and say why.
            return Kind::Text;
        }
    }
}

fn peek(bytes: &[u8], layer: Packing) -> Vec<u8> {
    let mut inner = Vec::new();
    // The head is cut off somewhere, so an error only means that there is no more to see.
    let _ = match layer {
        Packing::Gzip => GzipReader::new(bytes).take(INNER).read_to_end(&mut inner),
        Packing::Zstd => ZstdReader::new(bytes).take(INNER).read_to_end(&mut inner),
        Packing::Zip { deflated: true, .. } => DeflateDecoder::new(bytes)
            .take(INNER)
            .read_to_end(&mut inner),
        Packing::Zip { .. } => bytes.take(INNER).read_to_end(&mut inner),
    };
    inner
}

/// A reader of what lies inside all layers.
pub(crate) fn unpacked<'a>(
    raw: Stream<'a>,
    packing: &[Packing],
    budget: &Arc<Budget>,
) -> Stream<'a> {
    packing
        .iter()
        .fold(raw, |source, layer| unpack(source, *layer, budget))
}

fn unpack<'a>(source: Stream<'a>, layer: Packing, budget: &Arc<Budget>) -> Stream<'a> {
    let buffered = |source| BufReader::with_capacity(READ, source);
    let budget = Arc::clone(budget);
    match layer {
        Packing::Gzip => Box::new(Metered {
            inner: GzipReader::new(buffered(source)),
            budget,
        }),
        Packing::Zstd => Box::new(Metered {
            inner: ZstdReader::new(buffered(source)),
            budget,
        }),
        Packing::Zip {
            deflated: false,
            size,
            crc,
        } => Box::new(Checked::new(source, size, crc)),
        Packing::Zip {
            deflated: true,
            size,
            crc,
        } => {
            let inner = DeflateDecoder::new(buffered(source));
            Box::new(Metered {
                inner: Checked::new(inner, size, crc),
                budget,
            })
        }
    }
}

/// A reader that holds a zip member to what the directory says of it.
struct Checked<R> {
    inner: R,
    left: u64,
    crc: flate2::Crc,
    expected: u32,
}

impl<R> Checked<R> {
    fn new(inner: R, size: u64, expected: u32) -> Self {
        Self {
            inner,
            left: size,
            crc: flate2::Crc::new(),
            expected,
        }
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let count = self.inner.read(buffer);
        let count = count.map_err(|error| Damage::translate(error, ZIP_EARLY, ZIP_BAD))?;
        self.crc.update(&buffer[..count]);
        match self.left.checked_sub(count as u64) {
            None => Err(Damage::error(ZIP_BAD)),
            Some(left) if count == 0 && left > 0 => Err(Damage::error(ZIP_EARLY)),
            Some(_) if count == 0 && self.crc.sum() != self.expected => {
                Err(Damage::error(CHECKSUM))
            }
            Some(left) => {
                self.left = left;
                Ok(count)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::gzip::tests::gzip;

    #[test]
    fn looks_through_layers() {
        let twice = gzip(&gzip(b"{\"a\":1}"));
        let mut packing = Vec::new();
        assert_eq!(look(&twice, &mut packing, 8), Kind::Text);
        assert_eq!(packing, [Packing::Gzip, Packing::Gzip]);
        let mut packing = Vec::new();
        assert_eq!(look(&twice, &mut packing, 1), Kind::Gzip);
        let mut packing = Vec::new();
        assert_eq!(look(&gzip(b"PK\x03\x04"), &mut packing, 8), Kind::Zip);
        let mut packing = Vec::new();
        assert_eq!(look(b"\x1f\x8b\x08", &mut packing, 8), Kind::Text);
        assert_eq!(packing, [Packing::Gzip]);
    }

    #[test]
    fn a_zip_member_is_checked() {
        let read = |size, crc| {
            let layer = Packing::Zip {
                deflated: false,
                size,
                crc,
            };
            let mut bytes = Vec::new();
            let budget = Budget::new(3);
            let end = unpacked(Box::new(&b"abc"[..]), &[layer], &budget).read_to_end(&mut bytes);
            end.err().map(|error| error.to_string())
        };
        assert_eq!(read(3, 0x3524_41c2), None);
        assert_eq!(read(3, 0).as_deref(), Some(CHECKSUM));
        assert_eq!(read(4, 0x3524_41c2).as_deref(), Some(ZIP_EARLY));
        assert_eq!(read(2, 0x3524_41c2).as_deref(), Some(ZIP_BAD));
    }
}
