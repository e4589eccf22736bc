//! What people read, as they see it.

use super::{options, render};
use crate::render::{Format, ViewKind};

#[test]
fn findings_as_a_table_of_80_columns() {
    insta::assert_snapshot!(render(ViewKind::Findings, Format::Table, &options(80)), @r#"
    SEVERITY  TIME                  TITLE                         ID
    high      2026-03-01T09:00:00Z  CloudTrail trail stopped      F-9c2e51d07a3b44f8
    critical  2026-03-01T09:05:00Z  \u{1b}[31mroot\u{202e}gpj …   F-00ff00ff00ff00ff
    "#);
}

#[test]
fn findings_as_a_table_of_120_columns() {
    insta::assert_snapshot!(render(ViewKind::Findings, Format::Table, &options(120)), @r#"
    SEVERITY  TIME                  TITLE                        ACTOR            ACTION                  ID
    high      2026-03-01T09:00:00Z  CloudTrail trail stopped     alice            cloudtrail:StopLogging  F-9c2e51d07a3b44f8
    critical  2026-03-01T09:05:00Z  \u{1b}[31mroot\u{202e}gpj …  \u{1b}[… ; =1+1  process:exec            F-00ff00ff00ff00ff
    "#);
}

#[test]
fn findings_as_a_table_of_200_columns() {
    insta::assert_snapshot!(render(ViewKind::Findings, Format::Table, &options(200)), @r#"
    SEVERITY  TIME                  TITLE                                   ACTOR                       SOURCE IP    ACTION                  TARGET                       OUTCOME  COUNT  ID
    high      2026-03-01T09:00:00Z  CloudTrail trail stopped                alice                       203.0.113.9  cloudtrail:StopLogging  main                         success      1  F-9c2e51d07a3b44f8
    critical  2026-03-01T09:05:00Z  \u{1b}[31mroot\u{202e}gpj 漢字 🦀 <sc…  \u{1b}[31mro…|b `c` ; =1+1               process:exec            =HYPERLINK("h…","click") +1  unknown  1,200  F-00ff00ff00ff00ff
    "#);
}

#[test]
fn incidents_as_a_table() {
    insta::assert_snapshot!(render(ViewKind::Incidents, Format::Table, &options(120)), @r#"
    SEVERITY  SCORE  STATUS         START                 DURATION  TITLE                           FINDINGS  ID
    critical     92  INVESTIGATING  2026-03-01T09:00:00Z  2h 14m    Logging stopped by alice, the…         2  INC-9c2e51d07a
    "#);
}

#[test]
fn one_incident_as_a_page() {
    insta::assert_snapshot!(render(ViewKind::Incident, Format::Table, &options(80)), @r#"
    INC-9c2e51d07a  critical  score 92  INVESTIGATING
    Logging stopped by alice, then \u{1b}[31mroot\u{202e}gpj 漢字 🦀
    <script>alert(1)</script> a|b `c` ; =1+1
    2026-03-01T09:00:00Z to 2026-03-01T11:14:00Z, 2h 14m, 2 findings

      verdict    true-positive
      actors     alice (user), \u{1b}[31mroot\u{202e}gpj 漢字 🦀
                 <script>alert(1)</script> a|b `c` ; =1+1 (unknown)
      from       203.0.113.9
      accounts   111122223333
      providers  aws
      layers     runtime, cloud
      tactics    defense-impairment
      related    INC-0123456789

    Story
      Alice stopped the trail main from 203.0.113.9. Five minutes later a process
      started in pod shop/api-7d9f whose name is \u{1b}[31mroot\u{202e}gpj 漢字 🦀
      <script>alert(1)</script> a|b `c` ; =1+1; password=[masked] stood on its
      command line.

    Path
      pod shop/api-7d9f -> aws-session ASIAIOSFODNN7EXAMPLE
        proven, web-identity-subject = system:serviceaccount:shop:api
          AWSLogs/111122223333/x.json.gz#3

    Timeline
      2026-03-01T09:00:00Z  high      cloud       CloudTrail trail stopped
        alice  cloudtrail:StopLogging  main  success  203.0.113.9
        AWSLogs/111122223333/x.json.gz#7
        F-9c2e51d07a3b44f8
      2026-03-01T09:05:00Z  critical  runtime     \u{1b}[31mroot\u{202e}gpj 漢字 🦀…
        \u{1b}[31mroot\u{202e}gpj 漢字 🦀 <sc…9/","click") +1  unknown  1,200 events
        falco.tar.gz!a|b/events.jsonl#0 +1,199
        F-00ff00ff00ff00ff

    Context
      2 events of the same credentials, none a finding
      2026-03-01T09:00:00Z  cloud       alic…dtrail:StopLogging  denied  2001:db8::1
      2026-03-01T09:01:00Z  cloud       alic…:GetCallerIdentity  denied  2001:db8::1

    Response
      deactivate-key AKIAIOSFODNN7EXAMPLE  can be undone
      Rebuild the pod from a known image.

    Notes
      2026-03-02T08:00:00Z dana: INVESTIGATING, true-positive, asked alice,
      \u{1b}[31mroot\u{202e}gpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; =1+1

    What the input may be missing
      1 record in 1 place could not be read.
      The limit of 12,000,000 duplicate ids was reached: copies of older records may
      count twice.
      No records of aws.cloudtrail for 111122223333 from 2026-03-01T09:10:00Z to
      2026-03-01T10:10:00Z.
      1 rule could not fire for want of: CloudTrail data events (1).
    "#);
}

#[test]
fn a_timeline_as_a_table() {
    insta::assert_snapshot!(render(ViewKind::Timeline, Format::Table, &options(120)), @r#"
    SEVERITY  TIME                  LAYER  ACTOR  ACTION                  OUTCOME  SOURCE IP    FINDING
    high      2026-03-01T09:00:00Z  cloud  alice  cloudtrail:StopLogging  denied   2001:db8::1  F-9c2e51d07a3b44f8
              2026-03-01T09:01:00Z  cloud  alice  sts:GetCallerIdentity   denied   2001:db8::1
    "#);
}

#[test]
fn a_summary_as_a_table() {
    insta::assert_snapshot!(render(ViewKind::Summary, Format::Table, &options(120)), @r#"
    SEVERITY  BY     VALUE                 EVENTS  DENIED  FINDINGS  LAST                  WHAT              FROM
    critical  actor  \u{1b}[31…`c` ; =1+1  12,345      12         2  2026-03-01T11:14:00Z  s3:GetObject, =…  203.0.113.9, 1…
    "#);
}

#[test]
fn findings_as_markdown() {
    insta::assert_snapshot!(render(ViewKind::Findings, Format::Markdown, &options(80)), @r#"
    | Severity | Time | Title | Actor | Action | Target | Outcome | Count | Id |
    | --- | --- | --- | --- | --- | --- | --- | --- | --- |
    | high | 2026-03-01T09:00:00Z | CloudTrail trail stopped | alice | cloudtrail:StopLogging | main | success | 1 | F-9c2e51d07a3b44f8 |
    | critical | 2026-03-01T09:05:00Z | \\u{1b}\[31mroot\\u{202e}gpj 漢字 🦀 &lt;script&gt;alert(1)&lt;/script&gt; a\|b \`c\` ; =1+1 | \\u{1b}\[31mroot\\u{202e}gpj 漢字 🦀 &lt;script&gt;alert(1)&lt;/script&gt; a\|b \`c\` ; =1+1 | process:exec | \=HYPERLINK("http&#58;//203.0.113.9/","click") +1 | unknown | 1200 | F-00ff00ff00ff00ff |
    "#);
}

#[test]
fn one_incident_as_markdown() {
    insta::assert_snapshot!(render(ViewKind::Incident, Format::Markdown, &options(80)), @r#"
    # INC-9c2e51d07a: Logging stopped by alice, then \\u{1b}\[31mroot\\u{202e}gpj 漢字 🦀 &lt;script&gt;alert(1)&lt;/script&gt; a\|b \`c\` ; =1+1

    - **Severity:** critical, score 92
    - **Status:** INVESTIGATING, true-positive
    - **Time:** 2026-03-01T09:00:00Z to 2026-03-01T11:14:00Z, 2h 14m
    - **Actors:** alice, \\u{1b}\[31mroot\\u{202e}gpj 漢字 🦀 &lt;script&gt;alert(1)&lt;/script&gt; a\|b \`c\` ; =1+1
    - **From:** 203.0.113.9
    - **Accounts:** 111122223333
    - **Providers:** aws
    - **Layers:** runtime, cloud
    - **Tactics:** defense-impairment
    - **Related:** INC-0123456789

    ## Story

    Alice stopped the trail main from 203.0.113.9. Five minutes later a process started in pod shop/api-7d9f whose name is \\u{1b}\[31mroot\\u{202e}gpj 漢字 🦀 &lt;script&gt;alert(1)&lt;/script&gt; a\|b \`c\` ; =1+1; password=\[masked\] stood on its command line.

    ## Path

    | From | To | By | Value | Confidence | Evidence |
    | --- | --- | --- | --- | --- | --- |
    | pod:shop/api-7d9f | aws-session:ASIAIOSFODNN7EXAMPLE | web-identity-subject | system:serviceaccount:shop:api | proven | AWSLogs/111122223333/x.json.gz\#3 |

    ## 2 findings

    | Time | Severity | Layer | Title | Actor | Action | Target | Outcome | Count | Evidence | Id |
    | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
    | 2026-03-01T09:00:00Z | high | cloud | CloudTrail trail stopped | alice | cloudtrail:StopLogging | main | success | 1 | AWSLogs/111122223333/x.json.gz\#7 | F-9c2e51d07a3b44f8 |
    | 2026-03-01T09:05:00Z | critical | runtime | \\u{1b}\[31mroot\\u{202e}gpj 漢字 🦀 &lt;script&gt;alert(1)&lt;/script&gt; a\|b \`c\` ; =1+1 | \\u{1b}\[31mroot\\u{202e}gpj 漢字 🦀 &lt;script&gt;alert(1)&lt;/script&gt; a\|b \`c\` ; =1+1 | process:exec | \=HYPERLINK("http&#58;//203.0.113.9/","click") +1 | unknown | 1200 | falco.tar.gz\!a\|b/events.jsonl\#0 +1,199 | F-00ff00ff00ff00ff |

    ## Context

    | Time | Layer | Actor | Action | Target | Outcome | Source IP | Count |
    | --- | --- | --- | --- | --- | --- | --- | --- |
    | 2026-03-01T09:00:00Z | cloud | alice | cloudtrail:StopLogging |  | denied | 2001:db8::1 | 1 |
    | 2026-03-01T09:01:00Z | cloud | alice | sts:GetCallerIdentity |  | denied | 2001:db8::1 | 1 |

    ## Response

    - deactivate-key AKIAIOSFODNN7EXAMPLE (can be undone)
    - Rebuild the pod from a known image.

    ## Notes

    - 2026-03-02T08:00:00Z dana: INVESTIGATING, true-positive, asked alice, \\u{1b}\[31mroot\\u{202e}gpj 漢字 🦀 &lt;script&gt;alert(1)&lt;/script&gt; a\|b \`c\` ; =1+1

    ## What the input may be missing

    - 1 record in 1 place could not be read.
    - The limit of 12,000,000 duplicate ids was reached: copies of older records may count twice.
    - No records of aws.cloudtrail for 111122223333 from 2026-03-01T09:10:00Z to 2026-03-01T10:10:00Z.
    - 1 rule could not fire for want of: CloudTrail data events (1).
    "#);
}
