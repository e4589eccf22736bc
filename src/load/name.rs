//! Names that can be printed.
//!
//! Enters: the bytes of a file name. Leaves: text, different for different names. It exists
//! because evidence names files and a file name may be anything but a slash.

use std::fmt::Write;

/// Writes a name as text: bytes that are no UTF-8 and characters that act become `\xHH`, and so
/// that nothing else reads like that, a backslash is doubled in every name that needs it.
pub(crate) fn printable(bytes: &[u8]) -> String {
    let plain = |text: &str| !text.chars().any(acts) && !text.contains("\\x");
    match std::str::from_utf8(bytes) {
        Ok(text) if plain(text) => text.to_owned(),
        _ => escaped(bytes),
    }
}

fn escaped(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + 8);
    for part in bytes.utf8_chunks() {
        for character in part.valid().chars() {
            match character {
                '\\' => text.push_str("\\\\"),
                _ if acts(character) => {
                    let mut buffer = [0; 4];
                    for byte in character.encode_utf8(&mut buffer).bytes() {
                        hex(&mut text, byte);
                    }
                }
                _ => text.push(character),
            }
        }
        for byte in part.invalid() {
            hex(&mut text, *byte);
        }
    }
    text
}

/// Whether a character does something instead of being seen: control characters, and those that
/// turn the direction of the text around them.
fn acts(character: char) -> bool {
    let turns = matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    turns || character.is_control()
}

fn hex(text: &mut String, byte: u8) {
    // Writing to a String cannot fail.
    let _ = write!(text, "\\x{byte:02x}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        for (bytes, name) in [
            (&b"a/b.json.gz"[..], "a/b.json.gz"),
            ("gr\u{fc}n:08-00".as_bytes(), "gr\u{fc}n:08-00"),
            (b"dir\\file", "dir\\file"),
            (b"x\xff.json", "x\\xff.json"),
            (b"x\\xff.json", "x\\\\xff.json"),
            (b"a\\b\xfe", "a\\\\b\\xfe"),
            (b"line\nbreak\x1b[31m", "line\\x0abreak\\x1b[31m"),
            ("a\u{202e}nosj".as_bytes(), "a\\xe2\\x80\\xaenosj"),
            (b"", ""),
        ] {
            assert_eq!(printable(bytes), name);
        }
    }
}
