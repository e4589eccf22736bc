//! Parts that several objects share: actor, target, evidence, suggestion.
//!
//! In go model values, out go their printed forms; written once so that they look alike anywhere.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{Actor, Evidence, Severity, Suggestion, Target};
use crate::term::mask;

/// The severity words, for the schema.
pub const SEVERITIES: [&str; 5] = ["informational", "low", "medium", "high", "critical"];
/// The outcome words, for the schema.
pub const OUTCOMES: [&str; 5] = ["success", "denied", "failed", "pending", "unknown"];
/// The layer words, for the schema.
pub const LAYERS: [&str; 4] = ["runtime", "kubernetes", "identity", "cloud"];

/// Text of a log or a rule, without secrets.
pub fn text(value: &str) -> Cow<'_, str> {
    mask::secrets(value)
}

/// The same where it may be unknown; empty is unknown.
pub fn known(value: Option<&str>) -> Option<Cow<'_, str>> {
    value.filter(|text| !text.is_empty()).map(text)
}

/// Who acted, with the credential used and the identities behind it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "actor")]
pub struct ActorOut<'a> {
    /// Stable id: survives a rename.
    pub id: Cow<'a, str>,
    /// What a person calls it.
    pub name: Option<Cow<'a, str>>,
    /// Kind of identity: `user`, `role_session`, `service_account`, …
    pub r#type: &'static str,
    /// Credential or session id that was used.
    pub session: Option<Cow<'a, str>>,
    /// The chain of identities behind it, outermost first.
    pub via: Vec<Cow<'a, str>>,
}

impl<'a> ActorOut<'a> {
    /// The actor of a record; `via` is the chain as far as it is known by now.
    pub fn new(actor: &'a Actor, via: &'a [String]) -> ActorOut<'a> {
        ActorOut {
            id: text(&actor.id),
            name: known(Some(&actor.name)),
            r#type: actor.kind.word(),
            session: known(actor.session.as_deref()),
            via: via.iter().map(|identity| text(identity)).collect(),
        }
    }

    /// What a table shows: the name, else the id.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }
}

/// Who acted, in short.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "actor_brief")]
pub struct ActorBrief<'a> {
    /// Stable id: survives a rename.
    pub id: Cow<'a, str>,
    /// What a person calls it.
    pub name: Option<Cow<'a, str>>,
    /// Kind of identity: `user`, `role_session`, `service_account`, …
    pub r#type: &'static str,
}

impl<'a> ActorBrief<'a> {
    /// The same actor without session and chain.
    pub fn new(actor: &'a Actor) -> ActorBrief<'a> {
        ActorBrief {
            id: text(&actor.id),
            name: known(Some(&actor.name)),
            r#type: actor.kind.word(),
        }
    }

    /// What a table shows: the name, else the id.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }
}

/// Something that was acted on.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "target")]
pub struct TargetOut<'a> {
    /// Kind of thing: `user`, `role`, `bucket`, …
    pub r#type: Cow<'a, str>,
    /// The most precise id the record holds.
    pub id: Cow<'a, str>,
    /// A short name for people.
    pub name: Option<Cow<'a, str>>,
}

impl<'a> TargetOut<'a> {
    /// One target of a record.
    pub fn new(target: &'a Target) -> TargetOut<'a> {
        TargetOut {
            r#type: text(&target.kind),
            id: text(&target.id),
            name: known(Some(&target.name)),
        }
    }

    /// What a table shows: the name, else the id.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }
}

/// Where one record stands in the input. Nothing is masked here: a pointer must point.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "evidence")]
pub struct EvidenceOut<'a> {
    /// Path relative to the input named on the command line; archive members behind `!`, stdin `-`.
    pub file: &'a str,
    /// Position of the record in the file, from 0, after all envelopes are opened.
    pub record: u64,
    /// The log's own event id.
    pub uid: &'a str,
}

impl<'a> EvidenceOut<'a> {
    /// One pointer.
    pub fn new(evidence: &'a Evidence) -> EvidenceOut<'a> {
        EvidenceOut {
            file: &evidence.file,
            record: evidence.record,
            uid: &evidence.uid,
        }
    }
}

/// What to do: an action of `ctadel respond` with its target, or advice where there is none.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[schemars(rename = "respond")]
pub struct RespondOut<'a> {
    /// Name of the action.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Cow<'a, str>>,
    /// What the action is to be applied to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Cow<'a, str>>,
    /// Whether the action can be undone; incidents only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reversible: Option<bool>,
    /// What a person does by hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<Cow<'a, str>>,
}

impl<'a> RespondOut<'a> {
    /// One suggestion; `reversible` is told where the reader decides what to do first.
    pub fn new(suggestion: &'a Suggestion, tell_reversible: bool) -> RespondOut<'a> {
        match suggestion {
            Suggestion::Action {
                action,
                target,
                reversible,
            } => RespondOut {
                action: Some(text(action)),
                target: Some(text(target)),
                reversible: tell_reversible.then_some(*reversible),
                advice: None,
            },
            Suggestion::Advice(advice) => RespondOut {
                advice: Some(text(advice)),
                ..RespondOut::default()
            },
        }
    }

    /// The suggestion as a line of text. It is no command to paste: the target is a log's word.
    pub fn label(&self) -> String {
        match (&self.action, &self.target, &self.advice) {
            (Some(action), Some(target), _) => format!("{action} {target}"),
            (Some(action), None, _) => action.to_string(),
            (None, _, advice) => advice.as_deref().unwrap_or_default().to_owned(),
        }
    }
}

/// The word a table has room for; `--min-severity` accepts it too.
pub fn short(level: Severity) -> &'static str {
    match level {
        Severity::Informational => "info",
        other => other.word(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Layer, Outcome};

    #[test]
    fn the_schema_words_are_the_model_words() {
        assert_eq!(SEVERITIES, Severity::ALL.map(Severity::word));
        let outcomes = [
            Outcome::Success,
            Outcome::Denied,
            Outcome::Failed,
            Outcome::Pending,
            Outcome::Unknown,
        ];
        assert_eq!(OUTCOMES, outcomes.map(Outcome::word));
        let layers = [
            Layer::Runtime,
            Layer::Kubernetes,
            Layer::Identity,
            Layer::Cloud,
        ];
        assert_eq!(LAYERS, layers.map(Layer::word));
    }
}
