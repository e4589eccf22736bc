//! Phase 2, first half: what waited for the whole input is decided.
//!
//! Undecided records in, matches and rows of correlations out, as if they had been known at once.

use std::collections::HashMap;

use super::actions;
use super::intern::{Interner, NO_STR};
use super::late::{Known, View};
use super::merge::{Sides, Told};
use super::rows::{Base, Row};
use super::store::Store;
use super::worker::Shared;
use super::worker::bases::{JOINT, bases};
use crate::decode::index::Index;
use crate::decode::trie::{Slots, Span};
use crate::decode::walk::Walker;
use crate::detect::matcher::{Matcher, Scene};
use crate::enrich::derive::Firsts;
use crate::model::Severity;
use crate::normalize::Record;
use crate::normalize::source::{Part, Stage};

/// What a decided record adds.
enum Addition {
    Match {
        rule: u32,
        level: Severity,
        row: Row,
    },
    /// A further record of an action that is counted already.
    Repeat { rule: u32, original: u64, row: Row },
    Base {
        base: Base,
        group: Vec<u8>,
        value: Option<Vec<u8>>,
        row: Row,
    },
}

/// Judges the undecided records and adds what they give to the store.
pub fn candidates(store: &mut Store, shared: &Shared, known: &Known) {
    actions::actions(store, shared, known);
    asked(store, known);
    let mut told = Told::new(store, shared.programs);
    for addition in judge(store, shared, known, &told) {
        match addition {
            Addition::Match { rule, level, row } => {
                let key = store.matched(rule, level, &row);
                told.count(rule, row.key, key);
            }
            Addition::Repeat {
                rule,
                original,
                row,
            } => {
                if let Some(fold) = told.fold(rule, original) {
                    store.repeat(fold, &row);
                }
            }
            Addition::Base {
                base,
                group,
                value,
                row,
            } => {
                let group = store.strings.put(&group);
                let value = value.map_or(NO_STR, |value| store.strings.put(&value));
                let base = Base {
                    group,
                    value,
                    ..base
                };
                store.base_of(&base, &row);
            }
        }
    }
}

/// Notes the rules that fired because somebody was given administrator rights.
fn asked(store: &mut Store, known: &Known) {
    for asked in std::mem::take(&mut store.asked) {
        let holder = store.strings.text(asked.holder).unwrap_or_default();
        let parts = holder.split_once(char::from(JOINT));
        if parts.is_some_and(|(name, account)| known.is_admin(name, account)) {
            store.quiet.insert(asked.rule);
        }
    }
}

fn judge(store: &Store, shared: &Shared, known: &Known, told: &Told) -> Vec<Addition> {
    let view = View {
        known,
        store,
        declared: &shared.context.own,
    };
    let mut matchers: HashMap<u8, Matcher> = HashMap::new();
    let mut strings = Interner::default();
    let mut slots = Slots::default();
    let mut index = Index::default();
    let mut out = Vec::new();
    // First sides before the others: what they say is known then.
    let steps = |part: &Option<Part>| matches!(part, Some(Part::Step(..)));
    let mut order: Vec<_> = store.candidates.iter().collect();
    order.retain(|waiting| !steps(&waiting.part));
    order.sort_by_key(|waiting| matches!(waiting.part, Some(Part::Other(_) | Part::Amends(_))));
    let mut texts = store.texts.reader();
    let mut sides = Sides::default();
    for waiting in order {
        let (row, text) = (&waiting.row, texts.text(waiting.text));
        let program = &shared.programs[row.source as usize];
        index.build(text);
        // It was walked before, so it can be walked again.
        let Ok(end) = Walker::new(text, &index).record(0, &program.layout.trie, &mut slots) else {
            continue;
        };
        let span = Span {
            start: 0,
            end: end as u32,
        };
        let record = Record::new(text, span, &slots, &program.layout);
        let scene = Scene {
            program,
            record,
            context: shared.context,
            late: Some(&view),
            fresh: Firsts::default(),
            granted: None,
            stage: Stage::Whole,
            action: None,
        };
        let matcher = matchers.entry(row.source);
        let matcher = matcher.or_insert_with(|| Matcher::new(program));
        matcher.next_record();
        for bound in &waiting.bound {
            let Some(verdict) = matcher.rule(&scene, *bound) else {
                continue;
            };
            let Some(level) = verdict.level else { continue };
            let rule = &program.rules[*bound as usize];
            if let Some(original) = sides.original(told, rule.rule, waiting.part) {
                out.push(Addition::Repeat {
                    rule: rule.rule,
                    original,
                    row: *row,
                });
                continue;
            }
            sides.add(rule.rule, row.key, waiting.part);
            if rule.speaks {
                out.push(Addition::Match {
                    rule: rule.rule,
                    level,
                    row: *row,
                });
            }
            for feed in &rule.feeds {
                for base in bases(matcher, &scene, feed, &mut strings, 0).unwrap_or_default() {
                    let value = (base.value != NO_STR).then(|| strings.get(base.value).to_vec());
                    out.push(Addition::Base {
                        base,
                        group: strings.get(base.group).to_vec(),
                        value,
                        row: *row,
                    });
                }
            }
        }
    }
    out
}
