//! The actions of the response side that suggestions name.

use crate::model::response::{Reversibility, response};
use crate::model::{Finding, Suggestion};

/// Suggests an action on a target.
pub(super) fn act(
    finding: &Finding,
    action: &'static str,
    target: impl Into<String>,
) -> Suggestion {
    let known = response(finding.provider, action);
    Suggestion::Action {
        action: action.to_owned(),
        target: target.into(),
        reversible: known.is_some_and(|known| known.undo == Reversibility::Full),
    }
}

/// Whether the finding's provider has the action that is suggested.
pub(super) fn exists(finding: &Finding, suggestion: &Suggestion) -> bool {
    match suggestion {
        Suggestion::Action { action, .. } => response(finding.provider, action).is_some(),
        Suggestion::Advice(_) => true,
    }
}
