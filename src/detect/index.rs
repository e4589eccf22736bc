//! Which rules can match a record at all.
//!
//! From every rule one *witness* is taken: leaves of which at least one must hold. A record's
//! value of a witness field is judged once; the answer, a list of rules, is remembered. So a
//! rule costs nothing on records that cannot match it.

use std::collections::HashMap;

use super::ast::Condition;
use super::compile::{Ask, Bound, Known, Leaf, Node};
use super::field::Field;
use super::memo::{Asked, Memo};
use super::shape::{Outline, is_few};
use crate::normalize::source::{Layout, Norm, Record};

/// The rules of one source by what they cannot match without.
#[derive(Debug, Default)]
pub struct RuleIndex {
    /// Those that select rules first.
    fields: Vec<Asked>,
    dispatch: Option<u16>,
    /// What tells the shape of a record.
    pub outline: Outline,
    /// Rules without a witness: judged on every record.
    pub always: Vec<u32>,
}

type Witness<'a> = Vec<&'a Leaf>;

impl RuleIndex {
    /// Builds the index of the bound rules.
    pub fn new(rules: &[Bound], fields: &[Field], layout: &Layout) -> RuleIndex {
        let dispatch = layout
            .slots_of(layout.source.dispatch)
            .first()
            .map(|(slot, _)| *slot);
        let mut index = RuleIndex {
            dispatch,
            ..RuleIndex::default()
        };
        for (number, rule) in rules.iter().enumerate() {
            let number = number as u32;
            let cost = |leaf: &Leaf| {
                let slots = slots_of(leaf, fields, layout);
                let first = slots.first()?;
                Some(u32::from(Some(*first) != dispatch) + slots.len() as u32 - 1)
            };
            match witness(&rule.logic.condition, rule, &cost) {
                Some((_, leaves)) => {
                    for leaf in leaves {
                        for slot in slots_of(leaf, fields, layout) {
                            index.add(slot, layout, leaf, number);
                        }
                    }
                }
                None => index.always.push(number),
            }
        }
        index
    }

    /// The place of the memory for a slot's values, a new one where there is none.
    fn place(&mut self, slot: u16, layout: &Layout) -> usize {
        let known = self.fields.iter().position(|field| field.slot == slot);
        known.unwrap_or_else(|| {
            self.fields.push(Asked {
                slot,
                selects: false,
                few: is_few(slot, layout),
                tests: Vec::new(),
                present: Vec::new(),
                questions: Vec::new(),
            });
            self.fields.len() - 1
        })
    }

    fn add(&mut self, slot: u16, layout: &Layout, leaf: &Leaf, rule: u32) {
        let at = self.place(slot, layout);
        let field = &mut self.fields[at];
        field.selects = true;
        match &*leaf.ask {
            Ask::Any(tests, _) => field.tests.push((tests.clone(), rule)),
            // Any one of the tests is enough to be a candidate.
            Ask::All(tests) => field
                .tests
                .extend(tests.first().map(|tests| (tests.clone(), rule))),
            Ask::Exists(_) | Ask::Refers(..) => field.present.push(rule),
        }
    }

    /// Rules that another field than the first one selects, or none.
    pub fn broad(&self) -> Vec<u32> {
        let others = self
            .fields
            .iter()
            .filter(|field| Some(field.slot) != self.dispatch);
        let tested = others
            .clone()
            .flat_map(|field| field.tests.iter().map(|(_, rule)| *rule));
        tested
            .chain(others.flat_map(|field| field.present.iter().copied()))
            .chain(self.always.iter().copied())
            .collect()
    }

    /// Gives every question about a field whose values repeat its place in the memory.
    pub fn remember(&mut self, rules: &mut [Bound], fields: &[Field], layout: &Layout) {
        let mut places = HashMap::new();
        let mut nodes: Vec<&mut Node> = rules
            .iter_mut()
            .flat_map(|rule| &mut rule.logic.selections)
            .collect();
        while let Some(node) = nodes.pop() {
            match node {
                Node::All(parts) | Node::Any(parts) => nodes.extend(parts),
                Node::Leaf(leaf) => {
                    let place = places.entry(leaf.number);
                    leaf.known = *place.or_insert_with(|| {
                        let field = fields.get(leaf.field as usize);
                        let exists = matches!(*leaf.ask, Ask::Exists(_));
                        let field = field.into_iter();
                        field.for_each(|field| self.outline.add(field, exists, layout));
                        self.known(leaf, fields, layout)
                    });
                }
                Node::Keyword(_) => {}
            }
        }
    }

    fn known(&mut self, leaf: &Leaf, fields: &[Field], layout: &Layout) -> Option<Known> {
        let (slot, repeats) = match fields.get(leaf.field as usize)? {
            Field::Slot(slot, _) => {
                let repeats = is_few(*slot, layout) || layout.names_role(*slot);
                (slot, repeats)
            }
            // What an address comes to hangs on nothing else in the record.
            Field::Derived(derived) if derived.is_of_address() => {
                match layout.slots_of(Norm::Address) {
                    [(slot, _)] => (slot, true),
                    _ => return None,
                }
            }
            _ => return None,
        };
        if matches!(*leaf.ask, Ask::Refers(..)) {
            return None;
        }
        if !repeats && !self.fields.iter().any(|field| field.slot == *slot) {
            return None;
        }
        let at = self.place(*slot, layout);
        let field = &mut self.fields[at];
        let known = Known {
            field: at as u16,
            question: field.questions.len() as u32,
        };
        field.questions.push(Leaf {
            known: Some(known),
            ..leaf.clone()
        });
        Some(known)
    }

    /// An empty memory for this index.
    pub fn memo(&self, rules: usize) -> Memo {
        Memo::new(self.fields.len(), rules)
    }

    /// Puts the numbers of the rules that can match into `out`, each once.
    pub fn candidates(&self, record: &Record, memo: &mut Memo, out: &mut Vec<u32>) {
        out.clear();
        out.extend_from_slice(&self.always);
        memo.select(&self.fields, record, out);
    }

    /// What is asked of the remembered fields.
    pub(super) fn asked(&self) -> &[Asked] {
        &self.fields
    }

    /// Whether the shape tells the answer of a remembered question.
    pub fn tells(&self, record: &Record, memo: &mut Memo, known: Known) -> bool {
        let number = known.field as usize;
        !self.fields[number].few && memo.has_all(&self.fields, record, number)
    }

    /// The remembered answer of a question about a field that has at most one value here; `None`
    /// where it has not been asked yet.
    #[inline]
    pub fn answer(&self, record: &Record, memo: &mut Memo, known: Known) -> Option<bool> {
        memo.answer(&self.fields, record, known)
    }

    /// Remembers the answer to what was asked last.
    pub fn learn(&self, memo: &mut Memo, known: Known, answer: bool) {
        memo.learn(&self.fields, known, answer);
    }
}

/// The slots of a leaf that can be a witness: a positive question about declared fields that hold
/// one plain value each. A name that stands for several places is answered by one of them.
fn slots_of(leaf: &Leaf, fields: &[Field], layout: &Layout) -> Vec<u16> {
    let positive = match &*leaf.ask {
        Ask::Any(_, absent) => !absent,
        Ask::All(tests) => !tests.is_empty(),
        Ask::Exists(wanted) => *wanted,
        Ask::Refers(..) => false,
    };
    if !positive || leaf.negated {
        return Vec::new();
    }
    // Identities in one piece hardly repeat: no witness.
    let one = |field: &Field| match field {
        Field::Slot(slot, _) => {
            let mut pieces = layout.slots_of(Norm::Identity).iter();
            let piece = pieces.any(|(known, _)| known == slot);
            (!piece && layout.is_declared(*slot)).then_some(*slot)
        }
        _ => None,
    };
    match fields.get(leaf.field as usize) {
        Some(Field::FirstOf(all)) => all
            .iter()
            .map(one)
            .collect::<Option<_>>()
            .unwrap_or_default(),
        Some(field) => one(field).into_iter().collect(),
        None => Vec::new(),
    }
}

/// The cheapest witness of a condition and its cost; `None` where it can hold without any leaf.
fn witness<'a>(
    condition: &Condition,
    rule: &'a Bound,
    cost: &dyn Fn(&Leaf) -> Option<u32>,
) -> Option<(u32, Witness<'a>)> {
    match condition {
        Condition::And(parts) => {
            cheapest(parts.iter().filter_map(|part| witness(part, rule, cost)))
        }
        Condition::Or(parts) => union(parts.iter().map(|part| witness(part, rule, cost))),
        Condition::Not(_) => None,
        Condition::Selection(number) => of_node(rule.logic.selections.get(*number)?, cost),
    }
}

fn of_node<'a>(node: &'a Node, cost: &dyn Fn(&Leaf) -> Option<u32>) -> Option<(u32, Witness<'a>)> {
    match node {
        Node::All(parts) => cheapest(parts.iter().filter_map(|part| of_node(part, cost))),
        Node::Any(parts) => union(parts.iter().map(|part| of_node(part, cost))),
        Node::Leaf(leaf) => {
            // A question about presence alone selects far too much.
            let broad = u32::from(matches!(*leaf.ask, Ask::Exists(_))) * 100;
            cost(leaf).map(|cost| (cost + broad, vec![leaf]))
        }
        Node::Keyword(_) => None,
    }
}

fn cheapest<'a>(all: impl Iterator<Item = (u32, Witness<'a>)>) -> Option<(u32, Witness<'a>)> {
    all.min_by_key(|(cost, _)| *cost)
}

fn union<'a>(all: impl Iterator<Item = Option<(u32, Witness<'a>)>>) -> Option<(u32, Witness<'a>)> {
    let mut out = (0, Vec::new());
    let mut any = false;
    for one in all {
        let (cost, leaves) = one?;
        out.0 = out.0.max(cost);
        out.1.extend(leaves);
        any = true;
    }
    any.then_some(out)
}
