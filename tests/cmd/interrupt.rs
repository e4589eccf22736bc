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

/// A scan of standard input that has read some events and waits for more.
fn waiting(place: &Place) -> Child {
    Command::new(assert_cmd::cargo::cargo_bin!("ctadel"))
        .args(["scan", "-", "-f", "jsonl"])
        .current_dir(place.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs")
}

#[test]
fn the_first_one_prints_what_there_is_and_says_that_it_is_not_all() {
    let place = Place::new();
    let mut child = waiting(&place);
    let mut stdin = child.stdin.take().expect("piped");
    let one = event("cloudtrail:StopLogging", "2026-05-12T09:30:00Z", "1").to_string() + "\n";
    stdin.write_all(one.as_bytes()).expect("it reads");
    sleep(Duration::from_millis(500));
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
    sleep(Duration::from_millis(500));
    interrupt(&child);
    sleep(Duration::from_millis(300));
    assert!(
        child.try_wait().expect("a child").is_none(),
        "the first one waits for the input"
    );
    interrupt(&child);
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    drop(stdin);
}
