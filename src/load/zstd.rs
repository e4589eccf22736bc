//! Zstandard as a stream.
//!
//! Enters: packed bytes, frames behind each other. Leaves: unpacked bytes, all that can be had
//! of a stream that ends early. It exists because the decoder reads one frame and keeps back
//! what the next block may refer to.

use std::io::{self, BufRead, ErrorKind, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::damage::Damage;

const EARLY: &str = "zstd stream ends early";
const CORRUPT: &str = "zstd data is corrupt";
const CHECKSUM: &str = "zstd checksum does not match";
const TRAILING: &str = "trailing bytes are not zstd";
const WINDOW: &str = "zstd window is larger than 128 MiB: pack it without --ultra or --long";
const DICTIONARY: &str = "zstd with a dictionary is not supported: unpack it first";

/// What `--long` writes without asking the reader to agree.
const LARGEST_WINDOW: u64 = 128 << 20;
/// A last block without content, and a checksum that nobody looks at.
const LAST_BLOCK: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];

/// Reads all frames of a zstd stream.
pub(crate) struct ZstdReader<R> {
    source: R,
    decoder: FrameDecoder,
    in_frame: bool,
    first: bool,
    /// Reported once everything that was decoded before it has been read.
    error: Option<io::Error>,
    done: bool,
}

impl<R: BufRead> ZstdReader<R> {
    pub fn new(source: R) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(LARGEST_WINDOW);
        Self {
            source,
            decoder,
            in_frame: false,
            first: true,
            error: None,
            done: false,
        }
    }

    /// Begins the next frame; false at the end of the stream.
    fn begin(&mut self) -> io::Result<bool> {
        loop {
            if self.source.fill_buf()?.is_empty() {
                return Ok(false);
            }
            match self.decoder.reset(&mut self.source) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let mut frame = (&mut self.source).take(u64::from(length));
                    if io::copy(&mut frame, &mut io::sink())? < u64::from(length) {
                        return Err(Damage::error(EARLY));
                    }
                }
                Err(FrameDecoderError::WindowSizeTooBig { .. }) => {
                    return Err(Damage::error(WINDOW));
                }
                Err(FrameDecoderError::DictNotProvided { .. }) => {
                    return Err(Damage::error(DICTIONARY));
                }
                Err(FrameDecoderError::ReadFrameHeaderError(
                    ReadFrameHeaderError::BadMagicNumber(_),
                )) if !self.first => return Err(Damage::error(TRAILING)),
                Err(error) => return Err(Damage::translate(source_of(error), EARLY, CORRUPT)),
            }
        }
    }

    /// Decodes a block, or ends the frame as well as can be.
    fn decode(&mut self) {
        let one = || BlockDecodingStrategy::UptoBlocks(1);
        if let Err(error) = self.decoder.decode_blocks(&mut self.source, one()) {
            self.error = Some(Damage::translate(source_of(error), EARLY, CORRUPT));
            // An error here leaves the frame open: its tail is lost, and the first error told.
            let _ = self.decoder.decode_blocks(&LAST_BLOCK[..], one());
        }
    }

    fn checksum_differs(&self) -> bool {
        let told = self.decoder.get_checksum_from_data();
        self.error.is_none() && told.is_some() && told != self.decoder.get_calculated_checksum()
    }
}

impl<R: BufRead> Read for ZstdReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.done && !buffer.is_empty() {
            if !self.in_frame {
                match self.begin() {
                    Ok(true) => self.in_frame = true,
                    Ok(false) => self.done = true,
                    Err(error) => {
                        self.done = true;
                        return Err(error);
                    }
                }
                continue;
            }
            let count = self.decoder.read(buffer)?;
            if count > 0 {
                return Ok(count);
            }
            if let Some(error) = self.error.take() {
                self.done = true;
                return Err(error);
            }
            if self.decoder.is_finished() {
                self.in_frame = false;
                self.first = false;
                if self.checksum_differs() {
                    self.done = true;
                    return Err(Damage::error(CHECKSUM));
                }
            } else {
                self.decode();
            }
        }
        Ok(0)
    }
}

/// The decoder wraps what its source said; only the kind of that matters.
fn source_of(error: FrameDecoderError) -> io::Error {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(inner) = cause {
        if let Some(found) = inner.downcast_ref::<io::Error>() {
            if let Some(damage) = found.get_ref().and_then(|it| it.downcast_ref::<Damage>()) {
                return Damage::error(damage.0);
            }
            return found.kind().into();
        }
        cause = inner.source();
    }
    ErrorKind::InvalidData.into()
}
