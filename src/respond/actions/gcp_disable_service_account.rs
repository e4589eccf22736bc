//! Google Cloud: disables a service account; tokens that are out are refused too.

use serde_json::json;

use crate::respond::action::{Action, Ask, Permissions, text};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Reach, Revival, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;

/// The action.
pub struct DisableServiceAccount;

impl Action for DisableServiceAccount {
    fn name(&self) -> &'static str {
        "disable-service-account"
    }

    fn provider(&self) -> Provider {
        Provider::Gcp
    }

    fn kind(&self) -> &'static str {
        "gcp.iam.service-account.disable"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &[
                "iam.serviceAccounts.get",
                "iam.serviceAccountKeys.list",
                "iam.serviceAccountKeys.get",
            ],
            act: &[
                "iam.serviceAccounts.disable",
                "iam.serviceAccountKeys.disable",
            ],
            undo: &[
                "iam.serviceAccounts.enable",
                "iam.serviceAccountKeys.enable",
            ],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let object = json!({"email": ask.target});
        let found = cloud.find("iam:getServiceAccount", object.clone())?;
        let found = found.ok_or_else(|| Refused::missing("service account", &ask.target))?;
        let mail = text(&found, "email");
        let mut draft = Draft::new("service account", mail, text(&found, "uniqueId"));
        draft.facts.ids.push(format!("serviceAccount:{mail}"));
        draft.facts.account = Some(text(&found, "projectId").to_owned());
        draft.identity = Some(Probe::new("account-id", object.clone()));
        if mail.contains("@gcp-sa-") || mail.contains("@cloudservices.") {
            draft.facts.owned = Some("the account is Google's own agent".to_owned());
        }
        if mail.contains("-compute@developer.") || mail.ends_with("@appspot.gserviceaccount.com") {
            draft.blast.note(
                Reach::High,
                "the default account of the project: whatever names no other runs under it",
            );
        }
        let probe = Probe::new("account-disabled", object.clone());
        let before = json!(found["disabled"] == true);
        let call = Call::new(
            "iam:disableServiceAccount",
            json!({"email": ask.target, "body": {}}),
        );
        let back = Call::new(
            "iam:enableServiceAccount",
            json!({"email": ask.target, "body": {}}),
        );
        let step = Step::new(
            call,
            "the account is disabled, its tokens are refused",
            probe,
            before,
            json!(true),
        );
        draft.step(step.back(back, "the account is enabled"));
        if ask.keys {
            for key in cloud.list("iam:listKeys", object, "/keys")? {
                draft.step(disable_key(text(&key, "name"), key["disabled"] == true));
            }
        }
        draft.revival = Revival {
            horizon: None,
            reason: "access tokens issued before are accepted again".to_owned(),
        };
        draft.settle = 10;
        draft.patience = 170;
        Ok(draft)
    }
}

/// Switches a key off.
pub(super) fn disable_key(name: &str, disabled: bool) -> Step {
    let call = |verb: &str| Call::new(&format!("iam:{verb}Key"), json!({"name": name, "body": {}}));
    let probe = Probe::new("key-disabled", json!({"name": name}));
    let short = name.rsplit('/').next().unwrap_or_default();
    let summary = format!("key {short} off");
    Step::new(
        call("disable"),
        &summary,
        probe,
        json!(disabled),
        json!(true),
    )
    .back(call("enable"), &format!("key {short} on"))
}
