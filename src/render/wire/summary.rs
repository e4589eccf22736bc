//! Totals by identity, address, account, region, action or client in, objects of kind `summary` out.
//!
//! One object answers "who did what from where" for one value; the commonest few of every other
//! dimension stand in it, with how many there were.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

use super::SCHEMA;
use super::shared::{known, text};
use crate::model::{Severity, Time};

/// What a summary row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SummaryBy {
    /// An identity.
    Actor,
    /// An address.
    SourceIp,
    /// An account, subscription, project or tenant.
    Account,
    /// A region.
    Region,
    /// An action.
    Action,
    /// A client.
    UserAgent,
}

impl SummaryBy {
    /// All of them, in the order they are printed.
    pub const ALL: [SummaryBy; 6] = [
        SummaryBy::Actor,
        SummaryBy::SourceIp,
        SummaryBy::Account,
        SummaryBy::Region,
        SummaryBy::Action,
        SummaryBy::UserAgent,
    ];

    /// The word printed.
    pub fn word(self) -> &'static str {
        match self {
            SummaryBy::Actor => "actor",
            SummaryBy::SourceIp => "source_ip",
            SummaryBy::Account => "account",
            SummaryBy::Region => "region",
            SummaryBy::Action => "action",
            SummaryBy::UserAgent => "user_agent",
        }
    }
}

/// The words of `by`, for the schema.
const DIMENSIONS: [&str; 6] = [
    "actor",
    "source_ip",
    "account",
    "region",
    "action",
    "user_agent",
];

/// One dimension's values beside a row's own, commonest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Breakdown {
    /// How many different values there are.
    pub distinct: u64,
    /// The commonest, with their number of events where it was counted.
    pub top: Vec<(String, Option<u64>)>,
}

/// One row of the summary, as the rest of the program hands it over.
#[derive(Clone, Debug, PartialEq)]
pub struct SummaryRow {
    /// What the row is about.
    pub by: SummaryBy,
    /// Its value; the id of an identity.
    pub value: String,
    /// What a person calls it.
    pub name: Option<String>,
    /// Kind of identity.
    pub actor_type: Option<&'static str>,
    /// Events.
    pub events: u64,
    /// Events that were refused.
    pub denied: u64,
    /// Bytes that were moved, where the log tells.
    pub bytes: Option<u64>,
    /// First event.
    pub first: Option<Time>,
    /// Last event.
    pub last: Option<Time>,
    /// Findings.
    pub findings: u64,
    /// The worst finding's severity.
    pub severity: Option<Severity>,
    /// Identities.
    pub actors: Breakdown,
    /// Addresses.
    pub source_ips: Breakdown,
    /// Accounts.
    pub accounts: Breakdown,
    /// Regions.
    pub regions: Breakdown,
    /// Actions.
    pub actions: Breakdown,
    /// Clients.
    pub user_agents: Breakdown,
}

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
