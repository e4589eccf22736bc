//! The other arrangements of the log: answers of the API, rows of Log Analytics, the portal's
//! table, and copies that lost a key.

use crate::decode::item::Members;
use crate::decode::{path, text};
use crate::normalize::rewrite::{
    Object, camel, embedded, first, first_text, get, has, members, quoted, value_of,
};

/// Categories of the Activity Log. Exports to storage name the last part of the operation instead.
const CATEGORIES: [&[u8]; 11] = [
    b"\"administrative\"",
    b"\"action\"",
    b"\"write\"",
    b"\"delete\"",
    b"\"policy\"",
    b"\"security\"",
    b"\"alert\"",
    b"\"servicehealth\"",
    b"\"resourcehealth\"",
    b"\"autoscale\"",
    b"\"recommendation\"",
];

/// Whether a category is one of the Activity Log.
pub(in crate::normalize) fn is_category(raw: &[u8]) -> bool {
    CATEGORIES.iter().any(|own| own.eq_ignore_ascii_case(raw))
}

/// An event as the API answers it: names are objects with a value. One of the tools that ask the
/// API spells the keys with underscores.
pub(super) fn is_answer(members: &Members) -> bool {
    let time = ["eventTimestamp", "event_timestamp"]
        .iter()
        .any(|key| has(members, key));
    let named = first(members, &["operationName", "operation_name"]);
    let object =
        named.first() == Some(&b'{') && memchr::memmem::find(named, b"\"value\"").is_some();
    object || time && !named.is_empty()
}

pub(super) fn answer(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let own = members(raw);
    let spelt: Vec<(Vec<u8>, &[u8])> = own
        .iter()
        .map(|(key, value)| (camel(key).into_owned(), *value))
        .collect();
    let own: Vec<(&[u8], &[u8])> = spelt.iter().map(|(key, value)| (&**key, *value)).collect();
    let of = |keys: &[&str]| first(&own, keys);
    let mut object = Object::open(out);
    object.raw(
        "time",
        of(&["eventTimestamp", "time", "submissionTimestamp"]),
    );
    let id = of(&["resourceId", "resourceUri"]);
    match id {
        // The event's own id is the resource's with a tail.
        b"" => {
            let id = text::string(of(&["id"]));
            let end = id.find("/events/").unwrap_or(id.len());
            object.raw("resourceId", &quoted(&id[..end]));
        }
        id => object.raw("resourceId", id),
    }
    object.raw("operationName", value_of(of(&["operationName"])));
    let category = value_of(of(&["category"]));
    object.raw("category", or(category, b"\"Administrative\""));
    let status = value_of(of(&["status"]));
    object.raw("resultType", or(status, of(&["resultType"])));
    let code = value_of(of(&["subStatus"]));
    object.raw("resultSignature", or(code, of(&["resultSignature"])));
    let http = of(&["httpRequest"]);
    let mut address: &[u8] = b"";
    for key in ["clientIpAddress", "client_ip_address", "clientRequestIp"] {
        address = or(address, path::first(http, key).unwrap_or_default());
    }
    object.raw("callerIpAddress", or(address, of(&["callerIpAddress"])));
    match of(&["identity"]) {
        identity @ [b'{', ..] => object.raw("identity", identity),
        _ => object.object("identity", |identity| {
            identity.raw("authorization", &embedded(of(&["authorization"])));
            identity.raw("claims", &embedded(of(&["claims"])));
        }),
    }
    object.raw("eventName", value_of(of(&["eventName"])));
    object.raw("properties", &embedded(of(&["properties"])));
    const DONE: [&str; 16] = [
        "eventTimestamp",
        "resourceId",
        "resourceUri",
        "operationName",
        "category",
        "status",
        "subStatus",
        "callerIpAddress",
        "authorization",
        "claims",
        "eventName",
        "properties",
        "time",
        "identity",
        "resultType",
        "resultSignature",
    ];
    rest(&mut object, &own, &DONE);
    object.close();
    true
}

fn or<'r>(raw: &'r [u8], other: &'r [u8]) -> &'r [u8] {
    match raw {
        b"" | b"null" | b"\"\"" => other,
        raw => raw,
    }
}

/// Everything that has not been written yet, as it is.
fn rest(object: &mut Object, own: &Members, done: &[&str]) {
    for (key, value) in own {
        if !done.iter().any(|done| done.as_bytes() == *key) {
            object.member(key, value);
        }
    }
}

/// A row of the table `AzureActivity`.
pub(super) fn is_row(members: &Members) -> bool {
    has(members, "OperationNameValue")
        && (has(members, "TimeGenerated") || has(members, "EventDataId"))
}

pub(super) fn row(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let own = members(raw);
    let of = |keys: &[&str]| first(&own, keys);
    let mut object = Object::open(out);
    object.raw("time", of(&["TimeGenerated", "EventSubmissionTimestamp"]));
    object.raw("resourceId", of(&["_ResourceId", "ResourceId"]));
    object.raw("operationName", of(&["OperationNameValue"]));
    let category = of(&["CategoryValue", "Category"]);
    object.raw("category", or(category, b"\"Administrative\""));
    object.raw("resultType", of(&["ActivityStatusValue", "ActivityStatus"]));
    object.raw(
        "resultSignature",
        of(&["ActivitySubstatusValue", "ActivitySubstatus"]),
    );
    object.raw("callerIpAddress", of(&["CallerIpAddress"]));
    object.raw("correlationId", of(&["CorrelationId"]));
    object.raw("eventDataId", of(&["EventDataId"]));
    object.raw("operationId", of(&["OperationId"]));
    object.raw("subscriptionId", of(&["SubscriptionId"]));
    object.raw("resourceGroupName", of(&["ResourceGroup"]));
    object.raw("level", of(&["Level"]));
    object.raw("caller", of(&["Caller"]));
    object.object("identity", |identity| {
        identity.raw(
            "authorization",
            &embedded(of(&["Authorization_d", "Authorization"])),
        );
        identity.raw("claims", &embedded(of(&["Claims_d", "Claims"])));
    });
    object.raw("httpRequest", &embedded(of(&["HTTPRequest"])));
    object.raw("properties", &embedded(of(&["Properties_d", "Properties"])));
    object.close();
    true
}

/// A row of the table that the portal hands out: what people see, and no more.
pub(super) fn is_portal(members: &Members) -> bool {
    has(members, "Correlation id")
        && has(members, "Operation name")
        && has(members, "Event initiated by")
}

pub(super) fn portal(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let own = members(raw);
    let of = |keys: &[&str]| first(&own, keys);
    let named = |key: &str| first_text(&own, &[key]);
    let mut id = String::new();
    match named("Resource") {
        path if path.starts_with('/') => id.push_str(&path),
        name => {
            for (part, text) in [
                ("/subscriptions/", named("Subscription")),
                ("/resourceGroups/", named("Resource group")),
                ("/providers/", named("Resource type")),
                ("/", name),
            ] {
                if !text.is_empty() {
                    id.push_str(part);
                    id.push_str(&text);
                }
            }
        }
    }
    let mut object = Object::open(out);
    object.raw("time", of(&["Time"]));
    object.text("resourceId", &id);
    object.raw("operationName", of(&["Operation name"]));
    object.raw(
        "category",
        or(of(&["Event category"]), b"\"Administrative\""),
    );
    object.raw("resultType", of(&["Status"]));
    object.raw("correlationId", of(&["Correlation id"]));
    object.raw("level", of(&["Level"]));
    object.raw("caller", of(&["Event initiated by"]));
    object.close();
    get(&own, "Time").is_some()
}

/// A record without its category: an operation of a resource provider, on a resource.
pub(super) fn is_bare(members: &Members) -> bool {
    let named = first(members, &["operationName"]);
    !has(members, "category")
        && named.len() > 12
        && named[..11].eq_ignore_ascii_case(b"\"microsoft.")
        && named.contains(&b'/')
        && has(members, "time")
        && has(members, "resourceId")
}

pub(super) fn bare(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let own = members(raw);
    let mut object = Object::open(out);
    object.text("category", "Administrative");
    rest(&mut object, &own, &["category"]);
    object.close();
    true
}
