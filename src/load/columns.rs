//! The first lines of a text that does not begin like JSON.
//!
//! Enters: the beginning of a text. Leaves: how long the line of its column names is, if it is
//! CSV; where JSON begins below the words of a tool. It exists because the cutter and the decoder
//! have to see the same: the one repeats the names with every piece, the other reads them.

/// Longest first line that is taken for column names.
const FIRST_LINE: usize = 64 << 10;
/// Longest name of a column.
const NAME: usize = 256;
/// Lines of text that may stand before JSON.
const FIRST_LINES: usize = 64;

/// Bytes of the column names in front of the rows: one line, or two where a note stands before
/// it. `None` where the text is no CSV.
#[must_use]
pub fn columns(text: &[u8]) -> Option<usize> {
    let note = note(text).map_or(0, |(_, length)| length);
    let rest = &text[note..];
    let end = memchr::memchr(b'\n', rest)? + 1;
    let line = rest[..end].trim_ascii_end();
    if end > FIRST_LINE || line.contains(&b'{') {
        return None;
    }
    let separated = separator(text, line).map(|separator| {
        let cells = line.split(|byte| *byte == separator).map(name);
        let mut names = cells.filter(|cell| !cell.is_empty()).peekable();
        names.peek().is_some() && names.all(is_name)
    });
    let fits = match separated {
        Some(fits) => fits,
        // One column alone: a name, and below it cells in quotes.
        None => is_name(name(line)) && rest[end..].trim_ascii_start().starts_with(b"\"{"),
    };
    fits.then_some(note + end)
}

/// What separates the cells of this first line; a spreadsheet's note in front of it decides.
#[must_use]
pub fn separator(text: &[u8], line: &[u8]) -> Option<u8> {
    if let Some((Some(separator), _)) = note(text) {
        return Some(separator);
    }
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
    for byte in line {
        quoted ^= *byte == b'"';
        let mut known = counts.iter_mut();
        if let Some((_, count)) = known.find(|(one, _)| one == byte && !quoted) {
            *count += 1;
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max()?;
    let found = counts
        .iter()
        .find(|(_, count)| *count == most && most > 0)?;
    Some(found.0)
}

/// The line in front of the names, and its length: `sep=;` of a spreadsheet, which tells the
/// separator, or `#TYPE System.Object` of PowerShell.
#[must_use]
pub fn note(text: &[u8]) -> Option<(Option<u8>, usize)> {
    if text.starts_with(b"#TYPE ") {
        let end = memchr::memchr(b'\n', &text[..text.len().min(FIRST_LINE)])?;
        return Some((None, end + 1));
    }
    let rest = text.strip_prefix(b"sep=").or(text.strip_prefix(b"SEP="))?;
    match rest {
        [separator, b'\n', ..] => Some((Some(*separator), 6)),
        [separator, b'\r', b'\n', ..] => Some((Some(*separator), 7)),
        _ => None,
    }
}

/// A cell of the first line without what surrounds the name: quotes, and the mark that keeps a
/// spreadsheet from taking it for a formula.
#[must_use]
pub fn name(cell: &[u8]) -> &[u8] {
    let cell = cell.trim_ascii();
    let inner = cell
        .strip_prefix(b"\"")
        .and_then(|rest| rest.strip_suffix(b"\""))
        .unwrap_or(cell)
        .trim_ascii();
    match inner {
        [b'\'', rest @ ..] if rest.first().is_some_and(|byte| b"=+-@".contains(byte)) => rest,
        _ => inner,
    }
}

/// Whether a text begins with a time or a name in brackets, `[2026-05-12 …`, `[pod/falco-x7f/…`: a
/// log, and no JSON.
#[must_use]
pub fn is_stamped(text: &[u8]) -> bool {
    let [b'[', rest @ ..] = text else {
        return false;
    };
    let time = rest.len() > 4 && rest[..4].iter().all(u8::is_ascii_digit) && rest[4] == b'-';
    let word = rest.first().is_some_and(u8::is_ascii_alphabetic);
    let json = [&b"true"[..], b"false", b"null"];
    time || word && !json.iter().any(|json| rest.starts_with(json))
}

/// Where the first lines begin values, below the words of a tool that came before what it wrote.
/// A cell in quotes may hold lines that look like it.
pub fn json_below(text: &[u8]) -> impl Iterator<Item = usize> {
    let (mut at, mut quoted) = (0, false);
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    lines.take(FIRST_LINES + 1).filter_map(move |line| {
        let start = at;
        at += line.len();
        let value = !quoted && is_json(line);
        quoted ^= memchr::memchr_iter(b'"', line).count() % 2 == 1;
        value.then_some(start)
    })
}

/// Whether a line begins a value, and not a row or a word in brackets.
fn is_json(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.starts_with(b"{") || line.starts_with(b"[{") || line == b"["
}

/// Names begin with a letter; a log's text begins with a time or a bracket.
fn is_name(cell: &[u8]) -> bool {
    // Log Analytics writes the zone of a time behind its name.
    let cell = cell.strip_suffix(b" [UTC]").unwrap_or(cell);
    let head = |byte: &u8| byte.is_ascii_alphabetic() || b"_@#$('".contains(byte) || *byte > 0x7f;
    cell.len() <= NAME
        && cell.first().is_some_and(head)
        && !cell.iter().any(|byte| b"=\"".contains(byte))
        && brackets_hold_words(cell)
}

/// Whether brackets stand in a name only around a place in a list or a word: `resources[0].type`.
fn brackets_hold_words(cell: &[u8]) -> bool {
    let mut parts = cell.split(|byte| *byte == b'[');
    !parts.next().unwrap_or_default().contains(&b']')
        && parts.all(|part| {
            let end = memchr::memchr(b']', part);
            end.is_some_and(|end| {
                part[..end].iter().all(u8::is_ascii_alphanumeric)
                    && !part[end + 1..].contains(&b']')
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_column_names_from_text() {
        let table: [(&str, Option<&str>); 23] = [
            ("a.b[0].c,d[]\n1,2\n", Some("a.b[0].c,d[]\n")),
            ("a.param[x],b\n1,2\n", Some("a.param[x],b\n")),
            ("a],b[0\n1,2\n", None),
            ("a,b,c\n1,2,3\n", Some("a,b,c\n")),
            ("a;b\r\n1;2\r\n", Some("a;b\r\n")),
            ("\"a\",\"b\"\n\"1\",\"2\"\n", Some("\"a\",\"b\"\n")),
            ("sep=;\na;b\n1;2\n", Some("sep=;\na;b\n")),
            (
                "SEP=,\r\nOperation name,Time\r\n",
                Some("SEP=,\r\nOperation name,Time\r\n"),
            ),
            (
                "#TYPE Selected.Object\r\n\"a\",\"b\"\r\n",
                Some("#TYPE Selected.Object\r\n\"a\",\"b\"\r\n"),
            ),
            ("'@timestamp,'@message\n", Some("'@timestamp,'@message\n")),
            (",eventID,eventName\n0,x,y\n", Some(",eventID,eventName\n")),
            ("Zeit;Größe\n", Some("Zeit;Größe\n")),
            ("a,Time [UTC]\n1,2\n", Some("a,Time [UTC]\n")),
            ("@message\n\"{\"\"a\"\":1}\"\n", Some("@message\n")),
            ("@message\n{}\n", None),
            ("a,b,c", None),
            ("1,2,3\n4,5,6\n", None),
            ("[2026-05-12 08:00:00,123] DEBUG Principal = User:a\n", None),
            ("2026-05-12T08:00:00Z a, b\n", None),
            ("\"{\\\"a\\\":1}\",\"x\"\n", None),
            ("plain words\n", None),
            (",,,\n", None),
            ("Principal = a, Operation = b\n", None),
        ];
        for (text, want) in table {
            assert_eq!(columns(text.as_bytes()), want.map(str::len), "{text:?}");
        }
    }
}
