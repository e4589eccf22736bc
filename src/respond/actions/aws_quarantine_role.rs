//! AWS: refuses everything to a role, to sessions that are and to those that come.

use serde_json::json;

use super::aws_role::find;
use super::aws_trust;
use crate::respond::action::{Action, Ask, Permissions};
use crate::respond::aws::{deny_all, last_administrator};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, ID, Probe, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;

/// The action.
pub struct QuarantineRole;

impl Action for QuarantineRole {
    fn name(&self) -> &'static str {
        "quarantine-role"
    }

    fn provider(&self) -> Provider {
        Provider::Aws
    }

    fn kind(&self) -> &'static str {
        "aws.iam.role.quarantine"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &[
                "iam:GetRole",
                "iam:GetRolePolicy",
                "iam:ListAttachedRolePolicies",
                "iam:ListEntitiesForPolicy",
                "iam:ListInstanceProfilesForRole",
                "iam:ListRolePolicies",
            ],
            act: &["iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"],
            undo: &["iam:DeleteRolePolicy", "iam:UpdateAssumeRolePolicy"],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let role = find(cloud, &ask.target)?;
        let mut draft = role.draft(cloud)?;
        if ask.trust {
            aws_trust::refuse_strangers(cloud, &role.name, &mut draft)?;
        }
        let names = cloud.list(
            "iam:ListRolePolicies",
            json!({"RoleName": role.name}),
            "/PolicyNames",
        )?;
        let ours = names.iter().filter_map(|name| name.as_str());
        for name in ours.filter(|name| name.starts_with("CtadelQuarantine-")) {
            let probe = Probe::new(
                "role-policy",
                json!({"RoleName": role.name, "PolicyName": name}),
            );
            if crate::respond::probe::ask(cloud, &probe)? == deny_all() {
                let known = ask.known.iter().find(|(object, _)| object == name);
                draft.relies_on = known.map(|(_, id)| id.clone());
                let call = Call::new(
                    "iam:PutRolePolicy",
                    json!({"RoleName": role.name, "PolicyName": name}),
                );
                let summary = format!("{name} refuses everything already");
                draft.step(Step::new(call, &summary, probe, deny_all(), deny_all()));
                return Ok(draft);
            }
        }
        let name = format!("CtadelQuarantine-{ID}");
        let object = json!({"RoleName": role.name, "PolicyName": name});
        let mut put = object.clone();
        put["PolicyDocument"] = json!(deny_all().to_string());
        let probe = Probe::new("role-policy", object.clone());
        let call = Call::new("iam:PutRolePolicy", put);
        let step = Step::new(
            call,
            &format!("{name}: deny everything"),
            probe,
            json!(null),
            deny_all(),
        );
        draft.step(step.back(
            Call::new("iam:DeleteRolePolicy", object),
            &format!("remove {name}"),
        ));
        match last_administrator(cloud, "Role", &role.name) {
            Some(last) => draft.facts.last_admin = last,
            None => draft.warn("whether another administrator is left could not be read"),
        }
        Ok(draft)
    }
}
