//! One attack: findings joined, with the fields that joined them.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::{Actor, Evidence, Layer, Severity, Suggestion, Time};

/// Where the work on an incident stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Nobody has looked yet.
    #[default]
    Open,
    /// Somebody is looking.
    Investigating,
    /// The attacker cannot act any more.
    Contained,
    /// Done.
    Resolved,
}

impl Status {
    /// All of them, in order.
    pub const ALL: [Status; 4] = [
        Status::Open,
        Status::Investigating,
        Status::Contained,
        Status::Resolved,
    ];

    /// The word printed and accepted.
    pub fn word(self) -> &'static str {
        match self {
            Status::Open => "OPEN",
            Status::Investigating => "INVESTIGATING",
            Status::Contained => "CONTAINED",
            Status::Resolved => "RESOLVED",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Status {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Status::ALL
            .into_iter()
            .find(|status| status.word().eq_ignore_ascii_case(s.trim()))
            .ok_or_else(|| {
                format!("unknown status {s:?}: one of OPEN, INVESTIGATING, CONTAINED, RESOLVED")
            })
    }
}

/// What an incident turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// An attack.
    TruePositive,
    /// Nothing of the kind.
    FalsePositive,
    /// What it says, and allowed.
    Benign,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Verdict; 3] = [
        Verdict::TruePositive,
        Verdict::FalsePositive,
        Verdict::Benign,
    ];

    /// The word printed and accepted.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::TruePositive => "true-positive",
            Verdict::FalsePositive => "false-positive",
            Verdict::Benign => "benign",
        }
    }
}

impl FromStr for Verdict {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Verdict::ALL
            .into_iter()
            .find(|verdict| verdict.word().eq_ignore_ascii_case(s.trim()))
            .ok_or_else(|| {
                format!("unknown verdict {s:?}: one of true-positive, false-positive, benign")
            })
    }
}

/// What somebody said about an incident; what he did not speak of is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// When.
    pub time: Time,
    /// The new status.
    pub status: Option<Status>,
    /// The verdict.
    pub verdict: Option<Verdict>,
    /// In words.
    pub note: Option<String>,
    /// Who.
    pub author: Option<String>,
    /// The response that brought it about.
    pub action: Option<String>,
}

impl Change {
    /// What is left of it where its incident became part of another: the words stay of use, the
    /// status and the verdict were its own.
    pub fn inherited(&self) -> Option<Change> {
        self.note.as_ref()?;
        Some(Change {
            status: None,
            verdict: None,
            ..self.clone()
        })
    }
}

/// How sure a link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Two records hold the same value of a field that identifies.
    Proven,
    /// The records fit in time and place.
    Likely,
}

impl Confidence {
    /// The word printed in machine output.
    pub fn word(self) -> &'static str {
        match self {
            Confidence::Proven => "proven",
            Confidence::Likely => "likely",
        }
    }
}

/// A thing that takes part in an incident.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entity {
    /// `kind:value`.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// First seen in the incident's findings.
    pub first: Time,
    /// Last seen in the incident's findings.
    pub last: Time,
}

/// Why two entities belong together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// The earlier side.
    pub from: String,
    /// The later side.
    pub to: String,
    /// The field that joins them.
    pub by: String,
    /// Its value.
    pub value: String,
    /// How sure.
    pub confidence: Confidence,
    /// The records that show it.
    pub evidence: Vec<Evidence>,
}

/// One attack.
#[derive(Clone, Debug, Default)]
pub struct Incident {
    /// `INC-` and 10 hex digits.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// Band of the score, at least the worst finding's.
    pub severity: Severity,
    /// 0 to 100.
    pub score: u32,
    /// Where the work stands.
    pub status: Status,
    /// What it turned out to be.
    pub verdict: Option<Verdict>,
    /// What was said about it, in order.
    pub history: Vec<Change>,
    /// First event.
    pub start: Time,
    /// Last event.
    pub end: Time,
    /// ATT&CK tactics in kill-chain order, by their v19 short names.
    pub tactics: Vec<String>,
    /// Layers in rank order.
    pub layers: Vec<Layer>,
    /// Clouds and identity providers.
    pub providers: Vec<String>,
    /// Accounts.
    pub accounts: Vec<String>,
    /// Who.
    pub actors: Vec<Arc<Actor>>,
    /// From where.
    pub source_ips: Vec<String>,
    /// What takes part.
    pub entities: Vec<Entity>,
    /// Why it is one incident.
    pub links: Vec<Link>,
    /// Ids of its findings, in time order.
    pub findings: Vec<String>,
    /// Incidents that share something too weak to join by.
    pub related: Vec<String>,
    /// The resolved incident it continues.
    pub reopens: Option<String>,
    /// Why a larger component was cut.
    pub split_reason: Option<String>,
    /// What happened, in plain words.
    pub story: String,
    /// What to do about it.
    pub respond: Vec<Suggestion>,
}
