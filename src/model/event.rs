//! One normalized event, whatever log it came from.

use std::sync::Arc;

use super::{Actor, Time};

/// The layer of the stack a source watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Inside the container.
    Runtime,
    /// The Kubernetes API.
    Kubernetes,
    /// Sign-ins and directories.
    Identity,
    /// The provider's control and data plane.
    Cloud,
}

impl Layer {
    /// The word printed in machine output.
    pub fn word(self) -> &'static str {
        match self {
            Layer::Runtime => "runtime",
            Layer::Kubernetes => "kubernetes",
            Layer::Identity => "identity",
            Layer::Cloud => "cloud",
        }
    }
}

/// How the call ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It was done.
    Success,
    /// It was refused for lack of right or identity.
    Denied,
    /// It failed for another reason.
    Failed,
    /// It was started; the end is not in the input.
    Pending,
    /// The record does not say.
    #[default]
    Unknown,
}

impl Outcome {
    /// The word printed in machine output and matched by `ctadel.outcome`.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Success => "success",
            Outcome::Denied => "denied",
            Outcome::Failed => "failed",
            Outcome::Pending => "pending",
            Outcome::Unknown => "unknown",
        }
    }
}

/// What kind of call it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Changes nothing.
    Read,
    /// Creates or changes something.
    Write,
    /// Removes something.
    Delete,
    /// Obtains or proves an identity.
    Login,
    /// None of these.
    #[default]
    Other,
}

/// Something the call acted on.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    /// Kind of thing: `user`, `role`, `bucket`, `instance`, …
    pub kind: String,
    /// The most precise id the record holds.
    pub id: String,
    /// A short name for people.
    pub name: String,
    /// The account it lives in, where the record says so.
    pub account: Option<String>,
}

/// Where one record stands in the input.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Evidence {
    /// Path relative to the input named on the command line; archive members behind `!`.
    pub file: Arc<str>,
    /// Position of the record in it, from 0, after all envelopes are opened.
    pub record: u64,
    /// The log's own event id.
    pub uid: String,
}

/// One event, fully normalized.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When it happened.
    pub time: Time,
    /// The source's registered name, `aws.cloudtrail`.
    pub source: &'static str,
    /// The layer of that source.
    pub layer: Layer,
    /// The provider word of the contract.
    pub provider: &'static str,
    /// Account, subscription or project.
    pub account: Option<String>,
    /// Region, or `global`.
    pub region: Option<String>,
    /// Who.
    pub actor: Actor,
    /// From which address; only a real address, not a service name.
    pub source_ip: Option<String>,
    /// The address as the log writes it.
    pub source_raw: Option<String>,
    /// With what.
    pub user_agent: Option<String>,
    /// Canonical action, `service:Verb`.
    pub action: String,
    /// Its class.
    pub class: Class,
    /// How it ended.
    pub outcome: Outcome,
    /// The provider's error word.
    pub error_code: Option<String>,
    /// On what.
    pub targets: Vec<Target>,
    /// De-duplication key.
    pub key: u64,
    /// The log's own event id.
    pub uid: String,
    /// Joins records of one action.
    pub group_uid: Option<String>,
}

/// An event with what the run knows about it.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineEntry {
    /// The event.
    pub event: Event,
    /// Its records: one, or one a merged record.
    pub evidence: Vec<Evidence>,
    /// Ids of the findings it counts for.
    pub findings: Vec<String>,
    /// Id of the incident it belongs to.
    pub incident: Option<String>,
}
