//! Whether a rule asks for text that an index can look for.
//!
//! A detection enters, yes or no leaves. No means that the rule must be tried on every record.
//! Derived fields (`ctadel.…`) do not count: they are not in the record.

use super::ast::{Atom, Condition, Detection, Item, Pattern, Piece, Selection};

/// Tells whether every record that meets the rule holds one of the texts it names.
pub fn is_needed(detection: &Detection) -> bool {
    needs_text(detection, &detection.condition)
}

fn needs_text(detection: &Detection, condition: &Condition) -> bool {
    match condition {
        Condition::And(parts) => parts.iter().any(|part| needs_text(detection, part)),
        Condition::Or(parts) => parts.iter().all(|part| needs_text(detection, part)),
        Condition::Not(_) => false,
        Condition::Selection(number) => detection
            .selections
            .get(*number)
            .is_some_and(|(_, selection)| asks_text(selection)),
    }
}

fn asks_text(selection: &Selection) -> bool {
    match selection {
        Selection::All(parts) => parts.iter().any(asks_text),
        Selection::Any(parts) => parts.iter().all(asks_text),
        Selection::Keyword(atom) => is_text(atom),
        Selection::Item(Item {
            field,
            atoms,
            all,
            negated,
        }) => {
            let derived = field
                .get(..7)
                .is_some_and(|start| start.eq_ignore_ascii_case("ctadel."));
            let found = if *all {
                atoms.iter().any(is_text)
            } else {
                atoms.iter().all(is_text)
            };
            !derived && !negated && found
        }
    }
}

fn is_text(atom: &Atom) -> bool {
    let Atom::Text(pattern, _) = atom else {
        return false;
    };
    match pattern {
        Pattern::Exact(text)
        | Pattern::Start(text)
        | Pattern::End(text)
        | Pattern::Inside(text) => !text.is_empty(),
        Pattern::Present => false,
        Pattern::Wild(pieces) => pieces.iter().any(|piece| matches!(piece, Piece::Text(_))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::ast::Body;
    use crate::detect::load::{Vars, load_str};
    use crate::model::rule::Origin;

    #[test]
    fn text_is_needed_where_every_way_to_a_match_asks_for_it() {
        let needed = |condition: &str, selection: &str| {
            let text = format!(
                "title: t\nlogsource: {{ product: aws }}\ndetection:\n    all: {{ eventName: [A, B*] }}\n    o: {selection}\n    condition: {condition}\n"
            );
            let set = load_str("t.yml", &text, Origin::File, &Vars::new()).unwrap();
            match &set.rules[0].body {
                Body::Event(detection) => is_needed(detection),
                Body::Correlation(_) => false,
            }
        };
        for (condition, selection, expected) in [
            ("all", "{ a|re: b }", true),
            ("all or o", "{ a: b }", true),
            ("all or o", "{ a|re: b }", false),
            ("all and o", "{ a|re: b }", true),
            ("not all", "{ a: b }", false),
            ("o and 1 of all", "[{ a: '*' }, { b: c }]", true),
            ("o", "[{ a: '*' }, { b: c }]", false),
            ("o", "{ a|neq: b }", false),
            ("o", "{ a|contains|all: ['*', b] }", true),
            ("o", "{ a|contains: ['*', b] }", false),
            ("o", "{ a: [null, b] }", false),
            ("o", "{ a: '?b?' }", true),
            ("o", "[word]", true),
            ("o", "{ Ctadel.ip.tags: tor }", false),
        ] {
            assert_eq!(
                needed(condition, selection),
                expected,
                "{condition} {selection}"
            );
        }
    }
}
