//! What an incident says of itself: title, score, links, story.
//!
//! Whole texts are compared, because people read whole texts.

use super::*;

#[test]
fn a_chain_of_roles_is_one_actor() {
    let user = finding(0, "r").user("alice").ip(HERE);
    let root = user.get().root;
    let (_, grouping) = grouped([
        finding(0, "r").user("alice").ip(HERE),
        finding(30, "s")
            .role("admin", "botocore-session-1719792000")
            .key("ASIAIOSFODNN7EXAMPLE")
            .root(&root)
            .via(&[&root])
            .ip(THERE),
    ]);
    assert_eq!(grouping.incidents.len(), 1);
    let incident = &grouping.incidents[0];
    let link = &incident.links[0];
    assert_eq!(link.from, "user:arn:aws:iam::111122223333:user/alice");
    assert!(link.to.starts_with("role-session:arn:aws:sts::"));
    assert_eq!(link.by, "identity");
    assert_eq!(link.evidence.len(), 2);
    assert!(
        incident
            .story
            .contains("stands alice, who obtained the credential")
    );
}

#[test]
fn a_name_alone_is_likely_and_an_agreeing_address_proves_it() {
    let user = |minute, ip: &str| finding(minute, "r").user("alice").ip(ip);
    let confidence = |ip: &str| {
        let (_, grouping) = grouped([user(0, HERE), user(5, ip)]);
        grouping.incidents[0].links[0].confidence
    };
    assert_eq!(confidence(THERE), Confidence::Likely);
    assert_eq!(confidence(HERE), Confidence::Proven);
}

#[test]
fn the_parts_of_an_incident_are_all_there() {
    let (_, grouping) = grouped([
        finding(0, "login")
            .user("mallory")
            .ip(HERE)
            .key("AKIAIOSFODNN7EXAMPLE")
            .tactic("initial-access")
            .severity(Severity::Low),
        finding(3, "list")
            .user("mallory")
            .ip(HERE)
            .key("AKIAIOSFODNN7EXAMPLE")
            .tactic("discovery")
            .denied(),
        finding(9, "share")
            .user("mallory")
            .ip(THERE)
            .key("AKIAIOSFODNN7EXAMPLE")
            .action("ec2:ModifySnapshotAttribute")
            .target("snapshot", "snap-0123456789abcdef0")
            .tactic("exfiltration")
            .severity(Severity::High),
    ]);
    let incident = &grouping.incidents[0];
    assert_eq!(
        incident.title,
        "Rule share on snapshot snap-0123456789abcdef0 by mallory: initial access to exfiltration"
    );
    // 55 + 2 further tactics + the goal reached + two networks.
    assert_eq!((incident.score, incident.severity), (77, Severity::High));
    assert_eq!(
        incident.tactics,
        ["initial-access", "discovery", "exfiltration"]
    );
    assert_eq!(incident.source_ips, [HERE, THERE]);
    assert_eq!(incident.actors.len(), 1);
    assert_eq!(incident.providers, ["aws"]);
    let ids = [(0, "login"), (3, "list"), (9, "share")];
    let ids = ids.map(|(minute, rule)| finding_id(minute, rule));
    assert_eq!(incident.findings, ids);
    assert_eq!(incident.end, incident.start.plus(9 * 60_000_000_000));
    let ids: Vec<&str> = incident.entities.iter().map(|e| e.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "aws-key:AKIAIOSFODNN7EXAMPLE",
            "ip:203.0.113.9",
            "user:arn:aws:iam::111122223333:user/mallory",
            "ip:198.51.100.7",
            "snapshot:snap-0123456789abcdef0",
        ]
    );
    assert_eq!(by(incident), ["credential"]);
    for link in &incident.links {
        assert!(ids.contains(&link.from.as_str()) && ids.contains(&link.to.as_str()));
    }
    assert_eq!(
        incident.story,
        "Between 2024-07-01T00:00:00Z and 2024-07-01T00:09:00Z, mallory acted from 203.0.113.9 \
         and 198.51.100.7 in account 111122223333 (AWS). It began with initial access: Rule \
         login. From 2024-07-01T00:03:00Z on came attempted discovery: Rule list. From \
         2024-07-01T00:09:00Z on came exfiltration: Rule share (snapshot \
         snap-0123456789abcdef0). One of the findings is a refused attempt. What ties it \
         together: the credential AKIAIOSFODNN7EXAMPLE (proven)."
    );
}

#[test]
fn one_event_is_never_called_a_sequence() {
    let mut twice = [
        finding(0, "a").user("mallory").tactic("persistence").get(),
        finding(0, "b").user("mallory").tactic("impact").get(),
    ];
    twice[1].evidence = twice[0].evidence.clone();
    let grouping = group(&mut twice, &Options::default());
    let story = &grouping.incidents[0].story;
    assert!(story.contains("It rests on one event"), "{story}");
    assert!(!story.contains("began"), "{story}");
    let (_, lone) = grouped([finding(0, "a").user("mallory").denied()]);
    let story = &lone.incidents[0].story;
    assert!(story.contains("these are attempts"), "{story}");
    assert!(story.contains("Nothing else in the input"), "{story}");
    assert!(lone.incidents[0].title.contains("(refused)"));
}

#[test]
fn a_user_is_one_entity_whether_named_or_acting() {
    let step = |minute, action: &str| {
        let step = finding(minute, action).user("mallory").action(action);
        step.target("user", "backdoor")
    };
    let (_, grouping) = grouped([
        step(0, "iam:CreateUser"),
        step(1, "iam:AttachUserPolicy"),
        finding(9, "use").user("backdoor").ip(THERE),
    ]);
    let incident = &grouping.incidents[0];
    let users = incident.entities.iter().filter(|e| e.kind == "user");
    let ids: Vec<&str> = users.map(|e| e.id.as_str()).collect();
    let arn = |name: &str| format!("user:arn:aws:iam::111122223333:user/{name}");
    assert_eq!(ids, [arn("backdoor"), arn("mallory")]);
    let made = incident.links.iter().find(|l| l.by == "created-identity");
    let made = made.map(|l| (l.from.clone(), l.to.clone()));
    assert_eq!(made, Some((arn("mallory"), arn("backdoor"))));
}

#[test]
fn what_was_only_changed_is_not_called_created() {
    let (_, grouping) = grouped([
        finding(0, "trust")
            .user("mallory")
            .action("iam:UpdateAssumeRolePolicy")
            .target("role", "arn:aws:iam::111122223333:role/app"),
        finding(5, "use").role("app", "outsider").ip(THERE),
    ]);
    let incident = &grouping.incidents[0];
    assert_eq!(by(incident), ["written-identity"]);
    assert_eq!(incident.links[0].confidence, Confidence::Likely);
    assert!(!incident.story.contains("created"), "{}", incident.story);
}
