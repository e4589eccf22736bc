//! A command in a folder of its own, untouched by the settings of whoever runs the tests.

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};
use tempfile::TempDir;

/// A folder to run in.
pub struct Place {
    folder: TempDir,
}

/// What a command left behind.
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Place {
    pub fn new() -> Place {
        Place {
            folder: TempDir::new().expect("a folder"),
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).expect("a folder");
        }
        std::fs::write(&path, text).expect("written");
        path
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).expect("the file is there")
    }

    /// The names in the folder, hidden ones too.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path()).expect("a folder");
        let name = |entry: std::io::Result<std::fs::DirEntry>| {
            entry.expect("readable").file_name().into_string()
        };
        let mut names: Vec<String> = entries
            .map(|entry| name(entry).expect("a plain name"))
            .collect();
        names.sort();
        names
    }

    /// The command, ready to be given more.
    pub fn command(&self, args: &[&str]) -> assert_cmd::Command {
        let mut command = assert_cmd::Command::new(assert_cmd::cargo::cargo_bin!("ctadel"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("CTADEL_") {
                command.env_remove(name);
            }
        }
        command.current_dir(self.path()).args(args);
        command
            .env("HOME", self.path().join("home"))
            .env_remove("XDG_CONFIG_HOME");
        command
            .env("COLUMNS", "120")
            .env("NO_COLOR", "1")
            .env_remove("CLICOLOR_FORCE");
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        Ran::of(self.command(args).output().expect("it runs"))
    }
}

impl Ran {
    pub fn of(output: Output) -> Ran {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is text");
        Ran {
            code: output.status.code(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// Standard output as JSON lines.
    pub fn lines(&self) -> Vec<Value> {
        self.out
            .lines()
            .map(|line| serde_json::from_str(line).expect("a line of JSON"))
            .collect()
    }
}

/// Runs in a folder of its own.
pub fn run(args: &[&str]) -> Ran {
    Place::new().run(args)
}

/// A path of the checked-in logs.
pub fn testdata(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata")
        .join(name);
    path.to_str().expect("a plain name").to_owned()
}

/// The logs with an attack in them.
pub fn sample() -> String {
    testdata("sample")
}

/// A CloudTrail record; `name` makes its id.
pub fn event(action: &str, time: &str, name: &str) -> Value {
    let (service, verb) = action.split_once(':').expect("service:Verb");
    json!({
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser", "principalId": "AIDA0EXAMPLE", "userName": "dana",
            "arn": "arn:aws:iam::111122223333:user/dana", "accountId": "111122223333",
            "accessKeyId": "AKIA0EXAMPLE",
        },
        "eventTime": time, "eventSource": format!("{service}.amazonaws.com"), "eventName": verb,
        "awsRegion": "eu-west-1", "sourceIPAddress": "203.0.113.7", "userAgent": "aws-cli/2.31.9",
        "requestParameters": {"name": "main"}, "responseElements": null,
        "eventID": format!("00000000-0000-4000-8000-{name:0>12}"), "readOnly": false,
        "eventType": "AwsApiCall", "managementEvent": true, "recipientAccountId": "111122223333",
        "eventCategory": "Management",
    })
}

/// A stopped trail: one finding of severity high.
pub fn stopped() -> String {
    event("cloudtrail:StopLogging", "2026-05-12T09:30:00Z", "1").to_string()
}
