//! What identities did beside an incident: whom it hits to take them out.
//!
//! Names and an incident enter, then every record of a further read; leaves, for each name, how
//! many calls belong to the incident and how many do not, and what those others are.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::Mutex;

use super::wanted::{Focus, Wanted};
use crate::model::{Calls, Finding, Incident, Time};
use crate::normalize::event::uid;
use crate::normalize::{Norm, Record, address};

/// Calls that are told from their copies; beyond that a copy counts again.
const TOLD_APART: usize = 4_000_000;
/// Actions and addresses that are named.
const TOP: usize = 3;
/// Different actions and addresses that are counted.
const KINDS: usize = 10_000;

#[derive(Default)]
struct Sum {
    seen: HashSet<u64>,
    calls: Calls,
    actions: BTreeMap<String, u64>,
    addresses: BTreeMap<String, u64>,
}

/// Counts while records pass.
pub struct Footprint<'a> {
    names: &'a [Vec<String>],
    inside: Wanted<'a>,
    hash: RandomState,
    sums: Mutex<Vec<Sum>>,
}

impl<'a> Footprint<'a> {
    /// Counts for each identity, which is known by any of its names.
    pub fn new(
        names: &'a [Vec<String>],
        findings: &'a [&'a Finding],
        incidents: &'a [&'a Incident],
    ) -> Footprint<'a> {
        Footprint {
            names,
            inside: Wanted::new(Focus::Found, findings, incidents),
            hash: RandomState::new(),
            sums: Mutex::new(names.iter().map(|_| Sum::default()).collect()),
        }
    }

    /// Takes a record in.
    pub fn see(&self, record: &Record, time: Time) {
        let source = record.layout.source;
        let actor = (source.actor)(record);
        let more = [&actor.principal, &actor.session, &actor.issuer];
        let mut own = [&actor.id, &actor.name]
            .into_iter()
            .chain(more.into_iter().flatten());
        let is = |name: &String| own.clone().any(|own| own.eq_ignore_ascii_case(name));
        let whose: Vec<usize> = (0..self.names.len())
            .filter(|at| self.names[*at].iter().any(is))
            .collect();
        if whose.is_empty() || own.all(String::is_empty) {
            return;
        }
        let inside = self.inside.wants(record, time);
        let id = self.hash.hash_one(uid(record));
        let action = (source.action)(record);
        let from = record.text(Norm::Address);
        let from = from.and_then(|raw| address::classify(&raw).ip);
        let Ok(mut sums) = self.sums.lock() else {
            return;
        };
        for at in whose {
            let sum = &mut sums[at];
            // The same call may stand in several exports.
            if sum.seen.len() < TOLD_APART && !sum.seen.insert(id) {
                continue;
            }
            if inside {
                sum.calls.inside += 1;
                continue;
            }
            sum.calls.outside += 1;
            let (first, last) = sum.calls.span.unwrap_or((time, time));
            sum.calls.span = Some((first.min(time), last.max(time)));
            count(&mut sum.actions, &action);
            if let Some(ip) = from {
                count(&mut sum.addresses, &ip.to_string());
            }
        }
    }

    /// What was counted, in the order of the names.
    pub fn calls(self) -> Vec<Calls> {
        let sums = self.sums.into_inner().unwrap_or_default();
        let calls = |sum: Sum| Calls {
            actions: top(sum.actions),
            addresses: top(sum.addresses),
            ..sum.calls
        };
        sums.into_iter().map(calls).collect()
    }
}

fn count(counts: &mut BTreeMap<String, u64>, text: &str) {
    if let Some(count) = counts.get_mut(text) {
        *count += 1;
    } else if counts.len() < KINDS {
        counts.insert(text.to_owned(), 1);
    }
}

fn top(counts: BTreeMap<String, u64>) -> Vec<(String, u64)> {
    let mut all: Vec<(String, u64)> = counts.into_iter().collect();
    all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    all.truncate(TOP);
    all
}
