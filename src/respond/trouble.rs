//! What a provider says when it does not do what it was asked.
//!
//! Enter a status and a body of any provider; leaves the kind of trouble, which decides the exit
//! code and whether the same request may be sent again.

use serde_json::Value;

use super::request::{Lost, Response};
use super::wire;

/// What kind of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// There is no such thing.
    NotFound,
    /// The caller may not.
    Denied,
    /// There are no credentials, or none that hold.
    Credentials,
    /// Too many requests; it was not looked at.
    Throttled,
    /// Somebody else changed the thing at the same time; nothing was done.
    Conflict,
    /// The provider refuses, and nothing was done.
    Rejected,
    /// The provider failed; whether something was done is not known.
    Broken,
    /// The request never arrived.
    Unreachable,
    /// No answer came; whether something was done is not known.
    Unanswered,
    /// The request cannot be made: an error of ctadel.
    Bug,
}

/// Trouble with one request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{operation}: {}{message}", if code.is_empty() { String::new() } else { format!("{code}: ") })]
pub struct Trouble {
    /// What kind.
    pub kind: Kind,
    /// The provider's own word for it.
    pub code: String,
    /// What it says.
    pub message: String,
    /// The operation.
    pub operation: String,
    /// The HTTP status, 0 without an answer.
    pub status: u16,
    /// The provider's name for the request.
    pub request_id: Option<String>,
}

/// A provider's message is somebody else's text: as much of it as a person reads.
const LONGEST: usize = 400;

impl Trouble {
    /// Trouble without an answer.
    pub fn lost(operation: &str, lost: &Lost) -> Trouble {
        let kind = match lost {
            Lost::Credentials(_) => Kind::Credentials,
            Lost::Unreachable(_) => Kind::Unreachable,
            Lost::Unanswered(_) => Kind::Unanswered,
        };
        Trouble::of(kind, operation, &lost.to_string())
    }

    /// An error of ctadel.
    pub fn bug(operation: &str, message: &str) -> Trouble {
        Trouble::of(Kind::Bug, operation, message)
    }

    /// Trouble of a kind, in our own words.
    pub fn of(kind: Kind, operation: &str, message: &str) -> Trouble {
        Trouble {
            kind,
            code: String::new(),
            message: message.to_owned(),
            operation: operation.to_owned(),
            status: 0,
            request_id: None,
        }
    }

    /// What an answer that is no success says.
    pub fn answer(operation: &str, response: &Response) -> Trouble {
        let (code, message) = said(&response.body);
        let kind = kind(response.status, &code);
        let message: String = message.chars().take(LONGEST).collect();
        Trouble {
            kind,
            message: match message.is_empty() {
                true => format!("the provider answers {}", response.status),
                false => crate::term::mask::secrets(&message).into_owned(),
            },
            code,
            operation: operation.to_owned(),
            status: response.status,
            request_id: request_id(response),
        }
    }

    /// Whether the change may have been made although nobody said so.
    pub fn is_open(&self) -> bool {
        matches!(self.kind, Kind::Broken | Kind::Unanswered)
    }
}

/// The provider's name for the request.
pub fn request_id(response: &Response) -> Option<String> {
    let names = [
        "x-amzn-requestid",
        "x-amz-request-id",
        "x-ms-request-id",
        "request-id",
        "x-request-id",
        "audit-id",
        "x-ovh-queryid",
    ];
    let found = names.iter().find_map(|name| response.headers.get(*name));
    found.cloned()
}

/// Code and message of an error, in whatever form it comes.
fn said(body: &[u8]) -> (String, String) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if let Ok(value) = serde_json::from_slice::<Value>(body) {
        let first = |names: &[&str], within: &Value| {
            let found = names.iter().map(|name| text(&within[*name]));
            found
                .into_iter()
                .find(|text| !text.is_empty())
                .unwrap_or_default()
        };
        let inner = if value["error"].is_object() {
            &value["error"]
        } else {
            &value
        };
        let code = first(
            &["status", "code", "reason", "__type", "type", "class"],
            inner,
        );
        // Kubernetes calls every failure "Failure" and has its word beside it.
        let code = match code.as_str() {
            "Failure" => text(&inner["reason"]),
            code => code
                .rsplit(['#', '/'])
                .next()
                .unwrap_or_default()
                .to_owned(),
        };
        return (code, first(&["message", "Message"], inner));
    }
    let Some(value) = wire::xml(body) else {
        return Default::default();
    };
    let places = ["/Error", "/Errors/Error", ""];
    let found = places.iter().filter_map(|place| value.pointer(place));
    let found = found.into_iter().find(|place| place["Code"].is_string());
    found
        .map(|place| (text(&place["Code"]), text(&place["Message"])))
        .unwrap_or_default()
}

fn kind(status: u16, code: &str) -> Kind {
    let has = |words: &[&str]| words.iter().any(|word| code.contains(word));
    if has(&[
        "Throttl",
        "RequestLimitExceeded",
        "TooManyRequests",
        "RESOURCE_EXHAUSTED",
    ]) {
        return Kind::Throttled;
    }
    if has(&[
        "ExpiredToken",
        "InvalidClientTokenId",
        "InvalidAccessKeyId",
        "SignatureDoesNotMatch",
    ]) || has(&[
        "AuthFailure",
        "UnrecognizedClient",
        "InvalidAuthenticationToken",
    ]) {
        return Kind::Credentials;
    }
    if has(&[
        "AccessDenied",
        "UnauthorizedOperation",
        "Forbidden",
        "AuthorizationFailed",
    ]) || has(&[
        "PERMISSION_DENIED",
        "permissions_denied",
        "Authorization_RequestDenied",
    ]) {
        return Kind::Denied;
    }
    if has(&[
        "NoSuch",
        "NotFound",
        "not_found",
        "NOT_FOUND",
        "Request_ResourceNotFound",
    ]) {
        return Kind::NotFound;
    }
    match status {
        401 => Kind::Credentials,
        403 => Kind::Denied,
        404 | 410 => Kind::NotFound,
        409 | 412 => Kind::Conflict,
        408 => Kind::Unanswered,
        429 => Kind::Throttled,
        500.. => Kind::Broken,
        _ => Kind::Rejected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trouble(status: u16, body: &str) -> (Kind, String) {
        let response = Response {
            status,
            body: body.as_bytes().to_vec(),
            ..Response::default()
        };
        let trouble = Trouble::answer("x:Y", &response);
        (trouble.kind, trouble.to_string())
    }

    #[test]
    fn every_provider_is_understood() {
        let table = [
            (
                404,
                "<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>no user</Message></Error></ErrorResponse>",
                Kind::NotFound,
                "x:Y: NoSuchEntity: no user",
            ),
            (
                403,
                "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors></Response>",
                Kind::Denied,
                "x:Y: UnauthorizedOperation: no",
            ),
            (
                503,
                "<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>slow</Message></Error></Errors></Response>",
                Kind::Throttled,
                "x:Y: RequestLimitExceeded: slow",
            ),
            (
                400,
                r#"{"__type":"com.amazonaws.kms#NotFoundException","message":"no key"}"#,
                Kind::NotFound,
                "x:Y: NotFoundException: no key",
            ),
            (
                403,
                r#"{"error":{"code":"Authorization_RequestDenied","message":"no"}}"#,
                Kind::Denied,
                "x:Y: Authorization_RequestDenied: no",
            ),
            (
                409,
                r#"{"error":{"code":409,"status":"ABORTED","message":"etag"}}"#,
                Kind::Conflict,
                "x:Y: ABORTED: etag",
            ),
            (
                404,
                r#"{"type":"not_found","message":"gone"}"#,
                Kind::NotFound,
                "x:Y: not_found: gone",
            ),
            (
                403,
                r#"{"kind":"Status","status":"Failure","reason":"Forbidden","message":"no","code":403}"#,
                Kind::Denied,
                "x:Y: Forbidden: no",
            ),
            // An operation a double does not have is answered with a page for browsers.
            (
                500,
                "<!DOCTYPE HTML><html><h1>oops</p>",
                Kind::Broken,
                "x:Y: the provider answers 500",
            ),
        ];
        for (status, body, kind, text) in table {
            assert_eq!(trouble(status, body), (kind, text.to_owned()), "{body}");
        }
    }

    #[test]
    fn secrets_and_length_are_kept_back() {
        let body = format!("{{\"message\":\"token=hunter2 {}\"}}", "x".repeat(9000));
        let (_, text) = trouble(400, &body);
        assert!(text.len() < 500 && !text.contains("hunter2"), "{text}");
    }
}
