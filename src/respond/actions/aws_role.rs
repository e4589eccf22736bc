//! AWS roles: found by name, ARN or id; who uses them.

use serde_json::{Value, json};

use super::aws_user::account;
use crate::respond::action::text;
use crate::respond::aws::name_of;
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Draft, Probe, Reach, Watch};
use crate::respond::reason::Refused;
use crate::respond::trouble::Kind;
use crate::respond::wire::{document, items, plain};

/// A role.
pub(super) struct Found {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: String,
    /// The longest session, in seconds.
    pub longest: i64,
    role: Value,
}

/// Finds a role; a session leads to the role it is of.
pub(super) fn find(cloud: &Cloud<'_>, target: &str) -> Result<Found, Refused> {
    let name = match target {
        id if id.starts_with("AROA") && id.len() >= 16 => {
            let id = id.split(':').next().unwrap_or_default();
            let roles = cloud.list("iam:ListRoles", json!({}), "/Roles")?;
            let found = roles.iter().find(|role| text(role, "RoleId") == id);
            let found = found.ok_or_else(|| Refused::missing("role with the id", target))?;
            text(found, "RoleName").to_owned()
        }
        arn if arn.contains(":assumed-role/") => {
            let rest = arn.split(":assumed-role/").nth(1).unwrap_or_default();
            rest.split('/').next().unwrap_or_default().to_owned()
        }
        target => name_of(target).to_owned(),
    };
    let found = cloud
        .read("iam:GetRole", json!({"RoleName": name}))
        .map_err(|trouble| match trouble.kind {
            Kind::NotFound => Refused::missing("role", &name),
            _ => trouble.into(),
        })?;
    let role = found["Role"].clone();
    if target.contains(":role/") && target != text(&role, "Arn") {
        return Err(Refused::missing("role", target));
    }
    Ok(Found {
        name: text(&role, "RoleName").to_owned(),
        id: text(&role, "RoleId").to_owned(),
        longest: plain(&role["MaxSessionDuration"]).parse().unwrap_or(3600),
        role,
    })
}

impl Found {
    /// A draft for the role, with everything the guards look at.
    pub(super) fn draft(&self, cloud: &Cloud<'_>) -> Result<Draft, Refused> {
        let arn = text(&self.role, "Arn");
        let mut draft = Draft::new("role", &self.name, &self.id);
        draft.facts.ids.push(arn.to_owned());
        draft.facts.account = Some(account(arn));
        let tags = items(&self.role["Tags"]).iter();
        draft.facts.tags = tags
            .map(|tag| (text(tag, "Key").to_owned(), text(tag, "Value").to_owned()))
            .collect();
        draft.identity = Some(Probe::new("role-id", json!({"RoleName": self.name})));
        draft.settle = 10;
        let path = text(&self.role, "Path");
        if path.starts_with("/aws-service-role/") {
            draft.facts.owned = Some("a service-linked role belongs to its service".to_owned());
        } else if self.is_identity_center() {
            draft.facts.owned =
                Some("AWS refuses changes to the roles of Identity Center".to_owned());
        }
        self.used_by(cloud, &mut draft)?;
        let grants = Probe::new("role-grants", json!({"RoleName": self.name}));
        let before = crate::respond::probe::ask(cloud, &grants)?;
        draft.watch.push(Watch {
            what: "policies of the role".to_owned(),
            probe: grants,
            before,
        });
        Ok(draft)
    }

    /// Whether Identity Center made it.
    pub(super) fn is_identity_center(&self) -> bool {
        self.name.starts_with("AWSReservedSSO_")
    }

    fn used_by(&self, cloud: &Cloud<'_>, draft: &mut Draft) -> Result<(), Refused> {
        let named = json!({"RoleName": self.name});
        let profiles = cloud.list(
            "iam:ListInstanceProfilesForRole",
            named,
            "/InstanceProfiles",
        )?;
        for profile in &profiles {
            let name = text(profile, "InstanceProfileName");
            draft.blast.note(
                Reach::High,
                format!("instances with the profile {name} lose the role"),
            );
        }
        let last = &self.role["RoleLastUsed"];
        if !text(last, "LastUsedDate").is_empty() {
            let note = format!(
                "last used {} in {}",
                text(last, "LastUsedDate"),
                text(last, "Region")
            );
            draft.blast.note(Reach::Low, note);
        }
        let trust = document(text(&self.role, "AssumeRolePolicyDocument")).unwrap_or_default();
        for principal in trusted(&trust) {
            let service = principal.contains(".amazonaws.com");
            let reach = if service { Reach::Medium } else { Reach::Low };
            draft
                .blast
                .note(reach, format!("{principal} may assume it"));
            if !service {
                draft.warn(format!(
                    "{principal} can assume the role again: stop it first"
                ));
            }
        }
        Ok(())
    }
}

/// Who a trust policy lets in.
fn trusted(trust: &Value) -> Vec<String> {
    let statements = match &trust["Statement"] {
        Value::Array(list) => list.clone(),
        one => vec![one.clone()],
    };
    let mut found = Vec::new();
    for statement in statements
        .iter()
        .filter(|statement| statement["Effect"] == "Allow")
    {
        match &statement["Principal"] {
            Value::String(any) => found.push(any.clone()),
            Value::Object(kinds) => {
                for value in kinds.values() {
                    match value {
                        Value::Array(list) => found.extend(list.iter().map(plain)),
                        one => found.push(plain(one)),
                    }
                }
            }
            _ => {}
        }
    }
    found.sort();
    found.dedup();
    found
}
