//! What every action of every provider has to bear.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use serde_json::Value;

use super::double::{Double, Fate};
use super::world::World;
use crate::model::Time;
use crate::respond::action::{Action, Ask};
use crate::respond::actions;
use crate::respond::cloud::{Cloud, Place};
use crate::respond::drive::Driver;
use crate::respond::execute::Done;
use crate::respond::gate::{Consent, Gated, Limits};
use crate::respond::guard::Protected;
use crate::respond::journal::{Begin, Outcome, Record, Store};
use crate::respond::plan::{Reach, Standing};
use crate::respond::probe::UNSEEN;
use crate::respond::provider::Provider;
use crate::respond::reason::{Reason, Refused};
use crate::respond::undo::Accepted;

/// What stands in the worlds and is nobody's business.
const SECRETS: [&str; 2] = ["SECRET-MARKER", "U0VDUkVULU1BUktFUg"];

/// One action against one world.
pub struct Case {
    pub action: &'static str,
    pub provider: Provider,
    pub world: fn() -> Box<dyn World>,
    pub ask: Ask,
    /// Whether the attacker gets what the action takes from him.
    pub works: fn(&Value) -> bool,
    /// What somebody else does between action and undo; a thing with two states has nothing
    /// between what we left and what was.
    pub foreign: Option<fn(&mut Value)>,
    /// Somebody makes another thing of the same name.
    pub replaced: Option<fn(&mut Value)>,
    /// State that an undo may leave: ids that are given anew.
    pub ignore: fn(&mut Value),
    /// Whether everything can be taken back.
    pub undoes: bool,
    /// Whether it is found only once.
    pub once: bool,
    /// Whether doing it again has a sense of its own: sessions begun since end too.
    pub renews: bool,
    pub place: Place,
}

impl Case {
    pub fn new(
        provider: Provider,
        action: &'static str,
        target: &str,
        world: fn() -> Box<dyn World>,
        works: fn(&Value) -> bool,
    ) -> Case {
        let ask = Ask {
            target: target.to_owned(),
            not_recent: true,
            ..Ask::default()
        };
        let place = Place {
            region: Some("eu-west-1".to_owned()),
            project: Some("shop".to_owned()),
            ..Place::default()
        };
        Case {
            action,
            provider,
            world,
            ask,
            works,
            foreign: None,
            replaced: None,
            ignore: |_| {},
            undoes: true,
            once: false,
            renews: false,
            place,
        }
    }

    pub fn with(mut self, policy: &str) -> Case {
        self.ask.with = Some(policy.to_owned());
        self
    }

    /// The thing is gone once the action is done, and not found a second time.
    pub fn found_once(mut self) -> Case {
        self.once = true;
        self
    }

    pub fn changed_by(mut self, foreign: fn(&mut Value)) -> Case {
        self.foreign = Some(foreign);
        self
    }

    pub fn replaced_by(mut self, replaced: fn(&mut Value)) -> Case {
        self.replaced = Some(replaced);
        self
    }

    pub fn renews(mut self) -> Case {
        self.renews = true;
        self
    }

    pub fn for_good(mut self) -> Case {
        self.undoes = false;
        self
    }

    pub fn action(&self) -> &'static dyn Action {
        actions::find(self.action, self.provider).expect("the action exists")
    }
}

/// One try at a case: a world, a journal and everything agreed to.
pub struct Scene<'c> {
    pub case: &'c Case,
    pub double: Double,
    pub store: Store,
    _folder: tempfile::TempDir,
    pub protected: Protected,
    pub stop: Arc<AtomicBool>,
    /// Every operation that was sent.
    pub asked: RefCell<BTreeSet<String>>,
}

fn clock() -> Time {
    Time::parse("2026-05-12T10:00:00Z").expect("a time")
}

impl<'c> Scene<'c> {
    pub fn new(case: &'c Case) -> Scene<'c> {
        let folder = tempfile::tempdir().expect("a folder");
        let stop = Arc::new(AtomicBool::new(false));
        Scene {
            case,
            double: Double::new((case.world)(), Arc::clone(&stop)),
            store: Store::new(folder.path().join("respond")),
            _folder: folder,
            protected: Protected::default(),
            stop,
            asked: RefCell::default(),
        }
    }

    pub fn driven<T>(&self, consent: Consent, with: impl FnOnce(&Driver<'_>) -> T) -> T {
        let cloud = Cloud::new(self.case.provider, self.case.place.clone(), &self.double).hasty();
        let driver = Driver {
            cloud: &cloud,
            store: &self.store,
            protected: &self.protected,
            limits: Limits {
                reach: Reach::High,
                ..Limits::default()
            },
            consent,
            begin: Begin::default(),
            clock,
            stop: &self.stop,
            settle: Some(Duration::ZERO),
            verify: true,
        };
        let result = with(&driver);
        self.asked.borrow_mut().extend(cloud.trail());
        result
    }

    pub fn plan(&self) -> Result<Gated, Refused> {
        self.driven(Consent::default(), |driver| {
            driver.plan(self.case.action(), &self.case.ask)
        })
    }

    pub fn consent(gated: &Gated) -> Consent {
        Consent {
            execute: true,
            yes: true,
            plan_hash: Some(gated.plan.hash()),
            irreversible: true,
            accept_revival: true,
            ..Consent::default()
        }
    }

    pub fn execute(&self) -> Result<Done, Refused> {
        let gated = self.plan()?;
        self.driven(Scene::consent(&gated), |driver| {
            let gated = driver.plan(self.case.action(), &self.case.ask)?;
            driver.execute(&gated)
        })
    }

    pub fn record(&self) -> Record {
        let ids = self.store.ids().expect("readable");
        let first = |record: &Record| record.plan.undoes.is_none();
        let records = ids
            .iter()
            .filter_map(|id| self.store.record(id).expect("a good chain"));
        records.into_iter().filter(first).last().expect("an action")
    }

    pub fn undo(&self) -> Result<Done, Refused> {
        self.driven(Consent::default(), |driver| {
            let record = self.record();
            let gated = driver.undo(&record, &[], &Accepted::All)?;
            self.driven(Scene::consent(&gated), |driver| driver.execute(&gated))
        })
    }

    pub fn resume(&self) -> Result<Done, Refused> {
        self.driven(Consent::default(), |driver| {
            let record = self.record();
            let (gated, seen) = driver.resume(&record)?;
            self.driven(Scene::consent(&gated), |driver| {
                driver.finish(&record, &gated, &seen)
            })
        })
    }

    pub fn state(&self) -> Value {
        let mut state = self.double.world.borrow().state();
        (self.case.ignore)(&mut state);
        state
    }

    pub fn works(&self) -> bool {
        (self.case.works)(&self.double.world.borrow().state())
    }
}

/// The tests of one case.
pub fn bears_everything(case: &Case) {
    let ask = &case.ask;
    let flags = [
        (ask.scp, " --scp"),
        (ask.all_credentials, " --all-credentials"),
        (ask.cut, " --cut-existing"),
        (ask.trust, " --trust"),
        (ask.boundary, " --boundary"),
    ];
    let flags = flags.iter().filter(|(given, _)| *given);
    let flags: String = flags.map(|(_, flag)| *flag).collect();
    let name = format!("{} {} {}{flags}", case.provider, case.action, ask.target);
    plan_only(case, &name);
    there_and_back(case, &name);
    killed(case, &name);
    unanswered(case, &name);
    refused(case, &name);
    throttled(case, &name);
    foreign(case, &name);
    undone_by_others(case, &name);
    replaced(case, &name);
    guarded(case, &name);
    unwritable(case, &name);
    stopped(case, &name);
    held(case, &name);
}

fn plan_only(case: &Case, name: &str) {
    let scene = Scene::new(case);
    let before = scene.state();
    let first = scene
        .plan()
        .unwrap_or_else(|refused| panic!("{name}: {refused:?}"));
    let second = scene.plan().expect("the same again");
    assert_eq!(first.shut, None, "{name}");
    assert!(first.plan.is_needed(), "{name}: {:?}", first.plan.steps);
    assert_eq!(
        first.plan.hash(),
        second.plan.hash(),
        "{name}: the hash is stable"
    );
    assert_eq!(
        (scene.double.sent(), scene.state()),
        (0, before),
        "{name}: a plan changes nothing"
    );
    assert!(scene.works(), "{name}: the attacker works before");
    assert!(
        scene.store.ids().expect("readable").is_empty(),
        "{name}: a plan is not journaled"
    );
    // What was approved is what was seen: any other hash executes nothing.
    let other = Consent {
        execute: true,
        yes: true,
        plan_hash: Some("0".repeat(12)),
        irreversible: true,
        ..Consent::default()
    };
    let refused = scene.driven(other, |driver| {
        driver.execute(&driver.plan(case.action(), &case.ask).expect("a plan"))
    });
    assert_eq!(
        refused.expect_err("another hash").reason,
        Reason::PlanChanged,
        "{name}"
    );
    let nobody = Consent {
        execute: true,
        irreversible: true,
        ..Consent::default()
    };
    let refused = scene.driven(nobody, |driver| {
        driver.execute(&driver.plan(case.action(), &case.ask).expect("a plan"))
    });
    assert_eq!(
        refused.expect_err("nobody approved").reason,
        Reason::NotApproved,
        "{name}"
    );
    assert_eq!(scene.double.sent(), 0, "{name}");
}

fn there_and_back(case: &Case, name: &str) {
    let scene = Scene::new(case);
    let before = scene.state();
    let done = scene
        .execute()
        .unwrap_or_else(|refused| panic!("{name}: {refused:?}"));
    assert_eq!(
        done.reason,
        Reason::Done,
        "{name}: {} {:?}",
        done.message,
        done.checks
    );
    assert!(
        scene.double.sent() > 0 && !scene.works(),
        "{name}: the attacker is stopped"
    );
    scene.double.sent();
    let contained = scene.state();
    match scene.plan() {
        Ok(again) => {
            assert_eq!(
                again.plan.is_needed(),
                case.renews,
                "{name}: twice does nothing: {:?}",
                again.plan.steps
            );
        }
        // What was deleted is not found a second time.
        Err(refused) => assert!(
            (case.once || !case.undoes) && refused.reason == Reason::NotFound,
            "{name} again: {refused:?}"
        ),
    }
    assert_eq!(
        (scene.double.sent(), scene.state()),
        (0, contained),
        "{name}"
    );
    let record = scene.record();
    assert_eq!(record.result.as_deref(), Some("contained"), "{name}");
    assert!(!record.is_open(), "{name}");
    for entry in std::fs::read_dir(scene.store.folder()).expect("the journal") {
        let text = std::fs::read_to_string(entry.expect("a file").path()).expect("text");
        for secret in SECRETS {
            assert!(!text.contains(secret), "{name}: {secret} in the journal");
        }
    }
    if case.undoes {
        let undone = scene
            .undo()
            .unwrap_or_else(|refused| panic!("{name} undo: {refused:?}"));
        assert_eq!(
            undone.reason,
            Reason::Done,
            "{name}: {} {:?}",
            undone.message,
            undone.checks
        );
        assert!(scene.works(), "{name}: the undo gives back what was taken");
        assert_eq!(scene.state(), before, "{name}: everything is as it was");
        scene.double.sent();
    }
    permitted(case, &scene, name);
    let settled = scene.state();
    let twice = scene
        .undo()
        .unwrap_or_else(|refused| panic!("{name} undo again: {refused:?}"));
    assert_eq!(twice.reason, Reason::Already, "{name}: undo twice");
    assert_eq!(
        (scene.double.sent(), scene.state()),
        (0, settled),
        "{name}: undo twice does nothing"
    );
}

/// What is sent is what `respond permissions` prints. The others name operations and permissions
/// differently.
fn permitted(case: &Case, scene: &Scene<'_>, name: &str) {
    if case.provider != Provider::Aws {
        return;
    }
    let permissions = case.action().permissions();
    let all = [permissions.read, permissions.act, permissions.undo].concat();
    // Who is asking may always be asked, and what is advice may be refused.
    let free = ["sts:GetCallerIdentity", "iam:SimulatePrincipalPolicy"];
    for asked in scene.asked.borrow().iter() {
        let permission = match asked.as_str() {
            "s3:GetPublicAccessBlock" => "s3:GetBucketPublicAccessBlock",
            "s3:PutPublicAccessBlock" | "s3:DeletePublicAccessBlock" => {
                "s3:PutBucketPublicAccessBlock"
            }
            asked => asked,
        };
        assert!(
            free.contains(&permission) || all.contains(&permission),
            "{name}: {permission} is not among its permissions"
        );
    }
}

/// Runs something that is killed in the middle.
fn dies<T>(run: impl FnOnce() -> T) {
    let outcome = catch_unwind(AssertUnwindSafe(run));
    assert!(outcome.is_err(), "the process was to die");
}

fn calls(case: &Case) -> usize {
    let scene = Scene::new(case);
    scene.execute().expect("executed");
    scene.double.sent()
}

fn killed(case: &Case, name: &str) {
    for place in 1..=calls(case) {
        for fate in [Fate::DiesBefore, Fate::DiesAfter] {
            let at = format!("{name}, killed at call {place} ({fate:?})");
            let scene = Scene::new(case);
            let before = scene.state();
            scene.double.fate(place, fate);
            dies(|| scene.execute());
            scene.double.fate.set(None);
            assert!(scene.record().is_open(), "{at}: the journal says so");
            let done = scene
                .resume()
                .unwrap_or_else(|refused| panic!("{at}: {refused:?}"));
            assert!(
                matches!(done.reason, Reason::Done | Reason::Already),
                "{at}: {} {:?}",
                done.message,
                done.checks
            );
            assert!(!scene.works(), "{at}: resume finishes");
            assert!(!scene.record().is_open(), "{at}: resume closes the journal");
            if case.undoes {
                let undone = scene
                    .undo()
                    .unwrap_or_else(|refused| panic!("{at}: {refused:?}"));
                assert_eq!(undone.reason, Reason::Done, "{at}: {}", undone.message);
                assert_eq!(scene.state(), before, "{at}: undo after resume");

                let scene = Scene::new(case);
                scene.double.fate(place, fate);
                dies(|| scene.execute());
                scene.double.fate.set(None);
                let undone = scene
                    .undo()
                    .unwrap_or_else(|refused| panic!("{at}: {refused:?}"));
                assert!(
                    matches!(undone.reason, Reason::Done | Reason::Already),
                    "{at}: {}",
                    undone.message
                );
                assert_eq!(scene.state(), before, "{at}: undo without resume");
            }
        }
    }
}

fn unanswered(case: &Case, name: &str) {
    for place in 1..=calls(case) {
        let at = format!("{name}, call {place} is not answered");
        let scene = Scene::new(case);
        let before = scene.state();
        scene.double.fate(place, Fate::LostAnswer);
        let done = scene
            .execute()
            .unwrap_or_else(|refused| panic!("{at}: {refused:?}"));
        scene.double.fate.set(None);
        assert_eq!(
            (done.reason, done.reason.code(done.changed)),
            (Reason::Unknown, 6),
            "{at}: {}",
            done.message
        );
        let sent = scene.double.sent();
        let again = scene
            .resume()
            .unwrap_or_else(|refused| panic!("{at}: {refused:?}"));
        assert!(
            matches!(again.reason, Reason::Already | Reason::Done),
            "{at}: {}",
            again.message
        );
        assert!(!scene.works(), "{at}: it was done all the same");
        let record = scene.record();
        let unseen = record.plan.steps.iter();
        let unseen = unseen.filter(|step| step.probe.name == UNSEEN).count();
        assert!(
            sent + scene.double.sent() <= calls(case) + unseen,
            "{at}: nothing that can be seen is sent twice"
        );
        if case.undoes {
            scene
                .undo()
                .unwrap_or_else(|refused| panic!("{at}: {refused:?}"));
            assert_eq!(scene.state(), before, "{at}: undo");
        }
    }
}

fn refused(case: &Case, name: &str) {
    let scene = Scene::new(case);
    let before = scene.state();
    scene.double.fate(1, Fate::Refused(403));
    let done = scene
        .execute()
        .unwrap_or_else(|refused| panic!("{name}: {refused:?}"));
    scene.double.fate.set(None);
    if done.changed {
        assert_eq!(done.reason, Reason::Partial, "{name}: {}", done.message);
    } else {
        assert_eq!(
            (done.reason, done.reason.code(false)),
            (Reason::Permission, 4),
            "{name}"
        );
        assert_eq!(scene.state(), before, "{name}: nothing was changed");
    }
}

fn foreign(case: &Case, name: &str) {
    let Some(foreign) = case.foreign.filter(|_| case.undoes) else {
        return;
    };
    let scene = Scene::new(case);
    scene.execute().expect("executed");
    foreign(scene.double.world.borrow_mut().state_mut());
    let changed = scene.state();
    scene.double.sent();
    let undone = scene
        .undo()
        .unwrap_or_else(|refused| panic!("{name}: {refused:?}"));
    assert!(
        matches!(undone.reason, Reason::Conflict),
        "{name}: a foreign change is a conflict: {} {:?}",
        undone.message,
        undone.outcomes
    );
    if undone.outcomes.is_empty() {
        assert_eq!(undone.reason.code(undone.changed), 5, "{name}");
        assert_eq!(
            scene.state(),
            changed,
            "{name}: what somebody else did stays"
        );
    } else {
        assert_eq!(undone.reason.code(undone.changed), 6, "{name}");
    }
    let record = scene.store.records().expect("readable");
    let mut undos = record.iter().filter(|record| record.plan.undoes.is_some());
    let last = undos.next().expect("the undo");
    let conflict = |standing: &Standing| matches!(standing, Standing::Conflict(_));
    assert!(
        last.plan.steps.iter().any(|step| conflict(&step.standing)),
        "{name}"
    );
}

/// Somebody has taken it back by hand: there is nothing left to undo, and nothing is sent.
fn undone_by_others(case: &Case, name: &str) {
    if !case.undoes {
        return;
    }
    let scene = Scene::new(case);
    let before = scene.double.world.borrow().state();
    scene.execute().expect("executed");
    *scene.double.world.borrow_mut().state_mut() = before;
    scene.double.sent();
    let undone = scene
        .undo()
        .unwrap_or_else(|refused| panic!("{name}: {refused:?}"));
    assert_eq!(
        (undone.reason, scene.double.sent()),
        (Reason::Already, 0),
        "{name}: taken back by hand: {}",
        undone.message
    );
}

/// A name that means another thing now is left alone.
fn replaced(case: &Case, name: &str) {
    let Some(replaced) = case.replaced else {
        return;
    };
    let scene = Scene::new(case);
    scene.execute().expect("executed");
    replaced(scene.double.world.borrow_mut().state_mut());
    let changed = scene.state();
    scene.double.sent();
    let reason = match scene.undo() {
        Ok(done) => done.reason,
        Err(refused) => refused.reason,
    };
    assert!(
        matches!(
            reason,
            Reason::PlanChanged | Reason::Conflict | Reason::Already
        ),
        "{name}: {reason:?}"
    );
    assert_eq!(
        (scene.double.sent(), scene.state()),
        (0, changed),
        "{name}: another thing of the same name is not touched"
    );
}

/// A provider that will not listen now has done nothing.
fn throttled(case: &Case, name: &str) {
    let scene = Scene::new(case);
    let before = scene.state();
    scene.double.always(Fate::Refused(429));
    let done = scene
        .execute()
        .unwrap_or_else(|refused| panic!("{name}: {refused:?}"));
    assert_eq!(
        (done.reason, done.reason.code(done.changed)),
        (Reason::Throttled, 4),
        "{name}: {}",
        done.message
    );
    assert_eq!(scene.state(), before, "{name}: nothing was changed");
    let record = scene.record();
    assert_eq!(record.result.as_deref(), Some("failed"), "{name}");
    // The same later, when it listens again.
    scene.double.fate.set(None);
    let again = scene
        .resume()
        .unwrap_or_else(|refused| panic!("{name}: {refused:?}"));
    assert_eq!(again.reason, Reason::Done, "{name}: {}", again.message);
    assert!(!scene.works(), "{name}");
}

/// Ctrl-C between two calls, at every place.
fn stopped(case: &Case, name: &str) {
    for place in 1..=calls(case) {
        let at = format!("{name}, Ctrl-C at call {place}");
        let scene = Scene::new(case);
        let before = scene.state();
        scene.double.fate(place, Fate::Interrupts);
        let done = scene
            .execute()
            .unwrap_or_else(|refused| panic!("{at}: {refused:?}"));
        scene.double.fate.set(None);
        scene.stop.store(false, std::sync::atomic::Ordering::SeqCst);
        let record = scene.record();
        assert!(record.result.is_some(), "{at}: the journal has an end");
        let known = |call: &Option<Outcome>| call.is_some();
        assert!(
            record.calls.values().all(known),
            "{at}: every call is known"
        );
        // The last call leaves nothing to stop but the look afterwards.
        assert!(
            matches!(
                done.reason,
                Reason::Interrupted | Reason::Done | Reason::Unverified
            ),
            "{at}: {:?} {}",
            done.reason,
            done.message
        );
        if done.reason == Reason::Interrupted {
            assert_eq!(done.reason.code(done.changed), 130, "{at}");
        }
        if case.undoes {
            scene
                .undo()
                .unwrap_or_else(|refused| panic!("{at}: {refused:?}"));
            assert_eq!(scene.state(), before, "{at}: undo");
        }
    }
}

/// While somebody else acts, nothing is sent.
fn held(case: &Case, name: &str) {
    let scene = Scene::new(case);
    let hold = scene.store.hold().expect("the lock");
    let refused = scene.execute().expect_err("held");
    assert_eq!(
        (refused.reason, scene.double.sent()),
        (Reason::Journal, 0),
        "{name}"
    );
    drop(hold);
    assert_eq!(scene.execute().expect("free again").reason, Reason::Done);
}

fn guarded(case: &Case, name: &str) {
    let mut scene = Scene::new(case);
    let target = scene.plan().expect("a plan").plan.target;
    scene.protected.break_glass.push(target.id);
    let refused = scene.execute().expect_err("guarded");
    assert_eq!(
        (refused.reason, scene.double.sent()),
        (Reason::Guard, 0),
        "{name}"
    );
}

fn unwritable(case: &Case, name: &str) {
    let scene = Scene::new(case);
    // A file where the folder should be: even root cannot write there.
    std::fs::write(scene.store.folder(), "").expect("written");
    let refused = scene.execute().expect_err("no journal");
    assert_eq!(
        (refused.reason, refused.reason.code(false)),
        (Reason::Journal, 5),
        "{name}: {refused}"
    );
    assert_eq!(
        scene.double.sent(),
        0,
        "{name}: what cannot be written down is not done"
    );
}
