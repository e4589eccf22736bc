//! A part of a rule set that stands by itself.
//!
//! Rules enter, a smaller set leaves with everything they hang on, numbered anew. Explanations
//! and tests look at a few rules and need not compile the others.

use std::collections::{BTreeMap, BTreeSet};

use super::ast::{Body, RuleSet};

/// These rules and the members of correlations among them, in the order of the set. Also gives
/// the old number of each.
pub fn subset(set: &RuleSet, rules: impl IntoIterator<Item = usize>) -> (RuleSet, Vec<usize>) {
    let mut kept: BTreeSet<usize> = BTreeSet::new();
    let mut open: Vec<usize> = rules
        .into_iter()
        .filter(|rule| *rule < set.rules.len())
        .collect();
    while let Some(rule) = open.pop() {
        if kept.insert(rule)
            && let Body::Correlation(body) = &set.rules[rule].body
        {
            let members = body.members.iter().chain(&body.optional).copied();
            open.extend(members.filter(|member| *member < set.rules.len()));
        }
    }
    let kept: Vec<usize> = kept.into_iter().collect();
    let new: BTreeMap<usize, usize> = kept
        .iter()
        .enumerate()
        .map(|(new, old)| (*old, new))
        .collect();
    let rules = kept.iter().map(|old| {
        let mut rule = set.rules[*old].clone();
        if let Body::Correlation(body) = &mut rule.body {
            for member in body.members.iter_mut().chain(&mut body.optional) {
                *member = new.get(member).copied().unwrap_or(*member);
            }
        }
        rule
    });
    (
        RuleSet {
            rules: rules.collect(),
            skipped: Vec::new(),
        },
        kept,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::load::{Vars, load_str};
    use crate::model::rule::Origin;

    #[test]
    fn members_come_along_and_are_found_again() {
        let rule = |name: &str| {
            format!(
                "title: {name}\nname: {name}\nlogsource: {{product: aws}}\ndetection: {{s: {{a: b}}, condition: s}}\n---\n"
            )
        };
        let text = format!(
            "{}{}{}title: c\nname: c\ncorrelation: {{type: temporal, rules: [two, three], group-by: [x], timespan: 1h}}\n",
            rule("one"),
            rule("two"),
            rule("three"),
        );
        let set = load_str("t.yml", &text, Origin::File, &Vars::new()).expect("good rules");
        let number = |name: &str| {
            set.rules
                .iter()
                .position(|rule| rule.meta.id == name)
                .expect("loaded")
        };
        let (small, old) = subset(&set, [number("c")]);
        assert_eq!(old, [number("two"), number("three"), number("c")]);
        let Body::Correlation(body) = &small.rules[2].body else {
            panic!("a correlation")
        };
        assert_eq!(body.members, [0, 1]);
        assert_eq!(subset(&set, [number("one"), 99]).1, [number("one")]);
    }
}
