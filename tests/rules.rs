//! Every built-in rule finds what its author says it finds, and passes over what he says is not it.
//!
//! The events lie beside the rules; how they are judged is `detect::proof`, as in `rules test`.

mod common;

use ctadel::detect::ast::RuleSet;
use ctadel::detect::proof;
use ctadel::enrich::derive::Context;

#[test]
fn every_rule_passes_its_events() {
    let set = common::builtin();
    let (cases, bare) = proof::cases(&set, &[]).expect("the events can be read");
    assert!(bare.is_empty(), "rules without events: {bare:?}");
    let mut replay = |rules: &RuleSet, context: &Context, events: &[&[u8]]| {
        ctadel::replay(rules, context, events)
            .map(|report| report.findings)
            .map_err(|error| error.to_string())
    };
    let (mut passed, mut broken) = (0, Vec::new());
    for case in &cases {
        let proof = case.prove(&set, &mut replay);
        passed += proof.passed;
        broken.extend(proof.failures.iter().map(ToString::to_string));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(passed > 400, "only {passed} events");
}
