//! Windows of any size hold the same records.
//!
//! Enters: random JSON in every form a log has. Leaves: nothing. It compares with what a parser
//! of the whole text finds, because this is what nobody would notice in a sample.

use std::io::Read;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::cut::{Window, Windows};
use super::*;

/// Text that wants to be mistaken for structure.
fn tricky() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "{", "}", "[", "]", "\"", "\\", "\\\\", "\\\"", ",", ":", "\n", "},{", "]}", "}\n{", "a",
        "é", "𝄞", " ", "\u{0}", "Records", "\":[",
    ]);
    prop::collection::vec(parts, 0..12).prop_map(|parts| parts.concat())
}

fn record() -> impl Strategy<Value = Value> {
    let long = (tricky(), 0usize..40).prop_map(|(text, times)| text.repeat(times));
    (tricky(), long, prop::collection::vec(tricky(), 0..4), any::<i64>(), tricky()).prop_map(
        |(a, b, tags, number, key)| {
            json!({"id": number, "a": a, "tags": tags, "deep": {"x": [[{}], {"y": b}]}, key: null})
        },
    )
}

/// A document and how it is written.
fn document() -> impl Strategy<Value = String> {
    let records = || prop::collection::vec(record(), 0..12).prop_map(Value::from);
    let scalars = prop::collection::vec(
        prop_oneof![
            tricky().prop_map(Value::from),
            any::<i32>().prop_map(Value::from)
        ],
        0..40,
    );
    let value = prop_oneof![
        4 => record(),
        2 => records(),
        1 => scalars.prop_map(Value::from),
    ];
    let key = tricky().prop_map(Value::from);
    let wrapped = (key, records(), records(), any::<bool>()).prop_map(|(key, a, b, more)| {
        let more = if more {
            format!(",\"more\":{b}")
        } else {
            String::new()
        };
        format!("{{\"0\":{key},\"1\":[1,[2]],\"Records\":{a}{more},\"z\":{{}}}}")
    });
    let plain = (value, any::<bool>()).prop_map(|(value, pretty)| match pretty {
        true => serde_json::to_string_pretty(&value).unwrap(),
        false => value.to_string(),
    });
    prop_oneof![2 => plain, 1 => wrapped]
}

/// What a decoder makes of a document: records of lists, and of the lists of an envelope.
fn expand(document: Value, records: &mut Vec<Value>) {
    match document {
        Value::Array(items) => records.extend(items),
        Value::Object(mut keys) if keys.contains_key("Records") => {
            for name in ["Records", "more"] {
                if let Some(Value::Array(items)) = keys.remove(name) {
                    records.extend(items);
                }
            }
        }
        other => records.push(other),
    }
}

fn parse(text: &[u8]) -> Vec<Value> {
    let mut records = Vec::new();
    for value in serde_json::Deserializer::from_slice(text).into_iter::<Value>() {
        expand(value.unwrap(), &mut records);
    }
    records
}

fn windows(reader: impl Read, options: &Options) -> Vec<Window> {
    let mut windows = Windows::new(reader, options);
    // The prefix that is repeated behind an array comes on top.
    let most = options.record.max(options.window) * 2 + options.window + 64;
    let mut all = Vec::new();
    while let Some(window) = windows.next() {
        assert!(
            windows.buffer.len() <= most,
            "{} > {most}",
            windows.buffer.len()
        );
        all.push(window);
    }
    all
}

fn records(windows: &[Window]) -> Vec<Value> {
    let mut records = Vec::new();
    for window in windows {
        match window.framing {
            Framing::Documents => records.extend(parse(&window.bytes)),
            Framing::Items => {
                let text = [b"[", window.bytes.as_slice(), b"]"].concat();
                let items: Vec<Value> = serde_json::from_slice(&text).unwrap();
                let header = window.header.as_ref().unwrap();
                let envelope: Value = serde_json::from_slice(&header.envelope()).unwrap();
                assert!(envelope.is_array() || envelope.get("Records").is_some());
                records.extend(items);
            }
            Framing::Rows => panic!("JSON has no rows"),
        }
    }
    records
}

/// Gives its bytes in small, uneven portions.
struct Trickle<'a>(&'a [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.1 = self.1 % 97 + 1;
        let count = self.1.min(self.0.len()).min(buffer.len());
        let (now, later) = self.0.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.0 = later;
        Ok(count)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn same_records(
        documents in prop::collection::vec((document(), prop::sample::select(vec!["\n", "", " ", "\r\n", "\n\n"])), 0..12),
        window in 64usize..6000,
        extra in 0usize..3000,
    ) {
        let text: String = documents.iter().flat_map(|(text, end)| [text.as_str(), end]).collect();
        let text = text.as_bytes();
        // Larger than any single record, smaller than many of the documents.
        let record = 4 << 10;
        let options = Options { window, record: record + extra, ..Options::default() };
        let found = windows(text, &options);
        let problems: Vec<_> = found.iter().flat_map(|window| &window.problems).collect();
        prop_assume!(problems.iter().all(|problem| problem.records == 0));
        if text.is_empty() {
            prop_assert_eq!(&problems[0].reason, "empty file");
        }
        let (mut found_records, mut expected) = (records(&found), parse(text));
        let second = |window: &Window| {
            let open = window.header.as_ref().map(|header| header.open.ends_with(b"\"more\":["));
            open.unwrap_or_default()
        };
        if found.iter().any(second) {
            // A small list before the large one comes with the rest of the document, behind it.
            found_records.sort_by_cached_key(Value::to_string);
            expected.sort_by_cached_key(Value::to_string);
        }
        prop_assert_eq!(found_records, expected);
        for window in found.iter().filter(|window| window.framing == Framing::Items) {
            let start = usize::try_from(window.start).unwrap();
            prop_assert!(text[start..].starts_with(&window.bytes));
        }
        let trickled = windows(Trickle(text, 0), &options);
        prop_assert_eq!(format!("{trickled:?}"), format!("{found:?}"));
    }

    #[test]
    fn whatever_comes(
        document in prop::collection::vec(document(), 0..8),
        spoil in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(
            vec![b'"', b'{', b'}', b'[', b']', b'\n', b'\\', 0, 0xff]
        )), 0..12),
        window in 64usize..400,
        lines: bool,
    ) {
        let mut text = document.join(if lines { "\n" } else { "" }).into_bytes();
        if !text.is_empty() {
            for (at, byte) in spoil {
                let at = at.index(text.len());
                text[at] = byte;
            }
        }
        let options = Options { window, record: 1 << 10, ..Options::default() };
        let found = windows(&text[..], &options);
        let trickled = windows(Trickle(&text, 3), &options);
        prop_assert_eq!(format!("{trickled:?}"), format!("{found:?}"));
    }
}

#[test]
fn a_large_document_is_cut_with_its_header() {
    let items = |from: u32, to: u32| -> String {
        (from..to)
            .map(|id| format!("{{\"id\":{id}}}"))
            .collect::<Vec<_>>()
            .join(",")
    };
    let all = items(0, 100);
    let text =
        format!("{{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{all}],\"next\":1}}\n{{}}");
    let options = Options {
        window: 100,
        record: 400,
        ..Options::default()
    };
    let found = windows(text.as_bytes(), &options);
    let (last, cut) = found.split_last().unwrap();
    for window in cut {
        assert_eq!(window.framing, Framing::Items);
        let header = window.header.as_ref().unwrap();
        assert_eq!(
            header.envelope(),
            br#"{"messageType":"DATA_MESSAGE","logEvents":[]}"#
        );
        assert!(window.bytes.len() <= 100);
    }
    let joined: Vec<&[u8]> = cut.iter().map(|window| window.bytes.as_slice()).collect();
    assert_eq!(joined.join(&b","[..]), all.as_bytes());
    assert_eq!(
        (last.bytes.as_slice(), last.framing),
        (&b"{}"[..], Framing::Documents)
    );
}

#[test]
fn what_follows_the_array_is_not_lost() {
    let many = vec!["{\"id\":1}"; 100].join(",");
    let text = format!("{{\"Records\":[{many}],\"more\":[{{\"id\":2}}]}}");
    let options = Options {
        window: 100,
        record: 400,
        ..Options::default()
    };
    let found = windows(text.as_bytes(), &options);
    let last = found.last().unwrap();
    assert_eq!(last.bytes, br#"{"Records":[],"more":[{"id":2}]}"#);
    let offset = text.find("{\"id\":2}").unwrap() - "{\"Records\":[],\"more\":[".len();
    assert_eq!(
        last.start, offset as u64,
        "offsets within it are those of the file"
    );
}

#[test]
fn rows_have_their_header() {
    let rows: String = (0..60)
        .map(|row| format!("{row},\"a\nb \"\"{row}\"\"\"\n"))
        .collect();
    let text = format!("id,\"text\"\n{rows}");
    let options = Options {
        window: 128,
        record: 400,
        ..Options::default()
    };
    let found = windows(text.as_bytes(), &options);
    assert_eq!(found[0].framing, Framing::Documents);
    assert!(found[0].bytes.starts_with(b"id,"));
    assert!(found.len() > 5);
    for window in &found[1..] {
        assert_eq!(window.framing, Framing::Rows);
        assert_eq!(window.header.as_ref().unwrap().open, b"id,\"text\"\n");
        assert!(window.bytes.ends_with(b"\"\n"));
    }
    let joined: Vec<u8> = found
        .iter()
        .flat_map(|window| window.bytes.clone())
        .collect();
    assert_eq!(joined, text.as_bytes());
}

#[test]
fn utf16_is_cut_as_its_text() {
    let text: String = (0..100)
        .map(|id| format!("{{\"id\":{id},\"ü\":\"𝄞\"}}\n"))
        .collect();
    let options = Options {
        window: 256,
        ..Options::default()
    };
    let plain = windows(text.as_bytes(), &options);
    for (mark, big) in [(true, true), (true, false), (false, true), (false, false)] {
        let units = mark
            .then_some(0xfeff)
            .into_iter()
            .chain(text.encode_utf16());
        let bytes: Vec<u8> = units
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect();
        let found = windows(&bytes[..], &options);
        let joined: Vec<u8> = found
            .iter()
            .flat_map(|window| window.bytes.clone())
            .collect();
        assert_eq!(joined, text.as_bytes());
        assert_eq!(records(&found), records(&plain));
    }
}
