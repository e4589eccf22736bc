//! From a key path to a line, and from a file to its documents.
//!
//! The YAML reader keeps no positions, and only rules with a mistake need one: so the text is
//! searched for the key when there is something to say, by indentation alone.

/// One document of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    /// Its text, from its `---` on.
    pub text: &'a str,
    /// The line in the file on which it starts, 1 for the first.
    pub first_line: usize,
}

/// Cuts a file at its `---` lines; documents of comments and blanks alone are left out.
pub(super) fn split(text: &str) -> Vec<Part<'_>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut parts = Vec::new();
    let (mut start, mut first_line) = (0, 1);
    let mut offset = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let marker = line.strip_prefix("---");
        // `---` at the margin always starts a document, even inside what looks like a text block.
        if offset > start && marker.is_some_and(|rest| rest.trim_start().len() < rest.len()) {
            parts.push(Part {
                text: &text[start..offset],
                first_line,
            });
            (start, first_line) = (offset, number + 1);
        }
        offset += line.len();
    }
    parts.push(Part {
        text: &text[start..],
        first_line,
    });
    parts.retain(|part| part.text.lines().any(has_content));
    parts
}

/// Takes each line for a document.
pub(super) fn each(text: &str) -> Vec<Part<'_>> {
    let lines = text.lines().zip(1..);
    lines
        .map(|(text, first_line)| Part { text, first_line })
        .collect()
}

fn has_content(line: &str) -> bool {
    let line = line.strip_prefix("---").unwrap_or(line).trim();
    !line.is_empty() && !line.starts_with('#') && line != "..."
}

/// A key or a list item that the current line stands under.
struct Frame {
    indent: usize,
    name: String,
    item: Option<usize>,
}

/// Finds the line of the deepest key of `path` that is written on a line of its own.
pub(super) fn find(part: &Part<'_>, path: &[String]) -> usize {
    let mut best = (0, first_content(part));
    let mut frames: Vec<Frame> = Vec::new();
    let mut block: Option<usize> = None;
    for (number, line) in part.text.lines().enumerate() {
        let mut rest = line.trim_start_matches(' ');
        let mut indent = line.len() - rest.len();
        if rest.is_empty() || rest.starts_with('#') || (indent == 0 && rest.starts_with("---")) {
            continue;
        }
        if let Some(outer) = block {
            if indent > outer {
                continue;
            }
            block = None;
        }
        let here = part.first_line + number;
        while let Some(after) = rest.strip_prefix("- ").or_else(|| rest.strip_prefix("-\t")) {
            // A list may stand at the indentation of its key: that key stays.
            let keep = frames
                .iter()
                .position(|f| f.indent > indent)
                .unwrap_or(frames.len());
            frames.truncate(keep);
            let last = frames.last().filter(|frame| frame.indent == indent);
            let count = match last.and_then(|frame| frame.item) {
                Some(count) => {
                    frames.pop();
                    count + 1
                }
                None => 0,
            };
            frames.push(Frame {
                indent,
                name: count.to_string(),
                item: Some(count),
            });
            note(&frames, path, here, &mut best);
            let inner = after.trim_start_matches(' ');
            indent += rest.len() - inner.len();
            rest = inner;
        }
        let Some((name, value)) = key(rest) else {
            continue;
        };
        let keep = frames
            .iter()
            .position(|f| f.indent >= indent)
            .unwrap_or(frames.len());
        frames.truncate(keep);
        frames.push(Frame {
            indent,
            name,
            item: None,
        });
        note(&frames, path, here, &mut best);
        if value.starts_with(['|', '>']) {
            block = Some(indent);
        }
    }
    best.1
}

fn first_content(part: &Part<'_>) -> usize {
    part.first_line + part.text.lines().position(has_content).unwrap_or(0)
}

fn note(frames: &[Frame], path: &[String], line: usize, best: &mut (usize, usize)) {
    let depth = frames.len();
    let on_path = path.len() >= depth && frames.iter().zip(path).all(|(f, key)| f.name == *key);
    if on_path && depth > best.0 {
        *best = (depth, line);
    }
}

/// Splits `key: value`; the key may be quoted.
fn key(line: &str) -> Option<(String, &str)> {
    if let Some(quote) = line.chars().next().filter(|c| matches!(c, '\'' | '"')) {
        let end = line[1..].find(quote)? + 1;
        let value = line[end + 1..].trim_start().strip_prefix(':')?;
        return Some((line[1..end].to_owned(), value.trim_start()));
    }
    let colon = line
        .match_indices(':')
        .map(|(at, _)| at)
        .find(|at| line[at + 1..].is_empty() || line[at + 1..].starts_with([' ', '\t']))?;
    Some((
        line[..colon].trim_end().to_owned(),
        line[colon + 1..].trim_start(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# a comment
title: x
description: |
    tags:
      - not these
tags:
- attack.t1078
- attack.impact
detection:
    selection:
        - 'user.name|re': a
          b: c
        - d:
            - 1
            - 2
    flow: { a|contains: x }
    condition: selection
---
title: y
detection:
  condition: none
";

    fn line(document: usize, path: &[&str]) -> usize {
        let path: Vec<String> = path.iter().map(|key| (*key).to_owned()).collect();
        find(&split(TEXT)[document], &path)
    }

    #[test]
    fn finds_the_line_of_a_key() {
        for (document, path, expected) in [
            (0, &[][..], 2),
            (0, &["title"], 2),
            (0, &["tags"], 6),
            (0, &["tags", "1"], 8),
            (0, &["detection", "selection", "0", "user.name|re"], 11),
            (0, &["detection", "selection", "0", "b"], 12),
            (0, &["detection", "selection", "1", "d", "1"], 15),
            (0, &["detection", "flow", "a|contains"], 16),
            (0, &["detection", "condition"], 17),
            (0, &["nowhere"], 2),
            (1, &["detection", "condition"], 21),
        ] {
            assert_eq!(line(document, path), expected, "{path:?}");
        }
    }

    #[test]
    fn splits_documents_and_drops_empty_ones() {
        let starts = |text| {
            split(text)
                .iter()
                .map(|part| part.first_line)
                .collect::<Vec<_>>()
        };
        assert_eq!(starts("a: 1\n---\nb: 2\n--- # c\n\n---\nc: 3"), [1, 2, 6]);
        assert_eq!(starts("---\na: 1\n---\n# nothing\n"), [1]);
        assert_eq!(starts("\u{feff}a: 1\r\n---\r\nb: 2\r\n"), [1, 2]);
        assert_eq!(starts("a: |\n  --- no\n  text---\n"), [1]);
        assert!(starts("").is_empty());
    }
}
