//! Totals by identity, address, account, region, action or client in, objects of kind `summary` out.
//!
//! One object answers "who did what from where" for one value; the commonest few of every other
//! dimension stand in it, with how many there were.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

use super::SCHEMA;
use super::shared::{known, text};
use crate::model::Severity;
pub use crate::model::summary::{Breakdown, SummaryBy, SummaryRow};

/// The words of `by`, for the schema.
const DIMENSIONS: [&str; 6] = [
    "actor",
    "source_ip",
    "account",
    "region",
    "action",
    "user_agent",
];

/// What one identity, address, account, region, action or client did.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(title = "summary")]
pub struct SummaryOut<'a> {
    /// Version of this format.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: &'static str,
    /// `summary`.
    #[schemars(extend("const" = "summary"))]
    pub kind: &'static str,
    /// What the row is about.
    #[schemars(extend("enum" = DIMENSIONS))]
    pub by: &'static str,
    /// Its value; the stable id of an identity.
    pub value: Cow<'a, str>,
    /// What a person calls it.
    pub name: Option<Cow<'a, str>>,
    /// Kind of identity; null where the row is about something else.
    pub r#type: Option<&'static str>,
    /// Events.
    pub events: u64,
    /// Events that were refused.
    pub denied: u64,
    /// Events that failed for another reason.
    pub failed: u64,
    /// Bytes moved; null where the logs do not tell.
    pub bytes: Option<u64>,
    /// First event.
    #[schemars(extend("format" = "date-time"))]
    pub first: Option<String>,
    /// Last event.
    #[schemars(extend("format" = "date-time"))]
    pub last: Option<String>,
    /// Findings.
    pub findings: u64,
    /// Severity of the worst finding; null without one.
    #[schemars(extend("enum" = ["informational", "low", "medium", "high", "critical", null]))]
    pub severity: Option<&'static str>,
    /// Identities.
    pub actors: BreakdownOut<'a>,
    /// Addresses.
    pub source_ips: BreakdownOut<'a>,
    /// Accounts, subscriptions, projects and tenants.
    pub accounts: BreakdownOut<'a>,
    /// Regions.
    pub regions: BreakdownOut<'a>,
    /// Actions.
    pub actions: BreakdownOut<'a>,
    /// Clients.
    pub user_agents: BreakdownOut<'a>,
    /// Addresses, each with the client that was used from it behind a blank.
    pub devices: BreakdownOut<'a>,
    /// Credentials and sessions.
    pub sessions: BreakdownOut<'a>,
    /// Roles that were held.
    pub roles: BreakdownOut<'a>,
    /// Actions that findings are about, with the number of findings.
    pub sensitive: BreakdownOut<'a>,
}

/// One dimension's values, commonest first.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "breakdown")]
pub struct BreakdownOut<'a> {
    /// How many different values there are.
    pub distinct: u64,
    /// The commonest of them.
    pub top: Vec<TallyOut<'a>>,
}

/// One value and how often it occurs.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "tally")]
pub struct TallyOut<'a> {
    /// The value.
    pub value: Cow<'a, str>,
    /// Events; null where they were not counted.
    pub count: Option<u64>,
}

impl<'a> SummaryOut<'a> {
    /// The printed form.
    pub fn new(row: &'a SummaryRow) -> SummaryOut<'a> {
        SummaryOut {
            schema: SCHEMA,
            kind: "summary",
            by: row.by.word(),
            value: text(&row.value),
            name: known(row.name.as_deref()),
            r#type: row.actor_type,
            events: row.events,
            denied: row.denied,
            failed: row.failed,
            bytes: row.bytes,
            first: row.first.map(|time| time.to_string()),
            last: row.last.map(|time| time.to_string()),
            findings: row.findings,
            severity: row.severity.map(Severity::word),
            actors: BreakdownOut::new(&row.actors),
            source_ips: BreakdownOut::new(&row.source_ips),
            accounts: BreakdownOut::new(&row.accounts),
            regions: BreakdownOut::new(&row.regions),
            actions: BreakdownOut::new(&row.actions),
            user_agents: BreakdownOut::new(&row.user_agents),
            devices: BreakdownOut::new(&row.devices),
            sessions: BreakdownOut::new(&row.sessions),
            roles: BreakdownOut::new(&row.roles),
            sensitive: BreakdownOut::new(&row.sensitive),
        }
    }

    /// What a table shows: the name, else the value.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.value)
    }
}

impl<'a> BreakdownOut<'a> {
    fn new(breakdown: &'a Breakdown) -> BreakdownOut<'a> {
        BreakdownOut {
            distinct: breakdown.distinct,
            top: breakdown
                .top
                .iter()
                .map(|(value, count)| TallyOut {
                    value: text(value),
                    count: *count,
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_words_are_the_dimensions() {
        assert_eq!(DIMENSIONS, SummaryBy::ALL.map(SummaryBy::word));
    }
}
