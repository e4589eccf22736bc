//! Totals: what one identity, address, account, region, action or client did.

use super::{Severity, Time};

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
    /// Events that failed for another reason.
    pub failed: u64,
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
    /// Addresses, each with the client that was used from it.
    pub devices: Breakdown,
    /// Credentials and sessions.
    pub sessions: Breakdown,
    /// Roles that were held.
    pub roles: Breakdown,
    /// Actions that findings are about.
    pub sensitive: Breakdown,
}

/// What one identity did, beside an incident and in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// Calls of the incident: those behind its findings, and what the same credentials did while it
    /// lasted.
    pub inside: u64,
    /// All others.
    pub outside: u64,
    /// The commonest actions of the others.
    pub actions: Vec<(String, u64)>,
    /// The commonest addresses of the others.
    pub addresses: Vec<(String, u64)>,
    /// First and last of the others.
    pub span: Option<(Time, Time)>,
}
