//! Several records of one action: which of them have been spoken about already.
//!
//! The store enters before its candidates are decided; what leaves tells, by rule and record,
//! whether the rule counts the action. A call from account to account is logged in both, and a
//! record may be sent again with what was missing: neither makes two actions.

use std::collections::{HashMap, HashSet};

use super::rows::FoldKey;
use super::store::Store;
use crate::detect::programs::Programs;
use crate::normalize::source::Part;

/// What the rules have said about the records that the candidates repeat.
#[derive(Default)]
pub struct Told {
    /// By rule and key of an action's first record: the fold that counts it, `None` where only a
    /// correlation does.
    by_record: HashMap<(u32, u64), Option<FoldKey>>,
    /// By rule and the number that the sides of an action share: the first side's key.
    first_sides: HashMap<(u32, u64), u64>,
}

impl Told {
    /// Looks for the records that the candidates repeat.
    pub fn new(store: &Store, programs: &Programs) -> Told {
        let mut wanted = HashSet::new();
        for waiting in &store.candidates {
            wanted.extend(waiting.part.and_then(|part| match part {
                Part::Amends(key) => Some((key, 0)),
                Part::First(shared) | Part::Other(shared) => Some((0, shared)),
                Part::Step(..) => None,
            }));
        }
        let mut told = Told::default();
        if wanted.is_empty() {
            return told;
        }
        let is_wanted = |key: u64, shared: u64| {
            wanted.contains(&(key, 0)) || (shared != 0 && wanted.contains(&(0, shared)))
        };
        let feeds = programs.made().flat_map(|program| &program.rules);
        let members: HashMap<(u32, u32), u32> = feeds
            .flat_map(|rule| {
                let places = rule.feeds.iter();
                places.map(|feed| ((feed.correlation, feed.member), rule.rule))
            })
            .collect();
        for ((correlation, _), group) in store.groups.iter() {
            for counted in &group.rows {
                let (_, key, _, _) = store.rows.order(counted.row);
                let shared = store.rows.shared(counted.row);
                let rule = members.get(&(*correlation, counted.member.into()));
                if let Some(rule) = rule.filter(|_| is_wanted(key, shared)) {
                    told.add(*rule, key, shared, None);
                }
            }
        }
        for fold in store.folds.iter().filter(|fold| !fold.is_joined()) {
            let (first, shared) = store.rows.get(fold.first).sided();
            let references = fold.later().iter();
            let references = references.map(|record| {
                let shared = store.sides.get(&record.key);
                (record.key, shared.copied().unwrap_or_default())
            });
            for (key, shared) in references.chain([(first.key, shared)]) {
                if is_wanted(key, shared) {
                    let fold_key = fold.key(&store.rows, first.time.hour());
                    told.add(fold.rule, key, shared, Some(fold_key));
                }
            }
        }
        told
    }

    fn add(&mut self, rule: u32, key: u64, shared: u64, fold: Option<FoldKey>) {
        self.by_record.insert((rule, key), fold);
        if shared != 0 {
            // Should there be several, the choice must not hang on the order they came in.
            let known = self.first_sides.entry((rule, shared)).or_insert(key);
            *known = key.min(*known);
        }
    }

    /// Notes the fold that counts a record.
    pub fn count(&mut self, rule: u32, key: u64, fold: FoldKey) {
        self.by_record.insert((rule, key), Some(fold));
    }

    /// The fold that counts a record.
    pub fn fold(&self, rule: u32, key: u64) -> Option<&FoldKey> {
        self.by_record.get(&(rule, key))?.as_ref()
    }

    /// The key of the record that this one repeats for a rule, where there is one.
    fn original(&self, rule: u32, part: Option<Part>) -> Option<u64> {
        match part? {
            Part::Amends(key) => Some(key),
            Part::First(shared) | Part::Other(shared) => {
                self.first_sides.get(&(rule, shared)).copied()
            }
            Part::Step(..) => None,
        }
    }
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
    pub fn original(&self, told: &Told, rule: u32, part: Option<Part>) -> Option<u64> {
        let known = |key: &u64| {
            told.by_record.contains_key(&(rule, *key)) || self.records.contains(&(rule, *key))
        };
        let before = told.original(rule, part).filter(known);
        before.or_else(|| match part? {
            Part::First(shared) | Part::Other(shared) => self.shared.get(&(rule, shared)).copied(),
            Part::Amends(_) | Part::Step(..) => None,
        })
    }
}
