//! Several records of one action: which of them have been spoken about already.
//!
//! The store enters before its candidates are decided; what leaves tells, by rule and record,
//! whether the rule counts the action. A call from account to account is logged in both, and a
//! record may be sent again with what was missing: neither makes two actions.

use std::collections::{HashMap, HashSet};

use super::rows::FoldKey;
use super::store::Store;
use crate::detect::compile::Program;
use crate::normalize::source::Part;

/// By rule and key of an action's first record: the fold that counts it, `None` where only a
/// correlation does.
pub type Told = HashMap<(u32, u64), Option<FoldKey>>;

/// The key of the record that this one repeats for a rule, where there is one.
pub fn original(store: &Store, rule: u32, part: Option<Part>) -> Option<u64> {
    match part? {
        Part::Amends(key) => Some(key),
        Part::First(shared) | Part::Other(shared) => store.shared.get(&(rule, shared)).copied(),
        Part::Step(..) => None,
    }
}

/// What the rules have said about the records that the candidates repeat.
pub fn told(store: &Store, programs: &[Program]) -> Told {
    let mut wanted = HashSet::new();
    for (candidate, row) in &store.candidates {
        let rules = &programs[row.source as usize].rules;
        let rules = candidate
            .bound
            .iter()
            .map(|bound| rules[*bound as usize].rule);
        wanted.extend(rules.filter_map(|rule| original(store, rule, candidate.part)));
    }
    let mut told = Told::new();
    if wanted.is_empty() {
        return told;
    }
    let feeds = programs.iter().flat_map(|program| &program.rules);
    let members: HashMap<(u32, u32), u32> = feeds
        .flat_map(|rule| {
            let places = rule.feeds.iter();
            places.map(|feed| ((feed.correlation, feed.member), rule.rule))
        })
        .collect();
    for ((correlation, _), group) in &store.groups {
        for counted in &group.rows {
            let rule = members.get(&(*correlation, counted.member));
            if let Some(rule) = rule.filter(|_| wanted.contains(&counted.row.key)) {
                told.insert((*rule, counted.row.key), None);
            }
        }
    }
    for fold in &store.folds {
        let references = fold.references().iter().map(|reference| reference.key);
        for record in references
            .chain([fold.first.key])
            .filter(|record| wanted.contains(record))
        {
            told.insert((fold.key().rule, record), Some(fold.key()));
        }
    }
    told
}

/// What has been decided so far, and so is not in [`Told`] yet.
#[derive(Default)]
pub struct Sides {
    records: HashSet<(u32, u64)>,
    shared: HashMap<(u32, u64), u64>,
}

impl Sides {
    /// Notes that a rule holds for a record.
    pub fn add(&mut self, rule: u32, key: u64, part: Option<Part>) {
        self.records.insert((rule, key));
        if let Some(Part::First(shared) | Part::Other(shared)) = part {
            self.shared.entry((rule, shared)).or_insert(key);
        }
    }

    /// The record that this one repeats for a rule that holds for both.
    pub fn original(
        &self,
        store: &Store,
        told: &Told,
        rule: u32,
        part: Option<Part>,
    ) -> Option<u64> {
        let known =
            |key: &u64| told.contains_key(&(rule, *key)) || self.records.contains(&(rule, *key));
        let before = original(store, rule, part).filter(known);
        before.or_else(|| match part? {
            Part::First(shared) | Part::Other(shared) => self.shared.get(&(rule, shared)).copied(),
            Part::Amends(_) | Part::Step(..) => None,
        })
    }
}
