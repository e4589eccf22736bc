//! One action on its targets: shown, and where it is asked for, done.

use std::io::{BufRead, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::args::{Act, DetachPolicyArgs};
use super::place::{ConsentArgs, PlaceArgs};
use super::tell::Teller;
use super::{ended, setup};
use crate::cli::args::CommonArgs;
use crate::cli::exit::Code;
use crate::cli::failure::Failure;
use crate::cli::interrupt;
use crate::cli::session::Session;
use crate::config::{Layer, duration};
use crate::respond::action::Ask;
use crate::respond::actions;
use crate::respond::drive::Driver;
use crate::respond::gate::{Consent, Gated, Limits};
use crate::respond::journal::Store;
use crate::respond::plan::Reach;
use crate::respond::provider::Provider;
use crate::respond::reason::{Reason, Refused};
use crate::respond::settings::Settings;

/// What every response is done with.
pub struct Stage {
    /// Settings and streams.
    pub session: Session,
    /// The journal.
    pub store: Store,
    /// `respond:` of the configuration.
    pub settings: Settings,
    /// Set by Ctrl-C.
    pub stop: Arc<AtomicBool>,
}

impl Stage {
    /// Opens everything that needs no provider.
    pub fn open(common: &CommonArgs, case: &crate::cli::args::CaseArgs) -> Result<Stage, Failure> {
        let mut layer = Layer::default();
        case.layer(&mut layer);
        let session = Session::open(common, layer)?;
        let stop = interrupt::watch(&session.ui)?;
        Stage::of(session, stop)
    }

    /// Of a session that is open.
    pub fn of(session: Session, stop: Arc<AtomicBool>) -> Result<Stage, Failure> {
        let (store, settings) = (setup::store(&session)?, setup::settings(&session)?);
        Ok(Stage {
            session,
            store,
            settings,
            stop,
        })
    }
}

/// Runs an action.
pub fn run(common: &CommonArgs, act: &Act) -> Result<Code, Failure> {
    let every = act.every();
    let stage = Stage::open(common, &every.tell.case)?;
    let mut asks = act.asks();
    let teller = Teller {
        ui: &stage.session.ui,
        json: every.tell.json(),
        incident: every.consent.incident.clone(),
    };
    let most = every.consent.max_targets;
    let limit = most.unwrap_or(stage.settings.limits().targets);
    if asks.len() > limit {
        let message = format!("{} targets at once, and the limit is {limit}", asks.len());
        let refused = Refused::new(Reason::Limit, message).hint(
            "--max-targets N raises it, as does respond: limits: targets in the configuration",
        );
        let targets = asks.iter().map(|ask| ask.target.as_str());
        let targets: Vec<&str> = targets.collect();
        teller.refused(act.name(), &targets.join(" "), &refused)?;
        return Ok(ended::refused(teller.ui, &refused));
    }
    if let Act::DetachPolicy(args) = act {
        recent(&stage, args, &mut asks[0])?;
    }
    let mut codes = Vec::new();
    for ask in &asks {
        // What was stopped is not begun anew with the next target.
        if stage.stop.load(Ordering::SeqCst) {
            codes.push(Code::Interrupted);
            break;
        }
        let work = Work {
            place: &every.place,
            consent: &every.consent,
            automatic: None,
        };
        codes.push(one(&stage, act.name(), ask, &work, &teller)?);
    }
    Ok(ended::worst(&codes))
}

/// Where and with whose consent.
pub struct Work<'a> {
    /// Where.
    pub place: &'a PlaceArgs,
    /// What is agreed to.
    pub consent: &'a ConsentArgs,
    /// The rule that the configuration lets act.
    pub automatic: Option<String>,
}

/// One action on one target.
pub fn one(
    stage: &Stage,
    name: &str,
    ask: &Ask,
    work: &Work<'_>,
    teller: &Teller<'_>,
) -> Result<Code, Failure> {
    let refuse = |refused: &Refused| {
        teller.refused(name, &ask.target, refused)?;
        Ok(ended::refused(teller.ui, refused))
    };
    let provider = match provider(name, ask, work.place.provider) {
        Ok(provider) => provider,
        Err(refused) => return refuse(&refused),
    };
    let Some(action) = actions::find(name, provider) else {
        let has = actions::providers(name)
            .iter()
            .map(|p| p.word())
            .collect::<Vec<_>>()
            .join(", ");
        let message = format!("{provider} has no {name}; it is an action of {has}");
        return refuse(&Refused::new(Reason::Usage, message));
    };
    if let Err(refused) = fits(ask, work.place, provider) {
        return refuse(&refused);
    }
    let cloud = match setup::connect(provider, work.place, work.consent.execute) {
        Ok(cloud) => cloud,
        Err(refused) => return refuse(&refused),
    };
    let protected = stage
        .settings
        .protected(&stage.session.settings.inputs.value);
    let mut driver = Driver {
        cloud: &cloud,
        store: &stage.store,
        protected: &protected,
        limits: Limits {
            // Whoever hits others asks somebody first.
            reach: match &work.automatic {
                Some(_) => Reach::Low,
                None => stage.settings.limits().reach,
            },
            ..stage.settings.limits()
        },
        consent: Consent {
            automatic: work.automatic.clone(),
            ..work.consent.consent()
        },
        begin: setup::begin(work.consent)?,
        clock: setup::clock,
        stop: &stage.stop,
        settle: setup::settle(work.consent)?,
        verify: !work.consent.no_verify,
    };
    let gated = match driver.plan(action, ask) {
        Ok(gated) => gated,
        Err(refused) => return refuse(&refused),
    };
    finish(stage, &mut driver, &gated, work, teller, |driver| {
        driver.execute(&gated)
    })
}

/// Shows a plan, and executes it where that was asked for.
pub fn finish(
    stage: &Stage,
    driver: &mut Driver<'_>,
    gated: &Gated,
    work: &Work<'_>,
    teller: &Teller<'_>,
    execute: impl FnOnce(&Driver<'_>) -> Result<crate::respond::execute::Done, Refused>,
) -> Result<Code, Failure> {
    let ui = teller.ui;
    if let Some(refused) = &gated.shut {
        teller.plan(gated, refused.reason, &refused.message)?;
        return Ok(ended::refused(ui, refused));
    }
    let standing = Driver::check(gated);
    if standing == Reason::Conflict {
        let message = "somebody else changed what would be taken back: it is left alone";
        teller.plan(gated, standing, message)?;
        return Ok(ended::refused(
            ui,
            &Refused::new(standing, message).hint("--force-conflicts SEQ overrides one"),
        ));
    }
    if !work.consent.execute {
        let reason = match (standing, work.consent.check) {
            (Reason::ChangesNeeded, true) => Reason::ChangesNeeded,
            (Reason::ChangesNeeded, false) => Reason::Planned,
            (other, _) => other,
        };
        let message = match reason {
            Reason::NothingToDo => "everything is so already; nothing was changed".to_owned(),
            _ => format!(
                "nothing was changed; --execute --yes --plan-hash {} does it",
                gated.plan.hash()
            ),
        };
        teller.plan(gated, reason, &message)?;
        ui.note(&message);
        return Ok(ended::code(reason, false));
    }
    if driver.consent.plan_hash.is_none() && driver.consent.automatic.is_none() {
        driver.consent.typed = typed(gated, teller);
    }
    let asked = driver.consent.typed.is_some();
    match execute(driver) {
        Ok(done) => {
            teller.done(gated, &done, &stage.store)?;
            if done.reason.code(done.changed) != 0 {
                ui.error(&format!("{}: {}", done.reason.word(), done.message));
                if done.changed {
                    let id = &done.id;
                    ui.hint(&format!("`ctadel respond resume {id}` goes on, `ctadel respond undo {id}` takes it back"));
                }
            }
            super::again::coupled(stage, &done, teller.incident.as_deref());
            Ok(ended::code(done.reason, done.changed))
        }
        Err(refused) => {
            // Whoever was asked has it before their eyes; a program gets one object, whatever came.
            if teller.json || !asked {
                teller.plan(gated, refused.reason, &refused.message)?;
            }
            Ok(ended::refused(ui, &refused))
        }
    }
}

/// Shows a person the plan and asks for the target's name, where there is one. On standard error,
/// as standard output may go somewhere else and tells what came of it.
fn typed(gated: &Gated, teller: &Teller<'_>) -> Option<String> {
    let (input, errors) = (std::io::stdin(), std::io::stderr());
    if !input.is_terminal() || !errors.is_terminal() {
        return None;
    }
    let name = crate::term::escape::terminal(&gated.plan.target.name).into_owned();
    teller.waiting(gated, &mut errors.lock()).ok()?;
    write!(errors.lock(), "Type {name} to execute this plan: ").ok()?;
    let mut line = String::new();
    input.lock().read_line(&mut line).ok()?;
    Some(line)
}

/// The provider that was named, or that the target's shape tells, or the only one with the action.
pub fn provider(name: &str, ask: &Ask, named: Option<Provider>) -> Result<Provider, Refused> {
    if let Some(provider) = named {
        return Ok(provider);
    }
    let has = actions::providers(name);
    if let Some(provider) =
        Provider::of_target(&ask.target).filter(|provider| has.contains(provider))
    {
        return Ok(provider);
    }
    match has.as_slice() {
        [only] => Ok(*only),
        several => {
            let words = several
                .iter()
                .map(|provider| provider.word())
                .collect::<Vec<_>>()
                .join(", ");
            let message = format!("whose is {:?}? {name} is an action of {words}", ask.target);
            Err(Refused::new(Reason::Usage, message).hint("--provider NAME says it"))
        }
    }
}

/// Flags of one provider mean nothing at another, and are not ignored there.
fn fits(ask: &Ask, place: &PlaceArgs, provider: Provider) -> Result<(), Refused> {
    let given = [
        ("--profile", place.profile.is_some()),
        ("--all-credentials", ask.all_credentials),
        ("--scp", ask.scp),
        ("--session", ask.session.is_some()),
        ("--before", ask.before.is_some()),
        ("--recent", ask.recent.is_some()),
        ("--not-recent", ask.not_recent),
        ("--mode", ask.mode.is_some()),
        ("--eni", !ask.interfaces.is_empty()),
        ("--instance", !ask.instances.is_empty()),
        ("--cut-existing", ask.cut),
        ("--boundary", ask.boundary),
    ];
    match given
        .iter()
        .find(|(_, given)| *given && provider != Provider::Aws)
    {
        Some((flag, _)) => Err(Refused::new(
            Reason::Usage,
            format!("{flag} is for AWS, not for {provider}"),
        )),
        None => Ok(()),
    }
}

/// When the right was given, as far as the logs tell.
fn recent(stage: &Stage, args: &DetachPolicyArgs, ask: &mut Ask) -> Result<(), Failure> {
    if let Some(text) = &args.recent {
        let nanos =
            duration(text).map_err(|reason| Failure::usage(format!("--recent: {reason}")))?;
        ask.recent = Some(nanos);
    }
    if !args.logs.is_empty() {
        ask.granted = super::propose::granted(stage, &args.logs, &ask.target, ask.with.as_deref())?;
    }
    Ok(())
}
