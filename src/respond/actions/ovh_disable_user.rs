//! OVHcloud: a user cannot sign in any more.

use serde_json::json;

use crate::respond::action::{Action, Ask, Permissions, text};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;

/// The action.
pub struct DisableUser;

impl Action for DisableUser {
    fn name(&self) -> &'static str {
        "disable-user"
    }

    fn provider(&self) -> Provider {
        Provider::Ovh
    }

    fn kind(&self) -> &'static str {
        "ovh.identity.user.disable"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &[
                "account:apiovh:me/identity/user/get",
                "account:apiovh:auth/details/get",
            ],
            act: &["account:apiovh:me/identity/user/disable/create"],
            undo: &["account:apiovh:me/identity/user/enable/create"],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let object = json!({"user": ask.target});
        let found = cloud.find("me:GetUser", object.clone())?;
        let user = found.ok_or_else(|| Refused::missing("user", &ask.target))?;
        let mut draft = Draft::new("user", &ask.target, text(&user, "urn"));
        draft.identity = Some(Probe::new("user-id", object.clone()));
        draft.facts.ids.push(text(&user, "email").to_owned());
        let probe = Probe::new("user-disabled", object.clone());
        let before = json!(text(&user, "status") == "DISABLED");
        let step = Step::new(
            Call::new("me:DisableUser", object.clone()),
            "the user cannot sign in",
            probe,
            before,
            json!(true),
        );
        draft.step(step.back(
            Call::new("me:EnableUser", object),
            "the user can sign in again",
        ));
        draft.settle = 2;
        draft.warn("tokens and API keys of the user live on until they are deleted");
        Ok(draft)
    }
}
