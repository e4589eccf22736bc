//! Hostile files: whatever the bytes, the loader answers and does not panic.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Vars, load_str, vars};
use crate::model::rule::Origin;

/// One file with a little of everything.
const SEED: &str = "\
title: Seed é
name: seed
logsource: { product: aws, service: cloudtrail }
detection:
    selection:
        - a|contains|all: ['x*', 'y\\*']
          b|re|i: '^a.c$'
        - c|cidr: 192.0.2.0/24
          'd e|fieldref|endswith': f
          g|windash|base64offset|contains: ' -x'
    filter_1: { h|hour|gte: 5, i|exists: false, j|neq: null }
    _k: [word, 'two words']
    condition: selection and not 1 of filter_* or (all of them and not _k)
level: info
tags: [attack.t1562.008, attack.defense_evasion]
ctadel:
    levels: [{ if: 1 of sel*, level: high }]
    filters: [quiet]
---
title: Chain
name: chain
correlation:
    type: value_count
    rules: [seed]
    group-by: [user]
    aliases: { user: { seed: who } }
    timespan: 10m
    condition: { gte: 3, field: x }
---
title: Quiet
name: quiet
filter: { s: { user|expand: 'x-%admins%' }, condition: not s }
";

fn load(text: &str, vars: &Vars) {
    match load_str("seed.yml", text, Origin::File, vars) {
        Ok(set) => assert!(set.rules.len() + set.skipped.len() <= 1 + text.lines().count()),
        Err(errors) => {
            assert!(!errors.is_empty());
            let lines = text.lines().count().max(1);
            for error in errors {
                assert!(error.line <= lines + 1, "{error}");
                assert!(!error.to_string().is_empty());
            }
        }
    }
}

#[test]
fn the_seed_itself_loads() {
    let set = super::set(SEED);
    assert_eq!((set.rules.len(), set.skipped.len()), (2, 0));
}

#[test]
fn lines_are_those_of_the_file() {
    for more in ["low\u{2028}", "äöü", "äöü\u{2028}\u{2029}", ""] {
        let text = format!("title: x\nlevel: {more}\ndetection: [\n");
        let errors = load_str("seed.yml", &text, Origin::File, &BTreeMap::new());
        let lines: Vec<usize> = errors.err().into_iter().flatten().map(|e| e.line).collect();
        assert_eq!(lines, [4], "{more:?}");
    }
}

#[test]
fn depth_and_repetition_are_bounded() {
    load(&"[".repeat(50_000), &BTreeMap::new());
    load(&"- ".repeat(50_000), &BTreeMap::new());
    load(
        &format!("title: x\ndetection: {}", "{a: ".repeat(20_000)),
        &BTreeMap::new(),
    );
    let mut bomb = "title: x\na0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..30 {
        let inner = vec![format!("*a{}", level - 1); 9].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{inner}]\n"));
    }
    load(&bomb, &BTreeMap::new());
    let wide = "not ".repeat(100_000);
    load(
        &SEED.replace("selection and", &format!("{wide}selection and")),
        &vars(),
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn changed_files_never_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), "[\\PC\n]{0,6}", 0usize..12), 1..6)
    ) {
        let mut chars: Vec<char> = SEED.chars().collect();
        for (at, insert, remove) in edits {
            let at = at.index(chars.len());
            let end = (at + remove).min(chars.len());
            chars.splice(at..end, insert.chars());
            if chars.is_empty() {
                chars.push('x');
            }
        }
        load(&chars.into_iter().collect::<String>(), &vars());
    }

    #[test]
    fn any_condition_value_and_key_is_answered(word in "[\\PC]{0,24}") {
        let quoted = word.replace('\'', "''");
        for line in [
            format!("        '{quoted}': x"),
            format!("        'a|expand': '{quoted}'"),
            format!("        'a|re': '{quoted}'"),
            format!("        'a|contains|base64offset|windash': '{quoted}'"),
        ] {
            load(&SEED.replace("        - c|cidr: 192.0.2.0/24", &format!("        -\n  {line}")), &vars());
        }
        load(&SEED.replace("selection and not 1 of", &format!("'{quoted}' and")), &vars());
        load(&SEED.replace("10m", &format!("'{quoted}'")), &vars());
    }
}
