//! Small packed files in one go.
//!
//! Enters: all bytes of a gzip file or zip member. Leaves: all bytes unpacked, in a buffer that
//! is used again. It exists because this is nearly twice as fast as a stream.

use libdeflater::{DecompressionError, Decompressor, crc32};
use memchr::memmem;

use super::options::WHOLE;

/// Bytes of a gzip header and trailer at least.
const OVERHEAD: usize = 18;
/// Deflate makes at most this of one byte.
const RATIO: usize = 1032;
const START: &[u8] = &[0x1f, 0x8b, 8];

/// Unpacks gzip, all members. `None` means that it cannot be done so: damaged, followed by
/// something else, or too much for one buffer. A stream then does it, and knows the words.
pub(crate) fn gzip(inflater: &mut Decompressor, packed: &[u8], out: &mut Vec<u8>) -> Option<usize> {
    let (mut start, mut length) = (0, 0);
    loop {
        let member = packed.get(start..)?;
        let more = gzip_member(inflater, member, out, length)?;
        match member_end(member, &out[length..length + more])? {
            end if end == member.len() => return Some(length + more),
            end => (start, length) = (start + end, length + more),
        }
    }
}

fn gzip_member(
    inflater: &mut Decompressor,
    packed: &[u8],
    out: &mut Vec<u8>,
    at: usize,
) -> Option<usize> {
    // The trailer is only a hint: it may be another member's, and it may lie.
    let promised = hint(packed)? as usize;
    let mut room = promised.min(packed.len().saturating_mul(RATIO)).max(1);
    loop {
        if at + room > WHOLE {
            room = WHOLE.checked_sub(at).filter(|room| *room > 0)?;
        }
        if out.len() < at + room {
            out.resize(at + room, 0);
        }
        match inflater.gzip_decompress(packed, &mut out[at..]) {
            Ok(count) => return Some(count),
            Err(DecompressionError::BadData) => return None,
            Err(DecompressionError::InsufficientSpace) if out.len() >= WHOLE => return None,
            Err(DecompressionError::InsufficientSpace) => {
                room = (out.len() - at).saturating_mul(2).max(64 << 10);
            }
        }
    }
}

/// What the last four bytes of a gzip file say about its unpacked size.
pub(crate) fn hint(packed: &[u8]) -> Option<u32> {
    packed.last_chunk().map(|size| u32::from_le_bytes(*size))
}

/// Where the first member ends. The inflater has checked its trailer but does not say where that
/// stood; so it is looked for before each place where another member may begin, and at the end.
fn member_end(packed: &[u8], unpacked: &[u8]) -> Option<usize> {
    let size = (unpacked.len() as u32).to_le_bytes();
    let mut sum = None;
    let behind = packed.get(OVERHEAD..)?;
    for at in memmem::find_iter(behind, START).map(|at| at + OVERHEAD) {
        if packed[..at].ends_with(&size) {
            let sum = *sum.get_or_insert_with(|| crc32(unpacked).to_le_bytes());
            if packed[..at - 4].ends_with(&sum) {
                return Some(at);
            }
        }
    }
    packed.ends_with(&size).then_some(packed.len())
}

/// Unpacks a zip member of known size; `None` where it is damaged.
pub(crate) fn deflate(
    inflater: &mut Decompressor,
    packed: &[u8],
    (size, sum): (u64, u32),
    out: &mut Vec<u8>,
) -> Option<usize> {
    let size = usize::try_from(size).ok().filter(|size| *size <= WHOLE)?;
    if out.len() < size {
        out.resize(size, 0);
    }
    let count = inflater.deflate_decompress(packed, &mut out[..size]).ok()?;
    (count == size && crc32(&out[..size]) == sum).then_some(size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::gzip::tests::gzip as pack;

    fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
        let mut out = vec![7; 10];
        let length = gzip(&mut Decompressor::new(), packed, &mut out)?;
        Some(out[..length].to_vec())
    }

    #[test]
    fn members() {
        let (one, two) = (pack(b"one"), pack(&b"two".repeat(100_000)));
        let (empty, magic) = (pack(b""), pack(b"\x1f\x8b\x08\x1f\x8b\x08"));
        for members in [
            vec![&one],
            vec![&empty],
            vec![&two, &one],
            vec![&one, &two, &empty, &two],
            // Equal members: the trailer at the very end fits the first one as well.
            vec![&one, &one, &one],
            vec![&magic, &magic, &one],
        ] {
            let packed: Vec<u8> = members.iter().flat_map(|member| member.to_vec()).collect();
            let expected = members.iter().flat_map(|member| {
                let mut bytes = Vec::new();
                std::io::Read::read_to_end(
                    &mut flate2::read::GzDecoder::new(&member[..]),
                    &mut bytes,
                )
                .unwrap();
                bytes
            });
            assert_eq!(unpack(&packed), Some(expected.collect()));
        }
    }

    #[test]
    fn left_to_the_stream() {
        let one = pack(&b"one ".repeat(1000));
        assert_eq!(unpack(&one[..one.len() - 1]), None, "cut off");
        assert_eq!(
            unpack(&[one.clone(), b"else".to_vec()].concat()),
            None,
            "something behind"
        );
        assert_eq!(unpack(b"\x1f\x8b"), None);
        assert_eq!(unpack(b""), None);
        assert_eq!(unpack(&pack(&vec![b' '; WHOLE + 1])), None, "too much");
        assert_eq!(
            unpack(&pack(&vec![b' '; WHOLE])).map(|it| it.len()),
            Some(WHOLE)
        );
    }

    #[test]
    fn a_lying_trailer_costs_no_memory() {
        let mut packed = pack(b"short");
        let end = packed.len();
        packed[end - 4..].copy_from_slice(&u32::MAX.to_le_bytes());
        let mut out = Vec::new();
        assert_eq!(gzip(&mut Decompressor::new(), &packed, &mut out), None);
        assert!(out.len() < 64 << 10);
    }
}
