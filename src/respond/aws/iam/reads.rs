//! What only looks at IAM.

use serde_json::{Value, json};

use super::shapes;

/// A page of a list, and where the next one begins.
macro_rules! page {
    ($found:ident, $($name:literal: $list:expr),+) => {
        json!({$($name: $list),+, "IsTruncated": $found.is_truncated(), "Marker": $found.marker()})
    };
}

fn all<T>(list: &[T], shape: fn(&T) -> Value) -> Vec<Value> {
    list.iter().map(shape).collect()
}

super::calls! {
    "GetAccessKeyLastUsed" => get_access_key_last_used(set_access_key_id = text "AccessKeyId")
        |found| shapes::last_use(&found);
    "GetGroup" => get_group(set_group_name = text "GroupName", set_marker = text "Marker")
        |found| json!({"Group": found.group().map(shapes::group), "Users": all(found.users(), shapes::user)});
    "GetGroupPolicy" => get_group_policy(set_group_name = text "GroupName", set_policy_name = text "PolicyName")
        |found| json!({"PolicyDocument": found.policy_document()});
    "GetLoginProfile" => get_login_profile(set_user_name = text "UserName")
        |found| json!({"LoginProfile": found.login_profile().map(|kept| json!({"UserName": kept.user_name()}))});
    "GetPolicy" => get_policy(set_policy_arn = text "PolicyArn")
        |found| json!({"Policy": found.policy().map(shapes::policy)});
    "GetPolicyVersion" => get_policy_version(set_policy_arn = text "PolicyArn", set_version_id = text "VersionId")
        |found| json!({"PolicyVersion": found.policy_version().map(shapes::version)});
    "GetRole" => get_role(set_role_name = text "RoleName")
        |found| json!({"Role": found.role().map(shapes::role)});
    "GetRolePolicy" => get_role_policy(set_role_name = text "RoleName", set_policy_name = text "PolicyName")
        |found| json!({"PolicyDocument": found.policy_document()});
    "GetUser" => get_user(set_user_name = text "UserName")
        |found| json!({"User": found.user().map(shapes::user)});
    "GetUserPolicy" => get_user_policy(set_user_name = text "UserName", set_policy_name = text "PolicyName")
        |found| json!({"PolicyDocument": found.policy_document()});
    "ListAccessKeys" => list_access_keys(set_user_name = text "UserName", set_marker = text "Marker")
        |found| page!(found, "AccessKeyMetadata": all(found.access_key_metadata(), shapes::key));
    "ListAttachedGroupPolicies" => list_attached_group_policies(set_group_name = text "GroupName", set_marker = text "Marker")
        |found| page!(found, "AttachedPolicies": all(found.attached_policies(), shapes::attached));
    "ListAttachedRolePolicies" => list_attached_role_policies(set_role_name = text "RoleName", set_marker = text "Marker")
        |found| page!(found, "AttachedPolicies": all(found.attached_policies(), shapes::attached));
    "ListAttachedUserPolicies" => list_attached_user_policies(set_user_name = text "UserName", set_marker = text "Marker")
        |found| page!(found, "AttachedPolicies": all(found.attached_policies(), shapes::attached));
    "ListEntitiesForPolicy" => list_entities_for_policy(set_policy_arn = text "PolicyArn", set_marker = text "Marker")
        |found| page!(found, "PolicyUsers": all(found.policy_users(), shapes::holder), "PolicyRoles": all(found.policy_roles(), |role| json!({"RoleName": role.role_name()})), "PolicyGroups": all(found.policy_groups(), |group| json!({"GroupName": group.group_name()})));
    "ListGroupPolicies" => list_group_policies(set_group_name = text "GroupName", set_marker = text "Marker")
        |found| page!(found, "PolicyNames": found.policy_names());
    "ListGroupsForUser" => list_groups_for_user(set_user_name = text "UserName", set_marker = text "Marker")
        |found| page!(found, "Groups": all(found.groups(), shapes::group));
    "ListInstanceProfilesForRole" => list_instance_profiles_for_role(set_role_name = text "RoleName", set_marker = text "Marker")
        |found| page!(found, "InstanceProfiles": all(found.instance_profiles(), shapes::profile));
    "ListPolicyVersions" => list_policy_versions(set_policy_arn = text "PolicyArn", set_marker = text "Marker")
        |found| page!(found, "Versions": all(found.versions(), shapes::version));
    "ListRolePolicies" => list_role_policies(set_role_name = text "RoleName", set_marker = text "Marker")
        |found| page!(found, "PolicyNames": found.policy_names());
    "ListRoles" => list_roles(set_marker = text "Marker")
        |found| page!(found, "Roles": all(found.roles(), shapes::role));
    "ListSSHPublicKeys" => list_ssh_public_keys(set_user_name = text "UserName", set_marker = text "Marker")
        |found| page!(found, "SSHPublicKeys": all(found.ssh_public_keys(), shapes::ssh_key));
    "ListServiceSpecificCredentials" => list_service_specific_credentials(set_user_name = text "UserName", set_marker = text "Marker")
        |found| page!(found, "ServiceSpecificCredentials": all(found.service_specific_credentials(), shapes::service_credential));
    "ListSigningCertificates" => list_signing_certificates(set_user_name = text "UserName", set_marker = text "Marker")
        |found| page!(found, "Certificates": all(found.certificates(), shapes::certificate));
    "ListUserPolicies" => list_user_policies(set_user_name = text "UserName", set_marker = text "Marker")
        |found| page!(found, "PolicyNames": found.policy_names());
    "ListUsers" => list_users(set_marker = text "Marker")
        |found| page!(found, "Users": all(found.users(), shapes::user));
    "SimulatePrincipalPolicy" => simulate_principal_policy(set_policy_source_arn = text "PolicySourceArn", set_action_names = texts "ActionNames", set_marker = text "Marker")
        |found| page!(found, "EvaluationResults": all(found.evaluation_results(), shapes::verdict));
}
