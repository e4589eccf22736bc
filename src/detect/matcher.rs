//! Judges one record: which rules hold, which cannot be decided yet.
//!
//! Three values: true, false, unknown. Unknown are fields that need the whole input; a rule that
//! hangs on one becomes a candidate and is judged again when everything is known.

mod rest;
mod values;

use std::rc::Rc;

pub use self::values::Texts;
use self::values::keyword;
use super::ast::Condition;
use super::compile::{Ask, Known, Leaf, Logic, Node, Program};
use super::field::Field;
use super::memo::Memo;
use super::shape::{Shape, Shapes, Told};
use super::value::{Tests, Value, refers};
use crate::enrich::derive::{Context, Derived, Firsts, Late};
use crate::model::{Outcome, Severity};
use crate::normalize::Record;
use crate::normalize::source::Stage;

/// An answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// It does not hold.
    False,
    /// It may hold.
    Unknown,
    /// It holds.
    True,
}

impl Answer {
    fn of(holds: bool) -> Answer {
        if holds { Answer::True } else { Answer::False }
    }

    fn not(self) -> Answer {
        match self {
            Answer::True => Answer::False,
            Answer::False => Answer::True,
            Answer::Unknown => Answer::Unknown,
        }
    }
}

/// What is kept from one record to the next.
#[derive(Debug)]
pub struct Matcher {
    memo: Memo,
    candidates: Vec<u32>,
    cache: Vec<Cached>,
    /// By field: the last record that has no value of it, though it had to be searched for.
    absent: Vec<u32>,
    /// Answers of questions, and to which record.
    answers: Vec<(u32, Answer)>,
    round: u32,
    /// Quiet rules that have matched: they need not be judged again.
    matched: Vec<bool>,
    shapes: Shapes,
    /// Only questions that the record's shape answers are asked.
    only_shape: bool,
}

/// Computed values of one field for the current record.
#[derive(Debug, Default)]
struct Cached {
    round: u32,
    known: bool,
    values: Vec<String>,
}

/// One rule's verdict on one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Position among the program's rules.
    pub bound: u32,
    /// Its level here; `None` where rule or level cannot be decided yet.
    pub level: Option<Severity>,
}

/// Everything a judgement looks at.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The program.
    pub program: &'a Program,
    /// The record.
    pub record: Record<'a>,
    /// What the user told.
    pub context: &'a Context,
    /// What the whole input told, once it has been read.
    pub late: Option<&'a dyn Late>,
    /// The respects in which this may be the first record of its actor, as far as it is known.
    pub fresh: Firsts,
    /// What is taken for granted while the whole input is not known: whether the role that the
    /// call names was given administrator rights.
    pub granted: Option<bool>,
    /// What of its action the record tells: of a step the other records are still to come.
    pub stage: Stage,
    /// The other records of the action and how it ended, once they are there.
    pub action: Option<Action<'a>>,
}

/// An action that is told in several records.
#[derive(Clone, Copy)]
pub struct Action<'a> {
    /// Its records but for the one that is judged.
    pub others: &'a [Record<'a>],
    /// How it ended.
    pub outcome: Outcome,
}

impl<'a> Scene<'a> {
    /// Whether the record tells its action whole and alone.
    fn is_plain(&self) -> bool {
        self.stage == Stage::Whole && self.others().is_empty()
    }

    fn others(&self) -> &'a [Record<'a>] {
        self.action.map_or(&[], |action| action.others)
    }
}

impl Matcher {
    /// A matcher for one program.
    pub fn new(program: &Program) -> Matcher {
        Matcher {
            memo: program.index.memo(program.rules.len()),
            candidates: Vec::new(),
            cache: program.fields.iter().map(|_| Cached::default()).collect(),
            absent: vec![u32::MAX; program.fields.len()],
            answers: vec![(u32::MAX, Answer::Unknown); program.questions as usize],
            round: 0,
            matched: vec![false; program.rules.len()],
            shapes: Shapes::default(),
            only_shape: false,
        }
    }

    /// The quiet rules that have matched so far.
    pub fn quiet_matches<'a>(&'a self, program: &'a Program) -> impl Iterator<Item = u32> + 'a {
        let matched = self
            .matched
            .iter()
            .zip(&program.rules)
            .filter(|(matched, _)| **matched);
        matched.map(|(_, bound)| bound.rule)
    }

    /// Calls `verdict` for every rule that holds or may hold, with what was asked of the record.
    pub fn judge(&mut self, scene: &Scene, verdict: &mut dyn FnMut(&mut Matcher, Verdict, &Logic)) {
        let mut candidates = std::mem::take(&mut self.candidates);
        self.next_record();
        let (index, record) = (&scene.program.index, &scene.record);
        let logic = |bound: u32| &scene.program.rules[bound as usize].logic;
        if scene.is_plain() && !record.slots.has_more() {
            for told in &*self.shape(scene, &mut candidates) {
                let bound = told.verdict.bound;
                match &told.rest {
                    None => verdict(self, told.verdict, logic(bound)),
                    Some(rest) => self.candidate(scene, bound, rest, verdict),
                }
            }
        } else {
            index.candidates(record, &mut self.memo, &mut candidates);
            for &bound in &candidates {
                self.candidate(scene, bound, logic(bound), verdict);
            }
        }
        self.candidates = candidates;
    }

    /// Judges a rule that can hold; of what the record's shape has decided only the rest.
    fn candidate(
        &mut self,
        scene: &Scene,
        bound: u32,
        logic: &Logic,
        verdict: &mut dyn FnMut(&mut Matcher, Verdict, &Logic),
    ) {
        let quiet = scene.program.rules[bound as usize].quiet;
        if quiet && self.matched[bound as usize] {
            return;
        }
        // Nobody waits for the rest of the action here.
        let scene = &match quiet {
            true => Scene {
                stage: Stage::Whole,
                ..*scene
            },
            false => *scene,
        };
        match self.told(scene, bound, logic) {
            Some(found) if quiet => self.matched[bound as usize] = found.level.is_some(),
            Some(found) => verdict(self, found, logic),
            None => {}
        }
    }

    /// What the record's shape leaves of the rules; judged once a shape.
    fn shape(&mut self, scene: &Scene, candidates: &mut Vec<u32>) -> Rc<Shape> {
        let (index, record) = (&scene.program.index, &scene.record);
        index.outline.write(record, &mut self.shapes.key);
        self.shapes.key.push(scene.fresh.is_empty().into());
        let asked = index.asked();
        for (number, field) in asked.iter().enumerate().filter(|(_, field)| !field.few) {
            let write =
                |own: &mut Matcher| own.memo.write(asked, record, number, &mut own.shapes.key);
            if !write(self) {
                self.ask(scene, &field.questions);
                if !write(self) {
                    let key = &mut self.shapes.key;
                    self.memo.write_untold(asked, record, number, key);
                }
            }
        }
        if let Some(shape) = self.shapes.find() {
            return shape;
        }
        index.candidates(record, &mut self.memo, candidates);
        self.only_shape = true;
        let mut told = Vec::new();
        for &bound in &*candidates {
            let Some(verdict) = self.rule(scene, bound) else {
                continue;
            };
            let rule = &scene.program.rules[bound as usize];
            if verdict.level.is_some() && rule.quiet {
                self.matched[bound as usize] = true;
            } else {
                let rest = verdict
                    .level
                    .is_none()
                    .then(|| self.rest(scene, &rule.logic));
                told.push(Told { verdict, rest });
            }
        }
        self.only_shape = false;
        for told in &mut told {
            let Some(rest) = &mut told.rest else { continue };
            if rest::asks_for_role_alone(rest, scene.program) {
                rest.if_granted = self.if_granted(scene, told.verdict.bound, rest);
            }
        }
        let shape: Rc<Shape> = told.into();
        self.shapes.learn(Rc::clone(&shape));
        shape
    }

    /// Asks all questions about a value, which remembers the answers.
    #[cold]
    fn ask(&mut self, scene: &Scene, questions: &[Leaf]) {
        for leaf in questions {
            if let Some(known) = leaf.known {
                self.remembered(scene, leaf, known);
            }
        }
    }

    /// Forgets what was computed for the last record.
    pub fn next_record(&mut self) {
        self.memo.next_record();
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.cache.iter_mut().for_each(|cached| cached.round = 0);
            self.absent.fill(u32::MAX);
            self.answers
                .iter_mut()
                .for_each(|(round, _)| *round = u32::MAX);
            self.round = 1;
        }
    }

    /// Judges one rule; [`Matcher::next_record`] must have been called for the record.
    pub fn rule(&mut self, scene: &Scene, bound: u32) -> Option<Verdict> {
        let rule = scene.program.rules.get(bound as usize)?;
        self.told(scene, bound, &rule.logic)
    }

    fn told(&mut self, scene: &Scene, bound: u32, logic: &Logic) -> Option<Verdict> {
        let Logic {
            selections,
            condition,
            levels,
            if_granted,
        } = logic;
        let at = |level| Some(Verdict { bound, level });
        if if_granted.is_some() && scene.late.is_none() && scene.granted.is_none() {
            return at(None).filter(|_| scene.record.may_name_roles());
        }
        match self.condition(scene, selections, condition) {
            Answer::False => None,
            Answer::Unknown => at(None),
            Answer::True => {
                for (condition, level) in levels {
                    match self.condition(scene, selections, condition) {
                        Answer::True => return at(Some(*level)),
                        Answer::Unknown => return at(None),
                        Answer::False => {}
                    }
                }
                at(Some(scene.program.rules[bound as usize].level))
            }
        }
    }

    /// The level at which a rule holds if the role that the call names was given administrator
    /// rights; `None` where the answer hangs on something else too.
    pub fn if_granted(&mut self, scene: &Scene, bound: u32, logic: &Logic) -> Option<Severity> {
        if logic.if_granted.is_some() {
            return logic.if_granted;
        }
        let mut judge = |granted| {
            let scene = Scene {
                granted: Some(granted),
                ..*scene
            };
            self.told(&scene, bound, logic)
        };
        match (judge(true), judge(false)) {
            (Some(verdict), None) => verdict.level,
            _ => None,
        }
    }

    /// Judges one selection, for explanations.
    pub fn selection(&mut self, scene: &Scene, node: &Node) -> Answer {
        self.node(scene, node)
    }

    fn condition(&mut self, scene: &Scene, own: &[Node], condition: &Condition) -> Answer {
        match condition {
            Condition::And(parts) => all(parts.iter().map(|part| self.condition(scene, own, part))),
            Condition::Or(parts) => any(parts.iter().map(|part| self.condition(scene, own, part))),
            Condition::Not(part) => self.condition(scene, own, part).not(),
            Condition::Selection(number) => match own.get(*number) {
                Some(node) => self.node(scene, node),
                None => Answer::False,
            },
        }
    }

    fn node(&mut self, scene: &Scene, node: &Node) -> Answer {
        match node {
            Node::All(parts) => all(parts.iter().map(|part| self.node(scene, part))),
            Node::Any(parts) => any(parts.iter().map(|part| self.node(scene, part))),
            Node::Leaf(leaf) => {
                let answer = match leaf.known {
                    _ if self.only_shape && !self.is_shaped(scene, leaf) => return Answer::Unknown,
                    Some(known) if !scene.record.slots.has_more() && scene.others().is_empty() => {
                        self.remembered(scene, leaf, known)
                    }
                    _ => self.answered(scene, leaf),
                };
                let answer = match scene.stage {
                    Stage::Whole => answer,
                    _ if scene.program.steady[leaf.field as usize] => answer,
                    _ => so_far(&leaf.ask, answer),
                };
                if leaf.negated { answer.not() } else { answer }
            }
            Node::Keyword(_) if self.only_shape => Answer::Unknown,
            Node::Keyword(tests) => {
                let mut records = std::iter::once(&scene.record).chain(scene.others());
                match records.any(|record| keyword(record.raw(), tests)) {
                    false if scene.stage != Stage::Whole => Answer::Unknown,
                    hit => Answer::of(hit),
                }
            }
        }
    }

    /// The answer for this record: many rules ask the same.
    fn answered(&mut self, scene: &Scene, leaf: &Leaf) -> Answer {
        // What is granted for the sake of a question changes no other answer.
        let hangs = || match scene.program.fields.get(leaf.field as usize) {
            _ if matches!(*leaf.ask, Ask::Refers(..)) => true,
            Some(Field::Slot(..) | Field::Deep { .. }) => false,
            Some(Field::Derived(derived)) => *derived == Derived::RoleAdminSeen,
            _ => true,
        };
        if !scene.is_plain() || scene.granted.is_some() && hangs() {
            return self.leaf(scene, leaf);
        }
        let number = leaf.number as usize;
        match self.answers.get(number) {
            Some((round, answer)) if *round == self.round => *answer,
            _ => {
                let answer = self.leaf(scene, leaf);
                if let Some(place) = self.answers.get_mut(number) {
                    *place = (self.round, answer);
                }
                answer
            }
        }
    }

    fn remembered(&mut self, scene: &Scene, leaf: &Leaf, known: Known) -> Answer {
        let index = &scene.program.index;
        if let Some(answer) = index.answer(&scene.record, &mut self.memo, known) {
            return Answer::of(answer);
        }
        let answer = self.leaf(scene, leaf);
        if answer != Answer::Unknown {
            index.learn(&mut self.memo, known, answer == Answer::True);
        }
        answer
    }

    /// Whether the answer hangs on the record's shape alone.
    fn is_shaped(&mut self, scene: &Scene, leaf: &Leaf) -> bool {
        let index = &scene.program.index;
        if let Some(known) = leaf.known
            && index.tells(&scene.record, &mut self.memo, known)
        {
            return true;
        }
        let field = scene.program.fields.get(leaf.field as usize);
        // Nobody named a network: that is so for every record.
        if let Some(Field::Derived(derived)) = field
            && derived.is_of_networks()
            && scene.context.network.is_empty()
            && !matches!(*leaf.ask, Ask::Refers(..))
        {
            return true;
        }
        // It is the first to show nothing: the shape says so.
        if let Some(Field::Derived(derived)) = field
            && derived.is_of_firsts()
            && scene.late.is_none()
            && scene.fresh.is_empty()
            && !matches!(*leaf.ask, Ask::Refers(..))
        {
            return true;
        }
        field.is_some_and(|field| index.outline.tells(field, &leaf.ask, &scene.record))
    }

    fn leaf(&mut self, scene: &Scene, leaf: &Leaf) -> Answer {
        match &*leaf.ask {
            Ask::Any(tests, absent) => {
                let (mut hit, mut there) = (false, false);
                let known = self.values(scene, leaf.field, &mut |value| {
                    there = true;
                    hit = tests.any(value);
                    !hit
                });
                if known {
                    return Answer::of(hit || (*absent && !there));
                }
                match scene.program.fields.get(leaf.field as usize) {
                    // Whatever turns out to be new, it is nothing that is asked for.
                    Some(Field::Derived(Derived::FirstSeen))
                        if !absent
                            && !scene.fresh.names().any(|new| tests.any(Value::Text(new))) =>
                    {
                        Answer::False
                    }
                    _ => Answer::Unknown,
                }
            }
            Ask::All(tests) => {
                let mut open: Vec<&Tests> = tests.iter().collect();
                let known = self.values(scene, leaf.field, &mut |value| {
                    open.retain(|tests| !tests.any(value));
                    !open.is_empty()
                });
                if !known {
                    Answer::Unknown
                } else {
                    Answer::of(open.is_empty())
                }
            }
            Ask::Exists(wanted) => {
                let mut there = false;
                let known = self.values(scene, leaf.field, &mut |value| {
                    there |= !matches!(value, Value::Raw(b"null"));
                    !there
                });
                if !known {
                    Answer::Unknown
                } else {
                    Answer::of(there == *wanted)
                }
            }
            Ask::Refers(references, every) => {
                let mut own = Texts::new();
                let mut known = self.texts(scene, leaf.field, &mut own);
                let mut answers = Vec::with_capacity(references.len());
                for (field, side, cased) in references {
                    let mut other = Texts::new();
                    known &= self.texts(scene, *field, &mut other);
                    answers.push(
                        own.iter()
                            .any(|value| other.iter().any(|o| refers(*side, *cased, value, o))),
                    );
                }
                let holds = if *every {
                    answers.iter().all(|a| *a)
                } else {
                    answers.contains(&true)
                };
                if !known {
                    Answer::Unknown
                } else {
                    Answer::of(holds)
                }
            }
        }
    }
}

/// An answer about one record of an action, as long as the others are not there: a value that
/// fits stays, what is missing may still come.
fn so_far(ask: &Ask, answer: Answer) -> Answer {
    match (ask, answer) {
        (Ask::Exists(false), Answer::False) => Answer::False,
        (Ask::Exists(false) | Ask::Any(_, true), _) | (_, Answer::False) => Answer::Unknown,
        (_, answer) => answer,
    }
}

fn all(answers: impl Iterator<Item = Answer>) -> Answer {
    let mut out = Answer::True;
    for answer in answers {
        out = out.min(answer);
        if out == Answer::False {
            break;
        }
    }
    out
}

fn any(answers: impl Iterator<Item = Answer>) -> Answer {
    let mut out = Answer::False;
    for answer in answers {
        out = out.max(answer);
        if out == Answer::True {
            break;
        }
    }
    out
}
