//! Scaleway: ends the sessions of a member, who signs in again.

use serde_json::json;

use super::scaleway_disable_user::member;
use crate::respond::action::{Action, Ask, Permissions, text};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;

/// The action.
pub struct RevokeSessions;

impl Action for RevokeSessions {
    fn name(&self) -> &'static str {
        "revoke-sessions"
    }

    fn provider(&self) -> Provider {
        Provider::Scaleway
    }

    fn kind(&self) -> &'static str {
        "scaleway.iam.sessions.revoke"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &["IAMReadOnly"],
            act: &["IAMManager"],
            undo: &[],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let (mut draft, id) = member(cloud, &ask.target)?;
        let sessions = cloud.list("iam:ListJwts", json!({"audience_id": id}), "/jwts")?;
        for session in &sessions {
            let jti = text(session, "jti");
            let probe = Probe::new("jwt-there", json!({"audience_id": id, "jti": jti}));
            let call = Call::new("iam:DeleteJwt", json!({"jti": jti}));
            let summary = format!("the session from {} ends", text(session, "ip"));
            draft.step(
                Step::new(call, &summary, probe, json!(true), json!(false))
                    .gone(&["not_found"])
                    .covered(),
            );
        }
        draft.settle = 2;
        draft.warn("keys go on working: disable-user locks them too");
        Ok(draft)
    }
}
