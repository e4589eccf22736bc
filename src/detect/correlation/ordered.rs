//! `temporal_ordered`: several rules within one window, one after the other.
//!
//! Enter matches of the members; leaves whether a chain in the rule's order lies inside. For each
//! step it is enough to remember the chain that starts latest: nothing has to leave.

use super::Row;
use super::temporal::judge;
use super::threshold::all_hold;
use super::window::Window;
use crate::detect::ast::{Comparison, Condition, Correlation};

/// More members than this in an extended condition are taken all together: the sets that would
/// satisfy it are too many to try.
const MOST_MEMBERS: usize = 10;

/// The chain that starts latest among those that reach a step.
#[derive(Clone, Debug, Default)]
struct Chain {
    start: i64,
    rows: Vec<usize>,
}

/// Members that must follow each other, and how far the rows so far reach.
struct Sequence {
    steps: Vec<usize>,
    reached: Vec<Option<Chain>>,
}

/// Looks for a chain of members in order.
pub(super) struct Ordered<'a> {
    condition: Option<&'a Condition>,
    thresholds: &'a [(Comparison, f64)],
    members: usize,
    sequences: Vec<Sequence>,
    inside: Vec<usize>,
    /// The first row of each member in the present instant.
    now: Vec<Option<usize>>,
}

impl<'a> Ordered<'a> {
    pub(super) fn new(correlation: &'a Correlation) -> Self {
        let members = correlation.members.len();
        let steps = match &correlation.condition {
            None => vec![(0..members).collect()],
            Some(condition) => alternatives(condition, members),
        };
        let sequence = |steps: Vec<usize>| Sequence {
            reached: vec![None; steps.len()],
            steps,
        };
        Ordered {
            condition: correlation.condition.as_ref(),
            thresholds: &correlation.thresholds,
            members,
            sequences: steps.into_iter().map(sequence).collect(),
            inside: vec![0; members],
            now: vec![None; members],
        }
    }

    /// The first sequence that lies in the window and satisfies the condition.
    fn found(&self, from: i64) -> Option<&Sequence> {
        self.sequences.iter().find(|sequence| {
            // A condition that names no member positively is judged by what is absent.
            let chained = match sequence.reached.last() {
                None => self.condition.is_some(),
                Some(last) => last.as_ref().is_some_and(|chain| chain.start >= from),
            };
            chained && self.allowed(sequence)
        })
    }

    /// Whether the members inside the window permit the sequence: what stands under `not` is
    /// judged by the whole window, the rest by the sequence.
    fn allowed(&self, sequence: &Sequence) -> bool {
        let inside = |m: usize| self.inside.get(m).is_some_and(|n| *n > 0);
        self.condition.is_none_or(|condition| {
            holds(condition, false, &|m, negated| {
                if negated {
                    inside(m)
                } else {
                    sequence.steps.contains(&m)
                }
            })
        })
    }
}

/// Judges a condition; the look-up is told whether the member stands under an odd number of
/// `not`.
fn holds(condition: &Condition, negated: bool, seen: &dyn Fn(usize, bool) -> bool) -> bool {
    match condition {
        Condition::And(parts) => parts.iter().all(|part| holds(part, negated, seen)),
        Condition::Or(parts) => parts.iter().any(|part| holds(part, negated, seen)),
        Condition::Not(part) => !holds(part, !negated, seen),
        Condition::Selection(member) => seen(*member, negated),
    }
}

/// Collects the members that a condition names outside of any `not`.
fn positive(condition: &Condition, negated: bool, into: &mut Vec<usize>) {
    match condition {
        Condition::And(parts) | Condition::Or(parts) => {
            parts.iter().for_each(|part| positive(part, negated, into));
        }
        Condition::Not(part) => positive(part, !negated, into),
        Condition::Selection(member) if !negated => into.push(*member),
        Condition::Selection(_) => {}
    }
}

/// The smallest sets of members, each in the rule's order, that satisfy a condition when nothing
/// else is there.
fn alternatives(condition: &Condition, members: usize) -> Vec<Vec<usize>> {
    let mut named = Vec::new();
    positive(condition, false, &mut named);
    named.retain(|m| *m < members);
    named.sort_unstable();
    named.dedup();
    if named.len() > MOST_MEMBERS {
        return vec![named];
    }
    let mut sets: Vec<u32> = (0..1u32 << named.len())
        .filter(|set| {
            judge(condition, &|m| {
                let place = named.binary_search(&m);
                place.is_ok_and(|bit| set & (1 << bit) != 0)
            })
        })
        .collect();
    sets.sort_by_key(|set| (set.count_ones(), *set));
    let mut smallest: Vec<u32> = Vec::new();
    for set in sets {
        if !smallest.iter().any(|small| small & set == *small) {
            smallest.push(set);
        }
    }
    let spell = |set: &u32| {
        let bits = named.iter().enumerate();
        bits.filter(|(bit, _)| set & (1 << bit) != 0)
            .map(|(_, m)| *m)
            .collect()
    };
    smallest.iter().map(spell).collect()
}

impl Window for Ordered<'_> {
    fn enter(&mut self, at: usize, row: &Row) {
        let member = row.member as usize;
        if let Some(count) = self.inside.get_mut(member) {
            *count += 1;
            self.now[member].get_or_insert(at);
        }
    }

    fn leave(&mut self, _at: usize, row: &Row) {
        if let Some(count) = self.inside.get_mut(row.member as usize) {
            *count -= 1;
        }
    }

    fn settle(&mut self, now: i64) {
        for sequence in &mut self.sequences {
            // Ascending, so that one instant may serve several steps: equal times satisfy any
            // order.
            for (step, &member) in sequence.steps.iter().enumerate() {
                let Some(at) = self.now[member] else { continue };
                let before = step.checked_sub(1).map(|b| sequence.reached[b].as_ref());
                let start = match before {
                    None => now,
                    Some(Some(chain)) => chain.start,
                    Some(None) => continue,
                };
                if sequence.reached[step]
                    .as_ref()
                    .is_some_and(|old| start <= old.start)
                {
                    continue;
                }
                let before = before.flatten().map(|chain| &chain.rows[..]);
                let rows = [before.unwrap_or_default(), &[at]].concat();
                sequence.reached[step] = Some(Chain { start, rows });
            }
        }
        self.now.fill(None);
    }

    fn holds(&self, from: i64) -> bool {
        let value = match self.found(from) {
            None => return false,
            Some(_) => self.members as f64,
        };
        // A threshold beside an order speaks of the members of a complete chain.
        self.condition.is_some() || all_hold(self.thresholds, value)
    }

    fn witness(&self, from: i64) -> Vec<usize> {
        let last = self.found(from).and_then(|s| s.reached.last());
        last.and_then(|chain| chain.as_ref())
            .map(|chain| chain.rows.clone())
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(m: usize) -> Condition {
        Condition::Selection(m)
    }

    #[test]
    fn alternatives_are_the_smallest_sets_that_satisfy() {
        let either = Condition::Or(vec![member(0), member(1)]);
        let then = Condition::And(vec![either, member(2)]);
        assert_eq!(alternatives(&then, 3), [vec![0, 2], vec![1, 2]]);
        let without = Condition::And(vec![member(0), Condition::Not(Box::new(member(1)))]);
        assert_eq!(alternatives(&without, 2), [vec![0]]);
        let none = Condition::Not(Box::new(member(1)));
        assert_eq!(alternatives(&none, 2), [Vec::<usize>::new()]);
        let impossible = Condition::Or(vec![]);
        assert_eq!(alternatives(&impossible, 2), Vec::<Vec<usize>>::new());
    }

    #[test]
    fn a_very_wide_condition_asks_for_all_its_members() {
        let wide = Condition::Or((0..40).map(member).collect());
        assert_eq!(alternatives(&wide, 40).len(), 1);
        assert_eq!(alternatives(&wide, 4).len(), 4);
    }
}
