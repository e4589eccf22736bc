//! AWS: deletes the console password of a user. The user needs a new one.

use serde_json::json;

use super::aws_user::find;
use crate::respond::action::{Action, Ask, Permissions};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;

/// The action.
pub struct DeleteLoginProfile;

impl Action for DeleteLoginProfile {
    fn name(&self) -> &'static str {
        "delete-login-profile"
    }

    fn provider(&self) -> Provider {
        Provider::Aws
    }

    fn kind(&self) -> &'static str {
        "aws.iam.login-profile.delete"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &["iam:GetLoginProfile", "iam:GetUser"],
            act: &["iam:DeleteLoginProfile"],
            undo: &[],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let user = find(cloud, &ask.target)?;
        let mut draft = user.draft();
        let params = json!({"UserName": user.name});
        let probe = Probe::new("login-profile", params.clone());
        let before = crate::respond::probe::ask(cloud, &probe)?;
        let call = Call::new("iam:DeleteLoginProfile", params);
        let step = Step::new(
            call,
            "the console password is gone for good",
            probe,
            before,
            json!(null),
        );
        draft.step(step.gone(&["NoSuchEntity"]));
        draft.settle = 10;
        draft.warn("console sessions that are open live on: disable-user refuses them everything");
        Ok(draft)
    }
}
