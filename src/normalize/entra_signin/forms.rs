//! The other arrangements of a sign-in: Graph's object, the table of Log Analytics, the portal's.

use crate::decode::item::Members;
use crate::decode::text;
use crate::normalize::rewrite::{Object, camel, embedded, first, first_text, get, has, members};

/// The categories of diagnostic settings.
pub(super) fn is_category(raw: &[u8]) -> bool {
    let inner = text::bytes(raw);
    let tail = b"signinlogs";
    let at = inner.len().checked_sub(tail.len());
    at.is_some_and(|at| inner[at..].eq_ignore_ascii_case(tail))
}

/// What Graph answers with, and what the portal's download in JSON holds.
pub(super) fn is_graph(members: &Members) -> bool {
    has(members, "createdDateTime")
        && (has(members, "status") || has(members, "conditionalAccessStatus"))
        && [
            "appId",
            "appDisplayName",
            "userPrincipalName",
            "servicePrincipalId",
        ]
        .iter()
        .any(|key| has(members, key))
        && !has(members, "category")
}

pub(super) fn graph(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let own = members(raw);
    let mut object = Object::open(out);
    object.raw("time", first(&own, &["createdDateTime"]));
    object.text(
        "category",
        category(&own, &first_text(&own, &["userId", "userPrincipalName"])),
    );
    object.text("operationName", "Sign-in activity");
    object.raw("tenantId", first(&own, &["resourceTenantId", "tenantId"]));
    object.raw("properties", raw);
    object.close();
    true
}

/// Graph tells the kinds of sign-in apart by their events.
fn category(own: &Members, user: &str) -> &'static str {
    let kinds = first(own, &["signInEventTypes", "SignInEventTypes"]);
    let is = |word: &[u8]| memchr::memmem::find(kinds, word).is_some();
    let interactive = first(own, &["isInteractive", "IsInteractive"]);
    match () {
        () if is(b"managedIdentity") => "ManagedIdentitySignInLogs",
        () if is(b"servicePrincipal") => "ServicePrincipalSignInLogs",
        () if is(b"nonInteractive") || interactive == b"false" && !user.is_empty() => {
            "NonInteractiveUserSignInLogs"
        }
        () if user.is_empty() && has(own, "servicePrincipalId") => "ServicePrincipalSignInLogs",
        () => "SignInLogs",
    }
}

/// A row of `SigninLogs` or one of its sisters.
pub(super) fn is_row(members: &Members) -> bool {
    has(members, "TimeGenerated")
        && has(members, "ResultType")
        && has(members, "AppId")
        && (has(members, "UserPrincipalName") || has(members, "ServicePrincipalId"))
}

pub(super) fn row(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let own = members(raw);
    let of = |keys: &[&str]| first(&own, keys);
    let mut object = Object::open(out);
    object.raw("time", of(&["TimeGenerated", "CreatedDateTime"]));
    match of(&["Category"]) {
        b"" => {
            let table = first_text(&own, &["Type"]).to_ascii_lowercase();
            let user = first_text(&own, &["UserId", "UserPrincipalName"]);
            object.text(
                "category",
                match () {
                    () if table.contains("managedidentity") => "ManagedIdentitySignInLogs",
                    () if table.contains("noninteractive") => "NonInteractiveUserSignInLogs",
                    () if user.is_empty() => "ServicePrincipalSignInLogs",
                    () => "SignInLogs",
                },
            );
        }
        category => object.raw("category", category),
    }
    object.text("operationName", "Sign-in activity");
    object.raw("tenantId", of(&["AADTenantId", "ResourceTenantId"]));
    object.raw("resultType", of(&["ResultType"]));
    object.raw("resultDescription", of(&["ResultDescription"]));
    object.object("properties", |properties| {
        // The numbers of the table are text; the status is a column of its own in some tables.
        let status = embedded(of(&["Status"]));
        match status.first() {
            Some(b'{') => properties.raw("status", &status),
            _ => properties.object("status", |status| {
                status.raw("errorCode", of(&["ResultType"]));
                status.raw("failureReason", of(&["ResultDescription"]));
            }),
        }
        properties.raw("location", &embedded(of(&["LocationDetails"])));
        properties.raw("ipAddress", of(&["IPAddress"]));
        properties.raw("resourceId", of(&["ResourceIdentity"]));
        const DONE: [&str; 21] = [
            "TimeGenerated",
            "Category",
            "OperationName",
            "ResultType",
            "ResultDescription",
            "ResultSignature",
            "Status",
            "Location",
            "LocationDetails",
            "IPAddress",
            "ResourceIdentity",
            "ResourceId",
            "Resource",
            "ResourceGroup",
            "TenantId",
            "AADTenantId",
            "SourceSystem",
            "Type",
            "Level",
            "OperationVersion",
            "DurationMs",
        ];
        for (key, value) in own.iter().filter(|(_, value)| *value != b"\"\"") {
            let key = key.strip_suffix(b" [UTC]").unwrap_or(key);
            if !DONE.iter().any(|done| done.as_bytes() == key) {
                properties.member(&camel(key), &embedded(value));
            }
        }
    });
    object.close();
    true
}

/// A row of the portal's table of sign-ins.
pub(super) fn is_portal(members: &Members) -> bool {
    has(members, "Date (UTC)") && has(members, "Request ID") && has(members, "Application")
}

/// What the portal calls a field, and what Graph calls it.
const COLUMNS: [(&str, &str); 22] = [
    ("Request ID", "id"),
    ("Date (UTC)", "createdDateTime"),
    ("User agent", "userAgent"),
    ("Correlation ID", "correlationId"),
    ("User ID", "userId"),
    ("User", "userDisplayName"),
    ("Username", "userPrincipalName"),
    ("User type", "userType"),
    ("Cross tenant access type", "crossTenantAccessType"),
    ("Incoming token type", "incomingTokenType"),
    ("Authentication Protocol", "authenticationProtocol"),
    ("Unique token identifier", "uniqueTokenIdentifier"),
    ("Session ID", "sessionId"),
    ("Application", "appDisplayName"),
    ("Application ID ", "appId"),
    ("Application ID", "appId"),
    ("Resource", "resourceDisplayName"),
    ("Resource ID ", "resourceId"),
    ("Resource ID", "resourceId"),
    ("Resource tenant ID", "resourceTenantId"),
    ("Home tenant ID", "homeTenantId"),
    ("IP address", "ipAddress"),
];

const MORE_COLUMNS: [(&str, &str); 6] = [
    ("Client app", "clientAppUsed"),
    ("Conditional Access", "conditionalAccessStatus"),
    ("Service principal ID", "servicePrincipalId"),
    ("Service principal name", "servicePrincipalName"),
    (
        "Service principal credential key ID",
        "servicePrincipalCredentialKeyId",
    ),
    ("Autonomous system  number", "autonomousSystemNumber"),
];

pub(super) fn portal(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let own = members(raw);
    let of = |keys: &[&str]| first(&own, keys);
    let mut object = Object::open(out);
    object.raw("time", of(&["Date (UTC)"]));
    let service = has(&own, "Service principal ID");
    object.text(
        "category",
        if service {
            "ServicePrincipalSignInLogs"
        } else {
            "SignInLogs"
        },
    );
    object.text("operationName", "Sign-in activity");
    object.raw("tenantId", of(&["Resource tenant ID"]));
    // The code stands there for failures alone.
    let status = first_text(&own, &["Status"]).to_ascii_lowercase();
    object.text("resultType", &status);
    object.object("properties", |properties| {
        properties.object("status", |inner| match of(&["Sign-in error code"]) {
            code if status != "success" && !code.is_empty() => {
                inner.raw("errorCode", code);
                inner.raw("failureReason", of(&["Failure reason"]));
            }
            _ if status == "success" => inner.raw("errorCode", b"0"),
            _ => {}
        });
        // "Dublin, Dublin, IE"
        let place = first_text(&own, &["Location"]);
        if let Some(country) = place
            .rsplit(',')
            .next()
            .filter(|text| !text.trim().is_empty())
        {
            properties.object("location", |location| {
                location.text("countryOrRegion", country.trim());
            });
        }
        let requirement = first_text(
            &own,
            &[
                "Authentication requirement",
                "Multifactor authentication result",
            ],
        );
        let requirement = requirement.to_ascii_lowercase();
        if requirement.contains("multi") {
            properties.text("authenticationRequirement", "multiFactorAuthentication");
        } else if requirement.contains("single") {
            properties.text("authenticationRequirement", "singleFactorAuthentication");
        }
        for (name, field) in COLUMNS.iter().chain(&MORE_COLUMNS) {
            properties.raw(
                field,
                match get(&own, name) {
                    Some(b"\"\"") | None => b"",
                    Some(raw) => raw,
                },
            );
        }
    });
    object.close();
    true
}
