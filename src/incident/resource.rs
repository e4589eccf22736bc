//! Things that one call writes and another one uses.
//!
//! Enter targets and the call that names them; leave keys that mean one thing in the whole input,
//! and whether the call is about it or merely mentions it.

use super::face::{Face, Thing};
use super::verb::verb;
use crate::model::Layer;
use crate::model::rule::Origin;

/// Things that everybody's calls name, or that hold thousands of others: context, never a link.
const TOO_WIDE: [&str; 15] = [
    "account",
    "availability-zone",
    "cluster",
    "image-repository",
    "namespace",
    "node",
    "organization",
    "organizational-unit",
    "project",
    "region",
    "resource",
    "service",
    "subnet",
    "subscription",
    "vpc",
];

/// A target as a thing that one call may write and another one use.
pub(super) fn resource_key(target: &Thing, finding: &Face) -> Option<String> {
    // Images, programs and nodes are shared by every replica: there the pod is what joins.
    let alert = finding.rule.origin == Origin::External;
    if finding.layer == Layer::Runtime || alert && target.kind == "address" {
        return None;
    }
    let (kind, id) = (&*target.kind, &*target.id);
    if kind.is_empty() || id.len() < 3 || TOO_WIDE.contains(&kind) {
        return None;
    }
    // The provider's own policies are attached by everybody.
    if id.starts_with("arn:aws:iam::aws:") {
        return None;
    }
    let last = id.rsplit(['/', ':']).next().unwrap_or(id);
    // `snap-0a1b…` is one snapshot in the whole cloud, under whatever ARN it is named.
    let global = last.split_once('-').is_some_and(|(prefix, hex)| {
        prefix.len() <= 6 && hex.len() >= 8 && hex.bytes().all(|b| b.is_ascii_hexdigit())
    });
    if global {
        return Some(last.to_string());
    }
    if id.starts_with("arn:") {
        return Some(id.to_string());
    }
    let account = target.account.as_deref().or(finding.account.as_deref());
    Some(format!("{}/{kind}/{id}", account.unwrap_or("")))
}

/// What a call makes for a user who may be older than it.
pub(super) enum Credential {
    /// A key: it tells its holder from the user.
    Key,
    /// A password: it does not.
    Password,
}

/// What a call makes for a user, where it makes a credential.
pub(super) fn credential_for_user(action: &str) -> Option<Credential> {
    let verb = verb(action);
    let has = |words: &[&str]| words.iter().any(|word| verb.contains(word));
    if has(&["LoginProfile"]) {
        Some(Credential::Password)
    } else if has(&["AccessKey", "Credential", "MFADevice"]) {
        Some(Credential::Key)
    } else {
        None
    }
}

/// Whether a call is about this target: `CreateFunction` names a role too, and makes none.
pub(super) fn is_object(target: &Thing, finding: &Face) -> bool {
    if finding.targets.len() == 1 {
        return true;
    }
    let verb = verb(&finding.action).to_ascii_lowercase();
    // A new password is about its user, though the verb does not say so.
    if verb.contains("loginprofile") {
        return target.kind == "user";
    }
    let word = target.kind.rsplit(['_', '-']).next().unwrap_or_default();
    // Attaching a policy leaves the policy what it was.
    let attached = word == "policy" && !verb.starts_with("create") && !verb.contains("version");
    !word.is_empty() && verb.contains(word) && !attached
}

#[cfg(test)]
mod tests {
    use super::super::sample::finding;
    use super::*;

    fn objects(action: &str, targets: &[(&str, &str)]) -> Vec<String> {
        let mut sample = finding(0, "r").action(action);
        for (kind, id) in targets {
            sample = sample.target(kind, id);
        }
        let finding = sample.get();
        let face = Face::of(&finding);
        let about = face.targets.iter().filter(|t| is_object(t, &face));
        about.map(|t| t.kind.to_string()).collect()
    }

    #[test]
    fn a_call_is_about_what_its_verb_names() {
        let role = ("role", "arn:aws:iam::111122223333:role/app");
        type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str]);
        let table: [Row; 7] = [
            (
                "lambda:CreateFunction",
                &[("function", "f"), role],
                &["function"],
            ),
            (
                "iam:AttachUserPolicy",
                &[("user", "u"), ("policy", "p")],
                &["user"],
            ),
            ("iam:CreatePolicy", &[("policy", "p"), role], &["policy"]),
            (
                "ec2:RunInstances",
                &[("instance", "i-1"), ("image", "ami-1")],
                &["instance"],
            ),
            ("lambda:AddPermission", &[("function", "f")], &["function"]),
            ("iam:CreateLoginProfile", &[("user", "u"), role], &["user"]),
            ("kms:PutKeyPolicy", &[("kms_key", "k"), role], &["kms_key"]),
        ];
        for (action, targets, want) in table {
            assert_eq!(objects(action, targets), want, "{action}");
        }
    }

    #[test]
    fn one_thing_has_one_key() {
        let key = |kind: &str, id: &str| {
            let finding = finding(0, "r").target(kind, id).get();
            let face = Face::of(&finding);
            resource_key(&face.targets[0], &face)
        };
        let arn = "arn:aws:ec2:eu-west-3::snapshot/snap-0123456789abcdef0";
        assert_eq!(
            key("snapshot", arn),
            key("snapshot", "snap-0123456789abcdef0")
        );
        assert_eq!(
            key("bucket", "logs").as_deref(),
            Some("111122223333/bucket/logs")
        );
        for (kind, id) in [
            ("account", "444455556666"),
            ("policy", "arn:aws:iam::aws:policy/AdministratorAccess"),
            ("bucket", "x"),
            ("", "something"),
            ("resource", "name"),
        ] {
            assert_eq!(key(kind, id), None, "{kind} {id}");
        }
    }
}
