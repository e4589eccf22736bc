//! The tables of Log Analytics that hold resource logs, and what is no resource log.

use crate::decode::item::Members;
use crate::normalize::azure_activity;
use crate::normalize::rewrite::{Object, embedded, first, has, members};

/// Categories that other sources read, or that count connections and measurements.
const OTHERS: [&str; 9] = [
    "signinlogs",
    "auditlogs",
    "provisioninglogs",
    "guard",
    "cluster-autoscaler",
    "cloud-controller-manager",
    "networksecuritygroupflowevent",
    "flowlogflowevent",
    "allmetrics",
];

/// Whether a category may be one of a resource.
pub(super) fn is_category(raw: &[u8]) -> bool {
    let [b'"', inner @ .., b'"'] = raw else {
        return false;
    };
    let inner = inner.to_ascii_lowercase();
    let ends = |tail: &[u8]| inner.ends_with(tail);
    !inner.is_empty()
        && !azure_activity::is_category(raw)
        && !inner.starts_with(b"kube-")
        && !inner.starts_with(b"csi-")
        && !ends(b"signinlogs")
        && !OTHERS.iter().any(|other| other.as_bytes() == inner)
}

/// A row of `StorageBlobLogs` and its sisters.
pub(super) fn is_storage_row(members: &Members) -> bool {
    has(members, "TimeGenerated") && has(members, "AccountName") && has(members, "OperationName")
}

pub(super) fn storage_row(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let own = members(raw);
    let of = |keys: &[&str]| first(&own, keys);
    let mut object = Object::open(out);
    object.raw("time", of(&["TimeGenerated"]));
    object.raw("resourceId", of(&["_ResourceId", "ResourceId"]));
    object.raw("category", of(&["Category"]));
    object.raw("operationName", of(&["OperationName"]));
    object.raw("statusCode", of(&["StatusCode"]));
    object.raw("statusText", of(&["StatusText"]));
    object.raw("callerIpAddress", of(&["CallerIpAddress"]));
    object.raw("correlationId", of(&["CorrelationId"]));
    object.raw("uri", of(&["Uri"]));
    object.raw("protocol", of(&["Protocol"]));
    object.raw("location", of(&["Location"]));
    object.object("identity", |identity| {
        identity.raw("type", of(&["AuthenticationType"]));
        identity.raw("tokenHash", of(&["AuthenticationHash"]));
        identity.object("requester", |requester| {
            requester.raw("objectId", of(&["RequesterObjectId"]));
            requester.raw("upn", of(&["RequesterUpn"]));
            requester.raw("appId", of(&["RequesterAppId"]));
            requester.raw("tenantId", of(&["RequesterTenantId"]));
            requester.raw("tokenIssuer", of(&["RequesterTokenIssuer"]));
        });
    });
    object.object("properties", |properties| {
        properties.raw("accountName", of(&["AccountName"]));
        properties.raw("userAgentHeader", of(&["UserAgentHeader"]));
        properties.raw("objectKey", of(&["ObjectKey"]));
        properties.raw("serviceType", of(&["ServiceType"]));
        properties.raw("responseBodySize", of(&["ResponseBodySize"]));
        properties.raw("requestBodySize", of(&["RequestBodySize"]));
    });
    object.close();
    true
}

/// A row of `AZKVAuditLogs`.
pub(super) fn is_vault_row(members: &Members) -> bool {
    has(members, "TimeGenerated")
        && has(members, "OperationName")
        && has(members, "Identity")
        && has(members, "HttpStatusCode")
}

pub(super) fn vault_row(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let own = members(raw);
    let of = |keys: &[&str]| first(&own, keys);
    let mut object = Object::open(out);
    object.raw("time", of(&["TimeGenerated"]));
    object.raw("resourceId", of(&["_ResourceId", "ResourceId"]));
    object.text("category", "AuditEvent");
    object.raw("operationName", of(&["OperationName"]));
    object.raw("resultType", of(&["ResultType"]));
    object.raw("resultSignature", of(&["ResultSignature"]));
    object.raw("resultDescription", of(&["ResultDescription"]));
    object.raw("callerIpAddress", of(&["CallerIpAddress"]));
    object.raw("correlationId", of(&["CorrelationId"]));
    object.raw("identity", &embedded(of(&["Identity"])));
    object.object("properties", |properties| {
        properties.raw("id", of(&["Id"]));
        properties.raw("clientInfo", of(&["ClientInfo"]));
        properties.raw("requestUri", of(&["RequestUri"]));
        properties.raw("httpStatusCode", of(&["HttpStatusCode"]));
    });
    object.close();
    true
}

/// A row of `AzureDiagnostics`: the service's own fields with a letter for their type.
pub(super) fn is_diagnostics_row(members: &Members) -> bool {
    has(members, "TimeGenerated")
        && has(members, "Category")
        && has(members, "OperationName")
        && has(members, "ResourceProvider")
        && (has(members, "ResourceId") || has(members, "_ResourceId"))
        && !azure_activity::is_category(first(members, &["Category"]))
        && !first(members, &["Category"]).starts_with(b"\"kube-")
}

pub(super) fn diagnostics_row(raw: &[u8], out: &mut Vec<u8>) -> bool {
    const CLAIM: &[u8] = b"identity_claim_";
    let own = members(raw);
    let of = |keys: &[&str]| first(&own, keys);
    let mut object = Object::open(out);
    object.raw("time", of(&["TimeGenerated"]));
    object.raw("resourceId", of(&["_ResourceId", "ResourceId"]));
    object.raw("category", of(&["Category"]));
    object.raw("operationName", of(&["OperationName"]));
    object.raw("resultType", of(&["ResultType"]));
    object.raw("resultSignature", of(&["ResultSignature"]));
    object.raw("resultDescription", of(&["ResultDescription"]));
    object.raw(
        "callerIpAddress",
        of(&["CallerIPAddress", "CallerIpAddress"]),
    );
    object.raw("correlationId", of(&["CorrelationId"]));
    object.object("identity", |identity| {
        identity.object("claim", |claim| {
            for (key, value) in own.iter().filter(|(key, _)| key.starts_with(CLAIM)) {
                let name = String::from_utf8_lossy(&key[CLAIM.len()..]).into_owned();
                let name = name
                    .strip_suffix("_s")
                    .or(name.strip_suffix("_g"))
                    .unwrap_or(&name);
                let name = match () {
                    () if name.contains("objectidentifier") => azure_activity::CLAIM_OID,
                    () if name.ends_with("claims_upn") => azure_activity::CLAIM_UPN,
                    () if name.contains("ws_2005_05_identity_claims_name") => {
                        azure_activity::CLAIM_NAME
                    }
                    () => name,
                };
                if *value != b"\"\"" {
                    claim.raw(name, value);
                }
            }
        });
    });
    object.object("properties", |properties| {
        for (key, value) in &own {
            let plain = match key {
                [name @ .., b'_', b's' | b'd' | b'g' | b'b' | b't'] => name,
                _ => continue,
            };
            if !key.starts_with(b"identity_") && *value != b"\"\"" {
                properties.member(plain, value);
            }
        }
    });
    object.close();
    true
}
