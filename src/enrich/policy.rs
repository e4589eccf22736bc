//! AWS policy documents: what one hands out, and to whom.
//!
//! A document enters as the log wrote it, facts leave: `ctadel.policy.*` are made of them. A
//! policy is the shortest way to keep a stolen account, and its text is all the log has of it.

mod condition;
mod document;
mod managed;
mod principal;
mod reach;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

pub use managed::admin_policy_arn;

use condition::Conditions;
use principal::Grantees;

/// What the Allow statements of one document grant; Deny statements are left aside, because the
/// next version of the document may come without them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyFacts {
    /// Whoever holds it may do anything, or take the right to: every IAM action on every
    /// user and role. Statements that name a principal (trust and resource policies) never are:
    /// they open one resource, however wide.
    pub admin: bool,
    /// Anybody at all is let in.
    pub public: bool,
    /// Accounts named as principals, own ones included.
    pub accounts: BTreeSet<String>,
    /// Identity providers named as principals.
    pub federated: Vec<String>,
    /// Services named as principals.
    pub services: Vec<String>,
    /// Every statement that lets an AWS principal in demands an external id, and there is one.
    pub has_external_id: bool,
}

/// Judges a document: JSON, percent-encoded JSON, a JSON string of JSON, or a single statement.
/// `None` means that the text is no policy; odd parts of one are skipped, the rest is judged.
pub fn judge(text: &str) -> Option<PolicyFacts> {
    let document = document::open(text)?;
    let mut facts = PolicyFacts::default();
    let mut federated = BTreeSet::new();
    let mut services = BTreeSet::new();
    let (mut let_in, mut with_external_id) = (0, 0);
    for statement in document::statements(&document)? {
        if !allows(statement) {
            continue;
        }
        let conditions = Conditions::read(document::get(statement, "Condition"));
        let Some(grantees) = Grantees::read(statement) else {
            facts.admin |= reach::is_admin(statement) && !conditions.narrow_admin();
            continue;
        };
        facts.public |= grantees.everyone && !conditions.narrow_public();
        if grantees.everyone || !grantees.accounts.is_empty() {
            let_in += 1;
            with_external_id += usize::from(conditions.ask_external_id());
        }
        facts.accounts.extend(grantees.accounts);
        facts.accounts.extend(grantees.federated_accounts);
        federated.extend(grantees.federated);
        services.extend(grantees.services);
    }
    facts.federated = federated.into_iter().collect();
    facts.services = services.into_iter().collect();
    facts.has_external_id = let_in > 0 && let_in == with_external_id;
    Some(facts)
}

/// Tells whether the statement grants rather than refuses.
fn allows(statement: &Map<String, Value>) -> bool {
    document::get(statement, "Effect")
        .and_then(Value::as_str)
        .is_some_and(|effect| effect.trim().eq_ignore_ascii_case("allow"))
}

#[cfg(test)]
mod tests;
