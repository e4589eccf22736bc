//! The modifiers that rewrite a value: `base64`, `base64offset`, `utf16…`, `windash`.
//!
//! Pieces of a string enter, one or several rewritten strings leave: a record matches any of
//! them. Everything is done here, so that matching knows plain text only.

use super::modifiers::Encoding;
use super::text::Part;

/// The characters that stand before a Windows command-line flag.
const DASHES: [&str; 5] = ["-", "/", "\u{2013}", "\u{2014}", "\u{2015}"];
/// More flags than this in one value would make over three thousand patterns.
const MOST_DASHES: usize = 5;

/// Applies one encoding.
pub(super) fn apply(encoding: Encoding, parts: Vec<Part>) -> Result<Vec<Vec<Part>>, String> {
    match encoding {
        Encoding::Windash => windash(parts),
        Encoding::Utf16Le => utf16(parts, |unit| unit.to_le_bytes()).map(|parts| vec![parts]),
        Encoding::Utf16Be => utf16(parts, |unit| unit.to_be_bytes()).map(|parts| vec![parts]),
        Encoding::Utf16 => {
            let mut parts = utf16(parts, |unit| unit.to_le_bytes())?;
            // The byte order mark stands before the first character, whatever that is.
            match parts.first_mut() {
                Some(Part::Bytes(bytes)) => {
                    bytes.splice(0..0, [0xff, 0xfe]);
                }
                _ => parts.insert(0, Part::Bytes(vec![0xff, 0xfe])),
            }
            Ok(vec![parts])
        }
        Encoding::Base64 => {
            let bytes = only_bytes(&parts, "base64")?;
            Ok(vec![vec![Part::Bytes(base64(bytes).into_bytes())]])
        }
        Encoding::Base64Offset => {
            let bytes = only_bytes(&parts, "base64offset")?;
            let variants = offsets(bytes)
                .into_iter()
                .map(|text| vec![Part::Bytes(text)]);
            Ok(variants.collect())
        }
    }
}

fn only_bytes<'a>(parts: &'a [Part], name: &str) -> Result<&'a [u8], String> {
    match parts {
        [Part::Bytes(bytes)] => Ok(bytes),
        [] => Err(format!("{name} of an empty value")),
        _ => Err(format!(
            "{name} cannot encode wildcards: escape them with a backslash"
        )),
    }
}

fn utf16(parts: Vec<Part>, bytes: fn(u16) -> [u8; 2]) -> Result<Vec<Part>, String> {
    let encode = |part| match part {
        Part::Bytes(text) => match String::from_utf8(text) {
            Ok(text) => Ok(Part::Bytes(text.encode_utf16().flat_map(bytes).collect())),
            Err(_) => Err("a value can be turned into UTF-16 only once".to_owned()),
        },
        wildcard => Ok(wildcard),
    };
    parts.into_iter().map(encode).collect()
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at| u32::from(chunk.get(at).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let letter = LETTERS[(group >> (18 - 6 * at) & 63) as usize];
            out.push(if at <= chunk.len() {
                char::from(letter)
            } else {
                '='
            });
        }
    }
    out
}

/// The parts of a Base64 text that stay the same whatever stands before and behind the value,
/// for each of the three ways it can be aligned.
fn offsets(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut variants = Vec::with_capacity(3);
    for shift in 0..3 {
        let mut shifted = vec![b' '; shift];
        shifted.extend_from_slice(bytes);
        let encoded = base64(&shifted).into_bytes();
        let start = [0, 2, 3][shift];
        // The last letter of an unfilled group also holds bits of what follows.
        let end = encoded.len() - [0, 3, 2][shifted.len() % 3];
        if let Some(stable) = encoded.get(start..end).filter(|stable| !stable.is_empty()) {
            variants.push(stable.to_vec());
        }
    }
    variants
}

/// All ways to write the flags of a value. As in the reference implementation, a dash or slash
/// counts where it starts a word: `-x` and `/x` do, `a-b` does not.
fn windash(parts: Vec<Part>) -> Result<Vec<Vec<Part>>, String> {
    let mut variants: Vec<Vec<Part>> = vec![Vec::with_capacity(parts.len())];
    let mut dashes = 0;
    for part in parts {
        let Part::Bytes(bytes) = part else {
            variants
                .iter_mut()
                .for_each(|variant| variant.push(part.clone()));
            continue;
        };
        let text = String::from_utf8(bytes).map_err(|_| "windash of an encoded value")?;
        let mut pieces: Vec<String> = vec![String::new()];
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let mut before = None;
        for (at, c) in text.char_indices() {
            let after = text[at + c.len_utf8()..].chars().next();
            let dash = DASHES.iter().any(|dash| dash.starts_with(c));
            if dash && !before.is_some_and(word) && after.is_some_and(word) {
                dashes += 1;
                if dashes > MOST_DASHES {
                    return Err(format!(
                        "windash with more than {MOST_DASHES} flags in one value"
                    ));
                }
                let ways = pieces
                    .iter()
                    .flat_map(|p| DASHES.map(|dash| format!("{p}{dash}")));
                pieces = ways.collect();
            } else {
                pieces.iter_mut().for_each(|piece| piece.push(c));
            }
            before = Some(c);
        }
        let combine = |variant: &Vec<Part>| {
            let variant = variant.clone();
            pieces.iter().map(move |piece| {
                let mut longer = variant.clone();
                longer.push(Part::Bytes(piece.clone().into_bytes()));
                longer
            })
        };
        variants = variants.iter().flat_map(combine).collect();
    }
    Ok(variants)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::load::text::parse;

    fn texts(encoding: Encoding, raw: &str) -> Vec<String> {
        let variants = apply(encoding, parse(raw)).unwrap();
        variants
            .into_iter()
            .map(|parts| match parts.as_slice() {
                [Part::Bytes(bytes)] => String::from_utf8_lossy(bytes).into_owned(),
                other => format!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn base64_is_the_standard_one() {
        for (raw, expected) in [
            ("a", "YQ=="),
            ("ab", "YWI="),
            ("abc", "YWJj"),
            ("foobar", "Zm9vYmFy"),
            ("ÿ?", "w78/"),
        ] {
            let parts = super::super::text::literal(raw);
            let expected = vec![vec![Part::Bytes(expected.as_bytes().to_vec())]];
            assert_eq!(apply(Encoding::Base64, parts).unwrap(), expected);
        }
        assert!(
            apply(Encoding::Base64, parse("a*"))
                .unwrap_err()
                .contains("wildcards")
        );
    }

    #[test]
    fn offset_variants_are_found_in_any_surrounding() {
        assert_eq!(
            texts(Encoding::Base64Offset, "foobar"),
            ["Zm9vYmFy", "Zvb2Jhc", "mb29iYX"]
        );
        for value in ["cmd", "whoami", "http://", "AB", "https://x"] {
            let variants = texts(Encoding::Base64Offset, value);
            for before in ["", "x", "xy", "xyz"] {
                for after in ["", "1", "12", "123", "\u{ff}"] {
                    let encoded = base64(format!("{before}{value}{after}").as_bytes());
                    let found = variants
                        .iter()
                        .any(|variant| encoded.contains(variant.as_str()));
                    assert!(found, "{value} in {encoded}");
                }
            }
        }
    }

    #[test]
    fn utf16_in_three_ways() {
        assert_eq!(texts(Encoding::Utf16Le, "ab"), ["a\0b\0"]);
        assert_eq!(texts(Encoding::Utf16Be, "ab"), ["\0a\0b"]);
        let marked = apply(Encoding::Utf16, parse("a*")).unwrap();
        assert_eq!(
            marked,
            [[Part::Bytes(vec![0xff, 0xfe, b'a', 0]), Part::Many]]
        );
    }

    #[test]
    fn windash_permutes_flags_only() {
        assert_eq!(
            texts(Encoding::Windash, "-x"),
            ["-x", "/x", "–x", "—x", "―x"]
        );
        assert_eq!(
            texts(Encoding::Windash, " /x y-z"),
            [" -x y-z", " /x y-z", " –x y-z", " —x y-z", " ―x y-z"]
        );
        assert_eq!(texts(Encoding::Windash, "-a -b").len(), 25);
        assert_eq!(texts(Encoding::Windash, "none"), ["none"]);
        assert_eq!(apply(Encoding::Windash, parse("-a*-b")).unwrap().len(), 25);
        assert!(apply(Encoding::Windash, parse("-a -b -c -d -e -f")).is_err());
    }
}
