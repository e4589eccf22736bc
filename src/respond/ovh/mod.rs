//! OVHcloud: its operations, who is asking, and the states of its users.

use serde_json::{Value, json};

use crate::respond::action::text;
use crate::respond::cloud::Cloud;
use crate::respond::guard::Caller;
use crate::respond::operation::{Operation, Wire};
use crate::respond::probe::unknown;
use crate::respond::trouble::Trouble;

const fn op(name: &'static str, method: &'static str, path: &'static str) -> Operation {
    Operation {
        name,
        wire: Wire::Rest(method, path),
    }
}

/// What only looks.
pub const READS: &[Operation] = &[
    op("auth:GetDetails", "GET", "/auth/details"),
    op("me:GetUser", "GET", "/me/identity/user/{user}"),
];

/// What changes something.
pub const CHANGES: &[Operation] = &[
    op("me:DisableUser", "POST", "/me/identity/user/{user}/disable"),
    op("me:EnableUser", "POST", "/me/identity/user/{user}/enable"),
];

/// Who asks.
pub fn caller(cloud: &Cloud<'_>) -> Result<Caller, Trouble> {
    let me = cloud.read("auth:GetDetails", json!({}))?;
    let (account, identity) = (text(&me, "account"), text(&me, "user"));
    let known = [identity, account].into_iter().chain(
        crate::respond::wire::items(&me["identities"])
            .iter()
            .filter_map(Value::as_str),
    );
    let mut ids: Vec<String> = known
        .filter(|id| !id.is_empty())
        .map(str::to_owned)
        .collect();
    // A user is called account/login.
    if !identity.is_empty() {
        ids.push(format!("{account}/{identity}"));
    }
    let name = if identity.is_empty() {
        account
    } else {
        identity
    };
    Ok(Caller {
        name: name.to_owned(),
        ids,
        account: account.to_owned(),
    })
}

/// Answers a question of this list.
pub fn probe(cloud: &Cloud<'_>, name: &str, ask: &Value) -> Result<Value, Trouble> {
    match name {
        "user-id" => Ok(cloud.read("me:GetUser", ask.clone())?["urn"].clone()),
        "user-disabled" => Ok(json!(
            cloud.read("me:GetUser", ask.clone())?["status"] == "DISABLED"
        )),
        name => Err(unknown(name)),
    }
}
