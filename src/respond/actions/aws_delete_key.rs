//! AWS: deletes an access key that has been switched off. It cannot be brought back.

use serde_json::json;

use super::aws_deactivate_key::key;
use crate::respond::action::{Action, Ask, Permissions};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::{Reason, Refused};

/// The action.
pub struct DeleteKey;

impl Action for DeleteKey {
    fn name(&self) -> &'static str {
        "delete-key"
    }

    fn provider(&self) -> Provider {
        Provider::Aws
    }

    fn kind(&self) -> &'static str {
        "aws.iam.key.delete"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &[
                "iam:GetAccessKeyLastUsed",
                "iam:GetUser",
                "iam:ListAccessKeys",
                "sts:GetAccessKeyInfo",
            ],
            act: &["iam:DeleteAccessKey"],
            undo: &[],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let (mut draft, user, status) = key(cloud, &ask.target)?;
        if status != "Inactive" {
            let message = format!(
                "{} is {status}: what breaks without it is not known yet",
                ask.target
            );
            return Err(
                Refused::new(Reason::Guard, message).hint("deactivate-key first, and wait a day")
            );
        }
        let params = json!({"UserName": user, "AccessKeyId": ask.target});
        let probe = Probe::new("key-status", params.clone());
        let call = Call::new("iam:DeleteAccessKey", params);
        let summary = format!("{} is gone for good", ask.target);
        draft.step(
            Step::new(call, &summary, probe, json!(status), json!(null)).gone(&["NoSuchEntity"]),
        );
        draft.settle = 10;
        Ok(draft)
    }
}
