use super::support::{Place, Ran, event, run, sample};

/// A small log: a theft, what else its key did, and somebody else.
fn place() -> Place {
    let place = Place::new();
    let mut lines = Vec::new();
    for (action, time, name) in [
        ("cloudtrail:StopLogging", "2026-05-12T09:30:00Z", "1"),
        ("s3:ListBuckets", "2026-05-12T09:40:00Z", "2"),
        ("cloudtrail:DeleteTrail", "2026-05-12T10:00:00Z", "3"),
        ("s3:ListBuckets", "2026-05-12T23:00:00Z", "4"),
    ] {
        lines.push(event(action, time, name));
    }
    let mut other = event("s3:GetBucketAcl", "2026-05-12T09:45:00Z", "5");
    other["userIdentity"]["userName"] = "erin".into();
    other["userIdentity"]["principalId"] = "AIDA1EXAMPLE".into();
    other["userIdentity"]["accessKeyId"] = "AKIA1EXAMPLE".into();
    other["userIdentity"]["arn"] = "arn:aws:iam::111122223333:user/erin".into();
    other["sourceIPAddress"] = "198.51.100.23".into();
    other["errorCode"] = "AccessDenied".into();
    other["requestParameters"] = serde_json::json!({"bucketName": "exports \u{1b}[31m"});
    lines.push(other);
    let text: Vec<String> = lines.iter().map(|line| line.to_string()).collect();
    place.write("log.jsonl", &text.join("\n"));
    place
}

/// The actions of the events in order; `!` marks those with a finding.
fn told(ran: &Ran) -> Vec<String> {
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let mut lines = ran.lines();
    assert_eq!(lines.pop().expect("coverage")["kind"], "coverage");
    let action = |line: &serde_json::Value| {
        assert_eq!(line["kind"], "event");
        assert_eq!(line["context"], line["findings"] == serde_json::json!([]));
        let mark = if line["context"] == true { "" } else { "!" };
        format!("{mark}{}", line["action"].as_str().expect("an action"))
    };
    lines.iter().map(action).collect()
}

#[test]
fn a_timeline_has_findings_and_what_the_same_key_did_beside_them() {
    let place = place();
    let timeline = |more: &[&str]| {
        let args = [&["timeline", "log.jsonl", "-q", "-f", "jsonl"][..], more].concat();
        told(&place.run(&args))
    };
    let attack = [
        "!cloudtrail:StopLogging",
        "s3:ListBuckets",
        "!cloudtrail:DeleteTrail",
    ];
    assert_eq!(timeline(&[]), attack);
    let list = place
        .run(&["incidents", "log.jsonl", "-q", "-f", "jsonl"])
        .lines();
    let id = list[0]["id"].as_str().expect("an id");
    assert_eq!(timeline(&["--incident", &id[4..9]]), attack);
    assert_eq!(timeline(&["--actor", "ERIN"]), ["s3:GetBucketAcl"]);
    assert_eq!(timeline(&["--actor", "AKIA1EXAMPLE"]), ["s3:GetBucketAcl"]);
    assert_eq!(timeline(&["--ip", "198.51.100.0/24"]), ["s3:GetBucketAcl"]);
    let exports = timeline(&["--resource", "exports \u{1b}[31m"]);
    assert_eq!(exports, ["s3:GetBucketAcl"]);
    let dana = timeline(&["--actor", "dana", "--since", "2026-05-12T09:35"]);
    assert_eq!(
        dana,
        [
            "s3:ListBuckets",
            "!cloudtrail:DeleteTrail",
            "s3:ListBuckets"
        ]
    );
    let ran = place.run(&[
        "timeline",
        "log.jsonl",
        "--actor",
        "dana",
        "--limit",
        "1",
        "-f",
        "jsonl",
    ]);
    let lines = ran.lines();
    assert_eq!(
        (lines.len(), &lines[1]["capped"][0]["what"]),
        (2, &"events".into())
    );
    assert!(ran.err.contains("--limit"), "{}", ran.err);
    assert_eq!(
        place.run(&["timeline", "log.jsonl", "--ip", "here"]).code,
        Some(2)
    );
    assert_eq!(
        place
            .run(&["timeline", "log.jsonl", "--ip", "::1", "--actor", "x"])
            .code,
        Some(2)
    );
    assert_eq!(
        place
            .run(&["timeline", "log.jsonl", "--incident", "ffff"])
            .code,
        Some(3)
    );
}

#[test]
fn standard_input_is_read_twice() {
    let place = place();
    let want = place.run(&["timeline", "log.jsonl", "-q", "-f", "jsonl"]);
    let ran = place
        .command(&["timeline", "-", "-q", "-f", "jsonl"])
        .write_stdin(place.read("log.jsonl"))
        .output()
        .expect("it runs");
    assert_eq!(told(&Ran::of(ran)), told(&want));
}

#[test]
fn a_search_finds_by_any_field() {
    let place = place();
    let search =
        |query: &str| told(&place.run(&["search", query, "log.jsonl", "-q", "-f", "jsonl"]));
    let denied = ["s3:GetBucketAcl"];
    for query in [
        "outcome:denied",
        "actor:erin",
        "actor.id:aida1*",
        "requestParameters.bucketName:exports*",
        "source_ip:198.51.100.0/24",
        "\"exports \"",
        "akia1example",
        "arn:aws:iam::111122223333:user/erin",
        "not actor:dana",
        "action:(s3:GetBucket* or s3:PutBucket*) source:aws.*",
        "errorCode:/^Access/ layer:cloud",
        "target:exports*",
        "errorCode:*",
    ] {
        assert_eq!(search(query), denied, "{query}");
    }
    assert_eq!(search("name:main").len(), 0);
    assert_eq!(search("requestParameters.name:main provider:gcp").len(), 0);
    assert_eq!(
        search("action:*Trail* or action:StopLogging or action:*:Stop*"),
        ["!cloudtrail:StopLogging", "!cloudtrail:DeleteTrail"]
    );
    assert_eq!(
        search("eventVersion>=1.11 not action:cloudtrail:*").len(),
        3
    );

    let table = place.run(&["search", "actor:erin", "log.jsonl", "-q"]);
    assert!(table.out.contains("exports \\u{1b}[31m"), "{}", table.out);
    let ran = place.run(&["search", "nothing-has-this", "log.jsonl"]);
    assert!(ran.err.contains("no event fits"), "{}", ran.err);
    for query in ["", "(a", "ctadel.first_seen:x"] {
        let ran = place.run(&["search", query, "log.jsonl"]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{query}");
        assert!(ran.err.starts_with("ctadel: query: "), "{}", ran.err);
    }
}

#[test]
fn the_bytes_do_not_hang_on_the_threads() {
    let sample = sample();
    for args in [
        &["timeline", &sample][..],
        &["search", "not action:s3:GetObject", &sample],
    ] {
        let with = |threads: &str| run(&[args, &["-q", "-f", "jsonl", "-j", threads]].concat()).out;
        assert_eq!(with("1"), with("5"));
    }
}
