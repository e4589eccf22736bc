//! The other arrangements of an audit record: Graph's object, copies with another category, the
//! table of Log Analytics, the portal's.

use std::borrow::Cow;

use crate::decode::item::Members;
use crate::decode::path;
use crate::normalize::rewrite::{Object, embedded, first, first_text, get, has, members, quoted};

/// What Graph answers with, and what the portal's download in JSON holds.
pub(super) fn is_graph(members: &Members) -> bool {
    has(members, "activityDisplayName")
        && [
            "initiatedBy",
            "activityDateTime",
            "targetResources",
            "loggedByService",
        ]
        .iter()
        .any(|key| has(members, key))
}

pub(super) fn graph(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let own = members(raw);
    let mut object = Object::open(out);
    object.raw(
        "time",
        first(&own, &["activityDateTime", "time", "createdDateTime"]),
    );
    object.text("category", "AuditLogs");
    object.raw("operationName", first(&own, &["activityDisplayName"]));
    object.raw("tenantId", first(&own, &["tenantId"]));
    object.raw("properties", raw);
    object.close();
    true
}

/// A record of a diagnostic setting whose category is the inner one.
pub(super) fn is_renamed(members: &Members) -> bool {
    let category = first(members, &["category"]);
    let properties = first(members, &["properties"]);
    !category.eq_ignore_ascii_case(b"\"AuditLogs\"")
        && properties.first() == Some(&b'{')
        && has(members, "operationName")
        && memchr::memmem::find(properties, b"\"activityDisplayName\"").is_some()
        && memchr::memmem::find(properties, b"\"initiatedBy\"").is_some()
}

pub(super) fn renamed(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let own = members(raw);
    let mut object = Object::open(out);
    object.text("category", "AuditLogs");
    for (key, value) in own.iter().filter(|(key, _)| *key != b"category") {
        object.member(key, value);
    }
    object.close();
    true
}

/// A row of the table `AuditLogs`.
pub(super) fn is_row(members: &Members) -> bool {
    has(members, "TimeGenerated") && has(members, "InitiatedBy") && has(members, "TargetResources")
}

pub(super) fn row(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let own = members(raw);
    let of = |keys: &[&str]| first(&own, keys);
    let mut object = Object::open(out);
    object.raw("time", of(&["TimeGenerated", "ActivityDateTime"]));
    object.text("category", "AuditLogs");
    object.raw(
        "operationName",
        of(&["OperationName", "ActivityDisplayName"]),
    );
    object.raw("tenantId", of(&["AADTenantId"]));
    object.raw("identity", of(&["Identity"]));
    object.object("properties", |properties| {
        for (field, columns) in [
            ("id", &["Id"][..]),
            ("activityDateTime", &["ActivityDateTime", "TimeGenerated"]),
            (
                "activityDisplayName",
                &["ActivityDisplayName", "OperationName"],
            ),
            ("category", &["Category"]),
            ("correlationId", &["CorrelationId"]),
            ("result", &["Result"]),
            ("resultReason", &["ResultReason", "ResultDescription"]),
            ("loggedByService", &["LoggedByService"]),
            ("operationType", &["AADOperationType", "OperationType"]),
        ] {
            properties.raw(field, of(columns));
        }
        properties.raw("initiatedBy", &embedded(of(&["InitiatedBy"])));
        properties.raw("targetResources", &embedded(of(&["TargetResources"])));
        properties.raw("additionalDetails", &embedded(of(&["AdditionalDetails"])));
    });
    object.close();
    true
}

/// A row of the portal's table of audit records.
pub(super) fn is_portal(members: &Members) -> bool {
    has(members, "Date (UTC)") && has(members, "Activity") && has(members, "ActorType")
}

pub(super) fn portal(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let own = members(raw);
    let of = |keys: &[&str]| first(&own, keys);
    let mut object = Object::open(out);
    object.raw("time", of(&["Date (UTC)"]));
    object.text("category", "AuditLogs");
    object.raw("operationName", of(&["Activity"]));
    object.object("properties", |properties| {
        for (field, column) in [
            ("activityDateTime", "Date (UTC)"),
            ("activityDisplayName", "Activity"),
            ("category", "Category"),
            ("correlationId", "CorrelationId"),
            ("result", "Result"),
            ("resultReason", "ResultReason"),
            ("loggedByService", "Service"),
            ("userAgent", "UserAgent"),
        ] {
            properties.raw(field, of(&[column]));
        }
        properties.object("initiatedBy", |by| {
            let application = first_text(&own, &["ActorType"]).eq_ignore_ascii_case("Application");
            let ids = of(&["ActorObjectId"]);
            match application {
                true => by.object("app", |app| {
                    app.raw("displayName", of(&["ActorDisplayName"]));
                    app.raw(
                        "servicePrincipalId",
                        or_null(ids, of(&["ActorServicePrincipalId"])),
                    );
                }),
                false => by.object("user", |user| {
                    user.raw("id", ids);
                    user.raw("displayName", of(&["ActorDisplayName"]));
                    user.raw("userPrincipalName", of(&["ActorUserPrincipalName"]));
                    user.raw("ipAddress", of(&["IPAddress"]));
                    user.raw("homeTenantId", of(&["ActorHomeTenantId"]));
                }),
            }
        });
        properties.raw("targetResources", &targets(&own));
        properties.raw("additionalDetails", &details(&own));
    });
    object.close();
    true
}

fn or_null<'r>(raw: &'r [u8], other: &'r [u8]) -> &'r [u8] {
    if raw.is_empty() { other } else { raw }
}

/// `Target1Type`, `Target1ModifiedProperty1Name` and so on, up to three targets and five
/// properties each.
fn targets(own: &Members) -> Vec<u8> {
    let mut out = vec![b'['];
    for target in 1..=3 {
        let named = |what: &str| format!("Target{target}{what}");
        let of = |what: &str| match get(own, &named(what)) {
            Some(b"\"\"") | None => &b""[..],
            Some(raw) => raw,
        };
        if ["Type", "DisplayName", "ObjectId", "UserPrincipalName"]
            .iter()
            .all(|w| of(w).is_empty())
        {
            continue;
        }
        if out.len() > 1 {
            out.push(b',');
        }
        let mut changes = vec![b'['];
        for change in 1..=5 {
            let name = of(&format!("ModifiedProperty{change}Name"));
            if name.is_empty() {
                continue;
            }
            if changes.len() > 1 {
                changes.push(b',');
            }
            let mut object = Object::open(&mut changes);
            object.raw("displayName", name);
            object.raw("oldValue", of(&format!("ModifiedProperty{change}OldValue")));
            object.raw("newValue", of(&format!("ModifiedProperty{change}NewValue")));
            object.close();
        }
        changes.push(b']');
        let mut object = Object::open(&mut out);
        object.raw("type", of("Type"));
        object.raw("displayName", of("DisplayName"));
        object.raw("id", of("ObjectId"));
        object.raw("userPrincipalName", of("UserPrincipalName"));
        object.raw("modifiedProperties", &changes);
        object.close();
    }
    out.push(b']');
    out
}

/// `AdditionalDetail1Key`, `AdditionalDetail1Value` and so on.
fn details(own: &Members) -> Vec<u8> {
    let mut out = vec![b'['];
    for number in 1..=15 {
        let of = |what: &str| get(own, &format!("AdditionalDetail{number}{what}"));
        let Some(key) = of("Key").filter(|raw| *raw != b"\"\"") else {
            continue;
        };
        if out.len() > 1 {
            out.push(b',');
        }
        let value: Cow<[u8]> = of("Value").map_or(Cow::Owned(quoted("")), Cow::Borrowed);
        let mut object = Object::open(&mut out);
        object.raw("key", key);
        object.raw("value", &value);
        object.close();
    }
    out.push(b']');
    // An empty list tells nothing.
    if path::first(&out, "key").is_none() {
        out.clear();
    }
    out
}
