//! A plan in, the object of kind `plan` out; after an execution the object of kind `response`.
//!
//! Both have the same keys, so that what was shown and what happened can be laid side by side.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::SCHEMA;
use crate::respond::execute::Done;
use crate::respond::gate::Gated;
use crate::respond::plan::{Bindings, Plan, Standing, Step, filled};
use crate::respond::reason::{Reason, Refused};

/// A response before its execution.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(title = "plan")]
pub struct PlanOut {
    /// Version of this format.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: &'static str,
    /// `plan`.
    #[schemars(extend("const" = "plan"))]
    pub kind: &'static str,
    /// What the plan holds.
    #[serde(flatten)]
    pub body: BodyOut,
}

/// A response after its execution.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(title = "response")]
pub struct ResponseOut {
    /// Version of this format.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: &'static str,
    /// `response`.
    #[schemars(extend("const" = "response"))]
    pub kind: &'static str,
    /// What the plan held.
    #[serde(flatten)]
    pub body: BodyOut,
    /// The state the target is in: contained, already, partial, contested, unverified, unknown or
    /// failed.
    pub result: &'static str,
    /// What came of each call that was sent.
    pub outcome: Vec<OutcomeOut>,
    /// What was seen afterwards.
    pub verify: Vec<CheckOut>,
    /// The journal's file.
    pub journal: String,
}

/// What both have.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct BodyOut {
    /// The action as typed.
    pub action: String,
    /// Its id in the journal; null before it is executed.
    pub action_id: Option<String>,
    /// Whether anything was sent.
    pub executed: bool,
    /// What approves exactly this plan; null where there is none.
    pub plan_hash: Option<String>,
    /// How it ended, one word.
    pub reason: &'static str,
    /// The same in a sentence.
    pub message: String,
    /// The incident it is for.
    pub incident: Option<String>,
    /// The action that it undoes.
    pub undoes: Option<String>,
    /// On what.
    pub target: TargetOut,
    /// The calls, in order.
    pub calls: Vec<CallOut>,
    /// The ways back, in order.
    pub undo: Vec<UndoOut>,
    /// How much can be taken back: full, partial or none.
    pub reversibility: &'static str,
    /// Who else is hit.
    pub blast: BlastOut,
    /// Every guard with what it found.
    pub guards: Vec<GuardOut>,
    /// What the caller may do, as far as the provider says so beforehand.
    pub permissions: String,
    /// What a person has to know.
    pub warnings: Vec<String>,
    /// Whether the undo would let the attacker in again.
    pub revival: RevivalOut,
}

/// A target.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct TargetOut {
    /// Whose.
    pub provider: String,
    /// The account, project or cluster.
    pub account: String,
    /// `user`, `role`, ….
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// The id that nothing else will ever have.
    pub id: String,
}

/// A call.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CallOut {
    /// Its place, from 1.
    pub seq: u32,
    /// The service.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// Its parameters; `<ctadel:…>` stands for what only exists at execution.
    pub params: Value,
    /// What it does.
    pub summary: String,
    /// Whether it can be undone.
    pub reversible: bool,
    /// planned, already, skipped or conflict.
    pub status: &'static str,
    /// Why it is left out, or what somebody else made of it.
    pub why: Option<Value>,
    /// The state before.
    pub before: Value,
    /// The state after.
    pub after: Value,
}

/// A way back.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct UndoOut {
    /// The service.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// Its parameters.
    pub params: Value,
    /// What it does.
    pub summary: String,
}

/// Who else is hit.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct BlastOut {
    /// low, medium or high.
    pub level: &'static str,
    /// What is known.
    pub notes: Vec<String>,
}

/// A guard.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GuardOut {
    /// Its name.
    pub name: &'static str,
    /// What it found; null where nothing stands in the way.
    pub hit: Option<String>,
}

/// Until when an undo is dangerous.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct RevivalOut {
    /// Seconds after the execution; null where it never is, or always.
    pub seconds: Option<i64>,
    /// Why; null where it never is.
    pub reason: Option<String>,
}

/// The outcome of a call.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OutcomeOut {
    /// The call.
    pub seq: u32,
    /// `service:Operation`.
    pub operation: String,
    /// done, already, failed or unknown.
    pub status: &'static str,
    /// What the provider said.
    pub error: Option<String>,
    /// The HTTP status, 0 without an answer.
    pub http: u16,
    /// The provider's name for the request.
    pub request_id: Option<String>,
}

/// One look afterwards.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CheckOut {
    /// What was looked at.
    pub check: String,
    /// Whether it is as it should be.
    pub held: bool,
    /// What was seen.
    pub now: Value,
}

impl PlanOut {
    /// A plan that was shown.
    pub fn of(gated: &Gated, reason: Reason, message: &str, incident: Option<&str>) -> PlanOut {
        let mut body = BodyOut::of(gated, &Bindings::new());
        body.incident = incident.map(str::to_owned);
        (body.reason, body.message) = (reason.word(), message.to_owned());
        PlanOut {
            schema: SCHEMA,
            kind: "plan",
            body,
        }
    }

    /// A plan that did not come about.
    pub fn refused(action: &str, target: &str, refused: &Refused) -> PlanOut {
        let target = TargetOut {
            name: target.to_owned(),
            ..TargetOut::default()
        };
        let body = BodyOut {
            action: action.to_owned(),
            reason: refused.reason.word(),
            message: refused.message.clone(),
            target,
            reversibility: "none",
            blast: BlastOut {
                level: "low",
                notes: Vec::new(),
            },
            ..BodyOut::default()
        };
        PlanOut {
            schema: SCHEMA,
            kind: "plan",
            body,
        }
    }
}

impl ResponseOut {
    /// What came of a plan.
    pub fn of(
        gated: &Gated,
        done: &Done,
        bindings: &Bindings,
        incident: Option<&str>,
        journal: String,
    ) -> ResponseOut {
        let mut body = BodyOut::of(gated, bindings);
        body.incident = incident.map(str::to_owned);
        body.action_id = Some(done.id.clone());
        body.executed = true;
        (body.reason, body.message) = (done.reason.word(), done.message.clone());
        let outcome = done.outcomes.iter().map(|outcome| OutcomeOut {
            seq: outcome.seq,
            operation: outcome.op.clone(),
            status: outcome.status.word(),
            error: outcome.error.clone(),
            http: outcome.http,
            request_id: outcome.request_id.clone(),
        });
        let check = done.checks.iter().map(|check| CheckOut {
            check: check.what.clone(),
            held: check.held,
            now: check.now.clone(),
        });
        ResponseOut {
            schema: SCHEMA,
            kind: "response",
            body,
            result: done.result(),
            outcome: outcome.collect(),
            verify: check.collect(),
            journal,
        }
    }
}

impl BodyOut {
    fn of(gated: &Gated, bindings: &Bindings) -> BodyOut {
        let plan = &gated.plan;
        let revival = &plan.revival;
        let dangerous = !revival.reason.is_empty();
        BodyOut {
            action: plan.action.clone(),
            action_id: None,
            executed: false,
            plan_hash: Some(plan.hash()),
            reason: "",
            message: String::new(),
            incident: None,
            undoes: plan.undoes.clone(),
            target: target(plan),
            calls: plan.steps.iter().map(|step| call(step, bindings)).collect(),
            undo: undo(plan, bindings),
            reversibility: plan.reversibility.word(),
            blast: BlastOut {
                level: plan.blast.reach.word(),
                notes: plan.blast.notes.clone(),
            },
            guards: gated
                .guards
                .iter()
                .map(|guard| GuardOut {
                    name: guard.name,
                    hit: guard.hit.clone(),
                })
                .collect(),
            permissions: gated.preflight.summary(),
            warnings: plan.warnings.clone(),
            revival: RevivalOut {
                seconds: revival.horizon.filter(|_| dangerous),
                reason: dangerous.then(|| revival.reason.clone()),
            },
        }
    }
}

fn target(plan: &Plan) -> TargetOut {
    TargetOut {
        provider: plan.provider.word().to_owned(),
        account: plan.account.clone(),
        kind: plan.target.kind.clone(),
        name: plan.target.name.clone(),
        id: plan.target.id.clone(),
    }
}

fn call(step: &Step, bindings: &Bindings) -> CallOut {
    let (service, operation) = step.call.op.split_once(':').unwrap_or(("", &step.call.op));
    CallOut {
        seq: step.seq,
        service: service.to_owned(),
        operation: operation.to_owned(),
        params: filled(&step.call.params, bindings),
        summary: step.summary.clone(),
        reversible: !step.undo.is_empty() || step.covered,
        status: step.standing.word(),
        why: match &step.standing {
            Standing::Skipped(why) => Some(Value::String(why.clone())),
            Standing::Conflict(now) => Some(now.clone()),
            Standing::Planned | Standing::Already => None,
        },
        before: filled(&step.before, bindings),
        after: filled(&step.after, bindings),
    }
}

fn undo(plan: &Plan, bindings: &Bindings) -> Vec<UndoOut> {
    let way = |back: &crate::respond::plan::Back| {
        let (service, operation) = back.call.op.split_once(':').unwrap_or(("", &back.call.op));
        UndoOut {
            service: service.to_owned(),
            operation: operation.to_owned(),
            params: filled(&back.call.params, bindings),
            summary: back.summary.clone(),
        }
    };
    plan.undo().map(way).collect()
}
