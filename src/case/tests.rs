//! A case over several runs: what is written, what is remembered.

use super::*;
use crate::model::{Incident, Severity, Status, Time};

const NOW: Time = Time(1_770_000_000_000_000_000);

fn incident(id: &str, findings: &[&str]) -> Incident {
    Incident {
        id: id.to_owned(),
        title: format!("About {id}"),
        severity: Severity::High,
        findings: findings.iter().map(|id| (*id).to_owned()).collect(),
        ..Incident::default()
    }
}

fn said(incident: &str, status: Option<Status>, note: &str) -> Said {
    Said {
        incident: incident.to_owned(),
        status: status.map(|status| status.word().to_owned()),
        note: Some(note.to_owned()),
        author: Some("dana".to_owned()),
        ..Said::default()
    }
}

fn lines(case: &Case) -> usize {
    let text = std::fs::read_to_string(case.file()).unwrap_or_default();
    text.lines().count()
}

#[test]
fn a_run_adds_what_is_new_and_nothing_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let case = Case::new(&folder.path().join("case"));
    let first = [incident("INC-a", &["F-1"]), incident("INC-b", &["F-2"])];
    case.record(&first, &[], NOW).expect("written");
    assert_eq!(lines(&case), 2);
    case.record(&first, &[], NOW).expect("nothing to write");
    assert_eq!(lines(&case), 2);
    case.say(said("INC-b", Some(Status::Investigating), "mine"), NOW)
        .expect("written");

    let second = [incident("INC-a", &["F-1", "F-2", "F-3"])];
    let merged = [("INC-b".to_owned(), "INC-a".to_owned())];
    case.record(&second, &merged, NOW).expect("written");
    assert_eq!(lines(&case), 5);
    let (book, torn) = case.read().expect("a whole case");
    assert_eq!((book.incidents().count(), torn), (1, 0));
    let kept = book.get("INC-b").expect("a redirect");
    assert_eq!((kept.id.as_str(), kept.status), ("INC-a", Status::Open));
    let remembered = book.remembered();
    assert_eq!(remembered.members.len(), 3);
    assert!(remembered.members.values().all(|home| *home == 0));
    assert!(remembered.ids.contains("INC-b"));
    // The words stay, the status of the one that is no more does not.
    let history = &remembered.incidents[0].history;
    assert_eq!((history.len(), history[0].status), (1, None));
    assert_eq!(history[0].note.as_deref(), Some("mine"));
}

#[test]
fn the_last_word_holds() {
    let folder = tempfile::tempdir().expect("a folder");
    let case = Case::new(folder.path());
    case.record(&[incident("INC-a", &["F-1"])], &[], NOW)
        .expect("written");
    for status in [Status::Investigating, Status::Resolved] {
        case.say(said("INC-a", Some(status), "x"), NOW)
            .expect("written");
    }
    case.say(said("INC-a", None, "only a word"), NOW)
        .expect("written");
    let (book, _) = case.read().expect("a whole case");
    let kept = book.get("INC-a").expect("known");
    assert_eq!((kept.status, kept.history.len()), (Status::Resolved, 3));
    assert_eq!(kept.severity, Severity::High);
    assert!(book.get("INC-x").is_none());
}

#[test]
fn circles_and_unknown_lines_do_no_harm() {
    let folder = tempfile::tempdir().expect("a folder");
    let case = Case::new(folder.path());
    let mut writer = journal::Writer::open(&case.file(), NOW).expect("opened");
    for (from, into) in [("a", "b"), ("b", "c"), ("c", "a"), ("a", "a")] {
        let body = serde_json::json!({"incident": from, "into": into});
        writer.append(NOW, "merge", body).expect("written");
    }
    let body = serde_json::json!({"anything": true});
    writer.append(NOW, "later", body).expect("written");
    drop(writer);
    let (book, _) = case.read().expect("a whole case");
    assert_eq!(book.get("a").map(|kept| kept.id.as_str()), Some("c"));
    let wrong = serde_json::json!({"incident": "a", "status": "LOUD"});
    let mut writer = journal::Writer::open(&case.file(), NOW).expect("opened");
    writer.append(NOW, "status", wrong).expect("written");
    drop(writer);
    let error = case.read().expect_err("no such status").to_string();
    assert!(error.ends_with("line 6 cannot be understood"), "{error}");
}
