//! One bad record costs only itself.
//!
//! Enters: streams with something wrong in the middle. Leaves: nothing. It exists because a
//! cutter that loses its place loses everything behind it.

use super::super::cut::{Window, Windows};
use super::*;

fn windows(text: &[u8], window: usize, record: usize) -> Vec<Window> {
    let options = Options {
        window,
        record,
        ..Options::default()
    };
    let mut windows = Windows::new(text, &options);
    std::iter::from_fn(|| windows.next()).collect()
}

fn problems(windows: &[Window]) -> Vec<(String, Option<u64>, u64)> {
    windows
        .iter()
        .flat_map(|window| &window.problems)
        .map(|problem| (problem.reason.clone(), problem.offset, problem.records))
        .collect()
}

fn good(count: usize) -> String {
    (0..count)
        .map(|id| format!("{{\"id\":{id},\"tags\":[\"x\"]}}\n"))
        .collect()
}

#[test]
fn a_bad_line_moves_no_border_into_another_line() {
    for bad in [
        "{\"a\":\"cut in a string\n",
        "{\"a\":{\"b\":[\n",
        "{\"a\":[1,\n",
        "\"b\":1}}}\n",
        "text with a \" quote\n",
        "{\"a\":1} and more\n",
        "\\\n",
        "}\n",
    ] {
        let text = format!("{}{bad}{}", good(30), good(60));
        let found = windows(text.as_bytes(), 128, 512);
        assert_eq!(problems(&found), [], "{bad}");
        let joined: Vec<u8> = found
            .iter()
            .flat_map(|window| window.bytes.clone())
            .collect();
        let squeeze = |text: &[u8]| {
            text.iter()
                .copied()
                .filter(|it| !it.is_ascii_whitespace())
                .collect::<Vec<_>>()
        };
        assert!(
            squeeze(&joined) == squeeze(text.as_bytes()),
            "{bad}: nothing is lost"
        );
        for window in &found {
            let text = String::from_utf8_lossy(&window.bytes);
            let whole = |line: &&str| serde_json::from_str::<serde_json::Value>(line).is_ok();
            let broken: Vec<_> = text.lines().filter(|line| !whole(line)).collect();
            assert!(
                broken.iter().all(|line| bad.contains(line.trim())),
                "{bad}: a good line was cut: {broken:?}"
            );
        }
    }
}

#[test]
fn a_huge_record_is_skipped_and_counted() {
    let huge = format!("{{\"a\":\"{}\"}}", "x".repeat(2000));
    let reason = || "record larger than 512 bytes".to_owned();
    let text = format!("{}{huge}\n{}", good(20), good(20));
    let found = windows(text.as_bytes(), 128, 512);
    let offset = text.find("{\"a\"").unwrap() as u64;
    assert_eq!(problems(&found), [(reason(), Some(offset), 1)]);
    let kept: usize = found
        .iter()
        .map(|window| window.bytes.iter().filter(|it| **it == b'\n').count())
        .sum();
    assert_eq!(kept, 40);
    assert!(
        found
            .iter()
            .all(|window| !window.bytes.contains(&b'a') || window.bytes.len() <= 512)
    );

    let text = format!("[{{\"id\":1}},{huge},{{\"id\":2}}]");
    let found = windows(text.as_bytes(), 128, 512);
    assert_eq!(problems(&found), [(reason(), Some(10), 1)]);
    assert_eq!(found[0].bytes, b"{\"id\":1}");
    assert_eq!(found[1].bytes, b"{\"id\":2}");
    assert_eq!(
        found[1].problems.len(),
        1,
        "the skipped one comes before this one"
    );

    let found = windows(format!("[{huge}]{{}}").as_bytes(), 128, 512);
    assert_eq!(problems(&found), [(reason(), Some(1), 1)]);
    assert_eq!(found[0].bytes, b"{}");

    let found = windows(huge.as_bytes(), 128, 512);
    assert_eq!(problems(&found), [(reason(), Some(0), 1)]);
    assert!(found[0].bytes.is_empty());
}

#[test]
fn a_huge_line_of_text_is_skipped() {
    let text = format!("2024 a {{}}\n{}\n2024 b {{}}\n", "x".repeat(2000));
    let found = windows(text.as_bytes(), 64, 512);
    assert_eq!(
        problems(&found),
        [("record larger than 512 bytes".to_owned(), Some(10), 1)]
    );
    let texts: Vec<_> = found.iter().map(|window| window.bytes.as_slice()).collect();
    assert_eq!(texts, [&b"2024 a {}\n"[..], b"2024 b {}\n"]);
}

#[test]
fn a_huge_broken_line_ends_at_the_next() {
    // Never closed, and longer than a record may be: only the line behind it tells.
    let text = format!("{{\"a\":{{\"b\":\"{}\"}}\n{}", "x".repeat(2000), good(20));
    let found = windows(text.as_bytes(), 128, 512);
    assert_eq!(problems(&found).len(), 1);
    let kept: usize = found
        .iter()
        .map(|window| window.bytes.iter().filter(|it| **it == b'\n').count())
        .sum();
    assert_eq!(kept, 20);
}

#[test]
fn an_open_quote_does_not_hide_the_rows_behind_it() {
    let rows: String = (0..100).map(|row| format!("{row},text\n")).collect();
    let text = format!("id,text\n1,\"never closed\n{rows}");
    let found = windows(text.as_bytes(), 128, 512);
    assert_eq!(problems(&found), []);
    let joined: Vec<u8> = found
        .iter()
        .flat_map(|window| window.bytes.clone())
        .collect();
    assert_eq!(joined, text.as_bytes());
    assert!(found.len() > 3);
    assert_eq!(found[0].framing, Framing::Documents);
    assert!(
        found[1..]
            .iter()
            .all(|window| window.framing == Framing::Rows)
    );
}

#[test]
fn floods_are_bounded() {
    for flood in [
        &b" "[..],
        b"\n",
        b"{",
        b"}",
        b"[",
        b"\"",
        b"\\",
        b",",
        b"x",
        b"\"\n",
        b"{}",
        b"[1,",
    ] {
        let text = flood.repeat((1 << 20) / flood.len());
        for lead in ["", "{", "[", "{\"a\":[", "\""] {
            let text = [lead.as_bytes(), &text].concat();
            let options = Options {
                window: 4 << 10,
                record: 16 << 10,
                ..Options::default()
            };
            let mut windows = Windows::new(&text[..], &options);
            while let Some(window) = windows.next() {
                assert!(window.bytes.len() <= 20 << 10);
                assert!(window.bytes.capacity() <= 40 << 10);
                assert!(windows.buffer.capacity() <= 40 << 10);
            }
        }
    }
}

#[test]
fn an_array_that_is_never_closed() {
    let many = vec!["{\"id\":1}"; 100].join(",");
    for (lead, tail, reported) in [
        ("[", "", 1),
        ("[", ",", 1),
        ("[", " ]", 0),
        ("{\"Records\":[", "]", 1),
        ("{\"Records\":[", "],\"a\":1", 1),
        ("{\"Records\":[", "]}\n", 0),
        // The decoder sees this one.
        ("[", ",{\"id\":", 0),
    ] {
        let text = format!("{lead}{many}{tail}");
        let found = problems(&windows(text.as_bytes(), 128, 512));
        let expected = ("JSON ends early".to_owned(), Some(text.len() as u64), 0);
        assert_eq!(found, vec![expected; reported], "{lead} {tail}");
    }
}

#[test]
fn words_before_the_json() {
    let items = vec!["  {\n    \"id\": 1\n  }"; 100].join(",\n");
    let text = format!("warning: old version, please update\n[\n{items}\n]\n");
    let found = windows(text.as_bytes(), 128, 512);
    assert_eq!(found[0].bytes, b"warning: old version, please update\n");
    assert!(found.len() > 10);
    assert!(
        found[1..]
            .iter()
            .all(|window| window.framing == Framing::Items)
    );
}
