use super::super::item::Members;
use super::super::trie::{Slots, Trie};
use super::*;

struct One(Trie);

impl Catalogue for One {
    fn trie(&self, _: usize) -> &Trie {
        &self.0
    }
    fn is(&self, _: usize, _: &[u8], slots: &Slots) -> bool {
        slots.marks == 3
    }
    fn kind(&self, members: &Members) -> Kind {
        let is = |wanted: &[u8]| members.iter().any(|(key, _)| *key == wanted);
        let has = |wanted: &[u8]| {
            let mut keys = members.iter().map(|(key, _)| key);
            keys.any(|key| key.eq_ignore_ascii_case(wanted))
        };
        match () {
            () if is(b"Id") && is(b"Who") => Kind::Record(0),
            () if has(b"Id") && has(b"Who") => Kind::Copy(0, Form::Recased),
            () if has(b"digest") => Kind::Aside("digest"),
            () => Kind::Unknown,
        }
    }
    fn rewrite(&self, _: usize, _: Form, raw: &[u8], out: &mut Vec<u8>) -> bool {
        let text = String::from_utf8_lossy(raw)
            .replace("\"id\"", "\"Id\"")
            .replace("\"who\"", "\"Who\"");
        out.extend_from_slice(text.as_bytes());
        true
    }
}

fn run(text: &[u8]) -> Vec<String> {
    let mut trie = Trie::default();
    trie.mark("Id", 0);
    trie.mark("Who", 1);
    let id = trie.slot(&["Id"]);
    let catalogue = One(trie);
    let mut out = Vec::new();
    Decoder::default().decode(&catalogue, text, &mut |item| match item {
        Item::Records { text, found, .. } => out.extend(found.iter().map(|found| {
            assert_eq!(found.span.of(text).first(), Some(&b'{'));
            String::from_utf8_lossy(found.slots.first(id).of(text)).into_owned()
        })),
        Item::Skipped { reason, at } => out.push(format!("skip {reason} @{at:?}")),
        Item::Ignored { reason } => out.push(format!("ignore {reason}")),
    });
    out
}

const A: &str = r#"{"Id":1,"Who":"a"}"#;
const B: &str = r#"{"Id":2,"Who":"b {\"}"}"#;

#[test]
fn every_wrapping_gives_the_same_records() {
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    let shapes = [
        format!("{A}{B}"),
        format!("{A}\n{B}\n"),
        format!("[{A},{B}]"),
        format!(" [ {A} ,\n {B} ] "),
        format!(r#"{{"Records":[{A},{B}]}}"#),
        format!(
            r#"{{"token":null,"Events":[{{"x":{{}},"CloudTrailEvent":{}}},{{"CloudTrailEvent":{}}}],"n":[1]}}"#,
            quoted(A),
            quoted(B)
        ),
        format!("{{\"detail-type\":\"x\",\"detail\":{A}}}\n{{\"detail\":{B}}}"),
        format!("2024-01-01T00:00:00Z {A}\n2024-01-01T00:00:01Z stream {B}\n"),
        format!(
            r#"{{"result":{{"_raw":{}}}}}{{"event":{{"original":{}}}}}"#,
            quoted(A),
            quoted(B)
        ),
        format!("{},{}", A.to_lowercase(), B.to_lowercase()),
        format!("[{},{}]", quoted(A), quoted(B)),
        format!("{{\"Records\":[{A}]}}{{\"Records\":[{B}]}}"),
    ];
    for shape in shapes {
        assert_eq!(run(shape.as_bytes()), ["1", "2"], "{shape}");
    }
}

#[test]
fn a_bad_record_costs_itself_alone() {
    let bad = r#"{"Id":9,"Who:"x","l":[{"y":1}]}"#;
    for shape in [
        format!(r#"{{"Records":[{A},{bad},{B}]}}"#),
        format!("{A}\n{bad}\n{B}\n"),
        format!("[{A},{bad},{B}]"),
    ] {
        let out = run(shape.as_bytes());
        assert_eq!(out.len(), 3, "{shape}: {out:?}");
        assert_eq!((&*out[0], &*out[2]), ("1", "2"), "{shape}");
        assert!(out[1].starts_with("skip "), "{shape}");
    }
    let out = run(format!(r#"{{"Records":[{A},{B},{{"Id":3,"Wh"#).as_bytes());
    assert_eq!(out[..2], ["1", "2"]);
    assert!(out[2].contains("JSON ends"), "{out:?}");
}

#[test]
fn what_stands_among_many_records_keeps_its_place() {
    let strangers = [
        (r#"{"Id":9,"Who:"x"}"#, "skip "),
        (r#"{"digest":1}"#, "ignore digest"),
        (r#"{"Records":[{"Id":9,"Who":"x"}]}"#, "9"),
        (r#"{"id":9,"who":"x"}"#, "9"),
        ("7", "skip a "),
    ];
    let count = 2 * TOGETHER + 1;
    for (stranger, told) in strangers {
        for place in 1..=count {
            let record = |number| format!(r#"{{"Id":{number},"Who":"a"}}"#);
            let mut texts: Vec<String> = (100..).take(count).map(record).collect();
            texts.insert(place, stranger.to_owned());
            for shape in [
                format!(r#"{{"Records":[{}]}}"#, texts.join(",")),
                format!("[{}]", texts.join(" ,\n ")),
                texts.join("\n"),
                texts.join(","),
            ] {
                let mut out = run(shape.as_bytes());
                assert!(out.len() > place, "{shape}: {out:?}");
                assert!(out.remove(place).starts_with(told), "{shape}");
                let want: Vec<String> = (100..).take(count).map(|id| id.to_string()).collect();
                assert_eq!(out, want, "{shape}");
            }
        }
    }
}

#[test]
fn says_what_everything_else_is() {
    let table = [
        ("", vec![]),
        ("  \n", vec![]),
        ("[]", vec![]),
        (r#"{"Records":[]}"#, vec![]),
        (r#"{"digest":1}"#, vec!["ignore digest"]),
        (
            "{}",
            vec!["skip JSON of no known log (an empty object) @Some(0)"],
        ),
        (
            r#"{"name":"x","version":1}"#,
            vec!["skip JSON of no known log (keys name, version) @Some(0)"],
        ),
        (
            "a,b,c\n1,2,3\n",
            vec![r#"skip CSV of no known export (first line "a,b,c") @Some(0)"#],
        ),
        (
            "\u{0}\u{1}ELF",
            vec!["skip binary data of no known kind @Some(0)"],
        ),
        (
            "[1,2]",
            vec![
                "skip a value that is no object @Some(1)",
                "skip a value that is no object @Some(3)",
            ],
        ),
    ];
    for (text, want) in table {
        assert_eq!(run(text.as_bytes()), want, "{text:?}");
    }
}
