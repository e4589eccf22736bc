//! What every action of every provider has to bear.

use std::panic::{AssertUnwindSafe, catch_unwind};
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
use crate::respond::journal::{Begin, Record, Store};
use crate::respond::plan::{Reach, Standing};
use crate::respond::provider::Provider;
use crate::respond::reason::{Reason, Refused};
use crate::respond::undo::Accepted;

/// One action against one world.
pub struct Case {
    pub action: &'static str,
    pub provider: Provider,
    pub world: fn() -> Box<dyn World>,
    pub ask: Ask,
    /// Whether the attacker gets what the action takes from him.
    pub works: fn(&Value) -> bool,
    /// What somebody else does between action and undo.
    pub foreign: fn(&mut Value),
    /// State that an undo may leave: ids that are given anew.
    pub ignore: fn(&mut Value),
    /// Whether everything can be taken back.
    pub undoes: bool,
    /// Whether it is found only once.
    pub once: bool,
    pub place: Place,
}

impl Case {
    pub fn new(
        provider: Provider,
        action: &'static str,
        target: &str,
        world: fn() -> Box<dyn World>,
        works: fn(&Value) -> bool,
        foreign: fn(&mut Value),
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
            foreign,
            ignore: |_| {},
            undoes: true,
            once: false,
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

    pub fn for_good(mut self) -> Case {
        self.undoes = false;
        self
    }

    fn action(&self) -> &'static dyn Action {
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
    pub stop: AtomicBool,
}

fn clock() -> Time {
    Time::parse("2026-05-12T10:00:00Z").expect("a time")
}

impl<'c> Scene<'c> {
    pub fn new(case: &'c Case) -> Scene<'c> {
        let folder = tempfile::tempdir().expect("a folder");
        Scene {
            case,
            double: Double::new((case.world)()),
            store: Store::new(folder.path().join("respond")),
            _folder: folder,
            protected: Protected::default(),
            stop: AtomicBool::new(false),
        }
    }

    fn driven<T>(&self, consent: Consent, with: impl FnOnce(&Driver<'_>) -> T) -> T {
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
        with(&driver)
    }

    pub fn plan(&self) -> Result<Gated, Refused> {
        self.driven(Consent::default(), |driver| {
            driver.plan(self.case.action(), &self.case.ask)
        })
    }

    fn consent(gated: &Gated) -> Consent {
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
    let name = format!("{} {}", case.provider, case.action);
    plan_only(case, &name);
    there_and_back(case, &name);
    killed(case, &name);
    unanswered(case, &name);
    refused(case, &name);
    foreign(case, &name);
    guarded(case, &name);
    unwritable(case, &name);
}

/// The same for what has two states only: whatever somebody else sets is ours or what was.
pub fn bears_a_switch(case: &Case) {
    let name = format!("{} {}", case.provider, case.action);
    plan_only(case, &name);
    there_and_back(case, &name);
    killed(case, &name);
    unanswered(case, &name);
    refused(case, &name);
    guarded(case, &name);
    unwritable(case, &name);
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
            assert!(
                !again.plan.is_needed(),
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
        assert!(
            sent + scene.double.sent() <= calls(case),
            "{at}: nothing is sent twice"
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
    if !case.undoes {
        return;
    }
    let scene = Scene::new(case);
    scene.execute().expect("executed");
    (case.foreign)(scene.double.world.borrow_mut().state_mut());
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
