//! What a request says about credentials beyond itself: tokens of service accounts.

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
    fact(record).into_iter().collect()
}

fn fact(record: &Record) -> Option<Fact> {
    if record.at("objectRef.subresource")? != b"\"token\"" || outcome(record) != Outcome::Success {
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
