//! UTF-16, as PowerShell writes it, made UTF-8.
//!
//! Enters: bytes in pieces of any size. Leaves: UTF-8. It exists so that no later stage knows
//! another encoding.

/// What is said of a stream that is a byte short.
pub(crate) const EARLY: &str = "UTF-16 text ends early";

/// Turns a stream of UTF-16 into UTF-8; what is no character becomes U+FFFD.
#[derive(Debug)]
pub(crate) struct Utf16 {
    big: bool,
    /// The first half of a unit that was cut.
    byte: Option<u8>,
    /// The first half of a pair that was cut.
    high: Option<u16>,
}

impl Utf16 {
    pub fn new(big: bool) -> Self {
        Self {
            big,
            byte: None,
            high: None,
        }
    }

    /// Appends the text of these bytes.
    pub fn push(&mut self, bytes: &[u8], text: &mut Vec<u8>) {
        let mut bytes = bytes;
        if let (Some(first), [second, rest @ ..]) = (self.byte, bytes) {
            self.byte = None;
            self.unit([first, *second], text);
            bytes = rest;
        }
        let (pairs, rest) = bytes.as_chunks::<2>();
        for pair in pairs {
            self.unit(*pair, text);
        }
        self.byte = rest.first().copied().or(self.byte);
    }

    /// Ends the stream; false when it ended within a character.
    pub fn finish(&mut self, text: &mut Vec<u8>) -> bool {
        if self.high.take().is_some() {
            put(char::REPLACEMENT_CHARACTER, text);
        }
        self.byte.take().is_none()
    }

    fn unit(&mut self, pair: [u8; 2], text: &mut Vec<u8>) {
        let unit = if self.big {
            u16::from_be_bytes(pair)
        } else {
            u16::from_le_bytes(pair)
        };
        let high = self.high.take();
        match (high, unit) {
            (_, 0xd800..=0xdbff) => {
                self.high = Some(unit);
                if high.is_some() {
                    put(char::REPLACEMENT_CHARACTER, text);
                }
                return;
            }
            (Some(high), 0xdc00..=0xdfff) => {
                let pair = char::decode_utf16([high, unit]).next();
                put(
                    pair.and_then(Result::ok)
                        .unwrap_or(char::REPLACEMENT_CHARACTER),
                    text,
                );
                return;
            }
            (Some(_), _) => put(char::REPLACEMENT_CHARACTER, text),
            (None, _) => {}
        }
        put(
            char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER),
            text,
        );
    }
}

fn put(character: char, text: &mut Vec<u8>) {
    text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn equals_the_library_wherever_it_is_cut(
            units in proptest::collection::vec(prop_oneof![any::<u16>(), 0xd800..=0xdfffu16], 0..40),
            cuts in proptest::collection::vec(1usize..7, 1..20),
            big: bool,
        ) {
            let bytes: Vec<u8> = units
                .iter()
                .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
                .collect();
            let (mut utf16, mut text) = (Utf16::new(big), Vec::new());
            let (mut rest, mut sizes) = (&bytes[..], cuts.iter().cycle());
            while let Some(size) = sizes.next().filter(|_| !rest.is_empty()) {
                let (piece, behind) = rest.split_at((*size).min(rest.len()));
                utf16.push(piece, &mut text);
                rest = behind;
            }
            prop_assert!(utf16.finish(&mut text));
            prop_assert_eq!(String::from_utf8(text).unwrap(), String::from_utf16_lossy(&units));
        }
    }
}
