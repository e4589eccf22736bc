//! The array of records inside a document that is too large to be one record.
//!
//! Enters: the first megabytes of such a document. Leaves: which of its arrays to cut by
//! element. It exists because exports put everything into one `{"Records":[…]}`.

use super::chunk::Header;

/// Longest prefix that is repeated with every piece.
pub(crate) const PREFIX: usize = 256 << 10;
/// Deepest array looked for: `{"tables":[{"rows":[`.
const LEVELS: usize = 4;

/// An open container on the way to where the bytes end.
struct Level {
    array: bool,
    /// The key that it stands under, in its object.
    key: (usize, usize),
    /// Position behind its bracket.
    inside: usize,
    /// Key seen last, for an object.
    latest: (usize, usize),
}

/// Chooses the array: one that stands directly in the document or is the document, or the rows
/// of an `OpenSearch` or Log Analytics result. What stands before it becomes the header, if it is
/// no longer than `prefix`.
pub(crate) fn descend(document: &[u8], prefix: usize) -> Option<Header> {
    let levels = still_open(document);
    let key = |level: &Level| &document[level.key.0..level.key.1];
    let array = |at: usize| levels.get(at).is_some_and(|level| level.array);
    let object = |at: usize| levels.get(at).is_some_and(|level| !level.array);
    let named = |at: usize, name: &[u8]| levels.get(at).is_some_and(|level| key(level) == name);
    let chosen = if array(0) {
        0
    } else if array(1) && named(1, b"tables") && object(2) && array(3) && named(3, b"rows") {
        3
    } else if array(1) {
        1
    } else if object(1) && named(1, b"hits") && array(2) && named(2, b"hits") {
        2
    } else {
        return None;
    };
    let inside = levels.get(chosen)?.inside;
    let close = levels[..=chosen]
        .iter()
        .rev()
        .map(|level| if level.array { b']' } else { b'}' });
    (inside <= prefix).then(|| Header {
        open: document[..inside].to_vec(),
        close: close.collect(),
    })
}

/// The outermost containers that the bytes leave open.
fn still_open(document: &[u8]) -> Vec<Level> {
    let mut levels: Vec<Level> = Vec::new();
    let mut deeper = 0usize;
    let mut string = (0, 0);
    let mut at = 0;
    while let Some(byte) = document.get(at) {
        at += 1;
        match byte {
            b'"' => {
                let start = at;
                at = string_end(document, at);
                string = (start, at.saturating_sub(1).max(start));
            }
            b':' if deeper == 0 => {
                if let Some(level) = levels.last_mut() {
                    level.latest = string;
                }
            }
            b'{' | b'[' if deeper == 0 && levels.len() < LEVELS => {
                let key = levels.last().filter(|level| !level.array);
                let key = key.map_or((0, 0), |level| level.latest);
                levels.push(Level {
                    array: *byte == b'[',
                    key,
                    inside: at,
                    latest: (0, 0),
                });
            }
            b'{' | b'[' => deeper += 1,
            b'}' | b']' if deeper > 0 => deeper -= 1,
            b'}' | b']' => {
                levels.pop();
            }
            _ => {}
        }
    }
    levels
}

/// Position behind the quote that closes a string.
fn string_end(document: &[u8], mut at: usize) -> usize {
    while let Some(found) = memchr::memchr2(b'"', b'\\', &document[at..]) {
        at += found + 1;
        if document[at - 1] == b'"' {
            return at;
        }
        at = (at + 1).min(document.len());
    }
    document.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chooses() {
        for (document, open) in [
            (r#"[{"a":1},{"#, Some("[")),
            (r#"{"Records":[{"a":[1,2"#, Some(r#"{"Records":["#)),
            (
                r#"{"m":"[{\"","x":[],"logEvents":[{"#,
                Some(r#"{"m":"[{\"","x":[],"logEvents":["#),
            ),
            (
                r#"{"took":1,"hits":{"total":{"v":1},"hits":[{"a"#,
                Some(r#"{"took":1,"hits":{"total":{"v":1},"hits":["#),
            ),
            (
                r#"{"tables":[{"columns":[{}],"rows":[["#,
                Some(r#"{"tables":[{"columns":[{}],"rows":["#),
            ),
            (r#"{"Records":[{"rows":[["#, Some(r#"{"Records":["#)),
            (r#"{"responseObject":{"items":[{},{"#, None),
            (r#"{"a":"very long"#, None),
            (r#"{"a":[1],"b":"very long"#, None),
            ("", None),
        ] {
            let found = descend(document.as_bytes(), PREFIX);
            let found = found.map(|header| String::from_utf8(header.open).unwrap());
            assert_eq!(found.as_deref(), open, "{document}");
        }
        let header = descend(br#"{"tables":[{"rows":["#, PREFIX).unwrap();
        assert_eq!(header.envelope(), br#"{"tables":[{"rows":[]}]}"#);
    }

    #[test]
    fn a_long_prefix_is_refused() {
        let document = format!("{{\"a\":\"{}\",\"b\":[", "x".repeat(PREFIX));
        assert_eq!(descend(document.as_bytes(), PREFIX), None);
    }

    #[test]
    fn depth_costs_no_memory() {
        assert_eq!(still_open(&b"[".repeat(1 << 20)).len(), LEVELS);
    }
}
