use super::*;
use crate::detect::load::{Vars, load_str};
use crate::enrich::derive::Context;
use crate::model::rule::Origin;
use std::sync::atomic::AtomicBool;

const RULES: &str = "\
title: Stop
name: stop
logsource: {product: aws, service: cloudtrail}
detection:
    stop:
        eventName: [StopLogging, Stop*]
        requestParameters.name|contains|all: [ma, in]
    list:
        - eventSource|re: ^cloud
        - awsRegion: null
    seen: {ctadel.first_seen: region}
    word: [nowhere]
    condition: stop and 1 of list* and not word
level: high
ctadel:
    levels: [{if: seen, level: critical}]
---
title: Many
name: many
correlation:
    type: value_count
    rules: [stop]
    group-by: [awsRegion]
    timespan: 10m
    condition: {gte: 2, field: requestParameters.name}
level: high
";

fn event(name: &str, region: &str, trail: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.11","eventTime":"2026-05-12T09:30:00Z","eventID":"{name}-{trail}","eventSource":"cloudtrail.amazonaws.com","eventName":"{name}","awsRegion":"{region}","userIdentity":{{"type":"Root","accountId":"111122223333"}},"requestParameters":{{"name":"{trail}"}}}}"#
    )
}

fn explained(rule: &str, events: &[String]) -> (Vec<Explained>, Counts) {
    let set = load_str("t.yml", RULES, Origin::File, &Vars::new()).expect("good rules");
    let number = set
        .rules
        .iter()
        .position(|other| other.meta.id == rule)
        .expect("loaded");
    let explainer = Explainer::new(&set, number).expect("compiles");
    assert!(explainer.speaks());
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("events.json");
    std::fs::write(&path, events.join("\n")).expect("written");
    let inputs = [path.to_str().expect("a plain name").to_owned()];
    let context = Context::default();
    let options = Options {
        inputs: &inputs,
        source: None,
        context: &context,
    };
    let mut out = Vec::new();
    let counts = explainer.read(&options, &AtomicBool::new(false), &mut |one| out.push(one));
    (out, counts.expect("readable"))
}

fn lines(judged: &Judged) -> Vec<String> {
    let mut out = Vec::new();
    for selected in &judged.selections {
        out.push(format!("{} {:?}", selected.name, selected.answer));
        for test in &selected.tests {
            out.push(format!(
                "{}{} {} {:?} {:?}",
                "-".repeat(test.depth + 1),
                test.field,
                test.question,
                test.answer,
                test.found
            ));
        }
    }
    out
}

#[test]
fn every_selection_and_test_has_its_answer() {
    let (out, counts) = explained("stop", &[event("StartLogging", "eu-west-1", "main")]);
    assert_eq!((counts.judged, counts.foreign, counts.skipped), (1, 0, 0));
    assert_eq!(
        (out[0].record, &*out[0].file, &*out[0].uid),
        (0, "events.json", "StartLogging-main")
    );
    let judged = &out[0].judged[0];
    assert_eq!(judged.answer, Answer::False);
    assert_eq!(
        lines(judged),
        [
            "stop False",
            "-eventName is \"StopLogging\" or starts with \"Stop\" False Values([\"StartLogging\"], 1)",
            "-requestParameters.name contains \"ma\" and contains \"in\" True Values([\"main\"], 1)",
            "-- contains \"ma\" True Nothing",
            "-- contains \"in\" True Nothing",
            "list True",
            "- one of True Nothing",
            "--eventSource matches /^cloud/ True Values([\"cloudtrail.amazonaws.com\"], 1)",
            "--awsRegion is absent, null or empty False Values([\"eu-west-1\"], 1)",
            "seen Unknown",
            "-ctadel.first_seen is \"region\" Unknown Late",
            "word False",
            "- any value contains \"nowhere\" False Nothing",
        ]
    );
}

#[test]
fn what_hangs_on_the_whole_input_is_said_to() {
    let (out, _) = explained("stop", &[event("StopLogging", "eu-west-1", "main")]);
    assert_eq!(
        (out[0].judged[0].answer, out[0].judged[0].level),
        (Answer::Unknown, None)
    );
}

#[test]
fn a_correlation_is_told_by_its_members_and_groups() {
    let rules = RULES
        .replace("levels: [{if: seen, level: critical}]", "reason: x")
        .replace("    seen: {ctadel.first_seen: region}\n", "");
    let set = load_str("t.yml", &rules, Origin::File, &Vars::new()).expect("good rules");
    let explainer = Explainer::new(&set, 1).expect("compiles");
    let Body::Correlation(body) = &explainer.rules.rules[explainer.asked].body else {
        panic!("a correlation")
    };
    assert_eq!(
        correlation(body, &explainer.rules),
        "of stop: number of different requestParameters.name >= 2 within 10m, for each awsRegion"
    );
    let Body::Event(detection) = &explainer.rules.rules[0].body else {
        panic!("a rule")
    };
    let names: Vec<&str> = detection
        .selections
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(
        condition(&detection.condition, &names),
        "stop and list and not word"
    );
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("events.json");
    let events = [
        ("eu-west-1", "main"),
        ("eu-west-1", "main2"),
        ("us-east-1", "main"),
        ("us-east-1", "x"),
    ];
    let events: Vec<String> = events
        .iter()
        .map(|(region, trail)| event("StopLogging", region, trail))
        .collect();
    std::fs::write(&path, events.join("\n") + "\n{broken").expect("written");
    let inputs = [path.to_str().expect("a plain name").to_owned()];
    let options = Options {
        inputs: &inputs,
        source: None,
        context: &Context::default(),
    };
    let counts = explainer
        .read(&options, &AtomicBool::new(false), &mut |_| {})
        .expect("readable");
    assert_eq!(
        (counts.judged, counts.skipped, &*counts.matched),
        (4, 1, &[3, 0][..])
    );
    let groups: Vec<String> = counts
        .tally
        .groups(explainer.asked)
        .iter()
        .map(|(key, group)| format!("{} {} {}", key.join(" "), group.events, group.values.len()))
        .collect();
    assert_eq!(groups, ["eu-west-1 2 2", "us-east-1 1 1"]);
}

#[test]
fn every_line_has_its_own_answer_whatever_is_asked_first() {
    // The cheapest question is judged first; here it is written last.
    let rules = "\
title: Costly first
name: costly
logsource: {product: aws, service: cloudtrail}
detection:
    all: {ctadel.outcome: denied, requestParameters.name: main, eventName: StopLogging}
    condition: all
level: high
";
    let set = load_str("t.yml", rules, Origin::File, &Vars::new()).expect("a good rule");
    let explainer = Explainer::new(&set, 0).expect("compiles");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("events.json");
    std::fs::write(&path, event("StopLogging", "eu-west-1", "main")).expect("written");
    let inputs = [path.to_str().expect("a plain name").to_owned()];
    let options = Options {
        inputs: &inputs,
        source: None,
        context: &Context::default(),
    };
    let mut out = Vec::new();
    explainer
        .read(&options, &AtomicBool::new(false), &mut |one| out.push(one))
        .expect("readable");
    assert_eq!(
        lines(&out[0].judged[0]),
        [
            "all False",
            "-ctadel.outcome is \"denied\" False Values([\"success\"], 1)",
            "-requestParameters.name is \"main\" True Values([\"main\"], 1)",
            "-eventName is \"StopLogging\" True Values([\"StopLogging\"], 1)",
        ]
    );
}
