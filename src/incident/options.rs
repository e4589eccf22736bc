//! What the grouping is told, and what it answers.
//!
//! Enter the user's flags and, where the run has it, who used which address; leave incidents and
//! what was cut. Kept apart, because the caller needs these and nothing else.

use ipnet::IpNet;

use super::keep::Remembered;
use crate::model::time::HOUR;
use crate::model::{Incident, Time};

/// Who used which address in the whole input, and who stands behind which credential, findings
/// or not.
///
/// Without it the grouping knows only the addresses of findings, and an address that many
/// ordinary users share looks rare.
pub trait Presence: Sync {
    /// The root identities that used an address.
    fn roots(&self, address: &str) -> Vec<String>;

    /// Since when a workload used an address, if any did.
    fn workload_since(&self, address: &str) -> Option<Time>;

    /// Whether a root identity used another address before and appeared on this one not earlier
    /// than `since`.
    fn moved_to(&self, root: &str, address: &str, since: Time) -> bool;

    /// The name that belongs to another one in another layer: the account of a pod, the machine
    /// that a node is.
    fn bond(&self, name: &str) -> Option<String>;

    /// The names that belong to one.
    fn bound(&self, to: &str) -> Vec<String>;

    /// The hands a credential went through before its holder's, outermost first.
    fn hops(&self, credential: &str) -> Vec<Hop>;
}

/// One identity that passed a credential on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// The identity, by the id of an actor.
    pub from: String,
    /// The credential that it was given for somebody.
    pub credential: String,
}

/// What the grouping is told.
pub struct Options<'a> {
    /// The pause, in nanoseconds, over which an address still joins findings.
    pub window: i64,
    /// Addresses that many share by design: offices, proxies. They join nothing.
    pub shared: Vec<IpNet>,
    /// Who used which address, where the run knows.
    pub presence: Option<&'a dyn Presence>,
    /// The incidents of earlier runs, where somebody keeps them.
    pub remembered: Option<&'a Remembered>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options {
            window: 6 * HOUR,
            shared: Vec::new(),
            presence: None,
            remembered: None,
        }
    }
}

/// An entity that was left out because too much shares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hub {
    /// `kind:value`.
    pub entity: String,
    /// Findings that hold it.
    pub findings: u64,
    /// Root identities among them.
    pub roots: u64,
}

/// What the grouping answers.
#[derive(Clone, Debug, Default)]
pub struct Grouping {
    /// Incidents by the time of their first finding, where they were to be made.
    pub incidents: Vec<Incident>,
    /// Their ids.
    pub ids: Vec<String>,
    /// The place of each finding's incident; beyond the last where it has none.
    pub homes: Vec<u32>,
    /// What was left out, by its name.
    pub hubs: Vec<Hub>,
    /// Incidents of earlier runs that are part of another one now: `(from, into)`.
    pub merged: Vec<(String, String)>,
}
