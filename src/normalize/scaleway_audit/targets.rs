//! What a call acts on: the record's own list of resources, then what its request names.

use std::borrow::Cow;

use crate::decode::{path, text};
use crate::model::Target;
use crate::normalize::source::Record;

/// What a field of a request names. The order tells which one a finding shows first.
const NAMED: [(&str, &str); 18] = [
    ("user_id", "user"),
    ("application_id", "application"),
    ("user_ids", "user"),
    ("application_ids", "application"),
    ("group_id", "group"),
    ("policy_id", "policy"),
    ("access_key", "api_key"),
    ("ssh_key_id", "ssh_key"),
    ("server_id", "instance"),
    ("security_group_id", "security_group"),
    ("snapshot_id", "snapshot"),
    ("image_id", "image"),
    ("volume_id", "volume"),
    ("key_id", "kms_key"),
    ("secret_id", "secret"),
    ("cluster_id", "cluster"),
    ("export_job_id", "audit_export"),
    ("bucket", "bucket"),
];

/// The kind of a resource, in the words all sources share where there is one.
fn kind_of(declared: &str) -> &str {
    match declared {
        "account_user" => "user",
        "instance_server" | "baremetal_server" | "apple_silicon_server" => "instance",
        "key_manager_key" | "keym_key" => "kms_key",
        "secret_manager_secret" | "secm_secret" => "secret",
        "secret_manager_version" | "secm_secret_version" => "secret_version",
        "sbs_volume" => "volume",
        "sbs_snapshot" => "snapshot",
        "kube_cluster" => "cluster",
        "audit_trail_export_job" => "audit_export",
        "account_organization" => "organization",
        "account_project" => "project",
        other => other
            .strip_prefix("iam_")
            .or_else(|| other.strip_prefix("instance_"))
            .unwrap_or(other),
    }
}

/// The first resource of a type, raw.
pub(super) fn resource<'a>(record: &Record<'a>, wanted: &str) -> Option<&'a [u8]> {
    let mut out = None;
    each(record, |declared, raw| {
        if declared == wanted {
            out = out.or(Some(raw));
        }
    });
    out
}

/// The id of the first resource of a type.
pub(super) fn of_type(record: &Record, wanted: &str) -> Option<String> {
    let id = path::first(resource(record, wanted)?, "id")?;
    text::present(id).map(Cow::into_owned)
}

fn each<'a>(record: &Record<'a>, mut found: impl FnMut(&str, &'a [u8])) {
    let Some(list) = record.at("resources") else {
        return;
    };
    let mut one = |raw: &'a [u8]| {
        if raw.first() == Some(&b'{') {
            let declared = path::first(raw, "type").and_then(text::present);
            found(declared.as_deref().unwrap_or("resource"), raw);
        }
        true
    };
    match list.first() {
        Some(b'[') => path::elements(list, one),
        _ => {
            one(list);
        }
    }
}

pub(super) fn targets(record: &Record, most: usize) -> Vec<Target> {
    let mut out: Vec<Target> = Vec::new();
    let mut add = |kind: &str, id: String, name: Option<String>| {
        if !id.is_empty() && out.len() < most && !out.iter().any(|known| known.id == id) {
            out.push(Target {
                kind: kind.to_owned(),
                name: name.unwrap_or_else(|| id.clone()),
                id,
                account: None,
            });
        }
    };
    each(record, |declared, raw| {
        let value = |path| {
            path::first(raw, path)
                .and_then(text::present)
                .map(Cow::into_owned)
        };
        if let Some(id) = value("id") {
            let name = value("name").or_else(|| value("account_user_info.email"));
            add(kind_of(declared), id, name);
        }
    });
    let request = record.at("request_body").unwrap_or_default();
    if request.first() == Some(&b'{') {
        for (field, kind) in NAMED {
            path::find(request, field, &mut |raw| {
                each_text(raw, &mut |id| add(kind, id.to_owned(), None));
            });
        }
    }
    out
}

/// The texts of a value: itself, or the elements of a list.
fn each_text(raw: &[u8], found: &mut dyn FnMut(&str)) {
    match raw.first() {
        Some(b'[') => path::elements(raw, |element| {
            if element.first() == Some(&b'"') {
                found(&text::string(element));
            }
            true
        }),
        Some(b'"') => found(&text::string(raw)),
        _ => {}
    }
}

pub(super) fn count_targets(record: &Record) -> usize {
    let mut count = 0;
    each(record, |_, _| count += 1);
    count
}

/// Whether a call gives something to the principal that makes it: the bearer of a policy or key,
/// the member of a group.
pub(super) fn self_target(record: &Record) -> bool {
    let Some(own) = record.text_at("principal.id") else {
        return false;
    };
    let mut found = false;
    let bearers = [
        "request_body.user_id",
        "request_body.application_id",
        "request_body.user_ids",
        "request_body.application_ids",
        "request_body.principal_id",
    ];
    for bearer in bearers {
        record.all_at(bearer, &mut |raw| {
            each_text(raw, &mut |id| found |= id == own);
        });
    }
    found
        || ["iam_user", "iam_application"]
            .iter()
            .any(|kind| of_type(record, kind).is_some_and(|id| id == own))
}
