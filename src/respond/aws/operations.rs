//! The operations of AWS that are ever sent.

use crate::respond::operation::{Operation, Wire};

const IAM: Wire = Wire::Sdk;
const STS: Wire = Wire::Query("2011-06-15");
const EC2: Wire = Wire::Query("2016-11-15");
const RDS: Wire = Wire::Query("2014-10-31");
const CLOUDTRAIL: Wire = Wire::Target("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101");
const KMS: Wire = Wire::Target("TrentService");
const ORGANIZATIONS: Wire = Wire::Target("AWSOrganizationsV20161128");
const SSO: Wire = Wire::Target("SWBExternalService");

const fn op(name: &'static str, wire: Wire) -> Operation {
    Operation { name, wire }
}

/// What only looks.
pub const READS: &[Operation] = &[
    op("iam:GetAccessKeyLastUsed", IAM),
    op("iam:GetGroup", IAM),
    op("iam:GetGroupPolicy", IAM),
    op("iam:GetLoginProfile", IAM),
    op("iam:GetPolicy", IAM),
    op("iam:GetPolicyVersion", IAM),
    op("iam:GetRole", IAM),
    op("iam:GetRolePolicy", IAM),
    op("iam:GetUser", IAM),
    op("iam:GetUserPolicy", IAM),
    op("iam:ListAccessKeys", IAM),
    op("iam:ListAttachedGroupPolicies", IAM),
    op("iam:ListAttachedRolePolicies", IAM),
    op("iam:ListAttachedUserPolicies", IAM),
    op("iam:ListEntitiesForPolicy", IAM),
    op("iam:ListGroupPolicies", IAM),
    op("iam:ListGroupsForUser", IAM),
    op("iam:ListInstanceProfilesForRole", IAM),
    op("iam:ListPolicyVersions", IAM),
    op("iam:ListRolePolicies", IAM),
    op("iam:ListRoles", IAM),
    op("iam:ListSSHPublicKeys", IAM),
    op("iam:ListServiceSpecificCredentials", IAM),
    op("iam:ListSigningCertificates", IAM),
    op("iam:ListUserPolicies", IAM),
    op("iam:ListUsers", IAM),
    op("iam:SimulatePrincipalPolicy", IAM),
    op("sts:GetAccessKeyInfo", STS),
    op("sts:GetCallerIdentity", STS),
    op("ec2:DescribeImageAttribute", EC2),
    op("ec2:DescribeInstances", EC2),
    op("ec2:DescribeNetworkInterfaces", EC2),
    op("ec2:DescribeSecurityGroupRules", EC2),
    op("ec2:DescribeSecurityGroups", EC2),
    op("ec2:DescribeSnapshotAttribute", EC2),
    op("rds:DescribeDBSnapshotAttributes", RDS),
    op("cloudtrail:GetTrail", CLOUDTRAIL),
    op("cloudtrail:GetTrailStatus", CLOUDTRAIL),
    op("kms:DescribeKey", KMS),
    op("organizations:DescribeOrganization", ORGANIZATIONS),
    op("organizations:DescribePolicy", ORGANIZATIONS),
    op("organizations:ListPolicies", ORGANIZATIONS),
    op("organizations:ListPoliciesForTarget", ORGANIZATIONS),
    op("sso:ListInstances", SSO),
    op("sso:ListPermissionSets", SSO),
    op("sso:DescribePermissionSet", SSO),
    op("sso:GetInlinePolicyForPermissionSet", SSO),
    op("s3:GetBucketLogging", Wire::Xml("GET", "/{Bucket}?logging")),
    op(
        "s3:GetPublicAccessBlock",
        Wire::Xml("GET", "/{Bucket}?publicAccessBlock"),
    ),
    op(
        "guardduty:GetDetector",
        Wire::Rest("GET", "/detector/{DetectorId}"),
    ),
    op(
        "lambda:GetFunctionConcurrency",
        Wire::Rest("GET", "/2019-09-30/functions/{FunctionName}/concurrency"),
    ),
];

/// What changes something.
pub const CHANGES: &[Operation] = &[
    op("iam:AttachGroupPolicy", IAM),
    op("iam:AttachRolePolicy", IAM),
    op("iam:AttachUserPolicy", IAM),
    op("iam:DeleteAccessKey", IAM),
    op("iam:DeleteGroupPolicy", IAM),
    op("iam:DeleteLoginProfile", IAM),
    op("iam:DeleteRolePermissionsBoundary", IAM),
    op("iam:DeleteRolePolicy", IAM),
    op("iam:DeleteUserPermissionsBoundary", IAM),
    op("iam:DeleteUserPolicy", IAM),
    op("iam:DetachGroupPolicy", IAM),
    op("iam:DetachRolePolicy", IAM),
    op("iam:DetachUserPolicy", IAM),
    op("iam:PutGroupPolicy", IAM),
    op("iam:PutRolePermissionsBoundary", IAM),
    op("iam:PutRolePolicy", IAM),
    op("iam:PutUserPermissionsBoundary", IAM),
    op("iam:PutUserPolicy", IAM),
    op("iam:SetDefaultPolicyVersion", IAM),
    op("iam:UpdateAccessKey", IAM),
    op("iam:UpdateAssumeRolePolicy", IAM),
    op("iam:UpdateSSHPublicKey", IAM),
    op("iam:UpdateServiceSpecificCredential", IAM),
    op("iam:UpdateSigningCertificate", IAM),
    op("ec2:AuthorizeSecurityGroupEgress", EC2),
    op("ec2:AuthorizeSecurityGroupIngress", EC2),
    op("ec2:CreateSecurityGroup", EC2),
    op("ec2:DeleteSecurityGroup", EC2),
    op("ec2:ModifyImageAttribute", EC2),
    op("ec2:ModifyNetworkInterfaceAttribute", EC2),
    op("ec2:ModifySnapshotAttribute", EC2),
    op("ec2:RevokeSecurityGroupEgress", EC2),
    op("ec2:RevokeSecurityGroupIngress", EC2),
    op("rds:ModifyDBSnapshotAttribute", RDS),
    op("cloudtrail:StartLogging", CLOUDTRAIL),
    op("kms:CancelKeyDeletion", KMS),
    op("kms:EnableKey", KMS),
    op("organizations:AttachPolicy", ORGANIZATIONS),
    op("organizations:CreatePolicy", ORGANIZATIONS),
    op("organizations:DeletePolicy", ORGANIZATIONS),
    op("organizations:DetachPolicy", ORGANIZATIONS),
    op("sso:DeleteInlinePolicyFromPermissionSet", SSO),
    op("sso:ProvisionPermissionSet", SSO),
    op("sso:PutInlinePolicyToPermissionSet", SSO),
    op(
        "s3:DeletePublicAccessBlock",
        Wire::Xml("DELETE", "/{Bucket}?publicAccessBlock"),
    ),
    op("s3:PutBucketLogging", Wire::Xml("PUT", "/{Bucket}?logging")),
    op(
        "s3:PutPublicAccessBlock",
        Wire::Xml("PUT", "/{Bucket}?publicAccessBlock"),
    ),
    op(
        "guardduty:UpdateDetector",
        Wire::Rest("POST", "/detector/{DetectorId}"),
    ),
    op(
        "lambda:DeleteFunctionConcurrency",
        Wire::Rest("DELETE", "/2017-10-31/functions/{FunctionName}/concurrency"),
    ),
    op(
        "lambda:PutFunctionConcurrency",
        Wire::Rest("PUT", "/2017-10-31/functions/{FunctionName}/concurrency"),
    ),
];
