//! Policy documents that refuse, and who would be left to administer.

use serde_json::{Value, json};

use crate::respond::action::text;
use crate::respond::cloud::Cloud;
use crate::respond::plan::NOW;
use crate::respond::wire::items;

/// AWS's own policy that refuses everything.
pub const DENY_ALL_ARN: &str = "arn:aws:iam::aws:policy/AWSDenyAll";

fn deny(condition: Option<Value>) -> Value {
    let mut statement = json!({
        "Sid": "CtadelQuarantine", "Effect": "Deny", "Action": "*", "Resource": "*",
    });
    if let Some(condition) = condition {
        statement["Condition"] = condition;
    }
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

/// Refuses everything.
pub fn deny_all() -> Value {
    deny(None)
}

/// Refuses sessions begun before a time; the provider's time at execution where none is given.
pub fn deny_before(time: Option<&str>) -> Value {
    deny(Some(
        json!({"DateLessThan": {"aws:TokenIssueTime": time.unwrap_or(NOW)}}),
    ))
}

/// Refuses one session of a role.
pub fn deny_session(role_id: &str, session: &str) -> Value {
    deny(Some(
        json!({"StringEquals": {"aws:userid": format!("{role_id}:{session}")}}),
    ))
}

/// A trust policy in one form, however it was written: statements and principals as lists, accounts
/// by their ARN, which is how AWS gives them back.
pub fn trust_form(mut document: Value) -> Value {
    let listed = |value: Value| match value {
        Value::Array(list) => list,
        Value::Null => Vec::new(),
        one => vec![one],
    };
    let mut statements = listed(document["Statement"].take());
    for statement in &mut statements {
        if statement["Principal"] == "*" {
            statement["Principal"] = json!({"AWS": "*"});
        }
        let Value::Object(kinds) = &mut statement["Principal"] else {
            continue;
        };
        for (kind, named) in kinds {
            let is_account = |name: &str| {
                kind == "AWS" && name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_digit())
            };
            let mut names: Vec<String> = listed(named.take())
                .iter()
                .map(crate::respond::wire::plain)
                .map(|name| match is_account(&name) {
                    true => format!("arn:aws:iam::{name}:root"),
                    false => name,
                })
                .collect();
            names.sort();
            *named = json!(names);
        }
    }
    document["Statement"] = json!(statements);
    document
}

/// The last part of an ARN.
pub fn name_of(text: &str) -> &str {
    text.rsplit(['/', ':']).next().unwrap_or(text)
}

/// Whether nobody else holds the policy that administers the account; nothing where the caller may
/// not look. `kind` is `User` or `Role`.
pub fn last_administrator(cloud: &Cloud<'_>, kind: &str, name: &str) -> Option<bool> {
    let arn = "arn:aws:iam::aws:policy/AdministratorAccess";
    let holders = cloud
        .read("iam:ListEntitiesForPolicy", json!({"PolicyArn": arn}))
        .ok()?;
    let of = |field: &str| items(&holders[field]).to_vec();
    let field = format!("{kind}Name");
    let holds = of(&format!("Policy{kind}s"))
        .iter()
        .any(|one: &Value| text(one, &field) == name);
    let all = ["PolicyUsers", "PolicyRoles", "PolicyGroups"].map(|field| of(field).len());
    Some(holds && all.iter().sum::<usize>() == 1)
}
