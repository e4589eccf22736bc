//! `temporal`: several rules within one window, in any order.
//!
//! Enter and leave matches of the members; leaves whether those inside satisfy the condition.
//! Without a condition of its own the rule asks for all its members.

use super::Row;
use super::threshold::all_hold;
use super::window::Window;
use crate::detect::ast::{Comparison, Condition, Correlation};

/// Judges a condition over members by position.
pub(super) fn judge(condition: &Condition, seen: &dyn Fn(usize) -> bool) -> bool {
    match condition {
        Condition::And(parts) => parts.iter().all(|part| judge(part, seen)),
        Condition::Or(parts) => parts.iter().any(|part| judge(part, seen)),
        Condition::Not(part) => !judge(part, seen),
        Condition::Selection(member) => seen(*member),
    }
}

/// Which members have a row inside.
pub(super) struct Temporal<'a> {
    condition: Option<&'a Condition>,
    thresholds: &'a [(Comparison, f64)],
    inside: Vec<usize>,
    /// Members with at least one row inside.
    distinct: usize,
    /// The newest row of each member, to show what made the condition hold.
    newest: Vec<usize>,
}

impl<'a> Temporal<'a> {
    pub(super) fn new(correlation: &'a Correlation) -> Self {
        Temporal {
            condition: correlation.condition.as_ref(),
            thresholds: &correlation.thresholds,
            inside: vec![0; correlation.members.len()],
            distinct: 0,
            newest: vec![0; correlation.members.len()],
        }
    }
}

impl Window for Temporal<'_> {
    fn enter(&mut self, at: usize, row: &Row) {
        let member = row.member as usize;
        if let Some(count) = self.inside.get_mut(member) {
            *count += 1;
            self.distinct += usize::from(*count == 1);
            self.newest[member] = at;
        }
    }

    fn leave(&mut self, _at: usize, row: &Row) {
        if let Some(count) = self.inside.get_mut(row.member as usize) {
            *count -= 1;
            self.distinct -= usize::from(*count == 0);
        }
    }

    fn holds(&self, _from: i64) -> bool {
        if let Some(condition) = self.condition {
            return judge(condition, &|m| self.inside.get(m).is_some_and(|n| *n > 0));
        }
        if self.thresholds.is_empty() {
            return self.distinct == self.inside.len();
        }
        all_hold(self.thresholds, self.distinct as f64)
    }

    fn witness(&self, _from: i64) -> Vec<usize> {
        let members = self.inside.iter().zip(&self.newest);
        members
            .filter(|(n, _)| **n > 0)
            .map(|(_, at)| *at)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_read_members_by_position() {
        let seen = |m: usize| m == 1;
        let both = Condition::And(vec![Condition::Selection(0), Condition::Selection(1)]);
        let either = Condition::Or(vec![Condition::Selection(0), Condition::Selection(1)]);
        let without = Condition::And(vec![
            Condition::Selection(1),
            Condition::Not(Box::new(Condition::Selection(0))),
        ]);
        assert!(!judge(&both, &seen));
        assert!(judge(&either, &seen));
        assert!(judge(&without, &seen));
        assert!(!judge(&Condition::Selection(9), &seen));
        assert!(judge(&Condition::And(vec![]), &seen));
        assert!(!judge(&Condition::Or(vec![]), &seen));
    }
}
