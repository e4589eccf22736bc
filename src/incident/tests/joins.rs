//! What must be one incident and what must stay apart.
//!
//! One test a rule of the grouping, with its counter-example in the same breath.

use std::collections::BTreeMap;

use super::*;

#[test]
fn one_user_within_twelve_hours_is_one_incident() {
    let user = |minute| finding(minute, "r").user("mallory");
    assert_eq!(homes([user(0), user(11 * 60), user(22 * 60)]), "aaa");
    assert_eq!(homes([user(0), user(13 * 60)]), "ab");
    assert_eq!(homes([user(0), finding(1, "r").user("alice")]), "ab");
}

#[test]
fn a_credential_holds_for_a_day() {
    let key = |minute| finding(minute, "r").key("AKIAIOSFODNN7EXAMPLE");
    assert_eq!(homes([key(0), key(23 * 60)]), "aa");
    assert_eq!(homes([key(0), key(25 * 60)]), "ab");
}

#[test]
fn a_public_address_joins_within_the_window() {
    let at = |minute, user: &str, ip: &str| finding(minute, "r").user(user).ip(ip);
    assert_eq!(homes([at(0, "a", HERE), at(350, "b", HERE)]), "aa");
    assert_eq!(homes([at(0, "a", HERE), at(370, "b", HERE)]), "ab");
    assert_eq!(
        homes([at(0, "a", "10.0.0.5"), at(1, "b", "10.0.0.5")]),
        "ab"
    );
    let wide = Options {
        window: 12 * HOUR,
        ..Options::default()
    };
    assert_eq!(
        homes_with([at(0, "a", HERE), at(370, "b", HERE)], &wide),
        "aa"
    );
    let office = Options {
        shared: vec!["203.0.113.0/24".parse().unwrap()],
        ..Options::default()
    };
    assert_eq!(
        homes_with([at(0, "a", HERE), at(1, "b", HERE)], &office),
        "ab"
    );
}

#[test]
fn an_address_of_many_relates_and_does_not_join() {
    let at = |minute, user: &str| finding(minute, "r").user(user).ip(HERE);
    let (_, three) = grouped([at(0, "a"), at(1, "b"), at(2, "c")]);
    assert_eq!(three.incidents.len(), 1);
    let (_, four) = grouped([at(0, "a"), at(1, "b"), at(2, "c"), at(3, "d")]);
    assert_eq!(four.incidents.len(), 4);
    let ids: Vec<&String> = four.incidents.iter().map(|i| &i.id).collect();
    assert_eq!(four.incidents[0].related, std::slice::from_ref(ids[1]));
    assert_eq!(four.incidents[1].related.len(), 2);
}

#[test]
fn one_attacker_with_many_back_doors_is_one_at_an_address() {
    let door = |n: i64, name: &str| {
        finding(n, "make")
            .user("mallory")
            .ip(HERE)
            .action("iam:CreateUser")
            .target("user", &format!("arn:aws:iam::111122223333:user/{name}"))
    };
    let acts = |n: i64, name: &str| finding(n, "act").user(name).ip(HERE);
    let homes = homes([
        door(0, "d1"),
        door(1, "d2"),
        door(2, "d3"),
        acts(10, "d1"),
        acts(11, "d2"),
        acts(12, "d3"),
        acts(13, "stranger"),
    ]);
    assert_eq!(homes, "aaaaaaa");
}

#[test]
fn a_created_user_is_tied_to_its_maker_days_later() {
    let make = || {
        finding(0, "make")
            .user("mallory")
            .action("iam:CreateUser")
            .target("user", "backdoor")
    };
    let (_, grouping) = grouped([make(), finding(50 * 60, "use").user("backdoor").ip(THERE)]);
    assert_eq!(grouping.incidents.len(), 1);
    let incident = &grouping.incidents[0];
    assert_eq!(by(incident), ["created-identity"]);
    assert_eq!(incident.links[0].value, "backdoor");
    assert_eq!(incident.links[0].confidence, Confidence::Proven);
    assert!(
        incident
            .story
            .contains("backdoor was created and then used")
    );
    // Used before it was made: another user of that name.
    assert_eq!(homes([make(), finding(-9, "use").user("backdoor")]), "ba");
    assert_eq!(
        homes([make().denied(), finding(9, "use").user("backdoor")]),
        "ab"
    );
}

#[test]
fn a_key_made_for_somebody_leaves_the_owner_out() {
    let make = finding(0, "make")
        .user("mallory")
        .ip(HERE)
        .action("iam:CreateAccessKey")
        .target("user", "alice")
        .issued("AKIAI44QH8DHBEXAMPLE");
    let intruder = finding(30 * 60, "use")
        .user("alice")
        .key("AKIAI44QH8DHBEXAMPLE")
        .ip(THERE);
    let owner = finding(60, "own").user("alice").key("AKIAIOSFODNN7EXAMPLE");
    assert_eq!(homes([make, intruder, owner]), "aab");
}

#[test]
fn a_shared_snapshot_leads_to_who_copies_it() {
    let share = finding(0, "share")
        .user("mallory")
        .action("ec2:ModifySnapshotAttribute")
        .target("snapshot", "snap-0123456789abcdef0");
    let copy = finding(60, "copy")
        .account("444455556666")
        .role("backup", "nightly")
        .action("ec2:CopySnapshot")
        .target(
            "snapshot",
            "arn:aws:ec2:eu-west-3::snapshot/snap-0123456789abcdef0",
        );
    let (_, grouping) = grouped([share, copy]);
    assert_eq!(grouping.incidents.len(), 1);
    assert_eq!(by(&grouping.incidents[0]), ["written-resource"]);
    assert_eq!(
        grouping.incidents[0].links[0].confidence,
        Confidence::Likely
    );
    assert_eq!(
        grouping.incidents[0].accounts,
        ["111122223333", "444455556666"]
    );
}

#[test]
fn two_who_change_the_same_thing_are_not_cause_and_effect() {
    let change = |minute, user: &str| {
        finding(minute, "r")
            .user(user)
            .action("s3:PutBucketPolicy")
            .target("bucket", "logs")
    };
    assert_eq!(homes([change(0, "a"), change(5, "b")]), "ab");
    let managed = |minute, user: &str, action: &str| {
        let policy = "arn:aws:iam::aws:policy/AdministratorAccess";
        finding(minute, "r")
            .user(user)
            .action(action)
            .target("policy", policy)
    };
    let attach = managed(0, "a", "iam:AttachUserPolicy");
    assert_eq!(homes([attach, managed(5, "b", "iam:GetPolicy")]), "ab");
}

#[test]
fn services_and_tool_sessions_join_nothing_by_name() {
    let service = |minute| finding(minute, "r").service("ec2.amazonaws.com").ip(HERE);
    assert_eq!(homes([service(0), service(1)]), "ab");
    let tool = |minute, key: &str| finding(minute, "r").role("ci", "GitHubActions").key(key);
    let (one, two) = ("ASIAIOSFODNN7EXAMPLE", "ASIAI44QH8DHBEXAMPLE");
    assert_eq!(homes([tool(0, one), tool(1, two), tool(2, one)]), "aba");
    let own = |minute, key: &str| finding(minute, "r").role("ops", "alice").key(key);
    assert_eq!(homes([own(0, one), own(1, two)]), "aa");
}

/// A presence table of one address.
#[derive(Default)]
pub(super) struct Known {
    pub roots: Vec<String>,
    pub workload: Option<Time>,
    pub moved: bool,
    pub bonds: Vec<(&'static str, &'static str)>,
    pub hops: BTreeMap<&'static str, Vec<Hop>>,
}

impl Presence for Known {
    fn roots(&self, _: &str) -> Vec<String> {
        self.roots.clone()
    }
    fn workload_since(&self, _: &str) -> Option<Time> {
        self.workload
    }
    fn moved_to(&self, _: &str, _: &str, _: Time) -> bool {
        self.moved
    }
    fn hops(&self, credential: &str) -> Vec<Hop> {
        self.hops.get(credential).cloned().unwrap_or_default()
    }
    fn bond(&self, name: &str) -> Option<String> {
        let bond = self.bonds.iter().find(|(what, _)| *what == name);
        bond.map(|(_, to)| to.to_string())
    }
    fn bound(&self, to: &str) -> Vec<String> {
        let bonds = self.bonds.iter().filter(|(_, known)| *known == to);
        bonds.map(|(what, _)| what.to_string()).collect()
    }
}

#[test]
fn presence_tells_a_shared_address_from_a_rare_one() {
    let at = |minute, user: &str| finding(minute, "r").user(user).ip(HERE);
    let judge = |known: Known| {
        let options = Options {
            presence: Some(&known),
            ..Options::default()
        };
        homes_with([at(0, "a"), at(1, "b"), at(2, "a")], &options)
    };
    let moved = || Known {
        moved: true,
        ..Known::default()
    };
    assert_eq!(judge(Known::default()), "aaa");
    // A workload went out there before: it is its way out, whoever else is seen there.
    let egress = Known {
        workload: Some(at(-60, "a").get().time),
        ..moved()
    };
    assert_eq!(judge(egress), "aba");
    // It came with the findings: it may be the theft, so somebody must have moved there.
    let since = Some(at(0, "a").get().time);
    let theft = |moved| Known {
        workload: since,
        moved,
        ..Known::default()
    };
    assert_eq!(judge(theft(true)), "aaa");
    assert_eq!(judge(theft(false)), "aba");
    // A stranger is there too: it is a way out after all.
    let shared = Known {
        roots: vec!["somebody".to_owned()],
        ..theft(true)
    };
    assert_eq!(judge(shared), "aba");
    let many = Known {
        roots: ["a", "b", "c", "d"].map(String::from).into(),
        ..moved()
    };
    assert_eq!(judge(many), "aba");
}

#[test]
fn a_pod_leads_to_the_cloud_through_its_service_account() {
    const API: &str = "system:serviceaccount:shop:api";
    const SUBJECT: &str = "arn:aws:iam::111122223333:oidc-provider/oidc.eks/id/0A:sts.amazonaws.com:system:serviceaccount:shop:api";
    let shell = |minute| finding(minute, "shell").pod("shop/api-1");
    let call = |minute, pod: &str| finding(minute, "list").account_of(API, pod);
    let cloud = |minute| {
        let sample = finding(minute, "read").role("api", "botocore-session-1");
        sample.root(SUBJECT)
    };
    // The alert names the pod, the call the pod and the account, the cloud the account.
    assert_eq!(homes([shell(0), call(3, "shop/api-1"), cloud(8)]), "aaa");
    // The credential was there before anything happened, or long after it.
    let early = cloud(8).issued_at(-40);
    assert_eq!(homes([shell(0), call(3, "shop/api-1"), early]), "aab");
    let late = cloud(8 * 60).issued_at(7 * 60);
    assert_eq!(homes([shell(0), call(3, "shop/api-1"), late]), "aab");
    let soon = cloud(8 * 60).issued_at(60);
    assert_eq!(homes([shell(0), call(3, "shop/api-1"), soon]), "aaa");
    // Two pods of one account are a campaign within half an hour, and replicas later.
    assert_eq!(homes([call(0, "shop/api-1"), call(20, "shop/api-2")]), "aa");
    assert_eq!(homes([call(0, "shop/api-1"), call(50, "shop/api-2")]), "ab");
    // Nobody's own account.
    let default = |minute| {
        let id = "system:serviceaccount:shop:default";
        finding(minute, "list").account_of(id, &format!("shop/api-{minute}"))
    };
    assert_eq!(homes([default(0), default(5)]), "ab");
    // What the workload does every night in the cloud holds nothing together by itself.
    assert_eq!(homes([cloud(0), cloud(5)]), "ab");
    let (_, grouping) = grouped([shell(0), call(3, "shop/api-1"), cloud(8)]);
    assert_eq!(by(&grouping.incidents[0]), ["pod", "service-account"]);
    let link = &grouping.incidents[0].links[1];
    assert_eq!(
        (link.value.as_str(), link.confidence),
        (API, Confidence::Likely)
    );
}

#[test]
fn a_path_follows_the_credential_from_hand_to_hand() {
    let (user, first, second) = ("AKIAIOSFODNN7EXAMPLE", "ASIAONEEXAMPLE", "ASIATWOEXAMPLE");
    let samples = [
        finding(0, "a").user("mallory").key(user),
        finding(1, "b").role("ops", "x").key(first).issued(user),
        finding(2, "c").role("data", "y").key(second).issued(user),
    ];
    let hop = |from: &str, credential: &str| Hop {
        from: from.to_owned(),
        credential: credential.to_owned(),
    };
    let ids = samples.each_ref().map(|sample| sample.id());
    let known = Known {
        hops: BTreeMap::from([
            (first, vec![hop(&ids[0], first)]),
            (second, vec![hop(&ids[0], first), hop(&ids[1], second)]),
        ]),
        ..Known::default()
    };
    let options = Options {
        presence: Some(&known),
        ..Options::default()
    };
    let (_, grouping) = grouped_with(samples, &options);
    let [incident] = &grouping.incidents[..] else {
        panic!("{:?}", grouping.incidents);
    };
    let told = |link: &crate::model::incident::Link| {
        let name = |id: &str| id.rsplit('/').next().unwrap_or(id).to_owned();
        format!("{} {} {}", name(&link.from), link.value, name(&link.to))
    };
    let links: Vec<String> = incident.links.iter().map(told).collect();
    // Not from the first to the last by the key that is behind both.
    assert_eq!(
        links,
        [format!("mallory {first} x"), format!("x {second} y")]
    );
}
