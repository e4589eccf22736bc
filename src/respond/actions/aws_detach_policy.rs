//! AWS: takes back a right that was given: a policy that is attached or inline, or a new version.
//!
//! Only what was given lately, so that a mistyped name takes nothing that was always there; and
//! never a policy that refuses something, because without it more would be allowed.

use serde_json::{Value, json};

use super::{aws_boundary, aws_role, aws_user};
use crate::model::time::HOUR;
use crate::respond::action::{Action, Ask, Permissions, text, usage};
use crate::respond::aws::name_of;
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Reach, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::{Reason, Refused};
use crate::respond::trouble::Kind;
use crate::respond::wire::{document, items, plain};

/// What counts as lately where nothing is said, in nanoseconds.
const RECENT: i64 = 72 * HOUR;

/// The action.
pub struct DetachPolicy;

impl Action for DetachPolicy {
    fn name(&self) -> &'static str {
        "detach-policy"
    }

    fn provider(&self) -> Provider {
        Provider::Aws
    }

    fn kind(&self) -> &'static str {
        "aws.iam.policy.detach"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &[
                "iam:GetGroup",
                "iam:GetGroupPolicy",
                "iam:GetPolicy",
                "iam:GetPolicyVersion",
                "iam:GetRole",
                "iam:GetRolePolicy",
                "iam:GetUser",
                "iam:GetUserPolicy",
                "iam:ListAttachedGroupPolicies",
                "iam:ListAttachedRolePolicies",
                "iam:ListAttachedUserPolicies",
                "iam:ListEntitiesForPolicy",
                "iam:ListInstanceProfilesForRole",
                "iam:ListPolicyVersions",
                "iam:ListRolePolicies",
            ],
            act: &[
                "iam:DeleteGroupPolicy",
                "iam:DeleteRolePolicy",
                "iam:DeleteUserPolicy",
                "iam:DetachGroupPolicy",
                "iam:DetachRolePolicy",
                "iam:DetachUserPolicy",
                "iam:PutRolePermissionsBoundary",
                "iam:PutUserPermissionsBoundary",
                "iam:SetDefaultPolicyVersion",
            ],
            undo: &[
                "iam:AttachGroupPolicy",
                "iam:AttachRolePolicy",
                "iam:AttachUserPolicy",
                "iam:DeleteRolePermissionsBoundary",
                "iam:DeleteUserPermissionsBoundary",
                "iam:PutGroupPolicy",
                "iam:PutRolePermissionsBoundary",
                "iam:PutRolePolicy",
                "iam:PutUserPermissionsBoundary",
                "iam:PutUserPolicy",
                "iam:SetDefaultPolicyVersion",
            ],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        if let (Some(policy), true) = (&ask.with, ask.boundary) {
            return aws_boundary::put(cloud, ask, policy);
        }
        let mut draft = match &ask.with {
            Some(policy) => of_principal(cloud, ask, policy)?,
            None if ask.target.contains(":policy/") => version(cloud, &ask.target)?,
            None => {
                return Err(usage(
                    "detach-policy takes a principal and a policy, or the ARN of a policy alone",
                ));
            }
        };
        recent(ask, &mut draft)?;
        draft.settle = 10;
        Ok(draft)
    }
}

fn recent(ask: &Ask, draft: &mut Draft) -> Result<(), Refused> {
    let window = ask.recent.unwrap_or(RECENT);
    if let Some(granted) = ask.granted
        && granted >= ask.now.minus(window)
    {
        draft.blast.note(Reach::Low, format!("given at {granted}"));
        return Ok(());
    }
    if ask.not_recent {
        return Ok(());
    }
    let message = match ask.granted {
        Some(granted) => format!("the right was given at {granted}, which is not lately"),
        None => "no event shows that the right was given lately".to_owned(),
    };
    Err(Refused::new(Reason::Guard, message)
        .hint("--incident with the logs shows it, --recent widens the window, --not-recent goes on without"))
}

/// A user, role or group by its ARN, or by its name where only one of them has it.
fn principal(cloud: &Cloud<'_>, target: &str) -> Result<(&'static str, Draft), Refused> {
    let user = || Ok(("User", aws_user::find(cloud, target)?.draft()));
    let role = || Ok(("Role", aws_role::find(cloud, target)?.draft(cloud)?));
    let group = || Ok(("Group", group(cloud, target)?));
    if target.contains(":user/") || target.starts_with("AIDA") {
        return user();
    }
    if target.contains(":role/") || target.contains(":assumed-role/") || target.starts_with("AROA")
    {
        return role();
    }
    if target.contains(":group/") {
        return group();
    }
    let mut found = Vec::new();
    for one in [user(), role(), group()] {
        match one {
            Ok(one) => found.push(one),
            Err(refused) if refused.reason == Reason::NotFound => {}
            Err(refused) => return Err(refused),
        }
    }
    match found.len() {
        0 => Err(Refused::missing("user, role or group", target)),
        1 => Ok(found.remove(0)),
        _ => {
            let kinds: Vec<&str> = found.iter().map(|(kind, _)| *kind).collect();
            let message = format!("{target:?} is the name of several: {}", kinds.join(", "));
            Err(Refused::new(Reason::Ambiguous, message).hint("name its ARN"))
        }
    }
}

fn group(cloud: &Cloud<'_>, target: &str) -> Result<Draft, Refused> {
    let name = name_of(target);
    let found = cloud
        .read("iam:GetGroup", json!({"GroupName": name}))
        .map_err(|trouble| match trouble.kind {
            Kind::NotFound => Refused::missing("group", name),
            _ => trouble.into(),
        })?;
    let group = &found["Group"];
    let mut draft = Draft::new("group", text(group, "GroupName"), text(group, "GroupId"));
    draft.facts.ids.push(text(group, "Arn").to_owned());
    draft.facts.account = Some(aws_user::account(text(group, "Arn")));
    for member in items(&found["Users"]) {
        draft.blast.note(
            Reach::Medium,
            format!("{} is in the group", text(member, "UserName")),
        );
    }
    Ok(draft)
}

fn of_principal(cloud: &Cloud<'_>, ask: &Ask, policy: &str) -> Result<Draft, Refused> {
    let (kind, mut draft) = principal(cloud, &ask.target)?;
    draft.watch.clear();
    let name = draft.target.name.clone();
    let operation = format!("iam:ListAttached{kind}Policies");
    let asked = json!({ format!("{kind}Name"): name });
    let attached = cloud.list(&operation, asked, "/AttachedPolicies")?;
    let fits = |one: &&Value| text(one, "PolicyArn") == policy || text(one, "PolicyName") == policy;
    if let Some(one) = attached.iter().find(fits) {
        managed(cloud, kind, &name, text(one, "PolicyArn"), &mut draft)?;
        return Ok(draft);
    }
    if policy.starts_with("arn:") {
        // Not attached any more, or never: both need nothing.
        let params = json!({ format!("{kind}Name"): name, "PolicyArn": policy });
        let probe = Probe::new(
            "attached",
            json!({"Kind": kind, "Name": name, "PolicyArn": policy}),
        );
        let call = Call::new(&format!("iam:Detach{kind}Policy"), params);
        let summary = format!("{policy} is not attached");
        draft.step(Step::new(call, &summary, probe, json!(false), json!(false)));
        return Ok(draft);
    }
    inline(cloud, kind, &name, policy, &mut draft)?;
    Ok(draft)
}

fn managed(
    cloud: &Cloud<'_>,
    kind: &str,
    name: &str,
    arn: &str,
    draft: &mut Draft,
) -> Result<(), Refused> {
    let found = cloud.read("iam:GetPolicy", json!({"PolicyArn": arn}))?;
    let version = text(&found["Policy"], "DefaultVersionId").to_owned();
    let asked = json!({"PolicyArn": arn, "VersionId": version});
    let found = cloud.read("iam:GetPolicyVersion", asked)?;
    let body = document(text(&found["PolicyVersion"], "Document")).unwrap_or_default();
    draft.facts.policies.push((name_of(arn).to_owned(), body));
    let params = json!({ format!("{kind}Name"): name, "PolicyArn": arn });
    let probe = Probe::new(
        "attached",
        json!({"Kind": kind, "Name": name, "PolicyArn": arn}),
    );
    let call = Call::new(&format!("iam:Detach{kind}Policy"), params.clone());
    let back = Call::new(&format!("iam:Attach{kind}Policy"), params);
    let policy = name_of(arn);
    draft.step(
        Step::new(
            call,
            &format!("{policy} off {name}"),
            probe,
            json!(true),
            json!(false),
        )
        .gone(&["NoSuchEntity"])
        .back(back, &format!("{policy} back on {name}")),
    );
    Ok(())
}

fn inline(
    cloud: &Cloud<'_>,
    kind: &str,
    name: &str,
    policy: &str,
    draft: &mut Draft,
) -> Result<(), Refused> {
    let object = json!({ format!("{kind}Name"): name, "PolicyName": policy });
    let probe = Probe::new(
        &format!("{}-policy", kind.to_ascii_lowercase()),
        object.clone(),
    );
    let before = crate::respond::probe::ask(cloud, &probe)?;
    if before.is_null() {
        draft.warn(format!(
            "{name} has no policy {policy:?}: it was taken off already, or is called otherwise"
        ));
        let call = Call::new(&format!("iam:Delete{kind}Policy"), object);
        draft.step(Step::new(
            call,
            &format!("{policy} is not there"),
            probe,
            json!(null),
            json!(null),
        ));
        return Ok(());
    }
    draft
        .facts
        .policies
        .push((policy.to_owned(), before.clone()));
    let call = Call::new(&format!("iam:Delete{kind}Policy"), object.clone());
    let mut put = object;
    put["PolicyDocument"] = json!(before.to_string());
    let back = Call::new(&format!("iam:Put{kind}Policy"), put);
    draft.step(
        Step::new(
            call,
            &format!("inline {policy} off {name}; its text is kept"),
            probe,
            before,
            json!(null),
        )
        .gone(&["NoSuchEntity"])
        .back(back, &format!("inline {policy} back on {name}")),
    );
    Ok(())
}

/// A policy whose default version is new: the one before it becomes the default again.
fn version(cloud: &Cloud<'_>, arn: &str) -> Result<Draft, Refused> {
    let mut draft = Draft::new("policy", name_of(arn), arn);
    draft.facts.account = Some(aws_user::account(arn)).filter(|account| account != "aws");
    let versions = cloud.list(
        "iam:ListPolicyVersions",
        json!({"PolicyArn": arn}),
        "/Versions",
    )?;
    let number = |version: &Value| -> u64 {
        text(version, "VersionId")
            .trim_start_matches('v')
            .parse()
            .unwrap_or(0)
    };
    let now = versions
        .iter()
        .find(|version| plain(&version["IsDefaultVersion"]) == "true");
    let now = now.ok_or_else(|| Refused::missing("policy", arn))?;
    let from = text(now, "VersionId");
    let probe = Probe::new("default-version", json!({"PolicyArn": arn}));
    let set = |version: &str| {
        let params = json!({"PolicyArn": arn, "VersionId": version});
        Call::new("iam:SetDefaultPolicyVersion", params)
    };
    // A default that is not the newest has been taken back before: once more would go too far.
    if versions.iter().any(|version| number(version) > number(now)) {
        let summary = format!("{from} is the default, and not the newest version");
        draft.step(Step::new(
            set(from),
            &summary,
            probe,
            json!(from),
            json!(from),
        ));
        return Ok(draft);
    }
    let older = versions
        .iter()
        .filter(|version| number(version) < number(now));
    let Some(previous) = older.max_by_key(|version| number(version)) else {
        let message = format!(
            "{} has no version before {}",
            name_of(arn),
            text(now, "VersionId")
        );
        return Err(Refused::new(Reason::NotFound, message));
    };
    let to = text(previous, "VersionId");
    draft.step(
        Step::new(
            set(to),
            &format!("default version {from} → {to}"),
            probe,
            json!(from),
            json!(to),
        )
        .back(set(from), &format!("default version {to} → {from}")),
    );
    let holders = cloud.read("iam:ListEntitiesForPolicy", json!({"PolicyArn": arn}))?;
    for (list, field) in [
        ("PolicyUsers", "UserName"),
        ("PolicyRoles", "RoleName"),
        ("PolicyGroups", "GroupName"),
    ] {
        for one in items(&holders[list]) {
            draft.blast.note(
                Reach::Medium,
                format!("{} has the policy", text(one, field)),
            );
        }
    }
    Ok(draft)
}
