//! Kubernetes: cuts a pod off from the network and leaves it running, for what it can still tell.

use serde_json::{Value, json};

use super::kubernetes_remove_rolebinding::draft_of;
use crate::respond::action::{Action, Ask, Permissions, text, usage};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, ID, Probe, Reach, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;
use crate::respond::wire::items;

/// The action.
pub struct IsolatePod;

impl Action for IsolatePod {
    fn name(&self) -> &'static str {
        "isolate-pod"
    }

    fn provider(&self) -> Provider {
        Provider::Kubernetes
    }

    fn kind(&self) -> &'static str {
        "kubernetes.pod.isolate"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &[
                "get pods",
                "list networkpolicies.networking.k8s.io",
                "get networkpolicies.networking.k8s.io",
            ],
            act: &["patch pods", "create networkpolicies.networking.k8s.io"],
            undo: &["patch pods", "delete networkpolicies.networking.k8s.io"],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let Some((namespace, name)) = ask.target.split_once('/') else {
            return Err(usage("name the pod as NAMESPACE/NAME"));
        };
        let pod = json!({"namespace": namespace, "name": name});
        let found = cloud.find("k8s:getPod", pod.clone())?;
        let found = found.ok_or_else(|| Refused::missing("pod", &ask.target))?;
        let mut draft = draft_of("pod", &ask.target, &found);
        draft.identity = Some(Probe::new("pod-uid", pod.clone()));
        let labels = match &found["metadata"]["labels"] {
            Value::Object(labels) => labels.clone(),
            _ => Default::default(),
        };
        if labels.contains_key(LABEL) {
            let probe = Probe::new("pod-labels", pod.clone());
            let (call, now) = (Call::new("k8s:patchPod", pod), Value::Object(labels));
            draft.step(Step::new(
                call,
                "the pod is isolated already",
                probe,
                now.clone(),
                now,
            ));
            return Ok(draft);
        }
        let policy = format!("ctadel-q-{ID}");
        let object = json!({"namespace": namespace, "name": policy});
        let body = json!({
            "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
            "metadata": {"name": policy, "annotations": {"ctadel": ID}},
            "spec": {"podSelector": {"matchLabels": {LABEL: ID}}, "policyTypes": ["Ingress", "Egress"]},
        });
        let probe = Probe::new("network-policy", object.clone());
        let call = Call::new(
            "k8s:createNetworkPolicy",
            json!({"namespace": namespace, "body": body}),
        );
        let step = Step::new(
            call,
            &format!("{policy}: nothing in, nothing out"),
            probe,
            json!(null),
            json!(true),
        );
        let made = draft.step(step.back(
            Call::new("k8s:deleteNetworkPolicy", object),
            &format!("delete {policy}"),
        ));
        // Policies only add: what lets the pod through now selects it by a label that goes.
        let gone = labels.keys().map(|key| (key.clone(), Value::Null));
        let mut patch: serde_json::Map<String, Value> = gone.collect();
        patch.insert(LABEL.to_owned(), json!(ID));
        let mut back = labels.clone();
        back.insert(LABEL.to_owned(), Value::Null);
        let with = |labels: serde_json::Map<String, Value>| {
            let mut params = pod.clone();
            params["body"] = json!({"metadata": {"labels": labels}});
            Call::new("k8s:patchPod", params)
        };
        let summary = format!(
            "{} labels off, services and owners let go of the pod",
            labels.len()
        );
        let probe = Probe::new("pod-labels", pod.clone());
        let mut step = Step::new(
            with(patch),
            &summary,
            probe,
            Value::Object(labels),
            json!({LABEL: ID}),
        )
        .back(with(back), "the labels as they were");
        step.needs.push(made);
        draft.step(step);
        warnings(cloud, namespace, &found, &mut draft)?;
        Ok(draft)
    }
}

const LABEL: &str = "ctadel.io/quarantine";

fn warnings(
    cloud: &Cloud<'_>,
    namespace: &str,
    pod: &Value,
    draft: &mut Draft,
) -> Result<(), Refused> {
    if pod["spec"]["hostNetwork"] == true {
        draft.warn("the pod uses its node's network: no policy reaches it");
    }
    let all = cloud.list(
        "k8s:listNetworkPolicies",
        json!({"namespace": namespace}),
        "/items",
    )?;
    for policy in &all {
        let selector = &policy["spec"]["podSelector"];
        let any = selector["matchLabels"].is_null() && selector["matchExpressions"].is_null();
        let name = text(&policy["metadata"], "name");
        if any && !name.starts_with("ctadel-") {
            draft.warn(format!(
                "{name} selects every pod: what it lets through goes on"
            ));
        }
    }
    for owner in items(&pod["metadata"]["ownerReferences"]) {
        let owner = format!("{} {}", text(owner, "kind"), text(owner, "name"));
        draft.blast.note(
            Reach::Low,
            format!("{owner} starts another pod in its place"),
        );
    }
    draft.warn(
        "whether open connections are cut, and policies held at all, is up to the network plugin",
    );
    Ok(())
}
