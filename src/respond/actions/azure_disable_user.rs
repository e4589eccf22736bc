//! Entra: disables an account and ends what is signed in.

use serde_json::{Value, json};

use crate::respond::action::{Action, Ask, Permissions, text};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Reach, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;

/// The action.
pub struct DisableUser;

impl Action for DisableUser {
    fn name(&self) -> &'static str {
        "disable-user"
    }

    fn provider(&self) -> Provider {
        Provider::Azure
    }

    fn kind(&self) -> &'static str {
        "entra.user.disable"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &[
                "User.Read.All",
                "Organization.Read.All",
                "Application.Read.All",
                "RoleManagement.Read.Directory",
            ],
            act: &["User.EnableDisableAccount.All", "User.RevokeSessions.All"],
            undo: &["User.EnableDisableAccount.All"],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let (mut draft, user) = user(cloud, &ask.target)?;
        let id = user["id"].clone();
        let set = |on: bool| {
            Call::new(
                "graph:UpdateUser",
                json!({"id": id, "body": {"accountEnabled": on}}),
            )
        };
        let probe = Probe::new("user-enabled", json!({"id": id}));
        let before = user["accountEnabled"].clone();
        let step = Step::new(
            set(false),
            "the account is disabled",
            probe,
            before,
            json!(false),
        );
        let off = draft.step(step.back(set(true), "the account is enabled"));
        if user["accountEnabled"] == true {
            let mut revoke = revoke(&user);
            revoke.needs.push(off);
            draft.step(revoke);
        }
        for role in cloud.list("graph:ListMemberOf", json!({"id": id}), "/value")? {
            draft.blast.note(
                Reach::Low,
                format!("member of {}", text(&role, "displayName")),
            );
        }
        if let Ok(admins) = cloud.list("graph:ListGlobalAdmins", json!({}), "/value") {
            let is_one = admins.iter().any(|admin| admin["id"] == id);
            draft.facts.last_admin = is_one && admins.len() < 3;
        } else {
            draft.warn("whether another administrator is left could not be read");
        }
        draft.settle = 5;
        draft.warn("access tokens live on for up to 90 minutes");
        Ok(draft)
    }
}

/// A user by object id or principal name.
pub(super) fn user(cloud: &Cloud<'_>, target: &str) -> Result<(Draft, Value), Refused> {
    // Templates hand names over in brackets and quotes.
    let target = target.trim_matches(['[', ']', '"', ' ']);
    let found = cloud.find("graph:GetUser", json!({"id": target}))?;
    let user = found.ok_or_else(|| Refused::missing("user", target))?;
    let mut draft = Draft::new("user", text(&user, "userPrincipalName"), text(&user, "id"));
    draft.facts.ids.push(text(&user, "displayName").to_owned());
    draft.identity = Some(Probe::new("user-id", json!({"id": user["id"]})));
    if user["onPremisesSyncEnabled"] == true {
        draft.warn("the directory on premises enables the account again: disable it there too");
    }
    Ok((draft, user))
}

/// Ends what is signed in. Signing in again takes it back.
pub(super) fn revoke(user: &Value) -> Step {
    let id = &user["id"];
    let was = &user["signInSessionsValidFromDateTime"];
    let probe = Probe::new("user-sessions-since", json!({"id": id, "was": was}));
    let call = Call::new("graph:RevokeSignInSessions", json!({"id": id, "body": {}}));
    Step::new(
        call,
        "what is signed in ends",
        probe,
        json!(false),
        json!(true),
    )
    .covered()
}
