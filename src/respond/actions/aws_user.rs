//! AWS users: found by name, ARN or id; their keys.

use serde_json::json;

use crate::respond::action::text;
use crate::respond::aws::name_of;
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Step};
use crate::respond::reason::Refused;
use crate::respond::trouble::Kind;

/// A user.
pub(super) struct Found {
    /// Its name.
    pub name: String,
    /// Its id, which no later user of that name has.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Its account.
    pub account: String,
    tags: Vec<(String, String)>,
}

/// Finds a user.
pub(super) fn find(cloud: &Cloud<'_>, target: &str) -> Result<Found, Refused> {
    if target.ends_with(":root") {
        return Ok(Found::of_arn(target));
    }
    let name = match target.starts_with("AIDA") && target.len() >= 16 {
        true => {
            let users = cloud.list("iam:ListUsers", json!({}), "/Users")?;
            let found = users.iter().find(|user| text(user, "UserId") == target);
            let found = found.ok_or_else(|| Refused::missing("user with the id", target))?;
            text(found, "UserName").to_owned()
        }
        false => name_of(target).to_owned(),
    };
    let user = cloud
        .read("iam:GetUser", json!({"UserName": name}))
        .map_err(|trouble| match trouble.kind {
            Kind::NotFound => Refused::missing("user", &name),
            _ => trouble.into(),
        })?;
    let user = &user["User"];
    let arn = text(user, "Arn").to_owned();
    // A name that is an ARN must be that very user's, its account included.
    if target.starts_with("arn:") && target != arn {
        return Err(Refused::missing("user", target));
    }
    let tags = crate::respond::wire::items(&user["Tags"]).iter();
    Ok(Found {
        name: text(user, "UserName").to_owned(),
        id: text(user, "UserId").to_owned(),
        account: account(&arn),
        arn,
        tags: tags
            .map(|tag| (text(tag, "Key").to_owned(), text(tag, "Value").to_owned()))
            .collect(),
    })
}

/// The account in an ARN.
pub(super) fn account(arn: &str) -> String {
    arn.split(':').nth(4).unwrap_or_default().to_owned()
}

impl Found {
    /// Who cannot be asked about, and is known by its ARN alone.
    pub(super) fn of_arn(arn: &str) -> Found {
        Found {
            name: name_of(arn).to_owned(),
            id: arn.to_owned(),
            arn: arn.to_owned(),
            account: account(arn),
            tags: Vec::new(),
        }
    }

    /// A draft for the user, with everything the guards look at.
    pub(super) fn draft(&self) -> Draft {
        let mut draft = Draft::new("user", &self.name, &self.id);
        draft.facts.ids.push(self.arn.clone());
        draft.facts.account = Some(self.account.clone());
        draft.facts.tags = self.tags.iter().cloned().collect();
        draft.facts.root = self.arn.ends_with(":root");
        draft.identity = Some(Probe::new("user-id", json!({"UserName": self.name})));
        draft
    }
}

/// Switches a key off.
pub(super) fn deactivate(user: &str, key: &str, status: &str) -> Step {
    let set = |to: &str| {
        let params = json!({"UserName": user, "AccessKeyId": key, "Status": to});
        Call::new("iam:UpdateAccessKey", params)
    };
    let probe = Probe::new("key-status", json!({"UserName": user, "AccessKeyId": key}));
    let summary = match status {
        "Inactive" => format!("{key} already Inactive"),
        status => format!("{key} {status} → Inactive"),
    };
    Step::new(
        set("Inactive"),
        &summary,
        probe,
        json!(status),
        json!("Inactive"),
    )
    .gone(&["NoSuchEntity"])
    .back(set("Active"), &format!("{key} Inactive → Active"))
}
