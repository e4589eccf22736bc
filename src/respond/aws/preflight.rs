//! What the caller may do at AWS, as far as AWS says so beforehand.

use serde_json::{Value, json};

use crate::respond::action::text;
use crate::respond::cloud::Cloud;
use crate::respond::gate::Preflight;
use crate::respond::guard::Caller;
use crate::respond::wire::items;

/// Asks the policy simulator about the act and the undo. It is advice that many callers may not
/// have: where it is refused nothing is known, and the calls themselves will tell.
pub fn preflight(cloud: &Cloud<'_>, caller: &Caller, act: &[String], undo: &[String]) -> Preflight {
    let all: Vec<&String> = act.iter().chain(undo).collect();
    let Some(source) = source(cloud, caller).filter(|_| !all.is_empty()) else {
        return Preflight::default();
    };
    let asked = json!({"PolicySourceArn": source, "ActionNames": all});
    let Ok(answer) = cloud.once_only("iam:SimulatePrincipalPolicy", asked) else {
        return Preflight::default();
    };
    let refused = |op: &&String| {
        let mut results = items(&answer["EvaluationResults"]).iter();
        // Without resources only a refusal of all of them is certain.
        results.any(|result: &Value| {
            let decision = text(result, "EvalDecision");
            text(result, "EvalActionName") == op.as_str() && decision == "explicitDeny"
        })
    };
    let missing = |ops: &[String]| ops.iter().filter(refused).cloned().collect();
    Preflight {
        act: missing(act),
        undo: missing(undo),
        known: true,
    }
}

/// The user or role whose policies count.
fn source(cloud: &Cloud<'_>, caller: &Caller) -> Option<String> {
    let arn = caller.name.as_str();
    if arn.contains(":user/") {
        return Some(arn.to_owned());
    }
    let session = arn.split(":assumed-role/").nth(1)?;
    let role = session.split('/').next()?;
    let found = cloud
        .once_only("iam:GetRole", json!({"RoleName": role}))
        .ok()?;
    Some(text(&found["Role"], "Arn").to_owned()).filter(|arn| !arn.is_empty())
}
