use super::support::{Place, event, run, testdata};

/// Characters that a terminal or a spreadsheet obeys.
fn hostile() -> String {
    let mut one = event("cloudtrail:StopLogging", "2026-05-12T09:30:00Z", "1");
    let name = "=HYPERLINK(\"http://192.0.2.1\")\u{1b}]0;owned\u{7}\u{202e}txt\u{9b}31m|<b>`x`";
    one["userIdentity"]["userName"] = name.into();
    one["userIdentity"]["arn"] = format!("arn:aws:iam::111122223333:user/{name}").into();
    one["userAgent"] = name.into();
    one["requestParameters"]["name"] = name.into();
    one.to_string()
}

#[test]
fn no_format_lets_a_control_character_through() {
    let place = Place::new();
    place.write("events.json", &hostile());
    for view in ["scan", "incidents"] {
        for format in ["table", "json", "jsonl", "csv", "markdown", "navigator"] {
            let ran = place.run(&[view, "events.json", "-f", format]);
            assert_eq!(ran.code, Some(0), "{view} {format}: {}", ran.err);
            for text in [&ran.out, &ran.err] {
                let bad = text.chars().find(|c| {
                    (c.is_control() && *c != '\n')
                        || ('\u{202a}'..='\u{202e}').contains(c)
                        || ('\u{2066}'..='\u{2069}').contains(c)
                });
                assert_eq!(bad, None, "{view} {format}: {text}");
            }
        }
    }
    let csv = place.run(&["scan", "events.json", "-q", "-f", "csv"]).out;
    assert!(
        !csv.split([',', '\n'])
            .any(|cell| cell.trim_start_matches('"').starts_with('=')),
        "{csv}"
    );
}

#[test]
fn names_of_files_and_arguments_are_escaped_in_messages() {
    let ran = run(&["scan", "no\u{1b}]0;where"]);
    assert_eq!(ran.code, Some(3));
    assert!(!ran.err.contains('\u{1b}'), "{}", ran.err);
    let ran = run(&["scan", "--no\u{1b}[2Jflag"]);
    assert_eq!(ran.code, Some(2));
    assert!(!ran.err.contains('\u{1b}'), "{}", ran.err);
}

#[test]
fn every_damaged_file_is_told_and_stops_nothing() {
    let ran = run(&["scan", &testdata("hostile"), "-q"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let lines = ran.lines();
    let coverage = lines.last().expect("the coverage");
    assert_eq!(coverage["complete"], true);
    assert!(
        coverage["skipped"]
            .as_array()
            .is_some_and(|skipped| skipped.len() > 20)
    );
    assert_eq!(
        run(&["scan", &testdata("hostile"), "-q", "--strict"]).code,
        Some(3)
    );
}
