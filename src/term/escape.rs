//! Log text in, text that a terminal only shows out.
//!
//! Names, user agents and messages are written by the attacker; a terminal must not obey them.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar;

/// Marks without a width that may follow one character before the rest is shown as escapes:
/// enough for every script, too few to hide text or to flood a line.
const MARKS: usize = 4;

/// Shows controls, text direction overrides and invisible characters as visible escapes.
///
/// A newline becomes `\n`, the escape character `\u{1b}`; a backslash of the log stays as it
/// is, so this is for reading, not for decoding. JSON is the lossless output.
pub fn terminal(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    // A mark at the very start would sit on the text of the column before it.
    let mut marks = MARKS;
    let mut changed = false;
    for c in text.chars() {
        let hidden = if hazard(c) {
            true
        } else if c.width() == Some(0) {
            marks += 1;
            marks > MARKS
        } else {
            marks = 0;
            false
        };
        if !hidden {
            out.push(c);
            continue;
        }
        changed = true;
        // What follows an escape has no base character of its own.
        marks = MARKS;
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(other));
            }
        }
    }
    if changed {
        Cow::Owned(out)
    } else {
        Cow::Borrowed(text)
    }
}

/// Tells whether a character drives a terminal, turns the text around or shows as nothing.
pub fn hazard(c: char) -> bool {
    if c < '\u{7f}' {
        return c < ' ';
    }
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}'
            | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'
            | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn shows_what_would_drive_the_terminal() {
        let table = [
            ("plain", "plain"),
            ("\u{1b}[31mred\u{7}", "\\u{1b}[31mred\\u{7}"),
            ("a\r\n\tb\0", "a\\r\\n\\tb\\u{0}"),
            ("\u{9b}2J\u{7f}", "\\u{9b}2J\\u{7f}"),
            ("exe\u{202e}gpj", "exe\\u{202e}gpj"),
            (
                "\u{2066}\u{200f}\u{61c}\u{2028}",
                "\\u{2066}\\u{200f}\\u{61c}\\u{2028}",
            ),
            ("ro\u{200b}ot\u{feff}", "ro\\u{200b}ot\\u{feff}"),
            ("tag\u{e0041}", "tag\\u{e0041}"),
            ("naïve 漢字 🦀 ❤\u{fe0f}", "naïve 漢字 🦀 ❤\u{fe0f}"),
            ("\u{fffd}", "\u{fffd}"),
        ];
        for (text, want) in table {
            assert_eq!(terminal(text), want);
        }
        assert!(matches!(terminal("naïve 漢字"), Cow::Borrowed(_)));
    }

    #[test]
    fn marks_may_decorate_but_neither_lead_nor_pile_up() {
        assert_eq!(terminal("e\u{301}"), "e\u{301}");
        assert_eq!(terminal("\u{301}e"), "\\u{301}e");
        let piled = format!("e{}", "\u{301}".repeat(6));
        assert_eq!(
            terminal(&piled),
            format!("e{}\\u{{301}}\\u{{301}}", "\u{301}".repeat(4))
        );
    }

    proptest! {
        #[test]
        fn nothing_hazardous_survives(text in "\\PC*|[\\x00-\\u{ff}\\u{2000}-\\u{206f}]*") {
            let safe = terminal(&text);
            prop_assert!(!safe.chars().any(hazard));
            prop_assert_eq!(terminal(&safe), safe.clone());
        }
    }
}
