use super::support::{Place, event, run, sample, stopped};

#[test]
fn the_answers_of_a_rule_are_told_piece_by_piece() {
    let place = Place::new();
    place.write("e.json", &stopped());
    let ran = place.run(&["explain", "aws-cloudtrail-stopped", "e.json"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let expected = "\
e.json#0  2026-05-12T09:30:00Z  cloudtrail:StopLogging  00000000-0000-4000-8000-000000000001
  aws-cloudtrail-stopped: matches, high
  condition: stop
    yes     stop
      yes     eventSource is \"cloudtrail.amazonaws.com\"  (has \"cloudtrail.amazonaws.com\")
      yes     eventName is \"StopLogging\"  (has \"StopLogging\")

aws-cloudtrail-stopped: 1 of 1 event matched
";
    assert_eq!(ran.out, expected);
}

#[test]
fn twenty_events_are_told_unless_all_are_asked_for() {
    let place = Place::new();
    let line =
        |at: usize| event("ec2:RunInstances", "2026-05-12T09:30:00Z", &at.to_string()).to_string();
    let lines: Vec<String> = (0..25).map(line).collect();
    place.write("e.json", &lines.join("\n"));
    let shown = |ran: &super::support::Ran| {
        ran.out
            .lines()
            .filter(|line| line.starts_with("e.json#"))
            .count()
    };
    let ran = place.run(&["explain", "aws-cloudtrail-stopped", "e.json"]);
    assert_eq!((ran.code, shown(&ran)), (Some(0), 20));
    assert!(
        ran.out
            .ends_with("aws-cloudtrail-stopped: 0 of 25 events matched\n"),
        "{}",
        ran.out
    );
    assert!(
        ran.err
            .starts_with("note: the first 20 of 25 events were explained"),
        "{}",
        ran.err
    );
    let ran = place.run(&["explain", "aws-cloudtrail-stopped", "e.json", "--all"]);
    assert_eq!((ran.err.as_str(), shown(&ran)), ("", 25));
    let id = "00000000-0000-4000-8000-000000000023";
    let ran = place.run(&["explain", "aws-cloudtrail-stopped", "e.json", "--event", id]);
    assert_eq!((ran.code, shown(&ran)), (Some(0), 1));
    assert!(ran.out.starts_with("e.json#23 "), "{}", ran.out);
    let ran = place.run(&[
        "explain",
        "aws-cloudtrail-stopped",
        "e.json",
        "--event",
        "other",
    ]);
    assert_eq!(ran.code, Some(3));
}

#[test]
fn a_correlation_is_told_by_its_members() {
    let ran = run(&["explain", "aws-secrets-read-burst", &sample(), "-q"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(
        ran.out.contains("aws-secrets-read-burst: of "),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("`ctadel scan` decides"));
}

#[test]
fn what_cannot_be_explained_is_told() {
    let place = Place::new();
    let ran = place.run(&["explain", "aws-cloudtrail-stoped", "x"]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.err.contains("did you mean aws-cloudtrail-stopped?"),
        "{}",
        ran.err
    );
    assert_eq!(
        place
            .run(&["explain", "aws-cloudtrail-stopped", "nowhere"])
            .code,
        Some(3)
    );
    place.write("okta.yml", "title: O\nname: o\nlogsource: {product: none, service: none}\ndetection: {s: {a: b}, condition: s}\n");
    let ran = place.run(&["explain", "o", "x", "--rules", "okta.yml"]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.err.contains("is for a log that is not read"),
        "{}",
        ran.err
    );
    place.write("broken.json", "{\"a\"");
    assert_eq!(
        place
            .run(&["explain", "aws-cloudtrail-stopped", "broken.json"])
            .code,
        Some(3)
    );
}

#[test]
fn secrets_and_control_characters_of_a_log_are_not_shown() {
    let place = Place::new();
    let mut one = event("iam:CreateLoginProfile", "2026-05-12T09:30:00Z", "1");
    one["requestParameters"] =
        serde_json::json!({"userName": "a\u{1b}[2Jb", "password": "hunter2hunter2"});
    place.write("e.json", &one.to_string());
    place.write("r.yml", "title: R\nname: r\nlogsource: {product: aws, service: cloudtrail}\ndetection: {s: {requestParameters.userName: '*', requestParameters.password: '*'}, condition: s}\n");
    let ran = place.run(&["explain", "r", "e.json", "--rules", "r.yml"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(
        !ran.out.contains('\u{1b}') && !ran.out.contains("hunter2"),
        "{}",
        ran.out
    );
}
