//! Matches that hang on one question about the whole input, and that nobody will see.
//!
//! An undecided rule enters, the question leaves: whether it fired is all that is asked, and the
//! same question comes up again and again.

use super::Work;
use super::bases::JOINT;
use crate::detect::matcher::{Matcher, Scene};
use crate::enrich::derive::roles;
use crate::model::Severity;
use crate::normalize::Norm;
use crate::normalize::source::Stage;
use crate::run::rows::Asked;

impl Work<'_> {
    /// Notes the question on which an undecided rule hangs; false where it is no such rule, and
    /// the record has to be kept.
    pub(super) fn asks(
        &mut self,
        matcher: &mut Matcher,
        scene: &Scene,
        bound: u32,
        shown: Severity,
    ) -> bool {
        let rule = &scene.program.rules[bound as usize];
        if shown == Severity::Informational || scene.stage != Stage::Whole || !rule.feeds.is_empty()
        {
            return false;
        }
        if matcher.if_granted(scene, bound) != Some(Severity::Informational) {
            return false;
        }
        let account = scene.record.text(Norm::Account).unwrap_or_default();
        for role in roles(&scene.record) {
            let mut holder = role.into_bytes();
            holder.push(JOINT);
            holder.extend_from_slice(account.as_bytes());
            let asked = Asked {
                rule: rule.rule,
                holder: self.out.strings.put(&holder),
            };
            if self.tables.asked.insert(asked) {
                self.out.asked.push(asked);
            }
        }
        true
    }
}
