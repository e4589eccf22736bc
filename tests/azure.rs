//! One action of Azure is one finding, whichever export its records come from.

mod common;

use std::path::PathBuf;

use common::{counts, plan, rules_of, scan, shared, testdata};
use ctadel::Plan;
use ctadel::model::{Event, Finding, Outcome};

const RULES: &str = "
title: Role given
name: role-given
level: high
logsource: {product: azure, service: activitylogs}
detection:
  s:
    operationName: Microsoft.Authorization/roleAssignments/write
    ctadel.azure.body.role: 8e3af657-a8ff-443c-a75c-2fe8c4bcb635
    ctadel.outcome: success
  condition: s
---
title: Command run
name: command-run
level: medium
logsource: {product: azure, service: activitylogs}
detection:
  s: {OperationNameValue: MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION}
  condition: s
";

fn told(findings: &[Finding]) -> Vec<String> {
    let of = |finding: &Finding| {
        let evidence: Vec<u64> = finding.evidence.iter().map(|one| one.record).collect();
        format!(
            "{} {} x{} {} {evidence:?} {}",
            finding.id,
            finding.rule.id,
            finding.count,
            finding.outcome.word(),
            finding.time
        )
    };
    findings.iter().map(of).collect()
}

#[test]
fn the_records_of_one_action_are_one_finding_in_every_export() {
    let rules = || rules_of(RULES);
    let rest = scan(&plan(&testdata().join("azure.activity/rest.json"), rules())).findings;
    assert_eq!(rest.len(), 2, "{:?}", told(&rest));
    for finding in &rest {
        assert_eq!(finding.count, 1);
        assert_eq!(finding.outcome, Outcome::Success);
    }
    assert_eq!(rest[0].evidence_total, 2);
    assert_eq!(rest[1].evidence_total, 3);
    for file in [
        "azure.activity/cli.json",
        "azure.activity/log-analytics.csv",
        "azure.activity-extra/PT1H.json",
        "azure.activity-extra/event-hub.json",
    ] {
        let found = scan(&plan(&testdata().join(file), rules())).findings;
        assert_eq!(told(&found), told(&rest), "{file}");
    }
}

#[test]
fn an_export_and_the_answer_of_the_api_are_copies_of_each_other() {
    let files = ["azure.activity/rest.json", "azure.activity-extra/PT1H.json"];
    let first = testdata().join(files[0]);
    let both = Plan {
        inputs: files
            .iter()
            .map(|file| testdata().join(file).to_string_lossy().into_owned())
            .collect(),
        ..plan(&first, rules_of(RULES))
    };
    let report = scan(&both);
    assert_eq!(counts(&report.coverage), [11, 11, 0, 0]);
    assert_eq!(report.findings.len(), 2);
}

/// Rows of the samples without what their collectors put around them.
fn corpus(folder: &str, times: bool) -> Option<(tempfile::TempDir, u64)> {
    let folder = shared(folder)?;
    let out = tempfile::tempdir().expect("a folder");
    let mut rows = 0;
    for (number, file) in common::files(&folder).iter().enumerate() {
        let text = std::fs::read_to_string(file).expect("text");
        let path: PathBuf = out.path().join(format!("{number}.json"));
        let wrapped = file.extension().is_some_and(|kind| kind == "jsonl");
        if !wrapped || !text.contains("\"event\":") {
            std::fs::write(path, text).expect("written");
            continue;
        }
        let mut lines = String::new();
        for line in text.lines() {
            let row: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let event = row["event"].to_string();
            let timed = event.contains("\"time\"")
                || event.contains("Timestamp")
                || event.contains("DateTime");
            if timed == times {
                rows += 1;
                lines.push_str(&event);
                lines.push('\n');
            }
        }
        std::fs::write(path, lines).expect("written");
    }
    Some((out, rows))
}

#[test]
fn real_records_are_read_in_full() {
    for (folder, least) in [("corpus/azure-activity", 100), ("corpus/entra", 33)] {
        let Some((rows, _)) = corpus(folder, true) else {
            return;
        };
        let report = scan(&plan(rows.path(), rules_of(RULES)));
        let coverage = &report.coverage;
        // One sample was cut from a record without its time, and one collection holds none.
        let known = |reason: &str| reason.contains("without a time") || reason == "empty file";
        let lost: Vec<_> = coverage
            .skipped
            .iter()
            .filter(|one| !known(&one.reason))
            .collect();
        assert!(lost.is_empty(), "{folder}: {lost:?}");
        assert!(
            counts(coverage)[0] + counts(coverage)[1] >= least,
            "{folder}: {:?}",
            counts(coverage)
        );
        let named =
            |event: &Event| !event.action.is_empty() && event.time.0 > 1_100_000_000_000_000_000;
        for (_, event) in common::events(rows.path()) {
            assert!(event.time.0 == 0 || named(&event), "{event:?}");
            assert!(
                [
                    "azure.activity",
                    "azure.resource",
                    "entra.audit",
                    "entra.signin"
                ]
                .contains(&event.source)
            );
        }
    }
}

#[test]
fn a_token_is_one_credential_in_every_log_and_no_other() {
    let rules = "
title: Signed in
level: low
logsource: {product: azure, service: signinlogs}
detection: {s: {category: ServicePrincipalSignInLogs}, condition: s}
---
title: Keys listed
level: low
logsource: {product: azure, service: activitylogs}
detection: {s: {operationName: MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION}, condition: s}
";
    let tenant = "b7d1e2f3-5a6b-4c8d-9e0f-112233445566";
    let oid = "1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9";
    // The first as tokens carry it, the second as older logs write it.
    let tokens = [
        "-q8PKX49CkybUm8dLDtKWQ",
        "M2E0YjVjNmQtNzE4Mi00OTNhLThiNGMtNWQ2ZTdmODA5MWEy",
    ];
    let sign_in = |minute: u32, token: &str| {
        serde_json::json!({
            "time": format!("2026-05-12T10:{minute:02}:00Z"),
            "resourceId": format!("/tenants/{tenant}/providers/Microsoft.aadiam"),
            "operationName": "Sign-in activity", "category": "ServicePrincipalSignInLogs",
            "resultType": "0", "tenantId": tenant, "callerIpAddress": "203.0.113.24",
            "properties": {
                "id": format!("51000001-1c2d-4e3f-8a9b-0c1d2e3f4a{minute:02}"),
                "servicePrincipalId": oid, "servicePrincipalName": "deploy",
                "servicePrincipalCredentialKeyId": "", "ipAddress": "203.0.113.24",
                "uniqueTokenIdentifier": token, "status": {"errorCode": 0}
            }
        })
    };
    let scope = "/SUBSCRIPTIONS/5F0C7A52-0D3E-4B7D-9C55-0F4F5F3C9A10";
    let used = serde_json::json!({
        "time": "2026-05-12T10:20:00Z", "category": "Administrative",
        "resourceId": format!("{scope}/RESOURCEGROUPS/R/PROVIDERS/MICROSOFT.STORAGE/STORAGEACCOUNTS/S"),
        "operationName": "MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION",
        "resultType": "Success", "resultSignature": "Succeeded.", "callerIpAddress": "203.0.113.24",
        "correlationId": "52000006-1c2d-4e3f-8a9b-0c1d2e3f4a5b",
        "identity": {"claims": {
            "http://schemas.microsoft.com/identity/claims/objectidentifier": oid,
            "uti": "bVxLOoJxOkmLTF1uf4CRog", "idtyp": "app"
        }},
    });
    let folder = tempfile::tempdir().expect("a folder");
    let lines = [sign_in(0, tokens[0]), sign_in(10, tokens[1]), used];
    let text: Vec<String> = lines.iter().map(ToString::to_string).collect();
    std::fs::write(folder.path().join("log.jsonl"), text.join("\n")).expect("written");
    let found = scan(&plan(folder.path(), rules_of(rules))).findings;
    let sessions: Vec<_> = found.iter().map(|one| one.actor.session.clone()).collect();
    let [first, second] = [
        "290faffa-3d7e-4c0a-9b52-6f1d2c3b4a59",
        "3a4b5c6d-7182-493a-8b4c-5d6e7f8091a2",
    ]
    .map(|number| Some(number.to_owned()));
    // Ordinary sign-ins of the same application count apart from the one that was used.
    assert_eq!(sessions, [first, second.clone(), second]);
}
