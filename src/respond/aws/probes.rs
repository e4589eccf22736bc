//! The states of AWS's things, each in one form.

use serde_json::{Value, json};

use super::states::rule_key;
use crate::respond::action::text;
use crate::respond::cloud::Cloud;
use crate::respond::probe::unknown;
use crate::respond::trouble::Trouble;
use crate::respond::wire::{document, items, plain};

/// Answers a question of this list.
pub fn probe(cloud: &Cloud<'_>, name: &str, ask: &Value) -> Result<Value, Trouble> {
    let user = || json!({"UserName": ask["UserName"]});
    match name {
        "user-id" => Ok(cloud.read("iam:GetUser", ask.clone())?["User"]["UserId"].clone()),
        "role-id" => Ok(cloud.read("iam:GetRole", ask.clone())?["Role"]["RoleId"].clone()),
        "user-policy" => policy(cloud, "iam:GetUserPolicy", ask),
        "role-policy" => policy(cloud, "iam:GetRolePolicy", ask),
        "group-policy" => policy(cloud, "iam:GetGroupPolicy", ask),
        "key-status" => {
            let keys = cloud.list("iam:ListAccessKeys", user(), "/AccessKeyMetadata")?;
            Ok(status(&keys, "AccessKeyId", ask))
        }
        "ssh-key-status" => {
            let keys = cloud.list("iam:ListSSHPublicKeys", user(), "/SSHPublicKeys")?;
            Ok(status(&keys, "SSHPublicKeyId", ask))
        }
        "service-credential-status" => {
            let operation = "iam:ListServiceSpecificCredentials";
            let keys = cloud.list(operation, user(), "/ServiceSpecificCredentials")?;
            Ok(status(&keys, "ServiceSpecificCredentialId", ask))
        }
        "certificate-status" => {
            let keys = cloud.list("iam:ListSigningCertificates", user(), "/Certificates")?;
            Ok(status(&keys, "CertificateId", ask))
        }
        "login-profile" => {
            cloud.read("iam:GetLoginProfile", ask.clone())?;
            Ok(json!(true))
        }
        "user-keys" => {
            let keys = cloud.list("iam:ListAccessKeys", ask.clone(), "/AccessKeyMetadata")?;
            Ok(names(&keys, "AccessKeyId"))
        }
        "user-grants" => {
            let groups = cloud.list("iam:ListGroupsForUser", ask.clone(), "/Groups")?;
            let mut grants = grants(cloud, "User", ask)?;
            grants["groups"] = names(&groups, "GroupName");
            Ok(grants)
        }
        "boundary" => {
            let kind = text(ask, "Kind");
            let asked = json!({ format!("{kind}Name"): ask["Name"] });
            let found = cloud.read(&format!("iam:Get{kind}"), asked)?;
            Ok(found[kind]["PermissionsBoundary"]["PermissionsBoundaryArn"].clone())
        }
        "trust" => {
            let found = cloud.read("iam:GetRole", ask.clone())?;
            let text = text(&found["Role"], "AssumeRolePolicyDocument");
            Ok(super::policy::trust_form(
                document(text).unwrap_or_default(),
            ))
        }
        "role-grants" => grants(cloud, "Role", ask),
        "attached" => {
            let kind = text(ask, "Kind");
            let asked = json!({ format!("{kind}Name"): ask["Name"] });
            let operation = format!("iam:ListAttached{kind}Policies");
            let all = cloud.list(&operation, asked, "/AttachedPolicies")?;
            Ok(json!(
                all.iter()
                    .any(|policy| policy["PolicyArn"] == ask["PolicyArn"])
            ))
        }
        "default-version" => {
            let policy = cloud.read("iam:GetPolicy", ask.clone())?;
            Ok(policy["Policy"]["DefaultVersionId"].clone())
        }
        "sg-rules" => sg_rules(cloud, ask),
        "sg-rule-count" => Ok(json!(rules(cloud, text(ask, "GroupId"))?.len())),
        "sg-named" => Ok(json!(!sg_named(cloud, ask)?.is_null())),
        "sg-id" => sg_named(cloud, ask),
        "eni-groups" => {
            let asked = json!({"NetworkInterfaceId": [ask["NetworkInterfaceId"]]});
            let found = cloud.read("ec2:DescribeNetworkInterfaces", asked)?;
            let first = items(&found["networkInterfaceSet"]).first();
            Ok(first.map_or(Value::Null, |first| {
                names(items(&first["groupSet"]), "groupId")
            }))
        }
        "snapshot-shares" => {
            let asked =
                json!({"SnapshotId": ask["SnapshotId"], "Attribute": "createVolumePermission"});
            let found = cloud.read("ec2:DescribeSnapshotAttribute", asked)?;
            Ok(shares(items(&found["createVolumePermission"])))
        }
        "image-shares" => {
            let asked = json!({"ImageId": ask["ImageId"], "Attribute": "launchPermission"});
            let found = cloud.read("ec2:DescribeImageAttribute", asked)?;
            Ok(shares(items(&found["launchPermission"])))
        }
        "db-snapshot-shares" => Ok(db_shares(
            &cloud.read("rds:DescribeDBSnapshotAttributes", ask.clone())?,
        )),
        "trail-logging" => {
            Ok(cloud.read("cloudtrail:GetTrailStatus", ask.clone())?["IsLogging"].clone())
        }
        "key-pending" => {
            let key = cloud.read("kms:DescribeKey", ask.clone())?;
            Ok(json!(key["KeyMetadata"]["KeyState"] == "PendingDeletion"))
        }
        "key-enabled" => {
            let key = cloud.read("kms:DescribeKey", ask.clone())?;
            Ok(json!(key["KeyMetadata"]["KeyState"] == "Enabled"))
        }
        "bucket-logging" => {
            let found = cloud.read("s3:GetBucketLogging", ask.clone())?;
            let to = &found["LoggingEnabled"];
            let prefix = text(to, "TargetPrefix");
            Ok(match to["TargetBucket"].as_str() {
                Some(bucket) => json!({"TargetBucket": bucket, "TargetPrefix": prefix}),
                None => Value::Null,
            })
        }
        "bucket-block" => {
            let found = cloud.read("s3:GetPublicAccessBlock", ask.clone())?;
            let flag = |name: &str| {
                (
                    name.to_owned(),
                    json!(text(&found, name).eq_ignore_ascii_case("true")),
                )
            };
            Ok(Value::Object(BLOCKS.into_iter().map(flag).collect()))
        }
        "detector-status" => {
            Ok(cloud.read("guardduty:GetDetector", ask.clone())?["status"].clone())
        }
        "function-concurrency" => {
            let found = cloud.read("lambda:GetFunctionConcurrency", ask.clone())?;
            Ok(found["ReservedConcurrentExecutions"].clone())
        }
        "permission-set-policy" => {
            let found = cloud.read("sso:GetInlinePolicyForPermissionSet", ask.clone())?;
            Ok(document(text(&found, "InlinePolicy")).unwrap_or_default())
        }
        // Nothing of it can be seen: it is done anew every time.
        "unseen" => Ok(Value::Null),
        "scp-attached" => {
            let asked = json!({"TargetId": ask["TargetId"], "Filter": "SERVICE_CONTROL_POLICY"});
            let all = cloud.list("organizations:ListPoliciesForTarget", asked, "/Policies")?;
            Ok(json!(
                all.iter().any(|policy| policy["Name"] == ask["Name"])
            ))
        }
        "scp-exists" => Ok(json!(!scp(cloud, ask)?.is_null())),
        "scp-id" => scp(cloud, ask),
        name => Err(unknown(name)),
    }
}

/// The four switches of a bucket's block.
pub const BLOCKS: [&str; 4] = [
    "BlockPublicAcls",
    "IgnorePublicAcls",
    "BlockPublicPolicy",
    "RestrictPublicBuckets",
];

fn policy(cloud: &Cloud<'_>, operation: &str, ask: &Value) -> Result<Value, Trouble> {
    let found = cloud.read(operation, ask.clone())?;
    Ok(document(text(&found, "PolicyDocument")).unwrap_or_default())
}

fn names(list: &[Value], field: &str) -> Value {
    let mut names: Vec<&str> = list.iter().map(|item| text(item, field)).collect();
    names.sort_unstable();
    json!(names)
}

fn status(list: &[Value], key: &str, ask: &Value) -> Value {
    let found = list.iter().find(|item| item[key] == ask[key]);
    found.map(|item| item["Status"].clone()).unwrap_or_default()
}

/// Policies of a user or role without those of our own making, which are no answer of the attacker.
fn grants(cloud: &Cloud<'_>, kind: &str, ask: &Value) -> Result<Value, Trouble> {
    let inline = cloud.list(
        &format!("iam:List{kind}Policies"),
        ask.clone(),
        "/PolicyNames",
    )?;
    let operation = format!("iam:ListAttached{kind}Policies");
    let attached = cloud.list(&operation, ask.clone(), "/AttachedPolicies")?;
    let foreign = |names: Vec<String>| {
        let ours = |name: &String| name.starts_with("Ctadel") || name == "AWSDenyAll";
        let mut names: Vec<String> = names.into_iter().filter(|name| !ours(name)).collect();
        names.sort();
        names
    };
    let inline = foreign(inline.iter().map(plain).collect());
    let attached = foreign(
        attached
            .iter()
            .map(|policy| text(policy, "PolicyName").to_owned())
            .collect(),
    );
    Ok(json!({"inline": inline, "attached": attached}))
}

fn rules(cloud: &Cloud<'_>, group: &str) -> Result<Vec<Value>, Trouble> {
    let asked = json!({"Filter": [{"Name": "group-id", "Value": [group]}]});
    cloud.list(
        "ec2:DescribeSecurityGroupRules",
        asked,
        "/securityGroupRuleSet",
    )
}

/// Which of the rules named are there.
fn sg_rules(cloud: &Cloud<'_>, ask: &Value) -> Result<Value, Trouble> {
    let all = rules(cloud, text(ask, "GroupId"))?;
    let there: Vec<String> = all.iter().map(rule_key).collect();
    let of = items(&ask["Of"]).iter().map(plain);
    let mut found: Vec<String> = of.filter(|key| there.contains(key)).collect();
    found.sort();
    Ok(json!(found))
}

fn sg_named(cloud: &Cloud<'_>, ask: &Value) -> Result<Value, Trouble> {
    let filter = |name: &str, value: &Value| json!({"Name": name, "Value": [value]});
    let name = filter("group-name", &ask["GroupName"]);
    let asked = json!({"Filter": [name, filter("vpc-id", &ask["VpcId"])]});
    let found = cloud.read("ec2:DescribeSecurityGroups", asked)?;
    let first = items(&found["securityGroupInfo"]).first();
    Ok(first
        .map(|group| group["groupId"].clone())
        .unwrap_or_default())
}

/// Accounts and groups that something is shared with.
fn shares(list: &[Value]) -> Value {
    let name = |entry: &Value| match text(entry, "userId") {
        "" => format!("group:{}", text(entry, "group")),
        user => user.to_owned(),
    };
    let mut names: Vec<String> = list.iter().map(name).collect();
    names.sort();
    json!(names)
}

/// The same of a database's snapshot, whose lists have wrappers of their own.
fn db_shares(found: &Value) -> Value {
    let attributes = &found["DBSnapshotAttributesResult"]["DBSnapshotAttributes"];
    let list = match &attributes["DBSnapshotAttribute"] {
        Value::Array(list) => list.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    };
    let restore = list
        .iter()
        .find(|entry| text(entry, "AttributeName") == "restore");
    let values = restore.map(|entry| entry["AttributeValues"]["AttributeValue"].clone());
    let mut values: Vec<String> = match values.unwrap_or_default() {
        Value::Array(list) => list.iter().map(plain).collect(),
        Value::String(one) if !one.is_empty() => vec![one],
        _ => Vec::new(),
    };
    values.sort();
    json!(values)
}

fn scp(cloud: &Cloud<'_>, ask: &Value) -> Result<Value, Trouble> {
    let asked = json!({"Filter": "SERVICE_CONTROL_POLICY"});
    let all = cloud.list("organizations:ListPolicies", asked, "/Policies")?;
    let found = all.iter().find(|policy| policy["Name"] == ask["Name"]);
    Ok(found.map(|policy| policy["Id"].clone()).unwrap_or_default())
}
