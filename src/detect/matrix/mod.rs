//! What the rules see on which log: the phrases people ask for against the logs there are.
//!
//! A rule set enters, a cell for each phrase and log leaves: its rules, or why the log cannot show
//! it. A rule takes its cells by `ctadel.covers` and its own log sources.

mod table;

use self::table::{BLIND, PARTIAL};
pub use self::table::{COLUMNS, Column, PHRASES, Phrase};
use super::ast::{Body, Rule, RuleSet};
use super::compile::applies;
use crate::model::RuleMeta;
use crate::normalize::{SOURCES, Source};

/// One phrase on one log.
#[derive(Clone, Debug, Default)]
pub struct Cell<'a> {
    /// The rules, by id.
    pub rules: Vec<&'a str>,
    /// What of the phrase the log does not show, or why it shows nothing of it.
    pub limit: Option<&'static str>,
    /// Whether the log could show it.
    pub visible: bool,
}

/// All cells: a row for each of [`PHRASES`], in it a cell for each of [`COLUMNS`].
pub fn matrix(set: &RuleSet) -> Vec<Vec<Cell<'_>>> {
    let mut rows: Vec<Vec<Cell>> = PHRASES
        .iter()
        .map(|phrase| COLUMNS.iter().map(|column| empty(phrase, column)).collect())
        .collect();
    for rule in &set.rules {
        let covers = &rule.meta.covers;
        if covers.is_empty() {
            continue;
        }
        let providers = providers(rule, set);
        for (row, phrase) in rows.iter_mut().zip(&PHRASES) {
            if !covers.iter().any(|covered| covered == phrase.id) {
                continue;
            }
            for (cell, column) in row.iter_mut().zip(&COLUMNS) {
                let own = providers.iter().any(|own| column.providers.contains(own));
                if own {
                    cell.rules.push(&rule.meta.id);
                }
            }
        }
    }
    for cell in rows.iter_mut().flatten() {
        cell.rules.sort_unstable();
    }
    rows
}

fn empty<'a>(phrase: &Phrase, column: &Column) -> Cell<'a> {
    let find = |table: &[(&str, &str, &'static str)]| {
        let mut entries = table.iter();
        let found = entries.find(|(of, on, _)| (*of, *on) == (phrase.id, column.id));
        found.map(|(_, _, text)| *text)
    };
    let blind = find(BLIND);
    Cell {
        rules: Vec::new(),
        limit: blind.or_else(|| find(PARTIAL)),
        visible: blind.is_none(),
    }
}

/// The providers whose logs a rule is about; a correlation has those of its members.
fn providers(rule: &Rule, set: &RuleSet) -> Vec<&'static str> {
    let mut out = Vec::new();
    for meta in speakers(rule, set) {
        // A rule for one log may be tried on another that carries the same records.
        let meant = |source: &Source| match &meta.product {
            Some(product) => product.eq_ignore_ascii_case(source.product),
            None => true,
        };
        let own = SOURCES.iter().filter(|source| applies(meta, source));
        out.extend(own.filter(|own| meant(own)).map(|own| own.provider));
    }
    out
}

/// The single-event rules that a rule comes down to.
pub fn speakers<'a>(rule: &'a Rule, set: &'a RuleSet) -> Vec<&'a RuleMeta> {
    let mut out = Vec::new();
    let mut open = vec![rule];
    let mut seen = 0;
    while let Some(rule) = open.pop() {
        seen += 1;
        match &rule.body {
            // Members are loaded without circles; the bound only keeps a slip from running on.
            Body::Correlation(body) if seen <= set.rules.len() => {
                let members = body.members.iter();
                open.extend(members.filter_map(|member| set.rules.get(*member)));
            }
            _ => out.push(&*rule.meta),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::load::{Options, load};
    use crate::model::attack::TACTICS;

    fn builtin() -> RuleSet {
        let options = Options {
            builtin: true,
            ..Options::default()
        };
        load(&options).expect("the built-in rules load")
    }

    #[test]
    fn every_cell_that_a_log_can_show_has_a_rule_and_no_other_has() {
        let set = builtin();
        let mut wrong = Vec::new();
        for (row, phrase) in matrix(&set).iter().zip(&PHRASES) {
            for (cell, column) in row.iter().zip(&COLUMNS) {
                if cell.visible == cell.rules.is_empty() {
                    wrong.push(format!("{} on {}: {:?}", phrase.id, column.id, cell.rules));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn the_tables_speak_of_phrases_logs_and_rules_that_exist() {
        let set = builtin();
        for (phrase, column, text) in BLIND.iter().chain(PARTIAL) {
            assert!(PHRASES.iter().any(|known| known.id == *phrase), "{phrase}");
            assert!(COLUMNS.iter().any(|known| known.id == *column), "{column}");
            let words = text.split([' ', ',', ';']);
            let prefixes = ["azure-", "entra-", "k8s-", "okta-", "ovh-", "rt-", "scw-"];
            for rule in words.filter(|word| prefixes.iter().any(|start| word.starts_with(start))) {
                let known = set.rules.iter().any(|known| known.meta.id == rule);
                assert!(known, "there is no rule {rule}");
            }
        }
        for phrase in &PHRASES {
            let known = TACTICS.iter().any(|tactic| tactic.name == phrase.tactic);
            assert!(known, "{}", phrase.tactic);
        }
        let providers = COLUMNS.iter().flat_map(|column| column.providers);
        for provider in providers {
            let known = SOURCES.iter().any(|source| source.provider == *provider);
            assert!(known, "{provider}");
        }
    }
}
