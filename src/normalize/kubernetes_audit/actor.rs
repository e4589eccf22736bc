//! Who asked: users, service accounts, nodes, and the cloud identity behind them.
//!
//! Kubernetes documentation, "Authenticating"; the extra fields are those of the AWS IAM
//! authenticator and of bound service account tokens.

use std::borrow::Cow;

use crate::model::{Actor, ActorType};
use crate::normalize::source::{Norm, Record};

/// How the name of a service account begins.
const SERVICE_ACCOUNT: &str = "system:serviceaccount:";

pub(super) fn actor(record: &Record) -> Actor {
    let value = |norm| record.text(norm).map(Cow::into_owned);
    let name = value(Norm::ActorName).unwrap_or_default();
    let kind = kind(&name);
    Actor {
        id: if kind == ActorType::Anonymous {
            "system:anonymous".to_owned()
        } else {
            name.clone()
        },
        name,
        kind,
        account: account(record).or_else(|| value(Norm::Account)),
        session: value(Norm::Credential),
        issuer: value(Norm::Issuer),
        // Whoever holds the token of a pod stands behind the account it is bound to.
        via: pod(record)
            .map(|pod| format!("pod:{pod}"))
            .into_iter()
            .collect(),
        mfa: None,
        principal: value(Norm::ActorPrincipal),
    }
}

/// The kind of a user by the name the API server gives it.
pub(super) fn kind(name: &str) -> ActorType {
    match name {
        // What a copy lost is not what nobody said.
        "" => return ActorType::Unknown,
        "system:anonymous" | "system:unauthenticated" => return ActorType::Anonymous,
        _ => {}
    }
    if name.starts_with(SERVICE_ACCOUNT) {
        return ActorType::K8sServiceAccount;
    }
    // A node acts for whatever runs on it.
    if name.starts_with("system:node:") || name.ends_with(".gserviceaccount.com") {
        return ActorType::ServiceAccount;
    }
    let platform = name.starts_with("eks:")
        || matches!(
            name,
            "aksService" | "masterclient" | "hcpService" | "acsService"
        )
        || (name.starts_with("system:") && !matches!(name, "system:admin" | "system:masters"));
    if platform && name != "masterclient" {
        return ActorType::CloudService;
    }
    ActorType::User
}

/// `namespace` of `system:serviceaccount:namespace:name`.
pub(super) fn namespace(record: &Record) -> Option<String> {
    let name = record.text(Norm::ActorName)?;
    let rest = name.strip_prefix(SERVICE_ACCOUNT)?;
    Some(rest.split(':').next()?.to_owned())
}

/// The pod a bound token belongs to.
pub(super) fn pod(record: &Record) -> Option<String> {
    let name = extra(record, "authentication.kubernetes.io/pod-name")?;
    Some(format!("{}/{name}", namespace(record)?))
}

/// The cloud account that the cluster's authenticator names.
pub(super) fn account(record: &Record) -> Option<String> {
    let uid = record.text_at("user.uid")?;
    let (by, rest) = uid.split_once(':')?;
    let known = matches!(by, "aws-iam-authenticator" | "heptio-authenticator-aws");
    let account = rest.split(':').next()?;
    (known && !account.is_empty()).then(|| account.to_owned())
}

/// The first value of one of the caller's extra fields, which are all lists.
pub(super) fn extra(record: &Record, name: &str) -> Option<String> {
    let raw = record.at(&format!("user.extra.{name}"))?;
    let mut out = None;
    crate::decode::path::find(raw, "", &mut |value| {
        if value.first() == Some(&b'[') {
            crate::decode::path::elements(value, |element| {
                out = Some(crate::decode::text::string(element).into_owned());
                false
            });
        } else {
            out = Some(crate::decode::text::string(value).into_owned());
        }
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_somebody_is() {
        let table = [
            (
                "system:serviceaccount:shop:api",
                ActorType::K8sServiceAccount,
            ),
            (
                "system:node:ip-10-0-0-1.ec2.internal",
                ActorType::ServiceAccount,
            ),
            ("system:kube-controller-manager", ActorType::CloudService),
            ("system:apiserver", ActorType::CloudService),
            ("system:admin", ActorType::User),
            ("eks:addon-manager", ActorType::CloudService),
            ("aksService", ActorType::CloudService),
            ("masterclient", ActorType::User),
            ("kubernetes-admin", ActorType::User),
            ("lena@example.com", ActorType::User),
            (
                "deploy@example.iam.gserviceaccount.com",
                ActorType::ServiceAccount,
            ),
            ("system:anonymous", ActorType::Anonymous),
            ("", ActorType::Unknown),
        ];
        for (name, want) in table {
            assert_eq!(kind(name), want, "{name}");
        }
    }
}
