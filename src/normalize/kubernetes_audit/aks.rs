//! AKS: audit events inside Azure's diagnostics, and the tables that Log Analytics makes of them.
//!
//! Microsoft documentation, "Monitor AKS data reference": categories kube-audit and
//! kube-audit-admin, tables AKSAudit and AKSAuditAdmin.

use super::gke::quoted;
use super::object::plain;
use crate::decode::item::Members;
use crate::decode::{path, text};

fn member<'m>(members: &Members<'m>, name: &str) -> Option<&'m [u8]> {
    let mut found = members
        .iter()
        .filter(|(key, _)| key.eq_ignore_ascii_case(name.as_bytes()));
    found.next().map(|(_, raw)| *raw)
}

/// Whether a value is the category of audit events.
fn is_category(raw: &[u8]) -> bool {
    raw.get(..11)
        .is_some_and(|head| head.eq_ignore_ascii_case(b"\"kube-audit"))
}

/// Whether an object is a record of Azure's diagnostics about the API server: with the event
/// below `properties.log`, or in a column of the old common table.
pub(super) fn is_diagnostics(members: &Members) -> bool {
    member(members, "category").is_some_and(is_category)
        && (member(members, "properties").is_some() || member(members, "log_s").is_some())
}

/// Writes the event that such a record holds, with what the record knows beyond it.
pub(super) fn diagnostics(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let (mut log, mut resource, mut time): (&[u8], &[u8], &[u8]) = (b"", b"", b"");
    let mut category: &[u8] = b"";
    path::members(raw, |key, value| {
        let is = |name: &str| key.eq_ignore_ascii_case(name.as_bytes());
        match () {
            () if is("properties") => log = in_properties(value),
            () if is("log_s") => log = value,
            () if is("resourceId") || is("_ResourceId") => resource = value,
            () if is("time") || is("TimeGenerated") => time = value,
            () if is("category") => category = value,
            () => {}
        }
        true
    });
    // The properties may be text themselves.
    let unpacked;
    if log.starts_with(b"\"\\\"") || log.is_empty() {
        unpacked = properties_as_text(raw);
        log = &unpacked;
    }
    let start = out.len();
    match log.first() {
        Some(b'{') => out.extend_from_slice(log.trim_ascii()),
        Some(b'"') => {
            let inner = log.get(1..log.len().saturating_sub(1)).unwrap_or_default();
            text::unescape_into(inner.trim_ascii(), out);
        }
        _ => return false,
    }
    while out.last().is_some_and(u8::is_ascii_whitespace) {
        out.pop();
    }
    if out.get(start) != Some(&b'{') || out.pop() != Some(b'}') {
        return false;
    }
    extend(out, resource, time, category);
    out.push(b'}');
    true
}

fn in_properties(raw: &[u8]) -> &[u8] {
    path::first(raw, "log").unwrap_or_default()
}

/// `properties` as a string that holds JSON.
fn properties_as_text(raw: &[u8]) -> Vec<u8> {
    let Some(properties) = path::first(raw, "properties") else {
        return Vec::new();
    };
    let inner = text::bytes(properties);
    path::first(&inner, "log").unwrap_or_default().to_vec()
}

/// What the envelope adds to an event that is open at its end.
fn extend(out: &mut Vec<u8>, resource: &[u8], time: &[u8], category: &[u8]) {
    if let Some((account, name)) = cluster(&plain(resource)) {
        let (account, name) = (quoted(&account), quoted(&name));
        out.extend_from_slice(
            format!(",\"cluster\":{{\"account\":{account},\"name\":{name}}}").as_bytes(),
        );
    }
    for (key, value) in [("arrival", time), ("category", category)] {
        if value.first() == Some(&b'"') {
            out.extend_from_slice(format!(",\"{key}\":").as_bytes());
            out.extend_from_slice(value);
        }
    }
}

/// Subscription and name of a cluster by its resource id, which has any case.
fn cluster(id: &str) -> Option<(String, String)> {
    let id = id.to_ascii_lowercase();
    let account = id.split_once("/subscriptions/")?.1.split('/').next()?;
    let name = id.rsplit('/').next()?;
    (!account.is_empty()).then(|| (account.to_owned(), name.to_owned()))
}

/// Columns of the tables, and what the event calls them.
const COLUMNS: [(&str, &str); 17] = [
    ("AuditId", "auditID"),
    ("Level", "level"),
    ("Stage", "stage"),
    ("Verb", "verb"),
    ("RequestUri", "requestURI"),
    ("User", "user"),
    ("ImpersonatedUser", "impersonatedUser"),
    ("SourceIps", "sourceIPs"),
    ("UserAgent", "userAgent"),
    ("ObjectRef", "objectRef"),
    ("ResponseStatus", "responseStatus"),
    ("RequestObject", "requestObject"),
    ("ResponseObject", "responseObject"),
    ("RequestReceivedTime", "requestReceivedTimestamp"),
    ("StageReceivedTime", "stageTimestamp"),
    ("TimeGenerated", "arrival"),
    ("Annotations", "annotations"),
];

/// Whether an object is a row of the tables AKSAudit and AKSAuditAdmin.
pub(super) fn is_row(members: &Members) -> bool {
    let has = |name: &str| member(members, name).is_some();
    // The event itself has some of these keys too, in its own case or without any.
    has("AuditId")
        && has("RequestUri")
        && (has("StageReceivedTime") || has("RequestReceivedTime") || has("TimeGenerated"))
        && !has("stageTimestamp")
        && !has("requestReceivedTimestamp")
}

/// Writes a row as the event.
pub(super) fn row(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let mut resource: &[u8] = b"";
    let mut table: &[u8] = b"";
    out.extend_from_slice(b"{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\"");
    path::members(raw, |key, value| {
        let is = |name: &str| key.eq_ignore_ascii_case(name.as_bytes());
        if is("_ResourceId") || is("resourceId") {
            resource = value;
        }
        if is("Type") {
            table = value;
        }
        let Some((_, name)) = COLUMNS.iter().find(|(column, _)| is(column)) else {
            return true;
        };
        if value == b"null" || value == b"\"\"" {
            return true;
        }
        out.extend_from_slice(format!(",\"{name}\":").as_bytes());
        // Columns of JSON arrive as text in tables that know text only.
        match value {
            [b'"', inner @ .., b'"'] if matches!(inner.first(), Some(b'{' | b'[')) => {
                text::unescape_into(inner, out);
            }
            _ => out.extend_from_slice(value),
        }
        true
    });
    let admin = memchr::memmem::find(table, b"Admin").is_some();
    let category: &[u8] = match admin {
        true => b"\"kube-audit-admin\"",
        false => b"",
    };
    extend(out, resource, b"", category);
    out.push(b'}');
    true
}

/// Whether an object is another log of the cluster's control plane.
pub fn aside(members: &Members) -> Option<&'static str> {
    const OTHERS: [&str; 10] = [
        "kube-apiserver",
        "kube-controller-manager",
        "kube-scheduler",
        "cluster-autoscaler",
        "cloud-controller-manager",
        "guard",
        "csi-azuredisk-controller",
        "csi-azurefile-controller",
        "csi-snapshot-controller",
        "fleet-member-agent",
    ];
    let category = plain(member(members, "category")?);
    let known = OTHERS
        .iter()
        .any(|other| category.eq_ignore_ascii_case(other));
    known.then_some("Kubernetes control plane log")
}
