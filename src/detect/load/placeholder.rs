//! `%placeholders%` of values with `|expand`.
//!
//! A value as written and the configured lists enter, every way to fill it in leaves. A list
//! that is not configured is no mistake of the rule: it is left out and reported.

use std::collections::BTreeMap;

use super::error::{Parse, Stop, wrong};

/// The values of `--var`, by name.
pub type Vars = BTreeMap<String, Vec<String>>;

/// More ways than this to fill in one value is a mistake, not a rule.
const MOST: usize = 10_000;

/// Fills in all placeholders of `raw`; `insert` prepares a list value for its place.
pub(super) fn expand(raw: &str, vars: &Vars, insert: fn(&str) -> String) -> Parse<Vec<String>> {
    let mut filled = vec![String::new()];
    let mut rest = raw;
    while let Some(at) = rest.find(['%', '\\']) {
        let (before, from) = rest.split_at(at);
        push(&mut filled, before);
        if let Some(after) = from.strip_prefix("\\%") {
            push(&mut filled, "%");
            rest = after;
        } else if let Some((name, after)) = placeholder(from) {
            let values = lookup(vars, name).ok_or_else(|| Stop::Placeholder(name.to_owned()))?;
            if filled.len() * values.len() > MOST {
                return wrong(format!("%{name}% makes more than {MOST} values"));
            }
            let ways = filled.iter().flat_map(|start| {
                values
                    .iter()
                    .map(move |value| format!("{start}{}", insert(value)))
            });
            filled = ways.collect();
            rest = after;
        } else {
            // A lone percent sign, or a backslash that escapes something else.
            push(&mut filled, &from[..1]);
            rest = &from[1..];
        }
    }
    push(&mut filled, rest);
    Ok(filled)
}

fn push(filled: &mut [String], text: &str) {
    filled.iter_mut().for_each(|value| value.push_str(text));
}

/// `%name%` at the start of `text`: the name and what follows.
fn placeholder(text: &str) -> Option<(&str, &str)> {
    let (name, after) = text.strip_prefix('%')?.split_once('%')?;
    let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    (!name.is_empty() && name.chars().all(word)).then_some((name, after))
}

/// A list by its name; case counts only where two names differ in nothing else, because rule
/// sets write one placeholder in several ways.
fn lookup<'a>(vars: &'a Vars, name: &str) -> Option<&'a [String]> {
    let same = |(key, _): &(&String, &Vec<String>)| key.eq_ignore_ascii_case(name);
    let values = vars
        .get(name)
        .or_else(|| vars.iter().find(same).map(|(_, values)| values))?;
    (!values.is_empty()).then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vars() -> Vars {
        let list = |values: &[&str]| values.iter().map(|v| (*v).to_owned()).collect();
        BTreeMap::from([
            ("own".to_owned(), list(&["a", "b"])),
            ("Known_Location".to_owned(), list(&["FR"])),
            ("empty".to_owned(), Vec::new()),
        ])
    }

    #[test]
    fn fills_in_every_way() {
        for (raw, expected) in [
            ("%own%", &["a", "b"][..]),
            ("x-%own%-y", &["x-a-y", "x-b-y"]),
            ("%own%%own%", &["aa", "ab", "ba", "bb"]),
            ("%KNOWN_LOCATION%", &["FR"]),
            ("50%", &["50%"]),
            ("5% of 6%", &["5% of 6%"]),
            (r"\%own%", &["%own%"]),
            (r"\%plain%own%", &["%plaina", "%plainb"]),
            (r"C:\%own%\*", &["C:%own%\\*"]),
            ("%%", &["%%"]),
            ("é%own%", &["éa", "éb"]),
        ] {
            assert_eq!(
                expand(raw, &vars(), str::to_owned).unwrap(),
                expected,
                "{raw}"
            );
        }
    }

    #[test]
    fn a_list_that_is_not_configured_stops_the_rule() {
        for (raw, name) in [("a%nobody%", "nobody"), ("%empty%", "empty")] {
            let stop = expand(raw, &vars(), str::to_owned).unwrap_err();
            assert_eq!(stop, Stop::Placeholder(name.to_owned()));
        }
    }
}
