//! Matches that hang on one question about the whole input, and that nobody will see.
//!
//! An undecided rule enters, the question leaves: whether it fired is all that is asked, and the
//! same question comes up again and again.

use super::Work;
use super::bases::JOINT;
use crate::detect::compile::Logic;
use crate::detect::matcher::{Matcher, Scene};
use crate::enrich::derive::role_name;
use crate::model::Severity;
use crate::normalize::source::Stage;
use crate::normalize::{Norm, Record};
use crate::run::rows::Asked;

impl Work<'_> {
    /// Notes the question on which an undecided rule hangs; false where it is no such rule, and
    /// the record has to be kept.
    pub(super) fn asks(
        &mut self,
        matcher: &mut Matcher,
        scene: &Scene,
        (bound, logic): (u32, &Logic),
        shown: Severity,
    ) -> bool {
        let rule = &scene.program.rules[bound as usize];
        if shown == Severity::Informational || scene.stage != Stage::Whole || !rule.feeds.is_empty()
        {
            return false;
        }
        if matcher.if_granted(scene, bound, logic) != Some(Severity::Informational) {
            return false;
        }
        if self.has_asked(&scene.record, rule.rule) {
            return true;
        }
        let account = scene.record.text(Norm::Account).unwrap_or_default();
        let mut holder = Vec::new();
        for role in scene.record.roles() {
            holder.clear();
            holder.extend_from_slice(role_name(&role).as_bytes());
            holder.push(JOINT);
            holder.extend_from_slice(account.as_bytes());
            self.out.asked.push(Asked {
                rule: rule.rule,
                holder: self.out.strings.put(&holder),
            });
        }
        true
    }

    /// Whether the question has come up in this batch: the same raw values make the same one.
    fn has_asked(&mut self, record: &Record, rule: u32) -> bool {
        let mark = self.tables.mark(record, &[Norm::Account]);
        let mut mark = mark.with(rule.into());
        let mut any = false;
        for raw in record.raw_roles() {
            any = true;
            mark = self.tables.with(mark, raw);
        }
        // Where no raw value names them, they stand anywhere in it.
        if !any {
            mark = self.tables.with(mark, record.raw());
        }
        !self.tables.asked.insert(mark.number())
    }
}
