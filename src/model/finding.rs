//! A rule's claim about some events, with the evidence for it.

use std::sync::Arc;

use super::{Actor, Evidence, Layer, Outcome, RuleMeta, Severity, Target, Time};

/// One thing the reader may do about a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suggestion {
    /// An action of `ctadel respond` and its target.
    Action {
        /// The action's name.
        action: String,
        /// What it is to be applied to.
        target: String,
        /// Whether it can be undone.
        reversible: bool,
    },
    /// What a person does by hand, where no action exists.
    Advice(String),
}

/// A finding as the rest of the program sees it; what is printed is made of it in `render`.
#[derive(Clone, Debug)]
pub struct Finding {
    /// `F-` and 16 hex digits; depends on rule, first event and group values alone.
    pub id: String,
    /// The rule that speaks.
    pub rule: Arc<RuleMeta>,
    /// Rule level after `ctadel.levels`, outcome and context.
    pub severity: Severity,
    /// Time of the first event.
    pub time: Time,
    /// Time of the last event.
    pub end_time: Time,
    /// How many events count.
    pub count: u64,
    /// Source of the first event, `aws.cloudtrail`.
    pub source: &'static str,
    /// Its layer.
    pub layer: Layer,
    /// Its provider.
    pub provider: &'static str,
    /// Account of the first event.
    pub account: Option<String>,
    /// Region of the first event.
    pub region: Option<String>,
    /// Who.
    pub actor: Arc<Actor>,
    /// The identities behind the actor, outermost first, after linking.
    pub via: Vec<String>,
    /// The identity at the root of the credential chain, after linking; the actor's own id where there is none.
    pub root: String,
    /// From where; a real address.
    pub source_ip: Option<String>,
    /// With what.
    pub user_agent: Option<String>,
    /// The canonical action of the first event.
    pub action: String,
    /// How it ended.
    pub outcome: Outcome,
    /// On what.
    pub targets: Vec<Target>,
    /// The events, at most 100.
    pub evidence: Vec<Evidence>,
    /// How many events there were.
    pub evidence_total: u64,
    /// Group values of a correlation, `(field, value)`.
    pub group: Vec<(String, String)>,
    /// Every credential its events used or were issued, for grouping.
    pub credentials: Vec<String>,
    /// Ids of its records that another tool's alert names, for grouping.
    pub retold: Vec<String>,
    /// When the first temporary credential of its chain was issued, where that is known.
    pub issued_at: Option<Time>,
    /// What to do about it.
    pub respond: Vec<Suggestion>,
    /// The incident it belongs to.
    pub incident: Option<String>,
    /// De-duplication key of the first event: the tie-break of the total order.
    pub key: u64,
}
