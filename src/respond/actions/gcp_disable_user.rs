//! Google Workspace: suspends a person and ends what is signed in.

use serde_json::json;

use crate::respond::action::{Action, Ask, Permissions, text};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Standing, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;

/// The action.
pub struct DisableUser;

impl Action for DisableUser {
    fn name(&self) -> &'static str {
        "disable-user"
    }

    fn provider(&self) -> Provider {
        Provider::Gcp
    }

    fn kind(&self) -> &'static str {
        "google.workspace.user.suspend"
    }

    fn permissions(&self) -> Permissions {
        // Not of a project: scopes that an administrator of the domain delegates.
        Permissions {
            read: &["https://www.googleapis.com/auth/admin.directory.user.readonly"],
            act: &[
                "https://www.googleapis.com/auth/admin.directory.user",
                "https://www.googleapis.com/auth/admin.directory.user.security",
            ],
            undo: &["https://www.googleapis.com/auth/admin.directory.user"],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let address = ask.target.strip_prefix("user:").unwrap_or(&ask.target);
        let found = cloud.find("admin:getUser", json!({"user": address}))?;
        let user = found.ok_or_else(|| {
            Refused::missing("user", address)
                .hint("an account outside of your domain is not yours to suspend: remove-iam-binding takes its rights")
        })?;
        let (mail, id) = (text(&user, "primaryEmail"), text(&user, "id"));
        let mut draft = Draft::new("user", mail, id);
        draft.facts.ids.push(format!("user:{mail}"));
        draft.identity = Some(Probe::new("person-id", json!({"user": mail})));
        // By id: an address may come to be another person's.
        let object = json!({"user": id});
        let set = |on: bool| {
            let mut params = object.clone();
            params["body"] = json!({"suspended": on});
            Call::new("admin:updateUser", params)
        };
        let probe = Probe::new("person-suspended", object.clone());
        let before = json!(user["suspended"] == true);
        let step = Step::new(
            set(true),
            "the person is suspended",
            probe,
            before,
            json!(true),
        );
        let off = draft.step(step.back(set(false), "the person may sign in again"));
        if user["suspended"] != true {
            let mut params = object;
            params["body"] = json!({});
            let unseen = Probe::new("unseen", json!({}));
            let call = Call::new("admin:signOut", params);
            let mut out = Step::new(
                call,
                "what is signed in ends",
                unseen,
                json!(null),
                json!(null),
            )
            .covered();
            out.standing = Standing::Planned;
            out.needs.push(off);
            draft.step(out);
        }
        if user["isAdmin"] == true || user["isDelegatedAdmin"] == true {
            draft.warn("administers the domain: see that somebody else does too");
        }
        draft.settle = 5;
        draft.warn("access tokens that are out live on for up to an hour");
        Ok(draft)
    }
}
