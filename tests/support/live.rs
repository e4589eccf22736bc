//! The command with nothing of this machine's configuration, and what it said.

use std::path::Path;
use std::process::Output;

use serde_json::Value;

/// A day that every provider still remembers.
pub fn day() -> String {
    let day = chrono::Utc::now() - chrono::TimeDelta::days(3);
    day.format("%Y-%m-%d").to_string()
}

/// A log of the test data, as if it had happened three days ago.
pub fn log(path: &str, list: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata")
        .join(path);
    let text = std::fs::read_to_string(path).expect("test data");
    let text = text.replace("2026-05-12", &day());
    let value: Value = serde_json::from_str(&text).expect("JSON");
    let events = value.pointer(list).and_then(Value::as_array);
    events.expect("a list").clone()
}

pub fn ctadel(env: &[(&str, &str)], arguments: &[&str]) -> Output {
    let home = tempfile::tempdir().expect("a folder");
    let mut command = assert_cmd::Command::cargo_bin("ctadel").expect("built");
    command
        .env_clear()
        .env("HOME", home.path())
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "secretEXAMPLE")
        .env("AWS_REGION", "eu-west-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(env.iter().copied())
        .current_dir(home.path())
        .args(arguments)
        .output()
        .expect("it ran")
}

pub fn error(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub fn coverage(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last().expect("a coverage");
    serde_json::from_str(last).expect("JSON")
}
