//! Scaleway: lets a key expire. An expiry that was set cannot be taken back.

use serde_json::json;

use crate::model::Time;
use crate::respond::action::{Action, Ask, Permissions, text};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, NOW, Probe, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;
use crate::respond::scaleway;

/// The action.
pub struct DeactivateKey;

impl Action for DeactivateKey {
    fn name(&self) -> &'static str {
        "deactivate-key"
    }

    fn provider(&self) -> Provider {
        Provider::Scaleway
    }

    fn kind(&self) -> &'static str {
        "scaleway.iam.key.expire"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &["IAMReadOnly"],
            act: &["IAMManager"],
            undo: &[],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let (mut draft, key) = scaleway::key(cloud, &ask.target)?;
        let object = json!({"access_key": ask.target});
        let probe = Probe::new("key-expired", json!({"access_key": ask.target, "by": NOW}));
        let until = Time::parse(text(&key, "expires_at"));
        let before = json!(until.is_some_and(|until| until <= ask.now));
        let mut params = object;
        params["body"] = json!({"expires_at": NOW});
        let call = Call::new("iam:UpdateApiKey", params);
        draft.step(Step::new(
            call,
            "the key expires now; it stays visible",
            probe,
            before,
            json!(true),
        ));
        draft.warn("where an expiry of now is refused, delete-key is what is left");
        Ok(draft)
    }
}
