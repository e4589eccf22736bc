//! What changes something in IAM: requests for these take a permit to make.

super::calls! {
    "AttachGroupPolicy" => attach_group_policy(set_group_name = "GroupName", set_policy_arn = "PolicyArn");
    "AttachRolePolicy" => attach_role_policy(set_role_name = "RoleName", set_policy_arn = "PolicyArn");
    "AttachUserPolicy" => attach_user_policy(set_user_name = "UserName", set_policy_arn = "PolicyArn");
    "DeleteAccessKey" => delete_access_key(set_user_name = "UserName", set_access_key_id = "AccessKeyId");
    "DeleteGroupPolicy" => delete_group_policy(set_group_name = "GroupName", set_policy_name = "PolicyName");
    "DeleteLoginProfile" => delete_login_profile(set_user_name = "UserName");
    "DeleteRolePermissionsBoundary" => delete_role_permissions_boundary(set_role_name = "RoleName");
    "DeleteRolePolicy" => delete_role_policy(set_role_name = "RoleName", set_policy_name = "PolicyName");
    "DeleteUserPermissionsBoundary" => delete_user_permissions_boundary(set_user_name = "UserName");
    "DeleteUserPolicy" => delete_user_policy(set_user_name = "UserName", set_policy_name = "PolicyName");
    "DetachGroupPolicy" => detach_group_policy(set_group_name = "GroupName", set_policy_arn = "PolicyArn");
    "DetachRolePolicy" => detach_role_policy(set_role_name = "RoleName", set_policy_arn = "PolicyArn");
    "DetachUserPolicy" => detach_user_policy(set_user_name = "UserName", set_policy_arn = "PolicyArn");
    "PutGroupPolicy" => put_group_policy(set_group_name = "GroupName", set_policy_name = "PolicyName", set_policy_document = "PolicyDocument");
    "PutRolePermissionsBoundary" => put_role_permissions_boundary(set_role_name = "RoleName", set_permissions_boundary = "PermissionsBoundary");
    "PutRolePolicy" => put_role_policy(set_role_name = "RoleName", set_policy_name = "PolicyName", set_policy_document = "PolicyDocument");
    "PutUserPermissionsBoundary" => put_user_permissions_boundary(set_user_name = "UserName", set_permissions_boundary = "PermissionsBoundary");
    "PutUserPolicy" => put_user_policy(set_user_name = "UserName", set_policy_name = "PolicyName", set_policy_document = "PolicyDocument");
    "SetDefaultPolicyVersion" => set_default_policy_version(set_policy_arn = "PolicyArn", set_version_id = "VersionId");
    "UpdateAccessKey" => update_access_key(set_user_name = "UserName", set_access_key_id = "AccessKeyId", set_status = "Status");
    "UpdateAssumeRolePolicy" => update_assume_role_policy(set_role_name = "RoleName", set_policy_document = "PolicyDocument");
    "UpdateSSHPublicKey" => update_ssh_public_key(set_user_name = "UserName", set_ssh_public_key_id = "SSHPublicKeyId", set_status = "Status");
    "UpdateServiceSpecificCredential" => update_service_specific_credential(set_user_name = "UserName", set_service_specific_credential_id = "ServiceSpecificCredentialId", set_status = "Status");
    "UpdateSigningCertificate" => update_signing_certificate(set_user_name = "UserName", set_certificate_id = "CertificateId", set_status = "Status");
}
