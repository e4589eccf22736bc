//! AWS: switches one access key off, known by its id alone.

use serde_json::json;

use super::aws_user::{deactivate, find};
use crate::respond::action::{Action, Ask, Permissions, text, usage};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Draft, Probe, Reach};
use crate::respond::provider::Provider;
use crate::respond::reason::{Reason, Refused};
use crate::respond::trouble::Kind;

/// The action.
pub struct DeactivateKey;

impl Action for DeactivateKey {
    fn name(&self) -> &'static str {
        "deactivate-key"
    }

    fn provider(&self) -> Provider {
        Provider::Aws
    }

    fn kind(&self) -> &'static str {
        "aws.iam.key.deactivate"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &[
                "iam:GetAccessKeyLastUsed",
                "iam:GetUser",
                "iam:ListAccessKeys",
                "sts:GetAccessKeyInfo",
            ],
            act: &["iam:UpdateAccessKey"],
            undo: &["iam:UpdateAccessKey"],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let (mut draft, user, status) = key(cloud, &ask.target)?;
        let leaked = "whoever has the key can use it again";
        draft.step(deactivate(&user, &ask.target, &status).revives(leaked));
        draft.settle = 10;
        Ok(draft)
    }
}

/// The draft of a key, with its user and status.
pub(super) fn key(cloud: &Cloud<'_>, id: &str) -> Result<(Draft, String, String), Refused> {
    if id.starts_with("ASIA") {
        return Err(
            usage(format!("{id} is temporary and cannot be deactivated"))
                .hint("revoke-sessions on its role ends it"),
        );
    }
    let plain = id
        .bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if !id.starts_with("AKIA") || !plain || id.len() < 16 {
        return Err(usage(format!("{id:?} is no access key id of AWS")));
    }
    let owner = cloud.read("sts:GetAccessKeyInfo", json!({"AccessKeyId": id}))?;
    let last = cloud.read("iam:GetAccessKeyLastUsed", json!({"AccessKeyId": id}));
    let last = match last {
        Ok(last) => last,
        // AWS says "denied" of keys that another account has, and of keys that nobody has.
        Err(trouble) if matches!(trouble.kind, Kind::NotFound | Kind::Rejected) => {
            return Err(Refused::missing("access key", id));
        }
        Err(trouble) => return Err(trouble.into()),
    };
    let name = text(&last, "UserName");
    if name.is_empty() {
        let message = format!("{id} belongs to no user: a root key answers to the root user alone");
        return Err(Refused::new(Reason::Guard, message));
    }
    let user = find(cloud, name)?;
    let mut draft = user.draft();
    draft.facts.ids.push(id.to_owned());
    draft.facts.account = Some(text(&owner, "Account").to_owned()).filter(|text| !text.is_empty());
    let used = &last["AccessKeyLastUsed"];
    let note = match text(used, "LastUsedDate") {
        "" => "never used".to_owned(),
        when => format!(
            "last used {when} ({}, {})",
            text(used, "ServiceName"),
            text(used, "Region")
        ),
    };
    draft
        .blast
        .note(Reach::Low, format!("key of {name}: {note}"));
    let probe = Probe::new("key-status", json!({"UserName": name, "AccessKeyId": id}));
    let status = crate::respond::probe::ask(cloud, &probe)?;
    let Some(status) = status.as_str() else {
        return Err(Refused::missing("access key", id));
    };
    draft.target.kind = "access key".to_owned();
    // People confirm what they typed; the id that holds is the user's.
    draft.target.name = id.to_owned();
    Ok((draft, name.to_owned(), status.to_owned()))
}
