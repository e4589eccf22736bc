//! Routine, hints, hubs and sizes: what may join, but must not carry.
//!
//! And ids: what they may depend on, and what not.

use super::*;

#[test]
fn routine_joins_but_does_not_carry() {
    // Hourly noise of one user between two findings 20 hours apart.
    let noise = |hour: i64| {
        finding(hour * 60, "noise")
            .user("svc")
            .severity(Severity::Low)
    };
    let samples = [
        finding(1, "x").user("svc"),
        noise(0),
        noise(1),
        noise(2),
        noise(5),
        noise(10),
        noise(15),
        finding(20 * 60, "y").user("svc"),
    ];
    let homes = homes(samples);
    assert_eq!(&homes[..4], "aaaa");
    // Routine sides with what is nearest, and the two stay apart.
    assert_eq!(&homes[4..], "aabb");
}

#[test]
fn routine_alone_is_a_series() {
    let noise = |hour: i64| {
        finding(hour * 60, "noise")
            .service("s")
            .severity(Severity::Low)
    };
    let (findings, grouping) = grouped([noise(0), noise(1), noise(2), noise(3), noise(4)]);
    // The first three are findings of nobody in particular, the rest one series.
    assert_eq!(grouping.incidents.len(), 4);
    assert_eq!(findings[3].incident, findings[4].incident);
    assert!(
        grouping.incidents[3]
            .story
            .contains("2 findings are routine")
    );
}

#[test]
fn informational_findings_join_and_do_nothing_else() {
    let hint = |minute| {
        finding(minute, "hint")
            .user("mallory")
            .ip(HERE)
            .severity(Severity::Informational)
    };
    let real = |minute, user: &str| finding(minute, "real").user(user).ip(HERE);
    assert_eq!(homes([hint(0), real(5, "mallory")]), "aa");
    assert_eq!(homes([hint(0)]), "-");
    // Not by an address alone.
    assert_eq!(homes([hint(0), real(5, "alice")]), "-a");
    // Two hours of silence on both sides, a hint between: still two incidents.
    let far = |minute| finding(minute, "real").user("mallory");
    assert_eq!(homes([far(0), hint(10 * 60), far(20 * 60)]), "aab");
    let (_, with) = grouped([hint(0), far(60), far(70)]);
    let (_, without) = grouped([far(60), far(70)]);
    let (with, without) = (&with.incidents[0], &without.incidents[0]);
    assert_eq!(with.id, without.id);
    assert_eq!(with.title, without.title);
    assert_eq!(
        (with.score, with.severity),
        (without.score, without.severity)
    );
    assert_eq!((with.findings.len(), without.findings.len()), (3, 2));
}

#[test]
fn an_id_outlives_later_findings_and_unrelated_ones() {
    let first = || finding(0, "r").user("mallory").ip(HERE);
    let (_, small) = grouped([first()]);
    let (_, large) = grouped([
        finding(-90, "other").user("alice").ip(THERE),
        first(),
        finding(30, "s").user("mallory"),
    ]);
    assert_eq!(large.incidents[1].id, small.incidents[0].id);
    assert_eq!(large.incidents[1].findings.len(), 2);
}

#[test]
fn two_findings_of_one_id_still_give_two_incidents() {
    let (_, grouping) = grouped([finding(0, "r").user("a"), finding(0, "r").user("b")]);
    assert_eq!(grouping.incidents.len(), 2);
    assert_ne!(grouping.incidents[0].id, grouping.incidents[1].id);
}

#[test]
fn what_lasts_longer_than_three_days_is_cut_at_its_longest_pause() {
    let mut findings: Vec<Finding> = [0, 10, 20, 30, 40, 51, 60, 70, 80]
        .map(|hour| {
            finding(hour * 60, &format!("r{hour}"))
                .user("mallory")
                .get()
        })
        .into();
    let grouping = group(&mut findings, &Options::default());
    assert_eq!(grouping.incidents.len(), 2);
    let [one, two] = &grouping.incidents[..] else {
        return;
    };
    assert_eq!((one.findings.len(), two.findings.len()), (5, 4));
    assert_eq!(one.related, std::slice::from_ref(&two.id));
    let reason = one.split_reason.as_deref().unwrap_or_default();
    assert_eq!(reason, "longer than 72 hours: cut at its longest pauses");
    assert!(two.story.contains("part of a larger group"));
}

#[test]
fn more_than_five_hundred_findings_are_cut() {
    let mut findings: Vec<Finding> = (0..1200)
        .map(|n| finding(n / 10, &format!("r{n}")).user("mallory").get())
        .collect();
    let grouping = group(&mut findings, &Options::default());
    assert!(grouping.incidents.len() >= 3);
    assert!(grouping.incidents.iter().all(|i| i.findings.len() <= 500));
    assert!(
        grouping.incidents.len() <= 6,
        "{}",
        grouping.incidents.len()
    );
}

#[test]
fn weak_links_go_first_when_too_many_identities_meet() {
    // Thirty users, each tied to the next by an address that only the two of them use.
    let mut findings = Vec::new();
    for n in 0..30i64 {
        for ip in [n, n + 1] {
            let ip = format!("203.0.113.{ip}");
            findings.push(
                finding(n, &format!("r{ip}"))
                    .user(&format!("u{n}"))
                    .ip(&ip)
                    .get(),
            );
        }
    }
    let grouping = group(&mut findings, &Options::default());
    assert_eq!(grouping.incidents.len(), 30);
    let reason = grouping.incidents[0].split_reason.as_deref();
    assert_eq!(
        reason,
        Some("more than 25 identities: cut at its weaker links")
    );
}

#[test]
fn what_everybody_holds_is_dropped_and_reported() {
    let mut findings: Vec<Finding> = (0..60)
        .map(|n| {
            let user = format!("u{}", n % 8);
            finding(n, &format!("r{n}"))
                .user(&user)
                .key("AKIAIOSFODNN7EXAMPLE")
                .get()
        })
        .collect();
    let grouping = group(&mut findings, &Options::default());
    assert_eq!(grouping.incidents.len(), 8);
    assert_eq!(
        grouping.hubs,
        [Hub {
            entity: "credential:AKIAIOSFODNN7EXAMPLE".into(),
            findings: 60,
            roots: 8,
        }]
    );
}

#[test]
fn odd_findings_do_no_harm() {
    let mut odd = finding(0, "r").key("").ip("nowhere").target("", "").get();
    odd.end_time = Time(i64::MIN);
    let mut older = finding(0, "r").via(&[""]).get();
    older.time = Time(i64::MIN);
    older.end_time = Time(i64::MAX);
    older.evidence.clear();
    older.id = "F-0000000000000000".to_owned();
    older.action.clear();
    let mut findings = vec![odd.clone(), older, odd];
    let grouping = group(&mut findings, &Options::default());
    assert!(!grouping.incidents.is_empty());
    assert!(group(&mut [], &Options::default()).incidents.is_empty());
}
