use std::path::Path;

use super::support::run;

/// The manual as users meet it; a change of it is a change for them.
#[test]
fn the_help_of_every_command_is_what_was_agreed() {
    let cases = trycmd::TestCases::new();
    cases.env("COLUMNS", "100").case("tests/cmd/help/*.trycmd");
}

#[test]
fn every_command_has_its_help_snapshot() {
    let mut root = ctadel::cli::command();
    root.build();
    let mut open = vec![(root, "ctadel".to_owned())];
    while let Some((command, name)) = open.pop() {
        let file =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/cmd/help/{name}.trycmd"));
        assert!(file.is_file(), "{}", file.display());
        for sub in command.get_subcommands() {
            let parent = if name == "ctadel" {
                String::new()
            } else {
                format!("{name}-")
            };
            open.push((sub.clone(), format!("{parent}{}", sub.get_name())));
        }
    }
}

#[test]
fn nothing_at_all_prints_help_and_is_a_mistake() {
    for args in [&[][..], &["rules"], &["config"]] {
        let ran = run(args);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{args:?}");
        assert!(ran.err.contains("Usage: ctadel"), "{}", ran.err);
    }
}

#[test]
fn help_and_version_go_to_standard_output() {
    let ran = run(&["--version"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert_eq!(ran.out, concat!("ctadel ", env!("CARGO_PKG_VERSION"), "\n"));
    let ran = run(&["scan", "-h"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert!(ran.out.lines().all(|line| line.chars().count() <= 120));
}

#[test]
fn what_is_not_built_yet_is_neither_shown_nor_understood() {
    let help = run(&["--help"]).out + &run(&["scan", "--help"]).out;
    for word in ["sarif", "timesketch", "rules sql"] {
        assert!(!help.contains(word), "{word}");
    }
    for args in [&["verify"][..], &["rules", "sql"], &["schema", "audit"]] {
        let ran = run(args);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{args:?}");
        assert!(ran.err.starts_with("ctadel: "), "{}", ran.err);
    }
}

#[test]
fn completions_and_schemas_are_printed() {
    for shell in ["bash", "zsh", "fish"] {
        let ran = run(&["completions", shell]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        assert!(ran.out.contains("min-severity"), "{shell}");
    }
    for name in ["finding", "incident", "event", "summary", "coverage"] {
        let ran = run(&["schema", name]);
        let schema: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
        assert_eq!(schema["properties"]["kind"]["const"], name);
    }
    assert!(
        run(&["schema", "nothing"])
            .err
            .contains("finding, incident, event, summary, coverage")
    );
}
