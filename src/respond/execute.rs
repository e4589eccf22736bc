//! Sends what a plan says, one call after the other, and looks whether it holds.
//!
//! Enter a plan and the approval for it; leaves what came of every call, each of which was on the
//! disk before it was sent. A call that may have arrived is never repeated: the state is asked for.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

use super::cloud::Cloud;
use super::gate::Approval;
use super::journal::{Active, Ended, Outcome, RecordError};
use super::plan::{Bindings, NOW, Plan, Probe, Standing, Step, filled, is_open};
use super::probe;
use super::reason::{Reason, of_trouble};
use super::trouble::{Kind, Trouble};

/// How an execution is done.
pub struct Run<'a> {
    /// The provider.
    pub cloud: &'a Cloud<'a>,
    /// The journal.
    pub journal: &'a mut Active,
    /// Leave.
    pub approval: &'a Approval,
    /// Set when the user wants to stop.
    pub stop: &'a AtomicBool,
    /// How long until the effect is to be seen; the plan's own time where nothing is said.
    pub settle: Option<Duration>,
    /// Whether to look afterwards.
    pub verify: bool,
}

/// One look afterwards.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// What was looked at.
    pub what: String,
    /// Whether it is as it should be.
    pub held: bool,
    /// What was seen where it is not.
    pub now: Value,
}

/// What came of an execution.
#[derive(Clone, Debug)]
pub struct Done {
    /// The action's id.
    pub id: String,
    /// The word for it.
    pub reason: Reason,
    /// The sentence for it.
    pub message: String,
    /// What came of each call that was sent.
    pub outcomes: Vec<Outcome>,
    /// What was seen afterwards.
    pub checks: Vec<Check>,
    /// Whether a call may have taken effect.
    pub changed: bool,
}

impl Done {
    /// The word for the state the target is in.
    pub fn result(&self) -> &'static str {
        match self.reason {
            Reason::Done => "contained",
            Reason::Already | Reason::NothingToDo => "already",
            Reason::Partial | Reason::Interrupted if self.changed => "partial",
            Reason::Conflict if self.changed => "partial",
            Reason::Contested => "contested",
            Reason::Unverified => "unverified",
            Reason::Unknown => "unknown",
            _ => "failed",
        }
    }
}

/// Executes a plan.
pub fn execute(plan: &Plan, bindings: &Bindings, run: &mut Run<'_>) -> Done {
    let mut state = State {
        bindings: bindings.clone(),
        outcomes: Vec::new(),
        first: None,
        halted: None,
    };
    if run.approval.is_for(plan) {
        state.send_all(plan, run);
    } else {
        state.halted = Some((
            Reason::PlanChanged,
            "the approval is for another plan".to_owned(),
        ));
    }
    let changed = state.changed();
    let checks =
        match run.verify && changed && !matches!(state.halted, Some((Reason::Interrupted, _))) {
            true => look(plan, &state, run),
            false => Vec::new(),
        };
    let (reason, message) = state.verdict(plan, run.verify, &checks);
    let mut done = Done {
        id: run.journal.id.clone(),
        reason,
        message,
        outcomes: state.outcomes,
        checks,
        changed,
    };
    for check in &done.checks {
        if let Err(error) = run.journal.verify(&check.what, check.held, &check.now) {
            done.fail_record(&error);
            return done;
        }
    }
    if let Err(error) = run.journal.end(done.result(), done.reason.word()) {
        done.fail_record(&error);
    }
    done
}

impl Done {
    /// What happened cannot be written down any more: it is not lost, the intents are there.
    fn fail_record(&mut self, error: &RecordError) {
        self.reason = Reason::Journal;
        self.message = format!(
            "{}; the journal cannot be written any more: {error}",
            self.message
        );
    }
}

struct State {
    bindings: Bindings,
    outcomes: Vec<Outcome>,
    /// The first refusal.
    first: Option<Trouble>,
    /// Why nothing more was sent.
    halted: Option<(Reason, String)>,
}

impl State {
    fn changed(&self) -> bool {
        let took = |outcome: &Outcome| matches!(outcome.status, Ended::Done | Ended::Unknown);
        self.outcomes.iter().any(took)
    }

    fn send_all(&mut self, plan: &Plan, run: &mut Run<'_>) {
        if let Err(why) = same_target(plan, run.cloud) {
            self.halted = Some(why);
            return;
        }
        for step in &plan.steps {
            if step.standing != Standing::Planned {
                continue;
            }
            let missing = |seq: &&u32| {
                let ended = self.outcomes.iter().find(|outcome| outcome.seq == **seq);
                let planned = plan
                    .steps
                    .iter()
                    .any(|s| s.seq == **seq && s.standing == Standing::Planned);
                planned && !ended.is_some_and(|o| matches!(o.status, Ended::Done | Ended::Already))
            };
            if step.needs.iter().any(|seq| missing(&seq)) {
                continue;
            }
            if run.stop.load(Ordering::SeqCst) {
                let text = "stopped by Ctrl-C before the next call".to_owned();
                self.halted = Some((Reason::Interrupted, text));
                return;
            }
            if let Err(error) = self.send(step, false, run) {
                self.halted = Some((Reason::Journal, told(&error)));
                return;
            }
        }
    }

    /// Sends one step, and what stands in for it where the provider refuses.
    fn send(&mut self, step: &Step, fallback: bool, run: &mut Run<'_>) -> Result<(), RecordError> {
        if let Some(time) = run.cloud.clock()
            && !self.bindings.contains_key("now")
            && step.call.params.to_string().contains(NOW)
        {
            // Written down before it is used: an undo looks for what was really sent.
            run.journal.bind("now", &time.to_string())?;
            self.bindings.insert("now".to_owned(), time.to_string());
        }
        let params = filled(&step.call.params, &self.bindings);
        if is_open(&params) {
            let text = "a value that an earlier call was to give is missing";
            let trouble = Trouble::bug(&step.call.op, text);
            self.note(
                step,
                Ended::Failed,
                Some(&trouble),
                Bindings::new(),
                fallback,
            );
            return Ok(());
        }
        let permit = run
            .journal
            .intent(run.approval, step.seq, &step.call.op, &params)?;
        let sent = run.cloud.change(&step.call.op, &params, permit);
        let outcome = match sent {
            Ok(answer) => {
                let bind = |(name, at): (&String, &String)| {
                    let value = answer.value.pointer(at)?;
                    Some((name.clone(), super::wire::plain(value)))
                };
                let binds: Bindings = step.binds.iter().filter_map(bind).collect();
                self.bindings.extend(binds.clone());
                self.note(step, Ended::Done, None, binds, fallback);
                let last = self.outcomes.last_mut();
                if let Some(last) = last {
                    (last.http, last.request_id) = (answer.status, answer.request_id);
                }
                None
            }
            Err(trouble) => Some(trouble),
        };
        if let Some(trouble) = outcome {
            let is_gone = step
                .gone
                .iter()
                .any(|code| trouble.code.starts_with(code.as_str()));
            let ended = match () {
                () if is_gone => Ended::Already,
                () if trouble.is_open() => Ended::Unknown,
                () => Ended::Failed,
            };
            self.note(step, ended, Some(&trouble), Bindings::new(), fallback);
            if let Some((codes, instead)) = &step.fallback
                && ended == Ended::Failed
                && codes
                    .iter()
                    .any(|code| trouble.code.starts_with(code.as_str()))
            {
                self.write(run)?;
                self.outcomes.pop();
                return self.send(instead, true, run);
            }
            if self.first.is_none() && ended != Ended::Already {
                self.first = Some(trouble);
            }
        }
        self.write(run)
    }

    fn write(&self, run: &mut Run<'_>) -> Result<(), RecordError> {
        match self.outcomes.last() {
            Some(outcome) => run.journal.outcome(outcome),
            None => Ok(()),
        }
    }

    fn note(
        &mut self,
        step: &Step,
        status: Ended,
        trouble: Option<&Trouble>,
        binds: Bindings,
        fallback: bool,
    ) {
        self.outcomes.push(Outcome {
            seq: step.seq,
            op: step.call.op.clone(),
            status,
            error: trouble.map(ToString::to_string),
            http: trouble.map_or(0, |trouble| trouble.status),
            request_id: trouble.and_then(|trouble| trouble.request_id.clone()),
            binds,
            fallback,
        });
    }

    fn verdict(&self, plan: &Plan, verified: bool, checks: &[Check]) -> (Reason, String) {
        let changed = self.changed();
        if let Some((reason, message)) = &self.halted {
            return (*reason, message.clone());
        }
        let count = |ended: Ended| self.outcomes.iter().filter(|o| o.status == ended).count();
        let planned = plan
            .steps
            .iter()
            .filter(|step| step.standing == Standing::Planned)
            .count();
        let left = planned - self.outcomes.len().min(planned);
        let conflicts = plan
            .steps
            .iter()
            .filter(|step| matches!(step.standing, Standing::Conflict(_)))
            .count();
        if count(Ended::Unknown) > 0 {
            let text = "a call was sent and not answered: whether it took effect is not known";
            return (Reason::Unknown, text.to_owned());
        }
        if count(Ended::Failed) + left > 0 {
            let first = self
                .first
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
            if !changed {
                let reason = self
                    .first
                    .as_ref()
                    .map_or(Reason::ProviderError, of_trouble);
                return (reason, format!("nothing was changed: {first}"));
            }
            let failed = count(Ended::Failed) + left;
            return (
                Reason::Partial,
                format!("{failed} of {planned} calls failed or were left out: {first}"),
            );
        }
        if conflicts > 0 {
            let text = format!(
                "{conflicts} things were changed by somebody else meanwhile and are left alone"
            );
            return (Reason::Conflict, text);
        }
        if !changed {
            return (Reason::Already, "everything is so already".to_owned());
        }
        if !verified {
            return (
                Reason::Unverified,
                "done; --no-verify left it at that".to_owned(),
            );
        }
        let fallen: Vec<&str> = checks
            .iter()
            .filter(|check| !check.held)
            .map(|check| check.what.as_str())
            .collect();
        let unseen = checks
            .iter()
            .any(|check| !check.held && check.now == Value::String(UNSEEN.to_owned()));
        if unseen {
            return (
                Reason::Unverified,
                format!("done, and cannot be seen: {}", fallen.join("; ")),
            );
        }
        if !fallen.is_empty() {
            return (
                Reason::Contested,
                format!("done, and changed again since: {}", fallen.join("; ")),
            );
        }
        let skipped = |step: &&Step| matches!(step.standing, Standing::Skipped(_));
        match plan.steps.iter().filter(skipped).count() {
            0 => (Reason::Done, "done and seen to hold".to_owned()),
            skipped => (
                Reason::Done,
                format!("done and seen to hold; {skipped} left out as shown"),
            ),
        }
    }
}

/// What stands in a check that could not be made.
const UNSEEN: &str = "cannot be read";

/// Waits until the effect is to be seen, and looks: at each step, and at what must not have changed.
fn look(plan: &Plan, state: &State, run: &mut Run<'_>) -> Vec<Check> {
    let settle = run.settle.unwrap_or(Duration::from_secs(plan.settle));
    pause(settle, run.stop);
    let mut checks = steps(plan, state, run.cloud);
    // Where the provider says that it takes minutes, missing is not contested yet.
    let mut left = if run.settle.is_some() {
        0
    } else {
        plan.patience
    };
    while checks.iter().any(|check| !check.held) && left > 0 && !run.stop.load(Ordering::SeqCst) {
        let turn = left.min(15);
        pause(Duration::from_secs(turn), run.stop);
        left -= turn;
        checks = steps(plan, state, run.cloud);
    }
    for watch in &plan.watch {
        let probe = Probe::new(
            &watch.probe.name,
            filled(&watch.probe.params, &state.bindings),
        );
        checks.push(check(run.cloud, &probe, &watch.before, &watch.what));
    }
    checks
}

fn steps(plan: &Plan, state: &State, cloud: &Cloud<'_>) -> Vec<Check> {
    let took = |step: &Step| {
        let outcome = state
            .outcomes
            .iter()
            .find(|outcome| outcome.seq == step.seq);
        outcome
            .filter(|outcome| outcome.status != Ended::Failed)
            .map(|outcome| outcome.fallback)
    };
    let mut checks = Vec::new();
    for step in plan.steps.iter().filter(|step| !step.passing) {
        let Some(fallback) = took(step) else {
            continue;
        };
        let step = match (&step.fallback, fallback) {
            (Some((_, instead)), true) => instead,
            _ => step,
        };
        let probe = Probe::new(
            &step.probe.name,
            filled(&step.probe.params, &state.bindings),
        );
        let after = filled(&step.after, &state.bindings);
        checks.push(check(cloud, &probe, &after, &step.summary));
    }
    checks
}

fn check(cloud: &Cloud<'_>, probe: &Probe, want: &Value, what: &str) -> Check {
    let what = what.to_owned();
    match probe::ask(cloud, probe) {
        Ok(now) => Check {
            what,
            held: now == *want,
            now,
        },
        Err(_) => Check {
            what,
            held: false,
            now: Value::String(UNSEEN.to_owned()),
        },
    }
}

/// Whether the name still means the thing that was planned for.
fn same_target(plan: &Plan, cloud: &Cloud<'_>) -> Result<(), (Reason, String)> {
    let Some(identity) = &plan.identity else {
        return Ok(());
    };
    match probe::ask(cloud, identity) {
        Ok(Value::String(id)) if id == plan.target.id => Ok(()),
        Ok(Value::Null) => Err((
            Reason::NotFound,
            format!("{} is not there any more", plan.target.name),
        )),
        Ok(_) => {
            let text = format!(
                "{} is another {} than it was",
                plan.target.name, plan.target.kind
            );
            Err((Reason::PlanChanged, text))
        }
        Err(trouble) if trouble.kind == Kind::Bug => Ok(()),
        Err(trouble) => Err((of_trouble(&trouble), trouble.to_string())),
    }
}

/// Waits, and wakes for Ctrl-C.
fn pause(time: Duration, stop: &AtomicBool) {
    let until = std::time::Instant::now() + time;
    while !stop.load(Ordering::SeqCst) {
        let left = until.saturating_duration_since(std::time::Instant::now());
        if left.is_zero() {
            return;
        }
        std::thread::sleep(left.min(Duration::from_millis(100)));
    }
}

fn told(error: &RecordError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
