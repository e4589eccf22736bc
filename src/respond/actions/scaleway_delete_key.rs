//! Scaleway: deletes a key. It cannot be brought back.

use serde_json::json;

use crate::respond::action::{Action, Ask, Permissions, text};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;

/// The action.
pub struct DeleteKey;

impl Action for DeleteKey {
    fn name(&self) -> &'static str {
        "delete-key"
    }

    fn provider(&self) -> Provider {
        Provider::Scaleway
    }

    fn kind(&self) -> &'static str {
        "scaleway.iam.key.delete"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &["IAMReadOnly"],
            act: &["IAMManager"],
            undo: &[],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let found = cloud.find("iam:GetApiKey", json!({"access_key": ask.target}))?;
        let key = found.ok_or_else(|| Refused::missing("API key", &ask.target))?;
        let mut draft = Draft::new("API key", &ask.target, &ask.target);
        for field in ["user_id", "application_id"] {
            draft.facts.ids.push(text(&key, field).to_owned());
        }
        if key["managed"] == true {
            draft.facts.owned = Some("Scaleway manages the key".to_owned());
        }
        draft.settle = 2;
        let object = json!({"access_key": ask.target});
        let probe = Probe::new("key-there", object.clone());
        let call = Call::new("iam:DeleteApiKey", object);
        let step = Step::new(
            call,
            "the key is gone for good",
            probe,
            json!(true),
            json!(null),
        );
        draft.step(step.gone(&["not_found"]));
        Ok(draft)
    }
}
