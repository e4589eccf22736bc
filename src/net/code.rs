//! What a refusal says.
//!
//! Enters: the body of an answer that is not a success. Leaves: the provider's code and words,
//! whichever of a dozen shapes they came in; an HTML page says nothing.

use serde_json::Value;

/// Words of a provider that are shown.
const LONGEST: usize = 300;

/// Code and message.
pub(super) fn of(body: &[u8], aws_code: Option<&str>) -> (String, String) {
    let (code, message) = match serde_json::from_slice::<Value>(body) {
        Ok(value) => json(&value),
        Err(_) => xml(&String::from_utf8_lossy(&body[..body.len().min(16 << 10)])),
    };
    let code = match (&*code, aws_code) {
        ("", Some(header)) => header.to_owned(),
        _ => code,
    };
    // `com.amazon.coral#ThrottlingException:http://…`
    let code = code.rsplit('#').next().unwrap_or_default();
    let code = code.split(':').next().unwrap_or_default();
    (short(code), short(&message))
}

fn json(value: &Value) -> (String, String) {
    let inner = value.get("error").filter(|inner| inner.is_object());
    let places = [inner, Some(value)];
    let find = |names: &[&str]| {
        let mut found = places.iter().flatten().flat_map(|place| {
            names
                .iter()
                .filter_map(|name| place.get(name).and_then(Value::as_str))
        });
        found.next().unwrap_or_default().to_owned()
    };
    let code = find(&[
        "__type",
        "status",
        "code",
        "Code",
        "errorCode",
        "error",
        "type",
        "errorClass",
    ]);
    let message = find(&[
        "message",
        "Message",
        "errorMessage",
        "error_description",
        "errorSummary",
        "errorCauses",
        "reason",
    ]);
    (code, message)
}

fn xml(text: &str) -> (String, String) {
    let tag = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        let (inner, _) = rest.split_once(&format!("</{name}>"))?;
        Some(inner.to_owned())
    };
    (
        tag("Code").unwrap_or_default(),
        tag("Message").unwrap_or_default(),
    )
}

fn short(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape() {
        let table: [(&str, &str, &str); 9] = [
            (
                r#"{"__type":"com.amazon#ThrottlingException","message":"Rate exceeded"}"#,
                "ThrottlingException",
                "Rate exceeded",
            ),
            (
                r#"{"error":{"code":403,"status":"PERMISSION_DENIED","message":"no"}}"#,
                "PERMISSION_DENIED",
                "no",
            ),
            (
                r#"{"error":{"code":"AuthorizationFailed","message":"no"}}"#,
                "AuthorizationFailed",
                "no",
            ),
            (
                r#"{"error":"invalid_client","error_description":"AADSTS7000215"}"#,
                "invalid_client",
                "AADSTS7000215",
            ),
            (
                r#"{"type":"denied_authentication","message":"x"}"#,
                "denied_authentication",
                "x",
            ),
            (
                r#"{"errorCode":"E0000006","errorSummary":"no"}"#,
                "E0000006",
                "no",
            ),
            (
                "<?xml?><ErrorResponse><Error><Code>AccessDenied</Code><Message>not yours</Message></Error></ErrorResponse>",
                "AccessDenied",
                "not yours",
            ),
            ("<!doctype html><h1>Internal Server Error</h1>", "", ""),
            ("", "", ""),
        ];
        for (body, code, message) in table {
            let found = of(body.as_bytes(), None);
            assert_eq!(found, (code.to_owned(), message.to_owned()), "{body}");
        }
        let header = of(b"", Some("ExpiredTokenException:http://internal/"));
        assert_eq!(header.0, "ExpiredTokenException");
        let long = of(
            format!(r#"{{"message":"{}"}}"#, "é".repeat(999)).as_bytes(),
            None,
        );
        assert_eq!(long.1.chars().count(), LONGEST + 1);
    }
}
