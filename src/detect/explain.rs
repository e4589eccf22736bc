//! Why a rule did or did not match.
//!
//! A rule and records enter; each record leaves with the rule's answer, the answers of its
//! selections, and for each test the values it met. What is told is what the matcher says, asked
//! once more piece by piece, so that no explanation can differ from a scan.

mod describe;
mod read;
mod tally;

pub use describe::{condition, correlation};
pub use read::{Counts, Options};
pub use tally::{Group, Tally};

use std::sync::Arc;

use super::ast::{Atom, Body, Item, RuleSet, Selection};
use super::compile::{Ask, Bound, Leaf, Node, Program, applies};
use super::matcher::{Answer, Matcher, Scene, Texts};
use super::subset::subset;
use crate::model::{Severity, Time};
use crate::normalize::SOURCES;

/// Values of one field that are told; a list of thousands explains nothing.
const SHOWN_VALUES: usize = 5;

/// A rule that is ready to be explained, with the members of a correlation.
#[derive(Debug)]
pub struct Explainer {
    /// The rule and those it hangs on.
    pub rules: RuleSet,
    /// Which of them was asked for.
    pub asked: usize,
    programs: Vec<Program>,
}

/// A record with the answer of each rule that speaks about its source.
#[derive(Debug)]
pub struct Explained {
    /// The file, as evidence names it.
    pub file: String,
    /// Its position in it.
    pub record: u64,
    /// The log's own event id.
    pub uid: String,
    /// When it happened, where that can be read.
    pub time: Option<Time>,
    /// The canonical action.
    pub action: String,
    /// The answers, in the order of the rules.
    pub judged: Vec<Judged>,
}

/// The answer of one rule.
#[derive(Debug)]
pub struct Judged {
    /// Its number among the explained rules.
    pub rule: usize,
    /// Whether it holds.
    pub answer: Answer,
    /// The level of the match, where it is known.
    pub level: Option<Severity>,
    /// Its selections.
    pub selections: Vec<Selected>,
}

/// The answer of one selection.
#[derive(Debug)]
pub struct Selected {
    /// Its name.
    pub name: String,
    /// Whether it holds.
    pub answer: Answer,
    /// What it asks, in order.
    pub tests: Vec<Test>,
}

/// The answer of one question.
#[derive(Debug)]
pub struct Test {
    /// How many lists it stands in.
    pub depth: usize,
    /// The field; empty for text anywhere in the record and for a list.
    pub field: String,
    /// What is asked of it.
    pub question: String,
    /// Whether that holds.
    pub answer: Answer,
    /// What the record has there.
    pub found: Found,
}

/// What a record has in a field.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing to be told: the question is about other questions, or the whole record.
    Nothing,
    /// The first values, and how many there are.
    Values(Vec<String>, usize),
    /// It is known only when the whole input has been read.
    Late,
}

impl Explainer {
    /// Compiles one rule of a set; its members speak for themselves here.
    pub fn new(set: &RuleSet, rule: usize) -> Result<Explainer, String> {
        let (mut rules, old) = subset(set, [rule]);
        for rule in &mut rules.rules {
            rule.silent = false;
        }
        let asked = old.iter().position(|old| *old == rule).unwrap_or(0);
        let programs: Result<Vec<Program>, String> = SOURCES
            .iter()
            .map(|source| Program::as_written(source, &rules))
            .collect();
        Ok(Explainer {
            rules,
            asked,
            programs: programs?,
        })
    }

    /// Whether any rule here speaks about a log that is read.
    pub fn speaks(&self) -> bool {
        let mut events = self
            .rules
            .rules
            .iter()
            .filter(|rule| matches!(rule.body, Body::Event(_)));
        events.any(|rule| SOURCES.iter().any(|source| applies(&rule.meta, source)))
    }

    /// The answers of all rules on one record.
    fn judge(&self, matcher: &mut Matcher, scene: &Scene) -> Vec<Judged> {
        matcher.next_record();
        let bound = 0..scene.program.rules.len() as u32;
        let one = |bound: u32| self.judged(matcher, scene, bound);
        bound.filter_map(one).collect()
    }

    fn judged(&self, matcher: &mut Matcher, scene: &Scene, number: u32) -> Option<Judged> {
        let bound: &Bound = scene.program.rules.get(number as usize)?;
        let Body::Event(detection) = &self.rules.rules.get(bound.rule as usize)?.body else {
            return None;
        };
        let (answer, level) = match matcher.rule(scene, number) {
            None => (Answer::False, None),
            Some(verdict) if verdict.level.is_none() => (Answer::Unknown, None),
            Some(verdict) => (Answer::True, verdict.level),
        };
        let pairs = detection.selections.iter().zip(&bound.logic.selections);
        let selections = pairs.map(|((name, selection), node)| {
            let mut tests = Vec::new();
            walk(matcher, scene, selection, node, 0, &mut tests);
            Selected {
                name: name.clone(),
                answer: matcher.selection(scene, node),
                tests,
            }
        });
        Some(Judged {
            rule: bound.rule as usize,
            answer,
            level,
            selections: selections.collect(),
        })
    }
}

/// Asks a selection piece by piece; the compiled form has the shape of the loaded one.
fn walk(
    matcher: &mut Matcher,
    scene: &Scene,
    selection: &Selection,
    node: &Node,
    depth: usize,
    out: &mut Vec<Test>,
) {
    match (selection, node) {
        (Selection::All(parts), Node::All(nodes)) => {
            for (part, node) in parts.iter().zip(nodes) {
                walk(matcher, scene, part, node, depth, out);
            }
        }
        (Selection::Any(parts), Node::Any(nodes)) => {
            let answer = matcher.selection(scene, node);
            let question = "one of".to_owned();
            out.push(Test {
                depth,
                field: String::new(),
                question,
                answer,
                found: Found::Nothing,
            });
            for (part, node) in parts.iter().zip(nodes) {
                walk(matcher, scene, part, node, depth + 1, out);
            }
        }
        (Selection::Item(item), Node::Leaf(leaf)) => {
            item_tests(matcher, scene, item, leaf, depth, out)
        }
        (Selection::Keyword(atom), node) => {
            let question = describe::keyword(atom);
            let answer = matcher.selection(scene, node);
            out.push(Test {
                depth,
                field: String::new(),
                question,
                answer,
                found: Found::Nothing,
            });
        }
        // The shapes never differ; if they did, silence would be better than a wrong answer.
        _ => {}
    }
}

/// One line of a rule: the values of its field, and for `|all` each pattern by itself.
fn item_tests(
    matcher: &mut Matcher,
    scene: &Scene,
    item: &Item,
    leaf: &Leaf,
    depth: usize,
    out: &mut Vec<Test>,
) {
    let found = values(matcher, scene, leaf.field);
    let answer = matcher.selection(scene, &Node::Leaf(leaf.clone()));
    let question = describe::item(item);
    out.push(Test {
        depth,
        field: item.field.clone(),
        question,
        answer,
        found,
    });
    let Ask::All(tests) = &*leaf.ask else { return };
    for (atom, tests) in item.atoms.iter().zip(tests) {
        let absent = matches!(atom, Atom::Null);
        let alone = Leaf {
            field: leaf.field,
            ask: Arc::new(Ask::Any(tests.clone(), absent)),
            // A question of its own, which nobody remembers.
            number: u32::MAX,
            negated: false,
            known: None,
        };
        let answer = matcher.selection(scene, &Node::Leaf(alone));
        let question = describe::atom(atom);
        out.push(Test {
            depth: depth + 1,
            field: String::new(),
            question,
            answer,
            found: Found::Nothing,
        });
    }
}

fn values(matcher: &mut Matcher, scene: &Scene, field: u16) -> Found {
    let mut texts = Texts::new();
    if !matcher.texts(scene, field, &mut texts) {
        return Found::Late;
    }
    let shown = texts.iter().take(SHOWN_VALUES);
    let shown = shown
        .map(|text| String::from_utf8_lossy(text).into_owned())
        .collect();
    Found::Values(shown, texts.len())
}

#[cfg(test)]
mod tests;
