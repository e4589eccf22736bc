//! AWS: the lines for its command line tool.

use super::{last, quoted, saved};

const DENY: &str = r#"'{"Version":"2012-10-17","Statement":[{"Sid":"Quarantine","Effect":"Deny","Action":"*","Resource":"*"}]}'"#;

pub(super) fn lines(action: &str, target: &str, region: Option<&str>) -> Vec<String> {
    let whole = quoted(target);
    let name = quoted(last(target));
    // Services without regions take the flag too, and ignore it.
    let aws = match region {
        Some(region) => format!("aws --region {}", quoted(region)),
        None => "aws".to_owned(),
    };
    match action {
        "disable-user" => {
            let user = user(target);
            vec![
                format!(
                    "aws iam put-user-policy --user-name {user} --policy-name Quarantine --policy-document {DENY}"
                ),
                format!(
                    "aws iam list-access-keys --user-name {user} --query 'AccessKeyMetadata[].[AccessKeyId]' --output text | xargs -r -n 1 aws iam update-access-key --user-name {user} --status Inactive --access-key-id"
                ),
            ]
        }
        "quarantine-role" => vec![format!(
            "aws iam put-role-policy --role-name {} --policy-name Quarantine --policy-document {DENY}",
            role(target)
        )],
        "revoke-sessions" => {
            let (verb, who) = match target.contains(":user/") || target.starts_with("AIDA") {
                true => ("put-user-policy --user-name", user(target)),
                false => ("put-role-policy --role-name", role(target)),
            };
            let before = r#"'{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'"}}}]}'"#;
            vec![format!(
                "aws iam {verb} {who} --policy-name RevokeSessions --policy-document {before}"
            )]
        }
        "deactivate-key" => vec![format!(
            "aws iam update-access-key --access-key-id {whole} --status Inactive --user-name {}",
            owner(target)
        )],
        "delete-key" => vec![format!(
            "aws iam delete-access-key --access-key-id {whole} --user-name {}",
            owner(target)
        )],
        "delete-login-profile" => vec![format!(
            "aws iam delete-login-profile --user-name {}",
            user(target)
        )],
        "detach-policy" => detach(target),
        "quarantine-security-group" => network(target, &aws),
        "start-logging" => vec![format!("{aws} cloudtrail start-logging --name {whole}")],
        "make-snapshot-private" => vec![match target {
            id if id.starts_with("snap-") => format!(
                "{aws} ec2 reset-snapshot-attribute --attribute createVolumePermission --snapshot-id {whole}"
            ),
            id if id.starts_with("ami-") => format!(
                "{aws} ec2 reset-image-attribute --attribute launchPermission --image-id {whole}"
            ),
            _ => format!(
                "{aws} rds describe-db-snapshot-attributes --db-snapshot-identifier {name} --query 'DBSnapshotAttributesResult.DBSnapshotAttributes[].AttributeValues[]' --output text | xargs -r {aws} rds modify-db-snapshot-attribute --db-snapshot-identifier {name} --attribute-name restore --values-to-remove"
            ),
        }],
        "cancel-key-deletion" => vec![
            format!("{aws} kms cancel-key-deletion --key-id {whole}"),
            format!("{aws} kms enable-key --key-id {whole}"),
        ],
        "restore-bucket-logging" => vec![
            ": \"${LOG_BUCKET:?set it to the bucket that the access log goes to}\"".to_owned(),
            format!(
                r#"aws s3api put-bucket-logging --bucket {name} --bucket-logging-status '{{"LoggingEnabled":{{"TargetPrefix":"","TargetBucket":"'"$LOG_BUCKET"'"}}}}'"#
            ),
        ],
        "block-bucket-public" => vec![format!(
            "aws s3api put-public-access-block --bucket {name} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true"
        )],
        "re-enable-guardduty" => {
            vec![format!(
                "{aws} guardduty update-detector --enable --detector-id {name}"
            )]
        }
        "disable-function" => vec![format!(
            "{aws} lambda put-function-concurrency --reserved-concurrent-executions 0 --function-name {whole}"
        )],
        _ => Vec::new(),
    }
}

/// Whether a target is an id of this kind: letters and digits, and nothing that a shell minds.
fn is_id(target: &str, kind: &str) -> bool {
    target.starts_with(kind) && target.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// A user by name; an id is looked up.
fn user(target: &str) -> String {
    match is_id(target, "AIDA") {
        true => format!(
            "\"$(aws iam list-users --output text --query \"Users[?UserId=='{target}'].UserName\")\""
        ),
        false => quoted(last(target)),
    }
}

/// A role by name; an id is looked up, and a session leads to its role.
fn role(target: &str) -> String {
    let id = target.split(':').next().unwrap_or_default();
    if is_id(id, "AROA") {
        return format!(
            "\"$(aws iam list-roles --output text --query \"Roles[?RoleId=='{id}'].RoleName\")\""
        );
    }
    match target.split(":assumed-role/").nth(1) {
        Some(rest) => quoted(rest.split('/').next().unwrap_or_default()),
        None => quoted(last(target)),
    }
}

/// Whose key it is.
fn owner(key: &str) -> String {
    format!(
        "\"$(aws iam get-access-key-last-used --access-key-id {} --query UserName --output text)\"",
        quoted(key)
    )
}

fn detach(target: &str) -> Vec<String> {
    let Some((principal, policy)) = target.split_once(' ') else {
        let policy = quoted(target);
        let before = format!(
            "\"$(aws iam list-policy-versions --policy-arn {policy} --output text --query 'sort_by(Versions[?!IsDefaultVersion],&CreateDate)[-1].VersionId')\""
        );
        return vec![format!(
            "aws iam set-default-policy-version --policy-arn {policy} --version-id {before}"
        )];
    };
    let kind = ["role", "group"]
        .into_iter()
        .find(|kind| principal.contains(&format!(":{kind}/")))
        .unwrap_or("user");
    let who = format!("--{kind}-name {}", quoted(last(principal)));
    if policy.starts_with("arn:") {
        return vec![format!(
            "aws iam detach-{kind}-policy {who} --policy-arn {}",
            quoted(policy)
        )];
    }
    let named = quoted(policy);
    vec![
        format!(
            "aws iam get-{kind}-policy {who} --policy-name {named} > {}",
            saved(policy)
        ),
        format!("aws iam delete-{kind}-policy {who} --policy-name {named}"),
    ]
}

fn network(target: &str, aws: &str) -> Vec<String> {
    let id = quoted(target);
    if target.starts_with("i-") {
        let network = format!(
            "{aws} ec2 describe-instances --instance-ids {id} --query 'Reservations[0].Instances[0].VpcId' --output text"
        );
        return vec![
            format!(
                "{aws} ec2 describe-instances --instance-ids {id} > {}",
                saved(target)
            ),
            format!(
                "GROUP=\"$({aws} ec2 create-security-group --group-name quarantine-{id} --description quarantine --vpc-id \"$({network})\" --query GroupId --output text)\""
            ),
            format!(
                "{aws} ec2 revoke-security-group-egress --group-id \"$GROUP\" --protocol all --cidr 0.0.0.0/0"
            ),
            format!("{aws} ec2 modify-instance-attribute --instance-id {id} --groups \"$GROUP\""),
        ];
    }
    let mut lines = vec![format!(
        "{aws} ec2 describe-security-group-rules --filters Name=group-id,Values={id} > {}",
        saved(target)
    )];
    for (way, filter) in [("ingress", "!IsEgress"), ("egress", "IsEgress")] {
        lines.push(format!(
            "{aws} ec2 describe-security-group-rules --filters Name=group-id,Values={id} --query 'SecurityGroupRules[?{filter}].SecurityGroupRuleId' --output text | xargs -r {aws} ec2 revoke-security-group-{way} --group-id {id} --security-group-rule-ids"
        ));
    }
    lines
}
