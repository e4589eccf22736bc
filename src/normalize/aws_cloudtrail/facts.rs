//! What a call says about credentials and rights beyond itself.

use std::borrow::Cow;

use super::HIDDEN;
use super::call::outcome;
use crate::decode::{path, text};
use crate::model::{Outcome, Time};
use crate::normalize::source::{Fact, FactKind, Norm, Record};

pub(super) fn facts(record: &Record) -> Vec<Fact> {
    // Behind a role that a service took for itself stands nobody: nothing to trace, and most
    // roles are taken so. Pods are the exception.
    let by_service = record.norm(Norm::ActorType) == Some(b"\"AWSService\"");
    let pod = match record.norm(Norm::InvokedBy) {
        Some(b"\"pods.eks.amazonaws.com\"") => pod(record),
        _ => None,
    };
    if by_service && pod.is_none() || outcome(record) != Outcome::Success {
        return Vec::new();
    }
    let owned = |path: &str| record.text_at(path).map(Cow::into_owned);
    let verb = record.text(Norm::Verb).unwrap_or_default();
    let account = record.text(Norm::Account).map(Cow::into_owned);
    let session_key = || owned("responseElements.credentials.accessKeyId");
    let role = || {
        owned("requestParameters.roleArn").or_else(|| owned("responseElements.assumedRoleUser.arn"))
    };
    let issued = |kind, credential: Option<String>, to: Option<String>| {
        Some(Fact::Issued {
            kind,
            credential: credential.filter(|id| id != HIDDEN)?,
            by: match &pod {
                Some(pod) => Some(pod.key()),
                None => owned_norm(record, Norm::Credential),
            },
            to,
            holder: owned("responseElements.assumedRoleUser.assumedRoleId")
                .or_else(|| owned("responseElements.federatedUser.federatedUserId")),
            account: account.clone(),
            expires: owned("responseElements.credentials.expiration")
                .and_then(|text| Time::parse(&text)),
        })
    };
    let fact = match &*verb {
        "AssumeRole" if pod.is_some() => issued(FactKind::PodIdentity, session_key(), role()),
        "AssumeRole" => issued(FactKind::AssumeRole, session_key(), role()),
        "AssumeRoleWithSAML" => issued(FactKind::Saml, session_key(), role()),
        "AssumeRoleWithWebIdentity" => issued(FactKind::WebIdentity, session_key(), role()),
        "AssumeRoot" => issued(
            FactKind::AssumeRoot,
            session_key(),
            owned("requestParameters.targetPrincipal"),
        ),
        "GetSessionToken" => issued(FactKind::SessionToken, session_key(), None),
        "GetFederationToken" => issued(
            FactKind::Federation,
            session_key(),
            owned("responseElements.federatedUser.arn"),
        ),
        "GetRoleCredentials" => issued(
            FactKind::Saml,
            owned("responseElements.roleCredentials.accessKeyId"),
            owned("requestParameters.roleName"),
        ),
        "CreateAccessKey" => {
            let user = owned("requestParameters.userName")
                .or_else(|| owned("responseElements.accessKey.userName"));
            issued(
                FactKind::AccessKey,
                owned("responseElements.accessKey.accessKeyId"),
                user,
            )
        }
        "AttachRolePolicy"
        | "AttachUserPolicy"
        | "PutRolePolicy"
        | "PutUserPolicy"
        | "CreatePolicy"
        | "CreatePolicyVersion" => Some(Fact::Granted {
            name: owned("requestParameters.roleName")
                .or_else(|| owned("requestParameters.userName")),
            account: account.clone(),
            policy: owned("responseElements.policy.arn")
                .or_else(|| owned("requestParameters.policyArn")),
            document: owned("requestParameters.policyDocument"),
        }),
        _ => None,
    };
    let bound = pod.map(|pod| Fact::Bound {
        what: pod.key(),
        to: format!("system:serviceaccount:{}:{}", pod.namespace, pod.account),
    });
    // What was issued stands last.
    bound.into_iter().chain(fact).collect()
}

/// The pod to which EKS Pod Identity hands a role.
struct Pod {
    namespace: String,
    name: String,
    account: String,
}

impl Pod {
    fn key(&self) -> String {
        format!("pod:{}/{}", self.namespace, self.name)
    }
}

/// Amazon EKS user guide, "EKS Pod Identity session tags".
fn pod(record: &Record) -> Option<Pod> {
    let (mut namespace, mut name, mut account) = (None, None, None);
    path::elements(record.at("requestParameters.tags")?, |tag| {
        let text = |key: &str| path::first(tag, key).and_then(text::present);
        let slot = match text("key").as_deref() {
            Some("kubernetes-namespace") => &mut namespace,
            Some("kubernetes-pod-name") => &mut name,
            Some("kubernetes-service-account") => &mut account,
            _ => return true,
        };
        *slot = text("value").map(Cow::into_owned);
        true
    });
    Some(Pod {
        namespace: namespace?,
        name: name?,
        account: account?,
    })
}

fn owned_norm(record: &Record, norm: Norm) -> Option<String> {
    record.text(norm).map(Cow::into_owned)
}
