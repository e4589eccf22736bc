//! AWS: switches a trail on again. There is no undo: it would blind the defender.

use serde_json::json;

use super::aws_user::account;
use crate::respond::action::{Action, Ask, Permissions, text, usage};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;
use crate::respond::trouble::Kind;

/// The action.
pub struct StartLogging;

impl Action for StartLogging {
    fn name(&self) -> &'static str {
        "start-logging"
    }

    fn provider(&self) -> Provider {
        Provider::Aws
    }

    fn kind(&self) -> &'static str {
        "aws.cloudtrail.start-logging"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &["cloudtrail:GetTrail", "cloudtrail:GetTrailStatus"],
            act: &["cloudtrail:StartLogging"],
            undo: &[],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let found = cloud.read("cloudtrail:GetTrail", json!({"Name": ask.target}));
        let found = found.map_err(|trouble| match trouble.kind {
            Kind::NotFound => Refused::missing("trail", &ask.target),
            _ => trouble.into(),
        })?;
        let trail = &found["Trail"];
        let arn = text(trail, "TrailARN");
        let mut draft = Draft::new("trail", text(trail, "Name"), arn);
        draft.facts.account = Some(account(arn));
        let home = text(trail, "HomeRegion");
        if cloud
            .place
            .region
            .as_deref()
            .is_some_and(|region| !home.is_empty() && region != home)
        {
            let message = format!("the trail lives in {home}, and is only started there");
            return Err(usage(message).hint(format!("--region {home}")));
        }
        let status = cloud.read("cloudtrail:GetTrailStatus", json!({"Name": arn}))?;
        let error = text(&status, "LatestDeliveryError");
        if !error.is_empty() {
            draft.warn(format!("the trail cannot deliver: {error}"));
        }
        if trail["IsOrganizationTrail"] == true {
            draft.warn("a trail of the organisation is only started from the account that owns it");
        }
        let probe = Probe::new("trail-logging", json!({"Name": arn}));
        let call = Call::new("cloudtrail:StartLogging", json!({"Name": arn}));
        let before = status["IsLogging"].clone();
        draft.step(Step::new(call, "logging on", probe, before, json!(true)));
        draft.settle = 2;
        Ok(draft)
    }
}
