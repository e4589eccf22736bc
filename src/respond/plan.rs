//! A plan: exactly what would be sent, how each call is undone, and what was seen before.
//!
//! What an action found out enters; a value leaves that is printed, hashed, journaled and
//! executed, always the same one. Names and times that only exist at the moment of execution stand
//! in it as placeholders, so that the same world gives the same hash.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::guard::Facts;
use super::provider::Provider;
use super::wire::canonical;
use crate::model::Time;
pub use crate::model::response::Reversibility;

/// Stands for the action's own id in names.
pub const ID: &str = "<ctadel:id>";
/// Stands for the provider's time at execution.
pub const NOW: &str = "<ctadel:now>";

/// A call that changes something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// `service:Operation`.
    pub op: String,
    /// Its parameters.
    pub params: Value,
}

impl Call {
    /// A call.
    pub fn new(op: &str, params: Value) -> Call {
        Call {
            op: op.to_owned(),
            params,
        }
    }
}

/// A question whose answer is the state that a call changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    /// Which question, a name of the provider's list of probes.
    pub name: String,
    /// Of what.
    pub params: Value,
}

impl Probe {
    /// A probe.
    pub fn new(name: &str, params: Value) -> Probe {
        Probe {
            name: name.to_owned(),
            params,
        }
    }
}

/// The way back from one step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Back {
    /// The call.
    pub call: Call,
    /// What it does, for people.
    pub summary: String,
    /// What is asked first.
    pub probe: Probe,
    /// The answer where everything is as the step left it.
    pub ours: Value,
    /// The answer where it is as it was before the step.
    pub was: Value,
}

/// What is to become of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// It is to be sent.
    Planned,
    /// It is so already.
    Already,
    /// It is left out, and why.
    Skipped(String),
    /// Somebody else changed the thing: neither what we left nor what was before.
    Conflict(Value),
}

impl Standing {
    /// The word printed.
    pub fn word(&self) -> &'static str {
        match self {
            Standing::Planned => "planned",
            Standing::Already => "already",
            Standing::Skipped(_) => "skipped",
            Standing::Conflict(_) => "conflict",
        }
    }
}

/// One call with everything that belongs to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Its place, from 1.
    pub seq: u32,
    /// The call.
    pub call: Call,
    /// What it does, for people.
    pub summary: String,
    /// What is asked before and after.
    pub probe: Probe,
    /// The answer before.
    pub before: Value,
    /// The answer that shows it done.
    pub after: Value,
    /// How it is undone; nothing where it cannot be.
    pub undo: Vec<Back>,
    /// What is to become of it.
    pub standing: Standing,
    /// Steps without which it makes no sense.
    #[serde(default)]
    pub needs: Vec<u32>,
    /// Codes of the provider that say that it is so already.
    #[serde(default)]
    pub gone: Vec<String>,
    /// Names for parts of the answer, which later steps use.
    #[serde(default)]
    pub binds: BTreeMap<String, String>,
    /// Where the same parts are to be seen when the answer was lost.
    #[serde(default)]
    pub locate: BTreeMap<String, Probe>,
    /// What is tried where the provider refuses with one of these codes.
    #[serde(default)]
    pub fallback: Option<(Vec<String>, Box<Step>)>,
    /// Undoing it lets the attacker in again.
    #[serde(default)]
    pub revives: Option<String>,
    /// A later step passes over its state: nothing is to be seen of it at the end.
    #[serde(default)]
    pub passing: bool,
    /// Another step's undo takes it back too.
    #[serde(default)]
    pub covered: bool,
}

impl Step {
    /// A step; its place is given when it joins a draft.
    pub fn new(call: Call, summary: &str, probe: Probe, before: Value, after: Value) -> Step {
        Step {
            seq: 0,
            call,
            summary: summary.to_owned(),
            probe,
            standing: if before == after {
                Standing::Already
            } else {
                Standing::Planned
            },
            before,
            after,
            undo: Vec::new(),
            needs: Vec::new(),
            gone: Vec::new(),
            binds: BTreeMap::new(),
            locate: BTreeMap::new(),
            fallback: None,
            revives: None,
            passing: false,
            covered: false,
        }
    }

    /// Says how it is undone: one call that brings back what was.
    #[must_use]
    pub fn back(mut self, call: Call, summary: &str) -> Step {
        self.undo.push(Back {
            call,
            summary: summary.to_owned(),
            probe: self.probe.clone(),
            ours: self.after.clone(),
            was: self.before.clone(),
        });
        self
    }

    /// Says which codes mean that it is so already.
    #[must_use]
    pub fn gone(mut self, codes: &[&str]) -> Step {
        self.gone = codes.iter().map(|code| (*code).to_owned()).collect();
        self
    }

    /// Says why undoing it lets the attacker in again.
    #[must_use]
    pub fn revives(mut self, why: &str) -> Step {
        self.revives = Some(why.to_owned());
        self
    }

    /// Says that another step's undo takes it back too.
    #[must_use]
    pub fn covered(mut self) -> Step {
        self.covered = true;
        self
    }

    /// Leaves it out.
    #[must_use]
    pub fn skipped(mut self, why: &str) -> Step {
        self.standing = Standing::Skipped(why.to_owned());
        self
    }
}

/// Something that must not change while we act: a sign that the attacker answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    /// What it is, for people.
    pub what: String,
    /// The question.
    pub probe: Probe,
    /// The answer before.
    pub before: Value,
}

/// What an action is applied to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// `user`, `role`, ….
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// The id that no other thing will ever have.
    pub id: String,
}

/// How far the harm of the action itself may reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reach {
    /// The target alone.
    #[default]
    Low,
    /// Others will notice.
    Medium,
    /// Workloads of others stop.
    High,
}

impl Reach {
    /// The word printed.
    pub fn word(self) -> &'static str {
        match self {
            Reach::Low => "low",
            Reach::Medium => "medium",
            Reach::High => "high",
        }
    }
}

/// Who and what else is hit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blast {
    /// How far.
    pub reach: Reach,
    /// What is known, one line each.
    pub notes: Vec<String>,
}

impl Blast {
    /// Adds what is known, and that it reaches this far.
    pub fn note(&mut self, reach: Reach, note: impl Into<String>) {
        self.reach = self.reach.max(reach);
        self.notes.push(note.into());
    }
}

/// Until when an undo would let the attacker in again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revival {
    /// Seconds after the execution; `None` where it always does.
    pub horizon: Option<i64>,
    /// Why, empty where it never does.
    pub reason: String,
}

impl Revival {
    /// When the undo is harmless, for an execution at this time.
    pub fn until(&self, executed: Time) -> Option<Time> {
        let seconds = self.horizon?;
        Some(executed.plus(seconds.saturating_mul(crate::model::time::SECOND)))
    }
}

/// What an action works out.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// What it is applied to.
    pub target: Target,
    /// The calls.
    pub steps: Vec<Step>,
    /// What must not change meanwhile.
    pub watch: Vec<Watch>,
    /// Who else is hit.
    pub blast: Blast,
    /// What a person has to know.
    pub warnings: Vec<String>,
    /// What the guards look at.
    pub facts: Facts,
    /// Whether undoing is dangerous.
    pub revival: Revival,
    /// Seconds until the effect is to be seen.
    pub settle: u64,
    /// Further seconds in which a missing effect is no surprise.
    pub patience: u64,
    /// An earlier action that this one found in place.
    pub relies_on: Option<String>,
    /// The question whose answer is the target's id.
    pub identity: Option<Probe>,
}

impl Draft {
    /// A draft for a target.
    pub fn new(kind: &str, name: &str, id: &str) -> Draft {
        let text = str::to_owned;
        let target = Target {
            kind: text(kind),
            name: text(name),
            id: text(id),
        };
        let facts = Facts {
            ids: vec![text(name), text(id)],
            ..Facts::default()
        };
        Draft {
            target,
            facts,
            ..Draft::default()
        }
    }

    /// Adds a step; what comes back is its place.
    pub fn step(&mut self, mut step: Step) -> u32 {
        step.seq = self.steps.len() as u32 + 1;
        if let Some((_, fallback)) = &mut step.fallback {
            fallback.seq = step.seq;
        }
        self.steps.push(step);
        self.steps.len() as u32
    }

    /// Adds something a person has to know.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.warnings.push(text.into());
    }
}

/// A plan, complete.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The action's name, as typed.
    pub action: String,
    /// The action of one provider, `aws.iam.user.disable`.
    pub kind: String,
    /// Whose.
    pub provider: Provider,
    /// The account, project or cluster it happens in.
    pub account: String,
    /// The region, where it matters.
    pub region: Option<String>,
    /// On what.
    pub target: Target,
    /// The calls.
    pub steps: Vec<Step>,
    /// What must not change meanwhile.
    pub watch: Vec<Watch>,
    /// Who else is hit.
    pub blast: Blast,
    /// What a person has to know.
    pub warnings: Vec<String>,
    /// How much can be taken back.
    pub reversibility: Reversibility,
    /// Whether undoing is dangerous.
    pub revival: Revival,
    /// Seconds until the effect is to be seen.
    pub settle: u64,
    /// Further seconds in which a missing effect is no surprise.
    pub patience: u64,
    /// An earlier action that this one found in place.
    pub relies_on: Option<String>,
    /// The action that this one undoes.
    pub undoes: Option<String>,
    /// The question whose answer is the target's id: a name may come to mean another thing.
    pub identity: Option<Probe>,
}

impl Plan {
    /// What a person confirms: the same world and the same wish give the same hash.
    pub fn hash(&self) -> String {
        let steps = self.steps.iter().map(|step| {
            serde_json::json!({
                "op": step.call.op, "params": step.call.params, "probe": step.probe,
                "before": step.before, "after": step.after, "standing": step.standing,
                "undo": step.undo,
            })
        });
        let value = serde_json::json!({
            "kind": self.kind, "provider": self.provider, "account": self.account,
            "region": self.region, "target": self.target, "undoes": self.undoes,
            "steps": steps.collect::<Vec<_>>(),
        });
        let digest = Sha256::digest(canonical(&value).as_bytes());
        digest
            .iter()
            .take(6)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// Whether anything would be sent.
    pub fn is_needed(&self) -> bool {
        self.steps
            .iter()
            .any(|step| step.standing == Standing::Planned)
    }

    /// The ways back, last step first.
    pub fn undo(&self) -> impl Iterator<Item = &Back> {
        let planned = |step: &&Step| step.standing == Standing::Planned;
        self.steps
            .iter()
            .rev()
            .filter(planned)
            .flat_map(|step| &step.undo)
    }
}

/// Values for placeholders.
pub type Bindings = BTreeMap<String, String>;

/// A value with its placeholders filled in; one without a value stays.
pub fn filled(value: &Value, bindings: &Bindings) -> Value {
    match value {
        Value::String(text) if text.contains("<ctadel:") => {
            let mut text = text.clone();
            for (name, value) in bindings {
                text = text.replace(&format!("<ctadel:{name}>"), value);
            }
            Value::String(text)
        }
        Value::Array(items) => items.iter().map(|item| filled(item, bindings)).collect(),
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| (name.clone(), filled(value, bindings));
            Value::Object(fields.iter().map(field).collect())
        }
        value => value.clone(),
    }
}

/// Whether a placeholder is left.
pub fn is_open(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains("<ctadel:"),
        Value::Array(items) => items.iter().any(is_open),
        Value::Object(fields) => fields.values().any(is_open),
        _ => false,
    }
}
