//! Kubernetes: removes a role binding.

use serde_json::{Value, json};

use crate::respond::action::{Action, Ask, Permissions, text};
use crate::respond::cloud::Cloud;
use crate::respond::kubernetes::binding;
use crate::respond::plan::{Call, Draft, Probe, Reach, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;
use crate::respond::wire::items;

/// The action.
pub struct RemoveRolebinding;

impl Action for RemoveRolebinding {
    fn name(&self) -> &'static str {
        "remove-rolebinding"
    }

    fn provider(&self) -> Provider {
        Provider::Kubernetes
    }

    fn kind(&self) -> &'static str {
        "kubernetes.rolebinding.remove"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &[
                "get rolebindings.rbac.authorization.k8s.io",
                "get clusterrolebindings.rbac.authorization.k8s.io",
            ],
            act: &[
                "delete rolebindings.rbac.authorization.k8s.io",
                "delete clusterrolebindings.rbac.authorization.k8s.io",
            ],
            undo: &[
                "create rolebindings.rbac.authorization.k8s.io",
                "create clusterrolebindings.rbac.authorization.k8s.io",
                "bind roles.rbac.authorization.k8s.io",
                "bind clusterroles.rbac.authorization.k8s.io",
            ],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let (kind, probe, object) = match ask.target.split_once('/') {
            Some((namespace, name)) => (
                "RoleBinding",
                "binding",
                json!({"namespace": namespace, "name": name}),
            ),
            None => (
                "ClusterRoleBinding",
                "cluster-binding",
                json!({"name": ask.target}),
            ),
        };
        let found = cloud.find(&format!("k8s:get{kind}"), object.clone())?;
        let found = found.ok_or_else(|| Refused::missing("role binding", &ask.target))?;
        let mut draft = draft_of("role binding", &ask.target, &found);
        let before = binding(&found);
        let mut delete = object.clone();
        delete["body"] = json!({"apiVersion": "v1", "kind": "DeleteOptions",
            "preconditions": {"uid": found["metadata"]["uid"]}});
        let mut made = before.clone();
        made["apiVersion"] = json!("rbac.authorization.k8s.io/v1");
        made["kind"] = json!(kind);
        let mut create = json!({"body": made});
        if !object["namespace"].is_null() {
            create["namespace"] = object["namespace"].clone();
        }
        let subjects: Vec<String> = items(&found["subjects"])
            .iter()
            .map(|one| format!("{} {}", text(one, "kind"), text(one, "name")))
            .collect();
        let summary = format!(
            "{} lose {}",
            subjects.join(", "),
            text(&found["roleRef"], "name")
        );
        for subject in &subjects {
            draft.blast.note(Reach::Low, subject.clone());
            if subject == "Group system:masters" {
                draft.warn("system:masters may do everything without any binding");
            }
        }
        let call = Call::new(&format!("k8s:delete{kind}"), delete);
        let back = Call::new(&format!("k8s:create{kind}"), create);
        let step = Step::new(
            call,
            &summary,
            Probe::new(probe, object),
            before,
            json!(null),
        );
        draft.step(step.back(back, "the binding as it was"));
        Ok(draft)
    }
}

/// A draft for an object, with everything the guards look at.
pub(super) fn draft_of(kind: &str, name: &str, found: &Value) -> Draft {
    let meta = &found["metadata"];
    let mut draft = Draft::new(kind, name, text(meta, "uid"));
    draft.facts.ids.push(text(meta, "name").to_owned());
    draft.facts.namespace = meta["namespace"].as_str().map(str::to_owned);
    for field in ["labels", "annotations"] {
        if let Some(pairs) = meta[field].as_object() {
            let pair = |(key, value): (&String, &Value)| {
                (
                    key.replace("ctadel.io/", "ctadel:"),
                    value.as_str().unwrap_or_default().to_owned(),
                )
            };
            draft.facts.tags.extend(pairs.iter().map(pair));
        }
    }
    let managed = [
        "app.kubernetes.io/managed-by",
        "argocd.argoproj.io/instance",
        "kustomize.toolkit.fluxcd.io/name",
    ];
    if let Some(by) = managed
        .iter()
        .find(|key| draft.facts.tags.contains_key(**key))
    {
        draft.warn(format!("{by}: whoever manages it will make it anew"));
    }
    if text(
        &meta["annotations"],
        "rbac.authorization.kubernetes.io/autoupdate",
    ) == "true"
    {
        draft.warn("the API server makes it anew when it starts");
    }
    draft
}
