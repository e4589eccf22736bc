//! Real logs that nobody of this project wrote: all of them are read, the attacks in them found.
//!
//! They are lent and lie beside the checkout; without them the tests say so.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

use common::{builtin, counts, files, plan, records_of, scan, shared};
use ctadel::model::{Finding, Incident, Severity};
use serde_json::Value;

#[test]
fn every_file_is_read_without_a_panic() {
    let Some(folder) = shared("corpus") else {
        return;
    };
    let report = scan(&plan(&folder, builtin()));
    let own = |reason: &str| reason.contains("an error of ctadel itself");
    let wrong: Vec<_> = report
        .coverage
        .skipped
        .iter()
        .filter(|skipped| own(&skipped.reason))
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(report.coverage.complete);
}

/// A copy of a file without the wrapping that collectors of examples put around a line.
fn unwrapped(file: &Path) -> Option<tempfile::NamedTempFile> {
    let bytes = std::fs::read(file).ok()?;
    let mut out = tempfile::NamedTempFile::new().ok()?;
    match std::str::from_utf8(&bytes) {
        Ok(text) if file.ends_with("doc-examples.jsonl") => {
            for line in text.lines() {
                let line: Value = serde_json::from_str(line).expect("JSON");
                writeln!(out, "{}", line["doc"]).ok()?;
            }
        }
        _ => out.write_all(&bytes).ok()?,
    }
    Some(out)
}

#[test]
fn every_cloudtrail_record_is_accounted_for() {
    let Some(folder) = shared("corpus/aws-cloudtrail") else {
        return;
    };
    let mut wrong = Vec::new();
    for file in files(&folder) {
        let want = records_of(&file).len() as u64;
        let name = file.strip_prefix(&folder).expect("below").display();
        let Some(inner) = unwrapped(&file) else {
            continue;
        };
        let report = scan(&plan(inner.path(), builtin()));
        let all: u64 = counts(&report.coverage).iter().sum();
        if all < want {
            wrong.push(format!("{name}: {all} of {want}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// Rows of tests and of documentation too: what is around a record is opened or named.
#[test]
fn every_line_of_every_source_is_accounted_for() {
    let Some(folder) = shared("corpus") else {
        return;
    };
    let mut wrong = Vec::new();
    let lines = files(&folder).into_iter();
    for file in lines.filter(|file| file.extension().is_some_and(|end| end == "jsonl")) {
        let text = std::fs::read_to_string(&file).expect("a file of the corpus");
        let want = text.lines().filter(|line| !line.trim().is_empty()).count() as u64;
        let counts = counts(&scan(&plan(&file, builtin())).coverage);
        if counts.iter().sum::<u64>() != want {
            wrong.push(format!("{}: {counts:?} of {want}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_table_made_out_of_a_log_is_refused_by_name() {
    let Some(file) = shared("corpus/aws-cloudtrail/otrf-honeybucket/AWS_S3_HoneyBucketLogs.csv")
    else {
        return;
    };
    let report = scan(&plan(&file, builtin()));
    let [skipped] = report.coverage.skipped.as_slice() else {
        panic!("{:?}", report.coverage.skipped)
    };
    assert!(
        skipped.reason.starts_with("CSV of no known export"),
        "{}",
        skipped.reason
    );
    assert_eq!(counts(&report.coverage), [0, 0, 1, 0]);
}

/// Seven records under one id: copies with blanked ids are told apart by what they say.
#[test]
fn records_with_made_up_ids_are_not_taken_for_copies() {
    let folder = "corpus/aws-cloudtrail/panther-scenario-enrichment-example";
    let Some(folder) = shared(folder) else { return };
    let report = scan(&plan(&folder, builtin()));
    assert_eq!(counts(&report.coverage), [11, 0, 0, 0]);
}

/// The same records without what names the tool that made them.
fn blanked(value: &mut Value) {
    match value {
        Value::Object(map) => map.iter_mut().for_each(|(key, value)| {
            if key == "userAgent" {
                *value = Value::String("-".to_owned());
            }
            blanked(value);
        }),
        Value::Array(list) => list.iter_mut().for_each(blanked),
        Value::String(text) => {
            for word in ["stratus-red-team", "Stratus Red Team", "stratus", "Stratus"] {
                *text = text.replace(word, "x");
            }
        }
        _ => {}
    }
}

#[test]
fn every_attack_is_found_with_the_names_blanked() {
    let Some(truth) = shared("corpus/stratus-truth.json") else {
        return;
    };
    let corpus = truth.parent().expect("a folder").to_owned();
    let truth: Value =
        serde_json::from_str(&std::fs::read_to_string(truth).expect("is there")).expect("JSON");
    let mut wrong = Vec::new();
    for attack in truth.as_array().expect("a list") {
        let text = |key: &str| attack[key].as_str().expect("text").to_owned();
        let found = signals(&corpus.join(text("log")), attack);
        if found.is_empty() {
            wrong.push(text("technique"));
        }
    }
    assert_eq!(truth.as_array().map(Vec::len), Some(18));
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// The rules of medium and more that speak about an event of the attack.
fn signals(log: &Path, attack: &Value) -> BTreeSet<(String, Severity)> {
    let mut records: Value =
        serde_json::from_str(&std::fs::read_to_string(log).expect("is there")).expect("JSON");
    blanked(&mut records);
    let signal: BTreeSet<&str> = attack["signal"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let own: BTreeSet<String> = records
        .as_array()
        .expect("a list")
        .iter()
        .filter(|record| {
            record["eventName"]
                .as_str()
                .is_some_and(|name| signal.contains(name))
        })
        .filter_map(|record| record["eventID"].as_str().map(str::to_owned))
        .collect();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("log.json");
    std::fs::write(&file, records.to_string()).expect("written");
    let report = scan(&plan(&file, builtin()));
    let strong = report
        .findings
        .iter()
        .filter(|finding| finding.severity >= Severity::Medium);
    strong
        .filter(|finding| {
            finding
                .evidence
                .iter()
                .any(|evidence| own.contains(&evidence.uid))
        })
        .map(|finding| (finding.rule.id.clone(), finding.severity))
        .collect()
}

/// The accounts that the records behind an incident's findings were logged by.
fn accounts(incident: &Incident, findings: &BTreeMap<&str, &Finding>) -> BTreeSet<String> {
    let of = incident.findings.iter();
    let of = of.filter_map(|id| findings.get(id.as_str()));
    of.filter_map(|finding| finding.account.clone()).collect()
}

/// The files that an incident's evidence lies in.
fn places(incident: &Incident, findings: &BTreeMap<&str, &Finding>) -> BTreeSet<String> {
    let of = incident.findings.iter();
    let of = of.filter_map(|id| findings.get(id.as_str()));
    of.flat_map(|finding| finding.evidence.iter().map(|e| e.file.to_string()))
        .collect()
}

#[test]
fn every_log_of_attacks_is_an_incident_and_no_two_accounts_are_one() {
    let Some(folder) = shared("corpus/aws-cloudtrail/stratus") else {
        return;
    };
    let report = scan(&plan(&folder, builtin()));
    let findings = report.findings.iter().map(|f| (f.id.as_str(), f)).collect();
    let mut seen = BTreeSet::new();
    for incident in &report.incidents {
        let accounts = accounts(incident, &findings);
        assert_eq!(accounts.len(), 1, "{}: {accounts:?}", incident.title);
        seen.extend(places(incident, &findings));
    }
    let logs = files(&folder);
    let name = |file: &std::path::PathBuf| {
        let name = file.file_name().expect("a name");
        name.to_string_lossy().into_owned()
    };
    let missing: Vec<String> = logs
        .iter()
        .map(name)
        .filter(|n| !seen.contains(n))
        .collect();
    assert_eq!(logs.len(), 18);
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn what_the_intruder_did_is_one_incident_without_what_the_owner_did() {
    let folder = "corpus/aws-cloudtrail/panther-scenario-enrichment-example";
    let Some(folder) = shared(folder) else { return };
    let report = scan(&plan(&folder, builtin()));
    let findings = report.findings.iter().map(|f| (f.id.as_str(), f)).collect();
    let intruder = |place: &String| place.starts_with("attacker_");
    let hit: Vec<BTreeSet<String>> = report
        .incidents
        .iter()
        .map(|incident| places(incident, &findings))
        .filter(|places| places.iter().any(intruder))
        .collect();
    assert_eq!(hit.len(), 1, "{hit:?}");
    assert!(hit[0].iter().all(intruder), "{hit:?}");
}
