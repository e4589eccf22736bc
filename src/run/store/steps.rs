//! Matches on steps of actions: kept until all records of the action are there.

use super::Store;
use crate::model::{ActorType, Severity};
use crate::run::intern::NO_STR;
use crate::run::rows::{Base, FoldKey, Range, Row};
use crate::run::taking::Taking;

impl Store {
    pub(super) fn steps_of(&mut self, of: &mut Taking, copies: &[u32]) {
        for number in 0..of.batch.steps.len() {
            let step = of.batch.steps[number];
            if of.is_copy(step.row, copies) {
                continue;
            }
            let id = of.whole(self, step.row);
            let row = self.rows.get(id);
            let bases = step.bases.of(&of.batch.step_bases).iter();
            let bases: Vec<Base> = bases
                .map(|base| Base {
                    group: of.string(self, base.group),
                    value: of.string(self, base.value),
                    ..*base
                })
                .collect();
            if self.steps.len() >= self.caps.steps {
                self.cap(
                    "steps of actions",
                    self.caps.steps,
                    "later actions are told by their last record alone",
                );
                // An end can stand for the whole: most of what is asked about an action is in it.
                if step.ends {
                    if let Some(rule) = step.speaks {
                        self.matched(rule, step.level, &row);
                    }
                    bases.iter().for_each(|base| self.base(base, id, true));
                }
                continue;
            }
            let start = self.step_bases.len() as u32;
            let len = bases.len() as u32;
            self.step_bases.extend(bases);
            let mut step = step;
            step.bases = Range { start, len };
            self.steps.push((step, row));
        }
    }

    /// Adds one match; returns what it was counted under.
    pub fn matched(&mut self, rule: u32, level: Severity, row: &Row) -> FoldKey {
        let target = match row.targets.of(&self.targets).first() {
            Some(target) if level >= Severity::Medium => target.id,
            _ => NO_STR,
        };
        let opened = match self.actors[row.actor].kind() {
            ActorType::Federated => row.issued,
            _ => NO_STR,
        };
        let key = FoldKey {
            rule,
            level,
            opened,
            actor: row.actor,
            ip: row.ip,
            action: row.action,
            outcome: row.outcome,
            target,
            hour: row.time.hour(),
        };
        if let Some(at) = self.open(key, *row, row.time, &mut |store| store.rows.put(row)) {
            self.add(at, row);
        }
        key
    }
}
