//! The numbers of Entra's tokens and sessions, which every one of its logs spells in its own way.
//!
//! A number leaves as its sign-in's id is written, so that what issued a token and what it was
//! used for meet.

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// With and without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The number of a token. Tokens carry its sixteen bytes, older sign-in logs the text of it, both
/// in base64 of either alphabet; what is neither stays as it is.
pub(super) fn number(spelt: &str) -> String {
    let safe = |byte: u8| match byte {
        b'+' => b'-',
        b'/' => b'_',
        byte => byte,
    };
    let safe: Vec<u8> = spelt.bytes().map(safe).collect();
    let Ok(bytes) = BASE64.decode(safe) else {
        return spelt.to_owned();
    };
    match <[u8; 16]>::try_from(bytes.as_slice()) {
        Ok(bytes) => guid(bytes),
        Err(_) => match std::str::from_utf8(&bytes) {
            Ok(text) if is_guid(text) => text.to_lowercase(),
            _ => spelt.to_owned(),
        },
    }
}

/// Whether a raw value is no number: empty, or the one that belongs to nobody.
pub(super) fn is_nobodys(raw: &[u8]) -> bool {
    raw == b"\"\"" || raw.starts_with(b"\"00000000-0000-0000-0000-0000")
}

pub(super) fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// The first three groups stand in the order of small machines.
fn guid(bytes: [u8; 16]) -> String {
    let number = u128::from_be_bytes(bytes);
    let part = |shift: u32, bits: u32| (number >> shift) & ((1 << bits) - 1);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        (part(96, 32) as u32).swap_bytes(),
        (part(80, 16) as u16).swap_bytes(),
        (part(64, 16) as u16).swap_bytes(),
        part(48, 16),
        part(0, 48),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_one_number_in_every_spelling() {
        let text = "290faffa-3d7e-4c0a-9b52-6f1d2c3b4a59";
        let textual = "MjkwZmFmZmEtM2Q3ZS00YzBhLTliNTItNmYxZDJjM2I0YTU5";
        assert_eq!(number(textual), text);
        for bytes in ["-q8PKX49CkybUm8dLDtKWQ", "+q8PKX49CkybUm8dLDtKWQ=="] {
            assert_eq!(number(bytes), text);
        }
        for other in ["kept as it is!", "", text, "AAAA\u{e9}"] {
            assert_eq!(number(other), other);
        }
    }

    #[test]
    fn nobodys_number_is_none() {
        for none in ["\"\"", "\"00000000-0000-0000-0000-000000000000\""] {
            assert!(is_nobodys(none.as_bytes()));
        }
        assert!(!is_nobodys(b"\"290faffa-3d7e-4c0a-9b52-6f1d2c3b4a59\""));
    }
}
