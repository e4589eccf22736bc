//! Queries as people type them, and as they mistype them.

use super::parse::Value;
use super::*;

fn word(text: &str) -> Value {
    Value::Word(text.to_owned())
}

fn field(name: &str, value: Value) -> Query {
    Query::Field(name.to_owned(), value)
}

#[test]
fn queries_are_understood() {
    let text = |text: &str| Query::Text(word(text));
    let not = |query| Query::Not(Box::new(query));
    let a = || field("action", word("s3:Get*"));
    let table = [
        ("alice", text("alice")),
        ("action:s3:Get*", a()),
        ("ACTION=s3:Get* ", field("ACTION", word("s3:Get*"))),
        (
            "action:s3:Get* NOT region:eu-*",
            Query::And(vec![a(), not(field("region", word("eu-*")))]),
        ),
        (
            "a or b and c",
            Query::Or(vec![text("a"), Query::And(vec![text("b"), text("c")])]),
        ),
        (
            "(a OR b) c",
            Query::And(vec![Query::Or(vec![text("a"), text("b")]), text("c")]),
        ),
        (
            "outcome:(denied OR failed)",
            Query::Or(vec![
                field("outcome", word("denied")),
                field("outcome", word("failed")),
            ]),
        ),
        (
            "action:(s3:Get* or 10:5)",
            Query::Or(vec![a(), field("action", word("10:5"))]),
        ),
        ("n>=5", field("n", Value::Compare(">=", 5.0))),
        ("a.b:<0.5", field("a.b", Value::Compare("<", 0.5))),
        ("a!=b", not(field("a", word("b")))),
        (
            "name:\"a * \\\" b\"",
            field("name", Value::Quoted("a * \" b".to_owned())),
        ),
        ("a:/^x.y$/", field("a", Value::Regex("^x.y$".to_owned()))),
        (
            "\"two words\"",
            Query::Text(Value::Quoted("two words".to_owned())),
        ),
        ("or:x", field("or", word("x"))),
        ("arn:aws:iam::1:user/x", text("arn:aws:iam::1:user/x")),
        ("2001:db8::1", text("2001:db8::1")),
    ];
    for (query, want) in table {
        assert_eq!(Query::parse(query), Ok(want), "{query}");
    }
}

#[test]
fn mistakes_name_their_place() {
    let table = [
        ("", "character 1: something is missing at the end"),
        ("a or", "character 5: something is missing at the end"),
        ("and a", "character 1: and joins nothing"),
        ("(a", "character 1: ( is never closed"),
        ("a)", "character 2: ) without ("),
        ("()", "character 2: something is missing before )"),
        ("a:\"b", "character 3: \" is never closed"),
        ("a:", "character 3: a has no value"),
        (
            "n>x",
            "character 3: > compares with a number, not with \"x\"",
        ),
        ("a:/(/", "character 3: a malformed expression"),
        ("\"\"", "character 1: nothing stands between the quotes"),
    ];
    for (query, want) in table {
        let error = Query::parse(query).expect_err(query);
        assert_eq!(error.to_string(), want, "{query}");
    }
    let deep = "(".repeat(100_000);
    assert!(Query::parse(&deep).is_err());
    let deep = format!("{}a", "not ".repeat(100_000));
    assert!(Query::parse(&deep).is_err());
}

#[test]
fn every_source_gets_a_rule_and_late_fields_none() {
    let query = Query::parse("source:aws.* target:x requestParameters.name:y").expect("good");
    let set = rules(&query).expect("bound");
    assert_eq!(set.rules.len(), crate::normalize::SOURCES.len());
    for text in [
        "ctadel.first_seen:region",
        "not (a or CTADEL.actor.root:x)",
        "time:x",
    ] {
        let query = Query::parse(text).expect("good");
        assert!(rules(&query).is_err(), "{text}");
    }
}
