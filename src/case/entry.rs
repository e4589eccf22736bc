//! What the lines of a case say.
//!
//! A line's kind and body enter, a typed entry leaves, and the other way round. Kinds that are not
//! known here are another's: they are kept and passed over.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::journal::Entry;

/// A line of a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// An incident was seen.
    Seen(Seen),
    /// Somebody said something about one.
    Said(Said),
    /// One became part of another.
    Merged(Merged),
}

/// An incident, with the findings that no line before gave to it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// Its id.
    pub incident: String,
    /// Its title, for people who read the file.
    pub title: String,
    /// Its severity.
    pub severity: String,
    /// Its score.
    pub score: u32,
    /// Its first event.
    pub first: String,
    /// Its last event.
    pub last: String,
    /// Ids of findings that belong to it from now on.
    pub findings: Vec<String>,
    /// The resolved incident that it continues.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reopens: Option<String>,
    /// Who acted: whoever stops them looks here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actors: Vec<Acted>,
}

/// One who acted, by every name that somebody may be called by who is stopped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acted {
    /// Kind of identity.
    pub kind: String,
    /// Its names, its ids, its credential.
    pub names: Vec<String>,
}

/// What somebody said about an incident.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// Its id.
    pub incident: String,
    /// The new status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<String>,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// The id of the response that brought it about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
}

/// One incident became part of another.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Merged {
    /// The one that is no more.
    pub incident: String,
    /// The one it is part of.
    pub into: String,
}

impl Line {
    /// What a line says; `None` for a kind that is not known.
    pub fn of(entry: &Entry) -> Result<Option<Line>, serde_json::Error> {
        let body = entry.body.clone();
        Ok(Some(match entry.kind.as_str() {
            "incident" => Line::Seen(serde_json::from_value(body)?),
            "status" => Line::Said(serde_json::from_value(body)?),
            "merge" => Line::Merged(serde_json::from_value(body)?),
            _ => return Ok(None),
        }))
    }

    /// Its kind and body.
    pub fn parts(&self) -> Result<(&'static str, Value), serde_json::Error> {
        Ok(match self {
            Line::Seen(seen) => ("incident", serde_json::to_value(seen)?),
            Line::Said(said) => ("status", serde_json::to_value(said)?),
            Line::Merged(merged) => ("merge", serde_json::to_value(merged)?),
        })
    }
}
