//! Azure: takes a role back.

use serde_json::json;

use crate::respond::action::{Action, Ask, Permissions, text, usage};
use crate::respond::azure::assignment;
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;

/// The action.
pub struct RemoveRoleAssignment;

impl Action for RemoveRoleAssignment {
    fn name(&self) -> &'static str {
        "remove-role-assignment"
    }

    fn provider(&self) -> Provider {
        Provider::Azure
    }

    fn kind(&self) -> &'static str {
        "azure.role-assignment.remove"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &["Microsoft.Authorization/roleAssignments/read"],
            act: &["Microsoft.Authorization/roleAssignments/delete"],
            undo: &["Microsoft.Authorization/roleAssignments/write"],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let object = json!({"id": ask.target});
        if !ask.target.contains("/roleAssignments/") {
            return Err(usage(
                "name the whole id of the assignment: /subscriptions/…/roleAssignments/…",
            ));
        }
        let found = cloud.find("arm:GetRoleAssignment", object.clone())?;
        let found = found.ok_or_else(|| Refused::missing("role assignment", &ask.target))?;
        let before = assignment(&found);
        let name = ask.target.rsplit('/').next().unwrap_or_default();
        let mut draft = Draft::new("role assignment", name, &ask.target);
        draft
            .facts
            .ids
            .push(text(&before, "principalId").to_owned());
        let scope = text(&found["properties"], "scope");
        // An assignment is removed where it was made, and not where it is inherited.
        if !scope.is_empty()
            && !ask
                .target
                .to_ascii_lowercase()
                .starts_with(&scope.to_ascii_lowercase())
        {
            let hint = format!("it was made at {scope}");
            return Err(usage("the assignment is inherited here").hint(hint));
        }
        let probe = Probe::new("assignment", object.clone());
        let mut put = object.clone();
        put["body"] = json!({"properties": before});
        let role = text(&before, "roleDefinitionId")
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        let summary = format!("{} loses the role {role}", text(&before, "principalId"));
        let call = Call::new("arm:DeleteRoleAssignment", object);
        let step = Step::new(call, &summary, probe, before, json!(null));
        draft.step(step.back(
            Call::new("arm:PutRoleAssignment", put),
            "the assignment as it was",
        ));
        draft.settle = 5;
        draft.warn("who is eligible for the role through PIM activates it again");
        Ok(draft)
    }
}
