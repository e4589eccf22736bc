//! Normalize: one file a log source, and the list of them.

pub mod address;
pub mod alert;
pub mod aws_cloudtrail;
pub mod azure_activity;
pub mod azure_resource;
pub mod catalogue;
pub mod defender;
pub mod entra_audit;
pub mod entra_signin;
pub mod event;
pub mod fact;
pub mod falco;
mod flat;
pub mod gcp_audit;
pub mod guardduty;
pub mod kafka_authorizer;
pub mod kubernetes_audit;
pub mod m365_audit;
pub mod ocsf;
pub mod okta_system;
pub mod ovh_account;
pub mod record;
pub mod rewrite;
pub mod runtime;
pub mod scaleway_audit;
pub mod securitycommandcenter;
pub mod source;
pub mod sysdig;
pub mod tetragon;
mod token;
pub mod tracee;

pub use source::{Layout, Norm, Record, Source};

use std::hash::Hasher;

use siphasher::sip::SipHasher13;

/// Every log source. A source that is not here does not exist.
pub static SOURCES: &[&Source] = &[
    &aws_cloudtrail::SOURCE,
    &kubernetes_audit::SOURCE,
    &gcp_audit::SOURCE,
    &scaleway_audit::SOURCE,
    &ovh_account::SOURCE,
    &okta_system::SOURCE,
    &ocsf::SOURCE,
    &azure_activity::SOURCE,
    &azure_resource::SOURCE,
    &entra_signin::SOURCE,
    &entra_audit::SOURCE,
    &m365_audit::SOURCE,
    &falco::SOURCE,
    &tetragon::SOURCE,
    &tracee::SOURCE,
    &kafka_authorizer::SOURCE,
    &guardduty::SOURCE,
    &securitycommandcenter::SOURCE,
    &defender::SOURCE,
    &sysdig::SOURCE,
];

/// The provider words of the contract; a row keeps the place of one.
pub static PROVIDERS: [&str; 12] = [
    "ocsf",
    "aws",
    "gcp",
    "azure",
    "entra",
    "m365",
    "scaleway",
    "ovh",
    "okta",
    "kubernetes",
    "runtime",
    "kafka",
];

/// Whose log a record is of: its source's, or, where one format carries the logs of many, what
/// the record says.
pub fn provider(record: &Record) -> &'static str {
    let source = record.layout.source;
    match record.text(Norm::Provider) {
        Some(said) => provider_word(&said).unwrap_or(source.provider),
        None => source.provider,
    }
}

fn provider_word(said: &str) -> Option<&'static str> {
    let said = said.to_ascii_lowercase();
    let words: [(&str, &str); 11] = [
        ("amazon", "aws"),
        ("aws", "aws"),
        ("google", "gcp"),
        ("gcp", "gcp"),
        ("entra", "entra"),
        ("office", "m365"),
        ("azure", "azure"),
        ("microsoft", "azure"),
        ("okta", "okta"),
        ("scaleway", "scaleway"),
        ("ovh", "ovh"),
    ];
    let known = words.iter().find(|(part, _)| said.contains(part));
    known.map(|(_, word)| *word)
}

/// The source with this name.
pub fn by_name(name: &str) -> Option<&'static Source> {
    SOURCES.iter().copied().find(|source| source.name == name)
}

/// A 64-bit hash that is the same on every run, machine and version; never 0.
pub fn hash(parts: &[&[u8]]) -> u64 {
    let mut hasher = SipHasher13::new();
    // The hasher is much faster on one piece than on many; nearly every key fits in here.
    let mut piece = [0; 512];
    if parts.iter().map(|part| part.len() + 1).sum::<usize>() <= piece.len() {
        let mut end = 0;
        for part in parts {
            piece[end..end + part.len()].copy_from_slice(part);
            end += part.len() + 1;
            piece[end - 1] = 0xff;
        }
        hasher.write(&piece[..end]);
        return hasher.finish().max(1);
    }
    for part in parts {
        hasher.write(part);
        hasher.write(&[0xff]);
    }
    hasher.finish().max(1)
}
