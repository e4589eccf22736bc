//! What a call says about credentials beyond itself: keys of service accounts.

use super::call::outcome;
use crate::model::{Outcome, Time};
use crate::normalize::source::{Fact, FactKind, Norm, Record};

pub(super) fn facts(record: &Record) -> Vec<Fact> {
    if outcome(record) != Outcome::Success {
        return Vec::new();
    }
    fact(record).into_iter().collect()
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
