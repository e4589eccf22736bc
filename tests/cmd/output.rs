use super::support::{Place, run, sample};

#[test]
fn data_and_words_keep_to_their_streams() {
    let ran = run(&["scan", &sample()]);
    assert_eq!(ran.code, Some(0));
    let lines = ran.lines();
    assert!(
        lines[..lines.len() - 1]
            .iter()
            .all(|line| line["kind"] == "finding")
    );
    assert_eq!(
        lines.last().map(|line| &line["kind"]),
        Some(&"coverage".into())
    );
    assert!(
        ran.err.starts_with("read 4,805 records in 100 files"),
        "{}",
        ran.err
    );
    let ran = run(&["scan", &sample(), "-q"]);
    assert_eq!(ran.err, "");
}

#[test]
fn several_outputs_come_from_one_run() {
    let place = Place::new();
    let sample = sample();
    let args = [
        "scan",
        &sample,
        "--out",
        "csv=a.csv",
        "--out",
        "jsonl=b.jsonl",
        "--out",
        "json=c.json",
        "--out",
        "navigator=d.json",
        "--out",
        "markdown=e.md",
    ];
    let ran = place.run(&args);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{}", ran.err);
    assert_eq!(
        place.names(),
        ["a.csv", "b.jsonl", "c.json", "d.json", "e.md"]
    );
    assert!(place.read("a.csv").starts_with("id,severity,"));
    let findings = place.read("b.jsonl").lines().count() - 1;
    let report: serde_json::Value = serde_json::from_str(&place.read("c.json")).expect("JSON");
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(findings));
    // The flag for the format brings standard output back.
    let ran = place.run(&["scan", &sample, "--out", "csv=f.csv", "-f", "table", "-q"]);
    assert!(ran.out.starts_with("SEVERITY"), "{}", ran.out);
    // One and the same bytes, wherever they go.
    let ran = place.run(&["scan", &sample, "--out", "jsonl=-", "-q"]);
    assert_eq!(ran.out, place.read("b.jsonl"));
}

#[test]
fn the_bytes_are_the_same_for_any_number_of_threads() {
    let one = run(&["scan", &sample(), "-q", "-j", "1", "--min-severity", "info"]);
    let five = run(&["scan", &sample(), "-q", "-j", "5", "--min-severity", "info"]);
    assert!(one.out.len() > 10_000);
    assert!(one.out == five.out);
}

#[test]
fn a_file_that_exists_is_overwritten_only_by_force() {
    let place = Place::new();
    let sample = sample();
    place.write("a.csv", "before");
    for args in [["-o", "a.csv"], ["--out", "csv=a.csv"]] {
        let ran = place.run(&["scan", &sample, args[0], args[1]]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
        assert_eq!(
            ran.err,
            "ctadel: write a.csv: the file exists\nhint: --force overwrites it\n"
        );
        assert_eq!(place.read("a.csv"), "before");
    }
    assert_eq!(
        place
            .run(&["scan", &sample, "-o", "a.csv", "--force", "-f", "csv"])
            .code,
        Some(0)
    );
    assert!(place.read("a.csv").starts_with("id,severity,"));
    assert_eq!(place.names(), ["a.csv"]);
}

#[test]
fn outputs_that_cannot_be_made_are_told_before_anything_is_read() {
    let place = Place::new();
    place.write("folder/x", "");
    let table = [
        (["-o", "none/a.csv"], "write none/a.csv: "),
        (["-o", "folder"], "write folder: it is a folder"),
        (
            ["--out", "csv=-"],
            "only one output can go to standard output",
        ),
    ];
    for (args, text) in table {
        let more = if args[1] == "csv=-" {
            ["-f", "table"]
        } else {
            ["-f", "csv"]
        };
        let all = ["scan", "nowhere-at-all", args[0], args[1], more[0], more[1]];
        let ran = place.run(&all);
        assert_eq!(ran.code, Some(2), "{}", ran.err);
        assert!(ran.err.contains(text), "{}", ran.err);
    }
    let ran = place.run(&[
        "scan",
        "x",
        "--out",
        "csv=a",
        "--out",
        "jsonl=./folder/../a",
    ]);
    assert!(ran.err.contains("two outputs go to"), "{}", ran.err);
    assert_eq!(place.names(), ["folder"]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_leaves_no_half_of_a_file() {
    let place = Place::new();
    let sample = sample();
    for args in [["-o", "/dev/full"], ["--out", "csv=/dev/full"]] {
        let ran = place.run(&["scan", &sample, "-q", args[0], args[1]]);
        assert_eq!(ran.code, Some(3));
        assert!(
            ran.err
                .starts_with("ctadel: write /dev/full: No space left"),
            "{}",
            ran.err
        );
    }
    place.write("a.jsonl", "before");
    // A limit on the size of files is a disk that fills up in the middle.
    let bin = assert_cmd::cargo::cargo_bin!("ctadel");
    let script = format!(
        "trap '' XFSZ; ulimit -f 8; exec '{}' scan '{sample}' -q --force --out csv=b.csv --out jsonl=a.jsonl",
        bin.display()
    );
    let output = std::process::Command::new("sh")
        .args(["-c", &script])
        .current_dir(place.path())
        .output();
    let output = output.expect("it runs");
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(
        place.names(),
        ["a.jsonl"],
        "neither the one that fitted nor a temporary one"
    );
    assert_eq!(place.read("a.jsonl"), "before");
}

#[test]
#[cfg(unix)]
fn links_stay_links_and_new_files_get_the_usual_rights() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let place = Place::new();
    place.write("real/a.csv", "before");
    symlink("real/a.csv", place.path().join("link.csv")).expect("a link");
    let sample = sample();
    let ran = place.run(&[
        "scan", &sample, "-q", "--force", "-f", "csv", "-o", "link.csv",
    ]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(
        place
            .path()
            .join("link.csv")
            .symlink_metadata()
            .expect("there")
            .is_symlink()
    );
    assert!(place.read("real/a.csv").starts_with("id,severity,"));
    place.write("plain", "");
    assert_eq!(
        place.run(&["scan", &sample, "-q", "-o", "new"]).code,
        Some(0)
    );
    let mode = |name: &str| {
        place
            .path()
            .join(name)
            .metadata()
            .expect("there")
            .permissions()
            .mode()
    };
    assert_eq!(mode("new"), mode("plain"));
}

#[test]
fn colour_only_where_it_is_asked_for() {
    let place = Place::new();
    let sample = sample();
    let plain = place.run(&["scan", &sample, "-f", "table", "-q"]);
    let painted = place.run(&["scan", &sample, "-f", "table", "-q", "--color", "always"]);
    assert!(!plain.out.contains('\u{1b}') && painted.out.contains('\u{1b}'));
    let file = place.run(&[
        "scan", &sample, "-f", "table", "-q", "--color", "always", "-o", "t",
    ]);
    assert_eq!((file.code, place.read("t")), (Some(0), plain.out));
}
