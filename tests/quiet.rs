//! Severity means something: what others wrote for their rules is found, what is harmless is
//! seldom an alarm, what is an alarm is an attack; and what could not be seen is said.
//!
//! The logs are lent and lie beside the checkout; without them the tests say so.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use common::{builtin, plan, scan, shared};
use ctadel::model::Severity;
use serde_json::{Value, json};

/// Records as a file, one a line.
fn written(records: &[Value]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("room for a file");
    for record in records {
        writeln!(file, "{record}").expect("room for a file");
    }
    file
}

fn lines(file: &std::path::Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).expect("is there");
    let lines = text.lines().map(serde_json::from_str);
    lines.map(|line| line.expect("JSON")).collect()
}

/// Fixtures are used again and again: an id of its own for each, or they are copies.
fn own_ids(mut record: Value, number: usize) -> Value {
    let ids = [
        "eventID",
        "eventDataId",
        "correlationId",
        "operationId",
        "id",
        "uuid",
        "requestID",
    ];
    for id in ids {
        if let Some(old) = record.get_mut(id).filter(|old| old.is_string()) {
            *old = json!(format!("row-{number:08}"));
        }
    }
    record
}

#[test]
fn what_others_find_is_found_and_what_is_harmless_is_no_alarm() {
    for source in ["aws-cloudtrail", "azure-activity", "entra", "okta"] {
        let Some(file) = shared(&format!("corpus/{source}/panther/tests.jsonl")) else {
            return;
        };
        let rows = lines(&file);
        let events = rows.iter().enumerate();
        let events: Vec<Value> = events
            .map(|(number, row)| own_ids(row["event"].clone(), number))
            .collect();
        let input = written(&events);
        let report = scan(&plan(input.path(), builtin()));
        let mut found: BTreeMap<u64, BTreeSet<Severity>> = BTreeMap::new();
        for finding in &report.findings {
            for evidence in &finding.evidence {
                let severities = found.entry(evidence.record).or_default();
                severities.insert(finding.severity);
            }
        }
        let (mut hits, mut wanted, mut alarms, mut harmless) = (0, 0, 0, 0);
        for (number, row) in rows.iter().enumerate() {
            let severities = found.get(&(number as u64));
            let alone = row["needs"].as_array().is_none_or(Vec::is_empty);
            match row["expected"].as_bool() {
                Some(true) if alone => {
                    wanted += 1;
                    hits += usize::from(severities.is_some());
                }
                Some(false) => {
                    harmless += 1;
                    let high = |all: &BTreeSet<Severity>| all.iter().any(|s| *s >= Severity::High);
                    alarms += usize::from(severities.is_some_and(high));
                }
                _ => {}
            }
        }
        assert!(wanted > 10 && harmless > 10, "{source}");
        assert!(hits * 10 >= wanted * 9, "{source}: {hits} of {wanted}");
        assert!(alarms * 10 <= harmless, "{source}: {alarms} of {harmless}");
    }
}

#[test]
fn what_is_high_in_a_real_incident_is_the_attack() {
    let Some(truth) = shared("corpus/stratus-truth.json") else {
        return;
    };
    let corpus = truth.parent().expect("a folder").to_owned();
    let read = |path: &std::path::Path| -> Value {
        serde_json::from_str(&std::fs::read_to_string(path).expect("is there")).expect("JSON")
    };
    let (mut attacks, mut alarms) = (0, 0);
    for attack in read(&truth).as_array().expect("a list") {
        let log = corpus.join(attack["log"].as_str().expect("a path"));
        let records = read(&log);
        let names = ["signal", "supporting"].map(|key| attack[key].as_array());
        let names: BTreeSet<&str> = names
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        for finding in scan(&plan(&log, builtin())).findings {
            if finding.severity >= Severity::High {
                let evidence = finding.evidence.iter();
                let calls = evidence.map(|one| records[one.record as usize]["eventName"].as_str());
                alarms += 1;
                attacks += usize::from(calls.flatten().any(|call| names.contains(call)));
            }
        }
    }
    // The same account before and during a theft: the files are named after who acts.
    let folder = corpus.join("aws-cloudtrail/panther-scenario-enrichment-example");
    for finding in scan(&plan(&folder, builtin())).findings {
        if finding.severity >= Severity::High {
            alarms += 1;
            let file = &finding.evidence[0].file;
            attacks += usize::from(file.contains("attacker"));
        }
    }
    assert!(alarms > 10, "{alarms}");
    assert!(attacks * 10 >= alarms * 8, "{attacks} of {alarms}");
}

/// What the coverage says that a rule lacked, by rule.
fn lacking(records: &[Value]) -> BTreeMap<String, String> {
    let input = written(records);
    let report = scan(&plan(input.path(), builtin()));
    report.coverage.rules.could_not_fire.into_iter().collect()
}

#[test]
fn a_rule_whose_log_was_not_there_is_told_from_one_that_found_nothing() {
    let trail = json!({"eventVersion": "1.11", "eventTime": "2026-05-12T10:00:00Z", "eventSource": "ec2.amazonaws.com",
        "eventName": "DescribeInstances", "awsRegion": "eu-west-1", "eventID": "1", "eventCategory": "Management",
        "recipientAccountId": "111122223333", "userIdentity": {"type": "Root", "accountId": "111122223333"}});
    let told = lacking(std::slice::from_ref(&trail));
    assert_eq!(told["aws-s3-read-burst"], "S3 data events in CloudTrail");
    assert_eq!(told["b-volume-step"], "CloudTrail data events");
    assert_eq!(told["b-dormant-identity"], "35 days of logs");
    assert!(told["aws-anonymizer-ip"].contains("--intel"));
    assert!(!told.contains_key("aws-cloudtrail-stopped"));
    // A log of another kind: the sequence over both lacks one of them.
    assert_eq!(told["entra-password-spray"], "Entra ID sign-in logs");
    assert!(told.contains_key("x-pod-to-cloud-exfil"));
    let mut data = trail;
    data["eventCategory"] = json!("Data");
    data["eventSource"] = json!("lambda.amazonaws.com");
    // One service's data events say nothing of another's.
    let told = lacking(std::slice::from_ref(&data));
    assert!(told.contains_key("aws-s3-read-burst"));
    assert!(!told.contains_key("b-volume-step"));
    data["eventSource"] = json!("s3.amazonaws.com");
    let told = lacking(&[data]);
    assert!(!told.contains_key("aws-s3-read-burst"));
    assert!(told.contains_key("aws-snapshot-direct-read"));

    let vault = |category: &str| {
        json!({"time": "2026-05-12T10:00:00Z", "category": category, "operationName": "KeyGet",
            "resourceId": "/subscriptions/3f6c2a1e-8b4d-4c7a-9e5f-0a1b2c3d4e5f/resourceGroups/shop/providers/Microsoft.KeyVault/vaults/v",
            "properties": {"id": "https://v.vault.azure.net/keys/k"}})
    };
    let told = lacking(&[vault("AuditEvent")]);
    assert!(told["azure-blob-read-burst"].contains("storage account"));
    assert!(!told.contains_key("azure-keyvault-read-burst"));
    let told = lacking(&[vault("StorageRead")]);
    assert!(told["azure-keyvault-read-burst"].contains("key vault"));

    let login = |service: &str| {
        json!({"insertId": "a", "logName": "organizations/1/logs/cloudaudit.googleapis.com%2Fdata_access",
            "timestamp": "2026-05-12T10:00:00Z", "protoPayload": {"serviceName": service, "methodName": "m"}})
    };
    let told = lacking(&[login("storage.googleapis.com")]);
    assert!(told["gcp-login-spray"].contains("Workspace login"));
    assert!(!told.contains_key("gcp-gcs-read-burst"));
    let told = lacking(&[login("login.googleapis.com")]);
    assert!(!told.contains_key("gcp-login-spray"));

    let audit = |category: &str| {
        json!({"category": category, "operationName": "Microsoft.ContainerService/managedClusters/diagnosticLogs/Read",
            "time": "2026-05-12T10:00:00Z", "resourceId": "/SUBSCRIPTIONS/3F6C2A1E/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/C",
            "properties": {"log": "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\"Metadata\",\"auditID\":\"a\",\"stage\":\"ResponseComplete\",\"requestURI\":\"/api/v1/namespaces\",\"verb\":\"create\",\"user\":{\"username\":\"lena\"},\"objectRef\":{\"resource\":\"namespaces\",\"name\":\"x\"},\"responseStatus\":{\"code\":201},\"stageTimestamp\":\"2026-05-12T10:00:00Z\"}"}})
    };
    let told = lacking(&[audit("kube-audit-admin")]);
    assert!(told["k8s-secrets-list-cluster"].starts_with("kube-audit"));
    assert!(!lacking(&[audit("kube-audit")]).contains_key("k8s-secrets-list-cluster"));
}

/// What a log's settings leave out of a record, and what a rule says that is blind without it.
type Bare = (fn(&mut Value), &'static str);

#[test]
fn a_rule_that_is_blind_on_what_a_log_keeps_is_told_from_one_that_found_nothing() {
    let bare: [Bare; 2] = [
        // An audit level of Metadata.
        (
            |event| {
                for body in ["requestObject", "responseObject"] {
                    event.as_object_mut().map(|event| event.remove(body));
                }
            },
            "request bodies",
        ),
        // Falco without the fields of its container plugin.
        (
            |event| {
                let fields = event
                    .get_mut("output_fields")
                    .and_then(Value::as_object_mut);
                for (_, value) in fields
                    .into_iter()
                    .flatten()
                    .filter(|(key, _)| key.starts_with("k8s."))
                {
                    *value = Value::Null;
                }
            },
            "names of pods",
        ),
    ];
    let set = builtin();
    let mut blind = 0;
    for (file, text) in ctadel::detect::load::builtin::events() {
        let lines = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"));
        let hits = lines.filter(|line: &Value| line["expect"] != "miss");
        let whole: Vec<Value> = hits.map(|mut line| line["event"].take()).collect();
        let fired = |records: &[Value]| -> BTreeSet<String> {
            let input = written(records);
            let findings = scan(&plan(input.path(), builtin())).findings;
            findings
                .iter()
                .map(|finding| finding.rule.id.clone())
                .collect()
        };
        for (strip, need) in bare {
            let mut less = whole.clone();
            less.iter_mut().for_each(strip);
            if less == whole {
                continue;
            }
            let (before, after, told) = (fired(&whole), fired(&less), lacking(&less));
            for rule in before.difference(&after) {
                blind += 1;
                let told = told.get(rule).map_or("", String::as_str);
                assert!(told.contains(need), "{file}: {rule}: {told:?}");
            }
            for rule in set
                .rules
                .iter()
                .filter(|rule| after.contains(&rule.meta.id))
            {
                let needs = rule.meta.needs.as_deref().unwrap_or_default();
                assert!(
                    !needs.contains(need),
                    "{file}: {} does without",
                    rule.meta.id
                );
            }
            assert!(
                !lacking(&whole).values().any(|lack| lack.contains(need)),
                "{file}"
            );
        }
    }
    assert!(blind > 15, "only {blind} rules go blind");
}
