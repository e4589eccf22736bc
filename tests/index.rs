//! The index only saves work: every rule judged on every record finds the same.

mod common;

use common::judge::Judge;

fn agree(rules: &ctadel::detect::ast::RuleSet) -> usize {
    let judge = Judge::new(rules);
    let mut matcher = judge.matcher();
    let mut found = 0;
    for raw in common::all_records() {
        let (through, past) = judge.both(&mut matcher, &raw);
        assert_eq!(through, past, "{}", String::from_utf8_lossy(&raw));
        found += past.len();
    }
    found
}

#[test]
fn built_in_rules_find_the_same() {
    assert!(agree(&common::builtin()) > 500);
}

#[test]
fn community_rules_find_the_same() {
    if let Some(rules) = common::community() {
        assert!(agree(&rules) > 500);
    }
}
