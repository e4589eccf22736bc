//! Tests of the intents: every word leads somewhere on every provider, and the AWS actions name
//! what the finding is about.

use std::path::Path;
use std::sync::Arc;

use super::word::family;
use super::*;
use crate::model::{
    Actor, ActorType, Finding, Layer, Outcome, RuleMeta, Severity, Suggestion, Target, Time,
};

fn finding(action: &str, targets: &[(&str, &str)]) -> Finding {
    let actor = Actor {
        id: "AIDAEXAMPLE".into(),
        name: "mallory".into(),
        kind: ActorType::User,
        account: Some("111122223333".into()),
        session: Some("AKIAIOSFODNN7EXAMPLE".into()),
        principal: Some("arn:aws:iam::111122223333:user/mallory".into()),
        ..Actor::default()
    };
    let target = |(kind, id): &(&str, &str)| Target {
        kind: (*kind).into(),
        id: (*id).into(),
        name: find::name(id).into(),
        account: None,
    };
    Finding {
        id: "F-0".into(),
        rule: Arc::new(RuleMeta::default()),
        severity: Severity::High,
        time: Time(0),
        end_time: Time(0),
        count: 1,
        source: "aws.cloudtrail",
        layer: Layer::Cloud,
        provider: "aws",
        account: Some("111122223333".into()),
        region: None,
        root: actor.id.clone(),
        actor: Arc::new(actor),
        via: vec![],
        source_ip: Some("203.0.113.9".into()),
        user_agent: None,
        action: action.into(),
        outcome: Outcome::Success,
        targets: targets.iter().map(target).collect(),
        evidence: vec![],
        evidence_total: 1,
        group: vec![],
        credentials: vec!["AKIAIOSFODNN7EXAMPLE".into()],
        retold: vec![],
        issued_at: None,
        respond: vec![],
        incident: None,
        key: 0,
    }
}

/// The same finding by a session of a role.
fn by_role(mut finding: Finding, role: &str) -> Finding {
    finding.actor = Arc::new(Actor {
        id: "AROAEXAMPLE:alice".into(),
        name: "app/alice".into(),
        kind: ActorType::RoleSession,
        session: Some("ASIAIOSFODNN7EXAMPLE".into()),
        issuer: Some(role.into()),
        ..Actor::default()
    });
    finding.root = "AROAEXAMPLE:alice".into();
    finding.credentials = vec!["ASIAIOSFODNN7EXAMPLE".into()];
    finding
}

/// Suggestions as `action target`, advice as `?`.
fn said(word: &str, finding: &Finding) -> Vec<String> {
    suggest(&[word.to_string()], finding)
        .into_iter()
        .map(|suggestion| match suggestion {
            Suggestion::Action { action, target, .. } => format!("{action} {target}"),
            Suggestion::Advice(_) => "?".to_string(),
        })
        .collect()
}

fn advised(word: &str, finding: &Finding) -> String {
    match &suggest(&[word.to_string()], finding)[..] {
        [Suggestion::Advice(text)] => text.clone(),
        other => panic!("{word} gives {other:?}"),
    }
}

const ROLE: &str = "arn:aws:iam::111122223333:role/app";

#[test]
fn aws_words_name_what_the_finding_is_about() {
    let user = "arn:aws:iam::111122223333:user/backdoor";
    let me = "arn:aws:iam::111122223333:user/mallory";
    let policy = "arn:aws:iam::aws:policy/AdministratorAccess";
    let key = "arn:aws:kms:eu-west-3:111122223333:key/0d1e";
    let detach = format!("detach-policy {user} {policy}");
    type Row<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a str);
    let table: &[Row] = &[
        (
            "disable-user",
            "iam:CreateUser",
            &[("user", user)],
            "disable-user {user}",
        ),
        ("disable-user", "s3:GetObject", &[], "disable-user {me}"),
        (
            "lock-user",
            "iam:CreateUser",
            &[("user", "bob")],
            "disable-user bob",
        ),
        (
            "disable-service-account",
            "iam:CreateRole",
            &[("role", ROLE)],
            "quarantine-role {role}",
        ),
        (
            "deactivate-access-key",
            "s3:GetObject",
            &[],
            "deactivate-key AKIAIOSFODNN7EXAMPLE",
        ),
        (
            "revoke-sessions",
            "sts:GetSessionToken",
            &[],
            "revoke-sessions {me}",
        ),
        (
            "revoke-sessions",
            "sts:AssumeRole",
            &[("role", ROLE)],
            "revoke-sessions {role}",
        ),
        (
            "detach-policy",
            "iam:AttachUserPolicy",
            &[("user", user), ("policy", policy)],
            &detach,
        ),
        (
            "detach-policy",
            "iam:CreatePolicyVersion",
            &[("policy", "arn:p")],
            "detach-policy arn:p",
        ),
        ("detach-policy", "iam:PutUserPolicy", &[("user", user)], "?"),
        (
            "remove-from-group",
            "iam:AddUserToGroup",
            &[("user", "u"), ("group", "g")],
            "?",
        ),
        (
            "quarantine-security-group",
            "ec2:AuthorizeSecurityGroupIngress",
            &[("security_group", "sg-0123456789abcdef0")],
            "quarantine-security-group sg-0123456789abcdef0",
        ),
        (
            "stop-instance",
            "ec2:RunInstances",
            &[("instance", "i-0123456789abcdef0")],
            "quarantine-security-group i-0123456789abcdef0",
        ),
        (
            "restore-logging",
            "cloudtrail:StopLogging",
            &[("trail", "main")],
            "start-logging main",
        ),
        (
            "restore-logging",
            "cloudtrail:DeleteTrail",
            &[("trail", "main")],
            "?",
        ),
        ("restore-logging", "ec2:DeleteFlowLogs", &[], "?"),
        (
            "restore-logging",
            "s3:PutBucketLogging",
            &[("bucket", "b")],
            "restore-bucket-logging b",
        ),
        (
            "restore-logging",
            "guardduty:UpdateDetector",
            &[("detector", "d")],
            "re-enable-guardduty d",
        ),
        (
            "unshare-snapshot",
            "ec2:ModifySnapshotAttribute",
            &[("snapshot", "snap-0123456789abcdef0")],
            "make-snapshot-private snap-0123456789abcdef0",
        ),
        (
            "block-public-access",
            "s3:PutBucketPolicy",
            &[("bucket", "b")],
            "block-bucket-public b",
        ),
        (
            "cancel-key-deletion",
            "kms:ScheduleKeyDeletion",
            &[("kms_key", key)],
            "cancel-key-deletion {key}",
        ),
        (
            "cancel-key-deletion",
            "kms:DisableKey",
            &[("kms_key", key)],
            "?",
        ),
        (
            "disable-function",
            "lambda:UpdateFunctionCode",
            &[("function", "f")],
            "disable-function f",
        ),
        (
            "remove-trust",
            "iam:UpdateAssumeRolePolicy",
            &[("role", ROLE)],
            "?",
        ),
    ];
    for (word, action, targets, want) in table {
        let want = want.replace("{user}", user).replace("{me}", me);
        let want = want.replace("{role}", ROLE).replace("{key}", key);
        assert_eq!(
            said(word, &finding(action, targets)),
            [want],
            "{word} {action}"
        );
    }
}

#[test]
fn a_made_key_is_meant_and_a_temporary_one_ends_its_session() {
    let mut made = finding("iam:CreateAccessKey", &[("user", "alice")]);
    made.credentials.push("AKIAI44QH8DHBEXAMPLE".into());
    let word = "deactivate-access-key";
    assert_eq!(said(word, &made), ["deactivate-key AKIAI44QH8DHBEXAMPLE"]);
    let session = by_role(finding("s3:GetObject", &[]), ROLE);
    assert_eq!(said(word, &session), [format!("revoke-sessions {ROLE}")]);
}

#[test]
fn what_aws_lets_nobody_touch_becomes_advice() {
    for role in [
        "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0a",
        "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
    ] {
        let session = by_role(finding("s3:GetObject", &[]), role);
        for word in ["revoke-sessions", "disable-service-account", "disable-user"] {
            assert_eq!(said(word, &session), ["?"], "{word} {role}");
        }
    }
    let mut root = finding("s3:GetObject", &[]);
    let actor = Arc::make_mut(&mut root.actor);
    actor.kind = ActorType::Root;
    for word in ["revoke-sessions", "disable-user", "deactivate-access-key"] {
        assert!(advised(word, &root).contains("root user"), "{word}");
    }
}

#[test]
fn behind_a_session_stands_its_user() {
    let mut session = by_role(finding("s3:GetObject", &[]), ROLE);
    session.root = "AIDAEXAMPLE".into();
    assert_eq!(
        said("disable-user", &session),
        [
            "disable-user AIDAEXAMPLE".to_string(),
            format!("revoke-sessions {ROLE}")
        ]
    );
}

#[test]
fn every_word_says_something_wherever_it_applies() {
    let providers = [
        "aws",
        "gcp",
        "azure",
        "entra",
        "m365",
        "scaleway",
        "ovh",
        "kubernetes",
        "runtime",
        "okta",
        "kafka",
    ];
    for (word, meaning) in WORDS {
        assert_eq!(family(word), Some(meaning), "{word} stands twice");
        for provider in providers {
            let mut bare = finding("", &[]);
            bare.provider = provider;
            let suggestions = suggest(&[word.to_string()], &bare);
            for suggestion in &suggestions {
                match suggestion {
                    Suggestion::Action { action, target, .. } => {
                        let known = crate::model::response::response(provider, action);
                        assert!(known.is_some(), "{word} on {provider}: {action}");
                        assert!(!target.is_empty(), "{word} on {provider}");
                    }
                    Suggestion::Advice(text) => {
                        assert!(text.len() > 20, "{word} on {provider}: {text}");
                        assert!(
                            !text.contains(['{', '}']) || text.contains("spec"),
                            "{text}"
                        );
                        assert!(!text.ends_with('.'), "{text}");
                        assert!(
                            text != "Undo the change at the provider",
                            "{word} on {provider}"
                        );
                        assert!(text != "Disable the identity at its provider", "{word}");
                    }
                }
            }
            let never = ["remove-app-credential", "revoke-sa-token"];
            if provider == "aws" && !never.contains(&word) {
                assert!(!suggestions.is_empty(), "{word} is silent on aws");
            }
        }
    }
}

#[test]
fn advice_text_belongs_to_known_words() {
    for (word, provider, _) in guide::GUIDE {
        assert!(is_known(word), "{word}");
        let twice = guide::GUIDE
            .iter()
            .filter(|l| (l.0, l.1) == (*word, *provider));
        assert_eq!(twice.count(), 1, "{word} {provider}");
    }
}

#[test]
fn names_out_of_the_log_are_quoted_once() {
    let evil = finding("iam:CreateLoginProfile", &[("user", "{user}; rm -rf ~")]);
    let text = advised("delete-login-profile", &evil);
    assert!(text.contains("--user-name '{user}; rm -rf ~';"), "{text}");
    let mut odd = finding("x:Y", &[("user", "a b")]);
    Arc::make_mut(&mut odd.actor).principal = Some("{user}".into());
    assert!(advised("enforce-mfa", &odd).contains("'{user}'"));
}

#[test]
fn words_of_other_peoples_rules_are_passed_on() {
    assert!(!is_known("call-bob"));
    assert!(advised("call-bob", &finding("", &[])).contains("call-bob"));
    let twice = ["disable-user", "lock-user"].map(String::from);
    assert_eq!(suggest(&twice, &finding("", &[])).len(), 1);
}

/// Every intent of the built-in rules is a word of the table.
#[test]
fn built_in_rules_use_known_words() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")];
    let mut unknown = Vec::new();
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "yml") {
                let text = std::fs::read_to_string(&path).unwrap_or_default();
                for document in yaml_serde::Deserializer::from_str(&text) {
                    let value: yaml_serde::Value =
                        serde::Deserialize::deserialize(document).unwrap_or_default();
                    let words = value.get("ctadel").and_then(|own| own.get("respond"));
                    for word in words
                        .and_then(|words| words.as_sequence())
                        .into_iter()
                        .flatten()
                    {
                        let word = word.as_str().unwrap_or_default().to_string();
                        if !is_known(&word) {
                            unknown.push((path.clone(), word));
                        }
                    }
                }
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:?}");
}

/// A finding of another provider, by somebody of this kind.
fn elsewhere(
    provider: &'static str,
    kind: ActorType,
    action: &str,
    targets: &[(&str, &str)],
) -> Finding {
    let mut finding = finding(action, targets);
    let actor = Actor {
        id: "object-1".into(),
        name: "ci".into(),
        kind,
        principal: Some("app-1".into()),
        ..Actor::default()
    };
    (finding.provider, finding.actor) = (provider, Arc::new(actor));
    finding
}

#[test]
fn other_providers_are_named_as_their_commands_take_them() {
    let gcp = |service: &str, target| {
        let action = format!("{service}:SetIamPolicy");
        let targets = [target, ("role", "roles/owner")];
        said(
            "remove-iam-binding",
            &elsewhere("gcp", ActorType::User, &action, &targets),
        )
    };
    let projects = "cloudresourcemanager";
    for (target, want) in [
        (("user", "eve@example.com"), "user:eve@example.com"),
        (
            ("service_account", "ci@example.com"),
            "serviceAccount:ci@example.com",
        ),
        (("group", "all@example.com"), "group:all@example.com"),
        (("member", "allUsers"), "allUsers"),
    ] {
        let want = format!("remove-iam-binding {want} roles/owner");
        assert_eq!(gcp(projects, target), [want]);
    }
    // A right on one snapshot does not hang on the project.
    assert_eq!(gcp("compute", ("user", "eve@example.com")), ["?"]);

    let azure = |kind, word: &str, targets: &[(&str, &str)]| {
        said(word, &elsewhere("azure", kind, "x:y", targets))
    };
    let program = ActorType::ServicePrincipal;
    for word in [
        "disable-user",
        "revoke-sessions",
        "disable-service-principal",
    ] {
        let want = ["disable-service-principal object-1"];
        assert_eq!(azure(program, word, &[("application", "app-1")]), want);
    }
    assert_eq!(
        azure(
            ActorType::User,
            "disable-user",
            &[("user", "eve@example.com")]
        ),
        ["disable-user eve@example.com"]
    );
    assert_eq!(
        azure(
            program,
            "disable-service-principal",
            &[("service_principal", "object-2")]
        ),
        ["disable-service-principal object-2"]
    );

    let kubernetes = |secret| {
        let finding = elsewhere(
            "kubernetes",
            ActorType::User,
            "get secrets",
            &[("secret", secret)],
        );
        said("revoke-sa-token", &finding)
    };
    assert_eq!(
        kubernetes("shop/ci-token-x2k4q"),
        ["delete-token shop/ci-token-x2k4q"]
    );
    // What the shop lives on is changed, not deleted.
    assert_eq!(kubernetes("shop/db-credentials"), ["?"]);
}
