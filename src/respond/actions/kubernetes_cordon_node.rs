//! Kubernetes: lets no new pod onto a node.

use serde_json::json;

use super::kubernetes_remove_rolebinding::draft_of;
use crate::respond::action::{Action, Ask, Permissions};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;

/// The action.
pub struct CordonNode;

impl Action for CordonNode {
    fn name(&self) -> &'static str {
        "cordon-node"
    }

    fn provider(&self) -> Provider {
        Provider::Kubernetes
    }

    fn kind(&self) -> &'static str {
        "kubernetes.node.cordon"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &["get nodes"],
            act: &["patch nodes"],
            undo: &["patch nodes"],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let object = json!({"name": ask.target});
        let found = cloud.find("k8s:getNode", object.clone())?;
        let found = found.ok_or_else(|| Refused::missing("node", &ask.target))?;
        let mut draft = draft_of("node", &ask.target, &found);
        draft.identity = Some(Probe::new("node-uid", object.clone()));
        let set = |on: serde_json::Value| {
            let mut params = object.clone();
            params["body"] = json!({"spec": {"unschedulable": on}});
            Call::new("k8s:patchNode", params)
        };
        let before = json!(found["spec"]["unschedulable"] == true);
        let probe = Probe::new("node-cordoned", object.clone());
        let step = Step::new(
            set(json!(true)),
            "no new pod comes onto the node",
            probe,
            before,
            json!(true),
        );
        draft.step(step.back(set(json!(null)), "pods come onto the node again"));
        draft.warn("pods on the node run on: draining would destroy what they can still tell");
        Ok(draft)
    }
}
