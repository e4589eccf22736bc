//! From intents to suggestions: the action where one fits, the advice where none does.
//!
//! Enter a rule's intent words and a finding; leaves suggestions without doubles, in the order of
//! the words. A word never falls silent: without a target to act on it becomes advice.

use super::action::exists;
use super::word::{Family, family};
use super::{advice, aws, others};
use crate::model::{Finding, Suggestion};

/// Suggests what to do about a finding.
pub fn suggest(intents: &[String], finding: &Finding) -> Vec<Suggestion> {
    let mut list: Vec<Suggestion> = Vec::new();
    for word in intents {
        for suggestion in one(word, finding) {
            if !list.contains(&suggestion) {
                list.push(suggestion);
            }
        }
    }
    list
}

fn one(word: &str, finding: &Finding) -> Vec<Suggestion> {
    let Some(family) = family(word) else {
        // A rule of somebody else's may have words of its own.
        let word = advice::quote(word);
        return vec![Suggestion::Advice(format!(
            "Do what your runbook says for {word}"
        ))];
    };
    if !applies(family, finding) {
        return Vec::new();
    }
    let mut actions = match finding.provider {
        "aws" => aws::actions(family, word, finding),
        "gcp" => others::gcp(family, finding),
        "azure" | "entra" | "m365" => others::azure(family, finding),
        "scaleway" => others::scaleway(family, finding),
        "kubernetes" | "runtime" => others::kubernetes(family, word, finding),
        "ovh" => others::ovh(family, finding),
        _ => Vec::new(),
    };
    actions.retain(|action| exists(finding, action));
    if actions.is_empty() {
        vec![Suggestion::Advice(advice::advice(family, word, finding))]
    } else {
        actions
    }
}

/// Whether a provider has such a thing at all.
fn applies(family: Family, finding: &Finding) -> bool {
    let kubernetes = matches!(finding.provider, "kubernetes" | "runtime");
    match family {
        Family::AppCredential => matches!(finding.provider, "azure" | "entra" | "m365"),
        Family::SaToken => kubernetes,
        Family::Key | Family::Logging | Family::Exposure | Family::CryptoKey => !kubernetes,
        Family::Function => finding.provider != "scaleway",
        _ => true,
    }
}
