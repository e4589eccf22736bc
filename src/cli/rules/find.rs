//! One rule of a set, by what people call it.
//!
//! A name enters; the position of the rule with that name, id or title leaves, or why there is
//! none: left out, or mistyped.

use crate::cli::failure::Failure;
use crate::config::nearest;
use crate::detect::ast::RuleSet;

/// The rule that is meant.
pub fn find(set: &RuleSet, name: &str) -> Result<usize, Failure> {
    let same = |text: &str| text.eq_ignore_ascii_case(name);
    let meta = |rule: usize| &set.rules[rule].meta;
    let all = 0..set.rules.len();
    let found = all
        .clone()
        .find(|rule| same(&meta(*rule).id))
        .or_else(|| {
            all.clone()
                .find(|rule| meta(*rule).uuid.as_deref().is_some_and(same))
        })
        .or_else(|| all.clone().find(|rule| same(&meta(*rule).title)));
    if let Some(found) = found {
        return Ok(found);
    }
    if let Some((id, file, reason)) = set.skipped.iter().find(|(id, _, _)| same(id)) {
        return Err(Failure::usage(format!(
            "rule {id} of {file} was left out: {reason}"
        )));
    }
    let failure = Failure::usage(format!("there is no rule {name:?}"));
    let ids = set.rules.iter().map(|rule| rule.meta.id.as_str());
    Err(match nearest(name, ids) {
        Some(near) => failure.hint(format!("did you mean {near}?")),
        None => failure.hint("`ctadel rules list` names them"),
    })
}
