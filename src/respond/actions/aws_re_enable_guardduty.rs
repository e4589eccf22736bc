//! AWS: switches a GuardDuty detector on again. There is no undo: it would blind the defender.

use serde_json::json;

use crate::respond::action::{Action, Ask, Permissions};
use crate::respond::aws::name_of;
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;

/// The action.
pub struct ReEnableGuardduty;

impl Action for ReEnableGuardduty {
    fn name(&self) -> &'static str {
        "re-enable-guardduty"
    }

    fn provider(&self) -> Provider {
        Provider::Aws
    }

    fn kind(&self) -> &'static str {
        "aws.guardduty.enable"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &["guardduty:GetDetector"],
            act: &["guardduty:UpdateDetector"],
            undo: &[],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let id = name_of(&ask.target);
        let mut draft = Draft::new("detector", id, id);
        let object = json!({"DetectorId": id});
        let probe = Probe::new("detector-status", object);
        let before = crate::respond::probe::ask(cloud, &probe)?;
        if before.is_null() {
            return Err(Refused::missing("detector", id)
                .hint("a deleted detector is gone with its findings: make a new one"));
        }
        let params = json!({"DetectorId": id, "body": {"enable": true}});
        let call = Call::new("guardduty:UpdateDetector", params);
        draft.step(Step::new(
            call,
            "the detector is on",
            probe,
            before,
            json!("ENABLED"),
        ));
        draft.settle = 2;
        Ok(draft)
    }
}
