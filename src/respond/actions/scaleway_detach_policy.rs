//! Scaleway: a policy loses whom it is for.

use serde_json::{Value, json};

use crate::respond::action::{Action, Ask, Permissions, text, usage};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Reach, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;
use crate::respond::scaleway::principal;

/// The action.
pub struct DetachPolicy;

impl Action for DetachPolicy {
    fn name(&self) -> &'static str {
        "detach-policy"
    }

    fn provider(&self) -> Provider {
        Provider::Scaleway
    }

    fn kind(&self) -> &'static str {
        "scaleway.iam.policy.detach"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &["IAMReadOnly"],
            act: &["IAMManager"],
            undo: &["IAMManager"],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        if ask.with.is_some() {
            return Err(usage(
                "at Scaleway a policy names whom it is for: detach-policy takes the policy alone",
            ));
        }
        let found = cloud.find("iam:GetPolicy", json!({"policy_id": ask.target}))?;
        let policy = found.ok_or_else(|| Refused::missing("policy", &ask.target))?;
        let mut draft = Draft::new("policy", text(&policy, "name"), text(&policy, "id"));
        draft.facts.account = Some(text(&policy, "organization_id").to_owned());
        if policy["editable"] == false || policy["managed"] == true {
            draft.facts.owned = Some("Scaleway manages the policy".to_owned());
        }
        let before = principal(&policy);
        let set = |to: &Value| {
            Call::new(
                "iam:UpdatePolicy",
                json!({"policy_id": ask.target, "body": to}),
            )
        };
        let nobody = json!({"no_principal": true});
        let probe = Probe::new("policy-principal", json!({"policy_id": ask.target}));
        let step = Step::new(
            set(&nobody),
            "the policy is for nobody",
            probe,
            before.clone(),
            nobody,
        );
        draft.step(step.back(set(&before), "the policy is for whom it was"));
        if !text(&policy, "group_id").is_empty() {
            draft
                .blast
                .note(Reach::Medium, "every member of the group loses it");
        }
        draft.settle = 2;
        Ok(draft)
    }
}
