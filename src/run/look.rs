//! A further read of the input, for the records that are wanted whole.
//!
//! A plan and what is wanted enter; events leave in the total order, copies left out, the records
//! of one action put together. Findings are not made: who wants to know them has run the scan.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::phase1;
use super::rows::Owned;
use super::store::{Caps, Store};
use super::worker::pick::Pick;
use crate::detect::ast::RuleSet;
use crate::load::Progress;
use crate::model::event::TimelineEntry;
use crate::model::{Evidence, Outcome};
use crate::normalize::source::{Part, Stage};
use crate::{Plan, ScanError};

/// What was found.
#[derive(Debug, Default)]
pub struct Looked {
    /// The first events in the total order, without findings and incident.
    pub entries: Vec<TimelineEntry>,
    /// How many records were wanted.
    pub wanted: u64,
    /// False when the read was stopped before the end.
    pub complete: bool,
}

/// Reads the input of a plan and keeps what is wanted, at most `limit` records.
pub fn look(
    plan: &Plan,
    rules: &RuleSet,
    pick: Pick,
    limit: usize,
    progress: &Arc<Progress>,
    stop: &AtomicBool,
) -> Result<Looked, ScanError> {
    let loader = crate::loader(plan)?.with_progress(progress.clone());
    loader.measure();
    let programs = crate::programs(rules, true);
    let mut shared = crate::shared(&programs, plan);
    shared.pick = Some(pick);
    let caps = Caps {
        owned: limit,
        ..plan.caps
    };
    let mut store = Store::new(&shared, caps, HashMap::new());
    let pool = phase1::pool(plan.threads).map_err(ScanError::Threads)?;
    let complete = phase1::read(loader, &shared, &mut store, &pool, stop);
    crate::compiled(&programs)?;
    store.first_owned();
    let owned = std::mem::take(&mut store.owned);
    Ok(Looked {
        entries: entries(&store, owned),
        wanted: store.wanted,
        complete,
    })
}

/// Puts the records of one action together; the first of them gives the place.
fn entries(store: &Store, owned: Vec<Owned>) -> Vec<TimelineEntry> {
    let mut out: Vec<TimelineEntry> = Vec::with_capacity(owned.len());
    let mut actions: HashMap<(u8, bool, u64), usize> = HashMap::new();
    let mut originals: HashMap<u64, usize> = HashMap::new();
    for one in owned {
        let file = store.files.get(one.file as usize);
        let evidence = Evidence {
            file: file.map(|file| file.name.clone()).unwrap_or_default(),
            record: one.position,
            uid: one.event.uid.clone(),
        };
        let known = match one.part {
            Some(Part::Amends(key)) => originals.get(&key).copied(),
            Some(Part::First(number) | Part::Other(number)) => {
                let place = (one.source, false, number);
                known(&mut actions, place, out.len())
            }
            Some(Part::Step(number, _)) => {
                known(&mut actions, (one.source, true, number), out.len())
            }
            None => None,
        };
        let Some(entry) = known.and_then(|at| out.get_mut(at)) else {
            originals.insert(one.event.key, out.len());
            out.push(TimelineEntry {
                event: *one.event,
                evidence: vec![evidence],
                findings: Vec::new(),
                incident: None,
            });
            continue;
        };
        entry.evidence.push(evidence);
        let (event, other) = (&mut entry.event, *one.event);
        match one.part {
            // The caller's side knows the caller and the answer.
            Some(Part::First(_)) => {
                let time = event.time;
                *event = other;
                event.time = time;
            }
            Some(Part::Step(_, Stage::Ends)) => {
                if other.outcome != Outcome::Unknown {
                    event.outcome = other.outcome;
                    event.error_code = other.error_code;
                }
                if event.targets.is_empty() {
                    event.targets = other.targets;
                }
            }
            _ => {}
        }
    }
    out
}

/// The place of an action that was met before; a new one is noted.
fn known(
    actions: &mut HashMap<(u8, bool, u64), usize>,
    place: (u8, bool, u64),
    next: usize,
) -> Option<usize> {
    match actions.get(&place) {
        Some(at) => Some(*at),
        None => {
            actions.insert(place, next);
            None
        }
    }
}
