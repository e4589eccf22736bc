//! What a request says beyond itself: tokens of service accounts, and whose account a pod runs as.

use super::actor::{extra, kind};
use super::call::outcome;
use crate::model::{ActorType, Outcome};
use crate::normalize::source::{Fact, FactKind, Norm, Record};

/// The id of a token that was issued; the older key has another domain.
const ISSUED: [&str; 2] = [
    "annotations.authentication.kubernetes.io/issued-credential-id",
    "annotations.authentication.k8s.io/issued-credential-id",
];

pub(super) fn facts(record: &Record) -> Vec<Fact> {
    // Most requests about pods read them.
    if record.norm(Norm::Verb) != Some(b"\"create\"") || outcome(record) != Outcome::Success {
        return Vec::new();
    }
    let of_pod = match record.at("objectRef.subresource") {
        Some(b"\"token\"") => token_of_pod(record),
        None => new_pod(record),
        _ => None,
    };
    of_pod.into_iter().chain(issued(record)).collect()
}

/// A token is asked for in the name of the pod that will hold it.
fn token_of_pod(record: &Record) -> Option<Fact> {
    const BOUND: &str = "requestObject.spec.boundObjectRef";
    if record.text_at(&format!("{BOUND}.kind"))? != "Pod" {
        return None;
    }
    let namespace = record.text_at("objectRef.namespace")?;
    let pod = record.text_at(&format!("{BOUND}.name"))?;
    let name = record.text_at("objectRef.name")?;
    bound(&namespace, &pod, &name)
}

/// A pod is made; one that names no account runs as `default`, which tells nobody apart.
fn new_pod(record: &Record) -> Option<Fact> {
    if record.text_at("objectRef.resource")? != "pods" {
        return None;
    }
    let namespace = record.text_at("objectRef.namespace")?;
    let pod = record
        .text_at("objectRef.name")
        .or_else(|| record.text_at("responseObject.metadata.name"))?;
    let name = record.text_at("requestObject.spec.serviceAccountName")?;
    bound(&namespace, &pod, &name)
}

fn bound(namespace: &str, pod: &str, account: &str) -> Option<Fact> {
    let whole = !namespace.is_empty() && !pod.is_empty() && !account.is_empty();
    whole.then(|| Fact::Bound {
        what: format!("pod:{namespace}/{pod}"),
        to: format!("system:serviceaccount:{namespace}:{account}"),
    })
}

fn issued(record: &Record) -> Option<Fact> {
    if record.at("objectRef.subresource")? != b"\"token\"" {
        return None;
    }
    // A node's agent fetches tokens for the pods it runs: nobody stands behind that.
    let caller = record.text(Norm::ActorName)?;
    if matches!(kind(&caller), ActorType::CloudService) || caller.starts_with("system:node:") {
        return None;
    }
    let credential = ISSUED.iter().find_map(|path| record.text_at(path))?;
    let namespace = record.text_at("objectRef.namespace")?;
    let name = record.text_at("objectRef.name")?;
    let holder = format!("system:serviceaccount:{namespace}:{name}");
    let by = record.text(Norm::Credential).map(|text| text.into_owned());
    Some(Fact::Issued {
        kind: FactKind::ServiceToken,
        credential: credential.into_owned(),
        by: by.or_else(|| extra(record, "authentication.kubernetes.io/credential-id")),
        to: Some(holder.clone()),
        holder: Some(holder),
        account: record.text(Norm::Account).map(|text| text.into_owned()),
        expires: record
            .text_at("responseObject.status.expirationTimestamp")
            .and_then(|text| crate::model::Time::parse(&text)),
    })
}
