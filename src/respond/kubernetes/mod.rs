//! Kubernetes: its operations, who is asking, what may be done, and the states of its objects.

#[cfg(feature = "live")]
pub mod live;

use serde_json::{Value, json};

use crate::respond::action::text;
use crate::respond::cloud::Cloud;
use crate::respond::gate::Preflight;
use crate::respond::guard::Caller;
use crate::respond::operation::{Operation, Wire};
use crate::respond::plan::Plan;
use crate::respond::probe::unknown;
use crate::respond::trouble::Trouble;

const fn op(name: &'static str, method: &'static str, path: &'static str) -> Operation {
    Operation {
        name,
        wire: Wire::Rest(method, path),
    }
}

const fn merge(name: &'static str, path: &'static str) -> Operation {
    Operation {
        name,
        wire: Wire::Merge(path),
    }
}

const RBAC: &str = "/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/rolebindings";
const BINDING: &str =
    "/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/rolebindings/{name}";
const CLUSTER_RBAC: &str = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";
const CLUSTER_BINDING: &str = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/{name}";
const POLICIES: &str = "/apis/networking.k8s.io/v1/namespaces/{namespace}/networkpolicies";
const POLICY: &str = "/apis/networking.k8s.io/v1/namespaces/{namespace}/networkpolicies/{name}";

/// What only looks.
pub const READS: &[Operation] = &[
    op(
        "k8s:selfSubjectReview",
        "POST",
        "/apis/authentication.k8s.io/v1/selfsubjectreviews",
    ),
    op(
        "k8s:selfSubjectAccessReview",
        "POST",
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    ),
    op("k8s:getRoleBinding", "GET", BINDING),
    op("k8s:getClusterRoleBinding", "GET", CLUSTER_BINDING),
    op(
        "k8s:getPod",
        "GET",
        "/api/v1/namespaces/{namespace}/pods/{name}",
    ),
    op("k8s:getNode", "GET", "/api/v1/nodes/{name}"),
    op(
        "k8s:getSecret",
        "GET",
        "/api/v1/namespaces/{namespace}/secrets/{name}",
    ),
    op("k8s:getNetworkPolicy", "GET", POLICY),
    op("k8s:listNetworkPolicies", "GET", POLICIES),
];

/// What changes something.
pub const CHANGES: &[Operation] = &[
    op("k8s:deleteRoleBinding", "DELETE", BINDING),
    op("k8s:createRoleBinding", "POST", RBAC),
    op("k8s:deleteClusterRoleBinding", "DELETE", CLUSTER_BINDING),
    op("k8s:createClusterRoleBinding", "POST", CLUSTER_RBAC),
    merge("k8s:patchPod", "/api/v1/namespaces/{namespace}/pods/{name}"),
    merge("k8s:patchNode", "/api/v1/nodes/{name}"),
    op(
        "k8s:deleteSecret",
        "DELETE",
        "/api/v1/namespaces/{namespace}/secrets/{name}",
    ),
    op("k8s:createNetworkPolicy", "POST", POLICIES),
    op("k8s:deleteNetworkPolicy", "DELETE", POLICY),
];

/// Who asks.
pub fn caller(cloud: &Cloud<'_>) -> Result<Caller, Trouble> {
    let body = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"});
    let me = cloud.read("k8s:selfSubjectReview", json!({"body": body}))?;
    let user = &me["status"]["userInfo"];
    let known = [text(user, "username"), text(user, "uid")]
        .into_iter()
        .filter(|id| !id.is_empty());
    Ok(Caller {
        name: text(user, "username").to_owned(),
        ids: known.map(str::to_owned).collect(),
        account: cloud.place.account.clone().unwrap_or_default(),
    })
}

/// Asks the cluster whether it would allow each call.
pub fn preflight(cloud: &Cloud<'_>, plan: &Plan, act: &[String], undo: &[String]) -> Preflight {
    let mut known = false;
    let mut refused = |op: &String| {
        let Some((verb, resource)) = access(op) else {
            return false;
        };
        let (resource, group) = resource.split_once('.').unwrap_or((resource, ""));
        let namespace = plan
            .target
            .name
            .split_once('/')
            .map(|(namespace, _)| namespace);
        let attributes =
            json!({"verb": verb, "resource": resource, "group": group, "namespace": namespace});
        let body = json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": attributes}});
        match cloud.once_only("k8s:selfSubjectAccessReview", json!({"body": body})) {
            Ok(answer) => {
                known = true;
                answer["status"]["allowed"] == false
            }
            Err(_) => false,
        }
    };
    let act: Vec<String> = act.iter().filter(|op| refused(op)).cloned().collect();
    let undo: Vec<String> = undo.iter().filter(|op| refused(op)).cloned().collect();
    Preflight { act, undo, known }
}

/// The verb and resource behind an operation.
fn access(op: &str) -> Option<(&'static str, &'static str)> {
    Some(match op {
        "k8s:deleteRoleBinding" => ("delete", "rolebindings.rbac.authorization.k8s.io"),
        "k8s:createRoleBinding" => ("create", "rolebindings.rbac.authorization.k8s.io"),
        "k8s:deleteClusterRoleBinding" => {
            ("delete", "clusterrolebindings.rbac.authorization.k8s.io")
        }
        "k8s:createClusterRoleBinding" => {
            ("create", "clusterrolebindings.rbac.authorization.k8s.io")
        }
        "k8s:patchPod" => ("patch", "pods"),
        "k8s:patchNode" => ("patch", "nodes"),
        "k8s:deleteSecret" => ("delete", "secrets"),
        "k8s:createNetworkPolicy" => ("create", "networkpolicies.networking.k8s.io"),
        "k8s:deleteNetworkPolicy" => ("delete", "networkpolicies.networking.k8s.io"),
        _ => return None,
    })
}

/// Answers a question of this list.
pub fn probe(cloud: &Cloud<'_>, name: &str, ask: &Value) -> Result<Value, Trouble> {
    let there = |operation: &str| cloud.read(operation, ask.clone()).map(|_| json!(true));
    match name {
        "binding" => Ok(binding(&cloud.read("k8s:getRoleBinding", ask.clone())?)),
        "cluster-binding" => Ok(binding(
            &cloud.read("k8s:getClusterRoleBinding", ask.clone())?,
        )),
        "pod-uid" => Ok(cloud.read("k8s:getPod", ask.clone())?["metadata"]["uid"].clone()),
        "pod-labels" => {
            let pod = cloud.read("k8s:getPod", ask.clone())?;
            Ok(match &pod["metadata"]["labels"] {
                Value::Null => json!({}),
                labels => labels.clone(),
            })
        }
        "node-uid" => Ok(cloud.read("k8s:getNode", ask.clone())?["metadata"]["uid"].clone()),
        "node-cordoned" => Ok(json!(
            cloud.read("k8s:getNode", ask.clone())?["spec"]["unschedulable"] == true
        )),
        "secret" => there("k8s:getSecret"),
        "network-policy" => there("k8s:getNetworkPolicy"),
        name => Err(unknown(name)),
    }
}

/// What a binding is made of, without what the cluster adds.
pub fn binding(found: &Value) -> Value {
    let meta = &found["metadata"];
    let mut kept = json!({"name": meta["name"]});
    for field in ["namespace", "labels", "annotations"] {
        if !meta[field].is_null() {
            kept[field] = meta[field].clone();
        }
    }
    json!({"metadata": kept, "roleRef": found["roleRef"], "subjects": found["subjects"]})
}
