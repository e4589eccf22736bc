//! One pod, several logs: what happens inside it and what is asked of the API server about it, or
//! with its token, is one incident.

mod common;

use std::io::Write;

use common::{plan, rules_of, scan};
use serde_json::json;

const RULES: &str = "
title: Shell
name: shell
level: high
logsource: {product: runtime}
detection: {s: {rule: Run shell untrusted}, t: {process_exec.process.binary: /bin/sh}, condition: s or t}
---
title: Exec
name: exec
level: medium
logsource: {product: kubernetes, service: audit}
detection: {s: {objectRef.resource: [pods, secrets], verb: [create, list]}, condition: s}
";

fn falco(pod: &str, minute: u32) -> serde_json::Value {
    json!({"time": format!("2026-05-12T08:{minute:02}:00.5Z"), "rule": "Run shell untrusted",
        "priority": "Notice", "source": "syscall", "hostname": "node-1", "tags": [],
        "output": "a shell", "output_fields": {"container.id": "3f9c1a7be204",
        "k8s.ns.name": "shop", "k8s.pod.name": pod, "proc.name": "sh"}})
}

fn tetragon(pod: &str, minute: u32) -> serde_json::Value {
    json!({"process_exec": {"process": {"exec_id": "eA==", "pid": 7, "binary": "/bin/sh",
        "docker": "3f9c1a7be2049d55c0f1a2b3c4d5e6f",
        "pod": {"namespace": "shop", "name": pod}}},
        "node_name": "node-1", "time": format!("2026-05-12T08:{minute:02}:00.4Z")})
}

fn audit(id: u32, minute: u32, change: serde_json::Value) -> serde_json::Value {
    let mut event = json!({"kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata",
        "auditID": format!("00000000-0000-4000-8000-{id:012}"), "stage": "ResponseComplete",
        "requestURI": "/api/v1/x", "verb": "list",
        "user": {"username": "ops@example.com", "groups": ["system:authenticated"]},
        "sourceIPs": ["198.51.100.40"], "userAgent": "kubectl/v1.31.4",
        "objectRef": {"resource": "secrets", "apiVersion": "v1", "namespace": "shop"},
        "responseStatus": {"code": 200},
        "requestReceivedTimestamp": format!("2026-05-12T08:{minute:02}:00.000000Z"),
        "stageTimestamp": format!("2026-05-12T08:{minute:02}:00.010000Z")});
    for (key, value) in change.as_object().into_iter().flatten() {
        event[key] = value.clone();
    }
    event
}

fn incidents(records: &[serde_json::Value]) -> Vec<Vec<String>> {
    incidents_by(RULES, records)
}

fn incidents_by(rules: &str, records: &[serde_json::Value]) -> Vec<Vec<String>> {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    for record in records {
        writeln!(file, "{record}").expect("written");
    }
    let report = scan(&plan(file.path(), rules_of(rules)));
    let mut all: Vec<Vec<String>> = report
        .incidents
        .iter()
        .map(|incident| {
            let of = report.findings.iter();
            let of = of.filter(|finding| finding.incident.as_deref() == Some(&incident.id));
            of.map(|finding| finding.source.to_owned()).collect()
        })
        .collect();
    all.sort();
    all
}

#[test]
fn an_alert_and_an_exec_of_the_same_pod_are_one_incident() {
    let exec = json!({"verb": "create", "requestURI": "/api/v1/namespaces/shop/pods/api-1/exec?command=sh",
        "objectRef": {"resource": "pods", "subresource": "exec", "namespace": "shop", "name": "api-1",
        "apiVersion": "v1"}, "responseStatus": {"code": 101}});
    let found = incidents(&[audit(1, 1, exec), falco("api-1", 2), tetragon("api-1", 3)]);
    assert_eq!(found, [["kubernetes.audit", "falco", "tetragon"]]);
}

/// A shell is none of the pod that was created before it.
#[test]
fn an_action_is_its_own_records_whatever_stands_before_it() {
    let of = |sub: Option<&str>| {
        json!({"verb": "create", "objectRef": {"resource": "pods", "subresource": sub,
            "namespace": "shop", "name": "api-1", "apiVersion": "v1"}})
    };
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    let subs = [None, Some("exec"), Some("attach")];
    for (id, sub) in (1..).zip(subs) {
        writeln!(file, "{}", audit(id, id, of(sub))).expect("written");
    }
    let report = scan(&plan(file.path(), rules_of(RULES)));
    let mut actions: Vec<&str> = report.findings.iter().map(|found| &*found.action).collect();
    actions.sort_unstable();
    assert_eq!(
        actions,
        ["create pods", "create pods/attach", "create pods/exec"]
    );
}

#[test]
fn a_call_with_the_pods_token_belongs_to_it() {
    let token = json!({"user": {"username": "system:serviceaccount:shop:api", "uid": "u",
        "groups": ["system:serviceaccounts"], "extra": {
        "authentication.kubernetes.io/credential-id": ["JTI=5b1f0c77"],
        "authentication.kubernetes.io/pod-name": ["api-1"]}}, "sourceIPs": ["10.44.9.77"]});
    let found = incidents(&[falco("api-1", 1), audit(1, 2, token)]);
    assert_eq!(found, [["falco", "kubernetes.audit"]]);
}

#[test]
fn another_pod_of_the_namespace_is_another_incident() {
    let mut other = falco("api-2", 3);
    other["output_fields"]["container.id"] = json!("aaaaaaaaaaaa");
    let found = incidents(&[falco("api-1", 1), audit(1, 2, json!({})), other]);
    assert_eq!(found, [["falco"], ["falco"], ["kubernetes.audit"]]);
}

/// Alerts of other tools bear their own names, levels and ATT&CK words, and meet the logs.
#[test]
fn another_tools_alert_is_a_finding_of_its_own_name() {
    let report = scan(&plan(
        &common::testdata().join("guardduty/export.jsonl"),
        common::builtin(),
    ));
    let told = report.findings.iter().map(|finding| {
        let attack = finding.rule.attack.first().map(|attack| attack.tactic);
        let origin = finding.rule.origin.word();
        (
            &*finding.rule.title,
            origin,
            finding.severity.word(),
            attack,
        )
    });
    let mut told: Vec<_> = told.collect();
    told.sort();
    assert_eq!(told.len(), 5);
    assert_eq!(
        told[0],
        (
            "CryptoCurrency:EC2/BitcoinTool.B!DNS",
            "external",
            "critical",
            Some("impact")
        )
    );
    assert_eq!(told[3].2, "low");
    let targets = report.findings.iter().flat_map(|finding| &finding.targets);
    assert!(targets.into_iter().all(|target| target.kind != "attack"));
}

#[test]
fn an_alert_about_a_pod_joins_what_happens_in_it() {
    let folder = tempfile::tempdir().expect("a folder");
    for source in [
        "falco/events.jsonl",
        "guardduty/export.jsonl",
        "sysdig/events.jsonl",
    ] {
        let to = folder.path().join(source.replace('/', "-"));
        std::fs::copy(common::testdata().join(source), to).expect("copied");
    }
    let report = scan(&plan(folder.path(), common::builtin()));
    let of = |source: &str, part: &str| {
        let mut findings = report.findings.iter();
        let found =
            findings.find(|finding| finding.source == source && finding.actor.id.contains(part));
        found.and_then(|finding| finding.incident.clone())
    };
    let falco = of("falco", "pod:shop/checkout");
    assert!(falco.is_some());
    assert_eq!(falco, of("guardduty", "pod:shop/checkout"));
    assert_eq!(falco, of("sysdig", "pod:shop/checkout"));
    assert_ne!(falco, of("guardduty", "instance:"));
}

/// What a plugin of Falco says about a call in a log that it reads.
fn retold(minute: u32, source: &str, fields: serde_json::Value) -> serde_json::Value {
    json!({"time": format!("2026-05-12T08:{minute:02}:30.5Z"), "rule": "Run shell untrusted",
        "priority": "Notice", "source": source, "hostname": "falco-0", "tags": [],
        "output": "a call", "output_fields": fields})
}

/// The alert names the record: nothing else has to join them.
#[test]
fn an_alert_about_a_record_and_the_record_are_one_incident() {
    let list = audit(7, 1, json!({}));
    let other = audit(
        8,
        2,
        json!({"user": {"username": "nightly@example.com"},
        "sourceIPs": ["203.0.113.9"]}),
    );
    let alert = retold(
        5,
        "k8s_audit",
        json!({"ka.auditid": list["auditID"], "ka.verb": "list"}),
    );
    let found = incidents(&[list.clone(), other.clone(), alert]);
    assert_eq!(
        found,
        [vec!["kubernetes.audit"], vec!["kubernetes.audit", "falco"]]
    );
    let stranger = json!({"ka.auditid": "00000000-0000-4000-8000-000000000099"});
    let found = incidents(&[list, other, retold(5, "k8s_audit", stranger)]);
    assert_eq!(found.len(), 3, "{found:?}");
}

/// Alerts that say the same of the same machine fold into one finding; each of them still names
/// its own record.
#[test]
fn every_one_of_folded_alerts_names_its_record() {
    let person = |number: u32, minute: u32| {
        let address = format!("203.0.113.{number}");
        let person = json!({"username": format!("person-{number}@example.com")});
        let call = json!({"user": person, "sourceIPs": [address]});
        audit(number, minute, call)
    };
    let calls = [person(7, 1), person(8, 2), person(9, 3)];
    let rules = "
title: Exec
name: exec
level: medium
logsource: {product: kubernetes, service: audit}
detection: {s: {verb: list}, condition: s}
---
title: Told
name: told
level: low
logsource: {product: runtime}
detection: {s: {priority: Notice}, t: {severity: 6}, condition: s or t}
";
    for source in ["k8s_audit", "sysdig"] {
        let alert = |(minute, call): (usize, &serde_json::Value)| {
            let id = json!({"ka.auditid": call["auditID"]});
            match source {
                "sysdig" => json!({"id": format!("17f4a7b12c{minute}"), "severity": 6,
                    "timestamp": format!("2026-05-12T08:{:02}:30Z", minute + 10),
                    "source": "auditTrail", "agentId": 7, "labels": {},
                    "content": {"ruleName": "Run shell untrusted", "fields": id}}),
                _ => retold(minute as u32 + 10, source, id),
            }
        };
        let mut records: Vec<_> = calls.iter().enumerate().map(alert).collect();
        records.extend(calls.clone());
        let found = incidents_by(rules, &records);
        let name = if source == "sysdig" {
            "sysdig"
        } else {
            "falco"
        };
        let audit = "kubernetes.audit";
        assert_eq!(found, [vec![audit, audit, audit, name]], "{source}");
    }
}

#[test]
fn an_alert_about_a_call_to_a_cloud_names_the_call() {
    let call = json!({"eventVersion": "1.11", "eventTime": "2026-05-12T08:01:00Z",
        "eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging",
        "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.40", "userAgent": "x",
        "requestParameters": {"name": "main"}, "responseElements": null,
        "eventID": "6b9d6428-dbd8-4433-bd7f-39392e7fc6d1", "recipientAccountId": "111122223333",
        "userIdentity": {"type": "IAMUser", "principalId": "AIDA454ML6LG4TEXAMPLE",
        "arn": "arn:aws:iam::111122223333:user/lena", "accountId": "111122223333",
        "userName": "lena", "accessKeyId": "AKIAJFCZ4KAEDEXAMPLE"}});
    let alert = retold(
        6,
        "aws_cloudtrail",
        json!({"ct.id": call["eventID"], "ct.user": "lena"}),
    );
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    writeln!(file, "{alert}\n{call}").expect("written");
    let report = scan(&plan(file.path(), common::builtin()));
    let alert = report.findings.iter().find(|one| one.source == "falco");
    let alert = alert.expect("the alert is taken in");
    let named = |target: &ctadel::model::Target| {
        target.kind == "audit-event" && target.id == "6b9d6428-dbd8-4433-bd7f-39392e7fc6d1"
    };
    assert!(alert.targets.iter().any(named), "{:?}", alert.targets);
    let [incident] = report.incidents.as_slice() else {
        panic!("{:#?}", report.incidents)
    };
    assert!(incident.links.iter().any(|link| link.by == "same-event"));
}
