//! AWS: takes a user out. Everything is refused to it, and its keys are switched off.
//!
//! The refusal comes first: alone it stops console sessions, keys and assumed tokens at once. The
//! password, the second factors and the boundary stay as they are, because they could not be
//! brought back.

use serde_json::json;

use super::aws_user::{Found, account, find};
use crate::respond::action::{Action, Ask, Permissions, text};
use crate::respond::aws::{DENY_ALL_ARN, caller, deny_all, last_administrator};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, ID, Probe, Reach, Step, Watch};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;

/// The action.
pub struct DisableUser;

impl Action for DisableUser {
    fn name(&self) -> &'static str {
        "disable-user"
    }

    fn provider(&self) -> Provider {
        Provider::Aws
    }

    fn kind(&self) -> &'static str {
        "aws.iam.user.disable"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &[
                "iam:GetAccessKeyLastUsed",
                "iam:GetLoginProfile",
                "iam:GetUser",
                "iam:GetUserPolicy",
                "iam:ListAccessKeys",
                "iam:ListAttachedUserPolicies",
                "iam:ListEntitiesForPolicy",
                "iam:ListGroupsForUser",
                "iam:ListSSHPublicKeys",
                "iam:ListServiceSpecificCredentials",
                "iam:ListSigningCertificates",
                "iam:ListUserPolicies",
                "organizations:DescribeOrganization",
                "organizations:DescribePolicy",
                "organizations:ListPolicies",
                "organizations:ListPoliciesForTarget",
            ],
            act: &[
                "iam:PutUserPolicy",
                "iam:UpdateAccessKey",
                "iam:AttachUserPolicy",
                "iam:UpdateSSHPublicKey",
                "iam:UpdateServiceSpecificCredential",
                "iam:UpdateSigningCertificate",
                "organizations:CreatePolicy",
                "organizations:AttachPolicy",
            ],
            undo: &[
                "iam:DeleteUserPolicy",
                "iam:UpdateAccessKey",
                "iam:DetachUserPolicy",
                "iam:UpdateSSHPublicKey",
                "iam:UpdateServiceSpecificCredential",
                "iam:UpdateSigningCertificate",
                "organizations:DetachPolicy",
                "organizations:DeletePolicy",
            ],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        if ask.scp {
            return from_above(cloud, &ask.target);
        }
        let user = find(cloud, &ask.target)?;
        let mut draft = user.draft();
        draft.settle = 10;
        let named = json!({"UserName": user.name});
        deny(cloud, ask, &user, &mut draft)?;
        let keys = cloud.list("iam:ListAccessKeys", named.clone(), "/AccessKeyMetadata")?;
        for key in &keys {
            let id = text(key, "AccessKeyId");
            draft.step(super::aws_user::deactivate(
                &user.name,
                id,
                text(key, "Status"),
            ));
            last_use(cloud, id, &mut draft);
        }
        if ask.all_credentials {
            other_credentials(cloud, &user.name, &mut draft)?;
        }
        let grants = Probe::new("user-grants", named.clone());
        let before = crate::respond::probe::ask(cloud, &grants)?;
        for group in crate::respond::wire::items(&before["groups"]) {
            draft.blast.note(
                Reach::Low,
                format!("member of the group {}", group.as_str().unwrap_or_default()),
            );
        }
        let what = "policies and groups of the user".to_owned();
        draft.watch.push(Watch {
            what,
            probe: grants,
            before,
        });
        let keys = Probe::new("user-keys", named.clone());
        let before = crate::respond::probe::ask(cloud, &keys)?;
        draft.watch.push(Watch {
            what: "keys of the user".to_owned(),
            probe: keys,
            before,
        });
        match cloud.find("iam:GetLoginProfile", named)? {
            Some(_) => draft.blast.note(
                Reach::Low,
                "console password kept, its sessions are refused everything",
            ),
            None => draft.blast.note(Reach::Low, "no console password"),
        }
        match last_administrator(cloud, "User", &user.name) {
            Some(last) => draft.facts.last_admin = last,
            None => draft.warn("whether another administrator is left could not be read"),
        }
        draft.warn("sessions of roles that the user has assumed live on: revoke-sessions on each role ends them");
        Ok(draft)
    }
}

/// The refusal from above the account, which who manages the organisation sends: the user's own
/// account is another one then, and cannot be asked.
fn from_above(cloud: &Cloud<'_>, target: &str) -> Result<Draft, Refused> {
    let foreign = target.contains(":user/") && account(target) != caller(cloud)?.account;
    let user = match foreign {
        true => Found::of_arn(target),
        false => find(cloud, target)?,
    };
    let mut draft = user.draft();
    draft.settle = 10;
    if foreign {
        draft.identity = None;
        draft.warn(format!(
            "whether there is such a user was not asked: {} is another account",
            user.account
        ));
    }
    super::aws_scp::deny_principal(cloud, &user.arn, &user.account, &mut draft)?;
    Ok(draft)
}

/// The refusal, unless an earlier one stands.
fn deny(cloud: &Cloud<'_>, ask: &Ask, user: &Found, draft: &mut Draft) -> Result<(), Refused> {
    let named = json!({"UserName": user.name});
    let names = cloud.list("iam:ListUserPolicies", named, "/PolicyNames")?;
    for name in names.iter().filter_map(|name| name.as_str()) {
        if !name.starts_with("CtadelQuarantine-") {
            continue;
        }
        let probe = Probe::new(
            "user-policy",
            json!({"UserName": user.name, "PolicyName": name}),
        );
        if crate::respond::probe::ask(cloud, &probe)? == deny_all() {
            let known = ask.known.iter().find(|(object, _)| object == name);
            draft.relies_on = known.map(|(_, id)| id.clone());
            let call = Call::new(
                "iam:PutUserPolicy",
                json!({"UserName": user.name, "PolicyName": name}),
            );
            let summary = format!("{name} refuses everything already");
            draft.step(Step::new(call, &summary, probe, deny_all(), deny_all()));
            return Ok(());
        }
    }
    let name = format!("CtadelQuarantine-{ID}");
    let object = json!({"UserName": user.name, "PolicyName": name});
    let mut put = object.clone();
    put["PolicyDocument"] = json!(deny_all().to_string());
    let probe = Probe::new("user-policy", object.clone());
    let summary = format!("{name}: deny everything");
    let mut step = Step::new(
        Call::new("iam:PutUserPolicy", put),
        &summary,
        probe,
        json!(null),
        deny_all(),
    )
    .back(
        Call::new("iam:DeleteUserPolicy", object),
        &format!("remove {name}"),
    );
    // Inline policies of a user share 2,048 characters.
    let attached = json!({"UserName": user.name, "PolicyArn": DENY_ALL_ARN});
    let probe = Probe::new(
        "attached",
        json!({"Kind": "User", "Name": user.name, "PolicyArn": DENY_ALL_ARN}),
    );
    let instead = Step::new(
        Call::new("iam:AttachUserPolicy", attached.clone()),
        "AWSDenyAll: deny everything",
        probe,
        json!(false),
        json!(true),
    )
    .back(
        Call::new("iam:DetachUserPolicy", attached),
        "detach AWSDenyAll",
    );
    step.fallback = Some((vec!["LimitExceeded".to_owned()], Box::new(instead)));
    draft.step(step);
    Ok(())
}

fn last_use(cloud: &Cloud<'_>, key: &str, draft: &mut Draft) {
    let Ok(found) = cloud.read("iam:GetAccessKeyLastUsed", json!({"AccessKeyId": key})) else {
        return;
    };
    let last = &found["AccessKeyLastUsed"];
    let when = text(last, "LastUsedDate");
    let note = match when {
        "" => format!("{key}: never used"),
        when => format!(
            "{key}: last used {when} ({}, {})",
            text(last, "ServiceName"),
            text(last, "Region")
        ),
    };
    draft.blast.note(Reach::Low, note);
}

/// Keys for repositories and services, and certificates: the doors few people know.
fn other_credentials(cloud: &Cloud<'_>, user: &str, draft: &mut Draft) -> Result<(), Refused> {
    let kinds = [
        (
            "SSHPublicKeys",
            "SSHPublicKeyId",
            "SSHPublicKey",
            "ssh-key-status",
            "/SSHPublicKeys",
        ),
        (
            "ServiceSpecificCredentials",
            "ServiceSpecificCredentialId",
            "ServiceSpecificCredential",
            "service-credential-status",
            "/ServiceSpecificCredentials",
        ),
        (
            "SigningCertificates",
            "CertificateId",
            "SigningCertificate",
            "certificate-status",
            "/Certificates",
        ),
    ];
    for (list, field, verb, probe, at) in kinds {
        for one in cloud.list(&format!("iam:List{list}"), json!({"UserName": user}), at)? {
            let id = text(&one, field);
            let status = text(&one, "Status");
            let set = |to: &str| {
                let params = json!({"UserName": user, field: id, "Status": to});
                Call::new(&format!("iam:Update{verb}"), params)
            };
            let probe = Probe::new(probe, json!({"UserName": user, field: id}));
            let summary = format!("{id} {status} → Inactive");
            let step = Step::new(
                set("Inactive"),
                &summary,
                probe,
                json!(status),
                json!("Inactive"),
            );
            draft.step(
                step.gone(&["NoSuchEntity"])
                    .back(set("Active"), &format!("{id} Inactive → Active")),
            );
        }
    }
    Ok(())
}
