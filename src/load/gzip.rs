//! Gzip as a stream.
//!
//! Enters: packed bytes, one member or many behind each other. Leaves: unpacked bytes, and
//! precise words when they end too early. It exists because a ready-made reader of many members
//! cannot tell a damaged one from something else appended to a good file.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

use super::damage::Damage;

pub(crate) const EARLY: &str = "gzip stream ends early";
const CORRUPT: &str = "gzip data is corrupt";
const CHECKSUM: &str = "gzip checksum or length does not match";
const TRAILING: &str = "trailing bytes are not gzip";

/// Reads all members of a gzip stream.
pub(crate) struct GzipReader<R> {
    /// None at the end, after an error, and while members change.
    member: Option<Box<GzDecoder<R>>>,
    first: bool,
}

impl<R: BufRead> GzipReader<R> {
    pub fn new(source: R) -> Self {
        Self {
            member: Some(Box::new(GzDecoder::new(source))),
            first: true,
        }
    }

    /// Looks at what stands behind a member; zeros are padding of tapes and blocks.
    fn following(mut source: R) -> io::Result<Option<GzDecoder<R>>> {
        loop {
            let bytes = source.fill_buf()?;
            match bytes.iter().position(|byte| *byte != 0) {
                None if bytes.is_empty() => return Ok(None),
                None => {
                    let zeros = bytes.len();
                    source.consume(zeros);
                }
                Some(zeros) if bytes.get(zeros) == Some(&0x1f) => {
                    source.consume(zeros);
                    return Ok(Some(GzDecoder::new(source)));
                }
                Some(_) => return Err(Damage::error(TRAILING)),
            }
        }
    }
}

impl<R: BufRead> Read for GzipReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(mut member) = self.member.take() {
            match member.read(buffer) {
                Ok(0) if !buffer.is_empty() => {
                    self.first = false;
                    self.member = Self::following(member.into_inner())?.map(Box::new);
                }
                Ok(count) => {
                    self.member = Some(member);
                    return Ok(count);
                }
                Err(error) => {
                    let bad = match member.header() {
                        None if !self.first => TRAILING,
                        _ if error.to_string().contains("checksum") => CHECKSUM,
                        _ => CORRUPT,
                    };
                    return Err(Damage::translate(error, EARLY, bad));
                }
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Write;

    use super::*;

    pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn read(packed: &[u8]) -> (Vec<u8>, Option<String>) {
        let mut bytes = Vec::new();
        let end = GzipReader::new(packed).read_to_end(&mut bytes);
        (
            bytes,
            end.err()
                .map(|error| crate::load::damage::problem(&error).reason),
        )
    }

    #[test]
    fn members_padding_and_damage() {
        let (one, two) = (gzip(b"one"), gzip(b"two"));
        let mut broken = one.clone();
        let crc = broken.len() - 8;
        broken[crc] ^= 1;
        let mut bent = one.clone();
        bent[10] = 0xff;
        for (packed, text, reason) in [
            (one.clone(), "one", None),
            ([one.clone(), two.clone()].concat(), "onetwo", None),
            (
                [one.clone(), vec![0; 1000], two.clone(), vec![0; 9]].concat(),
                "onetwo",
                None,
            ),
            (
                [one.clone(), b"xyz".to_vec()].concat(),
                "one",
                Some(TRAILING),
            ),
            (
                [one.clone(), b"\x1fxyz123456789".to_vec()].concat(),
                "one",
                Some(TRAILING),
            ),
            (
                [one.clone(), two[..two.len() - 3].to_vec()].concat(),
                "onetwo",
                Some(EARLY),
            ),
            (
                [one.clone(), two[..5].to_vec()].concat(),
                "one",
                Some(EARLY),
            ),
            (one[..2].to_vec(), "", Some(EARLY)),
            (broken, "one", Some(CHECKSUM)),
            (bent, "", Some(CORRUPT)),
        ] {
            let expected = (text.as_bytes().to_vec(), reason.map(str::to_owned));
            assert_eq!(read(&packed), expected);
        }
    }
}
