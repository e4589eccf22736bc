//! Ctrl-C, where there are signals.
#![cfg(unix)]

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use super::support::{Place, event};

fn interrupt(child: &Child) {
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .expect("kill runs");
    assert!(sent.success());
}

/// A scan of standard input that waits for events and listens to signals.
fn waiting(place: &Place) -> Child {
    let child = Command::new(assert_cmd::cargo::cargo_bin!("ctadel"))
        .args(["scan", "-", "-f", "jsonl"])
        .current_dir(place.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    // On a busy machine a program takes its time to start.
    for _ in 0..200 {
        sleep(Duration::from_millis(100));
        if listens(&child) {
            break;
        }
    }
    child
}

/// Whether a process has a handler for SIGINT; where nobody can tell, it has had the time.
fn listens(child: &Child) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
    let Ok(status) = status else {
        sleep(Duration::from_secs(1));
        return true;
    };
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    caught.is_some_and(|mask| mask & 0b10 != 0)
}

#[test]
fn the_first_one_prints_what_there_is_and_says_that_it_is_not_all() {
    let place = Place::new();
    let mut child = waiting(&place);
    let mut stdin = child.stdin.take().expect("piped");
    let one = event("cloudtrail:StopLogging", "2026-05-12T09:30:00Z", "1").to_string() + "\n";
    stdin.write_all(one.as_bytes()).expect("it reads");
    interrupt(&child);
    sleep(Duration::from_millis(300));
    // More than one window, so that there is a moment at which the run looks up.
    for _ in 0..40_000 {
        if stdin.write_all(one.as_bytes()).is_err() {
            break;
        }
    }
    drop(stdin);
    let mut out = String::new();
    child
        .stdout
        .take()
        .expect("piped")
        .read_to_string(&mut out)
        .expect("text");
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    let last: serde_json::Value =
        serde_json::from_str(out.lines().last().expect("a line")).expect("JSON");
    assert_eq!(
        (&last["kind"], &last["complete"]),
        (&"coverage".into(), &false.into())
    );
}

#[test]
fn the_second_one_quits_at_once() {
    let place = Place::new();
    let mut child = waiting(&place);
    let stdin = child.stdin.take();
    interrupt(&child);
    sleep(Duration::from_millis(300));
    assert!(
        child.try_wait().expect("a child").is_none(),
        "the first one waits for the input"
    );
    // Two signals that come before the first is looked at are one.
    while child.try_wait().expect("a child").is_none() {
        interrupt(&child);
        sleep(Duration::from_millis(300));
    }
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    drop(stdin);
}
