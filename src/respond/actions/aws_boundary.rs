//! AWS permissions boundaries: the limit that was taken off an identity is put back.

use serde_json::json;

use super::{aws_role, aws_user};
use crate::respond::action::{Ask, usage};
use crate::respond::aws::name_of;
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Step};
use crate::respond::reason::Refused;
use crate::respond::trouble::Kind;

/// Puts a policy on a user or role as its boundary; what was its boundary before comes back.
pub(super) fn put(cloud: &Cloud<'_>, ask: &Ask, policy: &str) -> Result<Draft, Refused> {
    if !policy.starts_with("arn:") {
        return Err(usage(
            "--boundary takes the ARN of the policy that is to be the limit",
        ));
    }
    let (kind, mut draft) = match is_role(cloud, &ask.target)? {
        true => ("Role", aws_role::find(cloud, &ask.target)?.draft(cloud)?),
        false => ("User", aws_user::find(cloud, &ask.target)?.draft()),
    };
    cloud
        .read("iam:GetPolicy", json!({"PolicyArn": policy}))
        .map_err(|trouble| match trouble.kind {
            Kind::NotFound => Refused::missing("policy", policy),
            _ => trouble.into(),
        })?;
    // Only the identity itself is asked for below: what else it holds is not touched.
    draft.watch.clear();
    let name = draft.target.name.clone();
    let object = json!({ format!("{kind}Name"): name });
    let probe = Probe::new("boundary", json!({"Kind": kind, "Name": name}));
    let before = crate::respond::probe::ask(cloud, &probe)?;
    let set = |arn: &serde_json::Value| {
        let mut params = object.clone();
        params["PermissionsBoundary"] = arn.clone();
        Call::new(&format!("iam:Put{kind}PermissionsBoundary"), params)
    };
    let after = json!(policy);
    let summary = format!("{} limits {name} again", name_of(policy));
    let step = Step::new(set(&after), &summary, probe, before.clone(), after);
    draft.step(match before.as_str() {
        None => step.back(
            Call::new(&format!("iam:Delete{kind}PermissionsBoundary"), object),
            &format!("{name} without a limit, as before"),
        ),
        Some(former) => step.back(
            set(&before),
            &format!("{} limits {name}, as before", name_of(former)),
        ),
    });
    draft.settle = 10;
    Ok(draft)
}

/// Whether the target is a role; a name that only a role has is one.
fn is_role(cloud: &Cloud<'_>, target: &str) -> Result<bool, Refused> {
    let is = |marks: &[&str]| marks.iter().any(|mark| target.contains(mark));
    if is(&[":role/", ":assumed-role/"]) || target.starts_with("AROA") {
        return Ok(true);
    }
    if is(&[":user/"]) || target.starts_with("AIDA") {
        return Ok(false);
    }
    let user = cloud.find("iam:GetUser", json!({"UserName": name_of(target)}))?;
    let role = cloud.find("iam:GetRole", json!({"RoleName": name_of(target)}))?;
    match (user, role) {
        (Some(_), Some(_)) => Err(Refused::new(
            crate::respond::reason::Reason::Ambiguous,
            format!("{target:?} is the name of several: User, Role"),
        )
        .hint("name its ARN")),
        (None, None) => Err(Refused::missing("user or role", target)),
        (_, role) => Ok(role.is_some()),
    }
}
