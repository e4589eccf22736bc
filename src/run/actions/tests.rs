use super::*;
use crate::detect::ast::RuleSet;
use crate::detect::load::{Vars, load_str};
use crate::detect::programs::Programs;
use crate::enrich::derive::Context;
use crate::load::Batch;
use crate::model::Finding;
use crate::model::rule::Origin;
use crate::normalize::catalogue::Known as Catalogue;
use crate::normalize::source::{Source, Steps};
use crate::normalize::{aws_cloudtrail, hash};
use crate::run::store::Caps;
use crate::run::worker::Worker;

/// CloudTrail records, of which some tell the beginning of an action and some its end.
static SOURCE: Source = Source {
    steps: Some(Steps {
        stage: |record| match record.text_at("additionalEventData.stage").as_deref() {
            Some("begin") => Stage::Begins,
            Some("end") => Stage::Ends,
            _ => Stage::Whole,
        },
        action: |record| hash(&[record.at("requestID").unwrap_or_default()]),
        steady: &["eventName", "userIdentity"],
    }),
    outcome: |record| match record.text_at("additionalEventData.stage").as_deref() {
        Some("begin") => Outcome::Pending,
        _ => (aws_cloudtrail::SOURCE.outcome)(record),
    },
    ..aws_cloudtrail::SOURCE
};

const RULES: &str = r#"
title: Named
name: named
level: high
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventName: PutThing}, condition: s}
---
title: Asked and done
name: asked-and-done
level: high
logsource: {product: aws, service: cloudtrail}
detection:
  s: {eventName: PutThing, requestParameters.size: big, ctadel.outcome: success}
  condition: s
---
title: Asked and answered
name: answered
level: low
logsource: {product: aws, service: cloudtrail}
detection:
  s: {eventName: PutThing, requestParameters.size: big, responseElements.id: '7'}
  not_small: {requestParameters.size: small}
  gone: {responseElements.gone|exists: true}
  condition: s and not not_small and not gone
---
title: Three of them
name: three
level: medium
logsource: {product: aws, service: cloudtrail}
correlation:
  type: value_count
  rules: [named]
  group-by: [userIdentity.arn]
  generate: true
  timespan: 1h
  condition: {gte: 3, field: requestID}
"#;

fn record(id: u32, action: u32, second: u32, stage: &str, more: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.08","eventID":"00000000-0000-4000-8000-{id:012}",
"eventTime":"2026-05-12T09:59:{second:02}Z","eventSource":"s3.amazonaws.com","eventName":"PutThing",
"awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.9","requestID":"r-{action}",
"userIdentity":{{"type":"IAMUser","principalId":"AIDAEXAMPLE","arn":"arn:aws:iam::111122223333:user/a","accountId":"111122223333","userName":"a"}},
"additionalEventData":{{"stage":"{stage}"}}{more}}}"#
    )
}

fn findings(records: &[String], caps: Caps) -> Vec<Finding> {
    let rules = load_str("t.yml", RULES, Origin::File, &Vars::new()).expect("good rules");
    run(&rules, records, caps)
}

fn run(rules: &RuleSet, records: &[String], caps: Caps) -> Vec<Finding> {
    let programs = Programs::new([&SOURCE], rules, true);
    let context = Context::default();
    let shared = Shared {
        programs: &programs,
        context: &context,
        catalogue: Catalogue::new(programs.sources(), &programs, None),
        window: None,
        load: crate::load::Options::default(),
        shown: Severity::Informational,
        count: None,
        pick: None,
        spare: Default::default(),
    };
    let enough = crate::run::correlate::enough(rules);
    let mut store = Store::new(&shared, caps, enough);
    let mut worker = Worker::new(&shared);
    for (ordinal, record) in records.iter().enumerate() {
        let batch = Batch::of_bytes(ordinal as u64, "events", record.as_bytes());
        store.absorb(&mut worker.run(batch));
    }
    let known = Known::new(&store, true);
    crate::run::decide::candidates(&mut store, &shared, &known);
    let fired = crate::run::correlate::correlate(&mut store, rules, &known);
    let mut maker = crate::run::findings::Maker::new(store, fired, known);
    let packed = maker.packed(rules);
    packed.iter().map(|packed| maker.whole(packed)).collect()
}

/// What is told of a finding, without what the order of the input decides.
fn told(findings: &[Finding]) -> Vec<String> {
    let mut all: Vec<String> = findings
        .iter()
        .map(|finding| {
            let mut uids: Vec<&str> = finding.evidence.iter().map(|e| &e.uid[33..]).collect();
            uids.sort_unstable();
            format!(
                "{} {} x{} {} of {:?}/{} {}..{}",
                finding.rule.id,
                finding.id,
                finding.count,
                finding.outcome.word(),
                uids,
                finding.evidence_total,
                finding.time,
                finding.end_time
            )
        })
        .collect();
    all.sort();
    all
}

const ASKED: &str = r#","requestParameters":{"size":"big"}"#;
const DONE: &str = r#","responseElements":{"id":7}"#;

#[test]
fn an_action_is_one_finding_whatever_the_order_of_its_records() {
    let records = [
        record(1, 1, 1, "begin", ASKED),
        record(2, 1, 2, "begin", ""),
        record(3, 1, 58, "end", DONE),
        // The next action begins, and that is all that is known of it.
        record(4, 2, 30, "begin", ASKED),
    ];
    let expected = told(&findings(&records, Caps::default()));
    let mut short: Vec<String> = expected
        .iter()
        .map(|line| {
            let (rule, rest) = line.split_once(' ').expect("two words");
            format!("{rule} {}", rest.split_once(' ').expect("more").1)
        })
        .collect();
    short.sort();
    assert_eq!(
        short,
        [
            r#"answered x1 success of ["001", "002", "003"]/3 2026-05-12T09:59:01Z..2026-05-12T09:59:58Z"#,
            r#"asked-and-done x1 success of ["001", "002", "003"]/3 2026-05-12T09:59:01Z..2026-05-12T09:59:58Z"#,
            r#"named x1 pending of ["004"]/1 2026-05-12T09:59:30Z..2026-05-12T09:59:30Z"#,
            r#"named x1 success of ["001", "002", "003"]/3 2026-05-12T09:59:01Z..2026-05-12T09:59:58Z"#,
        ]
    );
    for order in [[3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 2, 0], [0, 2, 1, 3]] {
        let shuffled: Vec<String> = order.iter().map(|at| records[*at].clone()).collect();
        assert_eq!(told(&findings(&shuffled, Caps::default())), expected);
    }
}

#[test]
fn what_the_end_says_decides() {
    let denied = r#","errorCode":"AccessDenied""#;
    let refused = [
        record(1, 1, 1, "begin", ASKED),
        record(2, 1, 2, "end", denied),
    ];
    let all = findings(&refused, Caps::default());
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(all[0].rule.id, "named");
    assert_eq!(all[0].outcome, Outcome::Denied);
    assert_eq!(all[0].severity, Severity::Medium);
    let gone = r#","responseElements":{"id":7,"gone":true}"#;
    let gone = [
        record(1, 1, 1, "begin", ASKED),
        record(2, 1, 2, "end", gone),
    ];
    let rules: Vec<String> = findings(&gone, Caps::default())
        .iter()
        .map(|finding| finding.rule.id.clone())
        .collect();
    assert_eq!(rules, ["named", "asked-and-done"]);
}

#[test]
fn a_correlation_counts_actions_and_not_records() {
    let mut records = Vec::new();
    for action in 0..2 {
        records.push(record(action * 2 + 1, action, 1, "begin", ""));
        records.push(record(action * 2 + 2, action, 2, "end", DONE));
    }
    let fired = |records: &[String]| {
        let all = findings(records, Caps::default());
        all.iter().filter(|f| f.rule.id == "three").count()
    };
    assert_eq!(fired(&records), 0);
    records.push(record(9, 9, 5, "end", DONE));
    assert_eq!(fired(&records), 1);
}

#[test]
fn with_the_table_full_the_end_stands_for_the_action() {
    let records = [
        record(1, 1, 1, "begin", ""),
        record(2, 1, 2, "end", DONE),
        record(3, 2, 3, "begin", ""),
        record(4, 2, 4, "end", DONE),
    ];
    let caps = Caps {
        steps: 2,
        ..Caps::default()
    };
    let all = findings(&records, caps);
    let named: Vec<_> = all.iter().filter(|f| f.rule.id == "named").collect();
    assert_eq!(named.len(), 1);
    assert_eq!((named[0].count, named[0].evidence_total), (2, 3));
}
