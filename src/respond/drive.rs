//! The one path: a target becomes a plan, the plan passes the gates, and where it is approved it
//! is executed. Dry run, execution, undo and resume all go through here.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::action::{Action, Ask};
use super::cloud::Cloud;
use super::execute::{self, Done, Run};
use super::gate::{self, Against, Consent, Gated, Limits, Preflight};
use super::guard::{Caller, Facts, Protected};
use super::journal::{Active, Begin, Ended, Outcome, Record, Store};
use super::plan::{Bindings, Draft, Plan, Standing};
use super::provider::Provider;
use super::reason::{Reason, Refused};
use super::trouble::Trouble;
use super::undo::{self, Accepted, SEEN};
use super::{aws, azure, gcp, identity, kubernetes, ovh, scaleway};
use crate::model::Time;

/// Everything a response is done with.
pub struct Driver<'a> {
    /// The provider.
    pub cloud: &'a Cloud<'a>,
    /// Where it is written down.
    pub store: &'a Store,
    /// What the configuration protects.
    pub protected: &'a Protected,
    /// How much may be done.
    pub limits: Limits,
    /// What was agreed to.
    pub consent: Consent,
    /// What goes into the first line of the journal.
    pub begin: Begin,
    /// The time.
    pub clock: fn() -> Time,
    /// Set when the user wants to stop.
    pub stop: &'a AtomicBool,
    /// `--settle`.
    pub settle: Option<Duration>,
    /// Not `--no-verify`.
    pub verify: bool,
}

/// Who asks this provider.
pub fn caller(cloud: &Cloud<'_>) -> Result<Caller, Trouble> {
    match cloud.provider {
        Provider::Aws => aws::caller(cloud),
        Provider::Azure => azure::caller(cloud),
        Provider::Gcp => gcp::caller(cloud),
        Provider::Scaleway => scaleway::caller(cloud),
        Provider::Ovh => ovh::caller(cloud),
        Provider::Kubernetes => kubernetes::caller(cloud),
    }
}

fn preflight(
    cloud: &Cloud<'_>,
    caller: &Caller,
    plan: &Plan,
    act: &[String],
    undo: &[String],
) -> Preflight {
    match cloud.provider {
        Provider::Aws => aws::preflight(cloud, caller, act, undo),
        Provider::Gcp => gcp::preflight(cloud, plan, act, undo),
        Provider::Kubernetes => kubernetes::preflight(cloud, plan, act, undo),
        // They do not say beforehand: the calls themselves will tell.
        Provider::Azure | Provider::Scaleway | Provider::Ovh => Preflight::default(),
    }
}

impl Driver<'_> {
    /// Looks at a target, and says what an action would do.
    pub fn plan(&self, action: &dyn Action, ask: &Ask) -> Result<Gated, Refused> {
        let caller = caller(self.cloud)?;
        let ask = Ask {
            known: self.known()?,
            now: (self.clock)(),
            ..ask.clone()
        };
        let draft = action.draft(self.cloud, &ask)?;
        let plan = gate::plan(action, &draft, &caller, self.cloud.place.region.clone());
        let (act, undo) = gate::needed(&plan);
        let preflight = preflight(self.cloud, &caller, &plan, &act, &undo);
        Ok(gate::pass(plan, &draft, preflight, &self.against(&caller)))
    }

    fn against<'a>(&'a self, caller: &'a Caller) -> Against<'a> {
        Against {
            caller,
            protected: self.protected,
            account: self.cloud.place.account.as_deref(),
            consent: &self.consent,
            limits: &self.limits,
        }
    }

    /// Names that earlier actions gave to what they made.
    fn known(&self) -> Result<Vec<(String, String)>, Refused> {
        let ids = self.store.ids()?;
        Ok(ids
            .into_iter()
            .map(|id| (format!("CtadelQuarantine-{}", identity::short(&id)), id))
            .collect())
    }

    /// The record of an action, by its id or the beginning of it.
    pub fn record(&self, id: &str) -> Result<Record, Refused> {
        record(self.store, id)
    }

    /// Executes a plan that has passed the gates.
    pub fn execute(&self, gated: &Gated) -> Result<Done, Refused> {
        // Judged first: a plan that may not be executed leaves no trace of a journal.
        self.approve(gated, &[])?;
        let hold = self.store.hold()?;
        let records = self.store.records()?;
        let approval = self.approve(gated, &records)?;
        let begin = self.begin(gated, approval.how());
        let mut journal = Active::begin(self.store, &hold, self.clock, &gated.plan, &begin)?;
        let bindings = Bindings::from([("id".to_owned(), identity::short(&journal.id))]);
        Ok(self.run(gated, &bindings, &approval, &mut journal))
    }

    fn approve(&self, gated: &Gated, records: &[Record]) -> Result<gate::Approval, Refused> {
        gate::approve(gated, &self.consent, &self.limits, records, (self.clock)())
    }

    fn begin(&self, gated: &Gated, how: &[String]) -> Begin {
        let lifted = |name: &str| self.consent.lifted.iter().any(|lifted| lifted == name);
        let guard = |guard: &super::guard::Guard| match lifted(guard.name) {
            true => format!("!{}", guard.name),
            false => guard.name.to_owned(),
        };
        Begin {
            caller: gated.caller.clone(),
            approved: how.to_vec(),
            guards: gated.guards.iter().map(guard).collect(),
            ..self.begin.clone()
        }
    }

    fn run(
        &self,
        gated: &Gated,
        bindings: &Bindings,
        approval: &gate::Approval,
        journal: &mut Active,
    ) -> Done {
        let mut run = Run {
            cloud: self.cloud,
            journal,
            approval,
            stop: self.stop,
            settle: self.settle,
            verify: self.verify,
        };
        execute::execute(&gated.plan, bindings, &mut run)
    }

    /// The plan that undoes an action.
    pub fn undo(
        &self,
        record: &Record,
        forced: &[u32],
        accepted: &Accepted,
    ) -> Result<Gated, Refused> {
        let plan = undo::undo(self.cloud, record, forced, accepted, (self.clock)())?;
        self.gated(plan)
    }

    /// The plan that finishes an action.
    pub fn resume(&self, record: &Record) -> Result<(Gated, Vec<u32>), Refused> {
        let (plan, seen) = undo::resume(self.cloud, record)?;
        Ok((self.gated(plan)?, seen))
    }

    /// Guards for a plan that needs no new look at its target.
    fn gated(&self, plan: Plan) -> Result<Gated, Refused> {
        let caller = caller(self.cloud)?;
        let facts = Facts {
            ids: vec![plan.target.name.clone(), plan.target.id.clone()],
            account: Some(plan.account.clone()),
            ..Facts::default()
        };
        let draft = Draft {
            facts,
            ..Draft::default()
        };
        let mut gated = gate::pass(plan, &draft, Preflight::default(), &self.against(&caller));
        // What was approved once may be taken back or finished, whoever else it hits.
        if gated.plan.undoes.is_some()
            && gated
                .shut
                .as_ref()
                .is_some_and(|shut| shut.reason == Reason::NotApproved)
        {
            gated.shut = None;
        }
        Ok(gated)
    }

    /// Finishes an action in its own journal.
    pub fn finish(&self, record: &Record, gated: &Gated, seen: &[u32]) -> Result<Done, Refused> {
        self.approve(gated, &[])?;
        let hold = self.store.hold()?;
        let approval = self.approve(gated, &[])?;
        let begin = self.begin(gated, approval.how());
        let mut journal = Active::again(self.store, &hold, self.clock, &record.id, &begin)?;
        let mut bindings = record.bindings.clone();
        for step in gated
            .plan
            .steps
            .iter()
            .filter(|step| seen.contains(&step.seq))
        {
            undo::locate(self.cloud, step, &mut bindings)?;
            let named = |name: &String| Some((name.clone(), bindings.get(name)?.clone()));
            let binds: Bindings = step.locate.keys().filter_map(named).collect();
            journal.outcome(&Outcome {
                seq: step.seq,
                op: step.call.op.clone(),
                status: Ended::Already,
                error: Some(SEEN.to_owned()),
                http: 0,
                request_id: None,
                binds,
                fallback: false,
            })?;
        }
        Ok(self.run(gated, &bindings, &approval, &mut journal))
    }

    /// Whether a plan would change anything, for `--check`.
    pub fn check(gated: &Gated) -> Reason {
        let conflict = |standing: &Standing| matches!(standing, Standing::Conflict(_));
        match gated.plan.steps.iter().any(|step| conflict(&step.standing)) {
            _ if gated.plan.is_needed() => Reason::ChangesNeeded,
            true => Reason::Conflict,
            false => Reason::NothingToDo,
        }
    }
}

/// The record of an action, by its id or the beginning of it.
pub fn record(store: &Store, id: &str) -> Result<Record, Refused> {
    let wanted = id.to_ascii_uppercase();
    let ids = store.ids()?;
    let found: Vec<&String> = ids
        .iter()
        .filter(|id| !wanted.is_empty() && id.starts_with(&wanted))
        .collect();
    let id = match found.as_slice() {
        [id] => id,
        [] => {
            return Err(Refused::new(
                Reason::NotFound,
                format!("the journal knows no action {id:?}"),
            )
            .hint("`ctadel respond list` shows them; --case names another folder"));
        }
        several => {
            let ids: Vec<&str> = several.iter().map(|id| id.as_str()).collect();
            let message = format!("{id:?} is the beginning of several ids: {}", ids.join(", "));
            return Err(Refused::new(Reason::Ambiguous, message));
        }
    };
    let missing = || {
        Refused::new(
            Reason::NotFound,
            format!("{id} was cut off before it began"),
        )
    };
    store.record(id)?.ok_or_else(missing)
}
