//! What IAM keeps, as JSON: the fields that are looked at, by the names AWS gives them.

use aws_sdk_iam::operation::get_access_key_last_used::GetAccessKeyLastUsedOutput;
use aws_sdk_iam::primitives::{DateTime, DateTimeFormat};
use aws_sdk_iam::types::{
    AccessKeyMetadata, AttachedPermissionsBoundary, AttachedPolicy, EvaluationResult, Group,
    InstanceProfile, Policy, PolicyUser, PolicyVersion, Role, RoleLastUsed,
    ServiceSpecificCredentialMetadata, SigningCertificate, SshPublicKeyMetadata, Tag, User,
};
use serde_json::{Value, json};

pub(super) fn user(user: &User) -> Value {
    json!({
        "UserName": user.user_name(), "UserId": user.user_id(), "Arn": user.arn(),
        "Path": user.path(), "Tags": tags(user.tags()),
        "PermissionsBoundary": user.permissions_boundary().map(boundary),
    })
}

pub(super) fn role(role: &Role) -> Value {
    json!({
        "RoleName": role.role_name(), "RoleId": role.role_id(), "Arn": role.arn(),
        "Path": role.path(), "Tags": tags(role.tags()),
        "AssumeRolePolicyDocument": role.assume_role_policy_document(),
        "MaxSessionDuration": role.max_session_duration(),
        "PermissionsBoundary": role.permissions_boundary().map(boundary),
        "RoleLastUsed": role.role_last_used().map(last_used),
    })
}

pub(super) fn group(group: &Group) -> Value {
    json!({"GroupName": group.group_name(), "GroupId": group.group_id(), "Arn": group.arn()})
}

pub(super) fn policy(policy: &Policy) -> Value {
    json!({
        "PolicyName": policy.policy_name(), "Arn": policy.arn(),
        "DefaultVersionId": policy.default_version_id(),
    })
}

pub(super) fn version(version: &PolicyVersion) -> Value {
    json!({
        "VersionId": version.version_id(), "IsDefaultVersion": version.is_default_version(),
        "Document": version.document(),
    })
}

pub(super) fn attached(policy: &AttachedPolicy) -> Value {
    json!({"PolicyName": policy.policy_name(), "PolicyArn": policy.policy_arn()})
}

pub(super) fn holder(user: &PolicyUser) -> Value {
    json!({"UserName": user.user_name()})
}

pub(super) fn profile(profile: &InstanceProfile) -> Value {
    json!({"InstanceProfileName": profile.instance_profile_name()})
}

pub(super) fn key(key: &AccessKeyMetadata) -> Value {
    let status = key.status().map(|status| status.as_str());
    json!({"AccessKeyId": key.access_key_id(), "Status": status})
}

pub(super) fn ssh_key(key: &SshPublicKeyMetadata) -> Value {
    json!({"SSHPublicKeyId": key.ssh_public_key_id(), "Status": key.status().as_str()})
}

pub(super) fn service_credential(kept: &ServiceSpecificCredentialMetadata) -> Value {
    json!({
        "ServiceSpecificCredentialId": kept.service_specific_credential_id(),
        "Status": kept.status().as_str(),
    })
}

pub(super) fn certificate(kept: &SigningCertificate) -> Value {
    json!({"CertificateId": kept.certificate_id(), "Status": kept.status().as_str()})
}

pub(super) fn verdict(result: &EvaluationResult) -> Value {
    json!({
        "EvalActionName": result.eval_action_name(),
        "EvalDecision": result.eval_decision().as_str(),
    })
}

pub(super) fn last_use(found: &GetAccessKeyLastUsedOutput) -> Value {
    let last = found.access_key_last_used().map(|last| {
        json!({
            "LastUsedDate": last.last_used_date().and_then(date),
            "ServiceName": last.service_name(), "Region": last.region(),
        })
    });
    json!({"UserName": found.user_name(), "AccessKeyLastUsed": last})
}

fn boundary(boundary: &AttachedPermissionsBoundary) -> Value {
    json!({"PermissionsBoundaryArn": boundary.permissions_boundary_arn()})
}

fn last_used(last: &RoleLastUsed) -> Value {
    json!({"LastUsedDate": last.last_used_date().and_then(date), "Region": last.region()})
}

fn tags(tags: &[Tag]) -> Vec<Value> {
    let tags = tags.iter();
    tags.map(|tag| json!({"Key": tag.key(), "Value": tag.value()}))
        .collect()
}

fn date(date: &DateTime) -> Option<String> {
    date.fmt(DateTimeFormat::DateTime).ok()
}
