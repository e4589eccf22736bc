//! A record in full: every field of the normalized event.

use std::borrow::Cow;

use super::address;
use super::source::{Norm, Record};
use crate::model::{Event, Time};

/// Targets of one event.
const MAX_TARGETS: usize = 20;

/// Normalizes one record completely.
pub fn event(record: &Record) -> Event {
    let source = record.layout.source;
    let value = |norm| record.text(norm).map(Cow::into_owned);
    let raw_address = value(Norm::Address);
    let address = raw_address.as_deref().map(address::classify);
    Event {
        time: record.time().unwrap_or(Time(0)),
        source: source.name,
        layer: source.layer,
        provider: super::provider(record),
        account: value(Norm::Account),
        region: value(Norm::Region),
        actor: (source.actor)(record),
        source_ip: address
            .and_then(|address| address.ip)
            .map(|ip| ip.to_string()),
        source_raw: raw_address,
        user_agent: value(Norm::Agent),
        action: (source.action)(record),
        class: (source.class)(record),
        outcome: (source.outcome)(record),
        error_code: value(Norm::Error),
        targets: (source.targets)(record, MAX_TARGETS),
        key: (source.key)(record),
        uid: uid(record),
        group_uid: value(Norm::Group),
    }
}

/// The log's own event id, or a hash of the record where it has none.
pub fn uid(record: &Record) -> String {
    match record.text(Norm::Uid) {
        Some(uid) => uid.into_owned(),
        None => (record.layout.source.uid)(record)
            .unwrap_or_else(|| format!("{:016x}", (record.layout.source.key)(record))),
    }
}
