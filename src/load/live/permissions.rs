//! The least that an input needs to be allowed, in each provider's own words.
//!
//! Enters: the inputs of one provider. Leaves: a policy to hand to whoever gives out rights. It
//! is written from the same targets that are read, so that it covers them and nothing else.

use serde_json::{Value, json};

use super::target::{Scheme, Target};

/// Providers by the names that `config permissions --provider` takes.
pub const PROVIDERS: [&str; 6] = ["aws", "gcp", "azure", "scaleway", "ovh", "okta"];

/// Whose an input is.
pub fn provider(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::S3 | Scheme::AwsLookup | Scheme::AwsLogs => "aws",
        Scheme::GcpLogging | Scheme::Gs => "gcp",
        Scheme::AzureActivity | Scheme::Entra | Scheme::Az => "azure",
        Scheme::Scaleway => "scaleway",
        Scheme::Ovh => "ovh",
        Scheme::Okta => "okta",
    }
}

/// The policy for those of the inputs that are this provider's; nothing where none is.
pub fn policy(name: &str, targets: &[Target]) -> Option<Value> {
    let own = targets
        .iter()
        .filter(|target| provider(target.scheme) == name);
    let own: Vec<&Target> = own.collect();
    if own.is_empty() {
        return None;
    }
    Some(match name {
        "aws" => aws(&own),
        "gcp" => gcp(&own),
        "azure" => azure(&own),
        "scaleway" => json!({
            "permission_sets": ["AuditTrailReadOnly"],
            "organization_ids": places(&own),
        }),
        "ovh" => json!({
            "read_only_aliases": places(&own),
            "note": "an alias reads and nothing else; a token of its own is OVH_LDP_TOKEN",
        }),
        _ => json!({
            "scopes": ["okta.logs.read"],
            "role": "Report Administrator, where an API token is used",
            "organizations": places(&own),
        }),
    })
}

/// What the inputs alone do not tell, and may be needed as well.
pub fn beside(name: &str, targets: &[Target]) -> Option<&'static str> {
    let has = |scheme| targets.iter().any(|target| target.scheme == scheme);
    match name {
        "aws" if has(Scheme::S3) => {
            Some("kms:Decrypt on the key of the trail as well, where it is encrypted with its own")
        }
        _ => None,
    }
}

fn places(targets: &[&Target]) -> Vec<String> {
    let mut places: Vec<String> = targets.iter().map(|target| target.place.clone()).collect();
    places.sort();
    places.dedup();
    places
}

fn aws(targets: &[&Target]) -> Value {
    let mut statements = Vec::new();
    for target in targets.iter().filter(|target| target.scheme == Scheme::S3) {
        let (bucket, prefix) = target.split();
        let below = match prefix {
            "" => "*".to_owned(),
            prefix => format!("{}/*", prefix.trim_end_matches('/')),
        };
        let mut list = json!({
            "Effect": "Allow", "Action": "s3:ListBucket",
            "Resource": format!("arn:aws:s3:::{bucket}"),
        });
        if !prefix.is_empty() {
            let own = prefix.trim_end_matches('/');
            list["Condition"] = json!({"StringLike": {"s3:prefix": [own, below]}});
        }
        statements.push(list);
        statements.push(json!({
            "Effect": "Allow", "Action": "s3:GetObject",
            "Resource": format!("arn:aws:s3:::{bucket}/{below}"),
        }));
    }
    let lookups = || {
        targets
            .iter()
            .filter(|target| target.scheme == Scheme::AwsLookup)
    };
    if lookups().next().is_some() {
        let mut actions = vec!["cloudtrail:LookupEvents"];
        if lookups().any(|target| target.place == "all") {
            actions.push("ec2:DescribeRegions");
        }
        statements.push(json!({"Effect": "Allow", "Action": actions, "Resource": "*"}));
    }
    for target in targets
        .iter()
        .filter(|target| target.scheme == Scheme::AwsLogs)
    {
        statements.push(json!({
            "Effect": "Allow", "Action": "logs:FilterLogEvents",
            "Resource": format!("arn:aws:logs:*:*:log-group:{}:*", target.place),
        }));
    }
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn gcp(targets: &[&Target]) -> Value {
    let mut permissions = Vec::new();
    if targets
        .iter()
        .any(|target| target.scheme == Scheme::GcpLogging)
    {
        permissions.extend(["logging.logEntries.list", "logging.privateLogEntries.list"]);
        if targets
            .iter()
            .any(|target| target.place.contains("/views/"))
        {
            permissions.push("logging.views.access");
        }
    }
    if targets.iter().any(|target| target.scheme == Scheme::Gs) {
        permissions.extend(["storage.objects.get", "storage.objects.list"]);
    }
    json!({
        "title": "ctadel inputs", "stage": "GA",
        "includedPermissions": permissions,
        "grantOn": places(targets),
    })
}

fn azure(targets: &[&Target]) -> Value {
    let of = |scheme| targets.iter().filter(move |target| target.scheme == scheme);
    let mut actions = Vec::new();
    let mut scopes: Vec<String> = Vec::new();
    let mut data = Vec::new();
    for target in of(Scheme::AzureActivity) {
        scopes.push(format!("/subscriptions/{}", target.place));
        actions = vec![
            "Microsoft.Insights/eventtypes/values/read",
            "Microsoft.Insights/eventtypes/management/values/read",
        ];
    }
    for target in of(Scheme::Az) {
        let (account, rest) = target.split();
        let container = rest.split('/').next().unwrap_or_default();
        scopes.push(format!("storage account {account}, container {container}"));
        data = vec!["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"];
        actions.push("Microsoft.Storage/storageAccounts/blobServices/containers/read");
    }
    scopes.sort();
    scopes.dedup();
    actions.sort_unstable();
    actions.dedup();
    let mut out = json!({});
    if !actions.is_empty() {
        out["role"] = json!({
            "Name": "ctadel inputs", "IsCustom": true,
            "Actions": actions, "DataActions": data, "AssignableScopes": scopes,
        });
    }
    if of(Scheme::Entra).next().is_some() {
        out["graphApplicationPermissions"] = json!(["AuditLog.Read.All", "Directory.Read.All"]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::live::SCHEMES;

    fn target(url: &str) -> Target {
        Target::parse(url).expect("a URL").expect("a good one")
    }

    #[test]
    fn every_input_has_a_policy() {
        for (scheme, _, _, example) in SCHEMES {
            let name = provider(scheme);
            assert!(PROVIDERS.contains(&name));
            assert!(policy(name, &[target(example)]).is_some(), "{example}");
            assert!(policy(name, &[]).is_none());
        }
    }

    #[test]
    fn no_more_than_the_inputs_need() {
        let one = [target("s3://example-trail/org/AWSLogs/")];
        let text = policy("aws", &one).expect("a policy").to_string();
        assert!(
            text.contains("arn:aws:s3:::example-trail/org/AWSLogs/*"),
            "{text}"
        );
        assert!(!text.contains("cloudtrail:") && !text.contains("logs:"));
        assert!(beside("aws", &one).is_some_and(|note| note.contains("kms:Decrypt")));
        assert!(beside("aws", &[target("aws-lookup://all")]).is_none());
        let all = policy("aws", &[target("aws-lookup://all")])
            .expect("a policy")
            .to_string();
        assert!(all.contains("ec2:DescribeRegions") && !all.contains("s3:"));
        let named = policy("aws", &[target("aws-lookup://eu-west-1")]).expect("a policy");
        assert!(!named.to_string().contains("ec2:"));
    }
}
