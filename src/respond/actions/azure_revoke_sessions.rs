//! Entra: ends what a user is signed in to.

use super::azure_disable_user::{revoke, user};
use crate::respond::action::{Action, Ask, Permissions};
use crate::respond::cloud::Cloud;
use crate::respond::plan::Draft;
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;

/// The action.
pub struct RevokeSessions;

impl Action for RevokeSessions {
    fn name(&self) -> &'static str {
        "revoke-sessions"
    }

    fn provider(&self) -> Provider {
        Provider::Azure
    }

    fn kind(&self) -> &'static str {
        "entra.sessions.revoke"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &[
                "User.Read.All",
                "Organization.Read.All",
                "Application.Read.All",
            ],
            act: &["User.RevokeSessions.All"],
            undo: &[],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let (mut draft, user) = user(cloud, &ask.target)?;
        draft.step(revoke(&user));
        draft.settle = 5;
        draft.patience = 60;
        draft.warn("access tokens live on for up to 90 minutes; guests sign in at home and are not signed out");
        Ok(draft)
    }
}
