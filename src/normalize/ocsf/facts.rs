//! Credentials that an AWS call issued, out of the answer that the event holds as text.

use std::borrow::Cow;

use super::call::outcome;
use super::is_aws_call;
use crate::model::{Outcome, Time};
use crate::normalize::source::{Fact, FactKind, Norm, Record};

pub(super) fn facts(record: &Record) -> Vec<Fact> {
    let by_service = record.norm(Norm::ActorType) == Some(b"\"AWSService\"");
    if by_service || !is_aws_call(record) || outcome(record) != Outcome::Success {
        return Vec::new();
    }
    let owned = |path: &str| record.text_at(path).map(Cow::into_owned);
    let verb = record.text(Norm::Verb).unwrap_or_default();
    let (kind, credential, to) = match &*verb {
        "CreateAccessKey" => (
            FactKind::AccessKey,
            owned("api.response.data.accessKey.accessKeyId"),
            owned("api.request.data.userName"),
        ),
        other => (
            match other {
                "AssumeRoleWithSAML" => FactKind::Saml,
                "AssumeRoleWithWebIdentity" => FactKind::WebIdentity,
                "GetSessionToken" => FactKind::SessionToken,
                "GetFederationToken" => FactKind::Federation,
                _ => FactKind::AssumeRole,
            },
            owned("api.response.data.credentials.accessKeyId"),
            owned("api.request.data.roleArn"),
        ),
    };
    let Some(credential) = credential else {
        return Vec::new();
    };
    vec![Fact::Issued {
        kind,
        credential,
        by: record.text(Norm::Credential).map(Cow::into_owned),
        to,
        holder: owned("api.response.data.assumedRoleUser.assumedRoleId"),
        account: record.text(Norm::Account).map(Cow::into_owned),
        expires: owned("api.response.data.credentials.expiration")
            .and_then(|text| Time::parse(&text)),
    }]
}
