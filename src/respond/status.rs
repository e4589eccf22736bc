//! What the journal says about where an incident stands.
//!
//! Enter what the case keeps of an incident and the records of all actions; leaves the status that
//! follows from them, where it is another one. A status that a person set stays a person's.

use super::journal::{Ended, Record};
use super::undo::SEEN;
use crate::case::{Acted, Kept};
use crate::model::response::{Takes, response};
use crate::model::{Status, Time};

/// The status that follows from the journal, and the action that brought it about.
pub fn follows(kept: &Kept, records: &[Record]) -> Option<(Status, String)> {
    let newest = records.last()?.id.clone();
    let is_ours = || {
        let said = kept.history.iter().rev().find(|one| one.status.is_some());
        said.is_some_and(|change| change.action.is_some())
    };
    match (kept.status, contained(kept, records)) {
        (Status::Open | Status::Investigating, true) => Some((Status::Contained, newest)),
        (Status::Contained, false) if is_ours() => Some((Status::Investigating, newest)),
        _ => None,
    }
}

/// Whether everybody who acted is stopped by a verified action begun after the last event.
pub fn contained(kept: &Kept, records: &[Record]) -> bool {
    let Some(last) = kept.last else {
        return false;
    };
    // The provider acts for others: nobody stops it, and nobody has to.
    let mut actors = kept.actors.iter().filter(|one| one.kind != "cloud_service");
    let stopped = |actor: &Acted| {
        records
            .iter()
            .any(|record| stops(record, actor, last, records))
    };
    kept.actors.iter().any(|one| one.kind != "cloud_service") && actors.all(stopped)
}

fn stops(record: &Record, actor: &Acted, last: Time, all: &[Record]) -> bool {
    record.plan.undoes.is_none()
        && record.begun >= last
        && holds(record)
        && !is_undone(record, all)
        && enough(record, actor)
}

/// Seen to be in place, by calls of its own.
fn holds(record: &Record) -> bool {
    let own =
        || {
            record.calls.values().flatten().any(|outcome| {
                outcome.status == Ended::Done || outcome.error.as_deref() == Some(SEEN)
            })
        };
    match record.result.as_deref() {
        Some("contained") => true,
        Some("already") => own(),
        _ => false,
    }
}

/// An undo that failed took nothing back.
fn is_undone(record: &Record, all: &[Record]) -> bool {
    all.iter().any(|undo| {
        undo.plan.undoes.as_deref() == Some(&record.id) && undo.result.as_deref() != Some("failed")
    })
}

/// Whether an action on this target leaves this actor without anything to act with.
fn enough(record: &Record, actor: &Acted) -> bool {
    let target = &record.plan.target;
    let provider = record.plan.provider.word();
    let Some(known) = response(provider, &record.plan.action) else {
        return false;
    };
    // In AWS a name is one account's, and a session may be called whatever its holder likes.
    let arn = format!(":{}:{}/", record.plan.account, target.kind);
    let is = |name: &String| *name == target.id || (provider != "aws" && *name == target.name);
    let is_of = |name: &String| {
        let named = name.contains(&arn) && name.rsplit('/').next() == Some(&target.name);
        is(name) || named || name.split(':').next() == Some(&target.id)
    };
    match known.takes {
        Takes::Identity => actor.names.iter().any(is_of),
        // Whoever signs in again, or has a key, goes on; a role's session has neither.
        Takes::Sessions => {
            provider == "aws" && actor.kind == "role_session" && actor.names.iter().any(is_of)
        }
        // A key is all there is of an actor that is known by nothing else.
        Takes::Key => actor.names.first().is_some_and(is),
        // What ran in a pod goes on, and reaches nobody.
        Takes::Network => actor.kind == "workload" && actor.names.iter().any(is_of),
        Takes::Grant | Takes::Damage => false,
    }
}
