//! Google Cloud: switches a log sink on again.

use serde_json::json;

use crate::respond::action::{Action, Ask, Permissions, text};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;

/// The action.
pub struct RestoreSink;

impl Action for RestoreSink {
    fn name(&self) -> &'static str {
        "restore-sink"
    }

    fn provider(&self) -> Provider {
        Provider::Gcp
    }

    fn kind(&self) -> &'static str {
        "gcp.logging.sink.restore"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &["logging.sinks.get"],
            act: &["logging.sinks.update"],
            undo: &["logging.sinks.update"],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let object = json!({"name": ask.target});
        let found = cloud.find("logging:getSink", object.clone())?;
        let found = found.ok_or_else(|| {
            Refused::missing("sink", &ask.target)
                .hint("a deleted sink gets a new writer: make it anew")
        })?;
        let name = ask.target.rsplit('/').next().unwrap_or_default();
        let mut draft = Draft::new("sink", name, &ask.target);
        draft.facts.account = ask
            .target
            .strip_prefix("projects/")
            .and_then(|rest| rest.split('/').next())
            .map(str::to_owned);
        let set = |disabled: bool| {
            let params = json!({"name": ask.target, "body": {"disabled": disabled}});
            Call::new("logging:updateSink", params)
        };
        let before = json!(found["disabled"] == true);
        let probe = Probe::new("sink-disabled", object);
        let step = Step::new(set(false), "the sink exports", probe, before, json!(false));
        draft.step(step.back(set(true), "the sink is disabled as before"));
        let exclusions = crate::respond::wire::items(&found["exclusions"]).len();
        if exclusions > 0 {
            draft.warn(format!(
                "{exclusions} exclusions keep records from it: look at them"
            ));
        }
        if !text(&found, "filter").is_empty() {
            draft.warn("the sink exports only what its filter lets through: look at it");
        }
        draft.settle = 2;
        Ok(draft)
    }
}
