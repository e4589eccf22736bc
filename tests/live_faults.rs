//! What interrupts a live run, and the buckets that are none of S3.
#![cfg(all(feature = "live", unix))]

#[path = "support/bucket.rs"]
mod bucket;
#[path = "support/server.rs"]
mod server;
#[path = "support/storage.rs"]
mod storage;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

use bucket::Bucket;
use serde_json::Value;
use server::{Answer, Seen, Server};
use sha2::{Digest, Sha256};
use storage::Storage;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

fn command(server: &Server, home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ctadel"));
    command
        .env_clear()
        .env("HOME", home)
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "secretEXAMPLE")
        .env("AWS_REGION", "eu-west-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_ENDPOINT_URL", &server.url)
        .env("CLOUDSDK_AUTH_ACCESS_TOKEN", "tokenEXAMPLE")
        .env("AZURE_STORAGE_ACCOUNT", "audit")
        .env("AZURE_STORAGE_KEY", "a2V5RVhBTVBMRQ==")
        .current_dir(home)
        .args(arguments);
    command
}

fn ctadel(server: &Server, arguments: &[&str]) -> Output {
    let home = tempfile::tempdir().expect("a folder");
    let output = command(server, home.path(), arguments).output();
    output.expect("it ran")
}

fn error(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Started, with something to read of what it prints.
fn started(server: &Server, home: &Path, arguments: &[&str]) -> Child {
    let mut command = command(server, home, arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("it starts")
}

fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    let sent = Command::new("kill").args([name, &id]).status();
    assert!(sent.expect("kill").success());
}

/// Waits for something, for a minute.
fn until(what: impl Fn() -> bool) {
    let start = Instant::now();
    while !what() {
        assert!(start.elapsed() < Duration::from_secs(60), "it never came");
        sleep(Duration::from_millis(20));
    }
}

/// A bucket that hands out its first objects and is silent about the rest, while it is closed.
fn stuck(after: usize) -> (Server, Arc<AtomicBool>) {
    let bucket = Bucket::new(&data().join("sample"), 1000);
    let closed = Arc::new(AtomicBool::new(true));
    let kept = Arc::clone(&closed);
    let first: Vec<String> = bucket.keys()[..after].to_vec();
    let server = Server::start(move |seen, _| {
        let is_object = seen.query("list-type").is_none();
        let path = server::unescape(seen.path());
        let mut answer = bucket.answer(seen);
        if is_object && kept.load(Relaxed) && !first.iter().any(|key| path.ends_with(key)) {
            answer.delay = Duration::from_secs(600);
        }
        answer
    });
    (server, closed)
}

#[test]
fn a_killed_pull_is_taken_up_where_it_was() {
    let (server, closed) = stuck(20);
    let home = tempfile::tempdir().expect("a folder");
    let out = home.path().join("logs");
    let out = out.to_str().expect("text");
    let manifest = format!("{out}.manifest.jsonl");
    let arguments = ["pull", "s3://trail/", "-o", out];
    let lines = || {
        let text = std::fs::read_to_string(&manifest).unwrap_or_default();
        text.lines().count()
    };
    let mut child = started(&server, home.path(), &arguments);
    until(|| lines() >= 15);
    child.kill().expect("killed");
    child.wait().expect("gone");
    closed.store(false, Relaxed);
    let (kept, before) = (lines(), server.seen().len());
    let again = ctadel(&server, &arguments);
    assert_eq!(again.status.code(), Some(0), "{}", error(&again));
    let all = bucket::count(&data().join("sample"));
    let asked = server.seen().split_off(before);
    let fetched = asked
        .iter()
        .filter(|seen| seen.query("list-type").is_none());
    assert_eq!(
        fetched.count(),
        all - kept,
        "what was there is not fetched again"
    );
    let sample = data().join("sample");
    let disk = ctadel(
        &server,
        &["scan", "-f", "jsonl", sample.to_str().expect("text")],
    );
    let pulled = ctadel(&server, &["scan", "-f", "jsonl", out]);
    assert!(
        pulled.stdout == disk.stdout,
        "nothing is lost and nothing twice"
    );
    assert_eq!(lines(), all);
    // Each hash is that of the file beside it, and one that is not is fetched again.
    let text = std::fs::read_to_string(&manifest).expect("a manifest");
    let files: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    for line in &files {
        let path = Path::new(out).join(line["file"].as_str().expect("a name"));
        let bytes = std::fs::read(path).expect("a file");
        let sum: String = Sha256::digest(&bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(
            (&line["sha256"], &line["bytes"]),
            (&sum.into(), &bytes.len().into())
        );
    }
    let path = Path::new(out).join(files[3]["file"].as_str().expect("a name"));
    let mut bytes = std::fs::read(&path).expect("a file");
    bytes.reverse();
    std::fs::write(&path, bytes).expect("written");
    let before = server.seen().len();
    assert_eq!(ctadel(&server, &arguments).status.code(), Some(0));
    let asked = server.seen().split_off(before);
    let fetched = asked
        .iter()
        .filter(|seen| seen.query("list-type").is_none());
    assert_eq!(fetched.count(), 1);
    let pulled = ctadel(&server, &["scan", "-f", "jsonl", out]);
    assert!(pulled.stdout == disk.stdout);
}

#[test]
fn a_listing_that_repeats_a_page_is_read_once() {
    let window = ["--since", "2026-01-01", "--until", "2026-12-31"];
    // Names by the level, and names without end.
    for more in [&[][..], &window[..]] {
        let bucket = Bucket::new(&data().join("sample"), 3);
        let given: Mutex<BTreeMap<String, Answer>> = Mutex::default();
        let repeated = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&repeated);
        let server = Server::start(move |seen, number| {
            let answer = bucket.answer(seen);
            if seen.query("list-type").is_none() {
                return answer;
            }
            let parts = ["prefix", "delimiter", "start-after"].map(|part| seen.query(part));
            let mut given = given.lock().expect("not poisoned");
            let before = given.insert(format!("{parts:?}"), answer.clone());
            // The page before in the place of the one behind it, now and then.
            match before.filter(|_| number % 3 == 0) {
                Some(before) if seen.query("continuation-token").is_some() => {
                    counted.fetch_add(1, Relaxed);
                    before
                }
                _ => answer,
            }
        });
        let scan = ["scan", "-f", "jsonl"];
        let sample = data().join("sample");
        let sample = sample.to_str().expect("text");
        let live = ctadel(&server, &[&scan[..], more, &["s3://trail/"]].concat());
        let disk = ctadel(&server, &[&scan[..], more, &[sample]].concat());
        assert_eq!(live.status.code(), Some(0), "{}", error(&live));
        let printed = |output: &Output| -> (String, Value) {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let (findings, last) = text.trim_end().rsplit_once('\n').expect("lines");
            let last: Value = serde_json::from_str(last).expect("JSON");
            (findings.to_owned(), last)
        };
        let ((live, account), (disk, expected)) = (printed(&live), printed(&disk));
        assert!(live == disk, "{more:?}");
        assert!(repeated.load(Relaxed) > 0, "{more:?}: no page came twice");
        for number in ["records", "duplicates", "skipped"] {
            assert_eq!(account[number], expected[number], "{more:?}: {number}");
        }
    }
}

#[test]
fn a_clock_that_is_wrong_is_put_right() {
    let bucket = Bucket::new(&data().join("sample"), 1000);
    let theirs = chrono::Utc::now() + chrono::TimeDelta::hours(3);
    let hour = theirs.format("%Y%m%dT%H").to_string();
    let date = theirs.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let refused = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&refused);
    let server = Server::start(move |seen, _| {
        let stamp = seen.header("x-amz-date").unwrap_or_default();
        match stamp.starts_with(&hour) {
            true => bucket.answer(seen),
            false => {
                counted.fetch_add(1, Relaxed);
                let body = "<Error><Code>RequestTimeTooSkewed</Code></Error>";
                Answer::new(403, body).header("date", &date)
            }
        }
    });
    let scan = ["scan", "-f", "jsonl"];
    let sample = data().join("sample");
    let live = ctadel(&server, &[&scan[..], &["s3://trail/"]].concat());
    let disk = ctadel(
        &server,
        &[&scan[..], &[sample.to_str().expect("text")]].concat(),
    );
    assert_eq!(live.status.code(), Some(0), "{}", error(&live));
    assert!(live.stdout == disk.stdout, "{}", error(&live));
    // Learnt once, for all that follow.
    assert_eq!(refused.load(Relaxed), 1);
}

#[test]
fn ctrl_c_ends_at_once_and_says_so() {
    let home = tempfile::tempdir().expect("a folder");
    let out = home.path().join("logs");
    let runs = [
        vec!["scan", "-f", "jsonl", "s3://trail/"],
        vec!["pull", "s3://trail/", "-o", out.to_str().expect("text")],
    ];
    for arguments in runs {
        let (server, _) = stuck(5);
        let child = started(&server, home.path(), &arguments);
        until(|| server.seen().len() > 20);
        let pressed = Instant::now();
        signal(&child, "-INT");
        let output = child.wait_with_output().expect("it ends");
        assert!(
            pressed.elapsed() < Duration::from_secs(20),
            "{:?}",
            pressed.elapsed()
        );
        assert_eq!(output.status.code(), Some(130), "{}", error(&output));
        if arguments[0] == "scan" {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let last: Value =
                serde_json::from_str(text.lines().last().expect("coverage")).expect("JSON");
            assert_eq!(last["complete"], false, "{last}");
        }
    }
}

#[test]
fn a_watch_posts_and_stops_cleanly() {
    for name in ["-INT", "-TERM"] {
        watched_until(name);
    }
}

fn watched_until(name: &str) {
    let bucket = Bucket::new(&data().join("sample"), 1000);
    let posted: Arc<Mutex<Vec<Seen>>> = Arc::default();
    let kept = Arc::clone(&posted);
    let server = Server::start(move |seen, _| match seen.method.as_str() {
        "POST" => {
            kept.lock().expect("not poisoned").push(seen.clone());
            Answer::new(204, "")
        }
        _ => bucket.answer(seen),
    });
    let home = tempfile::tempdir().expect("a folder");
    let hook = format!("{}/hook?x=1", server.url);
    let arguments = [
        "watch",
        "s3://trail/",
        "-f",
        "jsonl",
        "--since",
        "2026-05-01",
        "--interval",
        "1h",
        "--webhook",
        &hook,
    ];
    let child = started(&server, home.path(), &arguments);
    let state = || {
        let folder = std::fs::read_dir(home.path().join(".local/state/ctadel"));
        folder.is_ok_and(|mut entries| {
            entries.any(|entry| {
                entry.is_ok_and(|it| it.path().extension().is_some_and(|end| end == "json"))
            })
        })
    };
    until(state);
    signal(&child, name);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0), "{name}: {}", error(&output));
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let incidents: Vec<Value> = printed
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .filter(|line: &Value| line["kind"] == "incident")
        .collect();
    let posted = posted.lock().expect("not poisoned");
    let sent: Vec<Value> = posted
        .iter()
        .map(|seen| serde_json::from_slice(&seen.body).expect("JSON"))
        .collect();
    assert!(!incidents.is_empty());
    assert_eq!(sent, incidents);
    assert!(
        posted
            .iter()
            .all(|seen| seen.target == "/hook?x=1" && seen.header("authorization").is_none())
    );
}

/// Copies test data to names of hours, reads a window of them from the stand-in and from disk.
fn storage(url: &str, names: &[(&str, &str)], inside: &str, answer: fn(&Storage, &Seen) -> Answer) {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, from) in names {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::copy(data().join(from), path).expect("copied");
    }
    let all: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
    let held = Storage::new(folder.path(), &all, 2);
    let faults = AtomicUsize::new(0);
    let server = Server::start(move |seen, _| {
        let answer = answer(&held, seen);
        let half = answer.body.len() / 2;
        match faults.fetch_add(1, Relaxed) % 4 {
            0 => Answer::new(429, "").header("retry-after", "0"),
            1 => answer.cut(half),
            _ => answer,
        }
    });
    let scan = ["scan", "-f", "jsonl", "--min-severity", "informational"];
    let input = format!("{url}?endpoint={}", server.url);
    let disk = folder.path().to_str().expect("text");
    let (live, disk) = (
        ctadel(&server, &[&scan[..], &[&input]].concat()),
        ctadel(&server, &[&scan[..], &[disk]].concat()),
    );
    assert_eq!(live.status.code(), Some(0), "{}", error(&live));
    assert!(
        live.stdout == disk.stdout,
        "{}",
        String::from_utf8_lossy(&live.stdout)
    );
    assert!(
        live.stdout.iter().filter(|byte| **byte == b'\n').count() > 1,
        "nothing was found"
    );
    let before = server.seen().len();
    let window = [
        "--since",
        "2026-05-12T09:00",
        "--until",
        "2026-05-12T09:30",
        "--lookback",
        "0h",
    ];
    let live = ctadel(&server, &[&scan[..], &window, &[&input]].concat());
    assert_eq!(live.status.code(), Some(0), "{}", error(&live));
    let asked = server.seen().split_off(before);
    let objects: Vec<String> = asked
        .iter()
        .map(|seen| server::unescape(seen.path()))
        .filter(|path| path.ends_with(".json"))
        .collect();
    assert!(
        !objects.is_empty() && objects.iter().all(|path| path.contains(inside)),
        "{objects:?}"
    );
}

#[test]
fn a_sink_bucket() {
    let log = "cloudaudit.googleapis.com/activity";
    let names = [
        "2026/05/11/09",
        "2026/05/12/07",
        "2026/05/12/09",
        "2026/05/13/09",
    ];
    let names = names.map(|hour| {
        let (_, last) = hour.rsplit_once('/').expect("an hour");
        format!("{log}/{}/{last}:00:00_{last}:59:59_S0.json", &hour[..10])
    });
    let from = "gcp.audit/09_00_00_09_59_59_S0.json";
    let names: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), from)).collect();
    storage("gs://audit/", &names, "2026/05/12/09:", |held, seen| {
        assert_eq!(seen.header("authorization"), Some("Bearer tokenEXAMPLE"));
        held.google(seen)
    });
}

#[test]
fn a_container_of_diagnostic_settings() {
    let names = ["d=11/h=09", "d=12/h=07", "d=12/h=09", "d=13/h=09"];
    let names = names.map(|hour| format!("resourceId=/SUBSCRIPTIONS/3F6C2A1E-8B4D-4C7A-9E5F-0A1B2C3D4E5F/y=2026/m=05/{hour}/m=00/PT1H.json"));
    let names: Vec<(&str, &str)> = names
        .iter()
        .map(|name| (name.as_str(), "azure.activity/lines.jsonl"))
        .collect();
    storage("az://audit/logs", &names, "d=12/h=09", |held, seen| {
        assert!(
            seen.header("authorization")
                .is_some_and(|it| it.starts_with("SharedKey audit:"))
        );
        held.azure(seen)
    });
}
