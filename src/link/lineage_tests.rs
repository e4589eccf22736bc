//! Tests of the lineage: chains, circles, records in any order, and very long chains.

use super::*;

/// A fact in words; `-` is unknown, a `*` before the issuer a service of the provider.
fn fact(
    time: i64,
    kind: FactKind,
    issuer: &'static str,
    with: &'static str,
    issued: &'static str,
    becomes: &'static str,
) -> Fact<&'static str> {
    let some = |text: &'static str| (text != "-").then_some(text);
    Fact {
        time: Time(time * MINUTE),
        kind,
        issuer_actor: some(issuer),
        issuer_is_service: issuer.starts_with('*'),
        issuer_credential: some(with),
        issued_credential: issued,
        issued_actor: some(becomes),
        target_role: None,
        account: Some("111122223333"),
        expires: None,
    }
}

use FactKind::{AccessKey, AssumeRole, Federation, Saml, SessionToken, WebIdentity};

fn built(facts: &[Fact<&'static str>]) -> Lineage<&'static str> {
    Lineage::build(facts)
}

#[test]
fn a_chain_of_roles_goes_back_to_the_user() {
    let lineage = built(&[
        fact(0, AssumeRole, "alice", "AKIA1", "ASIA1", "app/s1"),
        fact(5, AssumeRole, "app/s1", "ASIA1", "ASIA2", "admin/s2"),
    ]);
    let origin = lineage.origin("ASIA2").unwrap();
    assert_eq!(origin.root_credential, "AKIA1");
    assert_eq!(origin.root_actor, Some("alice"));
    assert_eq!(origin.top, "ASIA1");
    assert_eq!(origin.depth, 2);
    assert_eq!(origin.issued_at, Time(5 * MINUTE));
    assert_eq!(lineage.via("ASIA2"), ["alice", "app/s1"]);
    assert_eq!(lineage.via("ASIA1"), ["alice"]);
    assert_eq!(lineage.origin("AKIA1"), None);
    assert!(lineage.via("AKIA1").is_empty());
}

#[test]
fn a_created_key_leads_to_its_maker_and_starts_the_hops_anew() {
    let lineage = built(&[
        fact(0, AssumeRole, "mallory", "AKIA1", "ASIA1", "app/s1"),
        fact(1, AccessKey, "app/s1", "ASIA1", "AKIA2", "backdoor"),
        fact(2, AssumeRole, "backdoor", "AKIA2", "ASIA2", "admin/s2"),
    ]);
    let key = lineage.origin("AKIA2").unwrap();
    assert_eq!((key.root_actor, key.depth), (Some("mallory"), 0));
    let session = lineage.origin("ASIA2").unwrap();
    assert_eq!(session.root_credential, "AKIA1");
    assert_eq!((session.top, session.depth), ("ASIA2", 1));
    assert_eq!(lineage.via("ASIA2"), ["mallory", "app/s1", "backdoor"]);
}

#[test]
fn tokens_of_the_callers_own_right_are_no_hop() {
    let lineage = built(&[
        fact(0, SessionToken, "alice", "AKIA1", "ASIA1", "alice"),
        fact(1, Federation, "alice", "AKIA1", "ASIA2", "fed/alice"),
        fact(2, AssumeRole, "alice", "ASIA1", "ASIA3", "app/s"),
    ]);
    for (credential, depth) in [("ASIA1", 0), ("ASIA2", 0), ("ASIA3", 1)] {
        let origin = lineage.origin(credential).unwrap();
        assert_eq!((origin.root_actor, origin.depth), (Some("alice"), depth));
    }
    assert_eq!(lineage.via("ASIA3"), ["alice"]);
}

#[test]
fn a_federated_login_is_its_own_root() {
    let lineage = built(&[
        fact(0, Saml, "alice@corp", "-", "ASIA1", "admin/alice"),
        fact(1, WebIdentity, "repo:org/app", "-", "ASIA2", "deploy/ci"),
    ]);
    let origin = lineage.origin("ASIA1").unwrap();
    assert_eq!(origin.root_credential, "ASIA1");
    assert_eq!(origin.root_actor, Some("alice@corp"));
    assert_eq!(origin.depth, 1);
    assert_eq!(lineage.via("ASIA2"), ["repo:org/app"]);
}

#[test]
fn a_service_stands_behind_nothing() {
    let lineage = built(&[
        fact(0, AssumeRole, "*ec2", "-", "ASIA1", "node/i-1"),
        fact(1, AssumeRole, "node/i-1", "ASIA1", "ASIA2", "data/s"),
    ]);
    let node = lineage.origin("ASIA1").unwrap();
    assert_eq!((node.root_credential, node.root_actor), ("ASIA1", None));
    let data = lineage.origin("ASIA2").unwrap();
    assert_eq!(data.root_credential, "ASIA1");
    assert_eq!(data.root_actor, None);
    assert_eq!(lineage.via("ASIA2"), ["node/i-1"]);
}

#[test]
fn an_issue_logged_by_two_accounts_counts_once() {
    let theirs = fact(0, AssumeRole, "-", "-", "ASIA1", "app/s");
    let ours = fact(0, AssumeRole, "alice", "AKIA1", "ASIA1", "-");
    for facts in [[theirs, ours], [ours, theirs]] {
        let lineage = built(&facts);
        assert_eq!((lineage.len(), lineage.duplicates), (1, 1));
        let origin = lineage.origin("ASIA1").unwrap();
        assert_eq!((origin.root_actor, origin.depth), (Some("alice"), 1));
        assert_eq!(lineage.session("app/s", Time(0)), Some("ASIA1"));
    }
}

#[test]
fn a_session_without_key_ids_is_found_by_its_identity_and_time() {
    let mut late = fact(20 * 60, AssumeRole, "app/s1", "-", "ASIA3", "data/s");
    let facts = [
        fact(0, AssumeRole, "alice", "AKIA1", "ASIA1", "app/s1"),
        fact(60, AssumeRole, "app/s1", "-", "ASIA2", "data/s"),
        late,
    ];
    let lineage = built(&facts);
    assert_eq!(lineage.origin("ASIA2").unwrap().root_actor, Some("alice"));
    // Twenty hours later no session is left of the first.
    assert_eq!(lineage.origin("ASIA3").unwrap().root_actor, Some("app/s1"));
    assert_eq!(
        lineage.session("app/s1", Time(11 * 60 * MINUTE)),
        Some("ASIA1")
    );
    assert_eq!(lineage.session("app/s1", Time(13 * 60 * MINUTE)), None);
    assert_eq!(lineage.session("app/s1", Time(-60 * MINUTE)), None);
    late.expires = Some(Time(1300 * MINUTE));
    let lineage = built(&[late]);
    assert_eq!(lineage.session("data/s", Time(1310 * MINUTE)), None);
    assert_eq!(
        lineage.session("data/s", Time(1303 * MINUTE)),
        Some("ASIA3")
    );
}

#[test]
fn a_circle_is_opened_at_its_first_credential() {
    let facts = [
        fact(0, AssumeRole, "a", "C3", "C1", "b"),
        fact(1, AssumeRole, "b", "C1", "C2", "c"),
        fact(2, AssumeRole, "c", "C2", "C3", "a"),
        fact(3, AssumeRole, "c", "C2", "C4", "d"),
        fact(4, AssumeRole, "e", "C5", "C5", "e"),
    ];
    let lineage = built(&facts);
    for credential in ["C1", "C2", "C3", "C4"] {
        let origin = lineage.origin(credential).unwrap();
        assert_eq!(origin.root_actor, Some("a"), "{credential}");
        assert_eq!(origin.root_credential, "C3", "{credential}");
    }
    let depths = ["C1", "C2", "C3", "C4", "C5"].map(|c| lineage.origin(c).unwrap().depth);
    assert_eq!(depths, [1, 2, 3, 3, 1]);
    // Where the walk enters the circle makes no difference.
    let mut turned = facts;
    turned.swap(3, 4);
    let other = built(&turned);
    for credential in ["C1", "C2", "C3", "C4", "C5"] {
        assert_eq!(lineage.origin(credential), other.origin(credential));
        assert_eq!(lineage.via(credential), other.via(credential));
    }
}

#[test]
fn chains_as_long_as_the_input_need_no_stack() {
    let link = |n: u32| Fact {
        time: Time(i64::from(n)),
        kind: AssumeRole,
        issuer_actor: Some(n),
        issuer_is_service: false,
        issuer_credential: Some(1_000_000 + n),
        issued_credential: 1_000_001 + n,
        issued_actor: Some(n + 1),
        target_role: None,
        account: None,
        expires: None,
    };
    let length = 10_000;
    let mut facts: Vec<Fact<u32>> = (0..length).map(link).collect();
    for _ in 0..2 {
        let lineage = Lineage::build(&facts);
        let last = lineage.origin(1_000_000 + length).unwrap();
        assert_eq!((last.root_actor, last.depth), (Some(0), length));
        assert_eq!(last.root_credential, 1_000_000);
        let via = lineage.via(1_000_000 + length);
        assert_eq!(via.len(), MOST_VIA);
        assert_eq!((via[0], via[MOST_VIA - 1]), (0, length - 1));
        // The issue may stand behind the use.
        facts.reverse();
    }
}
