//! Correlations and their members: by name, id and title, forward, chained, silent.

use super::{correlation, named, rule, set};
use crate::detect::ast::Condition::{And, Not, Or, Selection as S};
use crate::detect::ast::{Comparison, CorrelationKind, RuleSet};
use crate::detect::load::{Options, load};
use crate::model::Severity;

fn joined(documents: &[String]) -> String {
    documents.join("---\n")
}

fn temporal(name: &str, rules: &str, more: &str) -> String {
    format!(
        "title: T {name}\nname: {name}\ncorrelation:\n  type: temporal\n  rules: [{rules}]\n  timespan: 10m\n{more}"
    )
}

fn number(set: &RuleSet, id: &str) -> usize {
    set.rules
        .iter()
        .position(|rule| rule.meta.id == id)
        .unwrap()
}

#[test]
fn members_are_found_by_name_id_and_title_wherever_they_stand() {
    let b = named("b").replace("name: b", "id: 11111111-AAAA-4000-8000-000000000000");
    let c = named("c").replace("name: c\n", "");
    let text = joined(&[
        temporal("x", "T c, a, 11111111-aaaa-4000-8000-000000000000", ""),
        named("a"),
        b,
        c,
    ]);
    let set = set(&text);
    let found = &correlation(rule(&set, "x")).members;
    assert_eq!(found, &[3, 1, 2]);
}

#[test]
fn every_kind_reads_its_condition() {
    let kinds = [
        ("event_count", "{ gte: 5 }", CorrelationKind::EventCount),
        (
            "value_count",
            "{ gt: 5, lte: 9, field: x }",
            CorrelationKind::ValueCount,
        ),
        (
            "value_count",
            "{ eq: 5, field: [x, y] }",
            CorrelationKind::ValueCount,
        ),
        (
            "value_sum",
            "{ gte: 1.5, field: x }",
            CorrelationKind::ValueSum,
        ),
        (
            "value_avg",
            "{ lt: 5, field: x }",
            CorrelationKind::ValueAvg,
        ),
        (
            "value_median",
            "{ neq: 5, field: x }",
            CorrelationKind::ValuePercentile(50.0),
        ),
        (
            "value_percentile",
            "{ gte: 5, field: x, percentile: 95 }",
            CorrelationKind::ValuePercentile(95.0),
        ),
        ("temporal", "{ gte: 1 }", CorrelationKind::Temporal),
        ("temporal_ordered", "null", CorrelationKind::TemporalOrdered),
    ];
    for (kind, condition, expected) in kinds {
        let more = format!("  condition: {condition}\n  group-by: user\n");
        let text = joined(&[
            named("a"),
            temporal("c", "a", &more).replace("temporal", kind),
        ]);
        let set = set(&text);
        let found = correlation(rule(&set, "c"));
        assert_eq!(found.kind, expected, "{kind}");
        assert_eq!(found.group_by, ["user"]);
        assert_eq!(found.member_fields, [["user"]]);
        assert_eq!(found.timespan, 600_000_000_000);
    }
    let more = "  condition: { gt: 5, lte: 9, field: [x, y] }\n";
    let text = joined(&[
        named("a"),
        temporal("c", "a", more).replace("temporal", "value_count"),
    ]);
    let set = set(&text);
    let found = correlation(rule(&set, "c"));
    assert_eq!(
        found.thresholds,
        [(Comparison::Gt, 5.0), (Comparison::Lte, 9.0)]
    );
    assert_eq!(found.value_fields, ["x", "y"]);
    assert!(found.group_by.is_empty() && found.member_fields == [Vec::<String>::new()]);
}

#[test]
fn conditions_levels_aliases_and_optional_members_use_one_numbering() {
    let text = joined(&[
        named("a"),
        named("b"),
        named("c"),
        temporal(
            "x",
            "a, b",
            "  condition: a and not 'T b'
  group-by: [who, region]
  aliases:
    who: { a: user.a, b: user.b, T c: user.c }
level: high
ctadel:
  optional: [c]
  levels: [{ if: c and 1 of them, level: critical }, { if: b, level: low }]
",
        ),
    ]);
    let set = set(&text);
    let x = rule(&set, "x");
    let found = correlation(x);
    assert_eq!(
        (found.members.as_slice(), found.optional.as_slice()),
        (&[0, 1][..], &[2][..])
    );
    assert_eq!(found.condition, Some(And(vec![S(0), Not(Box::new(S(1)))])));
    let fields: Vec<Vec<String>> = ["user.a", "user.b", "user.c"]
        .map(|field| vec![field.to_owned(), "region".to_owned()])
        .to_vec();
    assert_eq!(found.member_fields, fields);
    assert_eq!(
        x.levels,
        [
            (
                And(vec![S(2), Or(vec![S(0), S(1), S(2)])]),
                Severity::Critical
            ),
            (S(1), Severity::Low)
        ]
    );
}

#[test]
fn members_in_the_same_file_are_silent_unless_one_correlation_generates() {
    let silent = |more: [&str; 2], document: &str| {
        let mut second = temporal("y", "b", more[1]);
        second.push_str(document);
        let set = set(&joined(&[
            named("a"),
            named("b"),
            named("c"),
            temporal("x", "a, b", more[0]),
            second,
        ]));
        ["a", "b", "c", "x", "y"].map(|name| rule(&set, name).silent)
    };
    assert_eq!(silent(["", ""], ""), [true, true, false, false, false]);
    assert_eq!(silent(["  generate: true\n", ""], ""), [false; 5]);
    assert_eq!(
        silent(["", "  generate: true\n"], ""),
        [true, false, false, false, false]
    );
    assert_eq!(
        silent(["", ""], "generate: true\n"),
        [true, false, false, false, false]
    );
    assert!(silent(["", "  generate: false\n"], "generate: true\n")[1]);
}

#[test]
fn correlations_chain_and_a_circle_is_refused() {
    let text = joined(&[
        temporal("y", "x, a", ""),
        temporal("x", "a", ""),
        named("a"),
    ]);
    let set = set(&text);
    assert_eq!(correlation(rule(&set, "y")).members, [1, 2]);
    assert!(rule(&set, "x").silent && !rule(&set, "y").silent);

    let text = joined(&[
        named("a"),
        temporal("x", "a, y", ""),
        temporal("y", "z", ""),
        temporal("z", "x", ""),
    ]);
    let found = super::messages(&text);
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("in a circle: x → y → z → x"), "{found:?}");
}

#[test]
fn what_needs_a_rule_that_is_left_out_is_left_out_too() {
    let a = named("a").replace("eventName: a", "user|expand: '%nobody%'");
    let text = joined(&[
        a,
        named("b"),
        temporal("x", "a, b", ""),
        temporal("y", "x", ""),
        temporal(
            "z",
            "b",
            "ctadel: { optional: [a], levels: [{ if: a, level: low }] }\n",
        ),
    ]);
    let set = set(&text);
    let out: Vec<(&str, &str)> = set
        .skipped
        .iter()
        .map(|(id, _, reason)| (id.as_str(), reason.as_str()))
        .collect();
    assert_eq!(
        out,
        [
            ("a", "placeholder %nobody% is not configured"),
            ("x", "its member a is left out"),
            ("y", "its member x is left out"),
        ]
    );
    // Without its optional member the correlation still works, at its own level.
    let z = rule(&set, "z");
    assert_eq!(correlation(z).members, [number(&set, "b")]);
    assert!(correlation(z).optional.is_empty());
    assert_eq!(z.levels, [(Or(Vec::new()), Severity::Low)]);
}

#[test]
fn folders_load_in_order_and_a_later_rule_takes_the_place() {
    let root = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = root.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("one/b.yml", &named("b"));
    write("one/sub/a.yaml", &named("a"));
    write("one/x.yml", &temporal("x", "a, b, T c", ""));
    write("one/.github/work.yml", "on: [push]\n");
    write("one/readme.txt", "no rule");
    write(
        "two/b.yml",
        &named("b").replace("eventName: b", "eventName: other"),
    );
    write("two/c.yml", &named("c"));
    let dirs = vec![root.path().join("one"), root.path().join("two")];
    let set = load(&Options {
        dirs,
        ..Options::default()
    })
    .unwrap();
    let ids: Vec<&str> = set.rules.iter().map(|rule| rule.meta.id.as_str()).collect();
    assert_eq!(ids, ["a", "x", "b", "c"]);
    assert_eq!(correlation(rule(&set, "x")).members, [0, 2, 3]);
    assert!(set.rules.iter().all(|rule| !rule.silent));
    assert_eq!(set.skipped.len(), 1);
    assert!(
        set.skipped[0]
            .2
            .starts_with("replaced by the rule with the same name in ")
    );

    let missing = root.path().join("three");
    let errors = load(&Options {
        dirs: vec![missing.clone()],
        ..Options::default()
    })
    .unwrap_err();
    let expected = format!("{}: no such rule file or folder", missing.display());
    assert_eq!(errors[0].to_string(), expected);
}
