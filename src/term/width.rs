//! Escaped text and a number of columns in, text that takes no more of them out.
//!
//! Tables and reports must not wrap, and no character may be cut in half to make them fit.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Where a text that is too long loses its middle part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The end goes: titles, sentences.
    End,
    /// The middle goes: resource names and paths, whose end tells most.
    Middle,
}

const ELLIPSIS: &str = "…";
/// No single character takes more columns; prose is never broken narrower.
const WIDEST: usize = 4;

/// How many columns the text takes.
pub fn columns(text: &str) -> usize {
    text.width()
}

/// The text itself, or as much of it as fits with an ellipsis for the rest.
pub fn fit(text: &str, max: usize, cut: Cut) -> Cow<'_, str> {
    if columns(text) <= max {
        return Cow::Borrowed(text);
    }
    let Some(room) = max.checked_sub(columns(ELLIPSIS)) else {
        return Cow::Borrowed("");
    };
    let (head, tail) = match cut {
        Cut::End => (room, 0),
        Cut::Middle => (room / 2, room - room / 2),
    };
    let head = take(text.graphemes(true), head);
    let tail = take(text.graphemes(true).rev(), tail);
    // Both ends are counted in bytes of whole clusters and never meet: the text is wider.
    let out = format!(
        "{}{ELLIPSIS}{}",
        text.get(..head).unwrap_or_default(),
        text.get(text.len() - tail..).unwrap_or_default()
    );
    // A few scripts join letters into one cell, so the parts may count otherwise than the whole.
    if columns(&out) <= max {
        Cow::Owned(out)
    } else {
        Cow::Borrowed(ELLIPSIS)
    }
}

/// Bytes of the leading clusters that fit into `room` columns.
fn take<'a>(clusters: impl Iterator<Item = &'a str>, room: usize) -> usize {
    let mut bytes = 0;
    let mut used = 0;
    for cluster in clusters {
        used += columns(cluster);
        if used > room {
            break;
        }
        bytes += cluster.len();
    }
    bytes
}

/// Breaks prose into lines at spaces; a word longer than a line is broken between characters.
pub fn wrap(text: &str, max: usize) -> Vec<String> {
    let max = max.max(WIDEST);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let gap = usize::from(!line.is_empty());
        if columns(&line) + gap + columns(word) <= max {
            if gap == 1 {
                line.push(' ');
            }
            line.push_str(word);
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for cluster in word.graphemes(true) {
            if columns(cluster) <= max {
                append(&mut lines, &mut line, cluster, max);
                continue;
            }
            // Spacing marks can make one character wider than any line.
            for c in cluster.chars() {
                append(&mut lines, &mut line, c.encode_utf8(&mut [0; 4]), max);
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Puts a piece on the line, or on the next one where that would be too wide.
fn append(lines: &mut Vec<String>, line: &mut String, piece: &str, max: usize) {
    let end = line.len();
    line.push_str(piece);
    if columns(line) > max && end > 0 {
        line.truncate(end);
        lines.push(std::mem::replace(line, piece.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::term::escape::terminal;

    #[test]
    fn cuts_at_the_end_or_in_the_middle_but_never_through_a_character() {
        let table = [
            ("trail stopped", 20, Cut::End, "trail stopped"),
            ("trail stopped", 8, Cut::End, "trail s…"),
            ("漢字漢字", 5, Cut::End, "漢字…"),
            ("漢字漢字", 4, Cut::End, "漢…"),
            ("AWSLogs/a/b/c.json.gz", 11, Cut::Middle, "AWSLo…on.gz"),
            ("e\u{301}e\u{301}e\u{301}", 2, Cut::End, "e\u{301}…"),
            ("abc", 1, Cut::Middle, "…"),
            ("abc", 0, Cut::End, ""),
        ];
        for (text, max, cut, want) in table {
            assert_eq!(fit(text, max, cut), want, "{text} in {max}");
        }
    }

    #[test]
    fn prose_breaks_at_spaces_and_long_words_anywhere() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a abcdefgh", 4), ["a", "abcd", "efgh"]);
        assert!(wrap("  ", 10).is_empty());
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_asked(text in "\\PC{0,40}", max in 0usize..30) {
            let text = terminal(&text);
            prop_assert!(columns(&fit(&text, max, Cut::End)) <= max);
            prop_assert!(columns(&fit(&text, max, Cut::Middle)) <= max);
            for line in wrap(&text, max) {
                prop_assert!(columns(&line) <= max.max(WIDEST));
            }
        }
    }
}
