//! The index only saves work: every rule judged on every record finds the same.

mod common;

use common::judge::Judge;
use ctadel::normalize::SOURCES;

fn agree(rules: &ctadel::detect::ast::RuleSet) -> usize {
    let judge = Judge::new(rules);
    let mut matcher = judge.matcher();
    let mut found = 0;
    for raw in common::all_records() {
        let (through, past) = judge.both(&mut matcher, &raw);
        assert_eq!(through, past, "{}", String::from_utf8_lossy(&raw));
        found += past.len();
    }
    found
}

#[test]
fn built_in_rules_find_the_same() {
    assert!(agree(&common::builtin()) > 500);
}

#[test]
fn community_rules_find_the_same() {
    if let Some(rules) = common::community() {
        assert!(agree(&rules) > 500);
    }
}

/// An address that stands in either of two places selects rules by the one that is there.
#[test]
fn names_of_several_places_find_the_same() {
    let rules = common::rules_of(
        "title: Sign-in from there
id: 7f0a5c1e-1111-4222-8333-444455556666
logsource: {product: azure, service: signinlogs}
detection:
  there:
    IPAddress: 203.0.113.9
  condition: there
level: low
",
    );
    let source = SOURCES.iter().find(|own| own.name == "entra.signin");
    let judge = Judge::of(source.expect("a source of that name"), &rules);
    let mut matcher = judge.matcher();
    let found = ["198.51.100.7", "203.0.113.9", "198.51.100.7"].map(|address| {
        let raw = format!(
            r#"{{"time":"2026-01-01T00:00:00Z","category":"SignInLogs","operationName":"Sign-in activity","properties":{{"id":"a","ipAddress":"{address}"}}}}"#
        );
        let (through, past) = judge.both(&mut matcher, raw.as_bytes());
        assert_eq!(through, past, "{raw}");
        past.len()
    });
    assert_eq!(found, [0, 1, 0]);
}

/// What is remembered of values has bounds: behind them they are judged anew.
#[test]
fn values_too_long_or_too_many_to_remember_find_the_same() {
    let rules = common::rules_of(
        "title: Tool
id: 7f0a5c1e-1111-4222-8333-444455556667
logsource: {product: aws, service: cloudtrail}
detection:
  tool:
    userAgent|contains: [zap, sqlmap]
  mine:
    userAgent|endswith: mine
  condition: tool and not mine
level: low
",
    );
    let judge = Judge::new(&rules);
    let mut matcher = judge.matcher();
    let mut found = 0;
    // Every value comes twice in turn and once more when the first ones are forgotten.
    for number in (0..6_000).flat_map(|number| [number, number]).chain(0..500) {
        let long = if number % 5 == 0 {
            "x".repeat(600)
        } else {
            String::new()
        };
        let tool = ["zap", "curl", "zap/mine"][number % 3];
        let raw = format!(
            r#"{{"eventTime":"2026-01-01T00:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","userAgent":"{long}{number}/{tool}"}}"#
        );
        let (through, past) = judge.both(&mut matcher, raw.as_bytes());
        assert_eq!(through, past, "{raw}");
        found += past.len();
    }
    assert_eq!(found, 2 * 2_000 + 167);
}
