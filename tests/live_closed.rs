//! One place of many is closed: the others are read, and what is missing is named with the
//! permission that it takes.
#![cfg(feature = "live")]

#[path = "support/live.rs"]
mod live;
#[path = "support/server.rs"]
mod server;

use live::{coverage, ctadel, day, error, log};
use serde_json::{Value, json};
use server::{Answer, Seen, Server};

/// One kind of input: two places, of which the second one is closed.
struct Kind {
    open: &'static str,
    closed: &'static str,
    /// Whether a request is for the closed one.
    is_closed: fn(&Seen) -> bool,
    refusal: fn() -> Answer,
    /// What the open one answers.
    answer: fn(&Seen) -> Answer,
    /// How the closed one is called.
    name: &'static str,
    /// What it takes.
    needs: &'static str,
}

const KEYS: [(&str, &str); 9] = [
    ("SCW_SECRET_KEY", "secretEXAMPLE"),
    ("OKTA_CLIENT_TOKEN", "tokenEXAMPLE"),
    ("OVH_LDP_TOKEN", "tokenEXAMPLE"),
    ("CLOUDSDK_AUTH_ACCESS_TOKEN", "tokenEXAMPLE"),
    ("AZURE_TENANT_ID", "22222222-0000-4000-8000-000000000001"),
    ("AZURE_CLIENT_ID", "33333333-0000-4000-8000-000000000001"),
    ("AZURE_CLIENT_SECRET", "secretEXAMPLE"),
    ("AZURE_STORAGE_ACCOUNT", "audit"),
    ("AZURE_STORAGE_KEY", "a2V5RVhBTVBMRQ=="),
];

fn one(path: &str, list: &str) -> Vec<Value> {
    log(path, list)[..1].to_vec()
}

/// Reads both places, or only the closed one. `closed` may stand for both where one URL names
/// several.
fn judge(kind: &Kind) {
    let (is_closed, refusal, answer) = (kind.is_closed, kind.refusal, kind.answer);
    let server = Server::start(move |seen, _| match seen.path() {
        path if path.ends_with("/token") => {
            Answer::json(json!({"access_token": "tokenEXAMPLE", "expires_in": 3600}))
        }
        _ if is_closed(seen) => refusal(),
        _ => answer(seen),
    });
    let mut env = KEYS.to_vec();
    env.push(("AZURE_AUTHORITY_HOST", &server.url));
    let url = |input: &str| format!("{input}?endpoint={}", server.url);
    let mut both: Vec<String> = vec![url(kind.closed)];
    if !kind.open.is_empty() {
        both.push(url(kind.open));
    }
    let both: Vec<&str> = both.iter().map(String::as_str).collect();
    let (day, until) = (day(), format!("{}T23:59:59", day()));
    let scan = [
        "scan",
        "-f",
        "jsonl",
        "--lookback",
        "0h",
        "--since",
        &day,
        "--until",
        &until,
    ];
    let at = kind.closed;
    let output = ctadel(&env, &[&scan[..], &both].concat());
    assert_eq!(output.status.code(), Some(0), "{at}: {}", error(&output));
    let account = coverage(&output);
    assert_eq!(account["records"], 1, "{at}: {account}");
    let skipped = account["skipped"].as_array().expect("a list");
    let [skipped] = skipped.as_slice() else {
        panic!("{at}: {account}")
    };
    let (file, reason) = (skipped["file"].to_string(), skipped["reason"].to_string());
    assert!(file.contains(kind.name), "{at}: {file}");
    assert!(
        reason.contains(&format!("needs {}", kind.needs)),
        "{at}: {reason}"
    );
    // People are told, too.
    assert!(
        error(&output).contains(kind.name),
        "{at}: {}",
        error(&output)
    );
    // A check says the same before any run, and what is open beside it.
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("config.yaml");
    std::fs::write(&config, json!({"inputs": both}).to_string()).expect("written");
    let config = config.to_str().expect("text");
    let check = ctadel(&env, &["config", "check", "--config", config]);
    assert_eq!(check.status.code(), Some(4), "{at}: {}", error(&check));
    let told = String::from_utf8_lossy(&check.stdout).into_owned();
    assert!(
        told.contains(&format!("failed  input {at}"))
            && told.contains(&format!("needs {}", kind.needs)),
        "{at}: {told}"
    );
    match kind.open {
        "" => assert!(told.contains(&format!("{}: ", kind.name)), "{at}: {told}"),
        open => assert!(
            told.contains(&format!("ok      input {open}")),
            "{at}: {told}"
        ),
    }
    let strict = ctadel(&env, &[&scan[..], &["--strict"], &both].concat());
    assert_eq!(strict.status.code(), Some(3), "{at}: {}", error(&strict));
    if !kind.open.is_empty() {
        let none = ctadel(&env, &[&scan[..], &both[..1]].concat());
        assert_eq!(none.status.code(), Some(4), "{at}: {}", error(&none));
    }
}

/// AWS says so under the status of a wrong request.
fn denied() -> Answer {
    Answer::new(
        400,
        r#"{"__type":"AccessDeniedException","Message":"not authorized"}"#,
    )
}

fn forbidden() -> Answer {
    Answer::new(403, r#"{"message":"no"}"#)
}

fn audit_trail(seen: &Seen) -> Answer {
    let events = match seen.path().ends_with("fr-par/events") {
        true => one("scaleway.audit/list-events.json", "/events"),
        false => Vec::new(),
    };
    Answer::json(json!({"events": events}))
}

fn entra(seen: &Seen) -> Answer {
    let events = match seen.path().ends_with("directoryAudits") {
        true => one("entra.audit/graph.json", "/value"),
        false => Vec::new(),
    };
    Answer::json(json!({"value": events}))
}

#[test]
fn a_region_of_the_event_history() {
    judge(&Kind {
        open: "",
        closed: "aws-lookup://eu-west-1,us-east-1",
        is_closed: |seen| {
            let scope = seen.header("authorization").unwrap_or_default();
            scope.contains("/us-east-1/cloudtrail/")
        },
        refusal: denied,
        answer: |_| {
            let events = one("aws.cloudtrail/lookup-events.json", "/Events");
            Answer::json(json!({"Events": events}))
        },
        name: "us-east-1",
        needs: "cloudtrail:LookupEvents",
    });
}

#[test]
fn a_log_group() {
    judge(&Kind {
        open: "aws-logs:///aws/eks/one/cluster",
        closed: "aws-logs:///aws/eks/two/cluster",
        is_closed: |seen| seen.text().contains("/eks/two/"),
        refusal: denied,
        answer: |_| {
            let events = one("kubernetes.audit/cloudwatch-filter.json", "/events");
            Answer::json(json!({"events": events}))
        },
        name: "two/cluster/eu-west-1",
        needs: "logs:FilterLogEvents",
    });
}

#[test]
fn a_project() {
    judge(&Kind {
        open: "gcp-logging://projects/one-example",
        closed: "gcp-logging://projects/two-example",
        is_closed: |seen| seen.text().contains("projects/two-example"),
        refusal: || {
            Answer::new(
                403,
                r#"{"error":{"code":403,"status":"PERMISSION_DENIED","message":"no"}}"#,
            )
        },
        answer: |_| {
            let entries = one("gcp.audit/entries-list.json", "/entries");
            Answer::json(json!({"entries": entries}))
        },
        name: "gcp-logging://projects/two-example",
        needs: "logging.logEntries.list",
    });
}

#[test]
fn a_bucket_of_a_sink() {
    judge(&Kind {
        open: "gs://one-example/",
        closed: "gs://two-example/",
        is_closed: |seen| seen.path().contains("/b/two-example/"),
        refusal: forbidden,
        answer: |seen| {
            let text = one("gcp.audit/entries-list.json", "/entries")[0].to_string();
            match seen.query("alt") {
                Some(_) => Answer::new(200, text),
                None => Answer::json(
                    json!({"items": [{"name": "a.json", "size": text.len().to_string()}]}),
                ),
            }
        },
        name: "gs://two-example/",
        needs: "storage.objects.list",
    });
}

#[test]
fn a_container() {
    judge(&Kind {
        open: "az://audit/one",
        closed: "az://audit/two",
        is_closed: |seen| seen.path().starts_with("/two"),
        refusal: || {
            Answer::new(
                403,
                "<Error><Code>AuthorizationPermissionMismatch</Code></Error>",
            )
        },
        answer: |seen| {
            let text = one("azure.activity/rest.json", "/value")[0].to_string();
            match seen.query("comp") {
                None => Answer::new(200, text),
                Some(_) => Answer::new(
                    200,
                    format!(
                        "<?xml version=\"1.0\"?><EnumerationResults><Blobs><Blob><Name>a.json</Name><Properties><Content-Length>{}</Content-Length></Properties></Blob></Blobs><NextMarker/></EnumerationResults>",
                        text.len()
                    ),
                ),
            }
        },
        name: "az://audit/two",
        needs: "Storage Blob Data Reader",
    });
}

#[test]
fn a_subscription() {
    judge(&Kind {
        open: "azure-activity://11111111-0000-4000-8000-000000000001",
        closed: "azure-activity://99999999-0000-4000-8000-000000000001",
        is_closed: |seen| seen.path().contains("99999999-0000"),
        refusal: || {
            Answer::new(
                403,
                r#"{"error":{"code":"AuthorizationFailed","message":"no"}}"#,
            )
        },
        answer: |_| {
            let events = one("azure.activity/rest.json", "/value");
            Answer::json(json!({"value": events}))
        },
        name: "azure-activity://99999999-0000",
        needs: "Microsoft.Insights/eventtypes/management/values/read",
    });
}

/// Sign-ins are for tenants that pay for them.
#[test]
fn a_log_of_a_tenant() {
    judge(&Kind {
        open: "",
        closed: "entra://22222222-0000-4000-8000-000000000001",
        is_closed: |seen| seen.path() == "/v1.0/auditLogs/signIns",
        refusal: || {
            let code = "Authentication_RequestFromNonPremiumTenantOrB2CTenant";
            let body = json!({"error": {"code": code, "message": "no"}});
            Answer::new(403, body.to_string())
        },
        answer: entra,
        name: "signIns",
        needs: "AuditLog.Read.All",
    });
}

#[test]
fn a_region_of_the_audit_trail() {
    judge(&Kind {
        open: "",
        closed: "scaleway-audit://11111111-0000-4000-8000-000000000001",
        is_closed: |seen| seen.path().ends_with("/nl-ams/events"),
        refusal: forbidden,
        answer: audit_trail,
        name: "nl-ams/events",
        needs: "AuditTrailReadOnly",
    });
}

#[test]
fn an_alias() {
    judge(&Kind {
        open: "ovh-ldp://gra1/one",
        closed: "ovh-ldp://gra1/two",
        is_closed: |seen| seen.path().starts_with("/two/"),
        refusal: forbidden,
        answer: |seen| {
            let is_first = !seen.text().contains("search_after");
            let mut hits = one("ovh.account/opensearch.json", "/hits/hits");
            hits[0]["sort"] = json!(["1"]);
            hits.retain(|_| is_first);
            Answer::json(json!({"hits": {"hits": hits}}))
        },
        name: "ovh-ldp://gra1/two",
        needs: "read access to the alias",
    });
}

/// Two organisations are two hosts: each its own server.
#[test]
fn an_organisation_of_okta() {
    let closed =
        Server::start(|_, _| Answer::new(403, r#"{"errorCode":"E0000006","errorSummary":"no"}"#));
    let open = Server::start(|_, _| Answer::json(json!(one("okta.system/array.json", ""))));
    let inputs = [
        format!("okta://two.example.com?endpoint={}", closed.url),
        format!("okta://one.example.com?endpoint={}", open.url),
    ];
    let (day, until) = (day(), format!("{}T23:59:59", day()));
    let scan = ["scan", "-f", "jsonl", "--since", &day, "--until", &until];
    let inputs = [&*inputs[0], &*inputs[1]];
    let output = ctadel(&KEYS, &[&scan[..], &inputs].concat());
    assert_eq!(output.status.code(), Some(0), "{}", error(&output));
    let account = coverage(&output);
    assert_eq!(account["records"], 1, "{account}");
    let skipped = account["skipped"].to_string();
    assert!(
        skipped.contains("okta://two.example.com") && skipped.contains("needs okta.logs.read"),
        "{skipped}"
    );
    let none = ctadel(&KEYS, &[&scan[..], &inputs[..1]].concat());
    assert_eq!(none.status.code(), Some(4), "{}", error(&none));
}
