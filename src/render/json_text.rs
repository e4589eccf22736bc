//! Serialisable values in, JSON text that is safe to look at in a terminal out.
//!
//! JSON leaves DEL, C1 controls, direction overrides and line separators raw; written as `\u`
//! escapes they mean the same to a parser and nothing to a terminal or a script tag.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use super::escape::hazard;

/// Bytes of a usual finding.
const USUAL: usize = 4 << 10;

/// Compact form, one object a line.
pub fn write_line<T: Serialize>(value: &T, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(&line(value)?)
}

/// The same, for who writes it later.
pub(super) fn line<T: Serialize>(value: &T) -> io::Result<Vec<u8>> {
    let mut line = compact(value)?;
    line.push(b'\n');
    Ok(line)
}

/// Compact form without the newline.
pub(super) fn write_value<T: Serialize>(value: &T, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(&compact(value)?)
}

/// In one piece: objects have thousands of small parts, and a stream would be asked for each.
fn compact<T: Serialize>(value: &T) -> io::Result<Vec<u8>> {
    let mut text = Vec::with_capacity(USUAL);
    let mut serializer = Serializer::with_formatter(&mut text, Safe(CompactFormatter));
    value.serialize(&mut serializer)?;
    Ok(text)
}

/// Indented form with a newline, for people and for files that are read as a whole.
pub(super) fn write_pretty<T: Serialize>(value: &T, out: &mut dyn Write) -> io::Result<()> {
    let formatter = Safe(PrettyFormatter::new());
    let mut serializer = Serializer::with_formatter(&mut *out, formatter);
    value.serialize(&mut serializer).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

/// A formatter that escapes what JSON would not.
struct Safe<F>(F);

impl<F: Formatter> Formatter for Safe<F> {
    fn write_string_fragment<W>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + Write,
    {
        // All bytes at once: looking for the first would be several times as slow.
        if fragment.bytes().fold(0, |most, byte| byte.max(most)) < 0x7f {
            return writer.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| hazard(*c)) {
            let (clean, tail) = rest.split_at(at);
            writer.write_all(clean.as_bytes())?;
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = tail.get(c.len_utf8()..).unwrap_or_default();
        }
        writer.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::term::capture::Closed;

    fn line<T: Serialize>(value: &T) -> String {
        let mut out = Vec::new();
        write_line(value, &mut out).expect("a vector takes all");
        String::from_utf8(out).expect("JSON is UTF-8")
    }

    #[test]
    fn hazards_become_escapes_and_the_rest_stays() {
        assert_eq!(
            line(&"\u{1b}[2J\u{7f}\u{9b}\u{202e}\u{2028}漢\"\\"),
            "\"\\u001b[2J\\u007f\\u009b\\u202e\\u2028漢\\\"\\\\\"\n"
        );
        assert_eq!(line(&"\u{e0041}"), "\"\\udb40\\udc41\"\n");
    }

    #[test]
    fn a_closed_pipe_keeps_its_kind() {
        let error = write_line(&[1, 2], &mut Closed).expect_err("the pipe is closed");
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }

    proptest! {
        #[test]
        fn a_parser_reads_what_was_meant(text in "[\\x00-\\u{10ffff}]*") {
            let written = line(&text);
            prop_assert!(!written.trim_end_matches('\n').chars().any(hazard));
            prop_assert_eq!(serde_json::from_str::<String>(&written).ok(), Some(text.clone()));
            let mut pretty = Vec::new();
            write_pretty(&vec![&text], &mut pretty).expect("a vector takes all");
            let read: Vec<String> = serde_json::from_slice(&pretty).expect("JSON");
            prop_assert_eq!(read, vec![text]);
        }
    }
}
