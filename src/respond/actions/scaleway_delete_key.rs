//! Scaleway: deletes a key. It cannot be brought back.

use serde_json::json;

use crate::respond::action::{Action, Ask, Permissions};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;
use crate::respond::scaleway;

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
        let (mut draft, _) = scaleway::key(cloud, &ask.target)?;
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
