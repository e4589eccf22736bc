//! What a call acts on: request fields that name it, and the record's own list of resources.

use super::HIDDEN;
use crate::decode::{path, text};
use crate::model::Target;
use crate::normalize::source::{Norm, Record};

macro_rules! targets {
    ($($key:literal $(. $below:literal)? = $kind:literal),+ $(,)?) => {
        /// Where the request names what the call acts on, and the fields [`NAME`] and [`KEY`].
        pub(super) const PATHS: [&str; TARGETS.len() + 2] = [
            $(concat!("requestParameters.", $key $(, ".", $below)?)),+,
            "requestParameters.name",
            "requestParameters.key",
        ];
        /// What a request field names: its kind, and where below the field the names stand.
        const TARGETS: &[(&str, &str, &str)] = &[$(($key, $kind, concat!($($below)?))),+];
    };
}

// The order tells which one a finding shows first.
targets! {
    "userName" = "user",
    "roleName" = "role",
    "roleArn" = "role",
    "groupName" = "group",
    "policyArn" = "policy",
    "policyName" = "policy",
    "accessKeyId" = "key",
    "bucketName" = "bucket",
    "instancesSet"."items.instanceId" = "instance",
    "instanceId" = "instance",
    "instanceIds" = "instance",
    "target" = "instance",
    "groupId" = "security_group",
    "snapshotId" = "snapshot",
    "imageId" = "image",
    "volumeId" = "volume",
    "keyId" = "kms_key",
    "functionName" = "function",
    "secretId" = "secret",
    "trailName" = "trail",
    "dBInstanceIdentifier" = "db_instance",
    "dBClusterIdentifier" = "db_cluster",
    "dBSnapshotIdentifier" = "db_snapshot",
    "dBClusterSnapshotIdentifier" = "db_snapshot",
    "clusterName" = "cluster",
    "principalArn" = "principal",
    "stackName" = "stack",
    "topicArn" = "topic",
    "queueUrl" = "queue",
    "tableName" = "table",
    "detectorId" = "detector",
    "names" = "parameter",
    "modelId" = "model",
    "notebookInstanceName" = "notebook",
}

/// The place of the path to a field that names different things in different services.
const NAME: usize = TARGETS.len();
/// The place of the path to the key of an object.
const KEY: usize = NAME + 1;

/// The request fields that name targets, in the order of [`TARGETS`]: kind and raw value.
fn named(request: &[u8]) -> Vec<(usize, &'static str, &[u8])> {
    let mut out = Vec::new();
    if request.first() == Some(&b'{') {
        path::members(request, |key, value| {
            let mut known = TARGETS.iter();
            if let Some(rank) = known.position(|(name, ..)| name.as_bytes() == key) {
                let (_, kind, below) = TARGETS[rank];
                path::find(value, below, &mut |raw| out.push((rank, kind, raw)));
            }
            true
        });
    }
    if out.len() > 1 {
        out.sort_by_key(|(rank, _, _)| *rank);
    }
    out
}

/// The targets that a request names, whoever logged it.
pub(in crate::normalize) fn requested(request: &[u8], add: &mut dyn FnMut(Target)) {
    for (_, kind, raw) in named(request) {
        each_text(raw, &mut |id| {
            if !id.is_empty() && id != HIDDEN {
                add(target(kind, id));
            }
        });
    }
}

/// The first text that names a target.
pub(super) fn first<'r>(record: &Record<'r>) -> Option<&'r [u8]> {
    let mut named = None;
    record.each_named(|place, raw| {
        named = Some((place, raw));
        false
    });
    let raw = match named {
        Some((place, raw)) => TARGETS.get(place).map(|_| raw)?,
        None => {
            let mut first = None;
            resources(record, |arn, _| {
                first = Some(arn);
                false
            });
            first?
        }
    };
    let inner = raw.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    (!inner.is_empty() && inner != HIDDEN.as_bytes()).then_some(raw)
}

/// The raw values that [`targets`] looks at. What stands where is told by the path of each.
pub(super) fn values<'r>(record: &Record<'r>, each: &mut dyn FnMut(&'r [u8])) {
    record.each_named(|place, raw| {
        each(PATHS[place].as_bytes());
        each(raw);
        true
    });
    for norm in [Norm::Service, Norm::Bucket] {
        each(record.norm(norm).unwrap_or_default());
    }
    each(record.top("resources").unwrap_or_default());
}

pub(super) fn targets(record: &Record, most: usize) -> Vec<Target> {
    let mut out: Vec<Target> = Vec::new();
    let mut add = |kind: &str, id: &str| {
        let known = out
            .iter()
            .any(|target| target.id == id || target.name == id);
        if !id.is_empty() && id != HIDDEN && !known && out.len() < most {
            out.push(target(kind, id));
        }
    };
    let (mut name, mut object) = (None, None);
    record.each_named(|place, raw| {
        match (place, TARGETS.get(place)) {
            (_, Some((_, kind, _))) => each_text(raw, &mut |id| add(kind, id)),
            (NAME, _) => name = Some(raw),
            (KEY, _) => object = Some(raw),
            _ => {}
        }
        true
    });
    if out.len() >= most {
        return out;
    }
    let mut add = |kind: &str, id: &str| {
        let next = target(kind, id);
        // One and the same thing by its name and by its ARN.
        let same = |known: &Target| {
            known.id == id || known.name == id || (known.kind == kind && known.name == next.name)
        };
        if !id.is_empty() && id != HIDDEN && out.len() < most && !out.iter().any(same) {
            out.push(next);
        }
    };
    if let Some(name) = name {
        let kind = match record.text(Norm::Service).as_deref() {
            Some("cloudtrail.amazonaws.com") => "trail",
            Some("ssm.amazonaws.com") => "parameter",
            Some("events.amazonaws.com") => "rule",
            Some("eks.amazonaws.com") => "cluster",
            _ => "resource",
        };
        each_text(name, &mut |id| add(kind, id));
    }
    if let (Some(key), Some(bucket)) = (object, record.text(Norm::Bucket)) {
        let key = text::string(key);
        add("object", &format!("arn:aws:s3:::{bucket}/{key}"));
    }
    resources(record, |arn, kind| {
        let kind = kind.and_then(text::present).unwrap_or_default();
        add(&resource_kind(&kind), &text::string(arn));
        true
    });
    out
}

/// Calls `each` with ARN and type of the resources that the record lists itself.
fn resources<'r>(record: &Record<'r>, mut each: impl FnMut(&'r [u8], Option<&'r [u8]>) -> bool) {
    let list = record.top("resources").filter(|raw| raw[0] == b'[');
    path::elements(list.unwrap_or_default(), |resource| {
        let (mut arn, mut kind) = (None, None);
        if resource.first() == Some(&b'{') {
            path::members(resource, |key, value| {
                match key {
                    b"ARN" => arn = Some(value),
                    b"type" => kind = Some(value),
                    _ => {}
                }
                true
            });
        }
        // Copies spell their keys in another case.
        let arn = arn.or_else(|| path::first(resource, "ARN"));
        let kind = kind.or_else(|| path::first(resource, "type"));
        arn.filter(|arn| text::present(arn).is_some())
            .is_none_or(|arn| each(arn, kind))
    });
}

fn each_text(raw: &[u8], each: &mut dyn FnMut(&str)) {
    if raw.first() == Some(&b'[') {
        path::elements(raw, |element| {
            if element.first() == Some(&b'"') {
                each(&text::string(element));
            }
            true
        });
    } else if raw.first() != Some(&b'{') && raw != b"null" {
        each(&text::string(raw));
    }
}

/// A target by its name or ARN.
pub(in crate::normalize) fn target(kind: &str, id: &str) -> Target {
    // `arn:partition:service:region:account:resource`; any part may be missing.
    let (mut account, mut name) = (None, id);
    if id.starts_with("arn:") {
        let mut colons = memchr::memchr_iter(b':', id.as_bytes()).skip(3);
        let ends = (colons.next(), colons.next());
        if let (Some(start), end) = ends {
            account = Some(&id[start + 1..end.unwrap_or(id.len())]).filter(|a| !a.is_empty());
        }
        let resource = ends.1.map_or(id, |colon| &id[colon + 1..]);
        name = match kind {
            "object" | "bucket" => resource,
            _ => match memchr::memrchr2(b'/', b':', resource.as_bytes()) {
                Some(at) => &resource[at + 1..],
                None => resource,
            },
        };
    }
    Target {
        kind: kind.to_owned(),
        id: id.to_owned(),
        name: name.to_owned(),
        account: account.map(str::to_owned),
    }
}

/// `AWS::S3::Object` is an `object`.
fn resource_kind(kind: &str) -> String {
    let last = kind.rsplit("::").next().unwrap_or(kind);
    if last.is_empty() {
        "resource".to_owned()
    } else {
        last.to_ascii_lowercase()
    }
}

pub(super) fn self_target(record: &Record) -> bool {
    let same = |field: &str, norm: Norm| match (record.text_at(field), record.text(norm)) {
        (Some(target), Some(own)) => target == own,
        _ => false,
    };
    let self_user = match record.text(Norm::ActorType).as_deref() {
        Some("IAMUser" | "Root") => same("requestParameters.userName", Norm::ActorName),
        _ => false,
    };
    self_user
        || same("requestParameters.roleName", Norm::IssuerName)
        || same("requestParameters.roleArn", Norm::Issuer)
}

pub(super) fn count_targets(record: &Record) -> usize {
    let request = record.at("requestParameters").unwrap_or_default();
    let mut counts = [0usize; TARGETS.len()];
    for (rank, _, raw) in named(request) {
        each_text(raw, &mut |_| counts[rank] += 1);
    }
    counts.into_iter().max().unwrap_or_default()
}
