use super::support::{Place, run, sample};

#[test]
fn the_attack_in_the_sample_is_one_incident() {
    let ran = run(&[
        "incidents",
        &sample(),
        "-q",
        "-f",
        "jsonl",
        "--min-severity",
        "critical",
    ]);
    let lines = ran.lines();
    assert_eq!(
        (lines.len(), &lines[0]["kind"], &lines[1]["kind"]),
        (2, &"incident".into(), &"coverage".into())
    );
    let table = run(&["incidents", &sample(), "-q"]);
    assert!(
        table.out.starts_with("SEVERITY"),
        "a table, in a pipe too: {}",
        table.out
    );
    assert_eq!(
        run(&["incidents", &sample(), "-q", "--fail-on", "critical"]).code,
        Some(1)
    );
}

#[test]
fn one_incident_is_shown_with_its_findings() {
    let place = Place::new();
    let sample = sample();
    let list = place
        .run(&["incidents", &sample, "-q", "-f", "jsonl"])
        .lines();
    let id = list[0]["id"].as_str().expect("an id").to_owned();
    let ran = place.run(&["incidents", "show", &id, &sample, "-q", "-f", "json"]);
    let shown: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!((ran.code, &shown["id"]), (Some(0), &list[0]["id"]));
    let objects = shown["finding_objects"].as_array().expect("findings");
    assert!(objects.len() > 5 && objects.iter().all(|finding| finding["incident"] == *id));

    let short = id.trim_start_matches("INC-")[..6].to_ascii_uppercase();
    let ran = place.run(&["incidents", "show", &short, &sample, "-q"]);
    assert!(ran.out.starts_with(&id), "{}", ran.out);
    assert!(ran.out.contains("\nStory\n"), "{}", ran.out);
}

#[test]
fn an_unknown_incident_is_told() {
    let ran = run(&["incidents", "show", "INC-ffffffffff", &sample(), "-q"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(3), ""));
    assert!(
        ran.err
            .starts_with("ctadel: no incident has the id \"INC-ffffffffff\" here\nhint: "),
        "{}",
        ran.err
    );
}
