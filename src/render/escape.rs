//! Log text in, text that one kind of reader only shows out: terminal, spreadsheet, Markdown.
//!
//! One function a sink. JSON has its own formatter in `json_text`, since there nothing is lost.

use std::borrow::Cow;

pub use crate::term::escape::{hazard, terminal};

/// What a spreadsheet takes for a formula at the start of a cell; the wide forms are what some
/// locales accept too.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// One CSV field: controls shown, formulas behind an apostrophe, quoted where RFC 4180 asks.
///
/// A formula start after a semicolon is disarmed too: half of the world's spreadsheets split
/// there, whatever the quotes say.
pub fn csv(text: &str) -> Cow<'_, str> {
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b" ./:_%()-".contains(&b));
    if plain && !text.trim_start().starts_with('-') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut at_start = true;
    for c in text.chars() {
        if at_start && FORMULA.contains(&c) {
            out.push('\'');
        }
        // Blanks in front may be trimmed away by the importer.
        at_start = c == ';' || (at_start && c == ' ');
        out.push(c);
    }
    let shown = terminal(&out);
    if !shown.contains([',', '"', ';', '\'']) {
        return Cow::Owned(shown.into_owned());
    }
    Cow::Owned(format!("\"{}\"", shown.replace('"', "\"\"")))
}

/// Prose in Markdown: neither markup, nor HTML, nor a table cell, nor a link comes out of it.
pub fn markdown(text: &str) -> String {
    let shown = terminal(text);
    let mut out = String::with_capacity(shown.len() + 16);
    let mut rest = shown.chars().peekable();
    let mut start = true;
    while let Some(c) = rest.next() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '|' | '#' | '!' => {
                out.push('\\');
                out.push(c);
            }
            // A bare address becomes a link by itself; one nobody should click.
            ':' if rest.peek() == Some(&'/') => out.push_str("&#58;"),
            // At the start of a line these begin a list, a heading or a rule.
            '-' | '+' | '=' if start => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
        start = false;
    }
    out.replace("www.", "www&#46;")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spreadsheets_get_text_and_no_formulas() {
        let table = [
            ("plain text", "plain text"),
            ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\\t=1\""),
            ("\r=1", "\"'\\r=1\""),
            ("＝1", "\"'＝1\""),
            ("a; =1", "\"a; '=1\""),
            ("a;=1", "\"a;'=1\""),
            (" =1", "\" '=1\""),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("two\nlines", "two\\nlines"),
            ("\u{1b}[31m", "\\u{1b}[31m"),
            ("", ""),
        ];
        for (text, want) in table {
            assert_eq!(csv(text), want, "{text:?}");
        }
    }

    #[test]
    fn markdown_stays_prose() {
        let table = [
            ("a|b`c`", "a\\|b\\`c\\`"),
            ("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"),
            ("[x](http://y)", "\\[x\\](http&#58;//y)"),
            ("![i](u)", "\\!\\[i\\](u)"),
            ("# no\n- heading", "\\# no\\\\n- heading"),
            ("- item", "\\- item"),
            ("www.example.com", "www&#46;example.com"),
            ("snake_case *b*", "snake\\_case \\*b\\*"),
        ];
        for (text, want) in table {
            assert_eq!(markdown(text), want);
        }
    }

    proptest! {
        #[test]
        fn a_csv_field_is_one_field_of_one_line(text in "\\PC*|[\\x00-\\x7f;=]*") {
            let field = csv(&text);
            prop_assert!(!field.contains(['\n', '\r']));
            let inner = field.strip_prefix('"').and_then(|f| f.strip_suffix('"'));
            let value = match inner {
                Some(inner) => {
                    prop_assert!(!inner.replace("\"\"", "").contains('"'));
                    inner.replace("\"\"", "\"")
                }
                None => {
                    prop_assert!(!field.contains([',', '"']));
                    field.to_string()
                }
            };
            prop_assert!(!value.starts_with(FORMULA));
            for part in value.split(';') {
                prop_assert!(!part.trim_start_matches(' ').starts_with(FORMULA));
            }
        }

        #[test]
        fn markdown_never_holds_html_or_an_open_pipe(text in "\\PC*|[<>|`&a]*") {
            let out = markdown(&text);
            prop_assert!(!out.contains(['<', '>']));
            prop_assert!(!out.replace("\\|", "").replace("\\\\", "").contains('|'));
        }
    }
}
