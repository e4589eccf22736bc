//! Kubernetes: deletes a token of a service account. The token itself is never written down.

use serde_json::json;

use super::kubernetes_remove_rolebinding::draft_of;
use crate::respond::action::{Action, Ask, Permissions, text, usage};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;

/// The action.
pub struct DeleteToken;

impl Action for DeleteToken {
    fn name(&self) -> &'static str {
        "delete-token"
    }

    fn provider(&self) -> Provider {
        Provider::Kubernetes
    }

    fn kind(&self) -> &'static str {
        "kubernetes.token.delete"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &["get secrets"],
            act: &["delete secrets"],
            undo: &[],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let Some((namespace, name)) = ask.target.split_once('/') else {
            return Err(usage("name the secret as NAMESPACE/NAME"));
        };
        let object = json!({"namespace": namespace, "name": name});
        let found = cloud.find("k8s:getSecret", object.clone())?;
        let found = found.ok_or_else(|| Refused::missing("secret", &ask.target))?;
        if text(&found, "type") != "kubernetes.io/service-account-token" {
            return Err(usage("the secret is no token of a service account")
                .hint("tokens without a secret end with the pod they are bound to"));
        }
        let mut draft = draft_of("secret", &ask.target, &found);
        let mut delete = object.clone();
        delete["body"] = json!({"apiVersion": "v1", "kind": "DeleteOptions",
            "preconditions": {"uid": found["metadata"]["uid"]}});
        let account = text(
            &found["metadata"]["annotations"],
            "kubernetes.io/service-account.name",
        );
        let summary = format!("the token of {account} is gone for good");
        let probe = Probe::new("secret", object);
        let call = Call::new("k8s:deleteSecret", delete);
        draft.step(Step::new(call, &summary, probe, json!(true), json!(null)).gone(&["NotFound"]));
        draft.warn("pods that have it mounted fail");
        Ok(draft)
    }
}
