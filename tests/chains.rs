//! Correlations of correlations: when they stand, what they show.
//!
//! Events of one user in, findings out.

mod common;

use common::rules_of;
use ctadel::enrich::derive::Context;

const RULES: &str = "\
title: read
name: read
level: low
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventName: GetObject}, condition: s}
---
title: delete
name: delete
level: low
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventName: DeleteObjects}, condition: s}
---
title: reads
name: reads
level: low
correlation:
  type: event_count
  rules: [read]
  group-by: [userIdentity.arn]
  timespan: 10m
  condition: {gte: 3}
---
title: chain
name: chain
level: high
correlation:
  type: temporal_ordered
  rules: [reads, delete]
  group-by: [userIdentity.arn]
  timespan: 1h
";

fn event(call: &str, minute: u32) -> Vec<u8> {
    format!(
        r#"{{"eventVersion":"1.11","eventTime":"2026-05-12T10:{minute:02}:00Z","eventSource":"s3.amazonaws.com","eventName":"{call}","awsRegion":"eu-west-1","sourceIPAddress":"198.51.100.40","eventID":"{call}-{minute}","recipientAccountId":"111122223333","userIdentity":{{"type":"IAMUser","principalId":"AIDA454ML6LG4TEXAMPLE","arn":"arn:aws:iam::111122223333:user/lena","accountId":"111122223333","userName":"lena","accessKeyId":"AKIAJFCZ4KAEDEXAMPLE"}}}}"#
    )
    .into_bytes()
}

fn chain(deleted: u32) -> Vec<ctadel::model::Finding> {
    let mut events: Vec<Vec<u8>> = [1, 3, 5].map(|minute| event("GetObject", minute)).into();
    events.push(event("DeleteObjects", deleted));
    let events: Vec<&[u8]> = events.iter().map(Vec::as_slice).collect();
    let rules = rules_of(RULES);
    ctadel::replay(&rules, &Context::default(), &events)
        .expect("runs")
        .findings
}

#[test]
fn a_chain_shows_every_record_and_its_members_are_silent() {
    let found = chain(20);
    let [finding] = found.as_slice() else {
        panic!("{found:#?}")
    };
    assert_eq!(finding.rule.id, "chain");
    assert_eq!((finding.count, finding.evidence.len()), (4, 4));
}

/// The count holds from its third event on: a deletion before that came first.
#[test]
fn a_count_stands_where_it_first_holds() {
    assert_eq!(chain(4).len(), 0);
    assert_eq!(chain(6).len(), 1);
}

/// Reads went on long before, without a pause, and another user's do not count.
#[test]
fn what_had_gone_on_before_hides_no_later_step() {
    const THEN: &str = "\
---
title: deletes
name: deletes
level: low
correlation: {type: event_count, rules: [delete], group-by: [userIdentity.arn], timespan: 5m, condition: {gte: 1}}
---
title: then
name: then
level: high
correlation: {type: temporal_ordered, rules: [deletes, reads], group-by: [userIdentity.arn], timespan: 15m}
";
    let rules = rules_of(&format!("{RULES}{THEN}"));
    let events: Vec<Vec<u8>> = (0..30)
        .map(|minute| event("GetObject", minute))
        .chain([4, 25].map(|minute| event("DeleteObjects", minute)))
        .collect();
    let told = |events: &[Vec<u8>]| -> Vec<(u64, usize)> {
        let events: Vec<&[u8]> = events.iter().map(Vec::as_slice).collect();
        let report = ctadel::replay(&rules, &Context::default(), &events).expect("runs");
        let found = report.findings.iter().filter(|one| one.rule.id == "then");
        found.map(|one| (one.count, one.evidence.len())).collect()
    };
    // Each deletion, and what was read in the ten minutes before and the fifteen after it.
    assert_eq!(told(&events), [(21, 21), (16, 16)]);
    let quiet: Vec<Vec<u8>> = events[..30].to_vec();
    assert_eq!(told(&quiet), []);
}

/// The buckets that a count over calls on them names; `refused` says which calls failed.
fn named(refused: [bool; 3]) -> Vec<String> {
    let events = refused.iter().zip(1..).map(|(refused, minute)| {
        let error = match refused {
            true => r#""errorCode":"AccessDenied","#,
            false => "",
        };
        let bucket = format!(
            r#"{{{error}"requestParameters":{{"bucketName":"bucket-{minute}","key":"k"}},"#
        );
        let event = String::from_utf8(event("GetObject", minute)).expect("text");
        event.replacen('{', &bucket, 1).into_bytes()
    });
    let events: Vec<Vec<u8>> = events.collect();
    let events: Vec<&[u8]> = events.iter().map(Vec::as_slice).collect();
    let (count, _) = RULES
        .split_once("---\ntitle: chain")
        .expect("the last rule");
    let report = ctadel::replay(&rules_of(count), &Context::default(), &events).expect("runs");
    let mut findings = report.findings.iter();
    let reads = findings.find(|finding| &*finding.rule.id == "reads");
    let targets = reads.expect("three reads are a count").targets.iter();
    let buckets = targets.filter(|target| target.kind == "bucket");
    buckets.map(|target| target.name.clone()).collect()
}

#[test]
fn what_was_only_tried_for_is_no_target_of_what_was_done() {
    assert_eq!(named([false, true, false]), ["bucket-1", "bucket-3"]);
    assert_eq!(named([true, true, true]).len(), 3);
}
