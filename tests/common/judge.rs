//! Rules judged record by record, through the index and past it.
//!
//! Raw records in, numbers of the rules that hold out.

use std::collections::{BTreeMap, BTreeSet};

use ctadel::decode::index::Index;
use ctadel::decode::trie::{Slots, Span};
use ctadel::decode::walk::Walker;
use ctadel::detect::ast::RuleSet;
use ctadel::detect::compile::Program;
use ctadel::detect::matcher::{Matcher, Scene};
use ctadel::enrich::derive::{Context, Firsts};
use ctadel::normalize::source::Stage;
use ctadel::normalize::{Record, SOURCES, Source};

/// The rules of a set that speak about one source, bound to it.
pub struct Judge {
    program: Program,
    context: Context,
}

/// A rule and whether it is decided.
pub type Verdicts = BTreeMap<u32, bool>;

impl Judge {
    /// Bound to the first source.
    pub fn new(rules: &RuleSet) -> Judge {
        Judge::of(SOURCES[0], rules)
    }

    pub fn of(source: &'static Source, rules: &RuleSet) -> Judge {
        Judge {
            program: Program::new(source, rules, true).expect("rules of a test compile"),
            context: Context::default(),
        }
    }

    /// Every rule that was bound, by its number in the set.
    pub fn rules(&self) -> BTreeSet<u32> {
        self.program.rules.iter().map(|bound| bound.rule).collect()
    }

    /// What holds or may hold, through the index and past it.
    pub fn both(&self, matcher: &mut Matcher, raw: &[u8]) -> (Verdicts, Verdicts) {
        let mut index = Index::default();
        index.build(raw);
        let mut slots = Slots::default();
        let end = Walker::new(raw, &index)
            .record(0, &self.program.layout.trie, &mut slots)
            .expect("a record of a test is JSON");
        let span = Span {
            start: 0,
            end: end as u32,
        };
        let scene = Scene {
            program: &self.program,
            record: Record::new(raw, span, &slots, &self.program.layout),
            context: &self.context,
            late: None,
            fresh: Firsts::ALL,
            granted: None,
            stage: Stage::Whole,
            action: None,
        };
        let rule = |bound: u32| self.program.rules[bound as usize].rule;
        let mut through = Verdicts::new();
        matcher.judge(&scene, &mut |_, verdict, _| {
            through.insert(rule(verdict.bound), verdict.level.is_some());
        });
        matcher.next_record();
        let mut past = Verdicts::new();
        for bound in 0..self.program.rules.len() as u32 {
            if let Some(verdict) = matcher.rule(&scene, bound) {
                past.insert(rule(bound), verdict.level.is_some());
            }
        }
        (through, past)
    }

    pub fn matcher(&self) -> Matcher {
        Matcher::new(&self.program)
    }
}
