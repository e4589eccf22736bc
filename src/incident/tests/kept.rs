//! Incidents of earlier runs: names stay, merges redirect, what is done stays done.

use super::*;
use crate::model::Status;

fn at(minute: i64, user: &str) -> Sample {
    finding(minute, "r").user(user)
}

fn found(minute: i64) -> String {
    finding_id(minute, "r")
}

/// What a run remembers: `(id, status, minutes of findings)`.
fn remembered(known: &[(&str, Status, &[i64])]) -> Remembered {
    let mut out = Remembered::default();
    for (number, (id, status, findings)) in (0u32..).zip(known) {
        out.ids.insert((*id).to_owned());
        out.incidents.push(Earlier {
            id: (*id).to_owned(),
            status: *status,
            ..Earlier::default()
        });
        let findings = findings.iter();
        out.members
            .extend(findings.map(|minute| (found(*minute), number)));
    }
    out
}

fn named<const N: usize>(samples: [Sample; N], known: &[(&str, Status, &[i64])]) -> Grouping {
    let remembered = remembered(known);
    let options = Options {
        remembered: Some(&remembered),
        ..Options::default()
    };
    let (findings, grouping) = grouped_with(samples, &options);
    // Without the findings themselves the names are the same.
    let heads: Vec<Head> = findings.iter().map(Head::of).collect();
    let sorted: Vec<&Head> = heads.iter().collect();
    let look: Look = &|place| Face::of(&findings[place as usize]);
    let unmade = super::super::group(&sorted, look, None, &options);
    let name = |home: &u32| unmade.ids.get(*home as usize).cloned();
    let homes: Vec<Option<String>> = unmade.homes.iter().map(name).collect();
    let written: Vec<Option<String>> = findings.iter().map(|f| f.incident.clone()).collect();
    assert_eq!(homes, written);
    grouping
}

fn ids(grouping: &Grouping) -> Vec<&str> {
    grouping.incidents.iter().map(|i| i.id.as_str()).collect()
}

#[test]
fn earlier_logs_do_not_rename_an_incident() {
    let known = [("INC-a", Status::Investigating, &[60, 61][..])];
    let grouping = named([at(0, "bob"), at(60, "bob"), at(61, "bob")], &known);
    assert_eq!(ids(&grouping), ["INC-a"]);
    assert_eq!(grouping.incidents[0].status, Status::Investigating);
    assert_eq!(grouping.incidents[0].findings.len(), 3);
    assert_eq!(grouping.merged, []);
}

#[test]
fn what_grows_together_takes_the_name_with_the_most_members_and_then_the_oldest() {
    let samples = || [at(0, "bob"), at(60, "bob"), at(61, "bob")];
    let old = ("INC-b", Status::Open, &[0][..]);
    let young = ("INC-a", Status::Open, &[60, 61][..]);
    let grouping = named(samples(), &[old, young]);
    assert_eq!(ids(&grouping), ["INC-a"]);
    let redirect = |from: &str, into: &str| vec![(from.to_owned(), into.to_owned())];
    assert_eq!(grouping.merged, redirect("INC-b", "INC-a"));
    let young = ("INC-a", Status::Open, &[61][..]);
    let grouping = named(samples(), &[old, young]);
    assert_eq!(ids(&grouping), ["INC-b"]);
    assert_eq!(grouping.merged, redirect("INC-a", "INC-b"));
}

#[test]
fn a_name_is_given_once() {
    let known = [("INC-a", Status::Open, &[0, 1, 900][..])];
    let grouping = named([at(0, "bob"), at(1, "bob"), at(900, "bob")], &known);
    let ids = ids(&grouping);
    assert_eq!((ids.len(), ids[0]), (2, "INC-a"));
    assert_ne!(ids[1], "INC-a");
    assert_eq!(grouping.merged, []);
}

#[test]
fn what_is_resolved_keeps_its_members_and_news_reopen_it() {
    let known = [("INC-a", Status::Resolved, &[0, 1][..])];
    let grouping = named([at(0, "bob"), at(1, "bob"), at(2, "bob")], &known);
    let [done, news] = grouping.incidents.as_slice() else {
        panic!("{:?}", ids(&grouping));
    };
    assert_eq!((done.id.as_str(), done.status), ("INC-a", Status::Resolved));
    assert_eq!(done.findings, [0, 1].map(found));
    assert_eq!(
        (news.status, news.reopens.as_deref()),
        (Status::Open, Some("INC-a"))
    );
    assert_eq!(news.findings, [2].map(found));
    assert_eq!(news.related, ["INC-a"]);
    assert_eq!(grouping.merged, []);

    let again = [
        known[0],
        (news.id.as_str(), Status::Investigating, &[2][..]),
    ];
    let grouping = named(
        [at(0, "bob"), at(1, "bob"), at(2, "bob"), at(3, "bob")],
        &again,
    );
    assert_eq!(ids(&grouping), ["INC-a", news.id.as_str()]);
    assert_eq!(grouping.incidents[1].findings, [2, 3].map(found));
    assert_eq!(grouping.incidents[1].reopens.as_deref(), Some("INC-a"));
}

#[test]
fn a_hint_reopens_nothing() {
    let known = [("INC-a", Status::Resolved, &[0, 1][..])];
    let hint = at(2, "bob").severity(Severity::Informational);
    let grouping = named([at(0, "bob"), at(1, "bob"), hint], &known);
    assert_eq!(ids(&grouping), ["INC-a"]);
    assert_eq!(grouping.incidents[0].findings.len(), 3);
}

#[test]
fn an_id_of_another_incident_is_not_given_again() {
    let (_, free) = grouped([at(0, "bob")]);
    let id = free.incidents[0].id.clone();
    let known = [(id.as_str(), Status::Open, &[9][..])];
    assert_ne!(ids(&named([at(0, "bob")], &known)), [id]);
}
