//! Every action has its rows, and every row bears everything.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::matrix::{Case, bears_everything};
use super::{aws_world, rest_world};
use crate::model::response::{RESPONSES, Reversibility, response};

fn all() -> Vec<Case> {
    let parts = [
        aws_world::cases(),
        rest_world::scaleway_cases(),
        rest_world::ovh_cases(),
        rest_world::azure_cases(),
        rest_world::gcp_cases(),
        rest_world::kubernetes_cases(),
    ];
    parts.into_iter().flatten().collect()
}

#[test]
fn no_response_is_without_a_row() {
    let cases = all();
    let rows: BTreeSet<(&str, &str)> = cases
        .iter()
        .map(|case| (case.provider.word(), case.action))
        .collect();
    let listed: BTreeSet<(&str, &str)> = RESPONSES.iter().map(|r| (r.provider, r.name)).collect();
    assert_eq!(rows, listed);
    for case in &cases {
        let known = response(case.provider.word(), case.action).expect("listed");
        assert_eq!(
            case.undoes,
            known.undo == Reversibility::Full,
            "{known:?}: what is said of the undo is what is tried"
        );
    }
}

/// Tries every row, and names all that fail.
fn bear(cases: &[Case]) {
    let fails = |case: &&Case| catch_unwind(AssertUnwindSafe(|| bears_everything(case))).is_err();
    let failed: Vec<String> = cases
        .iter()
        .filter(fails)
        .map(|case| format!("{} {} {}", case.provider, case.action, case.ask.target))
        .collect();
    assert!(failed.is_empty(), "what failed is told above: {failed:?}");
}

#[test]
fn aws_bears_everything() {
    bear(&aws_world::cases());
}

#[test]
fn scaleway_and_ovh_bear_everything() {
    bear(&rest_world::scaleway_cases());
    bear(&rest_world::ovh_cases());
}

#[test]
fn azure_bears_everything() {
    bear(&rest_world::azure_cases());
}

#[test]
fn gcp_bears_everything() {
    bear(&rest_world::gcp_cases());
}

#[test]
fn kubernetes_bears_everything() {
    bear(&rest_world::kubernetes_cases());
}
