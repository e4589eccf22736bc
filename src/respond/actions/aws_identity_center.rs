//! AWS Identity Center: a refusal in the permission set that a role comes from.

use serde_json::{Value, json};

use crate::respond::action::text;
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Reach, Revival, Standing, Step};
use crate::respond::reason::Refused;
use crate::respond::wire::items;

/// A portal session lives this long at most, in seconds.
const LONGEST: i64 = 12 * 3600;

/// Adds the refusal to the permission set of a role `AWSReservedSSO_<set>_<hash>`.
pub(super) fn refuse(
    cloud: &Cloud<'_>,
    role: &str,
    refusal: Value,
    mut draft: Draft,
) -> Result<Draft, Refused> {
    let set = role.trim_start_matches("AWSReservedSSO_");
    let set = set.rsplit_once('_').map_or(set, |(name, _)| name);
    let (instance, arn) = find(cloud, set)?;
    // The role itself is left alone: what is changed is the user's own.
    draft.facts.owned = None;
    draft.target.kind = "permission set".to_owned();
    draft.target.name = set.to_owned();
    draft.target.id = arn.clone();
    draft.facts.ids.extend([set.to_owned(), arn.clone()]);
    draft.identity = None;
    draft.watch.clear();
    let object = json!({"InstanceArn": instance, "PermissionSetArn": arn});
    let probe = Probe::new("permission-set-policy", object.clone());
    let before = crate::respond::probe::ask(cloud, &probe)?;
    let mut after = match &before {
        Value::Object(_) => before.clone(),
        _ => json!({"Version": "2012-10-17", "Statement": []}),
    };
    let mut statements = match after["Statement"].take() {
        Value::Array(list) => list,
        Value::Null => Vec::new(),
        one => vec![one],
    };
    statements.extend(items(&refusal["Statement"]).iter().cloned());
    after["Statement"] = Value::Array(statements);
    let with = |document: &Value| {
        let mut params = object.clone();
        params["InlinePolicy"] = json!(document.to_string());
        Call::new("sso:PutInlinePolicyToPermissionSet", params)
    };
    let back = match &before {
        Value::Object(_) => with(&before),
        _ => Call::new("sso:DeleteInlinePolicyFromPermissionSet", object.clone()),
    };
    let put = Step::new(
        with(&after),
        &format!("{set}: deny every session up to now"),
        probe.clone(),
        before.clone(),
        after.clone(),
    );
    let put = draft.step(put.back(back, "restore the inline policy of the permission set"));
    let mut everywhere = object.clone();
    everywhere["TargetType"] = json!("ALL_PROVISIONED_ACCOUNTS");
    let call = Call::new("sso:ProvisionPermissionSet", everywhere);
    let mut spread = Step::new(
        call,
        "spread it to every account",
        Probe::new("unseen", json!({})),
        json!(null),
        json!(null),
    );
    spread.standing = Standing::Planned;
    spread.covered = true;
    spread.needs.push(put);
    draft.step(spread);
    draft.settle = 20;
    draft.patience = 60;
    draft.revival = Revival {
        horizon: Some(LONGEST),
        reason: "a session that was ended would live again".to_owned(),
    };
    draft.blast.note(
        Reach::High,
        format!("everybody who uses the permission set {set}, in every account"),
    );
    draft.warn("after the undo the permission set has to be provisioned again");
    draft.warn("no interface ends a session of the access portal: IAM Identity Center, Users, Active sessions, Delete");
    Ok(draft)
}

fn find(cloud: &Cloud<'_>, set: &str) -> Result<(String, String), Refused> {
    for instance in cloud.list("sso:ListInstances", json!({}), "/Instances")? {
        let instance = text(&instance, "InstanceArn").to_owned();
        let asked = json!({"InstanceArn": instance});
        for arn in cloud.list("sso:ListPermissionSets", asked, "/PermissionSets")? {
            let asked = json!({"InstanceArn": instance, "PermissionSetArn": arn});
            let found = cloud.read("sso:DescribePermissionSet", asked)?;
            if text(&found["PermissionSet"], "Name") == set {
                return Ok((instance, arn.as_str().unwrap_or_default().to_owned()));
            }
        }
    }
    Err(Refused::missing("permission set", set))
}
