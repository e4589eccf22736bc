use super::*;
use proptest::prelude::*;
use serde_json::Value;

fn walk(text: &[u8], trie: &Trie, slots: &mut Slots) -> Result<usize, Bad> {
    let mut index = Index::default();
    index.build(text);
    let walker = Walker::new(text, &index);
    let start = walker.skip_space(0);
    let end = walker.record(start, trie, slots)?;
    match walker.skip_space(end) {
        rest if rest == text.len() => Ok(end),
        rest => Err(Bad {
            at: rest,
            why: "something behind the value",
        }),
    }
}

#[test]
fn fills_slots_through_objects_and_arrays() {
    let mut trie = Trie::default();
    let name = trie.slot(&["a", "b"]);
    let list = trie.slot(&["list"]);
    let deep = trie.slot(&["list", "x"]);
    let absent = trie.slot(&["list", "nothing"]);
    assert_eq!(trie.slot(&["a", "b"]), name);
    trie.mark("z", 3);
    let text =
        br#" {"z":1, "a" : {"c":[{}],"b":"v\"w"}, "list":[{"x":1},[],{"x":{"x":2}},{"y":"}"}] } "#;
    let mut slots = Slots::default();
    walk(text, &trie, &mut slots).unwrap();
    assert_eq!(slots.first(name).of(text), br#""v\"w""#);
    let values: Vec<_> = slots.all(deep).map(|span| span.of(text)).collect();
    assert_eq!(values, [&b"1"[..], br#"{"x":2}"#]);
    assert!(slots.first(list).of(text).starts_with(b"[{\"x\":1}"));
    assert_eq!(slots.all(absent).count(), 0);
    assert_eq!(slots.marks, 1 << 3);
}

#[test]
fn an_escaped_key_is_the_key_it_spells_and_the_last_of_two_counts() {
    let mut trie = Trie::default();
    let slot = trie.slot(&["name"]);
    let text = br#"{"n\u0061me":1,"name":2}"#;
    let mut slots = Slots::default();
    walk(text, &trie, &mut slots).unwrap();
    assert_eq!(slots.first(slot).of(text), b"2");
    assert_eq!(slots.all(slot).count(), 1);
}

fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        "-?(0|[1-9][0-9]{0,5})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?",
        r#""[a-z{}\[\], :]{0,8}(\\["\\/bfnrt]|\\u00e9)?""#,
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        let space = "[ \n\t]{0,2}";
        prop_oneof![
            (space, proptest::collection::vec(inner.clone(), 0..5))
                .prop_map(|(s, items)| format!("[{s}{}{s}]", items.join(&format!("{s},{s}")))),
            (space, proptest::collection::vec(("[a-e]", inner), 0..5)).prop_map(|(s, items)| {
                let items: Vec<_> = items
                    .iter()
                    .map(|(k, v)| format!("\"{k}\"{s}:{s}{v}"))
                    .collect();
                format!("{{{s}{}{s}}}", items.join(&format!("{s},{s}")))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]
    #[test]
    fn accepts_what_serde_json_accepts_and_nothing_else(
        text in json(), cut in 0usize..400, byte in r#"["\\{}\[\],:0a \n]"#, how in 0..3
    ) {
        let mut text = text.into_bytes();
        let cut = cut.min(text.len());
        // People leave a comma behind the last one, and the walker lets them.
        let last = how == 2 && byte == "," && matches!(text[cut..].trim_ascii_start().first(), Some(b'}' | b']'));
        match how {
            0 => {}
            1 => text.truncate(cut),
            _ => text.splice(cut..cut, byte.bytes()).for_each(drop),
        }
        let ours = walk(&text, &Trie::default(), &mut Slots::default()).is_ok();
        let theirs = serde_json::from_slice::<serde::de::IgnoredAny>(&text).is_ok();
        prop_assert!(ours == theirs || ours && last, "{}", String::from_utf8_lossy(&text));
    }

    #[test]
    fn spans_hold_what_serde_json_finds(text in json()) {
        let mut trie = Trie::default();
        let slots_of: Vec<_> = ["a", "b", "c"].into_iter()
            .flat_map(|first| ["a", "b"].map(|second| (first, second)))
            .map(|path| (path, trie.slot(&[path.0, path.1])))
            .collect();
        let mut slots = Slots::default();
        walk(text.as_bytes(), &trie, &mut slots).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        // Repeated keys may leave an older object's members behind; see the type's docs.
        let once = |v: &Value| serde_json::to_string(v).map(|t| t.len());
        prop_assume!(once(&value).ok() == Some(super::super::text::compact(text.as_bytes()).len()));
        for ((first, second), slot) in slots_of {
            if let Some(Value::Object(inner)) = value.get(first) {
                let want = inner.get(second);
                let got = slots.first(slot);
                prop_assert_eq!(want.is_some(), got.is_some());
                if let Some(want) = want {
                    let got: Value = serde_json::from_slice(got.of(text.as_bytes())).unwrap();
                    prop_assert_eq!(want, &got);
                }
            }
        }
    }
}

#[test]
fn depth_is_bounded() {
    let deep = |n: usize| "[".repeat(n) + &"]".repeat(n);
    let trie = Trie::default();
    assert!(walk(deep(128).as_bytes(), &trie, &mut Slots::default()).is_ok());
    let error = walk(deep(5_000).as_bytes(), &trie, &mut Slots::default()).unwrap_err();
    assert_eq!(error.why, "nested deeper than 128 levels");
}

/// Keys at the lengths at which a guess compares differently, alike at both ends.
fn keys() -> Vec<String> {
    let lengths = [1, 2, 4, 5, 12, 13, 14, 21, 28, 29, 30, 40];
    let of = |middle: &str| {
        let long = lengths.iter().filter(|length| **length > 2);
        long.map(|length| format!("k{}s", middle.repeat(length - 2)))
            .collect::<Vec<_>>()
    };
    let short = ["", "k", "ks", "s", r#"k\u0061s"#].map(str::to_owned);
    [of("a"), of("b"), short.to_vec()].concat()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]
    #[test]
    fn the_order_of_earlier_records_changes_nothing(
        records in proptest::collection::vec(
            (0..2usize, proptest::collection::vec((0..24usize, "[ ]{0,1}", 0..4usize), 0..8)), 1..6)
    ) {
        let keys = keys();
        let tries = [0, 1].map(|of| {
            let mut trie = Trie::default();
            for key in keys.iter().skip(of).step_by(2).filter(|key| !key.contains('\\')) {
                trie.slot(&[key]);
                trie.slot(&[key, "kas"]);
            }
            trie
        });
        let mut used = Slots::default();
        for (of, members) in records {
            let members = members.iter().map(|(key, space, value)| {
                let value = ["1", r#""text""#, r#"{"kas":2,"kbs":3}"#, "[]"][*value];
                format!("\"{}\"{space}:{space}{value}", keys[key % keys.len()])
            });
            let text = format!("{{{}}}{:40}", members.collect::<Vec<_>>().join(","), "");
            let mut fresh = Slots::default();
            let (trie, text) = (&tries[of], text.as_bytes());
            prop_assert_eq!(walk(text, trie, &mut used), walk(text, trie, &mut fresh));
            for slot in 0..keys.len() as u16 * 2 {
                prop_assert_eq!(used.first(slot), fresh.first(slot));
            }
        }
    }
}
