//! Who acted: records of one log in, the actors of the findings out.

mod common;

use std::io::Write;

use common::{plan, rules_of, scan};
use serde_json::{Value, json};

const RULES: &str = "
title: Call
level: high
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventName|exists: true}, condition: s}
";

/// Ids and kinds of the actors of these identities, each with the service it called and from where.
fn actors(identities: &[(Value, &str, &str)]) -> Vec<(String, &'static str)> {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    for (number, (identity, service, address)) in identities.iter().enumerate() {
        let record = json!({
            "eventVersion": "1.11", "userIdentity": identity, "eventTime": "2026-05-12T08:00:00Z",
            "eventSource": format!("{service}.amazonaws.com"), "eventName": "Call",
            "awsRegion": "eu-west-1", "sourceIPAddress": address, "eventType": "AwsApiCall",
            "recipientAccountId": "111122223333",
            "eventID": format!("6a3b8c1d-2e4f-4a5b-9c6d-{number:012}"),
        });
        writeln!(file, "{record}").expect("written");
    }
    let report = scan(&plan(file.path(), rules_of(RULES)));
    let actors = report.findings.iter().map(|finding| &finding.actor);
    let mut actors: Vec<_> = actors
        .map(|actor| (actor.id.clone(), actor.kind.word()))
        .collect();
    actors.sort();
    actors
}

#[test]
fn whoever_gives_no_id_is_told_apart_by_where_he_comes_from() {
    // A login that failed hides the name it was tried with.
    let hidden = json!({"type": "IAMUser", "principalId": "", "accountId": "111122223333",
        "userName": "HIDDEN_DUE_TO_SECURITY_REASONS", "accessKeyId": ""});
    let found = actors(&[
        (hidden.clone(), "signin", "203.0.113.7"),
        (hidden, "signin", "198.51.100.9"),
    ]);
    let unnamed = |address: &str| (format!("unnamed:111122223333:{address}"), "user");
    assert_eq!(found, [unnamed("198.51.100.9"), unnamed("203.0.113.7")]);
}

#[test]
fn what_no_identity_did_was_done_by_the_service() {
    let service = |name: &str| (format!("{name}.amazonaws.com"), "cloud_service");
    for nobody in [
        json!({"accountId": "111122223333"}),
        json!({"type": "AWSService", "principalId": ""}),
    ] {
        let found = actors(&[
            (nobody.clone(), "kms", "kms.amazonaws.com"),
            (nobody, "ec2", "kms.amazonaws.com"),
        ]);
        assert_eq!(found, [service("ec2"), service("kms")]);
    }
}

#[test]
fn a_kind_of_identity_that_nobody_knows_yet_is_still_who_it_says() {
    let identity = json!({"type": "AgentIdentity", "principalId": "AGNTEXAMPLE1",
        "accountId": "111122223333"});
    let found = actors(&[(identity, "s3", "203.0.113.7")]);
    assert_eq!(found, [("AGNTEXAMPLE1".to_owned(), "unknown")]);
}
