//! AWS: ends sessions. What was issued before now is refused everything; new sessions work.
//!
//! The time is the provider's own, so that no wrong clock here leaves a session alive. The roles of
//! Identity Center refuse changes: there the permission set gets the refusal.

use serde_json::{Value, json};

use super::{aws_identity_center, aws_role, aws_user};
use crate::model::Time;
use crate::respond::action::{Action, Ask, Permissions, usage};
use crate::respond::aws::{deny_before, deny_session, name_of};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, ID, Probe, Reach, Revival, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;

/// A token of `GetSessionToken` lives this long at most, in seconds.
const LONGEST_USER_SESSION: i64 = 36 * 3600;

/// The action.
pub struct RevokeSessions;

impl Action for RevokeSessions {
    fn name(&self) -> &'static str {
        "revoke-sessions"
    }

    fn provider(&self) -> Provider {
        Provider::Aws
    }

    fn kind(&self) -> &'static str {
        "aws.iam.sessions.revoke"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &[
                "iam:GetRole",
                "iam:GetRolePolicy",
                "iam:GetUser",
                "iam:GetUserPolicy",
                "iam:ListAttachedRolePolicies",
                "iam:ListInstanceProfilesForRole",
                "iam:ListRolePolicies",
                "iam:ListUserPolicies",
                "sso:DescribePermissionSet",
                "sso:GetInlinePolicyForPermissionSet",
                "sso:ListInstances",
                "sso:ListPermissionSets",
            ],
            act: &[
                "iam:PutRolePolicy",
                "iam:PutUserPolicy",
                "sso:PutInlinePolicyToPermissionSet",
                "sso:ProvisionPermissionSet",
            ],
            undo: &[
                "iam:DeleteRolePolicy",
                "iam:DeleteUserPolicy",
                "sso:PutInlinePolicyToPermissionSet",
                "sso:DeleteInlinePolicyFromPermissionSet",
                "sso:ProvisionPermissionSet",
            ],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let before = before(ask)?;
        let is_user = ask.target.contains(":user/") || ask.target.starts_with("AIDA");
        let role = match is_user {
            true => None,
            false => match aws_role::find(cloud, &ask.target) {
                Ok(role) => Some(role),
                // A bare name may be a user's.
                Err(refused)
                    if refused.reason == crate::respond::reason::Reason::NotFound
                        && !ask.target.contains(':')
                        && !ask.target.starts_with("AROA") =>
                {
                    None
                }
                Err(refused) => return Err(refused),
            },
        };
        match role {
            Some(role) if role.is_identity_center() => {
                let document = session_document(ask, &role.id, before.as_deref());
                aws_identity_center::refuse(cloud, &role.name, document, role.draft(cloud)?)
            }
            Some(role) => {
                let document = session_document(ask, &role.id, before.as_deref());
                let draft = role.draft(cloud)?;
                let there = in_place(cloud, "Role", &role.name, &document)?;
                Ok(of_role(draft, &role, document, there, ask))
            }
            None => of_user(cloud, ask, before.as_deref()),
        }
    }
}

fn before(ask: &Ask) -> Result<Option<String>, Refused> {
    let Some(text) = &ask.before else {
        return Ok(None);
    };
    if ask.session.is_some() {
        return Err(usage(
            "--before and --session exclude each other: one session is refused as a whole",
        ));
    }
    let time = Time::parse(text).ok_or_else(|| usage(format!("--before: {text:?} is no time")))?;
    Ok(Some(
        Time(time.0 / 1_000_000_000 * 1_000_000_000).to_string(),
    ))
}

fn session_document(ask: &Ask, role_id: &str, before: Option<&str>) -> Value {
    match &ask.session {
        Some(session) => deny_session(role_id, name_of(session)),
        None => deny_before(before),
    }
}

fn of_role(
    mut draft: Draft,
    role: &aws_role::Found,
    document: Value,
    there: Option<String>,
    ask: &Ask,
) -> Draft {
    let name = there.clone().unwrap_or(format!("CtadelRevoke-{ID}"));
    let object = json!({"RoleName": role.name, "PolicyName": name});
    let what = match &ask.session {
        Some(session) => {
            draft.warn("whoever may choose the name of a session can choose another one");
            format!("the session {}", name_of(session))
        }
        None => "every session up to now".to_owned(),
    };
    draft.step(put(
        "iam:PutRolePolicy",
        "iam:DeleteRolePolicy",
        "role-policy",
        object,
        document,
        there.is_some(),
        &format!("{name}: deny everything to {what}"),
    ));
    draft.revival = Revival {
        horizon: Some(role.longest),
        reason: "a session that was ended would live again".to_owned(),
    };
    // Workloads fetch new credentials by themselves, some of them only after a while.
    if draft.blast.reach == Reach::High {
        draft.blast.reach = Reach::Medium;
    }
    draft.blast.note(
        Reach::Low,
        "workloads on the role fail until they fetch new credentials",
    );
    draft
}

fn of_user(cloud: &Cloud<'_>, ask: &Ask, before: Option<&str>) -> Result<Draft, Refused> {
    if ask.session.is_some() {
        return Err(usage(
            "--session is for roles: sessions of a user have no names",
        ));
    }
    let user = aws_user::find(cloud, &ask.target)?;
    let mut draft = user.draft();
    draft.settle = 10;
    let document = deny_before(before);
    let there = in_place(cloud, "User", &user.name, &document)?;
    let name = there.clone().unwrap_or(format!("CtadelRevoke-{ID}"));
    let object = json!({"UserName": user.name, "PolicyName": name});
    let summary = format!("{name}: deny everything to every session up to now");
    draft.step(put(
        "iam:PutUserPolicy",
        "iam:DeleteUserPolicy",
        "user-policy",
        object,
        document,
        there.is_some(),
        &summary,
    ));
    draft.revival = Revival {
        horizon: Some(LONGEST_USER_SESSION),
        reason: "a session that was ended would live again".to_owned(),
    };
    draft.warn("long-lived keys are no sessions and go on working: disable-user or deactivate-key stops them");
    Ok(draft)
}

/// An earlier refusal of ours that says the same. One up to now never does: sessions have begun
/// since.
fn in_place(
    cloud: &Cloud<'_>,
    kind: &str,
    name: &str,
    document: &Value,
) -> Result<Option<String>, Refused> {
    let field = format!("{kind}Name");
    let asked = json!({ field.as_str(): name });
    let names = cloud.list(&format!("iam:List{kind}Policies"), asked, "/PolicyNames")?;
    for policy in names.iter().filter_map(|name| name.as_str()) {
        if !policy.starts_with("CtadelRevoke-") {
            continue;
        }
        let asked = json!({ field.as_str(): name, "PolicyName": policy });
        let probe = Probe::new(&format!("{}-policy", kind.to_ascii_lowercase()), asked);
        if crate::respond::probe::ask(cloud, &probe)? == *document {
            return Ok(Some(policy.to_owned()));
        }
    }
    Ok(None)
}

fn put(
    op: &str,
    back: &str,
    probe: &str,
    object: Value,
    document: Value,
    there: bool,
    summary: &str,
) -> Step {
    let mut params = object.clone();
    params["PolicyDocument"] = json!(document.to_string());
    let probe = Probe::new(probe, object.clone());
    let before = if there { document.clone() } else { json!(null) };
    Step::new(Call::new(op, params), summary, probe, before, document)
        .back(Call::new(back, object), "remove the refusal")
}
