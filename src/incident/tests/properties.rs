//! Random findings: neither order nor company changes the answer.
//!
//! Pools are small, so that everything meets everything.

use proptest::prelude::*;

use super::*;

/// A random finding out of small pools, so that everything meets everything.
fn random() -> impl Strategy<Value = Finding> {
    (
        0i64..6000,
        0usize..5,
        0usize..6,
        0usize..5,
        0usize..6,
        0usize..6,
        any::<bool>(),
    )
        .prop_map(|(minute, rule, actor, ip, key, action, denied)| {
            let severities = Severity::ALL;
            let sample = finding(minute, &format!("r{rule}")).severity(severities[rule]);
            let sample = match actor {
                0 => sample.service("ec2.amazonaws.com"),
                1 => sample.role("ops", "alice").root("AIDABOBEXAMPLE"),
                2 => sample.role("ci", "GitHubActions"),
                3 => sample.user("bob"),
                4 => sample.user("carol"),
                _ => sample.user("dave"),
            };
            let sample = match ip {
                0 => sample,
                1 => sample.ip("10.0.0.1"),
                n => sample.ip(&format!("203.0.113.{n}")).agent("aws-cli/2"),
            };
            let sample = match key {
                0 | 1 => sample,
                n => sample.key(&format!("ASIA{n}EXAMPLE")),
            };
            let sample = match action {
                0 => sample.action("iam:CreateUser").target("user", "carol"),
                1 => sample.action("iam:CreateAccessKey").issued("ASIA3EXAMPLE"),
                2 => sample
                    .action("ec2:ModifySnapshotAttribute")
                    .target("snapshot", "snap-0123456789abcdef0"),
                3 => sample
                    .action("ec2:CopySnapshot")
                    .target("snapshot", "snap-0123456789abcdef0"),
                _ => sample.tactic("impact"),
            };
            let sample = if denied { sample.denied() } else { sample };
            let mut finding = sample.get();
            let said = format!("r{rule}-{actor}-{ip}-{key}-{action}-{denied}");
            finding.id = finding_id(minute, &said);
            finding
        })
}

fn outcome(findings: &mut [Finding]) -> (String, Vec<(String, Option<String>)>) {
    let grouping = group(findings, &Options::default());
    let mut homes: Vec<(String, Option<String>)> = findings
        .iter()
        .map(|finding| (finding.id.clone(), finding.incident.clone()))
        .collect();
    homes.sort();
    (format!("{grouping:#?}"), homes)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_order_of_findings_changes_nothing(
        (findings, shuffled) in prop::collection::vec(random(), 0..60).prop_flat_map(|list| {
            (Just(list.clone()), Just(list).prop_shuffle())
        })
    ) {
        let (mut findings, mut shuffled) = (findings, shuffled);
        prop_assert_eq!(outcome(&mut findings), outcome(&mut shuffled));
    }

    #[test]
    fn every_finding_is_in_its_incident_once(
        findings in prop::collection::vec(random(), 0..80)
    ) {
        let mut findings = findings;
        findings.sort_by(|a, b| a.id.cmp(&b.id));
        findings.dedup_by(|a, b| a.id == b.id);
        let grouping = group(&mut findings, &Options::default());
        let mut listed: Vec<(&str, &str)> = grouping.incidents.iter()
            .flat_map(|i| i.findings.iter().map(|f| (f.as_str(), i.id.as_str())))
            .collect();
        listed.sort_unstable();
        let mut written: Vec<(&str, &str)> = findings.iter()
            .filter_map(|f| Some((f.id.as_str(), f.incident.as_deref()?)))
            .collect();
        written.sort_unstable();
        prop_assert_eq!(listed, written);
        for finding in &findings {
            prop_assert!(finding.incident.is_some() || finding.severity == Severity::Informational);
        }
        for incident in &grouping.incidents {
            let names: Vec<&str> = incident.entities.iter().map(|e| e.id.as_str()).collect();
            for link in &incident.links {
                prop_assert!(names.contains(&link.from.as_str()), "{}", link.from);
                prop_assert!(names.contains(&link.to.as_str()), "{}", link.to);
                prop_assert!(link.from != link.to);
            }
            let sentences = incident.story.matches(". ").count() + 1;
            prop_assert!((3..=8).contains(&sentences), "{}", incident.story);
            prop_assert!(incident.related.iter().all(|other| *other != incident.id));
        }
    }

    #[test]
    fn informational_findings_change_no_id_title_or_score(
        findings in prop::collection::vec(random(), 0..60)
    ) {
        let mut all = findings.clone();
        let mut some: Vec<Finding> = findings.into_iter()
            .filter(|f| f.severity > Severity::Informational).collect();
        let facts = |grouping: &Grouping| -> Vec<(String, String, u32, Severity)> {
            let incidents = grouping.incidents.iter();
            let mut facts: Vec<_> = incidents
                .map(|i| (i.id.clone(), i.title.clone(), i.score, i.severity)).collect();
            facts.sort();
            facts
        };
        let (all, some) = (group(&mut all, &Options::default()), group(&mut some, &Options::default()));
        prop_assert_eq!(facts(&all), facts(&some));
    }
}
