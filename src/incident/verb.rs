//! What a call does to its target, by its name.
//!
//! Enter a canonical action; leaves whether it makes, changes, removes or merely uses. Providers
//! name calls by verb first, so a list of verbs is enough to tell cause from use.

/// What a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It brings something into being.
    Creates,
    /// It changes what is there, or who may use it.
    Changes,
    /// It removes something.
    Deletes,
    /// It reads, assumes, invokes, copies from.
    Uses,
}

const CREATES: [&str; 9] = [
    "create", "insert", "import", "register", "copy", "run", "upload", "allocate", "restore",
];

const CHANGES: [&str; 17] = [
    "put",
    "attach",
    "add",
    "modify",
    "update",
    "associate",
    "replace",
    "set",
    "enable",
    "disable",
    "authorize",
    "grant",
    "share",
    "reset",
    "change",
    "publish",
    "write",
];

const DELETES: [&str; 9] = [
    "delete",
    "remove",
    "detach",
    "revoke",
    "terminate",
    "deregister",
    "disassociate",
    "schedule",
    "stop",
];

/// The verb part of a canonical action: `iam:CreateUser` gives `CreateUser`.
pub(super) fn verb(action: &str) -> &str {
    let ends = |byte| matches!(byte, b':' | b'.' | b'/');
    let before = action.bytes().rposition(ends);
    before.map_or(action, |at| &action[at + 1..])
}

/// Judges an action by its verb.
pub(super) fn effect(action: &str) -> Effect {
    let verb = verb(action);
    let first = verb.bytes().next().map(|byte| byte.to_ascii_lowercase());
    let starts = |list: &[&str]| {
        let mut near = list.iter().filter(|word| word.bytes().next() == first);
        near.any(|word| {
            verb.get(..word.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(word))
        })
    };
    if starts(&CREATES) {
        Effect::Creates
    } else if starts(&DELETES) {
        Effect::Deletes
    } else if starts(&CHANGES) {
        Effect::Changes
    } else {
        Effect::Uses
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_tell_cause_from_use() {
        let table = [
            ("iam:CreateUser", Effect::Creates),
            ("ec2:RunInstances", Effect::Creates),
            ("iam:AttachUserPolicy", Effect::Changes),
            ("ec2:ModifySnapshotAttribute", Effect::Changes),
            ("lambda:UpdateFunctionCode", Effect::Changes),
            ("cloudtrail:StopLogging", Effect::Deletes),
            ("iam:DetachRolePolicy", Effect::Deletes),
            ("s3:GetObject", Effect::Uses),
            ("sts:AssumeRole", Effect::Uses),
            ("compute:instances.insert", Effect::Creates),
            ("microsoft.compute/virtualmachines/write", Effect::Changes),
            ("", Effect::Uses),
            ("über:ä", Effect::Uses),
        ];
        for (action, want) in table {
            assert_eq!(effect(action), want, "{action}");
        }
    }
}
