//! Scaleway: its operations, who is asking, and the states of its things.

use serde_json::{Value, json};

use crate::respond::action::text;
use crate::respond::cloud::Cloud;
use crate::respond::guard::Caller;
use crate::respond::operation::{Operation, Wire};
use crate::respond::plan::Draft;
use crate::respond::probe::unknown;
use crate::respond::reason::Refused;
use crate::respond::trouble::{Kind, Trouble};
use crate::respond::wire::items;

const fn op(name: &'static str, method: &'static str, path: &'static str) -> Operation {
    Operation {
        name,
        wire: Wire::Rest(method, path),
    }
}

/// What only looks.
pub const READS: &[Operation] = &[
    op(
        "iam:GetApiKey",
        "GET",
        "/iam/v1alpha1/api-keys/{access_key}",
    ),
    op("iam:ListApiKeys", "GET", "/iam/v1alpha1/api-keys"),
    op("iam:GetUser", "GET", "/iam/v1alpha1/users/{user_id}"),
    op("iam:ListUsers", "GET", "/iam/v1alpha1/users"),
    op("iam:GetPolicy", "GET", "/iam/v1alpha1/policies/{policy_id}"),
    op("iam:ListJwts", "GET", "/iam/v1alpha1/jwts"),
    op(
        "instance:GetSecurityGroup",
        "GET",
        "/instance/v1/zones/{zone}/security_groups/{id}",
    ),
    op(
        "instance:ListRules",
        "GET",
        "/instance/v1/zones/{zone}/security_groups/{id}/rules",
    ),
];

/// What changes something.
pub const CHANGES: &[Operation] = &[
    op("iam:LockUser", "POST", "/iam/v1alpha1/users/{user_id}/lock"),
    op(
        "iam:UnlockUser",
        "POST",
        "/iam/v1alpha1/users/{user_id}/unlock",
    ),
    op(
        "iam:UpdateApiKey",
        "PATCH",
        "/iam/v1alpha1/api-keys/{access_key}",
    ),
    op(
        "iam:DeleteApiKey",
        "DELETE",
        "/iam/v1alpha1/api-keys/{access_key}",
    ),
    op(
        "iam:UpdatePolicy",
        "PATCH",
        "/iam/v1alpha1/policies/{policy_id}",
    ),
    op("iam:DeleteJwt", "DELETE", "/iam/v1alpha1/jwts/{jti}"),
    op(
        "instance:UpdateSecurityGroup",
        "PATCH",
        "/instance/v1/zones/{zone}/security_groups/{id}",
    ),
    op(
        "instance:SetRules",
        "PUT",
        "/instance/v1/zones/{zone}/security_groups/{id}/rules",
    ),
];

/// Who asks: the bearer of the key.
pub fn caller(cloud: &Cloud<'_>) -> Result<Caller, Trouble> {
    let key = cloud.place.key.clone().unwrap_or_default();
    if key.is_empty() {
        let message = "SCW_ACCESS_KEY is not set: without it nobody knows who is asking";
        return Err(Trouble::of(Kind::Credentials, "iam:GetApiKey", message));
    }
    let found = cloud.read("iam:GetApiKey", json!({"access_key": key}))?;
    let bearer = ["user_id", "application_id"].map(|field| text(&found, field).to_owned());
    let mut ids: Vec<String> = bearer.into_iter().filter(|id| !id.is_empty()).collect();
    ids.push(key.clone());
    Ok(Caller {
        name: key,
        ids,
        account: String::new(),
    })
}

/// A draft about a key, and the key: whoever holds it is among those who are guarded.
pub fn key(cloud: &Cloud<'_>, access_key: &str) -> Result<(Draft, Value), Refused> {
    let found = cloud.find("iam:GetApiKey", json!({"access_key": access_key}))?;
    let key = found.ok_or_else(|| Refused::missing("API key", access_key))?;
    let mut draft = Draft::new("API key", access_key, access_key);
    for field in ["user_id", "application_id"] {
        draft.facts.ids.push(text(&key, field).to_owned());
    }
    if key["managed"] == true {
        draft.facts.owned = Some("Scaleway manages the key".to_owned());
    }
    draft.settle = 2;
    Ok((draft, key))
}

/// Answers a question of this list.
pub fn probe(cloud: &Cloud<'_>, name: &str, ask: &Value) -> Result<Value, Trouble> {
    match name {
        "user-id" => Ok(cloud.read("iam:GetUser", ask.clone())?["id"].clone()),
        "user-locked" => Ok(json!(
            cloud.read("iam:GetUser", ask.clone())?["locked"] == true
        )),
        "key-there" => {
            cloud.read("iam:GetApiKey", ask.clone())?;
            Ok(json!(true))
        }
        "key-expired" => {
            let key = cloud.read("iam:GetApiKey", json!({"access_key": ask["access_key"]}))?;
            let until = crate::model::Time::parse(text(&key, "expires_at"));
            let by = crate::model::Time::parse(text(ask, "by"));
            Ok(json!(
                until.is_some_and(|until| by.is_none_or(|by| until <= by))
            ))
        }
        "user-keys" => {
            let keys = cloud.list("iam:ListApiKeys", ask.clone(), "/api_keys")?;
            let mut ids: Vec<&str> = keys.iter().map(|key| text(key, "access_key")).collect();
            ids.sort_unstable();
            Ok(json!(ids))
        }
        "jwt-there" => {
            let asked = json!({"audience_id": ask["audience_id"]});
            let all = cloud.list("iam:ListJwts", asked, "/jwts")?;
            Ok(json!(all.iter().any(|jwt| jwt["jti"] == ask["jti"])))
        }
        "policy-principal" => Ok(principal(&cloud.read("iam:GetPolicy", ask.clone())?)),
        "sg-policies" => {
            let group = cloud.read("instance:GetSecurityGroup", ask.clone())?;
            let group = &group["security_group"];
            let of = |field: &str| group[field].clone();
            Ok(
                json!({"inbound_default_policy": of("inbound_default_policy"),
                "outbound_default_policy": of("outbound_default_policy")}),
            )
        }
        "sg-rules" => Ok(json!(rules(cloud, ask)?)),
        name => Err(unknown(name)),
    }
}

/// Whom a policy is for, as the parameter that says so.
pub fn principal(policy: &Value) -> Value {
    let kinds = ["user_id", "group_id", "application_id"];
    let found = kinds.iter().find(|kind| !text(policy, kind).is_empty());
    match found {
        Some(kind) => json!({ *kind: policy[*kind] }),
        None => json!({"no_principal": true}),
    }
}

/// Rules that may be edited, as they are set again.
pub fn rules(cloud: &Cloud<'_>, ask: &Value) -> Result<Vec<Value>, Trouble> {
    let found = cloud.list("instance:ListRules", ask.clone(), "/rules")?;
    let editable = found.iter().filter(|rule| rule["editable"] != false);
    let mut rules: Vec<Value> = editable
        .map(|rule| {
            let fields = [
                "action",
                "protocol",
                "direction",
                "ip_range",
                "dest_port_from",
                "dest_port_to",
                "position",
            ];
            let field = |name: &&str| ((*name).to_owned(), rule[*name].clone());
            Value::Object(fields.iter().map(field).collect())
        })
        .collect();
    rules.sort_by_key(|rule| rule["position"].as_u64());
    Ok(rules)
}

/// The groups of rules apply to a list of servers.
pub fn servers(group: &Value) -> Vec<String> {
    items(&group["servers"])
        .iter()
        .map(|server| text(server, "name").to_owned())
        .collect()
}
