//! A bucket of many small objects on this machine: reading it live takes hardly longer than the
//! longer of reading it from disk and downloading it for nothing.
//!
//! `cargo test --release --test live_speed -- --ignored --nocapture`, with AWS_ACCESS_KEY_ID and
//! AWS_SECRET_ACCESS_KEY set to anything: a build without optimization measures nothing.
#![cfg(feature = "live")]

#[path = "support/bucket.rs"]
mod bucket;
#[path = "support/server.rs"]
mod server;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use bucket::Bucket;
use ctadel::load::{Loader, Options};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use server::Server;

const OBJECTS: usize = 2_000;
const EVENTS: usize = 50;
const ACTIONS: [(&str, &str); 5] = [
    ("ec2", "DescribeInstances"),
    ("s3", "GetObject"),
    ("sts", "AssumeRole"),
    ("dynamodb", "GetItem"),
    ("kms", "Decrypt"),
];

/// Objects as CloudTrail writes them.
fn fill(folder: &Path) {
    let folder = folder.join("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/05/12");
    std::fs::create_dir_all(&folder).expect("made");
    for object in 0..OBJECTS {
        let record = |event: usize| {
            let number = object * EVENTS + event;
            let (service, action) = ACTIONS[number % ACTIONS.len()];
            json!({
                "eventVersion": "1.11", "userIdentity": {"type": "AssumedRole",
                "principalId": "AROAEXAMPLE:deploy", "accountId": "111122223333",
                "arn": format!("arn:aws:sts::111122223333:assumed-role/app{}/deploy", number % 97),
                "accessKeyId": format!("ASIA{:08}EXAMPLE", number % 9973)},
                "eventTime": format!("2026-05-12T{:02}:{:02}:{:02}Z", object / 84, object % 60, event),
                "eventSource": format!("{service}.amazonaws.com"), "eventName": action,
                "awsRegion": "eu-west-1", "sourceIPAddress": format!("198.51.100.{}", number % 200),
                "userAgent": "aws-sdk-java/2.25", "readOnly": true,
                "requestParameters": {"bucketName": "example-data", "key": format!("part-{number}")},
                "responseElements": null, "requestID": format!("{number:016x}"),
                "eventID": format!("00000000-0000-4000-8000-{number:012}"),
                "eventType": "AwsApiCall", "managementEvent": true,
                "recipientAccountId": "111122223333", "eventCategory": "Management",
            })
        };
        let records: Vec<_> = (0..EVENTS).map(record).collect();
        let name = format!(
            "111122223333_CloudTrail_eu-west-1_20260512T{:02}{:02}Z_{object:05}.json.gz",
            object / 84,
            object % 60
        );
        let file = std::fs::File::create(folder.join(name)).expect("a file");
        let mut gzip = GzEncoder::new(file, Compression::fast());
        write!(gzip, "{}", json!({"Records": records})).expect("written");
        gzip.finish().expect("written");
    }
}

/// The shortest of three runs.
fn best(what: impl Fn()) -> Duration {
    let runs = (0..3).map(|_| {
        let start = Instant::now();
        what();
        start.elapsed()
    });
    runs.min().expect("a run")
}

#[test]
#[ignore = "measures: wants optimization and a quiet machine"]
fn a_bucket_is_as_fast_as_the_slower_of_disk_and_network() {
    let folder = tempfile::tempdir().expect("a folder");
    fill(folder.path());
    let held = Bucket::new(folder.path(), 1000);
    assert_eq!(held.keys().len(), OBJECTS);
    let server = Server::start(move |seen, _| held.answer(seen));
    let url = format!("s3://trail/?endpoint={}", server.url);
    let scan = |input: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ctadel"));
        command.args(["scan", "-q", "-f", "jsonl", input]);
        command.env("AWS_REGION", "eu-west-1").stdout(Stdio::null());
        assert!(command.status().expect("it ran").success());
    };
    let disk = best(|| scan(folder.path().to_str().expect("text")));
    let most = std::cell::Cell::new(0);
    let thrown = best(|| {
        let inputs = [url.clone()];
        let mut loader = Loader::open(&inputs, &Options::default()).expect("an input");
        let mut chunks = 0;
        while let Some(batch) = loader.next_batch() {
            chunks += batch.chunks.len();
        }
        assert_eq!(chunks, OBJECTS);
        most.set(loader.progress().most_held().max(most.get()));
    });
    let live = best(|| scan(&url));
    let most = most.get();
    println!("disk {disk:?}, thrown away {thrown:?}, live {live:?}, held at most {most} bytes");
    assert!(most <= 64 << 20);
    assert!(live <= disk.max(thrown).mul_f64(1.2), "{live:?}");
}
