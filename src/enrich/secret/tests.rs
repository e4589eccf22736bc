use serde_json::json;

use super::*;

fn masked(mut value: Value) -> Value {
    mask_json(&mut value);
    value
}

#[test]
fn fields_and_texts() {
    for (key, value, want) in [
        ("sessionToken", "EXAMPLE", Some("[masked]")),
        ("Authorization", "Bearer x", Some("[masked]")),
        (
            "authorization",
            r#"{"action":"a/write","scope":"/subscriptions/x"}"#,
            None,
        ),
        ("password", "", None),
        ("password", "HIDDEN_DUE_TO_SECURITY_REASONS", None),
        ("password", "****", None),
        ("password", "[masked]", None),
        ("accessKeyId", "AKIAIOSFODNN7EXAMPLE", None),
        ("command", "curl -u a", None),
        (
            "command",
            "export API_TOKEN=abcdEXAMPLE",
            Some("export API_TOKEN=[masked]"),
        ),
        ("secretString", r#"{"user":"a"}"#, Some("[masked]")),
    ] {
        assert_eq!(mask(key, value).as_deref(), want, "{key}: {value}");
    }
    assert_eq!(mask_text("nothing to hide"), None);
}

#[test]
fn the_answer_to_assume_role() {
    let record = json!({
        "eventName": "AssumeRole",
        "responseElements": {"credentials": {
            "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
            "sessionToken": "IQoJEXAMPLE",
            "expiration": "Jul 10, 2023 12:24:29 PM"}},
        "requestParameters": {"tokenCode": 123456, "maxResults": 100, "nextToken": "abc"},
        "additionalEventData": null,
    });
    let mut want = record.clone();
    want["responseElements"]["credentials"]["sessionToken"] = json!(MASK);
    want["requestParameters"]["tokenCode"] = json!(MASK);
    assert_eq!(masked(record), want);
    assert_eq!(masked(want.clone()), want);
}

#[test]
fn values_beside_their_names() {
    assert_eq!(
        masked(json!({"keys": [
            {"keyName": "key1", "value": "EXAMPLE", "permissions": "FULL"},
            {"keyName": "colour", "value": "blue"}]})),
        json!({"keys": [
            {"keyName": "key1", "value": MASK, "permissions": "FULL"},
            {"keyName": "colour", "value": "blue"}]})
    );
    assert_eq!(
        masked(
            json!([{"parameterKey": "DBPassword", "parameterValue": "hunter2"}, {"SHOP_TOKEN": "hunter2"}])
        ),
        json!([{"parameterKey": "DBPassword", "parameterValue": MASK}, {"SHOP_TOKEN": MASK}])
    );
    assert_eq!(
        masked(json!({"env": [
            {"name": "DB_PASSWORD", "value": "hunter2"},
            {"name": "DB_TOKEN", "valueFrom": {"secretKeyRef": {"name": "db", "key": "token"}}},
            {"name": "REGION", "value": "eu-west-3"},
            {"name": "EMPTY_TOKEN", "value": null}]})),
        json!({"env": [
            {"name": "DB_PASSWORD", "value": MASK},
            {"name": "DB_TOKEN", "valueFrom": {"secretKeyRef": {"name": "db", "key": "token"}}},
            {"name": "REGION", "value": "eu-west-3"},
            {"name": "EMPTY_TOKEN", "value": null}]})
    );
}

#[test]
fn kubernetes_secrets() {
    let applied = "kubectl.kubernetes.io/last-applied-configuration";
    assert_eq!(
        masked(json!({"kind": "Secret", "type": "Opaque",
            "metadata": {"name": "db", "annotations": {applied: "{\"data\":{}}", "team": "shop"}},
            "data": {"user": "YQ==", "n": 7}, "stringData": "odd"})),
        json!({"kind": "Secret", "type": "Opaque",
            "metadata": {"name": "db", "annotations": {applied: MASK, "team": "shop"}},
            "data": {"user": MASK, "n": MASK}, "stringData": MASK})
    );
    assert_eq!(
        masked(json!({"kind": "SecretList", "items": [{"data": {"a": "YQ=="}}, 7]})),
        json!({"kind": "SecretList", "items": [{"data": {"a": MASK}}, 7]})
    );
    // The same words elsewhere are not secret.
    let map = json!({"kind": "ConfigMap", "data": {"mode": "fast"}});
    assert_eq!(masked(map.clone()), map);
}

#[test]
fn json_inside_strings() {
    let body = r#"{"keys":[{"keyName":"key1","value":"EXAMPLE"}]}"#;
    assert_eq!(
        masked(json!({"properties": {"responseBody": body}})),
        json!({"properties": {"responseBody": r#"{"keys":[{"keyName":"key1","value":"[masked]"}]}"#}})
    );
    // Twice wrapped, with blanks, and nothing to hide: byte for byte the same.
    let twice = json!({"message": json!({"inner": body}).to_string()});
    let got = masked(twice).to_string();
    assert!(
        got.contains("[masked]") && !got.contains("EXAMPLE"),
        "{got}"
    );
    for text in ["{ \"b\": 1,  \"a\": 2 }", "{broken", "[1, 2]"] {
        assert_eq!(
            masked(json!({"policyDocument": text})),
            json!({"policyDocument": text})
        );
    }
    // A broken document is still looked at as text.
    assert_eq!(
        masked(json!(r#"{"x": "Bearer EXAMPLEEXAMPLEEXAMPLE"#)),
        json!(r#"{"x": "Bearer [masked]"#)
    );
}

#[test]
fn deep_values_end() {
    let mut value = json!("x");
    for _ in 0..100 {
        value = json!({"a": [value]});
    }
    let want = value.clone();
    assert_eq!(masked(value), want);
}
