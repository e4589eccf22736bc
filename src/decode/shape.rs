//! What text promises by its beginning.

use std::borrow::Cow;

use crate::load;

pub(super) fn looks_like_json(inner: &[u8]) -> bool {
    matches!(inner.trim_ascii_start().first(), Some(b'{' | b'['))
}

/// What the beginning of a chunk promises.
pub(super) enum LineKind {
    Json,
    Lines,
    /// The line of a CSV file's column names, and rows.
    Csv,
    Foreign(String),
    Nothing,
}

pub(super) fn first_line_kind(bytes: &[u8]) -> LineKind {
    let text = bytes.trim_ascii_start();
    let Some(first) = text.first() else {
        return LineKind::Nothing;
    };
    if matches!(first, b'{' | b'[') && !load::is_stamped(text) {
        return LineKind::Json;
    }
    if load::columns(text).is_some() {
        return LineKind::Csv;
    }
    if matches!(first, b',' | b'"') {
        return LineKind::Json;
    }
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = &line[..line.len().min(1 << 16)];
    let head = &text[..text.len().min(4096)];
    if head.iter().any(|byte| matches!(byte, 0..=8 | 14..=31)) {
        return LineKind::Foreign("binary data of no known kind".to_owned());
    }
    if let Some(hint) = instead(line) {
        return LineKind::Foreign(hint.to_owned());
    }
    if memchr::memchr(b'{', line).is_some_and(|at| at < 200) {
        return LineKind::Lines;
    }
    let commas = memchr::memchr_iter(b',', line).count();
    LineKind::Foreign(match () {
        () if text.starts_with(b"---") => "YAML: export the log as JSON".to_owned(),
        () if commas >= 2 => foreign_csv(line),
        () => format!("text of no known log (first line {:?})", shown(line)),
    })
}

/// What to export in the place of a line of text, where that is known: Falco writes
/// `08:00:01.482913771: Notice …`, or a whole time before the colon.
pub(super) fn instead(line: &[u8]) -> Option<&'static str> {
    const PRIORITIES: [&[u8]; 8] = [
        b"Emergency ",
        b"Alert ",
        b"Critical ",
        b"Error ",
        b"Warning ",
        b"Notice ",
        b"Informational ",
        b"Debug ",
    ];
    let (time, rest) = line.split_at_checked(memchr::memmem::find(line, b": ")?)?;
    let of_time = |byte: &u8| byte.is_ascii_digit() || b":.-+TZ".contains(byte);
    let is_time = time.first().is_some_and(u8::is_ascii_digit) && time.iter().all(of_time);
    let falco = is_time && PRIORITIES.iter().any(|word| rest[2..].starts_with(word));
    falco.then_some("Falco's plain text: set json_output: true in falco.yaml and take the JSON")
}

/// The same for an object, by its keys.
pub(super) fn instead_of(keys: &[Cow<str>]) -> Option<&'static str> {
    let has = |key| keys.iter().any(|own| own == key);
    let graph = has("providerAlertId") && has("serviceSource") && has("alertPolicyId");
    graph.then_some(
        "alerts of Microsoft Graph: take those of Defender for Cloud, az security alert list",
    )
}

/// The one line that a CSV file is refused with.
pub(super) fn foreign_csv(line: &[u8]) -> String {
    format!("CSV of no known export (first line {:?})", shown(line))
}

/// The beginning of a first line.
fn shown(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line.trim_ascii_end());
    text.chars().take(60).collect()
}

/// The next place where a record may start: an opening brace behind a comma, a bracket, a
/// closing brace or a line break, with a key behind it.
pub(super) fn next_start(bytes: &[u8], mut at: usize) -> Option<usize> {
    while let Some(step) = bytes.get(at..).and_then(|rest| memchr::memchr(b'{', rest)) {
        at += step;
        let before = bytes[..at].trim_ascii_end();
        let fits = match before.last() {
            None | Some(b',' | b'[' | b'}') => true,
            Some(_) => bytes[before.len()..at].contains(&b'\n'),
        };
        if fits && bytes[at + 1..].trim_ascii_start().first() == Some(&b'"') {
            return Some(at);
        }
        at += 1;
    }
    None
}
