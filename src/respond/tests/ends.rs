//! How a response ends: each way its word, its exit code and its line in the journal.

use serde_json::{Value, json};

use super::double::Fate;
use super::matrix::{Case, Scene};
use super::{aws_world, rest_world};
use crate::respond::gate::Consent;
use crate::respond::plan::Reach;
use crate::respond::provider::Provider;
use crate::respond::reason::{Reason, Refused};

fn user(target: &str) -> Case {
    Case::new(
        Provider::Aws,
        "disable-user",
        target,
        aws_world::aws,
        |_| true,
    )
}

fn account() -> Case {
    let cases = rest_world::gcp_cases();
    let is = |case: &Case| case.action == "disable-service-account";
    cases.into_iter().find(is).expect("a row")
}

/// Refused before anything was sent, and without a trace of a journal.
fn refused(scene: &Scene<'_>, want: (Reason, u8), part: &str) {
    let refused = scene.execute().expect_err("refused");
    told(&refused, want, part);
    assert_eq!(scene.double.sent(), 0, "{part}");
    assert!(scene.store.ids().expect("readable").is_empty(), "{part}");
}

fn told(refused: &Refused, want: (Reason, u8), part: &str) {
    assert_eq!((refused.reason, refused.reason.code(false)), want);
    assert!(refused.message.contains(part), "{}", refused.message);
}

#[test]
fn what_is_not_there_is_not_found() {
    let case = user("nobody");
    refused(
        &Scene::new(&case),
        (Reason::NotFound, 3),
        "there is no user \"nobody\"",
    );
}

#[test]
fn a_name_of_several_things_is_ambiguous() {
    let case = Case::new(
        Provider::Aws,
        "detach-policy",
        "app",
        aws_world::aws,
        |_| true,
    )
    .with("AdministratorAccess");
    let scene = Scene::new(&case);
    let alice = scene.double.world.borrow().state()["users"]["alice"].clone();
    scene.double.world.borrow_mut().state_mut()["users"]["app"] = alice;
    refused(&scene, (Reason::Ambiguous, 3), "User, Role");
}

#[test]
fn who_is_asking_is_guarded() {
    let case = user("mallory");
    let scene = Scene::new(&case);
    scene.double.world.borrow_mut().state_mut()["users"]["mallory"]["Id"] =
        json!("AIDARESPONDEREXAMPLE");
    refused(&scene, (Reason::Guard, 5), "guard self");
}

#[test]
fn a_missing_permission_is_named_for_the_act_and_for_the_undo() {
    let case = account();
    let scene = Scene::new(&case);
    let deny = |permission: &str| {
        scene.double.world.borrow_mut().state_mut()["denied"] = json!([permission]);
    };
    deny("iam.serviceAccounts.disable");
    refused(
        &scene,
        (Reason::Permission, 4),
        "may not do this: iam:disableServiceAccount",
    );
    deny("iam.serviceAccounts.enable");
    refused(
        &scene,
        (Reason::Permission, 4),
        "may not undo this: iam:enableServiceAccount",
    );
    let gated = scene.plan().expect("a plan");
    let consent = Consent {
        allow_no_undo: true,
        ..Scene::consent(&gated)
    };
    let done = scene.driven(consent, |driver| {
        let gated = driver.plan(case.action(), &case.ask)?;
        driver.execute(&gated)
    });
    assert_eq!(done.expect("lifted").reason, Reason::Done);
}

#[test]
fn a_provider_that_fails_is_a_provider_error_before_and_unknown_after() {
    let case = user("mallory");
    let scene = Scene::new(&case);
    // It fails while it is asked.
    scene.double.reads(Fate::Refused(500));
    refused(
        &scene,
        (Reason::ProviderError, 4),
        "the provider answers 500",
    );
    let scene = Scene::new(&case);
    // It fails while it is changed: nobody can say what came of it.
    scene.double.fate(1, Fate::Refused(500));
    let done = scene.execute().expect("begun");
    assert_eq!(
        (done.reason, done.reason.code(done.changed)),
        (Reason::Unknown, 6)
    );
    let record = scene.record();
    assert_eq!(record.result.as_deref(), Some("unknown"));
    assert!(record.is_open());
}

#[test]
fn an_attacker_who_answers_is_contested() {
    let case = user("mallory");
    let scene = Scene::new(&case);
    scene.double.answered_by.set(Some(|state: &mut Value| {
        let inline = state["users"]["mallory"]["inline"].as_object_mut();
        inline
            .expect("policies")
            .retain(|name, _| !name.starts_with("Ctadel"));
        state["users"]["mallory"]["keys"]["AKIANEWEXAMPLE000000"] = json!("Active");
    }));
    let done = scene.execute().expect("begun");
    assert_eq!(
        (done.reason, done.reason.code(done.changed)),
        (Reason::Contested, 6)
    );
    assert!(
        done.message.contains("keys of the user"),
        "{}",
        done.message
    );
    assert_eq!(scene.record().result.as_deref(), Some("contested"));
}

#[test]
fn whom_it_hits_and_what_is_for_good_is_agreed_to() {
    let case = account();
    let scene = Scene::new(&case);
    let gated = scene.plan().expect("a plan");
    assert_eq!(gated.plan.blast.reach, Reach::Low);
    let token = rest_world::kubernetes_cases();
    let token = token.iter().find(|case| case.action == "delete-token");
    let scene = Scene::new(token.expect("a row"));
    let gated = scene.plan().expect("a plan");
    let consent = Consent {
        irreversible: false,
        ..Scene::consent(&gated)
    };
    let refused = scene.driven(consent, |driver| {
        let gated = driver.plan(scene.case.action(), &scene.case.ask)?;
        driver.execute(&gated)
    });
    told(
        &refused.expect_err("for good"),
        (Reason::NotApproved, 5),
        "cannot be undone",
    );
    assert_eq!(scene.double.sent(), 0);
}

#[test]
fn a_world_that_changed_has_another_plan() {
    let case = user("mallory");
    let scene = Scene::new(&case);
    let shown = scene.plan().expect("a plan");
    scene.double.world.borrow_mut().state_mut()["users"]["mallory"]["keys"]["AKIANEWEXAMPLE000000"] =
        json!("Active");
    assert_ne!(scene.plan().expect("a plan").plan.hash(), shown.plan.hash());
    let refused = scene.driven(Scene::consent(&shown), |driver| {
        let gated = driver.plan(case.action(), &case.ask)?;
        driver.execute(&gated)
    });
    told(
        &refused.expect_err("another plan"),
        (Reason::PlanChanged, 5),
        "something changed since",
    );
    assert_eq!(scene.double.sent(), 0);
}
