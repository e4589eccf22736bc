use super::*;

fn facts(text: &str) -> PolicyFacts {
    judge(text).unwrap_or_else(|| panic!("no policy: {text}"))
}

fn accounts(text: &str) -> String {
    let all: Vec<_> = facts(text).accounts.into_iter().collect();
    all.join(" ")
}

#[test]
fn identity_policies() {
    for (text, admin) in [
        (
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
            true,
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":["s3:*","iam:*"],"Resource":["*"]}}"#,
            true,
        ),
        (
            r#"{"Statement":[{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}]}"#,
            true,
        ),
        (
            r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}"#,
            true,
        ),
        (
            r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/a":"b"}}}]}"#,
            false,
        ),
        (
            r#"{"Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#,
            false,
        ),
        (
            r#"{"Statement":[{"Effect":"Deny","Action":"iam:*","Resource":"*"},{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
            true,
        ),
        (
            r#"{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}"#,
            false,
        ),
        (r#"{"Statement":[{"Action":"*","Resource":"*"}]}"#, false),
        // One broken statement does not hide another.
        (
            r#"{"Statement":[null,"x",{"Effect":7},{"Effect":"allow","Action":"*","Resource":"*"}]}"#,
            true,
        ),
    ] {
        let facts = facts(text);
        assert_eq!(facts.admin, admin, "{text}");
        assert!(!facts.public && facts.accounts.is_empty(), "{text}");
    }
}

#[test]
fn trust_and_resource_policies() {
    let bucket = r#"{"Version":"2012-10-17","Statement":[
        {"Sid":"a","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:root"},
         "Action":"*","Resource":"*"},
        {"Sid":"b","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}]}"#;
    assert_eq!(accounts(bucket), "444455556666");
    assert!(!facts(bucket).admin && !facts(bucket).public);

    let public = r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}"#;
    assert!(facts(public).public && !facts(public).admin);
    let own_org = r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject",
        "Resource":"arn:aws:s3:::b/*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-exampleorg"}}}]}"#;
    assert!(!facts(own_org).public);
    let both = r#"{"Statement":[
        {"Effect":"Allow","Principal":"*","Action":"sqs:*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-exampleorg"}}},
        {"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage"}]}"#;
    assert!(facts(both).public);

    let permission = r#"{"Sid":"backdoor","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction",
        "Resource":"arn:aws:lambda:eu-west-3:111122223333:function:f"}"#;
    assert!(facts(permission).public);
}

#[test]
fn percent_encoded_trust_policies() {
    let text = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C\
        %22Principal%22%3A%7B%22AWS%22%3A%22arn%3Aaws%3Aiam%3A%3A444455556666%3Aroot%22%2C%22Service%22%3A\
        %22ec2.amazonaws.com%22%2C%22Federated%22%3A%22accounts.google.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D";
    let facts = facts(text);
    assert_eq!(accounts(text), "444455556666");
    assert_eq!(facts.services, ["ec2.amazonaws.com"]);
    assert_eq!(facts.federated, ["accounts.google.com"]);
    assert!(!facts.admin && !facts.public && !facts.has_external_id);
}

#[test]
fn lists_are_sorted_and_without_doubles() {
    let text = r#"{"Statement":[
        {"Effect":"Allow","Principal":{"Service":["z.amazonaws.com","a.amazonaws.com"]},"Action":"x:y"},
        {"Effect":"Allow","Principal":{"Service":"a.amazonaws.com","AWS":["123456789012","111122223333"]},"Action":"x:y"}]}"#;
    assert_eq!(facts(text).services, ["a.amazonaws.com", "z.amazonaws.com"]);
    assert_eq!(accounts(text), "111122223333 123456789012");
}

#[test]
fn an_external_id_counts_when_nobody_gets_in_without() {
    let asks = r#"{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"e1"}}}"#;
    let asks_not =
        r#"{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"sts:AssumeRole"}"#;
    let service = r#"{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}"#;
    for (statements, want) in [
        (asks.to_owned(), true),
        (format!("{asks},{service}"), true),
        (format!("{asks},{asks_not}"), false),
        (service.to_owned(), false),
    ] {
        let text = format!("{{\"Statement\":[{statements}]}}");
        assert_eq!(facts(&text).has_external_id, want, "{text}");
    }
}

#[test]
fn what_is_no_policy_is_none() {
    for text in [
        "",
        "arn:aws:iam::aws:policy/AdministratorAccess",
        "{",
        "null",
        "[]",
        "{}",
        r#"{"bindings":[{"members":["user:a@example.com"],"role":"roles/owner"}]}"#,
        r#"{"name":"Exclude MFA","uid":"00example"}"#,
        "invalid-json-policy",
        "%7B%",
        "\u{0}",
    ] {
        assert_eq!(judge(text), None, "{text}");
    }
}

#[test]
fn hostile_documents_end_in_an_answer() {
    // Deeper than any parser goes.
    assert_eq!(judge(&"[".repeat(200_000)), None);
    assert_eq!(
        judge(&format!("{{\"Statement\":{}", "{\"a\":".repeat(100_000))),
        None
    );
    // Twice the same key: the last one counts.
    let twice = r#"{"Statement":[{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    assert!(facts(twice).admin);
    // A document of 100 KB and more, with the one bad statement at its end.
    let filler = r#"{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::b/*"},"#;
    let large = format!(
        "{{\"Statement\":[{}{{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}]}}",
        filler.repeat(1_500)
    );
    assert!(large.len() > 100_000 && facts(&large).admin);
    // A pattern that makes naive matchers run for ever.
    let stars = "*a".repeat(2_000);
    let text = format!(
        r#"{{"Statement":[{{"Effect":"Allow","Action":"{stars}","Resource":"{stars}"}}]}}"#
    );
    assert!(!facts(&text).admin);
    // Every cut of a document ends in an answer.
    let whole = r#"%7B"Statement":[{"Effect":"Allow","Principal":{"AWS":["é","*"]},"Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}}]}"#;
    for (at, _) in whole.char_indices() {
        let _ = judge(&whole[..at]);
        let _ = judge(&whole[at..]);
    }
}
