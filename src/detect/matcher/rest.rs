//! What a record's shape leaves of a rule that it does not decide.
//!
//! A rule enters, the parts of it that are still open leave: of every further record of the shape
//! only those are asked.

use super::{Answer, Matcher, Scene};
use crate::detect::ast::Condition;
use crate::detect::compile::{Ask, Logic, Node, Program};
use crate::detect::field::Field;
use crate::enrich::derive::Derived;

/// A part of a rule: decided, or what is left of it.
enum Left<T> {
    Told(bool),
    Open(T),
}

impl Matcher {
    /// What is left of a rule; asked only for what the shape tells.
    pub(super) fn rest(&mut self, scene: &Scene, logic: &Logic) -> Logic {
        let nodes = logic.selections.iter();
        let selections: Vec<Left<Node>> = nodes.map(|node| self.left(scene, node)).collect();
        let open = |left| match left {
            Left::Told(holds) => always(holds),
            Left::Open(condition) => condition,
        };
        let condition = open(left(&logic.condition, &selections));
        let mut levels = Vec::new();
        for (condition, level) in &logic.levels {
            match left(condition, &selections) {
                Left::Told(false) => {}
                told @ Left::Told(true) => {
                    levels.push((open(told), *level));
                    break;
                }
                still => levels.push((open(still), *level)),
            }
        }
        let selections = selections.into_iter().map(|left| match left {
            Left::Told(_) => Node::All(Vec::new()),
            Left::Open(node) => node,
        });
        Logic {
            selections: selections.collect(),
            condition,
            levels,
            if_granted: None,
        }
    }

    fn left(&mut self, scene: &Scene, node: &Node) -> Left<Node> {
        match node {
            Node::All(parts) => {
                let parts = parts.iter().map(|part| self.left(scene, part));
                combine(parts, false, Node::All)
            }
            Node::Any(parts) => {
                let parts = parts.iter().map(|part| self.left(scene, part));
                combine(parts, true, Node::Any)
            }
            Node::Leaf(_) | Node::Keyword(_) => match self.node(scene, node) {
                Answer::Unknown => Left::Open(node.clone()),
                answer => Left::Told(answer == Answer::True),
            },
        }
    }
}

/// Whether nothing is asked but whether the role that the call names was given administrator
/// rights: what the whole input tells, and no record of the shape.
pub(super) fn asks_for_role_alone(rest: &Logic, program: &Program) -> bool {
    fn alone(node: &Node, program: &Program) -> bool {
        match node {
            Node::All(parts) | Node::Any(parts) => parts.iter().all(|part| alone(part, program)),
            Node::Leaf(leaf) => {
                let field = program.fields.get(leaf.field as usize);
                matches!(field, Some(Field::Derived(Derived::RoleAdminSeen)))
                    && !matches!(*leaf.ask, Ask::Refers(..))
            }
            Node::Keyword(_) => false,
        }
    }
    rest.selections.iter().all(|node| alone(node, program))
}

fn left(condition: &Condition, selections: &[Left<Node>]) -> Left<Condition> {
    match condition {
        Condition::And(parts) => {
            let parts = parts.iter().map(|part| left(part, selections));
            combine(parts, false, Condition::And)
        }
        Condition::Or(parts) => {
            let parts = parts.iter().map(|part| left(part, selections));
            combine(parts, true, Condition::Or)
        }
        Condition::Not(part) => match left(part, selections) {
            Left::Told(holds) => Left::Told(!holds),
            Left::Open(part) => Left::Open(Condition::Not(Box::new(part))),
        },
        Condition::Selection(number) => match selections.get(*number) {
            Some(Left::Told(holds)) => Left::Told(*holds),
            Some(Left::Open(_)) => Left::Open(condition.clone()),
            None => Left::Told(false),
        },
    }
}

/// What is left of several parts, of which one that says `decisive` decides.
fn combine<T>(
    parts: impl Iterator<Item = Left<T>>,
    decisive: bool,
    whole: fn(Vec<T>) -> T,
) -> Left<T> {
    let mut open = Vec::new();
    for part in parts {
        match part {
            Left::Told(holds) if holds == decisive => return Left::Told(decisive),
            Left::Told(_) => {}
            Left::Open(part) => open.push(part),
        }
    }
    match open.pop() {
        None => Left::Told(!decisive),
        Some(only) if open.is_empty() => Left::Open(only),
        Some(last) => {
            open.push(last);
            Left::Open(whole(open))
        }
    }
}

/// A condition that always holds, or never.
fn always(holds: bool) -> Condition {
    match holds {
        true => Condition::And(Vec::new()),
        false => Condition::Or(Vec::new()),
    }
}
