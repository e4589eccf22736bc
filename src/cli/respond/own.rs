//! Our own responses in the logs of those whom they protect.
//!
//! Enters the journal; leaves a filter for the rules. A deny policy on a user is what an attacker
//! would be found for, so the calls that the journal knows raise no findings. It knows them by the
//! name that the provider itself gave to each request and put into its log: a user agent or the
//! name of a policy anybody can forge.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::setup;
use crate::cli::session::Session;
use crate::respond::provider::Provider;

/// How messages name the filter.
const NAME: &str = "respond/journal";

/// Logs that carry the name of the request: whose, the log source, the field.
const LOGS: [(Provider, &str, &str, &str); 3] = [
    (Provider::Aws, "aws", "cloudtrail", "requestID"),
    (Provider::Kubernetes, "kubernetes", "audit", "auditID"),
    (Provider::Ovh, "ovhcloud", "account", "request_id"),
];

/// The filter as a rule file; nothing where nothing was done.
pub fn own(session: &Session) -> Option<(&'static str, String)> {
    let store = setup::store(session).ok()?;
    // A journal that cannot be read hides nothing; `respond list` says what is wrong with it.
    let records = store.records().ok()?;
    let mut documents = Vec::new();
    for (provider, product, service, field) in LOGS {
        let of = records
            .iter()
            .filter(|record| record.plan.provider == provider);
        let outcomes = of.flat_map(|record| record.calls.values().flatten());
        let ids: BTreeSet<&str> = outcomes
            .filter_map(|outcome| outcome.request_id.as_deref())
            .filter(|id| !id.is_empty())
            .collect();
        if !ids.is_empty() {
            documents.push(filter(product, service, field, &ids).to_string());
        }
    }
    match documents.is_empty() {
        true => None,
        false => Some((NAME, documents.join("\n---\n"))),
    }
}

fn filter(product: &str, service: &str, field: &str, ids: &BTreeSet<&str>) -> Value {
    // Wildcards mean nothing in the name of a request.
    let ids: Vec<String> = ids.iter().map(|id| escaped(id)).collect();
    json!({
        "title": format!("Responses of this journal, {product}"),
        "name": format!("own-responses-{product}"),
        "logsource": {"product": product, "service": service},
        "filter": {"rules": "any", "ours": {field: ids}, "condition": "not ours"},
    })
}

fn escaped(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    for c in id.chars() {
        if matches!(c, '*' | '?' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
