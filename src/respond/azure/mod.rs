//! Azure and Entra: their operations, who is asking, and the states of their things.

use serde_json::{Value, json};

use crate::respond::action::text;
use crate::respond::cloud::Cloud;
use crate::respond::guard::Caller;
use crate::respond::operation::{Operation, Wire};
use crate::respond::probe::unknown;
use crate::respond::trouble::Trouble;
use crate::respond::wire::items;

const fn op(name: &'static str, method: &'static str, path: &'static str) -> Operation {
    Operation {
        name,
        wire: Wire::Rest(method, path),
    }
}

const GROUP: &str = "{+id}?api-version=2023-09-01";
const RULE: &str = "{+id}/securityRules/{rule}?api-version=2023-09-01";
const SETTING: &str = "{+id}?api-version=2021-05-01-preview";
const ASSIGNMENT: &str = "{+id}?api-version=2022-04-01";

/// What only looks.
pub const READS: &[Operation] = &[
    op("graph:GetOrganization", "GET", "/v1.0/organization"),
    op(
        "graph:GetServicePrincipalOfApp",
        "GET",
        "/v1.0/servicePrincipals(appId='{app}')",
    ),
    op(
        "graph:GetServicePrincipal",
        "GET",
        "/v1.0/servicePrincipals/{id}",
    ),
    op(
        "graph:GetUser",
        "GET",
        "/v1.0/users/{id}?$select=id,userPrincipalName,displayName,accountEnabled,onPremisesSyncEnabled,userType,signInSessionsValidFromDateTime",
    ),
    op("graph:ListMemberOf", "GET", "/v1.0/users/{id}/memberOf"),
    op(
        "graph:ListGlobalAdmins",
        "GET",
        "/v1.0/directoryRoles(roleTemplateId='62e90394-69f5-4237-9190-012177145e10')/members",
    ),
    op("arm:GetNetworkSecurityGroup", "GET", GROUP),
    op("arm:GetSecurityRule", "GET", RULE),
    op("arm:GetRoleAssignment", "GET", ASSIGNMENT),
    op("arm:GetDiagnosticSetting", "GET", SETTING),
];

/// What changes something.
pub const CHANGES: &[Operation] = &[
    op("graph:UpdateUser", "PATCH", "/v1.0/users/{id}"),
    op(
        "graph:RevokeSignInSessions",
        "POST",
        "/v1.0/users/{id}/revokeSignInSessions",
    ),
    op(
        "graph:UpdateServicePrincipal",
        "PATCH",
        "/v1.0/servicePrincipals/{id}",
    ),
    op("arm:PutSecurityRule", "PUT", RULE),
    op("arm:DeleteSecurityRule", "DELETE", RULE),
    op("arm:PutRoleAssignment", "PUT", ASSIGNMENT),
    op("arm:DeleteRoleAssignment", "DELETE", ASSIGNMENT),
    op("arm:PutDiagnosticSetting", "PUT", SETTING),
    op("arm:DeleteDiagnosticSetting", "DELETE", SETTING),
];

/// Who asks: the application, by the id in the environment.
pub fn caller(cloud: &Cloud<'_>) -> Result<Caller, Trouble> {
    let tenant = cloud.read("graph:GetOrganization", json!({}))?;
    let tenant = items(&tenant["value"])
        .first()
        .map(|one| text(one, "id").to_owned());
    let Some(app) = cloud.place.key.clone() else {
        let message = "AZURE_CLIENT_ID is not set: without it nobody knows who is asking";
        return Err(Trouble::of(
            crate::respond::trouble::Kind::Credentials,
            "graph:GetServicePrincipal",
            message,
        ));
    };
    let me = cloud.read("graph:GetServicePrincipalOfApp", json!({"app": app}))?;
    let id = text(&me, "id").to_owned();
    Ok(Caller {
        name: text(&me, "displayName").to_owned(),
        ids: vec![id, app],
        account: tenant.unwrap_or_default(),
    })
}

/// Answers a question of this list.
pub fn probe(cloud: &Cloud<'_>, name: &str, ask: &Value) -> Result<Value, Trouble> {
    match name {
        "user-id" => Ok(cloud.read("graph:GetUser", ask.clone())?["id"].clone()),
        "user-enabled" => Ok(cloud.read("graph:GetUser", ask.clone())?["accountEnabled"].clone()),
        "user-sessions-since" => {
            let user = cloud.read("graph:GetUser", json!({"id": ask["id"]}))?;
            Ok(json!(user["signInSessionsValidFromDateTime"] != ask["was"]))
        }
        "principal-id" => Ok(cloud.read("graph:GetServicePrincipal", ask.clone())?["id"].clone()),
        "principal-enabled" => {
            Ok(cloud.read("graph:GetServicePrincipal", ask.clone())?["accountEnabled"].clone())
        }
        "assignment" => Ok(assignment(
            &cloud.read("arm:GetRoleAssignment", ask.clone())?,
        )),
        "diagnostic-setting" => Ok(setting(
            &cloud.read("arm:GetDiagnosticSetting", ask.clone())?,
        )),
        "rule" => {
            let rule = cloud.read("arm:GetSecurityRule", ask.clone())?;
            let of = |field: &str| rule["properties"][field].clone();
            Ok(
                json!({"access": of("access"), "priority": of("priority"), "direction": of("direction")}),
            )
        }
        name => Err(unknown(name)),
    }
}

/// What a diagnostic setting is made of.
pub fn setting(found: &Value) -> Value {
    let fields = [
        "eventHubAuthorizationRuleId",
        "eventHubName",
        "logAnalyticsDestinationType",
        "logs",
        "marketplacePartnerId",
        "metrics",
        "serviceBusRuleId",
        "storageAccountId",
        "workspaceId",
    ];
    kept(found, &fields)
}

/// What an assignment is made of.
pub fn assignment(found: &Value) -> Value {
    let fields = [
        "roleDefinitionId",
        "principalId",
        "principalType",
        "condition",
        "conditionVersion",
        "description",
        "delegatedManagedIdentityResourceId",
    ];
    kept(found, &fields)
}

/// The properties of these names that say anything.
fn kept(found: &Value, fields: &[&str]) -> Value {
    let properties = &found["properties"];
    let kept = fields.iter().filter(|field| !properties[**field].is_null());
    Value::Object(
        kept.map(|field| ((*field).to_owned(), properties[*field].clone()))
            .collect(),
    )
}
