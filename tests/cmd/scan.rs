use super::support::{Place, event, run, sample, stopped};

#[test]
fn the_attack_in_the_sample_is_found() {
    let ran = run(&["scan", &sample(), "-q"]);
    let rules: Vec<String> = ran
        .lines()
        .iter()
        .filter_map(|line| line["rule"]["id"].as_str().map(str::to_owned))
        .collect();
    for rule in [
        "aws-cloudtrail-stopped",
        "aws-kms-key-destruction",
        "aws-iam-access-key-for-other-user",
    ] {
        assert!(rules.iter().any(|id| id == rule), "{rule}: {rules:?}");
    }
}

#[test]
fn standard_input_is_an_input() {
    let place = Place::new();
    let output = place
        .command(&["scan", "-", "-q"])
        .write_stdin(stopped())
        .output()
        .expect("it runs");
    let ran = super::support::Ran::of(output);
    let lines = ran.lines();
    assert_eq!((ran.code, lines.len()), (Some(0), 2), "{}", ran.err);
    assert_eq!(lines[0]["evidence"][0]["file"], "-");
    assert_eq!(lines[0]["rule"]["id"], "aws-cloudtrail-stopped");
}

#[test]
fn min_severity_filters_what_is_printed_and_changes_no_id() {
    let ids = |level: &str| -> Vec<String> {
        let ran = run(&["scan", &sample(), "-q", "--min-severity", level]);
        ran.lines()
            .iter()
            .filter_map(|line| Some(format!("{} {}", line["id"].as_str()?, line["incident"])))
            .collect()
    };
    let (low, high) = (ids("low"), ids("high"));
    assert!(!high.is_empty() && high.len() < low.len());
    assert!(high.iter().all(|id| low.contains(id)));
}

#[test]
fn rules_of_the_user_are_added_replace_and_stand_alone() {
    let place = Place::new();
    let rule = "title: Mine\nname: mine\nlogsource: {product: aws, service: cloudtrail}\ndetection: {s: {eventName|expand: '%calls%'}, condition: s}\nlevel: critical\n";
    place.write("rules/mine.yml", rule);
    place.write("events.json", &stopped());
    let ids = |args: &[&str]| -> Vec<String> {
        let all: Vec<&str> = ["scan", "events.json", "-q"]
            .into_iter()
            .chain(args.iter().copied())
            .collect();
        place
            .run(&all)
            .lines()
            .iter()
            .filter_map(|line| Some(line["rule"]["id"].as_str()?.to_owned()))
            .collect()
    };
    assert_eq!(
        ids(&["--rules", "rules"]),
        ["aws-cloudtrail-stopped"],
        "a placeholder nobody filled in"
    );
    let both = ids(&["--rules", "rules", "--var", "calls=StopLogging,DeleteTrail"]);
    assert_eq!(both.len(), 2);
    assert_eq!(
        ids(&[
            "--rules",
            "rules",
            "--no-builtin-rules",
            "--var",
            "calls=StopLogging"
        ]),
        ["mine"]
    );
    assert_eq!(ids(&["--no-builtin-rules"]), [""; 0]);
    let ran = place.run(&["scan", "events.json", "-q", "--rules", "rules"]);
    let skipped = &ran.lines()[1]["rules"]["skipped"];
    assert_eq!(skipped[0]["rule"], "mine", "{skipped}");
}

#[test]
fn attack_ids_are_those_of_the_version_asked_for() {
    let place = Place::new();
    place.write("events.json", &stopped());
    let technique = |args: &[&str]| {
        let all: Vec<&str> = ["scan", "events.json", "-q"]
            .into_iter()
            .chain(args.iter().copied())
            .collect();
        place.run(&all).lines()[0]["rule"]["attack"][0].clone()
    };
    assert_eq!(technique(&[])["technique"], "T1685.002");
    assert_eq!(
        technique(&["--attack-version", "18"])["technique"],
        "T1562.008"
    );
    assert_eq!(
        technique(&["--attack-version", "18"])["tactic"],
        "defense-evasion"
    );
}

#[test]
fn suppressions_keep_findings_back_and_are_held_to_account() {
    let place = Place::new();
    place.write("events.json", &stopped());
    let suppress = "\
- rule: aws-cloudtrail-stopped
  actor: '*dana*'
  reason: tested
- rule: never-*
  reason: old habit
- rule: aws-*
  reason: was a migration
  owner: platform
  expires: 2020-01-01
";
    place.write("s.yaml", suppress);
    let ran = place.run(&["scan", "events.json", "--suppress", "s.yaml"]);
    assert_eq!((ran.code, ran.lines().len()), (Some(0), 1));
    assert!(
        ran.err
            .contains("note: s.yaml:4: the suppression of never-* kept nothing back"),
        "{}",
        ran.err
    );
    assert!(
        ran.err.contains(
            "warning: s.yaml:6: the suppression of aws-* ran out on 2020-01-01, owner platform"
        ),
        "{}",
        ran.err
    );
}

#[test]
fn the_environment_of_the_user_is_what_rules_ask_for() {
    let place = Place::new();
    let login = serde_json::json!({"ConsoleLogin": "Success"});
    let mut one = event("iam:CreateUser", "2026-05-12T09:30:00Z", "1");
    one["requestParameters"] = serde_json::json!({"userName": "svc"});
    one["responseElements"] = login;
    place.write("events.json", &one.to_string());
    place.write("tor.txt", "203.0.113.7,tor\n");
    let rules = |args: &[&str]| -> Vec<String> {
        let all: Vec<&str> = ["scan", "events.json", "-q"]
            .into_iter()
            .chain(args.iter().copied())
            .collect();
        place
            .run(&all)
            .lines()
            .iter()
            .filter_map(|line| Some(line["rule"]["id"].as_str()?.to_owned()))
            .collect()
    };
    let off_hours = |found: &[String]| found.iter().any(|id| id == "aws-user-created-off-hours");
    assert!(!off_hours(&rules(&[])), "a Tuesday at half past nine");
    assert!(off_hours(&rules(&["--timezone", "America/Los_Angeles"])));
    assert!(off_hours(&rules(&["--business-hours", "Sat 10:00-12:00"])));
    assert!(
        rules(&["--intel", "tor.txt"])
            .iter()
            .any(|id| id == "aws-anonymizer-ip")
    );
    assert!(
        !rules(&["--intel", "tor.txt", "--own-cidr", "203.0.113.0/24"])
            .iter()
            .any(|id| id == "aws-anonymizer-ip")
    );
}

#[test]
fn a_silent_stretch_of_a_busy_account_is_told() {
    let place = Place::new();
    let hourly = (0..6 * 24).filter(|hour| !(60..66).contains(hour));
    let lines = hourly.map(|hour| {
        let (day, hour) = (hour / 24 + 1, hour % 24);
        let time = format!("2026-05-{day:02}T{hour:02}:10:00Z");
        event("ec2:DescribeInstances", &time, &time).to_string()
    });
    place.write("log.jsonl", &lines.collect::<Vec<_>>().join("\n"));
    let ran = place.run(&["scan", "log.jsonl"]);
    let lines = ran.lines();
    let gaps = &lines.last().expect("the coverage")["gaps"];
    let gap = serde_json::json!({
        "source": "aws.cloudtrail", "account": "111122223333", "region": null,
        "from": "2026-05-03T12:00:00Z", "to": "2026-05-03T18:00:00Z",
    });
    assert_eq!(gaps, &serde_json::json!([gap]));
    let told = "no records of aws.cloudtrail 111122223333 from 2026-05-03T12:00:00Z";
    assert!(ran.err.contains(told), "{}", ran.err);
}
