//! The actions of the response side that suggestions name.
//!
//! A table of names and whether each can be undone, so that a suggestion never names an action
//! that does not exist.

use crate::model::Suggestion;

/// Action names, and whether the response side can undo them.
const ACTIONS: [(&str, bool); 25] = [
    ("block-bucket-public", true),
    // What was saved from deletion is not scheduled for it again.
    ("cancel-key-deletion", false),
    ("cordon-node", true),
    ("deactivate-key", true),
    ("delete-token", false),
    ("detach-policy", true),
    ("disable-function", true),
    ("disable-service-account", true),
    ("disable-service-principal", true),
    ("disable-user", true),
    ("firewall-deny", true),
    ("isolate-pod", true),
    ("make-snapshot-private", true),
    ("nsg-deny", true),
    ("quarantine-role", true),
    ("quarantine-security-group", true),
    ("re-enable-guardduty", false),
    ("remove-iam-binding", true),
    ("remove-role-assignment", true),
    ("remove-rolebinding", true),
    ("restore-bucket-logging", true),
    ("restore-diagnostic-settings", true),
    ("restore-sink", true),
    ("revoke-sessions", true),
    // Undoing it would blind the defender.
    ("start-logging", false),
];

/// Suggests an action on a target.
pub(super) fn act(action: &'static str, target: impl Into<String>) -> Suggestion {
    let known = ACTIONS.iter().find(|(name, _)| *name == action);
    Suggestion::Action {
        action: action.to_string(),
        target: target.into(),
        reversible: known.is_some_and(|(_, reversible)| *reversible),
    }
}

/// Suggests an action that cannot be undone at a provider where others can.
pub(super) fn act_for_good(action: &'static str, target: impl Into<String>) -> Suggestion {
    Suggestion::Action {
        action: action.to_string(),
        target: target.into(),
        reversible: false,
    }
}

/// Whether an action of this name exists.
#[cfg(test)]
pub(super) fn exists(action: &str) -> bool {
    ACTIONS.iter().any(|(name, _)| *name == action)
}
