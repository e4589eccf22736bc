//! What the record is carried in: the portal's table, the shell's objects, Graph's search, and
//! the table of Log Analytics.

use crate::decode::item::Members;
use crate::normalize::rewrite::{Object, embedded, first, get, has, members};

/// `AuditData` holds the record, as text or as an object.
pub(super) fn is_wrapped(members: &Members) -> bool {
    let holds = |key: &str| {
        let raw = get(members, key).unwrap_or_default();
        raw.starts_with(b"{") || raw.starts_with(b"\"{")
    };
    holds("AuditData")
        || holds("auditData") && (has(members, "operation") || has(members, "createdDateTime"))
}

pub(super) fn wrapped(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let own = members(raw);
    let inner = embedded(first(&own, &["AuditData", "auditData"]));
    if inner.first() != Some(&b'{') {
        return false;
    }
    let record = members(&inner);
    let of = |keys: &[&str]| first(&own, keys);
    let mut object = Object::open(out);
    for (key, value) in &record {
        object.member(key, value);
    }
    // What the copy alone says, where the record lost it.
    for (key, columns) in [
        (
            "CreationTime",
            &["CreationDate", "createdDateTime", "CreationTime"][..],
        ),
        ("Operation", &["Operation", "Operations", "operation"]),
        (
            "UserId",
            &["UserId", "UserIds", "userPrincipalName", "userId"],
        ),
        ("Id", &["RecordId", "Identity", "id"]),
        ("RecordType", &["RecordType", "auditLogRecordType"]),
        ("Workload", &["Workload", "service"]),
        ("OrganizationId", &["organizationId"]),
    ] {
        if get(&record, key).is_none() {
            object.raw(key, of(columns));
        }
    }
    object.close();
    true
}

/// A row of the table `OfficeActivity`.
pub(super) fn is_row(members: &Members) -> bool {
    has(members, "OfficeWorkload") && has(members, "Operation") && has(members, "TimeGenerated")
}

pub(super) fn row(raw: &[u8], out: &mut Vec<u8>) -> bool {
    const RENAMED: [(&str, &str); 9] = [
        ("TimeGenerated", "CreationTime"),
        ("OfficeId", "Id"),
        ("OfficeWorkload", "Workload"),
        ("OfficeObjectId", "ObjectId"),
        ("Site_Url", "SiteUrl"),
        ("Client_IPAddress", "ClientIPAddress"),
        ("OrganizationId", "OrganizationId"),
        ("OfficeTenantId", "TenantGuid"),
        ("AADTarget", "Target"),
    ];
    const LISTS: [&str; 5] = [
        "Parameters",
        "ExtendedProperties",
        "ModifiedProperties",
        "OperationProperties",
        "AffectedItems",
    ];
    let own = members(raw);
    let mut object = Object::open(out);
    for (key, value) in own.iter().filter(|(_, value)| *value != b"\"\"") {
        let key = &key.strip_suffix(b" [UTC]").unwrap_or(key);
        let renamed = RENAMED.iter().find(|(from, _)| from.as_bytes() == *key);
        match renamed {
            Some((_, to)) => object.raw(to, value),
            None if LISTS.iter().any(|list| list.as_bytes() == *key) => {
                object.member(key, &embedded(value));
            }
            None => object.member(key, value),
        }
    }
    object.close();
    true
}
