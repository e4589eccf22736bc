//! Scaleway: locks a member, which neither signs in nor uses a key until it is unlocked.

use serde_json::json;

use crate::respond::action::{Action, Ask, Permissions, text};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Reach, Step, Watch};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;

/// The action.
pub struct DisableUser;

impl Action for DisableUser {
    fn name(&self) -> &'static str {
        "disable-user"
    }

    fn provider(&self) -> Provider {
        Provider::Scaleway
    }

    fn kind(&self) -> &'static str {
        "scaleway.iam.user.lock"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &["IAMReadOnly"],
            act: &["IAMManager"],
            undo: &["IAMManager"],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let (mut draft, id) = member(cloud, &ask.target)?;
        let object = json!({"user_id": id});
        let probe = Probe::new("user-locked", object.clone());
        let before = crate::respond::probe::ask(cloud, &probe)?;
        let call =
            |verb: &str| Call::new(&format!("iam:{verb}"), json!({"user_id": id, "body": {}}));
        let step = Step::new(
            call("LockUser"),
            "neither signs in nor uses a key any more",
            probe,
            before,
            json!(true),
        );
        draft.step(step.back(call("UnlockUser"), "unlock the member"));
        let keys = Probe::new("user-keys", json!({"bearer_id": id}));
        let before = crate::respond::probe::ask(cloud, &keys)?;
        draft.watch.push(Watch {
            what: "keys of the member".to_owned(),
            probe: keys,
            before,
        });
        draft.settle = 2;
        Ok(draft)
    }
}

/// A member by id or mail.
pub(super) fn member(cloud: &Cloud<'_>, target: &str) -> Result<(Draft, String), Refused> {
    let id = match target.contains('@') {
        true => {
            let asked =
                json!({"organization_id": cloud.place.project, "order_by": "created_at_asc"});
            let users = cloud.list("iam:ListUsers", asked, "/users")?;
            let found = users
                .iter()
                .find(|user| text(user, "email").eq_ignore_ascii_case(target));
            let found = found.ok_or_else(|| Refused::missing("user", target))?;
            text(found, "id").to_owned()
        }
        false => target.to_owned(),
    };
    let found = cloud.find("iam:GetUser", json!({"user_id": id}))?;
    let user = found.ok_or_else(|| Refused::missing("user", target))?;
    let mut draft = Draft::new("user", text(&user, "email"), text(&user, "id"));
    draft.facts.root = text(&user, "type") == "owner";
    draft.facts.account = Some(text(&user, "organization_id").to_owned());
    draft.identity = Some(Probe::new("user-id", json!({"user_id": id})));
    let last = text(&user, "last_login_at");
    if !last.is_empty() {
        draft
            .blast
            .note(Reach::Low, format!("last signed in {last}"));
    }
    Ok((draft, id))
}
