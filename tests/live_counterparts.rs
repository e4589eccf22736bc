//! Live inputs against servers that others wrote: S3 and CloudWatch Logs on moto, blobs on azurite.
//! They run where COUNTERPART_MOTO and COUNTERPART_AZURITE name one.
#![cfg(feature = "live")]

use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;

use aws_sdk_s3::config::{BehaviorVersion, Builder, Credentials, Region};
use aws_sdk_s3::primitives::ByteStream;
use ctadel::net::credentials::{Anonymous, azure_storage};
use ctadel::net::{Client, Env, Method, Operation, Request, block_on};
use serde_json::{Value, json};

/// What a test does to fill a server: no part of the program can.
#[derive(Clone, Copy, Debug)]
enum Fill {
    Post,
    Put,
}

impl Operation for Fill {
    fn name(self) -> &'static str {
        "fill"
    }
    fn method(self) -> Method {
        match self {
            Fill::Post => Method::POST,
            Fill::Put => Method::PUT,
        }
    }
    fn permission(self) -> &'static str {
        ""
    }
}

/// The address of a counterpart; nothing, and a word about it, where there is none.
fn counterpart(name: &str) -> Option<String> {
    let url = std::env::var(name).ok().filter(|url| !url.is_empty());
    if url.is_none() {
        eprintln!("skipped: {name} names no server");
    }
    url.map(|url| url.trim_end_matches('/').to_owned())
}

fn ctadel(env: &[(&str, &str)], arguments: &[&str]) -> Output {
    let home = tempfile::tempdir().expect("a folder");
    let mut command = assert_cmd::Command::cargo_bin("ctadel").expect("built");
    command
        .env_clear()
        .env("HOME", home.path())
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "secretEXAMPLE")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(env.iter().copied())
        .current_dir(home.path())
        .args(arguments)
        .output()
        .expect("it ran")
}

/// Live and from disk: the same.
fn same(env: &[(&str, &str)], url: &str, folder: &Path, more: &[&str]) {
    let scan = ["scan", "-f", "jsonl", "--min-severity", "informational"];
    let live = ctadel(env, &[&scan[..], more, &[url]].concat());
    let error = String::from_utf8_lossy(&live.stderr).into_owned();
    assert_eq!(live.status.code(), Some(0), "{error}");
    let disk = folder.to_str().expect("text");
    let disk = ctadel(env, &[&scan[..], more, &[disk]].concat());
    assert!(live.stdout == disk.stdout, "{error}");
    assert!(
        live.stdout.iter().filter(|byte| **byte == b'\n').count() > 1,
        "nothing was found"
    );
}

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

/// Files below a folder, by their names from there.
fn files(folder: &Path) -> Vec<(String, PathBuf)> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).expect("below");
            found.push((name.to_str().expect("text").to_owned(), path));
        }
    }
    found
}

fn reset(url: &str) {
    let client: Client<Fill> = Client::new(url, Arc::new(Anonymous)).expect("an address");
    for (path, body) in [("/moto-api/reset", ""), ("/moto-api/reset-auth", "inf")] {
        let request = Request::new(path).header("content-type", "text/plain");
        let request = request.body(body.as_bytes().to_vec());
        block_on(client.send(Fill::Post, &request))
            .expect("a runtime")
            .expect("reset");
    }
}

#[test]
fn moto() {
    let Some(url) = counterpart("COUNTERPART_MOTO") else {
        return;
    };
    reset(&url);
    bucket(&url);
    log_group(&url);
}

fn bucket(url: &str) {
    let keys = Credentials::new("AKIAIOSFODNN7EXAMPLE", "secretEXAMPLE", None, None, "test");
    let http = aws_smithy_http_client::Builder::new().build_http();
    let config = Builder::new()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(url)
        .force_path_style(true)
        .region(Region::new("us-east-1"))
        .credentials_provider(keys)
        .http_client(http);
    let client = aws_sdk_s3::Client::from_conf(config.build());
    let sample = data().join("sample");
    let fill = async {
        client
            .create_bucket()
            .bucket("trail")
            .send()
            .await
            .expect("a bucket");
        for (name, path) in files(&sample) {
            let body = ByteStream::from(std::fs::read(path).expect("a file"));
            let put = client.put_object().bucket("trail").key(name).body(body);
            put.content_encoding("gzip")
                .send()
                .await
                .expect("an object");
        }
    };
    block_on(fill).expect("a runtime");
    let env = [("AWS_ENDPOINT_URL_S3", url)];
    same(&env, "s3://trail/", &sample, &[]);
    let list = ctadel(
        &env,
        &["config", "permissions", "--provider", "aws", "s3://trail/"],
    );
    assert_eq!(list.status.code(), Some(0));
    let none = ctadel(&env, &["scan", "s3://no-such-bucket/"]);
    assert_eq!(
        none.status.code(),
        Some(4),
        "{}",
        String::from_utf8_lossy(&none.stderr)
    );
}

fn log_group(url: &str) {
    let client: Client<Fill> = Client::new(url, Arc::new(Anonymous)).expect("an address");
    let ask = |operation: &str, body: Value| {
        let request = Request::new("/")
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", format!("Logs_20140328.{operation}"))
            .header("authorization", "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/logs/aws4_request, SignedHeaders=host, Signature=0")
            .body(body.to_string().into_bytes());
        block_on(client.send(Fill::Post, &request))
            .expect("a runtime")
            .expect(operation)
    };
    let day = chrono::Utc::now() - chrono::TimeDelta::days(2);
    let day = day.format("%Y-%m-%d").to_string();
    let text = std::fs::read_to_string(data().join("kubernetes.audit/audit.log")).expect("a log");
    let text = text.replace("2026-05-12", &day);
    let noon = format!("{day}T12:00:00Z").parse::<chrono::DateTime<chrono::Utc>>();
    let noon = noon.expect("a time").timestamp_millis();
    let lines = text.lines().enumerate();
    let events: Vec<Value> = lines
        .map(|(number, line)| json!({"timestamp": noon + number as i64, "message": line}))
        .collect();
    let count = events.len() as u64;
    let (group, stream) = ("/aws/eks/prod/cluster", "kube-apiserver-audit-0");
    ask("CreateLogGroup", json!({"logGroupName": group}));
    ask(
        "CreateLogStream",
        json!({"logGroupName": group, "logStreamName": stream}),
    );
    ask(
        "PutLogEvents",
        json!({"logGroupName": group, "logStreamName": stream, "logEvents": events}),
    );
    let env = [("AWS_ENDPOINT_URL", url)];
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("logs");
    let input = format!("aws-logs://{group}");
    let until = format!("{day}T23:59:59");
    let window = ["--since", &*day, "--until", &*until];
    let pulled = ctadel(
        &env,
        &[
            &["pull", &*input, "-o", out.to_str().expect("text")],
            &window[..],
        ]
        .concat(),
    );
    assert_eq!(
        pulled.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&pulled.stderr)
    );
    let window = [&window[..], &["--lookback", "0h"]].concat();
    same(&env, &input, &out, &window);
    let live = ctadel(
        &env,
        &[&["scan", "-f", "jsonl", &*input], &window[..]].concat(),
    );
    let text = String::from_utf8_lossy(&live.stdout).into_owned();
    let coverage: Value = serde_json::from_str(text.lines().last().expect("a line")).expect("JSON");
    let read = coverage["records"]
        .as_u64()
        .zip(coverage["duplicates"].as_u64());
    assert_eq!(
        read.map(|(records, copies)| records + copies),
        Some(count),
        "{coverage}"
    );
}

/// The account that every azurite has, with the key that its makers published.
fn account(url: &str) -> String {
    let key =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    format!(
        "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={key};BlobEndpoint={url}/devstoreaccount1;"
    )
}

#[test]
fn azurite() {
    let Some(url) = counterpart("COUNTERPART_AZURITE") else {
        return;
    };
    let connection = account(&url);
    let env = [("AZURE_STORAGE_CONNECTION_STRING", connection.as_str())];
    let (endpoint, auth) = azure_storage::find(&Env::of(&env), "devstoreaccount1").expect("a key");
    let client: Client<Fill> =
        Client::new(&endpoint.expect("an address"), auth).expect("an address");
    let container = format!("logs{}", std::process::id());
    let put = |request: Request| {
        let request = request.header("x-ms-version", "2021-12-02");
        block_on(client.send(Fill::Put, &request))
            .expect("a runtime")
            .expect("written");
    };
    put(Request::new(format!("/{container}")).query("restype", "container"));
    let folder = tempfile::tempdir().expect("a folder");
    let lines = std::fs::read(data().join("azure.activity/lines.jsonl")).expect("a log");
    let (first, rest) = lines.split_at(lines.len() / 3);
    for hour in ["d=11/h=23", "d=12/h=08", "d=12/h=09"] {
        let name = format!(
            "resourceId=/SUBSCRIPTIONS/3F6C2A1E-8B4D-4C7A-9E5F-0A1B2C3D4E5F/y=2026/m=05/{hour}/m=00/PT1H.json"
        );
        let path = folder.path().join(&name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, &lines).expect("written");
        // As diagnostic settings do it: a blob that grows by the hour.
        let parts: Vec<String> = name.split('/').map(Request::escape).collect();
        let path = format!("/{container}/{}", parts.join("/"));
        let new = Request::new(&path).header("x-ms-blob-type", "AppendBlob");
        put(new.header("content-length", "0"));
        for part in [first, rest] {
            let append = Request::new(&path).query("comp", "appendblock");
            put(append.body(part.to_vec()));
        }
    }
    same(
        &env,
        &format!("az://devstoreaccount1/{container}"),
        folder.path(),
        &[],
    );
}
