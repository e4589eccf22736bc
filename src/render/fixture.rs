//! Hand-made results for the tests of all outputs, with hostile text in every free field.
//!
//! Two findings, an incident of both, two events, a summary and a coverage.

use std::sync::Arc;

use super::wire::summary::Breakdown;
use super::wire::{AttackNames, SummaryBy, SummaryRow, TimelineEntry};
use super::{Options, Report, View};
use crate::model::attack::Attack;
use crate::model::coverage::{Capped, Gap, Ignored, RuleCoverage, Skipped, SourceCoverage};
use crate::model::event::Class;
use crate::model::incident::{Change, Confidence, Entity, Link};
use crate::model::rule::Origin;
use crate::model::{
    Actor, ActorType, Coverage, Event, Evidence, Finding, Incident, Layer, Outcome, RuleMeta,
    Severity, Status, Suggestion, Target, Time, Verdict,
};

/// Everything at once: escape sequence, direction override, wide text, an emoji, markup, a pipe.
pub(super) const HOSTILE: &str =
    "\u{1b}[31mroot\u{202e}gpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; =1+1";
/// A formula, with the quotes that CSV must double.
pub(super) const FORMULA: &str = "=HYPERLINK(\"http://203.0.113.9/\",\"click\")";

/// Owned results that reports borrow from.
pub(super) struct Fixture {
    pub findings: Vec<Finding>,
    pub incident: Incident,
    pub events: Vec<TimelineEntry>,
    pub summary: Vec<SummaryRow>,
    pub coverage: Coverage,
}

fn time(text: &str) -> Time {
    Time::parse(text).expect("the fixture's times are valid")
}

fn evidence(file: &str, record: u64, uid: &str) -> Evidence {
    Evidence {
        file: Arc::from(file),
        record,
        uid: uid.to_owned(),
    }
}

fn actor(id: &str, name: &str, kind: ActorType, session: Option<&str>) -> Actor {
    Actor {
        id: id.to_owned(),
        name: name.to_owned(),
        kind,
        session: session.map(str::to_owned),
        ..Actor::default()
    }
}

fn trail_stopped() -> Finding {
    Finding {
        id: "F-9c2e51d07a3b44f8".to_owned(),
        rule: Arc::new(RuleMeta {
            id: "aws-cloudtrail-stopped".to_owned(),
            uuid: Some("6d3a1d5e-0000-4000-8000-000000000001".to_owned()),
            title: "CloudTrail trail stopped".to_owned(),
            level: Severity::High,
            attack: vec![Attack {
                tactic: "defense-impairment",
                tactic_id: "TA0112",
                technique: "T1685.002".to_owned(),
            }],
            ..RuleMeta::default()
        }),
        severity: Severity::High,
        time: time("2026-03-01T09:00:00Z"),
        end_time: time("2026-03-01T09:00:00Z"),
        count: 1,
        source: "aws.cloudtrail",
        layer: Layer::Cloud,
        provider: "aws",
        account: Some("111122223333".to_owned()),
        region: Some("eu-west-1".to_owned()),
        actor: Arc::new(actor(
            "aws:111122223333:AIDAEXAMPLE",
            "alice",
            ActorType::User,
            Some("AKIAIOSFODNN7EXAMPLE"),
        )),
        via: vec!["okta:00uEXAMPLE".to_owned()],
        root: "okta:00uEXAMPLE".to_owned(),
        source_ip: Some("203.0.113.9".to_owned()),
        user_agent: Some("aws-cli/2.15".to_owned()),
        action: "cloudtrail:StopLogging".to_owned(),
        outcome: Outcome::Success,
        targets: vec![Target {
            kind: "trail".to_owned(),
            id: "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main".to_owned(),
            name: "main".to_owned(),
            account: None,
        }],
        evidence: vec![evidence("AWSLogs/111122223333/x.json.gz", 7, "e-1")],
        evidence_total: 1,
        group: Vec::new(),
        credentials: vec!["AKIAIOSFODNN7EXAMPLE".to_owned()],
        retold: vec![],
        issued_at: None,
        respond: vec![
            Suggestion::Action {
                action: "start-logging".to_owned(),
                target: "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main".to_owned(),
                reversible: true,
            },
            Suggestion::Advice("Ask alice whether it was planned.".to_owned()),
        ],
        incident: Some("INC-9c2e51d07a".to_owned()),
        key: 1,
    }
}

fn hostile_burst() -> Finding {
    Finding {
        id: "F-00ff00ff00ff00ff".to_owned(),
        rule: Arc::new(RuleMeta {
            id: HOSTILE.to_owned(),
            title: HOSTILE.to_owned(),
            origin: Origin::File,
            level: Severity::Critical,
            attack: vec![Attack {
                tactic: "",
                tactic_id: "",
                technique: "T1059.004".to_owned(),
            }],
            ..RuleMeta::default()
        }),
        severity: Severity::Critical,
        time: time("2026-03-01T09:05:00.25Z"),
        end_time: time("2026-03-01T11:14:00Z"),
        count: 1_200,
        source: "falco",
        layer: Layer::Runtime,
        provider: "runtime",
        account: None,
        region: None,
        actor: Arc::new(actor(FORMULA, HOSTILE, ActorType::Unknown, None)),
        via: Vec::new(),
        root: FORMULA.to_owned(),
        source_ip: None,
        user_agent: Some("curl -H 'Authorization: Bearer abcdefghijklmnopqrstuvwxyz'".to_owned()),
        action: "process:exec".to_owned(),
        outcome: Outcome::Unknown,
        targets: vec![
            Target {
                kind: "pod".to_owned(),
                id: FORMULA.to_owned(),
                name: String::new(),
                account: None,
            },
            Target {
                kind: "file".to_owned(),
                id: HOSTILE.to_owned(),
                name: "token".to_owned(),
                account: None,
            },
        ],
        evidence: vec![evidence("falco.tar.gz!a|b/events.jsonl", 0, "u")],
        evidence_total: 1_200,
        group: vec![("k8s.ns.name".to_owned(), "shop".to_owned())],
        credentials: Vec::new(),
        retold: vec![],
        issued_at: None,
        respond: vec![Suggestion::Advice(HOSTILE.to_owned())],
        incident: Some("INC-9c2e51d07a".to_owned()),
        key: 2,
    }
}

fn incident(findings: &[Finding]) -> Incident {
    Incident {
        id: "INC-9c2e51d07a".to_owned(),
        title: format!("Logging stopped by alice, then {HOSTILE}"),
        severity: Severity::Critical,
        score: 92,
        status: Status::Investigating,
        verdict: Some(Verdict::TruePositive),
        history: vec![Change {
            time: time("2026-03-02T08:00:00Z"),
            status: Some(Status::Investigating),
            verdict: Some(Verdict::TruePositive),
            note: Some(format!("asked alice, {HOSTILE}")),
            author: Some("dana".to_owned()),
            action: None,
        }],
        start: time("2026-03-01T09:00:00Z"),
        end: time("2026-03-01T11:14:00Z"),
        tactics: vec!["defense-impairment".to_owned()],
        layers: vec![Layer::Runtime, Layer::Cloud],
        providers: vec!["aws".to_owned()],
        accounts: vec!["111122223333".to_owned()],
        actors: findings.iter().map(|f| Arc::clone(&f.actor)).collect(),
        source_ips: vec!["203.0.113.9".to_owned()],
        entities: vec![Entity {
            id: "pod:shop/api-7d9f".to_owned(),
            kind: "pod".to_owned(),
            first: time("2026-03-01T09:00:00Z"),
            last: time("2026-03-01T09:05:00Z"),
        }],
        links: vec![Link {
            from: "pod:shop/api-7d9f".to_owned(),
            to: "aws-session:ASIAIOSFODNN7EXAMPLE".to_owned(),
            by: "web-identity-subject".to_owned(),
            value: "system:serviceaccount:shop:api".to_owned(),
            confidence: Confidence::Proven,
            evidence: vec![evidence("AWSLogs/111122223333/x.json.gz", 3, "e-0")],
        }],
        findings: findings.iter().map(|f| f.id.clone()).collect(),
        related: vec!["INC-0123456789".to_owned()],
        reopens: None,
        split_reason: None,
        story: format!(
            "Alice stopped the trail main from 203.0.113.9. Five minutes later a process started \
             in pod shop/api-7d9f whose name is {HOSTILE}; password=hunter2 stood on its command line."
        ),
        respond: vec![
            Suggestion::Action {
                action: "deactivate-key".to_owned(),
                target: "AKIAIOSFODNN7EXAMPLE".to_owned(),
                reversible: true,
            },
            Suggestion::Advice("Rebuild the pod from a known image.".to_owned()),
        ],
    }
}

fn event(action: &str, at: &str) -> Event {
    Event {
        time: time(at),
        source: "aws.cloudtrail",
        layer: Layer::Cloud,
        provider: "aws",
        account: Some("111122223333".to_owned()),
        region: Some("eu-west-1".to_owned()),
        actor: actor(
            "aws:111122223333:AIDAEXAMPLE",
            "alice",
            ActorType::User,
            None,
        ),
        source_ip: Some("2001:db8::1".to_owned()),
        source_raw: None,
        user_agent: Some(HOSTILE.to_owned()),
        action: action.to_owned(),
        class: Class::Write,
        outcome: Outcome::Denied,
        error_code: Some("AccessDenied".to_owned()),
        targets: Vec::new(),
        key: 1,
        uid: "e-1".to_owned(),
        group_uid: None,
    }
}

fn summary() -> Vec<SummaryRow> {
    let breakdown = |values: &[(&str, u64)], distinct| Breakdown {
        distinct,
        top: values
            .iter()
            .map(|(v, n)| ((*v).to_owned(), Some(*n)))
            .collect(),
    };
    vec![SummaryRow {
        by: SummaryBy::Actor,
        value: "aws:111122223333:AIDAEXAMPLE".to_owned(),
        name: Some(HOSTILE.to_owned()),
        actor_type: Some("user"),
        events: 12_345,
        denied: 12,
        failed: 3,
        bytes: None,
        first: Some(time("2026-03-01T09:00:00.5Z")),
        last: Some(time("2026-03-01T11:14:00Z")),
        findings: 2,
        severity: Some(Severity::Critical),
        actors: Breakdown::default(),
        source_ips: breakdown(&[("203.0.113.9", 12_000), ("198.51.100.4", 345)], 9),
        accounts: breakdown(&[("111122223333", 12_345)], 1),
        regions: breakdown(&[("eu-west-1", 12_345)], 1),
        actions: breakdown(&[("s3:GetObject", 12_000), ("=cmd", 1)], 2),
        user_agents: Breakdown {
            distinct: 1,
            top: vec![("aws-cli".to_owned(), None)],
        },
        devices: breakdown(&[("203.0.113.9 aws-cli", 12_000)], 1),
        sessions: breakdown(&[("AKIAIOSFODNN7EXAMPLE", 12_345)], 1),
        roles: Breakdown::default(),
        sensitive: breakdown(&[("cloudtrail:StopLogging", 2)], 1),
    }]
}

fn coverage() -> Coverage {
    Coverage {
        complete: true,
        files: 3,
        bytes: 4_096,
        records: 1_203,
        duplicates: 2,
        outside_window: 0,
        sources: vec![SourceCoverage {
            source: "aws.cloudtrail".to_owned(),
            records: 1_203,
            first: Some(time("2026-03-01T09:00:00Z")),
            last: Some(time("2026-03-01T11:14:00Z")),
            accounts: vec!["111122223333".to_owned()],
        }],
        skipped: vec![Skipped {
            file: "bad\u{1b}.json.gz".to_owned(),
            reason: "gzip stream ends early".to_owned(),
            record: None,
            offset: Some(48_213),
            count: 1,
        }],
        ignored: vec![Ignored {
            file: "digest.json.gz".to_owned(),
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
            from: time("2026-03-01T09:10:00Z"),
            to: time("2026-03-01T10:10:00Z"),
        }],
        rules: RuleCoverage {
            loaded: 250,
            fired: 2,
            could_not_fire: vec![(
                "aws-s3-read-burst".to_owned(),
                "CloudTrail data events".to_owned(),
            )],
            skipped: vec![("broken".to_owned(), "%admins% has no value".to_owned())],
        },
    }
}

impl Fixture {
    pub(super) fn new() -> Fixture {
        let findings = vec![trail_stopped(), hostile_burst()];
        let incident = incident(&findings);
        let events = vec![
            TimelineEntry {
                event: event("cloudtrail:StopLogging", "2026-03-01T09:00:00Z"),
                evidence: vec![evidence("AWSLogs/111122223333/x.json.gz", 7, "e-1")],
                findings: vec!["F-9c2e51d07a3b44f8".to_owned()],
                incident: Some("INC-9c2e51d07a".to_owned()),
            },
            TimelineEntry {
                event: event("sts:GetCallerIdentity", "2026-03-01T09:01:00Z"),
                evidence: vec![evidence("-", 8, "e-2")],
                findings: Vec::new(),
                incident: None,
            },
        ];
        Fixture {
            findings,
            incident,
            events,
            summary: summary(),
            coverage: coverage(),
        }
    }

    /// Runs a test with every view of the data.
    pub(super) fn each(&self, test: &mut dyn FnMut(Report<'_>)) {
        let findings: Vec<&Finding> = self.findings.iter().collect();
        for view in [
            View::Findings,
            View::Incidents,
            View::Incident(&self.incident, &self.events),
            View::Timeline(&self.events),
            View::Summary(&self.summary),
        ] {
            test(Report {
                view,
                findings: &findings,
                incidents: &[&self.incident],
                coverage: &self.coverage,
            });
        }
    }
}

/// Plain options of a width.
pub(super) fn options(width: usize) -> Options<'static> {
    Options {
        width,
        color: false,
        attack: AttackNames::current(),
    }
}
