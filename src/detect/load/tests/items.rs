//! Values and modifiers: what each line of a selection becomes.

use super::selection;
use crate::detect::ast::{
    Atom, Cased, Comparison, Item, Pattern, Piece, Selection, Side, TimePart,
};

fn text(pattern: Pattern) -> Atom {
    Atom::Text(pattern, Cased::No)
}

fn exact(value: &str) -> Atom {
    text(Pattern::Exact(value.to_owned()))
}

fn inside(value: &str) -> Atom {
    text(Pattern::Inside(value.to_owned()))
}

fn regex(source: &str) -> Atom {
    Atom::Regex(source.to_owned())
}

fn reference(side: Side, cased: Cased) -> Atom {
    Atom::FieldRef("other.field".to_owned(), side, cased)
}

fn item(field: &str, atoms: Vec<Atom>) -> Selection {
    Selection::Item(Item {
        field: field.to_owned(),
        atoms,
        all: false,
        negated: false,
    })
}

#[test]
fn every_modifier_makes_its_atoms() {
    let net = |net: &str| Atom::Cidr(net.parse().unwrap());
    let time = |part, order, number| Atom::TimePart(part, order, number);
    let cases: Vec<(&str, Vec<Atom>)> = vec![
        // Plain values compare as text.
        ("f: Value", vec![exact("Value")]),
        ("f: 401", vec![exact("401")]),
        ("f: 1.5", vec![exact("1.5")]),
        ("f: 012345678901", vec![exact("012345678901")]),
        ("f: 123456789012", vec![exact("123456789012")]),
        (
            "f: 113208309812345678901",
            vec![exact("113208309812345678901")],
        ),
        ("f: !!str 7", vec![exact("7")]),
        ("f: !own x", vec![exact("x")]),
        ("f: -5", vec![exact("-5")]),
        ("f: 0x1F", vec![exact("31")]),
        ("f: false", vec![exact("false")]),
        ("f: NO", vec![exact("NO")]),
        ("f: 2026-01-01", vec![exact("2026-01-01")]),
        ("f: ''", vec![exact("")]),
        ("f: null", vec![Atom::Null]),
        ("f:", vec![Atom::Null]),
        ("f: [a, null, 3]", vec![exact("a"), Atom::Null, exact("3")]),
        ("f: [[a, b], [c]]", vec![exact("a"), exact("b"), exact("c")]),
        ("f: 'a*'", vec![text(Pattern::Start("a".to_owned()))]),
        ("f: '*'", vec![text(Pattern::Present)]),
        ("f: 'a\\*'", vec![exact("a*")]),
        (
            "f: 'v*.x?'",
            vec![text(Pattern::Wild(vec![
                Piece::Text("v".to_owned()),
                Piece::Many,
                Piece::Text(".x".to_owned()),
                Piece::One,
            ]))],
        ),
        ("f|contains: a", vec![inside("a")]),
        ("f|contains: '*'", vec![text(Pattern::Present)]),
        ("f|contains: 22", vec![inside("22")]),
        (
            "f|startswith: a",
            vec![text(Pattern::Start("a".to_owned()))],
        ),
        ("f|endswith: /0", vec![text(Pattern::End("/0".to_owned()))]),
        (
            "f|cased: Ab",
            vec![Atom::Text(Pattern::Exact("Ab".to_owned()), Cased::Yes)],
        ),
        (
            "f|contains|cased: Ab",
            vec![Atom::Text(Pattern::Inside("Ab".to_owned()), Cased::Yes)],
        ),
        ("f|exists: true", vec![Atom::Exists(true)]),
        ("f|exists: 'no'", vec![Atom::Exists(false)]),
        ("f|re: 'a.*b*\\?'", vec![regex("a.*b*\\?")]),
        ("f|re|i: ab", vec![regex("(?i)ab")]),
        ("f|re|s|m|i: ^a.b$", vec![regex("(?ims)^a.b$")]),
        ("f|cidr: 192.0.2.9/24", vec![net("192.0.2.0/24")]),
        (
            "f|cidr: [2001:db8::/32, 203.0.113.7]",
            vec![net("2001:db8::/32"), net("203.0.113.7/32")],
        ),
        ("f|gt: 5", vec![Atom::Compare(Comparison::Gt, 5.0)]),
        ("f|gte: -1.5", vec![Atom::Compare(Comparison::Gte, -1.5)]),
        ("f|lt: '7'", vec![Atom::Compare(Comparison::Lt, 7.0)]),
        ("f|lte: 0", vec![Atom::Compare(Comparison::Lte, 0.0)]),
        (
            "f|fieldref: other.field",
            vec![reference(Side::Whole, Cased::No)],
        ),
        (
            "f|fieldref|startswith: other.field",
            vec![reference(Side::Start, Cased::No)],
        ),
        (
            "f|fieldref|endswith: other.field",
            vec![reference(Side::End, Cased::No)],
        ),
        (
            "f|cased|fieldref|contains: other.field",
            vec![reference(Side::Inside, Cased::Yes)],
        ),
        (
            "f|minute: 0",
            vec![time(TimePart::Minute, Comparison::Eq, 0)],
        ),
        (
            "f|hour|gte: 18",
            vec![time(TimePart::Hour, Comparison::Gte, 18)],
        ),
        ("f|day: 31", vec![time(TimePart::Day, Comparison::Eq, 31)]),
        (
            "f|week|lt: 53",
            vec![time(TimePart::Week, Comparison::Lt, 53)],
        ),
        (
            "f|month: [1, 2]",
            [1, 2]
                .map(|m| time(TimePart::Month, Comparison::Eq, m))
                .to_vec(),
        ),
        (
            "f|year|gt: 2025",
            vec![time(TimePart::Year, Comparison::Gt, 2025)],
        ),
        ("f|base64: foobar", vec![exact("Zm9vYmFy")]),
        ("f|base64|contains: foobar", vec![inside("Zm9vYmFy")]),
        (
            "f|base64offset|contains: foobar",
            ["Zm9vYmFy", "Zvb2Jhc", "mb29iYX"].map(inside).to_vec(),
        ),
        (
            "f|utf16le|base64offset|contains: ab",
            ["YQBiA", "EAYg", "hAGIA"].map(inside).to_vec(),
        ),
        ("f|wide|base64: ab", vec![exact("YQBiAA==")]),
        ("f|utf16be|base64: ab", vec![exact("AGEAYg==")]),
        ("f|utf16|base64: ab", vec![exact("//5hAGIA")]),
        ("f|utf16le: ab", vec![exact("a\0b\0")]),
        (
            "f|windash|contains: ' -x'",
            [" -x", " /x", " –x", " —x", " ―x"].map(inside).to_vec(),
        ),
        (
            "f|expand: '%admins%'",
            vec![exact("alice"), text(Pattern::Start("bob".to_owned()))],
        ),
        (
            "f|contains|expand: '%admins%'",
            vec![inside("alice"), inside("bob")],
        ),
        ("f|expand|endswith: '/%admins%'", {
            let end = |value: &str| text(Pattern::End(value.to_owned()));
            vec![end("/alice"), inside("/bob")]
        }),
        (
            "f|cidr|expand: '%nets%'",
            vec![net("192.0.2.0/24"), net("198.51.100.0/24")],
        ),
        (
            "f|re|expand: '^%admins%$'",
            vec![regex("^alice$"), regex("^bob.*$")],
        ),
        ("f: '%admins%'", vec![exact("%admins%")]),
    ];
    for (line, atoms) in cases {
        assert_eq!(
            selection(&format!("    {line}")),
            item("f", atoms),
            "{line}"
        );
    }
}

#[test]
fn all_and_neq_keep_their_meaning_when_a_value_has_several_forms() {
    let both = |negated| {
        let atoms = vec![inside("a"), inside("b")];
        Selection::Item(Item {
            field: "f".to_owned(),
            atoms,
            all: true,
            negated,
        })
    };
    assert_eq!(selection("    f|contains|all: [a, b]"), both(false));
    assert_eq!(selection("    f|all|contains|neq: [a, b]"), both(true));
    assert_eq!(
        selection("    f|contains|all: a"),
        item("f", vec![inside("a")])
    );

    let not = |atoms| {
        Selection::Item(Item {
            field: "f".to_owned(),
            atoms,
            all: false,
            negated: true,
        })
    };
    assert_eq!(
        selection("    f|neq: [1, 2]"),
        not(vec![exact("1"), exact("2")])
    );

    // Each flag in any of its forms, all of the flags.
    let forms = |flag: &str| ["-", "/", "–", "—", "―"].map(|dash| inside(&format!("{dash}{flag}")));
    let windash = selection("    f|contains|all|windash: [-x, -y]");
    let each = vec![
        item("f", forms("x").to_vec()),
        item("f", forms("y").to_vec()),
    ];
    assert_eq!(windash, Selection::All(each));
    // The reverse of "all of the flags" is "one of them is not there".
    let reverse = selection("    f|contains|all|windash|neq: [-x, -y]");
    assert_eq!(
        reverse,
        Selection::Any(vec![not(forms("x").to_vec()), not(forms("y").to_vec())])
    );
}

#[test]
fn maps_lists_and_keywords() {
    let field = |name: &str, value: &str| item(name, vec![exact(value)]);
    let word = |value: &str| Selection::Keyword(inside(value));
    let cases = [
        (
            "    a: 1\n    b: 2",
            Selection::All(vec![field("a", "1"), field("b", "2")]),
        ),
        (
            "    - a: 1\n      b: 2\n    - c: 3",
            Selection::Any(vec![
                Selection::All(vec![field("a", "1"), field("b", "2")]),
                field("c", "3"),
            ]),
        ),
        (
            "    - x\n    - 22",
            Selection::Any(vec![word("x"), word("22")]),
        ),
        (
            "    - x\n    - a: 1",
            Selection::Any(vec![word("x"), field("a", "1")]),
        ),
        ("    - [x, y]\n    - z", {
            Selection::Any(vec![Selection::Any(vec![word("x"), word("y")]), word("z")])
        }),
        ("    x", word("x")),
        (
            "    '|all': [x, y]",
            Selection::All(vec![word("x"), word("y")]),
        ),
        (
            "    '|contains|all': [x, y]",
            Selection::All(vec![word("x"), word("y")]),
        ),
        (
            "    null: [x, y]",
            Selection::Any(vec![word("x"), word("y")]),
        ),
        ("    '|re': x.y", Selection::Keyword(regex("x.y"))),
        (
            "    - 'x*y'",
            Selection::Keyword(text(Pattern::Wild(vec![
                Piece::Many,
                Piece::Text("x".to_owned()),
                Piece::Many,
                Piece::Text("y".to_owned()),
                Piece::Many,
            ]))),
        ),
        // Field names are kept as written.
        ("    annotations.authorization.k8s.io/decision: x", {
            field("annotations.authorization.k8s.io/decision", "x")
        }),
        (
            "    'user.extra[0].a b': x",
            field("user.extra[0].a b", "x"),
        ),
        ("    404: x", field("404", "x")),
    ];
    for (body, expected) in cases {
        assert_eq!(selection(body), expected, "{body}");
    }
}
