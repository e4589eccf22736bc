//! Sigma strings: wildcards and escapes, and the pattern they make.
//!
//! A string enters as written, is kept as pieces while modifiers change it (an encoding works
//! on bytes, not on text), and leaves as a `Pattern`.

use crate::detect::ast::{Pattern, Piece, Side};

/// A piece of a string that modifiers may still change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Literal bytes; text unless an encoding made something else of it.
    Bytes(Vec<u8>),
    /// `*`
    Many,
    /// `?`
    One,
}

/// Reads wildcards and escapes; a backslash before anything else is a backslash.
pub(super) fn parse(raw: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        let wildcard = match c {
            '\\' => {
                literal.push(
                    chars
                        .next_if(|next| matches!(next, '*' | '?' | '\\'))
                        .unwrap_or(c),
                );
                continue;
            }
            '*' => Part::Many,
            '?' => Part::One,
            _ => {
                literal.push(c);
                continue;
            }
        };
        if !literal.is_empty() {
            parts.push(Part::Bytes(std::mem::take(&mut literal).into_bytes()));
        }
        parts.push(wildcard);
    }
    if !literal.is_empty() {
        parts.push(Part::Bytes(literal.into_bytes()));
    }
    parts
}

/// Takes text literally.
pub(super) fn literal(text: &str) -> Vec<Part> {
    if text.is_empty() {
        Vec::new()
    } else {
        vec![Part::Bytes(text.as_bytes().to_vec())]
    }
}

/// Opens the sides that `contains`, `startswith` and `endswith` leave open.
pub(super) fn open(mut parts: Vec<Part>, side: Side) -> Vec<Part> {
    if matches!(side, Side::End | Side::Inside) {
        parts.insert(0, Part::Many);
    }
    if matches!(side, Side::Start | Side::Inside) {
        parts.push(Part::Many);
    }
    parts
}

/// Turns the pieces into the plainest pattern that says the same.
pub(super) fn pattern(mut parts: Vec<Part>) -> Result<Pattern, String> {
    parts.dedup_by(|a, b| *a == Part::Many && *b == Part::Many);
    let mut pieces = Vec::with_capacity(parts.len());
    for part in parts {
        pieces.push(match part {
            Part::Many => Piece::Many,
            Part::One => Piece::One,
            Part::Bytes(bytes) => Piece::Text(String::from_utf8(bytes).map_err(
                |_| "the encoded value is no text: put base64 or base64offset behind the encoding",
            )?),
        });
    }
    Ok(match pieces.as_mut_slice() {
        [] => Pattern::Exact(String::new()),
        [Piece::Many] => Pattern::Present,
        [Piece::Text(text)] => Pattern::Exact(std::mem::take(text)),
        [Piece::Text(text), Piece::Many] => Pattern::Start(std::mem::take(text)),
        [Piece::Many, Piece::Text(text)] => Pattern::End(std::mem::take(text)),
        [Piece::Many, Piece::Text(text), Piece::Many] => Pattern::Inside(std::mem::take(text)),
        _ => Pattern::Wild(pieces),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(raw: &str) -> Pattern {
        pattern(parse(raw)).unwrap()
    }

    #[test]
    fn wildcards_and_escapes_follow_the_specification() {
        let exact = |text: &str| Pattern::Exact(text.to_owned());
        let text = |text: &str| Piece::Text(text.to_owned());
        for (raw, expected) in [
            ("", exact("")),
            ("a", exact("a")),
            ("*", Pattern::Present),
            ("***", Pattern::Present),
            ("a*", Pattern::Start("a".to_owned())),
            ("*a", Pattern::End("a".to_owned())),
            ("*a**", Pattern::Inside("a".to_owned())),
            ("?", Pattern::Wild(vec![Piece::One])),
            (
                "v*.x",
                Pattern::Wild(vec![text("v"), Piece::Many, text(".x")]),
            ),
            // A backslash before an ordinary character is itself.
            (r"C:\Windows\*", exact(r"C:\Windows*")),
            (r"a\\*", Pattern::Start(r"a\".to_owned())),
            (r"a\\\*", exact(r"a\*")),
            (r"a\?b\*c", exact("a?b*c")),
            (r"\", exact(r"\")),
            (r"\\", exact(r"\")),
            (r"\\\", exact(r"\\")),
            (r"\\\\", exact(r"\\")),
            ("été*", Pattern::Start("été".to_owned())),
        ] {
            assert_eq!(whole(raw), expected, "{raw}");
        }
    }

    #[test]
    fn sides_open_a_pattern() {
        for (raw, side, expected) in [
            ("a", Side::Inside, Pattern::Inside("a".to_owned())),
            ("*a", Side::Inside, Pattern::Inside("a".to_owned())),
            ("*", Side::Inside, Pattern::Present),
            ("", Side::Start, Pattern::Present),
            ("a", Side::Start, Pattern::Start("a".to_owned())),
            ("a*", Side::End, Pattern::Inside("a".to_owned())),
        ] {
            assert_eq!(pattern(open(parse(raw), side)).unwrap(), expected);
        }
    }
}
