use super::support::{Place, Ran, sample, stopped};

/// The line of a setting in `config show`.
fn shown(ran: &Ran, name: &str) -> String {
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let line = ran
        .out
        .lines()
        .find(|line| line.starts_with(&format!("{name}:")));
    line.unwrap_or_default()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn flags_stand_over_variables_and_those_over_files() {
    let place = Place::new();
    place.write(
        "xdg/ctadel/config.yaml",
        "min-severity: medium\nwindow: 1h\nlookback: 1h\n",
    );
    let xdg = place.path().join("xdg");
    let show = |variable: Option<&str>| {
        let mut command = place.command(&["config", "show"]);
        command.env("XDG_CONFIG_HOME", &xdg);
        if let Some(value) = variable {
            command.env("CTADEL_MIN_SEVERITY", value);
        }
        Ran::of(command.output().expect("it runs"))
    };
    let far = format!("{}/ctadel/config.yaml", xdg.display());
    assert_eq!(
        shown(&show(None), "min-severity"),
        format!("min-severity: medium # {far}:1")
    );
    place.write(".ctadel.yaml", "# nearer\nmin-severity: high\nwindow: 2h\n");
    let ran = show(None);
    assert_eq!(
        shown(&ran, "min-severity"),
        "min-severity: high # .ctadel.yaml:2"
    );
    assert_eq!(shown(&ran, "window"), "window: 2h # .ctadel.yaml:3");
    assert_eq!(shown(&ran, "lookback"), format!("lookback: 1h # {far}:3"));
    assert_eq!(shown(&ran, "strict"), "strict: false # default");
    assert_eq!(ran.err, "note: settings from .ctadel.yaml\n");
    assert_eq!(
        shown(&show(Some("low")), "min-severity"),
        "min-severity: low # CTADEL_MIN_SEVERITY"
    );

    place.write("events.json", &stopped());
    let scan = |args: &[&str]| {
        let all: Vec<&str> = ["scan", "events.json", "-q"]
            .into_iter()
            .chain(args.iter().copied())
            .collect();
        let mut command = place.command(&all);
        Ran::of(
            command
                .env("CTADEL_MIN_SEVERITY", "critical")
                .output()
                .expect("it runs"),
        )
        .lines()
        .len()
    };
    assert_eq!((scan(&[]), scan(&["--min-severity", "low"])), (1, 2));
}

#[test]
fn a_named_file_is_the_only_one_that_is_read() {
    let place = Place::new();
    place.write(".ctadel.yaml", "strict: true\n");
    place.write("ci.yaml", "window: 3h\n");
    let ran = place.run(&["config", "show", "--config", "ci.yaml"]);
    assert_eq!(shown(&ran, "window"), "window: 3h # ci.yaml:1");
    assert_eq!(shown(&ran, "strict"), "strict: false # default");
    let output = place
        .command(&["config", "show"])
        .env("CTADEL_CONFIG", "ci.yaml")
        .output();
    assert_eq!(
        shown(&Ran::of(output.expect("it runs")), "strict"),
        "strict: false # default"
    );
    let ran = place.run(&["config", "show", "--config", "none.yaml"]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.err
            .starts_with("ctadel: read configuration none.yaml: "),
        "{}",
        ran.err
    );
}

#[test]
fn unknown_keys_and_values_that_do_not_fit_are_mistakes() {
    let place = Place::new();
    let table = [
        (
            "own_accounts: []",
            "ctadel: .ctadel.yaml:1: unknown key \"own_accounts\", did you mean own-accounts?\n",
        ),
        (
            "\nwindow: soon",
            "ctadel: .ctadel.yaml:2: window: malformed duration \"soon\": write a number and a unit, such as 15m, 24h, 7d or 2w\n",
        ),
    ];
    for (text, want) in table {
        place.write(".ctadel.yaml", text);
        let ran = place.run(&["scan", &sample()]);
        assert_eq!(
            (ran.code, ran.out.as_str(), ran.err.as_str()),
            (Some(2), "", want)
        );
    }
    let place = Place::new();
    let output = place
        .command(&["config", "show"])
        .env("CTADEL_WINDWO", "1h")
        .output();
    let ran = Ran::of(output.expect("it runs"));
    assert_eq!(
        ran.err,
        "warning: CTADEL_WINDWO is no setting, did you mean CTADEL_WINDOW?\n"
    );
}

#[test]
fn inputs_of_the_configuration_are_read_where_none_is_named() {
    let place = Place::new();
    place.write("conf/logs/events.json", &stopped());
    place.write("conf/c.yaml", "inputs: [logs]\nformat: csv\n");
    let ran = place.run(&["scan", "-q", "--config", "conf/c.yaml"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.starts_with("id,severity,"), "{}", ran.out);
    // Where a command has no such output, its own default holds.
    let list = place
        .run(&["incidents", "-q", "--config", "conf/c.yaml", "-f", "jsonl"])
        .lines();
    let id = list[0]["id"].as_str().expect("an id");
    let ran = place.run(&["incidents", "show", id, "-q", "--config", "conf/c.yaml"]);
    assert!(ran.out.starts_with(id), "{}{}", ran.out, ran.err);
}

#[test]
fn check_looks_at_everything_a_run_needs() {
    let place = Place::new();
    place.write("logs/events.json", &stopped());
    place.write("rules/broken.yml", "title: x\n");
    place.write("c.yaml", "inputs: [logs, nowhere]\nrules: [rules]\n");
    let ran = place.run(&["config", "check", "--config", "c.yaml"]);
    assert_eq!(
        ran.code,
        Some(2),
        "a wrong rule stops every run: {}",
        ran.out
    );
    assert!(ran.out.contains("failed  rules: "), "{}", ran.out);
    assert!(
        ran.out.contains("ok      input logs: folder\n"),
        "{}",
        ran.out
    );
    assert!(
        ran.out
            .contains("failed  input nowhere: read nowhere: no such file or folder\n"),
        "{}",
        ran.out
    );
    place.write("c.yaml", "inputs: [logs, nowhere]\n");
    assert_eq!(
        place.run(&["config", "check", "--config", "c.yaml"]).code,
        Some(3)
    );
    place.write("c.yaml", "inputs: [logs, 'log*/*.json']\n");
    let ran = place.run(&["config", "check", "--config", "c.yaml"]);
    assert_eq!(ran.code, Some(0), "{}", ran.out);
}

#[test]
fn init_writes_a_file_that_sets_nothing() {
    let place = Place::new();
    let before = place.run(&["config", "show"]).out;
    let ran = place.run(&["config", "init"]);
    assert_eq!(
        (ran.code, ran.out.as_str(), ran.err.as_str()),
        (Some(0), "", "note: wrote .ctadel.yaml\n")
    );
    assert_eq!(place.run(&["config", "show"]).out, before);
    let ran = place.run(&["config", "init"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("--force overwrites it"), "{}", ran.err);
    // It helps even where the file that is there is broken.
    place.write(".ctadel.yaml", "nonsense: 1\n");
    assert_eq!(place.run(&["config", "init", "--force"]).code, Some(0));
    assert_eq!(
        place.run(&["config", "init", "-"]).out,
        place.read(".ctadel.yaml")
    );
}
