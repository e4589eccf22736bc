//! Every provider of pages on the loopback interface: with all its faults, what is read live, what
//! is pulled and what lies on disk are the same.
#![cfg(feature = "live")]

#[path = "support/live.rs"]
mod live;
#[path = "support/provider.rs"]
mod provider;
#[path = "support/server.rs"]
mod server;

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

use live::{coverage, ctadel, day, error, log};
use provider::{Pages, Style};
use serde_json::{Value, json};
use server::{Answer, Seen, Server};

/// A provider, and who hands out its tokens: each one is good for five requests.
fn start(pages: Pages, renewed: bool) -> Server {
    let url: Arc<OnceLock<String>> = Arc::default();
    let (known, used, issued) = (Arc::clone(&url), AtomicU32::new(0), AtomicU32::new(0));
    let server = Server::start(move |seen, _| {
        if seen.path().ends_with("/token") {
            used.store(0, Relaxed);
            let number = issued.fetch_add(1, Relaxed);
            return Answer::json(json!({
                "access_token": format!("token{number}EXAMPLE"), "expires_in": 3600,
            }));
        }
        let fresh = !renewed || used.fetch_add(1, Relaxed) < 5;
        pages.answer(seen, known.get().expect("it runs"), fresh)
    });
    url.set(server.url.clone()).expect("set once");
    server
}

/// Live, pulled and taken up again, and from disk: all the same, and nothing is lost.
fn judge(server: &Server, events: usize, env: &[(&str, &str)], url: &str) {
    let input = format!("{url}?endpoint={}", server.url);
    let day = day();
    let window = ["--since", &*day, "--until", &*format!("{day}T23:59:59")].map(str::to_owned);
    let window: Vec<&str> = window.iter().map(String::as_str).collect();
    let scan = [
        "scan",
        "-f",
        "jsonl",
        "--min-severity",
        "informational",
        "--lookback",
        "0h",
    ];
    let live = ctadel(env, &[&scan[..], &window, &[&input]].concat());
    assert_eq!(live.status.code(), Some(0), "{}", error(&live));
    let account = coverage(&live);
    let number = |key: &str| account[key].as_u64().expect("a number") as usize;
    assert_eq!(
        number("records") + number("duplicates"),
        events,
        "{account}"
    );
    assert_eq!(
        (&account["skipped"], &account["complete"]),
        (&json!([]), &json!(true))
    );
    assert!(number("duplicates") > 0, "{account}");
    let out = tempfile::tempdir().expect("a folder");
    let folder = out.path().join("logs");
    let folder = folder.to_str().expect("text");
    let pull = [&["pull", &*input, "-o", folder], &*window].concat();
    let pulled = ctadel(env, &pull);
    assert_eq!(pulled.status.code(), Some(0), "{}", error(&pulled));
    let disk = ctadel(env, &[&scan[..], &window, &[folder]].concat());
    assert!(
        live.stdout == disk.stdout,
        "{}\n{}",
        String::from_utf8_lossy(&live.stdout),
        String::from_utf8_lossy(&disk.stdout)
    );
    // Nothing is asked again where the whole day is there.
    let before = server.seen().len();
    let again = ctadel(env, &pull);
    assert_eq!(again.status.code(), Some(0), "{}", error(&again));
    let asked = server.seen().split_off(before);
    assert!(
        asked.iter().all(|seen| seen.path().ends_with("/token")),
        "{asked:?}"
    );
}

#[test]
fn cloud_logging() {
    let pages = Pages::new(
        Style::Gcp,
        vec![(
            "/v2/entries:list",
            log("gcp.audit/entries-list.json", "/entries"),
        )],
    );
    let events = pages.events();
    let server = start(pages, true);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("adc.json");
    let adc = json!({
        "type": "authorized_user", "client_id": "client", "client_secret": "secretEXAMPLE",
        "refresh_token": "refreshEXAMPLE", "token_uri": format!("{}/token", server.url),
        "quota_project_id": "billed-example",
    });
    std::fs::write(&file, adc.to_string()).expect("written");
    let env = [(
        "GOOGLE_APPLICATION_CREDENTIALS",
        file.to_str().expect("text"),
    )];
    judge(
        &server,
        events,
        &env,
        "gcp-logging://projects/shop-prod-example",
    );
    let asked = |seen: &&Seen| seen.path() == "/v2/entries:list";
    let seen = server.seen();
    let first = seen.iter().find(asked).expect("asked");
    assert_eq!(first.header("x-goog-user-project"), Some("billed-example"));
    let body: Value = serde_json::from_slice(&first.body).expect("JSON");
    assert_eq!(body["resourceNames"], json!(["projects/shop-prod-example"]));
    let filter = body["filter"].as_str().expect("a filter");
    assert!(
        filter.contains("timestamp>=") && filter.contains("%2Fdata_access"),
        "{filter}"
    );
}

/// An identity of Entra whose tokens come from the same server.
fn entra<'a>(url: &'a str, tenant: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("AZURE_AUTHORITY_HOST", url),
        ("AZURE_TENANT_ID", tenant),
        ("AZURE_CLIENT_ID", "33333333-0000-4000-8000-000000000001"),
        ("AZURE_CLIENT_SECRET", "secretEXAMPLE"),
    ]
}

const SUBSCRIPTION: &str = "3f6c2a1e-8b4d-4c7a-9e5f-0a1b2c3d4e5f";
const TENANT: &str = "22222222-0000-4000-8000-000000000001";
const ACTIVITY: &str = "/subscriptions/3f6c2a1e-8b4d-4c7a-9e5f-0a1b2c3d4e5f/providers/microsoft.insights/eventtypes/management/values";

#[test]
fn activity_log() {
    let events = log("azure.activity/rest.json", "/value");
    let pages = Pages::new(Style::Link("nextLink"), vec![(ACTIVITY, events)]);
    let events = pages.events();
    let server = start(pages, true);
    let env = entra(&server.url, TENANT);
    judge(
        &server,
        events,
        &env,
        &format!("azure-activity://{SUBSCRIPTION}"),
    );
    let tokens = server.seen();
    let tokens: Vec<&Seen> = tokens
        .iter()
        .filter(|seen| seen.path().ends_with("/token"))
        .collect();
    assert!(tokens.len() > 1, "run out and fetched anew");
    assert_eq!(tokens[0].path(), format!("/{TENANT}/oauth2/v2.0/token"));
    assert!(
        tokens[0]
            .text()
            .contains("scope=https%3A%2F%2Fmanagement.azure.com%2F.default")
    );
}

#[test]
fn entra_logs() {
    let sign_ins = log("entra.signin/graph.json", "/value");
    let (people, others) = sign_ins.split_at(5);
    let pages = Pages::new(
        Style::Link("@odata.nextLink"),
        vec![
            (
                "/v1.0/auditLogs/directoryAudits",
                log("entra.audit/graph.json", "/value"),
            ),
            ("/v1.0/auditLogs/signIns", people.to_vec()),
            ("/beta/auditLogs/signIns", others.to_vec()),
        ],
    );
    let events = pages.events();
    let server = start(pages, true);
    judge(
        &server,
        events,
        &entra(&server.url, TENANT),
        &format!("entra://{TENANT}"),
    );
}

#[test]
fn audit_trail() {
    let events = log("scaleway.audit/list-events.json", "/events");
    let (one, two) = events.split_at(6);
    let pages = Pages::new(
        Style::Scaleway,
        vec![
            (
                "/audit-trail/v1alpha1/regions/fr-par/authentication-events",
                Vec::new(),
            ),
            ("/audit-trail/v1alpha1/regions/fr-par/events", one.to_vec()),
            (
                "/audit-trail/v1alpha1/regions/fr-par/system-events",
                Vec::new(),
            ),
            (
                "/audit-trail/v1alpha1/regions/nl-ams/authentication-events",
                Vec::new(),
            ),
            ("/audit-trail/v1alpha1/regions/nl-ams/events", two.to_vec()),
            (
                "/audit-trail/v1alpha1/regions/nl-ams/system-events",
                Vec::new(),
            ),
        ],
    );
    let events = pages.events();
    let server = start(pages, false);
    let env = [("SCW_SECRET_KEY", "secretEXAMPLE")];
    judge(
        &server,
        events,
        &env,
        "scaleway-audit://8a1f6c52-3d0e-4b79-9c21-5e7d40b1a6f3",
    );
    let seen = server.seen();
    assert!(
        seen.iter()
            .all(|seen| seen.header("x-auth-token") == Some("secretEXAMPLE"))
    );
    assert!(
        seen.iter()
            .all(|seen| seen.query("recorded_after").is_some())
    );
}

#[test]
fn logs_data_platform() {
    let hits = log("ovh.account/opensearch.json", "/hits/hits");
    let mut pages = Pages::new(Style::Ovh, vec![("/audit/_search", hits)]);
    pages.drop_empty();
    let events = pages.events();
    let server = start(pages, false);
    let env = [("OVH_LDP_TOKEN", "tokenEXAMPLE")];
    judge(&server, events, &env, "ovh-ldp://gra1/audit");
    // base64 of `tokenEXAMPLE:token`
    let proof = "Basic dG9rZW5FWEFNUExFOnRva2Vu";
    assert!(
        server
            .seen()
            .iter()
            .all(|seen| seen.header("authorization") == Some(proof))
    );
}

#[test]
fn system_log() {
    let events = log("okta.system/array.json", "");
    let pages = Pages::new(Style::Okta, vec![("/api/v1/logs", events)]);
    let events = pages.events();
    let server = start(pages, false);
    let env = [("OKTA_CLIENT_TOKEN", "tokenEXAMPLE")];
    judge(&server, events, &env, "okta://example.okta.com");
    let seen = server.seen();
    assert!(
        seen.iter()
            .all(|seen| seen.header("authorization") == Some("SSWS tokenEXAMPLE"))
    );
}

#[test]
fn log_group() {
    let events = log("kubernetes.audit/cloudwatch-filter.json", "/events");
    let pages = Pages::new(Style::Logs, vec![("/", events)]);
    let events = pages.events();
    let server = start(pages, false);
    judge(&server, events, &[], "aws-logs:///aws/eks/prod/cluster");
    let seen = server.seen();
    assert!(
        seen.iter()
            .all(|seen| seen.header("x-amz-target") == Some("Logs_20140328.FilterLogEvents"))
    );
    assert!(seen[0].text().contains("\"/aws/eks/prod/cluster\""));
}

/// A provider whose pages never end: by going round, or by always being the same.
#[test]
fn what_leads_nowhere_is_left_and_told() {
    let entries = log("gcp.audit/entries-list.json", "/entries");
    let counted = Arc::new(AtomicU32::new(0));
    let next: [fn(u32, &str) -> String; 3] = [
        |_, _| "same".to_owned(),
        |_, asked| if asked == "a" { "b" } else { "a" }.to_owned(),
        |number, _| format!("t{number}"),
    ];
    for next in next {
        let (entries, counted) = (entries[..2].to_vec(), Arc::clone(&counted));
        let server = Server::start(move |seen, _| {
            let asked: Value = serde_json::from_slice(&seen.body).expect("JSON");
            let asked = asked["pageToken"].as_str().unwrap_or_default();
            let token = next(counted.fetch_add(1, Relaxed), asked);
            Answer::json(json!({"entries": entries, "nextPageToken": token}))
        });
        let input = format!(
            "gcp-logging://projects/shop-prod-example?endpoint={}",
            server.url
        );
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
        let env = [("CLOUDSDK_AUTH_ACCESS_TOKEN", "tokenEXAMPLE")];
        let output = ctadel(&env, &[&scan[..], &[&input]].concat());
        assert_eq!(output.status.code(), Some(0), "{}", error(&output));
        assert!(server.seen().len() < 10, "{}", server.seen().len());
        let account = coverage(&output);
        assert_eq!(account["records"], 2, "{account}");
        let reason = account["skipped"][0]["reason"].to_string();
        assert!(
            reason.contains("leads in a circle") || reason.contains("comes again and again"),
            "{account}"
        );
    }
}
