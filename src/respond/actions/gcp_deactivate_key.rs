//! Google Cloud: switches a key of a service account off.

use serde_json::json;

use super::gcp_disable_service_account::disable_key;
use crate::respond::action::{Action, Ask, Permissions, usage};
use crate::respond::cloud::Cloud;
use crate::respond::plan::Draft;
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;

/// The action.
pub struct DeactivateKey;

impl Action for DeactivateKey {
    fn name(&self) -> &'static str {
        "deactivate-key"
    }

    fn provider(&self) -> Provider {
        Provider::Gcp
    }

    fn kind(&self) -> &'static str {
        "gcp.iam.key.disable"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &["iam.serviceAccountKeys.get"],
            act: &["iam.serviceAccountKeys.disable"],
            undo: &["iam.serviceAccountKeys.enable"],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let name = ask.target.trim_start_matches("//iam.googleapis.com/");
        if !name.starts_with("projects/") || !name.contains("/keys/") {
            return Err(usage(
                "name the whole key: projects/P/serviceAccounts/MAIL/keys/ID",
            ));
        }
        let found = cloud.find("iam:getKey", json!({"name": name}))?;
        let key = found.ok_or_else(|| Refused::missing("key", name))?;
        let mut draft = Draft::new("key", name.rsplit('/').next().unwrap_or_default(), name);
        let part = |place: usize| name.split('/').nth(place).unwrap_or_default().to_owned();
        draft.facts.ids.push(part(3));
        draft.facts.account = Some(part(1)).filter(|project| project != "-");
        let step = disable_key(name, key["disabled"] == true);
        draft.step(step.revives("whoever has the key can use it again"));
        draft.settle = 10;
        draft.patience = 170;
        draft.warn("tokens made with the key live on for up to an hour: disable-service-account refuses them");
        Ok(draft)
    }
}
