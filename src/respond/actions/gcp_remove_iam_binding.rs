//! Google Cloud: takes one member out of one role, whatever else the policy holds.

use serde_json::{Value, json};

use crate::respond::action::{Action, Ask, Permissions, usage};
use crate::respond::cloud::Cloud;
use crate::respond::gcp::policy;
use crate::respond::plan::{Call, Draft, Probe, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;
use crate::respond::wire::items;

/// The action.
pub struct RemoveIamBinding;

impl Action for RemoveIamBinding {
    fn name(&self) -> &'static str {
        "remove-iam-binding"
    }

    fn provider(&self) -> Provider {
        Provider::Gcp
    }

    fn kind(&self) -> &'static str {
        "gcp.iam.binding.remove"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &["resourcemanager.projects.getIamPolicy"],
            act: &["resourcemanager.projects.setIamPolicy"],
            undo: &["resourcemanager.projects.setIamPolicy"],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let role = ask
            .with
            .clone()
            .ok_or_else(|| usage("remove-iam-binding takes a member and a role"))?;
        let project = cloud
            .place
            .project
            .as_ref()
            .map(|project| format!("projects/{project}"));
        let resource = ask.on.clone().or(project);
        let resource = resource.ok_or_else(|| usage("name where it hangs: --on projects/ID"))?;
        let found = policy(cloud, &resource)?;
        let name = format!("{} {role}", ask.target);
        let mut draft = Draft::new("binding", &name, &format!("{resource} {name}"));
        draft.facts.ids.push(ask.target.clone());
        draft.facts.account = resource.strip_prefix("projects/").map(str::to_owned);
        let fits = |binding: &&Value| binding["role"] == role.as_str();
        let bindings: Vec<&Value> = items(&found["bindings"]).iter().filter(fits).collect();
        let member = json!(ask.target);
        for binding in &bindings {
            let members = items(&binding["members"]);
            let mut object = json!({"resource": resource, "role": role, "member": member});
            if !binding["condition"].is_null() {
                object["condition"] = binding["condition"].clone();
            }
            let before = json!(members.contains(&member));
            if before == false {
                continue;
            }
            draft.facts.last_admin |= role == "roles/owner" && members.len() == 1;
            let probe = Probe::new("member", object.clone());
            let call = Call::new("crm:removeMember", object.clone());
            let step = Step::new(
                call,
                &format!("{} loses {role}", ask.target),
                probe,
                before,
                json!(false),
            );
            draft.step(step.back(
                Call::new("crm:addMember", object),
                &format!("{} has {role} again", ask.target),
            ));
        }
        if draft.steps.is_empty() {
            let object = json!({"resource": resource, "role": role, "member": member});
            let probe = Probe::new("member", object.clone());
            let call = Call::new("crm:removeMember", object);
            draft.step(Step::new(
                call,
                "the member does not have the role here",
                probe,
                json!(false),
                json!(false),
            ));
            draft.warn("a right that is inherited hangs on the folder or organisation above");
        }
        draft.settle = 10;
        draft.patience = 170;
        Ok(draft)
    }
}
