//! The way back: what a journal says was ours, and only where it still looks as we left it.
//!
//! Enter the record of an action; leaves the plan that undoes it, or the one that finishes it.
//! Both take the same path as every other plan. What somebody else changed since is shown with its
//! three states and left alone.

use serde_json::Value;

use super::cloud::Cloud;
use super::journal::{Ended, Record};
use super::plan::{Bindings, Plan, Probe, Standing, Step, filled, is_open};
use super::probe;
use super::reason::{Reason, Refused};
use super::trouble::Trouble;
use crate::model::Time;

/// The plan that undoes an action. `forced` names steps that are undone whatever they look like,
/// `accepted` says that letting the attacker in again is known.
pub fn undo(
    cloud: &Cloud<'_>,
    record: &Record,
    forced: &[u32],
    accepted: &Accepted,
    now: Time,
) -> Result<Plan, Refused> {
    let plan = &record.plan;
    if let Some(first) = &plan.undoes {
        let message = format!("{} is the undo of {first}", record.id);
        return Err(Refused::new(Reason::Usage, message).hint("run the action again instead"));
    }
    let mut steps = Vec::new();
    let mut nothing = Vec::new();
    let mut bindings = record.bindings.clone();
    for step in plan
        .steps
        .iter()
        .filter(|step| record.ended(step.seq) == Some(Ended::Unknown))
    {
        locate(cloud, step, &mut bindings)?;
    }
    for step in plan.steps.iter().rev() {
        // Only what we meant to send is ours: a step that was so already is somebody else's.
        let Some(ended) = record.ended(step.seq) else {
            continue;
        };
        if ended == Ended::Failed || (ended == Ended::Already && !was_open(record, step.seq)) {
            continue;
        }
        let sent = record.sent(step);
        // What a later call passed over is taken back with that one.
        let passed = |later: &Step| {
            later.seq > step.seq && later.probe == step.probe && record.ended(later.seq).is_some()
        };
        if step.passing && plan.steps.iter().any(passed) {
            continue;
        }
        if sent.undo.is_empty() && !sent.covered {
            nothing.push(sent.summary.clone());
        }
        for back in &sent.undo {
            let fill = |value: &Value| filled(value, &bindings);
            // What is not even named was never made.
            if is_open(&fill(&back.call.params)) {
                continue;
            }
            let question = Probe::new(&back.probe.name, fill(&back.probe.params));
            let (ours, was) = (fill(&back.ours), fill(&back.was));
            let seen = probe::ask(cloud, &question)?;
            let call = super::plan::Call::new(&back.call.op, fill(&back.call.params));
            let mut way = Step::new(call, &back.summary, question, seen.clone(), was.clone());
            way.standing = match () {
                () if seen == was => Standing::Already,
                // What an earlier call of ours left, where this one never arrived, is ours too.
                () if seen == ours || seen == fill(&sent.before) => Standing::Planned,
                () if forced.contains(&step.seq) => Standing::Planned,
                () => Standing::Conflict(seen.clone()),
            };
            // A key that leaked lets in whoever has it.
            if let (Some(why), Standing::Planned) = (&sent.revives, &way.standing)
                && !accepted.covers(&back.call.params)
            {
                way.standing = Standing::Skipped(format!("{why}; --accept-revival lifts this"));
            }
            way.gone = vec!["NoSuchEntity".to_owned()];
            way.seq = steps.len() as u32 + 1;
            steps.push(way);
        }
    }
    revival(record, accepted, now, &steps)?;
    let mut warnings: Vec<String> = nothing
        .iter()
        .map(|text| format!("cannot be undone: {text}"))
        .collect();
    if steps.is_empty() && nothing.is_empty() {
        warnings.push("the journal names no call of this action that took effect".to_owned());
    }
    Ok(Plan {
        action: format!("undo {}", plan.action),
        steps,
        watch: Vec::new(),
        warnings,
        revival: Default::default(),
        relies_on: None,
        undoes: Some(record.id.clone()),
        blast: Default::default(),
        ..plan.clone()
    })
}

/// What `--accept-revival` covers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Accepted {
    /// Nothing.
    #[default]
    Nothing,
    /// Everything.
    All,
    /// These keys.
    Keys(Vec<String>),
}

impl Accepted {
    fn covers(&self, params: &Value) -> bool {
        let text = params.to_string();
        match self {
            Accepted::Nothing => false,
            Accepted::All => true,
            Accepted::Keys(keys) => keys.iter().any(|key| text.contains(key.as_str())),
        }
    }
}

/// A step that was unknown once and turned out to be in place is ours all the same.
fn was_open(record: &Record, seq: u32) -> bool {
    let outcome = record.calls.get(&seq).and_then(Option::as_ref);
    outcome.is_some_and(|outcome| outcome.error.as_deref() == Some(SEEN))
}

/// What the journal says of a call that was not answered and turned out to have worked.
pub const SEEN: &str = "seen in place after the call was not answered";

fn revival(record: &Record, accepted: &Accepted, now: Time, steps: &[Step]) -> Result<(), Refused> {
    let revival = &record.plan.revival;
    let needed = steps.iter().any(|step| step.standing == Standing::Planned);
    if revival.reason.is_empty() || *accepted == Accepted::All || !needed {
        return Ok(());
    }
    let hint = "--accept-revival says that this is known";
    match revival.until(record.begun) {
        Some(until) if now >= until => Ok(()),
        Some(until) => {
            let message = format!(
                "before {until} the undo lets the attacker in again: {}",
                revival.reason
            );
            Err(Refused::new(Reason::Revival, message).hint(hint))
        }
        None => {
            let message = format!("the undo lets the attacker in again: {}", revival.reason);
            Err(Refused::new(Reason::Revival, message).hint(hint))
        }
    }
}

/// The plan that finishes an action: what is visible is dropped, the rest is sent. The second part
/// are the steps whose effect was seen although nobody had answered.
pub fn resume(cloud: &Cloud<'_>, record: &Record) -> Result<(Plan, Vec<u32>), Refused> {
    let mut plan = record.plan.clone();
    let mut seen_in_place = Vec::new();
    let mut to_come: Vec<Probe> = Vec::new();
    let mut bindings = record.bindings.clone();
    for step in &mut plan.steps {
        if step.standing != Standing::Planned {
            continue;
        }
        let ended = record.ended(step.seq);
        if ended == Some(Ended::Done) || ended == Some(Ended::Already) {
            step.standing = Standing::Already;
            continue;
        }
        let sent = record.sent(step).clone();
        let question = Probe::new(&sent.probe.name, filled(&sent.probe.params, &bindings));
        // What an earlier call is to make is not there yet, whatever the provider says of no name;
        // and what one is to change first is not what this one is to find.
        if is_open(&question.params) || to_come.contains(&step.probe) {
            continue;
        }
        // Whether it arrived cannot be seen, and doing it once more does no harm.
        if question.name == probe::UNSEEN {
            continue;
        }
        let seen = probe::ask(cloud, &question)?;
        let after = filled(&sent.after, &bindings);
        step.standing = match () {
            () if seen == after => {
                if ended == Some(Ended::Unknown) {
                    locate(cloud, &sent, &mut bindings)?;
                    seen_in_place.push(step.seq);
                }
                Standing::Already
            }
            () if seen == filled(&sent.before, &bindings) => Standing::Planned,
            () if sent.passing => Standing::Already,
            () => Standing::Conflict(seen),
        };
        if step.standing == Standing::Planned {
            to_come.push(step.probe.clone());
        }
    }
    Ok((plan, seen_in_place))
}

/// Finds what a call that was not answered gave names to.
pub fn locate(cloud: &Cloud<'_>, step: &Step, bindings: &mut Bindings) -> Result<(), Trouble> {
    for (name, probe) in &step.locate {
        let question = Probe::new(&probe.name, filled(&probe.params, bindings));
        let found = probe::ask(cloud, &question)?;
        if !found.is_null() {
            bindings.insert(name.clone(), super::wire::plain(&found));
        }
    }
    Ok(())
}
