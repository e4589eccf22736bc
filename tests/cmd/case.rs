use super::support::{Place, event, sample};

/// Two calls of one user, an hour apart: the second joins the first when both are read.
fn place() -> Place {
    let place = Place::new();
    let first = event("cloudtrail:StopLogging", "2026-05-12T09:30:00Z", "1");
    let second = event("cloudtrail:DeleteTrail", "2026-05-12T10:30:00Z", "2");
    place.write("one.json", &first.to_string());
    place.write("two.json", &second.to_string());
    place
}

fn incidents(place: &Place, inputs: &[&str]) -> Vec<serde_json::Value> {
    let flags = ["-q", "-f", "jsonl", "--case", "case"];
    let args = [&["incidents"][..], inputs, &flags].concat();
    let ran = place.run(&args);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let mut lines = ran.lines();
    lines.pop();
    lines
}

#[test]
fn a_status_is_there_again_when_more_is_read() {
    let place = place();
    let before = incidents(&place, &["two.json"]);
    assert_eq!((before.len(), &before[0]["status"]), (1, &"OPEN".into()));
    let id = before[0]["id"].as_str().expect("an id").to_owned();

    let ran = place.run(&[
        "incidents",
        "set",
        &id[4..8],
        "--status",
        "investigating",
        "--note",
        "mine \u{1b}[31m",
        "--author",
        "dana",
        "--case",
        "case",
    ]);
    let said = format!("{id}  OPEN -> INVESTIGATING\n");
    assert_eq!((ran.code, ran.out, ran.err.as_str()), (Some(0), said, ""));

    // The earlier call comes first now, and the name stays.
    let after = incidents(&place, &["one.json", "two.json"]);
    assert_eq!((after.len(), &after[0]["id"]), (1, &id.as_str().into()));
    assert_eq!(after[0]["status"], "INVESTIGATING");
    assert_eq!(after[0]["history"][0]["author"], "dana");
    assert!(after[0]["finding_count"].as_u64() > before[0]["finding_count"].as_u64());

    let shown = place.run(&["incidents", "show", &id, "two.json", "-q", "--case", "case"]);
    assert!(shown.out.contains("INVESTIGATING"), "{}", shown.out);
    assert!(
        shown.out.contains("dana: INVESTIGATING, mine \\u{1b}[31m"),
        "{}",
        shown.out
    );
    let table = place.run(&["incidents", "one.json", "two.json", "-q", "--case", "case"]);
    assert!(table.out.contains("INVESTIGATING"), "{}", table.out);
    // Without the case nothing is known of it.
    let plain = place.run(&["incidents", "one.json", "two.json", "-q"]);
    assert!(!plain.out.contains("INVESTIGATING"), "{}", plain.out);
}

#[test]
fn what_is_resolved_stays_resolved_and_news_reopen_it() {
    let place = place();
    let id = incidents(&place, &["one.json"])[0]["id"].clone();
    let id = id.as_str().expect("an id");
    let ran = place
        .command(&[
            "incidents",
            "set",
            id,
            "--status",
            "RESOLVED",
            "--verdict",
            "benign",
        ])
        .env("CTADEL_CASE", "case")
        .output()
        .expect("it runs");
    assert!(ran.status.success());
    let after = incidents(&place, &["one.json", "two.json"]);
    let [done, news] = after.as_slice() else {
        panic!("{after:?}")
    };
    assert_eq!(
        (&done["id"], &done["status"]),
        (&id.into(), &"RESOLVED".into())
    );
    assert_eq!(
        (&done["verdict"], &done["reopens"]),
        (&"benign".into(), &().into())
    );
    assert_eq!(
        (&news["status"], &news["reopens"]),
        (&"OPEN".into(), &id.into())
    );
    assert_eq!(news["history"], serde_json::json!([]));
    assert_eq!(incidents(&place, &["one.json", "two.json"]), after);
    // The findings of a scan bear the same names.
    let scan = place.run(&[
        "scan", "one.json", "two.json", "-q", "-f", "jsonl", "--case", "case",
    ]);
    let homes: Vec<_> = scan
        .lines()
        .iter()
        .map(|line| line["incident"].clone())
        .collect();
    assert!(homes.contains(&done["id"]) && homes.contains(&news["id"]));
}

#[test]
fn two_that_become_one_are_found_under_both_names() {
    let place = place();
    let one = incidents(&place, &["one.json"])[0]["id"].clone();
    let two = incidents(&place, &["two.json"])[0]["id"].clone();
    assert_ne!(one, two);
    let both = incidents(&place, &["one.json", "two.json"]);
    let (kept, gone) = match both[0]["id"] == one {
        true => (&one, &two),
        false => (&two, &one),
    };
    assert_eq!((both.len(), &both[0]["id"]), (1, kept));
    let (kept, gone) = (kept.as_str().expect("id"), gone.as_str().expect("id"));
    let ran = place.run(&[
        "incidents",
        "show",
        gone,
        "one.json",
        "two.json",
        "--case",
        "case",
    ]);
    assert!(ran.out.starts_with(kept), "{}", ran.out);
    let note = format!("{gone} is part of {kept} now");
    assert!(ran.err.contains(&note), "{}", ran.err);
    let ran = place.run(&["incidents", "set", gone, "--note", "x", "--case", "case"]);
    assert!(
        ran.out.starts_with(kept) && ran.err.contains(&note),
        "{ran:?}",
        ran = (ran.out, ran.err)
    );
}

#[test]
fn a_case_that_somebody_edited_is_not_believed() {
    let place = place();
    incidents(&place, &["one.json", "two.json"]);
    place.run(&[
        "incidents",
        "set",
        "INC",
        "--note",
        "good",
        "--case",
        "case",
    ]);
    let ids = incidents(&place, &["one.json", "two.json"]);
    let id = ids[0]["id"].as_str().expect("an id").to_owned();
    for note in ["good", "more"] {
        let ran = place.run(&["incidents", "set", &id, "--note", note, "--case", "case"]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
    }
    let text = place.read("case/case.jsonl");
    place.write("case/case.jsonl", &text.replace("good", "evil"));
    let ran = place.run(&["incidents", "one.json", "--case", "case"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(3), ""));
    assert!(
        ran.err.starts_with("ctadel: case/case.jsonl: line "),
        "{}",
        ran.err
    );
    assert!(
        ran.err.contains("was changed by something else"),
        "{}",
        ran.err
    );

    // A crash is no edit.
    place.write("case/case.jsonl", &text[..text.len() - 20]);
    let ran = place.run(&["incidents", "one.json", "two.json", "--case", "case"]);
    assert_eq!(ran.code, Some(0));
    assert!(
        ran.err.contains("the last line was cut off in the writing"),
        "{}",
        ran.err
    );
    let ran = place.run(&["incidents", "set", &id, "--note", "again", "--case", "case"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(
        place
            .read("case/case.jsonl")
            .contains("\"kind\":\"recovered\"")
    );
}

#[test]
fn what_is_missing_is_said() {
    let place = place();
    let table: [(&[&str], i32, &str); 4] = [
        (
            &["incidents", "set", "7f3a", "--note", "x"],
            2,
            "no case folder was named",
        ),
        (
            &["incidents", "set", "7f3a", "--case", "case"],
            2,
            "--status",
        ),
        (
            &["incidents", "set", "7f3a", "--note", "x", "--case", "case"],
            3,
            "makes it known",
        ),
        (
            &[
                "incidents",
                "set",
                "7f3a",
                "--status",
                "loud",
                "--case",
                "case",
            ],
            2,
            "RESOLVED",
        ),
    ];
    for (args, code, part) in table {
        let ran = place.run(args);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (Some(code), ""),
            "{args:?}: {}",
            ran.err
        );
        assert!(ran.err.contains(part), "{args:?}: {}", ran.err);
    }
    assert!(
        !place.names().contains(&"case".to_owned()),
        "nothing was made for a mistake"
    );
}

#[test]
fn two_runs_at_once_leave_one_chain() {
    let place = Place::new();
    let sample = sample();
    let args = ["incidents", &sample, "-q", "--case", "case"];
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| assert_eq!(place.run(&args).code, Some(0)));
        }
    });
    let lines = place.read("case/case.jsonl").lines().count();
    assert_eq!(place.run(&args).code, Some(0));
    assert_eq!(place.read("case/case.jsonl").lines().count(), lines);
}

/// Two scans, words about each of them, and a third that makes one of both: cut anywhere in the
/// last one's lines, the next run arrives at the same.
#[test]
fn a_crash_in_the_middle_of_a_merge_loses_neither_name_nor_word() {
    let place = place();
    let ids = ["one.json", "two.json"].map(|input| {
        let id = incidents(&place, &[input])[0]["id"].clone();
        id.as_str().expect("an id").to_owned()
    });
    for (id, status) in ids.iter().zip(["INVESTIGATING", "CONTAINED"]) {
        let args = [
            "incidents",
            "set",
            id,
            "--status",
            status,
            "--note",
            "seen",
            "--case",
            "case",
        ];
        assert_eq!(place.run(&args).code, Some(0));
    }
    let before = place.read("case/case.jsonl").len();
    let merged = incidents(&place, &["one.json", "two.json"]);
    let kept = merged[0]["id"].as_str().expect("an id").to_owned();
    let gone = ids.iter().find(|id| **id != kept).expect("the other");
    let whole = place.read("case/case.jsonl");
    let ends = whole.match_indices('\n').map(|(at, _)| at + 1);
    let ends: Vec<usize> = ends.filter(|end| *end > before).collect();
    assert!(ends.len() > 1, "{whole}");
    let middles = ends.iter().map(|end| end - 9);
    let cuts: Vec<usize> = middles
        .chain([before])
        .chain(ends.iter().copied())
        .collect();
    for cut in cuts {
        place.write("case/case.jsonl", &whole[..cut]);
        let args = [
            "incidents",
            "one.json",
            "two.json",
            "-f",
            "jsonl",
            "--case",
            "case",
        ];
        let ran = place.run(&args);
        let torn = !whole[..cut].ends_with('\n');
        assert_eq!(
            ran.err.contains("was cut off in the writing"),
            torn,
            "{cut}: {}",
            ran.err
        );
        let now = &ran.lines()[0];
        for field in ["id", "status", "history", "findings"] {
            assert_eq!(now[field], merged[0][field], "{cut}: {field}");
        }
        let shown = [
            "incidents",
            "show",
            gone,
            "one.json",
            "two.json",
            "--case",
            "case",
        ];
        let ran = place.run(&shown);
        assert!(ran.out.starts_with(&kept), "{cut}: {}{}", ran.out, ran.err);
    }
}

#[test]
fn two_people_at_once_lose_no_word() {
    let place = place();
    let id = incidents(&place, &["one.json"])[0]["id"].clone();
    let id = id.as_str().expect("an id");
    std::thread::scope(|scope| {
        for author in ["dana", "lena"] {
            let place = &place;
            scope.spawn(move || {
                for note in 0..12 {
                    let note = note.to_string();
                    let said = ["--note", &note, "--author", author, "--case", "case"];
                    let args = [&["incidents", "set", id][..], &said].concat();
                    let ran = place.run(&args);
                    assert_eq!(ran.code, Some(0), "{}", ran.err);
                }
            });
        }
    });
    let history = incidents(&place, &["one.json"])[0]["history"].clone();
    let history = history.as_array().expect("a history");
    for author in ["dana", "lena"] {
        let own = history.iter().filter(|change| change["author"] == author);
        let notes: Vec<&str> = own.filter_map(|change| change["note"].as_str()).collect();
        let wanted: Vec<String> = (0..12).map(|note| note.to_string()).collect();
        assert_eq!(notes, wanted, "{author}");
    }
    assert_eq!(history.len(), 24);
}
