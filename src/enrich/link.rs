//! The `ctadel.link.*` fields: what one layer's records share with those of another.
//!
//! A record enters, and what the whole input told where that is needed; keys leave that mean the
//! same thing in every log.

use super::derive::Late;
use super::workload::{service_account, subject};
use crate::model::ActorType;
use crate::normalize::source::Fact;
use crate::normalize::{Norm, Record};

/// Targets that are looked at for a pod.
const MAX_TARGETS: usize = 20;

/// The pods that call, are called or raise the alert, as namespace/name.
pub(super) fn pods(record: &Record, out: &mut Vec<String>) {
    let source = record.layout.source;
    let via = (source.actor)(record).via;
    let callers = via.iter().filter_map(|who| who.strip_prefix("pod:"));
    out.extend(callers.map(str::to_owned));
    for target in (source.targets)(record, MAX_TARGETS) {
        if target.kind == "pod" && !out.contains(&target.id) {
            out.push(target.id);
        }
    }
}

/// The service accounts behind the record: in its caller's name, at the root of its credential,
/// or what its pod calls the cluster as.
pub(super) fn service_accounts(
    record: &Record,
    late: Option<&dyn Late>,
    out: &mut Vec<String>,
) -> bool {
    let source = record.layout.source;
    let actor = (source.actor)(record);
    let named = std::iter::once(&actor.id).chain(&actor.via);
    if let Some(account) = named.filter_map(|id| service_account(id)).next() {
        out.push(account);
        return true;
    }
    let credential = record.text(Norm::Credential);
    // What was done to a pod through the API server was done by whoever called.
    let alert = source.provider == "runtime";
    let mut own = Vec::new();
    if alert {
        pods(record, &mut own);
    }
    if credential.is_none() && own.is_empty() {
        return true;
    }
    let Some(late) = late else { return false };
    let root = credential.and_then(|credential| late.root(&credential));
    out.extend(root.and_then(|root| service_account(&root)));
    for pod in own {
        out.extend(late.service_accounts(&pod));
    }
    true
}

/// The credential that was used, and the one that was issued.
pub(super) fn credentials(record: &Record, out: &mut Vec<String>) {
    out.extend(record.text(Norm::Credential).map(|text| text.into_owned()));
    for fact in (record.layout.source.facts)(record) {
        if let Fact::Issued { credential, .. } = fact {
            out.push(credential);
        }
    }
}

/// What another cloud calls the identity: the subject of a web identity on the one side, the
/// number of the service account it was minted for on the other.
pub(super) fn cloud_identity(
    record: &Record,
    late: Option<&dyn Late>,
    out: &mut Vec<String>,
) -> bool {
    let source = record.layout.source;
    if source.provider == "gcp" {
        out.extend(
            record
                .text_at("resource.labels.unique_id")
                .map(|id| id.into_owned()),
        );
        return true;
    }
    let actor = (source.actor)(record);
    if actor.kind == ActorType::Federated {
        out.extend(subject(&actor.id).map(str::to_owned));
        return true;
    }
    let Some(credential) = record.text(Norm::Credential) else {
        return true;
    };
    let Some(late) = late else { return false };
    let root = late.root(&credential);
    out.extend(root.as_deref().and_then(subject).map(str::to_owned));
    true
}
