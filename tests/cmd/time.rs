use super::support::{Place, event, run, sample};

fn logs(place: &Place) {
    let days = ["2026-05-01", "2026-05-10", "2026-05-12"];
    let line = |(at, day): (usize, &&str)| {
        event(
            "cloudtrail:StopLogging",
            &format!("{day}T09:30:00Z"),
            &at.to_string(),
        )
        .to_string()
    };
    let lines: Vec<String> = days.iter().enumerate().map(line).collect();
    place.write("events.json", &lines.join("\n"));
}

#[test]
fn the_window_says_which_findings_are_printed() {
    let place = Place::new();
    logs(&place);
    let times = |args: &[&str]| -> Vec<String> {
        let all: Vec<&str> = ["scan", "events.json", "-q"]
            .into_iter()
            .chain(args.iter().copied())
            .collect();
        let ran = place.run(&all);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        ran.lines()
            .iter()
            .filter_map(|line| Some(line["time"].as_str()?[8..10].to_owned()))
            .collect()
    };
    assert_eq!(times(&[]), ["01", "10", "12"]);
    assert_eq!(times(&["--since", "2026-05-10"]), ["10", "12"]);
    assert_eq!(
        times(&["--until", "2026-05-10"]),
        ["01"],
        "a date is its first moment"
    );
    assert_eq!(times(&["--until", "2026-05-10T09:30"]), ["01", "10"]);
    assert_eq!(
        times(&[
            "--since",
            "2026-05-10T11:30:00+02:00",
            "--until",
            "2026-05-12T09:00"
        ]),
        ["10"]
    );
    assert_eq!(
        times(&["--since", "7d", "--anchor", "latest"]),
        ["10", "12"]
    );
    assert_eq!(times(&["--since", "latest"]), ["12"]);
    assert_eq!(
        times(&["--since", "24h", "--anchor", "2026-05-11"]),
        ["10", "12"]
    );
    assert_eq!(
        times(&["--since", "24h", "--anchor", "2026-05-11", "--until", "1h"]),
        ["10"]
    );
}

#[test]
fn an_empty_window_says_what_to_type() {
    let place = Place::new();
    logs(&place);
    let ran = place.run(&["scan", "events.json", "--since", "2030-01-01"]);
    assert_eq!((ran.code, ran.lines().len()), (Some(0), 1));
    assert!(
        ran.err.contains(
            "note: no event since 2030-01-01T00:00:00Z: the newest one is of 2026-05-12T09:30:00Z"
        ),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("hint: --anchor latest"), "{}", ran.err);
    let ran = place.run(&["scan", "events.json", "--until", "2020-01-01"]);
    assert!(
        ran.err.contains(
            "no event until 2020-01-01T00:00:00Z: the oldest one is of 2026-05-01T09:30:00Z"
        ),
        "{}",
        ran.err
    );
}

#[test]
fn what_is_malformed_is_refused_before_anything_is_read() {
    for (flag, value) in [
        ("--since", "yesterday"),
        ("--until", "12/05/2026"),
        ("--anchor", "noon"),
        ("--since", "24"),
    ] {
        let ran = run(&["scan", "nowhere-at-all", flag, value]);
        assert_eq!(ran.code, Some(2), "{flag} {value}: {}", ran.err);
        assert!(
            ran.err.contains(&format!("malformed time {value:?}")),
            "{}",
            ran.err
        );
    }
    let ran = run(&["scan", "nowhere-at-all", "--anchor", "24h"]);
    assert!(
        ran.err.contains("--anchor: an anchor is a point in time"),
        "{}",
        ran.err
    );
    let ran = run(&[
        "scan",
        &sample(),
        "--since",
        "2026-06-04",
        "--until",
        "2026-06-03",
    ]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.err.contains("the window ends before it begins"),
        "{}",
        ran.err
    );
}

#[test]
fn standard_input_cannot_be_read_twice() {
    let ran = run(&["scan", "-", "--since", "1h", "--anchor", "latest"]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.err.contains("standard input is gone after once"),
        "{}",
        ran.err
    );
}
