//! AWS: saves a KMS key from its deletion and enables it. There is no undo: it would destroy data.

use serde_json::json;

use crate::respond::action::{Action, Ask, Permissions, text};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;
use crate::respond::trouble::Kind;

/// The action.
pub struct CancelKeyDeletion;

impl Action for CancelKeyDeletion {
    fn name(&self) -> &'static str {
        "cancel-key-deletion"
    }

    fn provider(&self) -> Provider {
        Provider::Aws
    }

    fn kind(&self) -> &'static str {
        "aws.kms.key.cancel-deletion"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &["kms:DescribeKey"],
            act: &["kms:CancelKeyDeletion", "kms:EnableKey"],
            undo: &[],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let found = cloud.read("kms:DescribeKey", json!({"KeyId": ask.target}));
        let found = found.map_err(|trouble| match trouble.kind {
            Kind::NotFound => Refused::missing("KMS key", &ask.target),
            _ => trouble.into(),
        })?;
        let key = &found["KeyMetadata"];
        let id = text(key, "KeyId");
        let mut draft = Draft::new("KMS key", id, text(key, "Arn"));
        draft.facts.ids.push(ask.target.clone());
        draft.facts.account = Some(text(key, "AWSAccountId").to_owned());
        let state = text(key, "KeyState");
        let object = json!({"KeyId": id});
        let pending = json!(state == "PendingDeletion");
        let probe = Probe::new("key-pending", object.clone());
        let call = Call::new("kms:CancelKeyDeletion", object.clone());
        let first = draft.step(
            Step::new(call, "the key is not deleted", probe, pending, json!(false))
                .gone(&["KMSInvalidState"]),
        );
        // A key that was saved is disabled until somebody says otherwise.
        let probe = Probe::new("key-enabled", object.clone());
        let call = Call::new("kms:EnableKey", object);
        let mut enable = Step::new(
            call,
            "the key can be used",
            probe,
            json!(state == "Enabled"),
            json!(true),
        );
        enable.needs.push(first);
        draft.step(enable);
        draft.settle = 2;
        draft.warn("replicas of a multi-region key are scheduled and saved one by one");
        Ok(draft)
    }
}
