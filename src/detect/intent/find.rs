//! What a finding is about, for somebody who is to act on it.
//!
//! Enter a finding; leave its user, role, key, bucket, …, in the form a command takes. Kinds come
//! from the log and from the shape of ids, because exports name them unevenly.

use crate::model::{ActorType, Finding, Target};

/// The kind of a target: by the shape of its id where that is unmistakable, else as the log says.
pub(super) fn kind(target: &Target) -> &str {
    let id = target.id.as_str();
    let shapes = [
        ("sg-", "security_group"),
        ("i-", "instance"),
        ("snap-", "snapshot"),
        ("ami-", "image"),
        ("AKIA", "key"),
    ];
    let hex = |rest: &str| rest.len() >= 8 && rest.bytes().all(|b| b.is_ascii_alphanumeric());
    for (prefix, kind) in shapes {
        if id.strip_prefix(prefix).is_some_and(hex) {
            return kind;
        }
    }
    let Some(rest) = id.strip_prefix("arn:") else {
        return &target.kind;
    };
    let mut parts = rest.splitn(5, ':');
    let service = parts.nth(1).unwrap_or_default();
    let resource = parts.nth(2).unwrap_or_default();
    match (service, resource) {
        ("iam", r) if r.starts_with("user/") => "user",
        ("iam", r) if r.starts_with("role/") => "role",
        ("iam", r) if r.starts_with("group/") => "group",
        ("iam", r) if r.starts_with("policy/") => "policy",
        ("cloudtrail", r) if r.starts_with("trail/") => "trail",
        ("kms", r) if r.starts_with("key/") => "kms_key",
        ("lambda", r) if r.starts_with("function:") => "function",
        ("rds", r) if r.contains("snapshot:") => "db_snapshot",
        ("ec2", r) if r.starts_with("instance/") => "instance",
        ("ec2", r) if r.starts_with("snapshot/") => "snapshot",
        ("ec2", r) if r.starts_with("security-group/") => "security_group",
        ("s3", r) if !r.contains('/') => "bucket",
        ("events", r) if r.starts_with("rule/") => "rule",
        _ => &target.kind,
    }
}

/// Every target of one of these kinds, as a command takes it: the id, else the name.
pub(super) fn targets<'a>(finding: &'a Finding, kinds: &[&str]) -> Vec<&'a str> {
    let mut found = Vec::new();
    for target in &finding.targets {
        let text = if target.id.is_empty() {
            &target.name
        } else {
            &target.id
        };
        if kinds.contains(&kind(target)) && !text.is_empty() && !found.contains(&text.as_str()) {
            found.push(text.as_str());
        }
    }
    found
}

/// The first target of one of these kinds.
pub(super) fn target<'a>(finding: &'a Finding, kinds: &[&str]) -> Option<&'a str> {
    targets(finding, kinds).first().copied()
}

/// The actor in the form a command takes: its full name, else what people call it, else its id.
pub(super) fn actor(finding: &Finding) -> &str {
    let actor = &finding.actor;
    let full = actor.principal.as_deref().unwrap_or_default();
    [full, &actor.name, &actor.id]
        .into_iter()
        .find(|text| !text.is_empty())
        .unwrap_or("unknown")
}

/// Whether the finding's actor is of this kind.
pub(super) fn acts(finding: &Finding, kind: ActorType) -> bool {
    finding.actor.kind == kind
}

/// The verb of the finding's call.
pub(super) fn verb(finding: &Finding) -> &str {
    let action = finding.action.as_str();
    action.rsplit(':').next().unwrap_or(action)
}

/// The service of the finding's call.
pub(super) fn service(finding: &Finding) -> &str {
    finding.action.split(':').next().unwrap_or_default()
}

/// The last part of an ARN or path: what the command line calls a name.
pub(super) fn name(text: &str) -> &str {
    text.rsplit(['/', ':']).next().unwrap_or(text)
}
