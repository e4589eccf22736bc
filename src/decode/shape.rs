//! What text promises by its beginning.

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
