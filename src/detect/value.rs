//! One test against one value.
//!
//! Text is compared without case unless a rule says otherwise; numbers, booleans and containers
//! are compared as the text they are written as.

use std::borrow::Cow;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use chrono::{Datelike, Timelike};
use ipnet::IpNet;
use regex::bytes::{Regex, RegexBuilder};

use super::ast::{Atom, Cased, Comparison, Pattern, Piece, TimePart};
use crate::decode::{path, text};
use crate::model::Time;

/// A value of a record as a rule meets it.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// As the log writes it.
    Raw(&'a [u8]),
    /// Computed text.
    Text(&'a str),
}

impl<'a> Value<'a> {
    /// The value as text.
    pub fn bytes(self) -> Cow<'a, [u8]> {
        match self {
            Value::Raw(raw) => text::bytes(raw),
            Value::Text(text) => Cow::Borrowed(text.as_bytes()),
        }
    }

    /// Null or the empty string.
    pub fn is_nothing(self) -> bool {
        match self {
            Value::Raw(raw) => matches!(raw, b"" | b"null" | b"\"\""),
            Value::Text(text) => text.is_empty(),
        }
    }
}

/// Compiled tests of one item, joined by "any".
#[derive(Clone, Debug, Default)]
pub struct Tests {
    tests: Vec<Test>,
    /// Exact texts, lower-cased and sorted, where there are many.
    exact: Vec<Box<[u8]>>,
}

#[derive(Clone, Debug)]
enum Test {
    Nothing,
    Something,
    Present,
    Exact(Box<[u8]>),
    Start(Box<[u8]>),
    End(Box<[u8]>),
    Inside(AhoCorasick),
    /// Case counts, or the literal has letters outside ASCII: lower-cased by Unicode unless
    /// case counts.
    Slow(Pattern, Cased),
    Regex(Regex),
    Cidr(IpNet),
    Compare(Comparison, f64),
    Part(TimePart, Comparison, i64),
}

/// Why an atom could not be compiled.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct CompileError(String);

impl Tests {
    /// Compiles atoms; `FieldRef` and `Exists(false)` are not for here.
    pub fn compile(atoms: &[Atom]) -> Result<Tests, CompileError> {
        let mut out = Tests::default();
        let mut inside: Vec<String> = Vec::new();
        for atom in atoms {
            match atom {
                Atom::Text(Pattern::Exact(text), Cased::No) if text.is_ascii() => {
                    out.exact
                        .push(text.to_ascii_lowercase().into_bytes().into());
                }
                Atom::Text(Pattern::Inside(text), Cased::No) if text.is_ascii() => {
                    inside.push(text.clone())
                }
                atom => out.tests.push(Test::compile(atom)?),
            }
        }
        if !inside.is_empty() {
            // Others are faster and ten times the size; there are hundreds of lists.
            let automaton = AhoCorasick::builder()
                .kind(Some(AhoCorasickKind::ContiguousNFA))
                .ascii_case_insensitive(true)
                .build(&inside)
                .map_err(|error| CompileError(error.to_string()))?;
            out.tests.push(Test::Inside(automaton));
        }
        out.exact.sort();
        out.exact.dedup();
        if out.exact.len() <= 4 {
            let few = std::mem::take(&mut out.exact);
            out.tests.extend(few.into_iter().map(Test::Exact));
        }
        Ok(out)
    }

    /// Whether one of the tests holds for the value, or for an element of it.
    pub fn any(&self, value: Value) -> bool {
        if let Value::Raw(raw) = value {
            match raw.first() {
                Some(b'[') => {
                    let mut hit = false;
                    path::elements(raw, |element| {
                        hit = self.any(Value::Raw(element));
                        !hit
                    });
                    return hit || self.container(raw);
                }
                Some(b'{') => return self.container(raw),
                _ => {}
            }
        }
        let bytes = value.bytes();
        self.scalar(&bytes, value.is_nothing())
    }

    /// A container is text too: compact, and once more with the escapes inside it resolved.
    fn container(&self, raw: &[u8]) -> bool {
        let compact = text::compact(raw);
        let empty = matches!(&*compact, b"[]");
        if self.scalar(&compact, empty) {
            return true;
        }
        memchr::memchr(b'\\', &compact).is_some() && self.scalar(&text::unescape(&compact), empty)
    }

    fn scalar(&self, bytes: &[u8], nothing: bool) -> bool {
        if !self.exact.is_empty() {
            let lower = || bytes.iter().map(u8::to_ascii_lowercase);
            let found = |known: &[u8]| known.iter().copied().cmp(lower());
            if self.exact.binary_search_by(|known| found(known)).is_ok() {
                return true;
            }
        }
        self.tests.iter().any(|test| test.holds(bytes, nothing))
    }
}

impl Test {
    fn compile(atom: &Atom) -> Result<Test, CompileError> {
        Ok(match atom {
            Atom::Null | Atom::Exists(false) => Test::Nothing,
            Atom::Exists(true) => Test::Something,
            Atom::Text(pattern, cased) => Test::pattern(pattern, *cased)?,
            Atom::Regex(source) => {
                let regex = RegexBuilder::new(source).size_limit(1 << 22).build();
                Test::Regex(regex.map_err(|error| CompileError(error.to_string()))?)
            }
            Atom::Cidr(net) => Test::Cidr(*net),
            Atom::Compare(comparison, number) => Test::Compare(*comparison, *number),
            Atom::TimePart(part, comparison, number) => Test::Part(*part, *comparison, *number),
            Atom::FieldRef(..) => {
                return Err(CompileError("a field reference is no literal".to_owned()));
            }
        })
    }

    fn pattern(pattern: &Pattern, cased: Cased) -> Result<Test, CompileError> {
        let literal = |text: &str| text.to_ascii_lowercase().into_bytes().into();
        Ok(match pattern {
            Pattern::Present => Test::Present,
            Pattern::Wild(pieces) => {
                let mut source = String::from(if cased == Cased::Yes {
                    "(?s)^"
                } else {
                    "(?si)^"
                });
                for piece in pieces {
                    match piece {
                        Piece::Text(text) => source.push_str(&regex::escape(text)),
                        Piece::Many => source.push_str(".*"),
                        Piece::One => source.push('.'),
                    }
                }
                source.push('$');
                return Test::compile(&Atom::Regex(source));
            }
            Pattern::Exact(text) if cased == Cased::No && text.is_ascii() => {
                Test::Exact(literal(text))
            }
            Pattern::Start(text) if cased == Cased::No && text.is_ascii() => {
                Test::Start(literal(text))
            }
            Pattern::End(text) if cased == Cased::No && text.is_ascii() => Test::End(literal(text)),
            pattern => Test::Slow(pattern.clone(), cased),
        })
    }

    fn holds(&self, bytes: &[u8], nothing: bool) -> bool {
        let number = || std::str::from_utf8(bytes).ok()?.trim().parse::<f64>().ok();
        match self {
            Test::Nothing => nothing,
            Test::Something => !(nothing && bytes != b""),
            Test::Present => !nothing,
            Test::Exact(text) => bytes.eq_ignore_ascii_case(text),
            Test::Start(text) => bytes
                .get(..text.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(text)),
            Test::End(text) => {
                let at = bytes.len().checked_sub(text.len());
                at.is_some_and(|at| bytes[at..].eq_ignore_ascii_case(text))
            }
            Test::Inside(automaton) => automaton.is_match(bytes),
            Test::Slow(pattern, cased) => slow(pattern, *cased, bytes),
            Test::Regex(regex) => regex.is_match(bytes),
            Test::Cidr(net) => crate::normalize::address::classify(&String::from_utf8_lossy(bytes))
                .ip
                .is_some_and(|ip| net.contains(&ip)),
            Test::Compare(comparison, right) => {
                number().is_some_and(|left| compare(*comparison, left, *right))
            }
            Test::Part(part, comparison, right) => {
                let time = Time::parse(&String::from_utf8_lossy(bytes));
                time.is_some_and(|time| {
                    compare(*comparison, part_of(*part, time) as f64, *right as f64)
                })
            }
        }
    }
}

fn slow(pattern: &Pattern, cased: Cased, bytes: &[u8]) -> bool {
    let fold = |text: &str| {
        if cased == Cased::Yes {
            text.to_owned()
        } else {
            text.to_lowercase()
        }
    };
    let value = fold(&String::from_utf8_lossy(bytes));
    match pattern {
        Pattern::Exact(text) => value == fold(text),
        Pattern::Start(text) => value.starts_with(&fold(text)),
        Pattern::End(text) => value.ends_with(&fold(text)),
        Pattern::Inside(text) => value.contains(&fold(text)),
        Pattern::Present => true,
        Pattern::Wild(_) => false,
    }
}

/// Whether `left comparison right` holds.
pub fn compare(comparison: Comparison, left: f64, right: f64) -> bool {
    match comparison {
        Comparison::Lt => left < right,
        Comparison::Lte => left <= right,
        Comparison::Gt => left > right,
        Comparison::Gte => left >= right,
        Comparison::Eq => left == right,
        Comparison::Neq => left != right,
    }
}

fn part_of(part: TimePart, time: Time) -> i64 {
    let time = time.datetime();
    match part {
        TimePart::Minute => i64::from(time.minute()),
        TimePart::Hour => i64::from(time.hour()),
        TimePart::Day => i64::from(time.day()),
        TimePart::Week => i64::from(time.iso_week().week()),
        TimePart::Month => i64::from(time.month()),
        TimePart::Year => i64::from(time.year()),
    }
}

/// Whether two texts of one record stand to each other as a field reference asks.
pub fn refers(side: super::ast::Side, cased: Cased, value: &[u8], other: &[u8]) -> bool {
    use super::ast::Side;
    let text = String::from_utf8_lossy(other).into_owned();
    let pattern = match side {
        Side::Whole => Pattern::Exact(text),
        Side::Start => Pattern::Start(text),
        Side::End => Pattern::End(text),
        Side::Inside => Pattern::Inside(text),
    };
    slow(&pattern, cased, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(atom: Atom, raw: &str) -> bool {
        Tests::compile(&[atom])
            .unwrap()
            .any(Value::Raw(raw.as_bytes()))
    }

    fn text(pattern: Pattern) -> Atom {
        Atom::Text(pattern, Cased::No)
    }

    #[test]
    fn values_compare_as_text_without_case() {
        let exact = |t: &str| text(Pattern::Exact(t.to_owned()));
        assert!(holds(exact("NO"), r#""No""#));
        assert!(holds(exact("false"), "false"));
        assert!(holds(exact("22"), "22"));
        assert!(holds(exact("401"), r#""401""#));
        assert!(!holds(exact("straße"), r#""STRASSE""#));
        assert!(holds(exact("ÉTÉ"), r#""été""#));
        assert!(!holds(
            Atom::Text(Pattern::Exact("No".to_owned()), Cased::Yes),
            r#""NO""#
        ));
        assert!(holds(exact("a\"b"), r#""A\"b""#));
    }

    #[test]
    fn any_element_and_the_container_as_text() {
        let inside = |t: &str| text(Pattern::Inside(t.to_owned()));
        assert!(holds(
            text(Pattern::Exact("x".to_owned())),
            r#"["y",["X"]]"#
        ));
        assert!(holds(
            inside(r#""s3:GetObject""#),
            r#"{"Action": "s3:GetObject"}"#
        ));
        assert!(holds(
            inside(r#""Action":"*""#),
            r#"{"doc":"{\"Action\":\"*\"}"}"#
        ));
        assert!(holds(Atom::Null, "[null]"));
        assert!(holds(Atom::Exists(true), r#""""#));
        assert!(!holds(Atom::Exists(true), "null"));
    }

    #[test]
    fn patterns_numbers_addresses_times() {
        let wild = |pieces| text(Pattern::Wild(pieces));
        let pieces = vec![
            Piece::Text("v".into()),
            Piece::Many,
            Piece::Text(".Delete".into()),
        ];
        assert!(holds(wild(pieces), r#""V1.compute.delete""#));
        assert!(holds(
            wild(vec![Piece::Text("a".into()), Piece::One]),
            r#""aé""#
        ));
        assert!(holds(Atom::Compare(Comparison::Gte, 5.0), r#""5""#));
        assert!(!holds(Atom::Compare(Comparison::Gt, 5.0), "5"));
        assert!(holds(
            Atom::Cidr("192.0.2.0/24".parse().unwrap()),
            r#""192.0.2.7""#
        ));
        assert!(!holds(
            Atom::Cidr("192.0.2.0/24".parse().unwrap()),
            r#""ec2.amazonaws.com""#
        ));
        assert!(holds(
            Atom::TimePart(TimePart::Hour, Comparison::Eq, 13),
            r#""2024-01-01T13:59:00Z""#
        ));
        assert!(holds(Atom::Regex("^a.c$".into()), r#""abc""#));
    }
}
