//! Azure: switches a diagnostic setting on again, or makes it anew.

use serde_json::{Value, json};

use crate::respond::action::{Action, Ask, Permissions, usage};
use crate::respond::azure::setting;
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;
use crate::respond::wire::items;

/// What a subscription records; resources have a group of all that they record.
const OF_SUBSCRIPTION: [&str; 8] = [
    "Administrative",
    "Alert",
    "Autoscale",
    "Policy",
    "Recommendation",
    "ResourceHealth",
    "Security",
    "ServiceHealth",
];

/// The action.
pub struct RestoreDiagnosticSettings;

impl Action for RestoreDiagnosticSettings {
    fn name(&self) -> &'static str {
        "restore-diagnostic-settings"
    }

    fn provider(&self) -> Provider {
        Provider::Azure
    }

    fn kind(&self) -> &'static str {
        "azure.diagnostics.restore"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &["Microsoft.Insights/diagnosticSettings/read"],
            act: &["Microsoft.Insights/diagnosticSettings/write"],
            undo: &[
                "Microsoft.Insights/diagnosticSettings/delete",
                "Microsoft.Insights/diagnosticSettings/write",
            ],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let at = ask.target.to_ascii_lowercase();
        let Some(place) = at.find("/providers/microsoft.insights/diagnosticsettings/") else {
            return Err(usage(
                "name the whole id of the setting: …/providers/Microsoft.Insights/diagnosticSettings/NAME",
            ));
        };
        let object = json!({"id": ask.target});
        let found = cloud.find("arm:GetDiagnosticSetting", object.clone())?;
        let before = found.as_ref().map_or(Value::Null, setting);
        // `/subscriptions/…` and nothing below it.
        let of_subscription = ask.target[..place].matches('/').count() == 2;
        let after = restored(&before, ask, of_subscription)?;
        let name = ask.target.rsplit('/').next().unwrap_or_default();
        let mut draft = Draft::new("diagnostic setting", name, &ask.target);
        let put = |state: &Value| {
            let mut params = object.clone();
            params["body"] = json!({"properties": state});
            Call::new("arm:PutDiagnosticSetting", params)
        };
        let probe = Probe::new("diagnostic-setting", object.clone());
        let step = Step::new(
            put(&after),
            "every log is recorded",
            probe,
            before.clone(),
            after,
        );
        draft.step(match before {
            Value::Null => step.back(
                Call::new("arm:DeleteDiagnosticSetting", object),
                "the setting is gone again",
            ),
            before => step.back(put(&before), "the setting as it was before"),
        });
        draft.warn("what was not recorded meanwhile is lost");
        draft.settle = 5;
        Ok(draft)
    }
}

/// The setting with all of its logs on.
fn restored(before: &Value, ask: &Ask, of_subscription: bool) -> Result<Value, Refused> {
    let mut after = match before {
        Value::Object(_) => before.clone(),
        _ => json!({}),
    };
    for (field, given) in [
        ("workspaceId", &ask.workspace),
        ("storageAccountId", &ask.storage),
    ] {
        if let Some(given) = given {
            after[field] = json!(given);
        }
    }
    let goes_somewhere = after.as_object().is_some_and(|fields| {
        fields
            .keys()
            .any(|field| field != "logs" && field != "metrics")
    });
    if !goes_somewhere {
        return Err(usage(
            "there is no such setting, and Azure does not keep where it sent its logs",
        )
        .hint("--workspace or --storage-account says where they go"));
    }
    let on = |mut log: Value| {
        log["enabled"] = json!(true);
        log
    };
    let logs: Vec<Value> = match items(&after["logs"]) {
        [] if of_subscription => OF_SUBSCRIPTION
            .iter()
            .map(|category| json!({"category": category, "enabled": true}))
            .collect(),
        [] => vec![json!({"categoryGroup": "allLogs", "enabled": true})],
        logs => logs.iter().cloned().map(on).collect(),
    };
    after["logs"] = json!(logs);
    Ok(after)
}
