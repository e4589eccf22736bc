//! How far the actions and resources of a statement reach.
//!
//! A statement of an identity's policy enters, a yes or no leaves: may its holder take every IAM
//! action on every user and role? Who can do that can do everything, whatever else is missing.

use serde_json::{Map, Value};

use super::document::{get, texts};

/// An IAM action that no pattern matches by its letters, only by its wildcards.
const ACTION: &str = "iam:qzxqzxqzxqzxqzxqzxqzxqzx";
/// A user and a role that no pattern matches by their letters.
const RESOURCES: [&str; 2] = ["user/qzx/qzxqzx", "role/qzx/qzxqzx"];

/// Tells whether actions and resources together are as good as administrator access; conditions
/// are somebody else's business. Without a resource AWS refuses the document, so it is not.
pub(super) fn is_admin(statement: &Map<String, Value>) -> bool {
    let list = |key| {
        get(statement, key)
            .map(texts)
            .filter(|list| !list.is_empty())
    };
    let all_actions = match (list("Action"), list("NotAction")) {
        (Some(actions), _) => actions.iter().any(|action| matches(action, ACTION)),
        (None, Some(spared)) => !spared.iter().any(|action| matches(action, ACTION)),
        (None, None) => false,
    };
    let every_resource = match (list("Resource"), list("NotResource")) {
        (Some(resources), _) => covers(&resources),
        (None, Some(spared)) => !covers(&spared),
        (None, None) => false,
    };
    all_actions && every_resource
}

/// Tells whether the resources together take in all users and all roles.
fn covers(resources: &[String]) -> bool {
    RESOURCES
        .iter()
        .all(|probe| resources.iter().any(|resource| covers_one(resource, probe)))
}

/// Compares field by field: IAM fills the fields a short ARN lacks with `*`, and the account of
/// an IAM resource is always the policy's own, so that naming it narrows nothing.
fn covers_one(resource: &str, probe: &str) -> bool {
    if is_wild(resource) {
        return true;
    }
    let mut fields = resource.splitn(6, ':');
    let mut next = || fields.next().unwrap_or("*");
    let (arn, partition, service, region, _account, rest) =
        (next(), next(), next(), next(), next(), next());
    matches(arn, "arn")
        && (matches(partition, "aws")
            || matches(partition, "aws-cn")
            || matches(partition, "aws-us-gov"))
        && matches(service, "iam")
        && (region.is_empty() || is_wild(region))
        && matches(rest, probe)
}

/// Tells whether a pattern is made of wildcards alone and one of them is a star.
pub(super) fn is_wild(pattern: &str) -> bool {
    pattern.contains('*') && pattern.bytes().all(|b| b == b'*' || b == b'?')
}

/// Compares with IAM's wildcards, without case. Linear but for the restart at the last star.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(want) = text.get(t) {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p + 1, t));
                p += 1;
            }
            Some(byte) if *byte == b'?' || byte.eq_ignore_ascii_case(want) => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((after, taken)) => {
                    p = after;
                    t = taken + 1;
                    star = Some((after, t));
                }
                None => return false,
            },
        }
    }
    pattern
        .get(p..)
        .is_some_and(|rest| rest.iter().all(|b| *b == b'*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admin(actions: &str, resources: &str) -> bool {
        let text = format!("{{{actions},{resources}}}");
        let statement: Map<String, Value> = serde_json::from_str(&text).unwrap_or_default();
        assert!(!statement.is_empty(), "{text}");
        is_admin(&statement)
    }

    #[test]
    fn actions() {
        let all = r#""Resource":"*""#;
        for actions in [
            r#""Action":"*""#,
            r#""Action":"*:*""#,
            r#""Action":"iam:*""#,
            r#""Action":"IAM:*""#,
            r#""Action":["s3:GetObject","Iam:*"]"#,
            r#""action":["iam:**"]"#,
            r#""Action":"i?m:?*""#,
            r#""NotAction":"s3:*""#,
            r#""NotAction":["iam:CreateUser","sts:*"]"#,
        ] {
            assert!(admin(actions, all), "{actions}");
        }
        for actions in [
            r#""Action":"s3:*""#,
            r#""Action":["iam:Get*","iam:List*"]"#,
            r#""Action":"iam:*Policy""#,
            r#""Action":"iamx:*""#,
            r#""Action":"iam""#,
            r#""Action":[]"#,
            r#""Action":null"#,
            r#""Action":{"a":"*"}"#,
            r#""NotAction":"iam:*""#,
            r#""NotAction":["organizations:*","*"]"#,
            r#""NotAction":[]"#,
            r#""Actions":"*""#,
        ] {
            assert!(!admin(actions, all), "{actions}");
        }
    }

    #[test]
    fn resources() {
        let all = r#""Action":"iam:*""#;
        for resources in [
            r#""Resource":"*""#,
            r#""Resource":["arn:aws:s3:::x","**"]"#,
            r#""Resource":"arn:*""#,
            r#""Resource":"arn:aws:iam""#,
            r#""Resource":"arn:*:*:*:*:*""#,
            r#""Resource":"arn:aws:iam::*:*""#,
            r#""Resource":"arn:aws-cn:iam::111122223333:*""#,
            r#""Resource":["arn:aws:iam::111122223333:role/*","arn:aws:iam::*:user/*"]"#,
            r#""NotResource":"arn:aws:s3:::logs/*""#,
        ] {
            assert!(admin(all, resources), "{resources}");
        }
        for resources in [
            r#""Resource":"arn:aws:s3:::*""#,
            r#""Resource":"arn:aws:iam::*:role/app-*""#,
            r#""Resource":"arn:aws:iam::*:role/*""#,
            r#""Resource":"arn:aws:iam::*:user/${aws:username}""#,
            r#""Resource":[]"#,
            r#""Resource":7"#,
            r#""NotResource":"*""#,
            r#""Sid":"no resource at all""#,
        ] {
            assert!(!admin(all, resources), "{resources}");
        }
    }

    #[test]
    fn wildcards() {
        for (pattern, text, want) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("a*b*c", "axxbyybc", true),
            ("a*b*c", "axxbyyb", false),
            ("?", "", false),
            ("*a?", "xaab", true),
            ("A", "a", true),
        ] {
            assert_eq!(matches(pattern, text), want, "{pattern} {text}");
        }
    }
}
