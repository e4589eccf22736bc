//! The gates between a plan and its execution, in the order in which they are passed.
//!
//! Enter a draft, who asks and what was agreed to; leaves a plan that may be shown, or an
//! [`Approval`] without which nothing is executed. The first gate that stays shut is the reason.

use super::action::Action;
use super::guard::{self, Caller, Guard, Protected};
use super::journal::Record;
use super::plan::{Draft, Plan, Reach, Reversibility};
use super::reason::{Reason, Refused};
use crate::model::Time;
use crate::model::time::HOUR;

/// Leave to execute one plan. Only [`approve`] makes one.
#[derive(Debug)]
pub struct Approval {
    how: Vec<String>,
    hash: String,
}

impl Approval {
    /// Who approved, and how.
    pub fn how(&self) -> &[String] {
        &self.how
    }

    /// Whether it is for this plan.
    pub fn is_for(&self, plan: &Plan) -> bool {
        self.hash == plan.hash()
    }
}

/// What was agreed to on the command line.
#[derive(Clone, Debug, Default)]
pub struct Consent {
    /// `--execute`.
    pub execute: bool,
    /// `--yes`.
    pub yes: bool,
    /// `--plan-hash`.
    pub plan_hash: Option<String>,
    /// What was typed when asked for the target's name; nothing where nobody could be asked.
    pub typed: Option<String>,
    /// `--approved-by`.
    pub approved_by: Vec<String>,
    /// `--blast-ok`.
    pub blast_ok: bool,
    /// `--irreversible`.
    pub irreversible: bool,
    /// `--override-guard`.
    pub lifted: Vec<String>,
    /// `--allow-no-undo`.
    pub allow_no_undo: bool,
    /// `--accept-revival`.
    pub accept_revival: bool,
    /// The configuration wants exactly this action done for this finding.
    pub automatic: Option<String>,
}

/// Limits of one journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Targets of one command.
    pub targets: usize,
    /// Actions within an hour.
    pub per_hour: usize,
    /// Further blast needs `--blast-ok`.
    pub reach: Reach,
    /// How many people approve.
    pub approvers: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            targets: 10,
            per_hour: 25,
            reach: Reach::Medium,
            approvers: 1,
        }
    }
}

/// What the caller turned out to be allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preflight {
    /// Operations of the act that are refused.
    pub act: Vec<String>,
    /// Operations of the undo that are refused.
    pub undo: Vec<String>,
    /// Whether it could be found out.
    pub known: bool,
}

impl Preflight {
    /// One word for each half, for people.
    pub fn summary(&self) -> String {
        let half = |missing: &[String]| match missing {
            _ if !self.known => "not checked".to_owned(),
            [] => "ok".to_owned(),
            missing => format!("missing {}", missing.join(", ")),
        };
        format!("{} (undo {})", half(&self.act), half(&self.undo))
    }
}

/// A plan that has passed everything that can be judged without being asked to execute.
#[derive(Clone, Debug)]
pub struct Gated {
    /// The plan.
    pub plan: Plan,
    /// Every guard with what it found.
    pub guards: Vec<Guard>,
    /// What the caller is allowed.
    pub preflight: Preflight,
    /// The gate that stays shut.
    pub shut: Option<Refused>,
    /// Who asks.
    pub caller: String,
}

/// Makes the plan of a draft.
pub fn plan(action: &dyn Action, draft: &Draft, caller: &Caller, region: Option<String>) -> Plan {
    let draft = draft.clone();
    Plan {
        action: action.name().to_owned(),
        kind: action.kind().to_owned(),
        provider: action.provider(),
        account: draft
            .facts
            .account
            .unwrap_or_else(|| caller.account.clone()),
        region,
        target: draft.target,
        steps: draft.steps,
        watch: draft.watch,
        blast: draft.blast,
        warnings: draft.warnings,
        reversibility: action.reversibility(),
        revival: draft.revival,
        settle: draft.settle,
        patience: draft.patience,
        relies_on: draft.relies_on,
        undoes: None,
        identity: draft.identity,
    }
}

/// What a plan is held against.
pub struct Against<'a> {
    /// Who asks.
    pub caller: &'a Caller,
    /// What the configuration protects.
    pub protected: &'a Protected,
    /// The account that was named.
    pub account: Option<&'a str>,
    /// What was agreed to.
    pub consent: &'a Consent,
    /// Limits.
    pub limits: &'a Limits,
}

/// The gates before approval: guards, permissions, blast, what cannot be taken back.
pub fn pass(plan: Plan, draft: &Draft, preflight: Preflight, against: &Against<'_>) -> Gated {
    let guards = guard::look(
        &draft.facts,
        against.caller,
        against.protected,
        against.account,
    );
    let shut = shut(&plan, &guards, &preflight, against).err();
    Gated {
        plan,
        guards,
        preflight,
        shut,
        caller: against.caller.name.clone(),
    }
}

fn shut(
    plan: &Plan,
    guards: &[Guard],
    preflight: &Preflight,
    against: &Against<'_>,
) -> Result<(), Refused> {
    if against.caller.ids.is_empty() {
        let message = "the provider does not say who is asking, so the caller's own access cannot be kept safe";
        return Err(Refused::new(Reason::Credentials, message));
    }
    guard::judge(guards, &against.consent.lifted)?;
    if !plan.is_needed() {
        return Ok(());
    }
    permitted(plan, preflight, against.consent)?;
    reversible(plan, against.consent)?;
    bearable(plan, against)
}

fn permitted(plan: &Plan, preflight: &Preflight, consent: &Consent) -> Result<(), Refused> {
    let refuse = |half: &str, missing: &[String]| {
        let message = format!("the caller may not {half}: {}", missing.join(", "));
        let hint = format!(
            "`ctadel respond permissions {}` prints what it takes",
            plan.action
        );
        Refused::new(Reason::Permission, message).hint(hint)
    };
    if !preflight.act.is_empty() {
        return Err(refuse("do this", &preflight.act));
    }
    if !preflight.undo.is_empty() && !consent.allow_no_undo {
        return Err(refuse("undo this", &preflight.undo));
    }
    Ok(())
}

fn reversible(plan: &Plan, consent: &Consent) -> Result<(), Refused> {
    let for_good = plan.reversibility == Reversibility::None;
    // Sessions that end begin again by signing in.
    if for_good && !consent.irreversible && consent.execute {
        let message = format!("{} cannot be undone", plan.action);
        return Err(Refused::new(Reason::NotApproved, message)
            .hint("--irreversible says that this is known"));
    }
    Ok(())
}

fn bearable(plan: &Plan, against: &Against<'_>) -> Result<(), Refused> {
    if plan.blast.reach > against.limits.reach && !against.consent.blast_ok {
        let message = format!(
            "others are hit: {}",
            plan.blast
                .notes
                .first()
                .map_or("see the plan", String::as_str)
        );
        return Err(Refused::new(Reason::Blast, message).hint("--blast-ok says that this is known"));
    }
    Ok(())
}

/// The last gates: approval and rate. What comes out executes this plan and no other.
pub fn approve(
    gated: &Gated,
    consent: &Consent,
    limits: &Limits,
    records: &[Record],
    now: Time,
) -> Result<Approval, Refused> {
    if let Some(refused) = &gated.shut {
        return Err(refused.clone());
    }
    let hash = gated.plan.hash();
    if !consent.execute {
        return Err(Refused::new(Reason::NotApproved, "--execute was not given"));
    }
    let mut how = consent.approved_by.clone();
    how.sort();
    how.dedup();
    if let Some(wanted) = &consent.plan_hash
        && *wanted != hash
    {
        let message = format!("the plan is {hash} now, not {wanted}: something changed since");
        return Err(Refused::new(Reason::PlanChanged, message)
            .hint("look at the plan again without --execute"));
    }
    match (&consent.automatic, &consent.typed) {
        (Some(rule), _) => how.push(format!("automatic for {rule}")),
        (None, _) if consent.yes && consent.plan_hash.is_some() => {
            how.push(format!("--plan-hash {hash}"))
        }
        (None, Some(typed)) if typed.trim() == gated.plan.target.name => {
            how.push("typed".to_owned())
        }
        (None, Some(_)) => {
            return Err(Refused::new(
                Reason::NotApproved,
                "what was typed is not the target's name",
            ));
        }
        (None, None) => {
            let hint = format!("--yes --plan-hash {hash} approves exactly this plan");
            let message = "nobody confirmed, and nobody can be asked here";
            return Err(Refused::new(Reason::NotApproved, message).hint(hint));
        }
    }
    let named = consent
        .approved_by
        .iter()
        .collect::<std::collections::BTreeSet<_>>()
        .len();
    if limits.approvers > 1 && named < limits.approvers {
        let message = format!(
            "{} people have to approve, {named} are named",
            limits.approvers
        );
        return Err(
            Refused::new(Reason::NotApproved, message).hint("--approved-by NAME, once each")
        );
    }
    let recent = |record: &&Record| record.begun > now.minus(HOUR);
    let count = records.iter().filter(recent).count();
    if count >= limits.per_hour {
        let message = format!(
            "{count} actions within an hour, and the limit is {}",
            limits.per_hour
        );
        return Err(Refused::new(Reason::Limit, message)
            .hint("respond: limits: per-hour in the configuration raises it"));
    }
    Ok(Approval { how, hash })
}

/// The operations that a plan and its undo are made of: what is not sent is not asked for.
pub fn needed(plan: &Plan) -> (Vec<String>, Vec<String>) {
    let sorted = |ops: Vec<String>| {
        ops.into_iter()
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect()
    };
    let planned = plan
        .steps
        .iter()
        .filter(|step| step.standing == super::plan::Standing::Planned);
    let act = planned.map(|step| step.call.op.clone()).collect();
    let undo = plan.undo().map(|back| back.call.op.clone()).collect();
    (sorted(act), sorted(undo))
}
