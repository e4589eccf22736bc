//! The block as it is read, and that nothing in it is too long or left out.

use super::*;
use crate::model::coverage::{Capped, Gap, Ignored, RuleCoverage, Skipped, SourceCoverage};
use crate::model::time::Time;

fn report() -> Coverage {
    let skip = |n: u64, reason: &str| Skipped {
        file: format!("AWSLogs/111122223333/CloudTrail/eu-west-1/{n}.json.gz"),
        reason: reason.to_owned(),
        record: None,
        offset: Some(48_213),
        count: n,
    };
    let mut skipped: Vec<Skipped> = (1..=11)
        .map(|n| skip(n, "gzip stream ends early"))
        .collect();
    skipped.push(skip(12, "no JSON"));
    Coverage {
        complete: false,
        files: 1_204,
        bytes: 851_443_712,
        records: 4_318_220,
        duplicates: 118,
        sources: vec![SourceCoverage {
            source: "aws.cloudtrail".to_owned(),
            records: 4_100_000,
            first: Some(Time(0)),
            last: Some(Time(1_700_000_000_000_000_000)),
            accounts: vec!["111122223333".to_owned()],
        }],
        skipped,
        ignored: vec![Ignored {
            file: "digest\u{1b}.json".to_owned(),
            reason: "CloudTrail digest".to_owned(),
            count: 1,
        }],
        capped: vec![Capped {
            what: "duplicate ids".to_owned(),
            limit: 12_000_000,
            effect: "copies of older records may count twice".to_owned(),
        }],
        gaps: vec![Gap {
            source: "aws.cloudtrail".to_owned(),
            account: Some("111122223333".to_owned()),
            region: None,
            from: Time(0),
            to: Time(1_700_000_000_000_000_000),
        }],
        rules: RuleCoverage {
            loaded: 250,
            fired: 17,
            could_not_fire: vec![(
                "aws-s3-read-burst".to_owned(),
                "CloudTrail data events".to_owned(),
            )],
            skipped: vec![("broken".to_owned(), "%admins% has no value".to_owned())],
        },
        ..Coverage::default()
    }
}

#[test]
fn the_block_says_what_is_missing_and_where() {
    insta::assert_snapshot!(lines(&report(), false, 100).join("\n"), @r#"
        read 4,318,220 records in 1,204 files (812.0 MiB), 118 exact copies
        interrupted: what is printed is not all
          aws.cloudtrail: 4,100,000 records, 1970-01-01T00:00:00Z to 2023-11-14T22:13:20Z, 1 account
        skipped 78 records:
          AWSLogs/111122223333/CloudTrail/eu-west-1/1.json.gz at byte 48213: gzip stream ends early
          AWSLogs/111122223333/Clo…Trail/eu-west-1/2.json.gz at byte 48213: gzip stream ends early (2 times)
          AWSLogs/111122223333/Clo…Trail/eu-west-1/3.json.gz at byte 48213: gzip stream ends early (3 times)
          AWSLogs/111122223333/Clo…Trail/eu-west-1/4.json.gz at byte 48213: gzip stream ends early (4 times)
          AWSLogs/111122223333/Clo…Trail/eu-west-1/5.json.gz at byte 48213: gzip stream ends early (5 times)
          AWSLogs/111122223333/Clo…Trail/eu-west-1/6.json.gz at byte 48213: gzip stream ends early (6 times)
          AWSLogs/111122223333/Clo…Trail/eu-west-1/7.json.gz at byte 48213: gzip stream ends early (7 times)
          AWSLogs/111122223333/Clo…Trail/eu-west-1/8.json.gz at byte 48213: gzip stream ends early (8 times)
          AWSLogs/111122223333/Clo…Trail/eu-west-1/9.json.gz at byte 48213: gzip stream ends early (9 times)
          AWSLogs/111122223333/Clo…ail/eu-west-1/10.json.gz at byte 48213: gzip stream ends early (10 times)
          and 11 in 1 further place: gzip stream ends early
          and 12 in 1 further place: no JSON
          -v lists every one
        no audit records: 1
          CloudTrail digest: 1
        limit of 12,000,000 duplicate ids reached: copies of older records may count twice
        no records of aws.cloudtrail 111122223333 from 1970-01-01T00:00:00Z to 2023-11-14T22:13:20Z
        250 rules loaded, 17 fired
          1 rule could not fire for want of: CloudTrail data events (1)
          1 rule not run: %admins% has no value
            broken
        "#);
}

#[test]
fn verbose_lists_all_and_otherwise_no_line_is_too_long() {
    let all = lines(&report(), true, 100).join("\n");
    assert!(
        all.contains("12.json.gz at byte 48213: no JSON (12 times)"),
        "{all}"
    );
    assert!(
        all.contains("digest\\u{1b}.json: CloudTrail digest (1)"),
        "{all}"
    );
    assert!(!all.contains("-v lists"));
    for width in [40, 60, 80, 120] {
        for line in lines(&report(), false, width) {
            assert!(columns(&line) <= width, "{line}");
        }
    }
}

#[test]
fn quiet_runs_still_tell_of_losses() {
    let mut coverage = report();
    assert!(shortfall(&coverage).is_some_and(|text| text.contains("interrupted")));
    coverage.complete = true;
    assert!(shortfall(&coverage).is_some_and(|text| text.contains("78 records")));
    coverage.skipped.clear();
    assert!(shortfall(&coverage).is_some_and(|text| text.contains("limit")));
    coverage.capped.clear();
    assert_eq!(shortfall(&coverage), None);
}
