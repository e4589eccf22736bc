//! What a call says about credentials and rights beyond itself.

use std::borrow::Cow;

use super::HIDDEN;
use super::call::outcome;
use crate::model::{Outcome, Time};
use crate::normalize::source::{Fact, FactKind, Norm, Record};

pub(super) fn facts(record: &Record) -> Vec<Fact> {
    // Behind a role that a service took for itself stands nobody: nothing to trace, and most
    // roles are taken so. Pods are the exception.
    let by_service = record.norm(Norm::ActorType) == Some(b"\"AWSService\"")
        && record.norm(Norm::InvokedBy) != Some(b"\"pods.eks.amazonaws.com\"");
    if by_service || outcome(record) != Outcome::Success {
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
            by: owned_norm(record, Norm::Credential),
            to,
            holder: owned("responseElements.assumedRoleUser.assumedRoleId")
                .or_else(|| owned("responseElements.federatedUser.federatedUserId")),
            account: account.clone(),
            expires: owned("responseElements.credentials.expiration")
                .and_then(|text| Time::parse(&text)),
        })
    };
    let fact = match &*verb {
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
    fact.into_iter().collect()
}

fn owned_norm(record: &Record, norm: Norm) -> Option<String> {
    record.text(norm).map(Cow::into_owned)
}
