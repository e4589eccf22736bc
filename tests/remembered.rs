//! What a worker remembers of records by a few of their fields: those fields must make it.

mod common;

use std::collections::HashMap;

use ctadel::normalize::{Norm, Record};

fn inputs() -> Vec<String> {
    let mut all = vec![common::testdata().display().to_string()];
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    match corpus.exists() {
        true => all.push(corpus.display().to_string()),
        false => eprintln!("skipped: no corpus beside the project"),
    }
    all
}

fn fields(record: &Record, norms: &[Norm]) -> Vec<Vec<u8>> {
    let values = norms
        .iter()
        .map(|norm| record.norm(*norm).unwrap_or_default().to_vec());
    values.collect()
}

#[test]
fn records_that_agree_in_the_declared_fields_have_the_same_actor_and_action() {
    let (mut actors, mut actions) = (HashMap::new(), HashMap::new());
    let mut bad = std::collections::BTreeSet::new();
    let mut count = 0;
    ctadel::run::events::events(
        &inputs(),
        &ctadel::load::Options::default(),
        &mut |record| {
            count += 1;
            let source = record.layout.source;
            let mut place = fields(record, source.actor_fields);
            if record.norm(Norm::ActorId).is_none() {
                place.push(record.norm(Norm::Address).unwrap_or_default().to_vec());
            }
            let actor = (source.actor)(record);
            let known = actors
                .entry((source.name, place))
                .or_insert_with(|| actor.clone());
            if *known != actor {
                bad.insert(format!("{}: {known:?} and {actor:?}", source.name));
            }
            if !source.action_fields.is_empty() {
                let place = (source.name, fields(record, source.action_fields));
                let action = (source.action)(record);
                let known = actions.entry(place).or_insert_with(|| action.clone());
                if *known != action {
                    bad.insert(format!("{}: {known} and {action}", source.name));
                }
            }
        },
    )
    .expect("read");
    assert!(count > 100, "{count}");
    assert!(bad.is_empty(), "{} {bad:#?}", bad.len());
}
