//! What an entry says between the lines.

use crate::decode::{path, text};
use crate::normalize::source::{Norm, Record};

/// `projects/x`, `folders/1` or `organizations/1` as the log's name begins.
fn log_scope(record: &Record) -> Option<(String, String)> {
    let name = record.text(Norm::Category)?;
    let mut parts = name.split('/');
    let kind = parts.next()?.to_owned();
    let id = parts.next()?.to_owned();
    matches!(
        &*kind,
        "projects" | "folders" | "organizations" | "billingAccounts"
    )
    .then_some((kind, id))
}

/// The project; of an entry above projects, `organizations/1`.
pub(super) fn scope(record: &Record) -> Option<String> {
    if let Some(project) = record.text(Norm::Account) {
        return Some(project.into_owned());
    }
    let (kind, id) = log_scope(record)?;
    Some(match &*kind {
        "projects" => id,
        _ => format!("{kind}/{id}"),
    })
}

/// How high the call reaches.
pub(super) fn level(record: &Record) -> &'static str {
    let kind = record.text_at("resource.type").unwrap_or_default();
    match &*kind {
        "organization" => return "organization",
        "folder" => return "folder",
        "project" => return "project",
        _ => {}
    }
    let name = record
        .text_at("protoPayload.resourceName")
        .unwrap_or_default();
    let name = name.trim_start_matches('/');
    let name = name
        .strip_prefix("cloudresourcemanager.googleapis.com/")
        .unwrap_or(name);
    let parts: Vec<&str> = name.split('/').collect();
    match parts.as_slice() {
        ["organizations", _] => "organization",
        ["folders", _] => "folder",
        ["projects", _] => "project",
        _ => "resource",
    }
}

/// The last word of the log's name.
pub(super) fn log(record: &Record) -> Option<String> {
    let name = record.text(Norm::Category)?;
    let last = name.rsplit(['/']).next()?;
    let last = last.rsplit("%2F").next().unwrap_or(last);
    Some(last.to_owned())
}

/// Keys of metadata that a call adds or changes.
pub(super) fn metadata_keys(record: &Record, out: &mut Vec<String>) {
    let places = ["instanceMetadataDelta", "projectMetadataDelta"];
    for place in places {
        for list in ["addedMetadataKeys", "modifiedMetadataKeys"] {
            record.all_at(
                &format!("protoPayload.metadata.{place}.{list}"),
                &mut |raw| {
                    push_all(raw, out);
                },
            );
        }
    }
    for place in [
        "protoPayload.request.metadata.items.key",
        "protoPayload.request.items.key",
        "protoPayload.request.Metadata Keys Added",
        "protoPayload.request.Metadata Keys Modified",
    ] {
        record.all_at(place, &mut |raw| push_all(raw, out));
    }
    // Notebooks hold theirs as an object.
    for place in [
        "protoPayload.request.items",
        "protoPayload.request.instance.metadata",
        "protoPayload.request.instance.gceSetup.metadata",
        "protoPayload.request.notebookInstance.metadata",
    ] {
        if let Some(object) = record.at(place).filter(|raw| raw.first() == Some(&b'{')) {
            path::members(object, |key, _| {
                push(out, &String::from_utf8_lossy(&text::unescape(key)));
                out.len() < 500
            });
        }
    }
}

fn push_all(raw: &[u8], out: &mut Vec<String>) {
    match raw.first() {
        Some(b'[') => path::elements(raw, |one| {
            push(out, &text::string(one));
            out.len() < 500
        }),
        _ => push(out, &text::string(raw)),
    }
}

fn push(out: &mut Vec<String>, value: &str) {
    if !value.is_empty() && out.len() < 500 && !out.iter().any(|known| known == value) {
        out.push(value.to_owned());
    }
}

/// Projects in which Google keeps its images.
const PUBLIC_IMAGES: [&str; 14] = [
    "centos-cloud",
    "cos-cloud",
    "debian-cloud",
    "fedora-coreos-cloud",
    "rhel-cloud",
    "rhel-sap-cloud",
    "rocky-linux-cloud",
    "suse-cloud",
    "suse-sap-cloud",
    "ubuntu-os-cloud",
    "ubuntu-os-pro-cloud",
    "windows-cloud",
    "windows-sql-cloud",
    "ml-images",
];

/// `x` of `…projects/x/…`.
fn project_in(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("projects/")?;
    rest.split('/')
        .next()
        .filter(|id| !id.is_empty() && *id != "_" && *id != "-")
}

pub(super) fn source_project(record: &Record, out: &mut Vec<String>) {
    let Some(own) = scope(record) else { return };
    for key in [
        "sourceDisk",
        "sourceSnapshot",
        "sourceImage",
        "sourceInstantSnapshot",
        "disks.initializeParams.sourceImage",
        "disks.initializeParams.sourceSnapshot",
        "disks.source",
    ] {
        record.all_at(&format!("protoPayload.request.{key}"), &mut |raw| {
            let source = text::string(raw);
            if let Some(project) = project_in(&source)
                && project != own
                && !PUBLIC_IMAGES.contains(&project)
                && !project.starts_with("gke-")
            {
                push(out, project);
            }
        });
    }
}

/// Accounts that a new instance, function or job runs as.
pub(super) fn service_accounts(record: &Record, out: &mut Vec<String>) {
    for key in [
        "serviceAccounts.email",
        "serviceAccountEmail",
        "function.serviceAccountEmail",
        "function.serviceConfig.serviceAccountEmail",
        "cloudFunction.serviceAccountEmail",
        "service.spec.template.spec.serviceAccountName",
        "service.template.serviceAccount",
        "build.serviceAccount",
        "job.httpTarget.oidcToken.serviceAccountEmail",
        "job.httpTarget.oauthToken.serviceAccountEmail",
        "cluster.config.gceClusterConfig.serviceAccount",
    ] {
        record.all_at(&format!("protoPayload.request.{key}"), &mut |raw| {
            push(out, &text::string(raw));
        });
    }
}

/// Where a sink writes to, as project.
pub(super) fn destination_project(record: &Record, out: &mut Vec<String>) {
    let Some(own) = scope(record) else { return };
    for key in ["sink.destination", "destination"] {
        if let Some(destination) = record.text_at(&format!("protoPayload.request.{key}"))
            && let Some(project) = project_in(&destination)
            && project != own
        {
            push(out, project);
        }
    }
}
