//! Scaleway, OVHcloud, Entra and Azure, Google Cloud and Kubernetes, each small, with who may do
//! what.

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::matrix::Case;
use super::world::{Reply, World};
use crate::respond::operation::Wire;
use crate::respond::provider::Provider;
use crate::respond::request::Request;
use crate::respond::wire::{items, plain};

/// A provider with JSON over paths.
struct Rest {
    state: Value,
    answer: fn(&mut Value, &str, &Asked) -> Reply,
}

/// A request, taken apart again.
struct Asked {
    /// What stands for the names of the path, in order.
    names: Vec<String>,
    body: Value,
}

/// Matches a path against the template it was made from.
fn names(template: &str, path: &str) -> Vec<String> {
    let path = path.split('?').next().unwrap_or_default();
    let template = template.split('?').next().unwrap_or_default();
    let mut rest = path;
    let mut found = Vec::new();
    let mut parts = template.split('{');
    rest = rest
        .strip_prefix(parts.next().unwrap_or_default())
        .expect("the template");
    for part in parts {
        let (_, after) = part.split_once('}').expect("a name");
        let end = if after.is_empty() {
            rest.len()
        } else {
            rest.find(after).expect("the template")
        };
        found.push(
            percent_decode_str(&rest[..end])
                .decode_utf8_lossy()
                .into_owned(),
        );
        rest = &rest[end + after.len()..];
    }
    found
}

impl World for Rest {
    fn answer(&mut self, request: &Request) -> Reply {
        let operation = request.operation();
        let (method, template) = match operation.wire {
            Wire::Rest(method, path) => (method, path),
            Wire::Merge(path) => ("PATCH", path),
            _ => panic!("no such wire here"),
        };
        assert_eq!(request.method, method);
        let asked = Asked {
            names: names(template, &request.path),
            body: serde_json::from_slice(&request.body).unwrap_or_default(),
        };
        (self.answer)(&mut self.state, operation.name, &asked)
    }

    fn state(&self) -> Value {
        self.state.clone()
    }

    fn state_mut(&mut self) -> &mut Value {
        &mut self.state
    }
}

fn ok(value: Value) -> Reply {
    Reply::json(200, value)
}

fn nothing() -> Reply {
    Reply {
        status: 204,
        body: String::new(),
    }
}

fn missing() -> Reply {
    Reply::json(
        404,
        json!({"type": "not_found", "message": "no such thing"}),
    )
}

/// Lays one object over another, as a merge patch does.
fn laid(target: &mut Value, patch: &Value) {
    let Value::Object(fields) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    for (name, value) in fields {
        match value {
            Value::Null => drop(target.as_object_mut().expect("an object").remove(name)),
            value => laid(&mut target[name.as_str()], value),
        }
    }
}

/// The last part of the path that stands for a name.
fn last(asked: &Asked) -> String {
    let name = asked.names.last().map_or("", String::as_str);
    name.rsplit('/').next().unwrap_or_default().to_owned()
}

fn remove(state: &mut Value, part: &str, name: &str) -> Reply {
    match state[part].as_object_mut().and_then(|all| all.remove(name)) {
        Some(_) => nothing(),
        None => missing(),
    }
}

// Scaleway.

const SCW: &str = "SCWEXAMPLE0000000000";

fn scaleway() -> Box<dyn World> {
    let state = json!({
        "user": {"id": "11111111-1111-4111-8111-111111111111", "email": "mallory@example.com", "type": "member", "locked": false, "organization_id": "org"},
        "keys": {SCW: {"access_key": SCW, "secret_key": "SECRET-MARKER", "user_id": "11111111-1111-4111-8111-111111111111", "expires_at": null}},
        "jwts": {"j1": {"jti": "j1", "ip": "203.0.113.9"}},
        "policy": {"id": "p1", "name": "wide", "user_id": "11111111-1111-4111-8111-111111111111", "organization_id": "org"},
        "group": {"id": "g1", "name": "web", "inbound_default_policy": "accept", "outbound_default_policy": "accept", "servers": [{"name": "web-1"}]},
        "rules": [{"action": "accept", "protocol": "TCP", "direction": "inbound", "ip_range": "0.0.0.0/0", "dest_port_from": 22, "dest_port_to": null, "position": 1, "editable": true}],
    });
    Box::new(Rest {
        state,
        answer: scaleway_answer,
    })
}

fn scaleway_answer(state: &mut Value, name: &str, asked: &Asked) -> Reply {
    let first = asked.names.first().cloned().unwrap_or_default();
    match name {
        "iam:GetApiKey" => match first.as_str() {
            "SCWRESPONDER00000000" => {
                ok(json!({"access_key": first, "application_id": "responder"}))
            }
            key => match &state["keys"][key] {
                Value::Null => missing(),
                key => ok(key.clone()),
            },
        },
        "iam:ListApiKeys" => {
            let keys: Vec<Value> = state["keys"]
                .as_object()
                .expect("keys")
                .values()
                .cloned()
                .collect();
            ok(json!({"api_keys": keys, "total_count": keys.len()}))
        }
        "iam:GetUser" => ok(state["user"].clone()),
        "iam:LockUser" | "iam:UnlockUser" => {
            state["user"]["locked"] = json!(name == "iam:LockUser");
            ok(state["user"].clone())
        }
        "iam:UpdateApiKey" => {
            laid(&mut state["keys"][&first], &asked.body);
            ok(state["keys"][&first].clone())
        }
        "iam:DeleteApiKey" => remove(state, "keys", &first),
        "iam:ListJwts" => {
            let list: Vec<Value> = state["jwts"]
                .as_object()
                .expect("sessions")
                .values()
                .cloned()
                .collect();
            ok(json!({"jwts": list, "total_count": list.len()}))
        }
        "iam:DeleteJwt" => remove(state, "jwts", &first),
        "iam:GetPolicy" => ok(state["policy"].clone()),
        "iam:UpdatePolicy" => {
            let policy = state["policy"].as_object_mut().expect("a policy");
            for kind in ["user_id", "group_id", "application_id"] {
                policy.remove(kind);
            }
            if asked.body["no_principal"] != true {
                laid(&mut state["policy"], &asked.body);
            }
            ok(state["policy"].clone())
        }
        "instance:GetSecurityGroup" => ok(json!({"security_group": state["group"]})),
        "instance:ListRules" => {
            ok(json!({"rules": state["rules"], "total_count": items(&state["rules"]).len()}))
        }
        "instance:UpdateSecurityGroup" => {
            laid(&mut state["group"], &asked.body);
            ok(json!({}))
        }
        "instance:SetRules" => {
            let mut rules = items(&asked.body["rules"]).to_vec();
            rules
                .iter_mut()
                .for_each(|rule| rule["editable"] = json!(true));
            state["rules"] = json!(rules);
            ok(json!({}))
        }
        other => panic!("the world has no {other}"),
    }
}

fn scaleway_case(action: &'static str, target: &str, works: fn(&Value) -> bool) -> Case {
    let mut case = Case::new(Provider::Scaleway, action, target, scaleway, works);
    case.place.key = Some("SCWRESPONDER00000000".to_owned());
    case.place.region = Some("fr-par-1".to_owned());
    case.ask.not_recent = false;
    case
}

pub fn scaleway_cases() -> Vec<Case> {
    let id = "11111111-1111-4111-8111-111111111111";
    let key = |state: &Value| state["keys"][SCW].is_object();
    vec![
        // A locked member was locked by us or by somebody else: nothing tells the two apart.
        scaleway_case("disable-user", id, |state| {
            state["user"]["locked"] == false && state["keys"][SCW].is_object()
        }),
        scaleway_case("revoke-sessions", id, |state| {
            state["jwts"]["j1"].is_object()
        })
        .for_good(),
        scaleway_case("deactivate-key", SCW, |state| {
            state["keys"][SCW]["expires_at"].is_null()
        })
        .for_good(),
        scaleway_case("delete-key", SCW, key).for_good(),
        scaleway_case("detach-policy", "p1", |state| {
            !state["policy"]["user_id"].is_null()
        })
        .changed_by(|state| state["policy"]["group_id"] = json!("g")),
        scaleway_case("quarantine-security-group", "fr-par-1/g1", |state| {
            !items(&state["rules"]).is_empty()
                || state["group"]["inbound_default_policy"] == "accept"
        })
        .changed_by(|state| {
            state["rules"] = json!([{"action": "accept", "position": 9, "editable": true}]);
        }),
    ]
}

// OVHcloud.

fn ovh() -> Box<dyn World> {
    let state = json!({"status": "OK", "urn": "urn:v1:eu:identity:user:xx1-ovh/mallory"});
    Box::new(Rest {
        state,
        answer: |state, name, _| match name {
            "auth:GetDetails" => ok(json!({"account": "xx1-ovh", "user": "responder"})),
            "me:GetUser" => ok(
                json!({"login": "mallory", "urn": state["urn"], "status": state["status"], "password": "SECRET-MARKER"}),
            ),
            "me:DisableUser" | "me:EnableUser" => {
                state["status"] = json!(if name == "me:DisableUser" {
                    "DISABLED"
                } else {
                    "OK"
                });
                nothing()
            }
            other => panic!("the world has no {other}"),
        },
    })
}

pub fn ovh_cases() -> Vec<Case> {
    let works = |state: &Value| state["status"] == "OK";
    vec![Case::new(
        Provider::Ovh,
        "disable-user",
        "mallory",
        ovh,
        works,
    )]
}

// Entra and Azure.

const GROUP: &str =
    "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/networkSecurityGroups/web";
const ASSIGNMENT: &str = "/subscriptions/s/providers/Microsoft.Authorization/roleAssignments/11111111-1111-4111-8111-111111111111";

fn azure() -> Box<dyn World> {
    let state = json!({
        "user": {"id": "22222222-2222-4222-8222-222222222222", "userPrincipalName": "mallory@example.com", "accountEnabled": true},
        "since": "2026-01-01T00:00:00Z", "revoked": 0,
        "principal": {"id": "33333333-3333-4333-8333-333333333333", "appId": "44444444-4444-4444-8444-444444444444", "displayName": "ci", "servicePrincipalType": "Application", "accountEnabled": true, "passwordCredentials": [{"secretText": "SECRET-MARKER"}]},
        "assignment": {"roleDefinitionId": "/r/owner", "principalId": "22222222-2222-4222-8222-222222222222", "principalType": "User"},
        "rules": {},
        "settings": {"audit": {"workspaceId": "/x/logs", "logs": [{"category": "Security", "enabled": false}, {"category": "Administrative", "enabled": true}]}},
    });
    Box::new(Rest {
        state,
        answer: azure_answer,
    })
}

fn azure_answer(state: &mut Value, name: &str, asked: &Asked) -> Reply {
    match name {
        "graph:GetOrganization" => ok(json!({"value": [{"id": "tenant"}]})),
        "graph:GetServicePrincipalOfApp" => {
            ok(json!({"id": "responder", "displayName": "responder"}))
        }
        "graph:GetUser" => {
            let mut user = state["user"].clone();
            let revoked = plain(&state["revoked"]);
            user["signInSessionsValidFromDateTime"] =
                json!(format!("{}+{revoked}", plain(&state["since"])));
            ok(user)
        }
        "graph:ListMemberOf" => ok(json!({"value": []})),
        "graph:ListGlobalAdmins" => ok(json!({"value": [{"id": "a"}, {"id": "b"}]})),
        "graph:UpdateUser" => {
            laid(&mut state["user"], &asked.body);
            nothing()
        }
        "graph:RevokeSignInSessions" => {
            state["revoked"] = json!(state["revoked"].as_u64().unwrap_or(0) + 1);
            ok(json!({"value": true}))
        }
        "graph:GetServicePrincipal" => ok(state["principal"].clone()),
        "graph:UpdateServicePrincipal" => {
            laid(&mut state["principal"], &asked.body);
            nothing()
        }
        "arm:GetRoleAssignment" => match &state["assignment"] {
            Value::Null => missing(),
            properties => {
                let mut properties = properties.clone();
                properties["scope"] = json!("/subscriptions/s");
                ok(json!({"id": ASSIGNMENT, "properties": properties}))
            }
        },
        "arm:DeleteRoleAssignment" => {
            state["assignment"] = Value::Null;
            ok(json!({}))
        }
        "arm:PutRoleAssignment" => {
            state["assignment"] = asked.body["properties"].clone();
            Reply::json(201, json!({}))
        }
        "arm:GetNetworkSecurityGroup" => ok(
            json!({"name": "web", "properties": {"securityRules": [], "subnets": [{"id": "/x/front"}]}}),
        ),
        "arm:GetSecurityRule" => match &state["rules"][&asked.names[1]] {
            Value::Null => missing(),
            rule => ok(json!({"properties": rule})),
        },
        "arm:PutSecurityRule" => {
            let rule = &asked.body["properties"];
            state["rules"][&asked.names[1]] = json!({"access": rule["access"], "priority": rule["priority"], "direction": rule["direction"]});
            Reply::json(201, json!({}))
        }
        "arm:GetDiagnosticSetting" => match &state["settings"][last(asked)] {
            Value::Null => missing(),
            found => ok(json!({"properties": found})),
        },
        "arm:PutDiagnosticSetting" => {
            state["settings"][last(asked)] = asked.body["properties"].clone();
            ok(json!({}))
        }
        "arm:DeleteDiagnosticSetting" => remove(state, "settings", &last(asked)),
        "arm:DeleteSecurityRule" => remove(state, "rules", &asked.names[1]),
        other => panic!("the world has no {other}"),
    }
}

fn azure_case(action: &'static str, target: &str, works: fn(&Value) -> bool) -> Case {
    let mut case = Case::new(Provider::Azure, action, target, azure, works);
    case.place.key = Some("55555555-5555-4555-8555-555555555555".to_owned());
    case.ignore = |state| drop(state.as_object_mut().map(|state| state.remove("revoked")));
    case
}

pub fn azure_cases() -> Vec<Case> {
    let made_anew = |state: &Value| state["settings"]["gone"].is_null();
    let mut anew = azure_case("restore-diagnostic-settings", &setting("gone"), made_anew)
        .changed_by(|state| state["settings"]["gone"]["workspaceId"] = json!("/x/elsewhere"));
    anew.ask.workspace = Some("/x/logs".to_owned());
    vec![
        azure_case("disable-user", "mallory@example.com", |state| {
            state["user"]["accountEnabled"] == true
        }),
        azure_case("revoke-sessions", "mallory@example.com", |state| {
            state["revoked"] == 0
        })
        .for_good()
        .renews(),
        azure_case(
            "disable-service-principal",
            "33333333-3333-4333-8333-333333333333",
            |state| state["principal"]["accountEnabled"] == true,
        ),
        azure_case("remove-role-assignment", ASSIGNMENT, |state| {
            state["assignment"].is_object()
        })
        .changed_by(|state| {
            state["assignment"] = json!({"roleDefinitionId": "/r/reader", "principalId": "x"});
        })
        .found_once(),
        azure_case("nsg-deny", GROUP, |state| {
            let rules = state["rules"].as_object();
            rules.is_some_and(serde_json::Map::is_empty)
        })
        .changed_by(|state| state["rules"]["ctadel-q-in"]["access"] = json!("Allow")),
        azure_case("restore-diagnostic-settings", &setting("audit"), |state| {
            state["settings"]["audit"]["logs"][0]["enabled"] == false
        })
        .changed_by(|state| state["settings"]["audit"]["workspaceId"] = json!("/x/elsewhere")),
        anew,
    ]
}

fn setting(name: &str) -> String {
    format!("/subscriptions/s/providers/Microsoft.Insights/diagnosticSettings/{name}")
}

// Google Cloud.

const MAIL: &str = "ci@shop.iam.gserviceaccount.com";
const GKEY: &str = "projects/shop/serviceAccounts/ci@shop.iam.gserviceaccount.com/keys/abc";

fn gcp() -> Box<dyn World> {
    let state = json!({
        "disabled": false, "unique": "100", "keys": {GKEY: false}, "sink": true,
        "suspended": false, "person": "1001",
        "bindings": [{"role": "roles/owner", "members": ["user:alice@example.com", "user:mallory@example.com"]},
            {"role": "roles/viewer", "members": ["user:mallory@example.com"], "condition": {"title": "weekdays"}}],
        "tags": ["web"], "firewalls": {}, "etag": 1,
    });
    Box::new(Rest {
        state,
        answer: gcp_answer,
    })
}

fn gcp_answer(state: &mut Value, name: &str, asked: &Asked) -> Reply {
    let first = asked.names.first().cloned().unwrap_or_default();
    let last = asked.names.last().cloned().unwrap_or_default();
    match name {
        "oauth2:userinfo" => {
            ok(json!({"email": "responder@shop.iam.gserviceaccount.com", "id": "9"}))
        }
        "crm:testIamPermissions" => {
            let denied = items(&state["denied"]);
            let mut held = items(&asked.body["permissions"]).to_vec();
            held.retain(|permission| !denied.contains(permission));
            ok(json!({"permissions": held}))
        }
        "iam:getServiceAccount" => ok(
            json!({"email": first, "uniqueId": state["unique"], "projectId": "shop", "disabled": state["disabled"]}),
        ),
        "iam:disableServiceAccount" | "iam:enableServiceAccount" => {
            state["disabled"] = json!(name.contains("disable"));
            ok(json!({}))
        }
        "iam:listKeys" => ok(json!({"keys": [{"name": GKEY, "disabled": state["keys"][GKEY]}]})),
        "admin:getUser" => ok(
            json!({"primaryEmail": "mallory@example.com", "id": state["person"],
            "suspended": state["suspended"], "password": "SECRET-MARKER"}),
        ),
        "admin:updateUser" => {
            state["suspended"] = asked.body["suspended"].clone();
            ok(json!({}))
        }
        "admin:signOut" => nothing(),
        "iam:getKey" => ok(
            json!({"name": first, "privateKeyData": "SECRET-MARKER", "disabled": state["keys"][&first]}),
        ),
        "iam:disableKey" | "iam:enableKey" => {
            state["keys"][&first] = json!(name.contains("disable"));
            ok(json!({}))
        }
        "crm:getIamPolicy" => {
            assert_eq!(
                asked.body["options"]["requestedPolicyVersion"], 3,
                "else conditions are lost"
            );
            ok(json!({"version": 3, "etag": plain(&state["etag"]), "bindings": state["bindings"]}))
        }
        "crm:setIamPolicy" => {
            let policy = &asked.body["policy"];
            if plain(&policy["etag"]) != plain(&state["etag"]) {
                return Reply::json(409, json!({"error": {"code": 409, "status": "ABORTED"}}));
            }
            state["bindings"] = policy["bindings"].clone();
            state["etag"] = json!(state["etag"].as_u64().unwrap_or(0) + 1);
            ok(json!({}))
        }
        "compute:getInstance" => ok(
            json!({"id": "7", "tags": {"items": state["tags"], "fingerprint": "f"},
            "networkInterfaces": [{"network": "global/networks/default"}]}),
        ),
        "compute:setTags" => {
            state["tags"] = asked.body["items"].clone();
            ok(json!({}))
        }
        "compute:getFirewall" => match &state["firewalls"][&last] {
            Value::Null => missing(),
            rule => ok(rule.clone()),
        },
        "compute:insertFirewall" => {
            let rule = &asked.body;
            state["firewalls"][plain(&rule["name"])] =
                json!({"targetTags": rule["targetTags"], "denied": rule["denied"]});
            ok(json!({}))
        }
        "compute:deleteFirewall" => remove(state, "firewalls", &last),
        "logging:getSink" => ok(json!({"name": first, "disabled": state["sink"]})),
        "logging:updateSink" => {
            state["sink"] = asked.body["disabled"].clone();
            ok(json!({}))
        }
        other => panic!("the world has no {other}"),
    }
}

fn gcp_case(action: &'static str, target: &str, works: fn(&Value) -> bool) -> Case {
    let mut case = Case::new(Provider::Gcp, action, target, gcp, works);
    // Members are a set, and etags only grow.
    case.ignore = |state| {
        state["etag"] = Value::Null;
        for binding in state["bindings"].as_array_mut().expect("bindings") {
            binding["members"]
                .as_array_mut()
                .expect("members")
                .sort_by_key(plain);
        }
        state["bindings"]
            .as_array_mut()
            .expect("bindings")
            .sort_by_key(|binding| plain(&binding["role"]));
    };
    case
}

pub fn gcp_cases() -> Vec<Case> {
    let mallory = "user:mallory@example.com";
    let mut account = gcp_case("disable-service-account", MAIL, |state| {
        state["disabled"] == false
    })
    .replaced_by(|state| state["unique"] = json!("200"));
    account.ask.keys = true;
    vec![
        account,
        gcp_case("disable-user", mallory, |state| state["suspended"] == false)
            .replaced_by(|state| state["person"] = json!("2002")),
        gcp_case("deactivate-key", GKEY, |state| state["keys"][GKEY] == false),
        gcp_case("remove-iam-binding", mallory, |state| {
            let mut bindings = items(&state["bindings"]).iter();
            bindings.any(|one| {
                one["role"] == "roles/owner"
                    && items(&one["members"]).contains(&json!("user:mallory@example.com"))
            })
        })
        .with("roles/owner"),
        gcp_case("remove-iam-binding", mallory, |state| {
            state["bindings"].to_string().contains("weekdays")
        })
        .with("roles/viewer"),
        gcp_case("firewall-deny", "europe-west1-b/web-1", |state| {
            let tags = items(&state["tags"]);
            let firewalls = state["firewalls"].as_object().expect("rules");
            !firewalls.values().any(|rule| {
                items(&rule["targetTags"])
                    .iter()
                    .any(|tag| tags.contains(tag))
            })
        }),
        gcp_case("restore-sink", "projects/shop/sinks/audit", |state| {
            state["sink"] == true
        }),
    ]
}

// Kubernetes.

fn kubernetes() -> Box<dyn World> {
    let binding = json!({"metadata": {"name": "editors", "namespace": "shop", "uid": "u1"},
        "roleRef": {"kind": "Role", "name": "edit"}, "subjects": [{"kind": "ServiceAccount", "name": "ci"}]});
    let state = json!({
        "bindings": {"editors": binding}, "policies": {}, "node": false,
        "labels": {"app": "api", "team": "shop"},
        "secrets": {"ci-token": {"type": "kubernetes.io/service-account-token", "data": {"token": "U0VDUkVULU1BUktFUg=="},
            "metadata": {"name": "ci-token", "namespace": "shop", "uid": "u2", "annotations": {"kubernetes.io/service-account.name": "ci"}}}},
    });
    Box::new(Rest {
        state,
        answer: kubernetes_answer,
    })
}

fn kubernetes_answer(state: &mut Value, name: &str, asked: &Asked) -> Reply {
    let last = asked.names.last().cloned().unwrap_or_default();
    let get = |part: &Value| match part {
        Value::Null => Reply::json(
            404,
            json!({"kind": "Status", "status": "Failure", "reason": "NotFound", "message": "no"}),
        ),
        found => ok(found.clone()),
    };
    match name {
        "k8s:selfSubjectReview" => {
            ok(json!({"status": {"userInfo": {"username": "responder", "uid": "r"}}}))
        }
        "k8s:selfSubjectAccessReview" => ok(json!({"status": {"allowed": true}})),
        "k8s:getRoleBinding" => get(&state["bindings"][&last]),
        "k8s:deleteRoleBinding" => {
            assert_eq!(
                asked.body["preconditions"]["uid"], "u1",
                "only this one, and none of its name"
            );
            remove(state, "bindings", &last)
        }
        "k8s:createRoleBinding" => {
            let mut made = asked.body.clone();
            let name = plain(&made["metadata"]["name"]);
            made["metadata"]["uid"] = json!("u1");
            let fields = made.as_object_mut().expect("an object");
            fields.remove("apiVersion");
            fields.remove("kind");
            state["bindings"][name] = made;
            Reply::json(201, json!({}))
        }
        "k8s:getPod" => ok(
            json!({"metadata": {"name": last, "namespace": "shop", "uid": "p", "labels": state["labels"]}, "spec": {}}),
        ),
        "k8s:patchPod" => {
            laid(&mut state["labels"], &asked.body["metadata"]["labels"]);
            ok(json!({}))
        }
        "k8s:getNode" => ok(
            json!({"metadata": {"name": last, "uid": "n"}, "spec": {"unschedulable": state["node"]}}),
        ),
        "k8s:patchNode" => {
            state["node"] = json!(asked.body["spec"]["unschedulable"] == true);
            ok(json!({}))
        }
        "k8s:getSecret" => get(&state["secrets"][&last]),
        "k8s:deleteSecret" => remove(state, "secrets", &last),
        "k8s:getNetworkPolicy" => get(&state["policies"][&last]),
        "k8s:listNetworkPolicies" => ok(json!({"items": []})),
        "k8s:createNetworkPolicy" => {
            state["policies"][plain(&asked.body["metadata"]["name"])] = asked.body["spec"].clone();
            Reply::json(201, json!({}))
        }
        "k8s:deleteNetworkPolicy" => remove(state, "policies", &last),
        other => panic!("the world has no {other}"),
    }
}

fn kubernetes_case(action: &'static str, target: &str, works: fn(&Value) -> bool) -> Case {
    Case::new(Provider::Kubernetes, action, target, kubernetes, works)
}

pub fn kubernetes_cases() -> Vec<Case> {
    let isolated = |state: &Value| {
        let label = state["labels"]["ctadel.io/quarantine"].clone();
        let policies = state["policies"].as_object().expect("policies");
        let selects =
            |spec: &Value| spec["podSelector"]["matchLabels"]["ctadel.io/quarantine"] == label;
        label.is_null() || !policies.values().any(selects) || !state["labels"]["app"].is_null()
    };
    vec![
        kubernetes_case("remove-rolebinding", "shop/editors", |state| {
            state["bindings"]["editors"].is_object()
        })
        .changed_by(|state| {
            state["bindings"]["editors"] = json!({"metadata": {"name": "editors"}, "subjects": []});
        })
        .found_once(),
        kubernetes_case("isolate-pod", "shop/api-7d9f", isolated)
            .changed_by(|state| state["labels"]["app"] = json!("api")),
        kubernetes_case("cordon-node", "worker-1", |state| state["node"] == false),
        kubernetes_case("delete-token", "shop/ci-token", |state| {
            state["secrets"]["ci-token"].is_object()
        })
        .for_good(),
    ]
}
