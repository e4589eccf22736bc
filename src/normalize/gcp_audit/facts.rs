//! What a call says about credentials beyond itself: keys of service accounts.

use super::call::outcome;
use crate::model::{Outcome, Time};
use crate::normalize::source::{Fact, FactKind, Norm, Record};

pub(super) fn facts(record: &Record) -> Vec<Fact> {
    if outcome(record) != Outcome::Success {
        return Vec::new();
    }
    // The number by which other clouds know an account stands in records about it alone.
    let number = record.text_at("resource.labels.unique_id");
    let address = record.text_at("resource.labels.email_id");
    let bound = number.zip(address).map(|(number, address)| Fact::Bound {
        what: format!("subject:{number}"),
        to: address.to_ascii_lowercase(),
    });
    let bound = bound.or_else(|| node(record));
    bound.into_iter().chain(fact(record)).collect()
}

/// The account of a new machine: a node of a cluster bears its name.
fn node(record: &Record) -> Option<Fact> {
    let verb = record.text(Norm::Verb)?;
    let account = record.text_at("protoPayload.request.serviceAccounts.email")?;
    let machine = record.text_at("protoPayload.resourceName")?;
    let made = verb.ends_with("instances.insert") && account.contains('@');
    made.then(|| Fact::Bound {
        what: format!("node:{}", machine.rsplit('/').next().unwrap_or_default()),
        to: account.to_ascii_lowercase(),
    })
}

fn fact(record: &Record) -> Option<Fact> {
    // `projects/p/serviceAccounts/address/keys/id`
    let name = record.text_at("protoPayload.response.name")?;
    let (account, key) = name.rsplit_once("/keys/")?;
    let account = account.rsplit('/').next()?.to_ascii_lowercase();
    Some(Fact::Issued {
        kind: FactKind::AccessKey,
        credential: key.to_owned(),
        by: record.text(Norm::Credential).map(|text| text.into_owned()),
        to: Some(account.clone()),
        holder: Some(account),
        account: record.text(Norm::Account).map(|text| text.into_owned()),
        expires: record
            .text_at("protoPayload.response.valid_before_time.seconds")
            .and_then(|text| Time::parse(&text)),
    })
}
