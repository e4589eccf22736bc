//! Google Cloud: its operations, who is asking, and the states of its things.

use serde_json::{Value, json};

use crate::respond::action::text;
use crate::respond::cloud::Cloud;
use crate::respond::gate::Preflight;
use crate::respond::guard::Caller;
use crate::respond::operation::{Operation, Wire};
use crate::respond::plan::Plan;
use crate::respond::probe::unknown;
use crate::respond::trouble::Trouble;
use crate::respond::wire::items;

const fn op(name: &'static str, method: &'static str, path: &'static str) -> Operation {
    Operation {
        name,
        wire: Wire::Rest(method, path),
    }
}

const INSTANCE: &str = "/compute/v1/projects/{project}/zones/{zone}/instances/{instance}";
const FIREWALL: &str = "/compute/v1/projects/{project}/global/firewalls/{firewall}";
const PERSON: &str = "/admin/directory/v1/users/{user}";

/// What only looks.
pub const READS: &[Operation] = &[
    op("oauth2:userinfo", "GET", "/oauth2/v2/userinfo"),
    op(
        "iam:getServiceAccount",
        "GET",
        "/v1/projects/-/serviceAccounts/{email}",
    ),
    op(
        "iam:listKeys",
        "GET",
        "/v1/projects/-/serviceAccounts/{email}/keys?keyTypes=USER_MANAGED",
    ),
    op("iam:getKey", "GET", "/v1/{+name}"),
    op("crm:getIamPolicy", "POST", "/v3/{+resource}:getIamPolicy"),
    op(
        "crm:testIamPermissions",
        "POST",
        "/v3/{+resource}:testIamPermissions",
    ),
    op("compute:getInstance", "GET", INSTANCE),
    op("compute:getFirewall", "GET", FIREWALL),
    op("logging:getSink", "GET", "/v2/{+name}"),
    op("admin:getUser", "GET", PERSON),
];

/// What changes something.
pub const CHANGES: &[Operation] = &[
    op(
        "iam:disableServiceAccount",
        "POST",
        "/v1/projects/-/serviceAccounts/{email}:disable",
    ),
    op(
        "iam:enableServiceAccount",
        "POST",
        "/v1/projects/-/serviceAccounts/{email}:enable",
    ),
    op("iam:disableKey", "POST", "/v1/{+name}:disable"),
    op("iam:enableKey", "POST", "/v1/{+name}:enable"),
    op("crm:setIamPolicy", "POST", "/v3/{+resource}:setIamPolicy"),
    op(
        "compute:insertFirewall",
        "POST",
        "/compute/v1/projects/{project}/global/firewalls",
    ),
    op("compute:deleteFirewall", "DELETE", FIREWALL),
    op(
        "compute:setTags",
        "POST",
        "/compute/v1/projects/{project}/zones/{zone}/instances/{instance}/setTags",
    ),
    op("admin:updateUser", "PATCH", PERSON),
    op(
        "admin:signOut",
        "POST",
        "/admin/directory/v1/users/{user}/signOut",
    ),
    op(
        "logging:updateSink",
        "PATCH",
        "/v2/{+name}?updateMask=disabled",
    ),
];

/// Who asks.
pub fn caller(cloud: &Cloud<'_>) -> Result<Caller, Trouble> {
    let me = cloud.read("oauth2:userinfo", json!({}))?;
    let (mail, id) = (text(&me, "email"), text(&me, "id"));
    let known = [mail, id]
        .into_iter()
        .filter(|id| !id.is_empty())
        .map(str::to_owned);
    let mut ids: Vec<String> = known.collect();
    if !mail.is_empty() {
        ids.extend([format!("serviceAccount:{mail}"), format!("user:{mail}")]);
    }
    Ok(Caller {
        name: mail.to_owned(),
        ids,
        account: cloud.place.project.clone().unwrap_or_default(),
    })
}

/// Asks what of it the project allows the caller.
pub fn preflight(cloud: &Cloud<'_>, plan: &Plan, act: &[String], undo: &[String]) -> Preflight {
    let all: Vec<String> = act
        .iter()
        .chain(undo)
        .filter_map(|op| permission(op))
        .collect();
    if all.is_empty() || plan.account.is_empty() {
        return Preflight::default();
    }
    let resource = format!("projects/{}", plan.account);
    let asked = json!({"resource": resource, "body": {"permissions": all}});
    let Ok(answer) = cloud.once_only("crm:testIamPermissions", asked) else {
        return Preflight::default();
    };
    let held = |op: &String| {
        permission(op).is_none_or(|name| items(&answer["permissions"]).contains(&json!(name)))
    };
    let missing = |ops: &[String]| ops.iter().filter(|op| !held(op)).cloned().collect();
    Preflight {
        act: missing(act),
        undo: missing(undo),
        known: true,
    }
}

/// The permission behind an operation.
fn permission(op: &str) -> Option<String> {
    Some(
        match op {
            "iam:disableServiceAccount" => "iam.serviceAccounts.disable",
            "iam:enableServiceAccount" => "iam.serviceAccounts.enable",
            "iam:disableKey" => "iam.serviceAccountKeys.disable",
            "iam:enableKey" => "iam.serviceAccountKeys.enable",
            "crm:addMember" | "crm:removeMember" => "resourcemanager.projects.setIamPolicy",
            "compute:insertFirewall" => "compute.firewalls.create",
            "compute:deleteFirewall" => "compute.firewalls.delete",
            "compute:addTag" | "compute:removeTag" => "compute.instances.setTags",
            "logging:updateSink" => "logging.sinks.update",
            _ => return None,
        }
        .to_owned(),
    )
}

/// Answers a question of this list.
pub fn probe(cloud: &Cloud<'_>, name: &str, ask: &Value) -> Result<Value, Trouble> {
    match name {
        "account-id" => Ok(cloud.read("iam:getServiceAccount", ask.clone())?["uniqueId"].clone()),
        "account-disabled" => Ok(json!(
            cloud.read("iam:getServiceAccount", ask.clone())?["disabled"] == true
        )),
        "key-disabled" => Ok(json!(
            cloud.read("iam:getKey", ask.clone())?["disabled"] == true
        )),
        "member" => {
            let policy = policy(cloud, text(ask, "resource"))?;
            let fits = |binding: &&Value| {
                binding["role"] == ask["role"] && binding["condition"] == ask["condition"]
            };
            let binding = items(&policy["bindings"]).iter().find(fits);
            Ok(json!(binding.is_some_and(|binding| {
                items(&binding["members"]).contains(&ask["member"])
            })))
        }
        "firewall" => {
            cloud.read("compute:getFirewall", ask.clone())?;
            Ok(json!(true))
        }
        "tagged" => {
            let asked = json!({"project": ask["project"], "zone": ask["zone"], "instance": ask["instance"]});
            let found = cloud.read("compute:getInstance", asked)?;
            Ok(json!(items(&found["tags"]["items"]).contains(&ask["tag"])))
        }
        "sink-disabled" => Ok(json!(
            cloud.read("logging:getSink", ask.clone())?["disabled"] == true
        )),
        "person-id" => Ok(cloud.read("admin:getUser", ask.clone())?["id"].clone()),
        "person-suspended" => Ok(json!(
            cloud.read("admin:getUser", ask.clone())?["suspended"] == true
        )),
        // Nothing of it can be seen: it is done anew every time.
        "unseen" => Ok(Value::Null),
        name => Err(unknown(name)),
    }
}

/// The policy of a resource, with its conditions: without asking for version 3 they are lost.
pub fn policy(cloud: &Cloud<'_>, resource: &str) -> Result<Value, Trouble> {
    let body = json!({"options": {"requestedPolicyVersion": 3}});
    cloud.read(
        "crm:getIamPolicy",
        json!({"resource": resource, "body": body}),
    )
}

/// Changes that are read, changed and written back: the request that says so now. The etag and the
/// fingerprint see that nobody's change between is lost.
pub fn prepared(
    cloud: &Cloud<'_>,
    name: &str,
    params: &Value,
) -> Result<Option<(&'static str, Value)>, Trouble> {
    Ok(Some(match name {
        "crm:addMember" | "crm:removeMember" => {
            let mut policy = policy(cloud, text(params, "resource"))?;
            let mut bindings = items(&policy["bindings"]).to_vec();
            let fits = |binding: &Value| {
                binding["role"] == params["role"] && binding["condition"] == params["condition"]
            };
            let place = bindings.iter().position(fits);
            match (place, name == "crm:addMember") {
                (Some(place), true) => {
                    let mut members = items(&bindings[place]["members"]).to_vec();
                    members.push(params["member"].clone());
                    bindings[place]["members"] = json!(members);
                }
                (Some(place), false) => {
                    let mut members = items(&bindings[place]["members"]).to_vec();
                    members.retain(|member| *member != params["member"]);
                    bindings[place]["members"] = json!(members);
                    if members.is_empty() {
                        bindings.remove(place);
                    }
                }
                (None, true) => {
                    let mut binding =
                        json!({"role": params["role"], "members": [params["member"]]});
                    if !params["condition"].is_null() {
                        binding["condition"] = params["condition"].clone();
                    }
                    bindings.push(binding);
                }
                (None, false) => {}
            }
            policy["bindings"] = json!(bindings);
            policy["version"] = json!(3);
            (
                "crm:setIamPolicy",
                json!({"resource": params["resource"], "body": {"policy": policy}}),
            )
        }
        "compute:addTag" | "compute:removeTag" => {
            let object = json!({"project": params["project"], "zone": params["zone"], "instance": params["instance"]});
            let found = cloud.read("compute:getInstance", object.clone())?;
            let mut tags = items(&found["tags"]["items"]).to_vec();
            tags.retain(|tag| *tag != params["tag"]);
            if name == "compute:addTag" {
                tags.push(params["tag"].clone());
            }
            let mut asked = object;
            asked["body"] = json!({"items": tags, "fingerprint": found["tags"]["fingerprint"]});
            ("compute:setTags", asked)
        }
        _ => return Ok(None),
    }))
}
