//! The names that a condition may speak of.
//!
//! Names of selections or members enter with what they stand for; a name, or a pattern such as
//! `filter_*`, leaves as conditions. Unknown names get a suggestion.

use super::error::{Parse, wrong};
use crate::config::hint;
use crate::detect::ast::Condition;

/// The names a condition may use; several may mean the same.
pub(super) struct Scope<'a> {
    /// What a name stands for, for messages.
    pub what: &'static str,
    /// Names and their conditions, in order.
    pub names: Vec<(&'a str, Condition)>,
}

impl<'a> Scope<'a> {
    /// The scope of numbered names.
    pub fn numbered(what: &'static str, names: impl IntoIterator<Item = &'a str>) -> Scope<'a> {
        let number = |(number, name)| (name, Condition::Selection(number));
        Scope {
            what,
            names: names.into_iter().enumerate().map(number).collect(),
        }
    }

    /// What one name stands for.
    pub fn find(&self, name: &str) -> Parse<Condition> {
        match self.names.iter().find(|(known, _)| *known == name) {
            Some((_, condition)) => Ok(condition.clone()),
            None => {
                let near = hint(name, self.names.iter().map(|(known, _)| *known));
                wrong(format!("there is no {} {name:?}{near}", self.what))
            }
        }
    }

    /// What a pattern such as `filter_*` or the word `them` means; names with `_` in front are
    /// left out of `them`.
    pub fn matching(&self, pattern: &str) -> Parse<Vec<Condition>> {
        let them = pattern.eq_ignore_ascii_case("them");
        let mut found: Vec<Condition> = Vec::new();
        for (name, condition) in &self.names {
            let meant = if them {
                !name.starts_with('_')
            } else {
                wildcard(pattern, name)
            };
            if meant && !found.contains(condition) {
                found.push(condition.clone());
            }
        }
        if found.is_empty() {
            return wrong(format!(
                "there is no {} that {pattern:?} could mean",
                self.what
            ));
        }
        Ok(found)
    }
}

/// Matches a name against a pattern whose `*` stands for any text.
fn wildcard(pattern: &str, name: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(mut name) = name.strip_prefix(first) else {
        return false;
    };
    let mut pieces = rest.split('*').peekable();
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return name.ends_with(piece);
        }
        match name.find(piece) {
            Some(at) => name = &name[at + piece.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_names() {
        for (pattern, name, expected) in [
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("a*c", "abc", true),
            ("a*b*c", "abc", true),
            ("*", "", true),
            ("a*a", "a", false),
            ("a**c", "abc", true),
            ("b*", "abc", false),
            ("abc", "abc", true),
        ] {
            assert_eq!(wildcard(pattern, name), expected, "{pattern} {name}");
        }
    }
}
