//! `ctadel respond` as it is typed, against an account on the loopback interface: what is written
//! down, what is sent, what is left when somebody or something cuts in.
#![cfg(all(feature = "live", unix))]

#[path = "support/account.rs"]
mod account;
#[path = "support/server.rs"]
mod server;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use account::Account;
use serde_json::{Value, json};

/// A folder, an account, and the command in between.
struct Place {
    folder: tempfile::TempDir,
    account: Account,
}

struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

const ACT: [&str; 4] = ["disable-user", "mallory", "--provider", "aws"];

impl Place {
    fn new() -> Place {
        Place {
            folder: tempfile::tempdir().expect("a folder"),
            account: Account::start(),
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn dress(&self, command: &mut Command) {
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path())
            .env("AWS_ACCESS_KEY_ID", "AKIARESPONDEREXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", account::SECRET)
            .env("AWS_REGION", "eu-west-1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ENDPOINT_URL", &self.account.url)
            .current_dir(self.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("ctadel"));
        self.dress(&mut command);
        command.arg("respond").args(args);
        command
    }

    fn ran(&self, mut command: Command) -> Ran {
        let output = command.output().expect("it ran");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        let ran = Ran {
            code: output.status.code(),
            out: text(output.stdout),
            err: text(output.stderr),
        };
        assert!(!ran.out.contains(account::SECRET) && !ran.err.contains(account::SECRET));
        ran
    }

    fn run(&self, args: &[&str]) -> Ran {
        self.ran(self.command(args))
    }

    /// The arguments of an action with everything it takes to be executed.
    fn approved<'a>(&self, args: &[&'a str], hash: &'a str) -> Vec<&'a str> {
        let more = [
            "--settle",
            "0",
            "-f",
            "json",
            "--execute",
            "--yes",
            "--plan-hash",
        ];
        [args, &more, &[hash]].concat()
    }

    fn hash(&self, args: &[&str]) -> String {
        let ran = self.run(&[args, &["-f", "json"]].concat());
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        text(&ran.json()["plan_hash"])
    }

    fn execute(&self, args: &[&str]) -> Ran {
        let hash = self.hash(args);
        self.run(&self.approved(args, &hash))
    }

    /// The lines of every action's journal, oldest first.
    fn journals(&self) -> Vec<(String, Vec<Value>)> {
        let folder = self.path().join(".local/state/ctadel/respond");
        let Ok(entries) = fs::read_dir(folder) else {
            return Vec::new();
        };
        let mut all = Vec::new();
        for entry in entries {
            let path = entry.expect("a file").path();
            let name = path
                .file_stem()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            if path.extension().is_none() {
                continue;
            }
            let text = fs::read_to_string(&path).expect("text");
            assert!(!text.contains(account::SECRET), "a secret in the journal");
            // What a crash cut off was never promised to anybody.
            let lines = text
                .lines()
                .filter_map(|line| serde_json::from_str(line).ok());
            all.push((name.to_owned(), lines.collect()));
        }
        all.sort_by(|a: &(String, Vec<Value>), b| a.0.cmp(&b.0));
        all
    }

    /// Every call that arrived was meant before, and stands in a journal.
    fn everything_is_known(&self, at: &str) {
        let journals = self.journals();
        let kinds = journals.iter().flat_map(|(_, lines)| lines);
        let meant: Vec<String> = kinds
            .filter(|line| line["kind"] == "intent")
            .map(|line| text(&line["body"]["op"]))
            .collect();
        for change in self.account.changes() {
            assert!(
                meant.iter().any(|op| op.ends_with(&format!(":{change}"))),
                "{at}: {change} was sent, and the journal has {meant:?}"
            );
        }
    }

    /// The first action, taken back from whatever state it was left in.
    fn undo(&self, at: &str) {
        let Some((id, _)) = self.journals().first().cloned() else {
            return;
        };
        let plan = self.run(&["undo", &id, "-f", "json"]);
        // Cut off before anything was meant: there is nothing to undo.
        if plan.code == Some(3) {
            return;
        }
        assert_eq!(plan.code, Some(0), "{at}: {}", plan.err);
        let hash = text(&plan.json()["plan_hash"]);
        let undone = self.run(&self.approved(&["undo", &id], &hash));
        assert_eq!(undone.code, Some(0), "{at}: {}", undone.err);
        let word = text(&undone.json()["reason"]);
        assert!(word == "done" || word == "already", "{at}: {word}");
    }
}

impl Ran {
    fn json(&self) -> Value {
        let last = self.out.lines().last().unwrap_or_default();
        serde_json::from_str(last).unwrap_or_else(|_| panic!("{}{}", self.out, self.err))
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_plan_changes_nothing_and_its_hash_executes_exactly_it() {
    let place = Place::new();
    let plan = place.run(&ACT);
    assert_eq!(plan.code, Some(0), "{}", plan.err);
    assert!(plan.err.contains("nothing was changed"), "{}", plan.err);
    assert_eq!(place.account.changes(), Vec::<String>::new());
    assert!(place.journals().is_empty());
    let check = place.run(&[&ACT[..], &["--check"]].concat());
    assert_eq!(check.code, Some(1), "{}", check.err);
    // Nobody to ask, nobody who approved.
    let alone = place.run(&[&ACT[..], &["--execute"]].concat());
    assert_eq!(alone.code, Some(5), "{}", alone.err);
    assert_eq!(alone.out.matches("PLAN ").count(), 1, "{}", alone.out);
    // One object, which says both what would be done and why it was not.
    let alone = place.run(&[&ACT[..], &["--execute", "-f", "json"]].concat());
    let said: Value = serde_json::from_str(&alone.out).expect("one document");
    assert_eq!(
        (alone.code, text(&said["kind"]), text(&said["reason"])),
        (Some(5), "plan".into(), "not-approved".into())
    );
    assert_eq!(said["executed"], false);
    let other = place.run(&place.approved(&ACT, "000000000000"));
    assert_eq!(
        (other.code, text(&other.json()["reason"])),
        (Some(5), "plan-changed".into())
    );
    assert_eq!(place.account.changes(), Vec::<String>::new());

    let before = place.account.state();
    let done = place.execute(&ACT);
    assert_eq!(done.code, Some(0), "{}", done.err);
    assert_eq!(text(&done.json()["result"]), "contained");
    assert_eq!(
        place.account.changes(),
        ["PutUserPolicy", "UpdateAccessKey"]
    );
    assert!(!place.account.works());
    // The provider's own trail tells whose doing it was.
    let agent = format!("action/{}", text(&done.json()["action_id"]));
    assert!(
        place
            .account
            .agents()
            .iter()
            .all(|said| said.ends_with(&agent))
    );
    let again = place.run(&[&ACT[..], &["--check"]].concat());
    assert_eq!(again.code, Some(0), "{}", again.err);
    place.undo("there and back");
    assert_eq!(place.account.state(), before);
    assert!(place.account.works());
    assert_eq!(place.run(&["verify-journal"]).code, Some(0));
    let none = place.run(&["undo", "01ZZ", "-f", "json"]);
    assert_eq!(
        (none.code, text(&none.json()["reason"])),
        (Some(3), "not-found".into())
    );
}

#[test]
fn somebody_at_a_terminal_types_the_name() {
    if Command::new("script").arg("--version").output().is_err() {
        eprintln!("skipped: there is no `script` to make a terminal with");
        return;
    }
    for (typed, code, more) in [
        ("mallory\n", 0, ""),
        ("no\n", 5, ""),
        ("mallory\n", 0, "-f json > said.json"),
        ("no\n", 5, "-f json > said.json"),
    ] {
        let place = Place::new();
        let binary = assert_cmd::cargo::cargo_bin!("ctadel")
            .display()
            .to_string();
        let act = ACT.join(" ");
        let line = format!("'{binary}' respond {act} --settle 0 --execute {more}");
        let mut command = Command::new("script");
        place.dress(&mut command);
        command
            .args(["-qec", &line, "/dev/null"])
            .stdin(Stdio::piped());
        let mut child = command.spawn().expect("a terminal");
        let mut stdin = child.stdin.take().expect("piped");
        std::io::Write::write_all(&mut stdin, typed.as_bytes()).expect("typed");
        let output = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains("Type mallory to execute this plan"), "{said}");
        assert_eq!(said.matches("PLAN ").count(), 1, "{said}");
        if !more.is_empty() {
            let text = fs::read(place.path().join("said.json")).expect("written");
            let said: Value = serde_json::from_slice(&text).expect("one document");
            assert_eq!(said["executed"], code == 0);
        }
        assert_eq!(place.account.changes().is_empty(), code != 0);
        drop(stdin);
    }
}

#[test]
fn a_cut_at_any_moment_leaves_nothing_half_known() {
    for signal in ["INT", "KILL"] {
        let whole = Place::new();
        let hash = whole.hash(&ACT);
        let before = whole.account.seen();
        whole.run(&whole.approved(&ACT, &hash));
        let requests = whole.account.seen() - before;
        assert!(requests > 10, "{requests}");
        // Every third question, and every change.
        for moment in 1..=requests {
            let place = Place::new();
            let state = place.account.state();
            let hash = place.hash(&ACT);
            let at = format!("{signal} at request {moment}");
            place.account.hold(moment);
            let child = place
                .command(&place.approved(&ACT, &hash))
                .spawn()
                .expect("it runs");
            place.account.held();
            let sent = Command::new("kill")
                .args([&format!("-{signal}"), &child.id().to_string()])
                .status();
            assert!(sent.expect("kill runs").success(), "{at}");
            sleep(Duration::from_millis(30));
            place.account.go_on();
            let output = child.wait_with_output().expect("it ends");
            let said = String::from_utf8_lossy(&output.stderr);
            if signal == "INT" {
                let code = output.status.code();
                let changed = !place.account.changes().is_empty();
                // After the last call there is nothing left to stop but the look afterwards.
                let fine =
                    [Some(130)].contains(&code) || (changed && [Some(0), Some(6)].contains(&code));
                assert!(fine, "{at}: {code:?} {said}");
                for (_, lines) in place.journals() {
                    let count = |kind: &str| lines.iter().filter(|l| l["kind"] == kind).count();
                    assert_eq!(count("intent"), count("outcome"), "{at}");
                    assert_eq!(count("end"), 1, "{at}");
                }
            }
            place.everything_is_known(&at);
            place.undo(&at);
            assert_eq!(place.account.state(), state, "{at}: undone");
        }
    }
}

#[test]
fn two_at_once_do_not_mix() {
    let place = Place::new();
    let hash = place.hash(&ACT);
    place.account.hold_changes();
    let first = place
        .command(&place.approved(&ACT, &hash))
        .spawn()
        .expect("it runs");
    place.account.held();
    let second = place.run(&place.approved(&ACT, &hash));
    assert_eq!(second.code, Some(5), "{}", second.err);
    let said = second.json();
    assert_eq!(text(&said["reason"]), "journal");
    assert!(text(&said["message"]).contains("another response is under way"));
    place.account.go_on();
    let first = first.wait_with_output().expect("it ends");
    assert_eq!(first.status.code(), Some(0));
    assert_eq!(
        place.account.changes(),
        ["PutUserPolicy", "UpdateAccessKey"]
    );
    assert_eq!(place.journals().len(), 1);
}

#[test]
fn a_journal_that_cannot_be_written_stops_everything() {
    let place = Place::new();
    let hash = place.hash(&ACT);
    let folder = place.path().join(".local/state/ctadel");
    fs::create_dir_all(&folder).expect("a folder");
    // A file where the folder should be: whoever runs this cannot write there.
    fs::write(folder.join("respond"), "").expect("written");
    let ran = place.run(&place.approved(&ACT, &hash));
    assert_eq!(
        (ran.code, text(&ran.json()["reason"])),
        (Some(5), "journal".into())
    );
    assert_eq!(place.account.changes(), Vec::<String>::new());
}

#[test]
fn a_disk_that_fills_up_stops_before_the_next_call() {
    let mut seen = Vec::new();
    // In blocks of a shell's `ulimit`: from nothing to enough.
    for blocks in 0..40 {
        let place = Place::new();
        let state = place.account.state();
        let hash = place.hash(&ACT);
        let args = place.approved(&ACT, &hash).join(" ");
        let binary = assert_cmd::cargo::cargo_bin!("ctadel")
            .display()
            .to_string();
        // Ignored, so that the write fails as on a full disk and does not kill.
        let line = format!("trap '' XFSZ; ulimit -f {blocks}; exec '{binary}' respond {args}");
        let mut command = Command::new("sh");
        place.dress(&mut command);
        command.args(["-c", &line]);
        let ran = place.ran(command);
        let at = format!("{blocks} blocks: {}", ran.err);
        let changes = place.account.changes();
        match ran.code {
            Some(0) => assert_eq!(changes.len(), 2, "{at}"),
            Some(5) => assert!(changes.is_empty(), "{at}"),
            Some(6) => assert!(!changes.is_empty(), "{at}"),
            code => panic!("{code:?} {at}"),
        }
        if ran.code != Some(0) {
            assert!(ran.err.contains("journal"), "{at}");
        }
        place.everything_is_known(&at);
        place.undo(&at);
        assert_eq!(place.account.state(), state, "{at}");
        seen.push(ran.code.unwrap_or_default());
        if ran.code == Some(0) {
            break;
        }
    }
    assert_eq!(
        (seen.first(), seen.last()),
        (Some(&5), Some(&0)),
        "{seen:?}"
    );
}

#[test]
fn limits_hold_and_are_raised_by_name() {
    let place = Place::new();
    let many: Vec<String> = (0..11).map(|n| format!("user{n}")).collect();
    let mut args = vec!["disable-user", "--provider", "aws"];
    args.extend(many.iter().map(String::as_str));
    let ran = place.run(&args);
    assert_eq!(ran.code, Some(5), "{}", ran.err);
    assert!(ran.err.contains("limit: 11 targets"), "{}", ran.err);
    args.extend(["--max-targets", "11"]);
    let ran = place.run(&args);
    assert_eq!(ran.code, Some(3), "they are not there: {}", ran.err);
    // So many actions an hour, counted in the journal.
    fs::write(
        place.path().join(".ctadel.yaml"),
        "respond: {limits: {per-hour: 1}}\n",
    )
    .expect("written");
    assert_eq!(place.execute(&ACT).code, Some(0));
    let key = ["deactivate-key", "AKIAIOSFODNN7EXAMPLE"];
    let hash = place.hash(&key);
    let ran = place.run(&place.approved(&key, &hash));
    assert_eq!(
        (ran.code, text(&ran.json()["reason"])),
        (Some(5), "limit".into()),
        "{}",
        ran.err
    );
}

#[test]
fn a_reminder_shows_when_its_time_is_up() {
    let place = Place::new();
    let hash = place.hash(&ACT);
    let args = place.approved(&ACT, &hash);
    let ran = place.run(&[&args[..], &["--expire", "1s"]].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    sleep(Duration::from_millis(1100));
    let due = place.run(&["list", "--due", "-f", "json"]);
    assert_eq!(due.json()["action"], "disable-user", "{}", due.err);
    place.undo("due");
    let due = place.run(&["list", "--due", "-f", "json"]);
    assert_eq!(due.out, "", "what is undone is due no more");
}

#[test]
fn a_refusal_of_the_provider_is_told_and_written_down() {
    let place = Place::new();
    place
        .account
        .deny(&["PutUserPolicy", "UpdateAccessKey", "AttachUserPolicy"]);
    let ran = place.execute(&ACT);
    let said = ran.json();
    assert_eq!(
        (ran.code, text(&said["reason"])),
        (Some(4), "permission".into()),
        "{}",
        ran.err
    );
    let (_, lines) = place.journals().pop().expect("a journal");
    let end = lines.last().expect("a line");
    assert_eq!(end["kind"], "end");
    assert_eq!(
        end["body"],
        json!({"result": "failed", "reason": "permission"})
    );
    // Half of it.
    let place = Place::new();
    place.account.deny(&["UpdateAccessKey"]);
    let ran = place.execute(&ACT);
    assert_eq!(
        (ran.code, text(&ran.json()["reason"])),
        (Some(6), "partial".into()),
        "{}",
        ran.err
    );
}

#[test]
fn our_own_calls_are_nobodys_attack() {
    let place = Place::new();
    let done = place.execute(&ACT);
    assert_eq!(done.code, Some(0), "{}", done.err);
    let outcomes = done.json()["outcome"].as_array().expect("a list").clone();
    // What the provider's log tells of them, and somebody else who says that he is us.
    let id = text(&done.json()["action_id"]);
    let event = |number: usize, verb: &str, request: &str| {
        json!({
            "eventVersion": "1.11",
            "userIdentity": {"type": "IAMUser", "principalId": "AIDARESPONDEREXAMPLE", "userName": "responder",
                "arn": "arn:aws:iam::111122223333:user/responder", "accountId": "111122223333",
                "accessKeyId": "AKIARESPONDEREXAMPLE"},
            "eventTime": format!("2026-11-22T05:00:{number:02}Z"),
            "eventSource": "iam.amazonaws.com", "eventName": verb, "awsRegion": "us-east-1",
            "sourceIPAddress": "203.0.113.7", "userAgent": format!("ctadel/0.1.0 action/{id}"),
            "requestParameters": {"userName": "mallory", "policyName": "CtadelQuarantine-x",
                "accessKeyId": "AKIAIOSFODNN7EXAMPLE", "status": "Inactive"},
            "responseElements": null, "requestID": request, "readOnly": false,
            "eventID": format!("00000000-0000-4000-9000-{number:012}"), "eventType": "AwsApiCall",
            "managementEvent": true, "recipientAccountId": "111122223333", "eventCategory": "Management",
        })
    };
    let found = |name: &str, requests: &[String]| {
        let verbs = ["PutUserPolicy", "UpdateAccessKey"];
        let events = verbs.iter().zip(requests).enumerate();
        let events: Vec<Value> = events.map(|(n, (verb, id))| event(n, verb, id)).collect();
        let path = place.path().join(name);
        fs::write(&path, json!({"Records": events}).to_string()).expect("written");
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("ctadel"));
        place.dress(&mut command);
        command.args([
            "scan",
            "-f",
            "jsonl",
            "--min-severity",
            "informational",
            name,
        ]);
        let ran = place.ran(command);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert_eq!(ran.json()["records"], 2, "they are read all the same");
        ran.out.lines().count() - 1
    };
    let ours: Vec<String> = outcomes.iter().map(|o| text(&o["request_id"])).collect();
    assert_eq!(found("ours.json", &ours), 0);
    let other = ["forged-1".to_owned(), "forged-2".to_owned()];
    assert!(found("other.json", &other) > 0, "a name is no proof");
}

/// Logs in which mallory stops the trail, and a day before works as ever.
fn logs(place: &Place, now: chrono::DateTime<chrono::Utc>) -> String {
    let event = |verb: &str, at: chrono::DateTime<chrono::Utc>, id: usize, parameters: Value| {
        let service = if verb == "StopLogging" {
            "cloudtrail"
        } else {
            "s3"
        };
        json!({
            "eventVersion": "1.11",
            "userIdentity": {"type": "IAMUser", "principalId": "AIDAMALLORYEXAMPLE00", "userName": "mallory",
                "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333",
                "accessKeyId": "AKIAIOSFODNN7EXAMPLE"},
            "eventTime": at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "eventSource": format!("{service}.amazonaws.com"), "eventName": verb, "awsRegion": "eu-west-1",
            "sourceIPAddress": "203.0.113.7", "userAgent": "aws-cli/2.31.9", "requestParameters": parameters,
            "responseElements": null, "eventID": format!("00000000-0000-4000-8000-{id:0>12}"), "readOnly": false,
            "eventType": "AwsApiCall", "managementEvent": true, "recipientAccountId": "111122223333",
            "eventCategory": "Management",
        })
    };
    let trail = json!({"name": "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main"});
    let mut lines = vec![event(
        "StopLogging",
        now - chrono::Duration::minutes(5),
        1,
        trail,
    )];
    for n in 0..7 {
        let at = now - chrono::Duration::hours(30) + chrono::Duration::minutes(n);
        lines.push(event(
            "PutBucketTagging",
            at,
            10 + n as usize,
            json!({"bucketName": "b"}),
        ));
    }
    // The same call in another export is the same call.
    lines.push(lines[2].clone());
    let text: Vec<String> = lines.iter().map(Value::to_string).collect();
    fs::write(place.path().join("logs.jsonl"), text.join("\n")).expect("written");
    "logs.jsonl".to_owned()
}

fn incident(place: &Place, logs: &str) -> Value {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("ctadel"));
    place.dress(&mut command);
    command.args(["incidents", logs, "--case", "case", "-f", "jsonl"]);
    let ran = place.ran(command);
    let mut lines = ran
        .out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    lines
        .find(|line| line["kind"] == "incident")
        .unwrap_or_else(|| panic!("{}", ran.err))
}

#[test]
fn a_plan_from_an_incident_counts_whom_it_hits() {
    let place = Place::new();
    let logs = logs(&place, chrono::Utc::now());
    let id = text(&incident(&place, &logs)["id"]);
    let ran = place.run(&["plan", &id, &logs, "-f", "jsonl"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let all: Vec<Value> = ran
        .out
        .lines()
        .map(|l| serde_json::from_str(l).expect("JSON"))
        .collect();
    let first = &all[0];
    assert_eq!(
        (&first["rank"], &first["stops_actor"]),
        (&json!(1), &json!(true)),
        "{first}"
    );
    assert_eq!(
        (&first["blast"]["inside"], &first["blast"]["outside"]),
        (&json!(1), &json!(7)),
        "{first}"
    );
    assert_eq!(
        first["blast"]["actions"][0],
        json!({"value": "s3:PutBucketTagging", "count": 7})
    );
    let repair = all
        .iter()
        .find(|one| one["action"] == "start-logging")
        .expect("a repair");
    assert_eq!(repair["blast"], Value::Null);
    assert!(
        all.iter()
            .all(|one| !one["shell"].as_array().expect("lines").is_empty())
    );
    let page = place.run(&["plan", &id, &logs]);
    assert!(
        page.out
            .contains("7 of 8 calls of this identity in the loaded logs lie outside the incident"),
        "{}",
        page.out
    );
    assert!(
        page.out
            .contains("aws iam put-user-policy --user-name mallory"),
        "{}",
        page.out
    );
    assert_eq!(place.account.seen(), 0, "nothing is asked of a provider");
}

#[test]
fn an_incident_is_contained_when_all_who_acted_are_and_not_after_the_undo() {
    let place = Place::new();
    let logs = logs(&place, chrono::Utc::now());
    let id = text(&incident(&place, &logs)["id"]);
    let status = || text(&incident(&place, &logs)["status"]);
    assert_eq!(status(), "OPEN");
    // A repair stops nobody.
    let case = ["--case", "case", "--incident", &id];
    let repair = [
        "start-logging",
        "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main",
    ];
    let ran = place.execute(&[&repair[..], &case].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(status(), "INVESTIGATING");
    let ran = place.execute(&[&ACT[..], &case].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(
        ran.err.contains(&format!("{id} is CONTAINED now")),
        "{}",
        ran.err
    );
    let written = fs::read_to_string(place.path().join("case/case.jsonl")).expect("the case");
    let action = text(&ran.json()["action_id"]);
    let last = written.lines().last().expect("a line");
    assert!(
        last.contains("CONTAINED") && last.contains(&action),
        "{action}: {last}"
    );
    assert_eq!(status(), "CONTAINED");
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("ctadel"));
    place.dress(&mut command);
    command.args([
        "timeline",
        &logs,
        "--incident",
        &id,
        "--case",
        "case",
        "-f",
        "jsonl",
    ]);
    let told = place.ran(command);
    assert!(
        told.out.contains("\"action\":\"ctadel:disable-user\""),
        "{}",
        told.out
    );
    let undo = ["undo", &action, "--case", "case"];
    let ran = place.execute(&undo);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(status(), "INVESTIGATING");
    // Once more, and then the attacker is seen again.
    assert_eq!(place.execute(&[&ACT[..], &case].concat()).code, Some(0));
    assert_eq!(status(), "CONTAINED");
    logs_later(&place);
    assert_eq!(status(), "INVESTIGATING");
}

/// The same logs with a later call of mallory's.
fn logs_later(place: &Place) {
    let path = place.path().join("logs.jsonl");
    let before = fs::read_to_string(&path).expect("the logs");
    let later = chrono::Utc::now() + chrono::Duration::minutes(1);
    logs(place, later + chrono::Duration::minutes(5));
    let after = fs::read_to_string(&path).expect("the logs");
    let first = after.lines().next().expect("a line");
    let first = first.replace("-000000000001\"", "-000000000099\"");
    fs::write(&path, format!("{before}\n{first}")).expect("written");
}

#[test]
fn alone_only_what_is_listed_happens_and_only_when_told() {
    let place = Place::new();
    let logs = logs(&place, chrono::Utc::now());
    let id = text(&incident(&place, &logs)["id"]);
    let config = |rule: &str, more: &str| {
        let text = format!("respond: {{auto: [{{rule: {rule}, action: start-logging{more}}}]}}\n");
        fs::write(place.path().join(".ctadel.yaml"), text).expect("written");
    };
    config("aws-kms-key-deletion-scheduled", "");
    let ran = place.run(&["auto", &logs, "--execute"]);
    assert_eq!(
        (ran.code, place.account.changes().len()),
        (Some(0), 0),
        "{}",
        ran.err
    );
    config("aws-cloudtrail-stopped", "");
    let ran = place.run(&["auto", &logs]);
    assert_eq!(
        (ran.code, place.account.changes().len()),
        (Some(0), 0),
        "{}",
        ran.err
    );
    assert!(ran.out.contains("start-logging"), "{}", ran.out);
    // Another account, another severity, another incident: none of it is listed.
    for more in [
        ", accounts: ['444455556666']",
        ", min-severity: critical",
        ", max-event-age: 1m",
    ] {
        config("aws-cloudtrail-stopped", more);
        let ran = place.run(&["auto", &logs, "--execute"]);
        assert_eq!(
            (ran.code, place.account.changes().len()),
            (Some(0), 0),
            "{more} {}",
            ran.err
        );
    }
    config("aws-cloudtrail-stopped", "");
    let ran = place.run(&["auto", "INC-0000000000", &logs, "--execute"]);
    assert_eq!(
        (ran.code, place.account.changes().len()),
        (Some(3), 0),
        "{}",
        ran.err
    );
    let ran = place.run(&["auto", &id, &logs, "--execute"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(place.account.changes(), ["StartLogging"]);
    let (_, lines) = place.journals().pop().expect("a journal");
    let approved = lines[0]["body"]["begin"]["approved"].to_string();
    assert!(
        approved.contains("automatic for aws-cloudtrail-stopped"),
        "{approved}"
    );
    for word in ["quarantine-role", "delete-key", "disable-user"] {
        let text =
            format!("respond: {{auto: [{{rule: aws-cloudtrail-stopped, action: {word}}}]}}\n");
        fs::write(place.path().join(".ctadel.yaml"), text).expect("written");
        assert_eq!(
            place.run(&["auto", &logs]).code,
            Some(2),
            "{word} never runs alone unasked"
        );
    }
}
