use super::support::{Place, Ran, event, run, sample, stopped, testdata};

fn scan(place: &Place, text: &str, args: &[&str]) -> Ran {
    let path = place.write("events.json", text);
    let path = path.to_str().expect("a plain name");
    let all: Vec<&str> = ["scan", path, "-q"]
        .into_iter()
        .chain(args.iter().copied())
        .collect();
    place.run(&all)
}

#[test]
fn done_is_zero_with_and_without_findings() {
    let place = Place::new();
    assert_eq!(scan(&place, &stopped(), &[]).code, Some(0));
    let quiet = event("ec2:DescribeInstances", "2026-05-12T09:30:00Z", "1").to_string();
    assert_eq!(scan(&place, &quiet, &[]).code, Some(0));
    assert_eq!(scan(&place, "", &[]).code, Some(0));
}

#[test]
fn a_threshold_that_is_reached_is_one() {
    let place = Place::new();
    let table = [("high", 1), ("medium", 1), ("info", 1), ("critical", 0)];
    for (level, code) in table {
        let ran = scan(&place, &stopped(), &["--fail-on", level]);
        assert_eq!(ran.code, Some(code), "{level}");
    }
    // What is printed has nothing to do with it.
    let ran = scan(
        &place,
        &stopped(),
        &["--fail-on", "high", "--min-severity", "critical"],
    );
    assert_eq!((ran.code, ran.lines().len()), (Some(1), 1));
}

#[test]
fn mistakes_are_two_and_nothing_is_printed() {
    let sample = sample();
    let place = Place::new();
    place.write("rule.yml", "title: broken\n");
    place.write("suppress.yaml", "- rule: x\n");
    let table: [(&[&str], &str); 14] = [
        (
            &["scan", "--frobnicate"],
            "unexpected argument '--frobnicate'",
        ),
        (
            &["scan", &sample, "-f", "sarif"],
            "table, json, jsonl, csv, navigator, markdown",
        ),
        (
            &["scan", &sample, "--out", "sarif=x"],
            "table, json, jsonl, csv, navigator, markdown",
        ),
        (&["scan", &sample, "--out", "x"], "csv=findings.csv"),
        (
            &["incidents", "show", "INC-1", &sample, "-f", "csv"],
            "[possible values: table, json, jsonl, navigator, markdown]",
        ),
        (
            &["incidents", "show", "INC-1", &sample, "--out", "csv=x"],
            "one incident cannot be printed as csv",
        ),
        (&["scan", &sample, "--source", "x"], "aws.cloudtrail"),
        (
            &["scan", &sample, "--lookback", "soon"],
            "ctadel: --lookback: malformed duration \"soon\"",
        ),
        (
            &["scan", &sample, "-j", "0"],
            "--threads: malformed number of threads",
        ),
        (&["scan", &sample, "--rules", "rule.yml"], "rule.yml"),
        (
            &["scan", &sample, "--suppress", "suppress.yaml"],
            "suppress.yaml:1",
        ),
        (
            &["scan", &sample, "--own-cidr", "here"],
            "read own range \"here\"",
        ),
        (
            &["scan", &sample, "--timezone", "Mars"],
            "find time zone \"Mars\"",
        ),
        (
            &["scan", &sample, "--var", "x"],
            "--var: malformed placeholder",
        ),
    ];
    for (args, text) in table {
        let ran = place.run(args);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (Some(2), ""),
            "{args:?}: {}",
            ran.err
        );
        assert!(
            ran.err.starts_with("ctadel: ") && ran.err.contains(text),
            "{args:?}: {}",
            ran.err
        );
    }
}

#[test]
fn no_input_at_all_says_how_to_name_one() {
    let ran = run(&["incidents", "--since", "24h"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert_eq!(
        ran.err
            .lines()
            .filter(|line| line.starts_with("hint: "))
            .count(),
        2,
        "{}",
        ran.err
    );
}

#[test]
fn input_that_cannot_be_read_is_three() {
    let place = Place::new();
    let ran = place.run(&["scan", "nowhere"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(3), ""));
    assert_eq!(ran.err, "ctadel: read nowhere: no such file or folder\n");
    let ran = place.run(&["scan", "no*where.json"]);
    assert_eq!(ran.code, Some(3));

    let ran = scan(&place, "{\"broken\"", &[]);
    assert_eq!(ran.code, Some(3));
    assert_eq!(
        ran.lines()[0]["skipped"].as_array().map(Vec::len),
        Some(1),
        "the coverage is printed all the same"
    );
    assert!(
        ran.err
            .ends_with("ctadel: nothing of the input could be read\n"),
        "{}",
        ran.err
    );
}

#[test]
fn something_skipped_is_three_under_strict_alone() {
    let place = Place::new();
    let text = stopped() + "\n{\"broken\"";
    assert_eq!(scan(&place, &text, &[]).code, Some(0));
    assert_eq!(scan(&place, &text, &["--strict"]).code, Some(3));
    assert_eq!(scan(&place, &text, &["--strict=false"]).code, Some(0));
    // What was skipped may hide what the threshold looks for.
    assert_eq!(
        scan(&place, &text, &["--strict", "--fail-on", "low"]).code,
        Some(3)
    );
    assert_eq!(
        scan(&place, &stopped(), &["--strict", "--fail-on", "low"]).code,
        Some(1)
    );
    // Recognised and no audit record: nothing is missing.
    let digest = testdata("aws.cloudtrail-extra/digest.json.gz");
    assert_eq!(
        place.run(&["scan", &digest, "-q", "--strict"]).code,
        Some(0)
    );
}

#[test]
fn a_closed_pipe_is_no_error() {
    use std::io::Read;
    use std::process::{Command, Stdio};
    let place = Place::new();
    let mut child = Command::new(assert_cmd::cargo::cargo_bin!("ctadel"))
        .args([
            "scan",
            &sample(),
            "--min-severity",
            "informational",
            "-f",
            "json",
        ])
        .current_dir(place.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    drop(child.stdout.take());
    let mut err = String::new();
    child
        .stderr
        .take()
        .expect("piped")
        .read_to_string(&mut err)
        .expect("text");
    assert_eq!(child.wait().expect("it ends").code(), Some(0), "{err}");
    assert!(!err.contains("ctadel:"), "{err}");
}
