//! A workload under the names that it has in each layer.

use super::joins::Known;
use super::*;

const API: &str = "system:serviceaccount:shop:api";
const POD: &str = "shop/api-7c9d8f6b5d-x2k4q";

fn with(bonds: &[(&'static str, &'static str)]) -> Known {
    Known {
        bonds: bonds.to_vec(),
        ..Known::default()
    }
}

fn judge<const N: usize>(samples: [Sample; N], known: &Known) -> String {
    let options = Options {
        presence: Some(known),
        ..Options::default()
    };
    homes_with(samples, &options)
}

#[test]
fn a_token_that_names_no_pod_leads_back_to_it() {
    let shell = |minute| finding(minute, "shell").pod(POD);
    let call = |minute| finding(minute, "list").account_alone(API);
    // The account bears the name of the workload.
    assert_eq!(homes([shell(0), call(3)]), "aa");
    assert_eq!(homes([shell(0), call(150)]), "ab");
    let other = |minute| finding(minute, "list").account_alone("system:serviceaccount:web:api");
    assert_eq!(homes([shell(0), other(3)]), "ab");
    // The log says as whom the pod runs, whatever it is called.
    let known = with(&[(
        "pod:shop/api-7c9d8f6b5d-x2k4q",
        "system:serviceaccount:shop:mail",
    )]);
    let mail = |minute| finding(minute, "list").account_alone("system:serviceaccount:shop:mail");
    assert_eq!(judge([shell(0), mail(3)], &known), "aa");
    assert_eq!(judge([shell(0), call(3)], &known), "ab");
    assert_eq!(homes([shell(0), mail(3)]), "ab");
}

#[test]
fn an_account_of_many_workloads_says_nothing() {
    let pods: Vec<(&str, &str)> = [
        "pod:shop/a-0",
        "pod:shop/b-0",
        "pod:shop/c-0",
        "pod:shop/d-0",
        "pod:shop/e-0",
        "pod:shop/f-0",
        "pod:shop/g-0",
        "pod:shop/h-0",
        "pod:shop/i-0",
        "pod:shop/j-0",
        "pod:shop/k-0",
    ]
    .map(|pod| (pod, API))
    .into();
    let samples = || {
        [
            finding(0, "shell").pod("shop/a-0"),
            finding(3, "list").account_alone(API),
        ]
    };
    assert_eq!(judge(samples(), &with(&pods)), "ab");
    assert_eq!(judge(samples(), &with(&pods[..10])), "aa");
}

#[test]
fn a_pod_that_got_a_role_is_the_one_that_uses_it() {
    let shell = finding(0, "shell").pod(POD);
    let cloud = |pod: &str| {
        let sample = finding(20, "read").role("api", "eks-shop-api-0");
        sample.key("ASIAEXAMPLE").root(&format!("pod:{pod}"))
    };
    let (findings, grouping) = grouped([shell, cloud(POD)]);
    assert_eq!(findings[0].incident, findings[1].incident);
    assert_eq!(by(&grouping.incidents[0]), ["pod"]);
    assert_eq!(
        grouping.incidents[0].links[0].confidence,
        Confidence::Proven
    );
    let shell = finding(0, "shell").pod("shop/api-7c9d8f6b5d-m8t7z");
    assert_eq!(homes([shell, cloud(POD)]), "ab");
}

#[test]
fn the_keys_of_a_machine_lead_back_to_who_asked_for_them() {
    const MACHINE: &str = "i-0123456789abcdef0";
    let node = "ip-10-0-0-1.eu-west-3.compute.internal";
    let asks = |minute| {
        let sample = finding(minute, "imds").pod(POD).target("node", node);
        sample.technique("T1552.005")
    };
    let shell = |minute| finding(minute, "shell").pod(POD).target("node", node);
    let cloud = |minute| finding(minute, "read").role("node", MACHINE).ip(HERE);
    let known = with(&[("node:ip-10-0-0-1.eu-west-3.compute.internal", MACHINE)]);
    assert_eq!(judge([asks(0), cloud(10)], &known), "aa");
    // Every pod of the node could have: only who was seen asking did.
    assert_eq!(judge([shell(0), cloud(10)], &known), "ab");
    assert_eq!(judge([asks(0), cloud(150)], &known), "ab");
    assert_eq!(judge([asks(20), cloud(10)], &known), "ba");
    assert_eq!(homes([asks(0), cloud(10)]), "ab");
}

#[test]
fn a_session_goes_on_in_another_cloud() {
    let pool = "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools";
    let aws = |minute| finding(minute, "assume").role("app", "lena");
    let abroad = |minute, subject: &str| {
        finding(minute, "read").federated(&format!("{pool}/aws/subject/{subject}"), "gcp")
    };
    let session = "arn:aws:sts::111122223333:assumed-role/app/lena";
    assert_eq!(homes([aws(0), abroad(10, session)]), "aa");
    assert_eq!(
        homes([
            aws(0),
            abroad(10, "arn:aws:sts::111122223333:assumed-role/app")
        ]),
        "aa"
    );
    assert_eq!(homes([aws(0), abroad(10, &format!("{session}x"))]), "ab");
    assert_eq!(homes([aws(0), abroad(180, session)]), "ab");
    // One run of a pipeline, in two clouds at once.
    let subject = "repo:example/shop:ref:refs/heads/main";
    let provider = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
    let ci = |minute| {
        let id = format!("{provider}:sts.amazonaws.com:{subject}");
        let sample = finding(minute, "deploy").role("ci", "GitHubActions");
        sample.root(&id)
    };
    assert_eq!(homes([ci(0), abroad(5, subject)]), "aa");
    assert_eq!(homes([ci(0), abroad(45, subject)]), "ab");
    assert_eq!(homes([ci(0), ci(5)]), "ab");
}

#[test]
fn rules_about_one_event_are_one_incident() {
    let one = |rule| finding(0, rule).event(7);
    assert_eq!(homes([one("a"), one("b")]), "aa");
    assert_eq!(homes([one("a"), finding(0, "b").event(8)]), "ab");
}

#[test]
fn whoever_was_refused_and_comes_back_is_the_same() {
    let login = |hour: i64, ip: &str| finding(hour * 60, "login").user("root").ip(ip);
    assert_eq!(homes([login(0, HERE).denied(), login(18, HERE)]), "aa");
    assert_eq!(homes([login(0, HERE).denied(), login(18, THERE)]), "ab");
    assert_eq!(homes([login(0, HERE).denied(), login(30, HERE)]), "ab");
}

#[test]
fn what_means_nothing_alone_joins_through_the_workload() {
    let token = |minute| {
        let sample = finding(minute, "token").severity(Severity::Informational);
        let ksa = "serviceAccount:demo.svc.id.goog[shop/api]";
        sample
            .federated("app@demo.iam.gserviceaccount.com", "gcp")
            .root(ksa)
    };
    let shell = |minute| finding(minute, "shell").pod(POD);
    let call = |minute| finding(minute, "list").account_alone(API);
    assert_eq!(homes([shell(0), call(3), token(8)]), "aaa");
    assert_eq!(homes([token(0), shell(10), call(13)]), "-aa");
    assert_eq!(homes([token(0)]), "-");
}

#[test]
fn an_identity_of_the_cloud_bears_the_name_of_the_account() {
    let call = |minute| finding(minute, "list").account_alone(API);
    let cloud = |minute, name: &str| finding(minute, "read").principal(name);
    assert_eq!(homes([call(0), cloud(10, "api")]), "aa");
    assert_eq!(homes([call(0), cloud(10, "web")]), "ab");
    // Two namespaces have an account of that name: it could be either.
    let other = finding(5, "list").account_alone("system:serviceaccount:web:api");
    assert_eq!(homes([call(0), other, cloud(10, "api")]), "abc");
}
