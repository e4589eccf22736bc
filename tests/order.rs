//! What a record says does not hang on what stands before it: the decoder guesses that the next
//! one is like the last, and every guess has to be checked.

mod common;

use common::{events, testdata};
use ctadel::normalize::SOURCES;

/// Lines of everything that lies one record a line among the test data of the sources.
fn lines() -> Vec<String> {
    let mut out = Vec::new();
    for source in SOURCES {
        for folder in [source.name.to_owned(), format!("{}-extra", source.name)] {
            let folder = testdata().join(folder);
            let files = if folder.is_dir() {
                common::files(&folder)
            } else {
                Vec::new()
            };
            for file in files {
                let text = std::fs::read_to_string(&file).unwrap_or_default();
                let text = text.trim_start_matches('\u{feff}');
                let single = text.lines().filter(|line| {
                    line.starts_with('{') && serde_json::from_str::<serde_json::Value>(line).is_ok()
                });
                out.extend(single.map(str::to_owned));
            }
        }
    }
    out.sort();
    out.dedup();
    out
}

/// Everything that the events in a text say, in order.
fn told(text: &str) -> Vec<String> {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), text).expect("written");
    let events = events(file.path()).into_iter();
    events.map(|(_, event)| format!("{event:?}")).collect()
}

#[test]
fn a_record_says_the_same_behind_any_other() {
    let lines = lines();
    assert!(lines.len() > 300, "{}", lines.len());
    let alone: Vec<Vec<String>> = lines.iter().map(|line| told(line)).collect();
    let mut wrong = Vec::new();
    for source in SOURCES {
        let shapes = common::files(&testdata().join(source.name));
        let shape = shapes.first().expect("one shape at least");
        let (raw, _) = events(shape).into_iter().next().expect("a record");
        let first = String::from_utf8(raw).expect("text").replace('\n', " ");
        let before = told(&first);
        let mixed: String = lines
            .iter()
            .map(|line| format!("{first}\n{line}\n"))
            .collect();
        let found = told(&mixed);
        let mut found = found.iter();
        for (line, alone) in lines.iter().zip(&alone) {
            let pair: Vec<&String> = found.by_ref().take(before.len() + alone.len()).collect();
            if !pair.iter().copied().eq(before.iter().chain(alone)) {
                let line: String = line.chars().take(300).collect();
                wrong.push(format!(
                    "behind {}: {line}\n  want {alone:?}\n  got {pair:?}",
                    source.name
                ));
                // What follows is out of step.
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Objects that hold nothing are soon looked over quickly: what comes behind them is found all the
/// same.
#[test]
fn what_holds_nothing_hides_nothing() {
    let wrap = |inner: &str| serde_json::json!({"id": 7, "wrapped": {"inner": inner}}).to_string();
    for source in SOURCES {
        let shapes = common::files(&testdata().join(source.name));
        let shape = shapes.first().expect("one shape at least");
        let (raw, _) = events(shape).into_iter().next().expect("a record");
        let record = String::from_utf8(raw).expect("text");
        let alone = told(&wrap(&record));
        assert_eq!(alone.len(), 1, "{}", source.name);
        let dull = format!("{}\n", wrap("nothing")).repeat(9);
        assert_eq!(told(&format!("{dull}{}\n{dull}", wrap(&record))), alone);
    }
}
