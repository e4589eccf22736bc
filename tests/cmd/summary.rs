use super::support::{Place, event, run, sample};

#[test]
fn totals_say_who_did_what_from_where() {
    let place = Place::new();
    let mut lines = Vec::new();
    for hour in 8..11 {
        let time = format!("2026-05-12T{hour:02}:30:00Z");
        lines.push(event("s3:ListBuckets", &time, &hour.to_string()));
    }
    // The same record once more is no further event.
    lines.push(lines[0].clone());
    lines.push(event(
        "cloudtrail:StopLogging",
        "2026-05-12T11:30:00Z",
        "11",
    ));
    for (hour, code) in [(12, "AccessDenied"), (13, "NoSuchBucket")] {
        let mut line = event(
            "s3:GetBucketAcl",
            &format!("2026-05-12T{hour}:30:00Z"),
            &hour.to_string(),
        );
        line["errorCode"] = code.into();
        line["sourceIPAddress"] = "198.51.100.23".into();
        line["userAgent"] = "evil \u{1b}[31m".into();
        lines.push(line);
    }
    let text: Vec<String> = lines.iter().map(|line| line.to_string()).collect();
    place.write("log.jsonl", &text.join("\n"));
    let ran = place.run(&["summary", "log.jsonl", "-q", "-f", "jsonl"]);
    let lines = ran.lines();
    assert_eq!(
        (ran.code, &lines.last().expect("coverage")["kind"]),
        (Some(0), &"coverage".into())
    );
    let of = |by: &str| {
        lines
            .iter()
            .filter(|line| line["by"] == by)
            .collect::<Vec<_>>()
    };
    let [dana] = of("actor")[..] else {
        panic!("{}", ran.out)
    };
    assert_eq!(
        (&dana["value"], &dana["name"]),
        (&"AIDA0EXAMPLE".into(), &"dana".into())
    );
    let counts = ["events", "denied", "failed", "findings"].map(|key| dana[key].as_u64());
    assert_eq!(counts, [6, 1, 1, 1].map(Some));
    assert_eq!(
        (&dana["first"], &dana["last"]),
        (
            &"2026-05-12T08:30:00Z".into(),
            &"2026-05-12T13:30:00Z".into()
        )
    );
    assert_eq!(dana["severity"], "high");
    assert_eq!(
        dana["sensitive"]["top"][0]["value"],
        "cloudtrail:StopLogging"
    );
    assert_eq!(
        dana["devices"]["top"][0]["value"],
        "203.0.113.7 aws-cli/2.31.9"
    );
    assert_eq!(dana["sessions"]["top"][0]["value"], "AKIA0EXAMPLE");
    assert_eq!(dana["actions"]["distinct"], 3);
    assert_eq!(of("source_ip").len(), 2);
    assert_eq!(
        of("action")
            .iter()
            .map(|row| row["events"].as_u64())
            .sum::<Option<u64>>(),
        Some(6)
    );

    let ran = place.run(&[
        "summary",
        "log.jsonl",
        "--by",
        "source-ip",
        "--top",
        "1",
        "--since",
        "2026-05-12T12:00",
        "-f",
        "csv",
    ]);
    assert_eq!(ran.out.lines().count(), 2, "{}", ran.out);
    assert!(
        ran.out.contains("source_ip,198.51.100.23,,,2,1,"),
        "{}",
        ran.out
    );
    let table = place.run(&["summary", "log.jsonl", "--top", "1"]);
    assert!(
        table.out.contains("dana") && !table.out.contains('\u{1b}'),
        "{}",
        table.out
    );
    assert!(
        table.err.contains("4 rows left out: --top 0 prints all"),
        "{}",
        table.err
    );
    assert_eq!(
        place.run(&["summary", "log.jsonl", "--by", "mood"]).code,
        Some(2)
    );
}

#[test]
fn totals_do_not_hang_on_the_threads() {
    let sample = sample();
    let with = |threads| {
        run(&[
            "summary", &sample, "-q", "--top", "0", "-f", "jsonl", "-j", threads,
        ])
        .out
    };
    let one = with("1");
    assert_eq!(one, with("4"));
    assert!(one.lines().count() > 20);
}
