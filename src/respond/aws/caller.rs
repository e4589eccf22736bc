//! Who asks AWS.

use serde_json::json;

use crate::respond::action::text;
use crate::respond::cloud::Cloud;
use crate::respond::guard::Caller;
use crate::respond::trouble::Trouble;

/// The caller's identity. The ARN of a session drops the path of its role, so the role is known by
/// its id alone.
pub fn caller(cloud: &Cloud<'_>) -> Result<Caller, Trouble> {
    let me = cloud.read("sts:GetCallerIdentity", json!({}))?;
    let (arn, id) = (text(&me, "Arn"), text(&me, "UserId"));
    let known = [arn, id].into_iter().filter(|id| !id.is_empty());
    let mut ids: Vec<String> = known.map(str::to_owned).collect();
    if let Some((role, _)) = id.split_once(':') {
        ids.push(role.to_owned());
    }
    Ok(Caller {
        name: arn.to_owned(),
        ids,
        account: text(&me, "Account").to_owned(),
    })
}
