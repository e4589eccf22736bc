//! Actions that a log tells in several records: each becomes one match.
//!
//! Matches and undecided records that are steps of an action enter, one match an action and rule
//! leaves: with all its records, the time of the first and the outcome of the last. Nothing hangs
//! on the order in which they came, nor on which other rules looked at the action.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use smallvec::SmallVec;

use super::intern::{Interner, NO_STR};
use super::late::{Known, View};
use super::rows::{Base, Row, Step};
use super::store::{Reader, Store, Waiting};
use super::worker::{Shared, bases::bases};
use crate::decode::index::Index;
use crate::decode::trie::{Slots, Span};
use crate::decode::walk::Walker;
use crate::detect::matcher::{Action, Matcher, Scene};
use crate::enrich::derive::Firsts;
use crate::model::{Outcome, Severity};
use crate::normalize::Record;
use crate::normalize::source::{Part, Stage};

/// What a rule knows about one record of an action.
#[derive(Clone, Copy)]
struct Told<'s> {
    /// The source, the action, the rule.
    place: (u8, u64, u32),
    ends: bool,
    row: &'s Row,
    what: What<'s>,
}

#[derive(Clone, Copy)]
enum What<'s> {
    /// The rule holds.
    Holds(&'s Step),
    /// It may hold, once the others are there.
    Open(&'s Waiting),
}

/// One action that a rule holds for.
struct Found {
    bound: u32,
    level: Severity,
    rows: Vec<(bool, Row)>,
    bases: Vec<Base>,
}

/// Puts the steps together and adds what the actions give to the store.
pub(super) fn actions(store: &mut Store, shared: &Shared, known: &Known) {
    let mut strings = Interner::default();
    for found in judge(store, shared, known, &mut strings) {
        let row = merged(store, &found.rows);
        let rule = &shared.programs[row.source as usize].rules[found.bound as usize];
        if rule.speaks {
            let key = store.matched(rule.rule, found.level, &row);
            store.reach(&key, last_of(&found.rows));
            if found.level >= shared.shown {
                for (_, other) in found.rows.iter().filter(|(_, other)| other.key != row.key) {
                    store.repeat(&key, other);
                }
            }
        }
        for base in found.bases {
            store.base_of(&base, &row);
        }
    }
    store.steps = Vec::new();
    store.step_bases = Vec::new();
}

/// The rules that hold for actions, in an order that hangs on the records alone.
fn judge(store: &mut Store, shared: &Shared, known: &Known, strings: &mut Interner) -> Vec<Found> {
    let mut own: Vec<(usize, Vec<Base>)> = Vec::new();
    let mut out = Vec::new();
    {
        let store = &*store;
        let view = View {
            known,
            store,
            declared: &shared.context.own,
        };
        let mut matchers: HashMap<u8, Matcher> = HashMap::new();
        let mut texts = store.texts.reader();
        let mut all = told(store);
        all.sort_by_key(|told| (told.place, told.ends, told.row.order()));
        for same in all.chunk_by(|a, b| a.place == b.place) {
            let (source, _, bound) = same[0].place;
            let holds = same.iter().find_map(|told| match told.what {
                What::Holds(step) => Some(step),
                What::Open(_) => None,
            });
            let rows: Vec<(bool, Row)> = same.iter().map(|told| (told.ends, *told.row)).collect();
            if let Some(step) = holds {
                out.push(Found {
                    bound,
                    level: step.level,
                    rows,
                    bases: step.bases.of(&store.step_bases).to_vec(),
                });
                continue;
            }
            let program = &shared.programs[source as usize];
            let matcher = matchers.entry(source);
            let matcher = matcher.or_insert_with(|| Matcher::new(program));
            let mut bases = Vec::new();
            let level = open(
                same,
                &mut texts,
                outcome_of(&rows),
                &view,
                shared,
                |scene| {
                    matcher.next_record();
                    let level = matcher.rule(scene, bound)?.level?;
                    for feed in &program.rules[bound as usize].feeds {
                        let more = bases_of(matcher, scene, feed, strings);
                        bases.extend(more);
                    }
                    Some(level)
                },
            );
            if let Some(level) = level {
                own.push((out.len(), bases));
                out.push(Found {
                    bound,
                    level,
                    rows,
                    bases: Vec::new(),
                });
            }
        }
    }
    for (at, bases) in own {
        let bases = bases.into_iter().map(|base| Base {
            group: store.strings.put(strings.get(base.group)),
            value: match base.value {
                NO_STR => NO_STR,
                value => store.strings.put(strings.get(value)),
            },
            ..base
        });
        out[at].bases = bases.collect();
    }
    out
}

fn bases_of(
    matcher: &mut Matcher,
    scene: &Scene,
    feed: &crate::detect::compile::Feed,
    strings: &mut Interner,
) -> SmallVec<[Base; 1]> {
    bases(matcher, scene, feed, strings, 0).unwrap_or_default()
}

/// Every step that some rule asks about.
fn told(store: &Store) -> Vec<Told<'_>> {
    let steps = store.steps.iter().map(|(step, row)| Told {
        place: (row.source, step.action, step.bound),
        ends: step.ends,
        row,
        what: What::Holds(step),
    });
    let open = store.candidates.iter().flat_map(|waiting| {
        let step = match waiting.part {
            Some(Part::Step(action, stage)) => Some((action, stage == Stage::Ends)),
            _ => None,
        };
        step.into_iter().flat_map(move |(action, ends)| {
            waiting.bound.iter().map(move |bound| Told {
                place: (waiting.row.source, action, *bound),
                ends,
                row: &waiting.row,
                what: What::Open(waiting),
            })
        })
    });
    steps.chain(open).collect()
}

/// Lays the records of one action before `judge`: beginnings first.
fn open<T>(
    same: &[Told],
    texts: &mut Reader,
    outcome: Outcome,
    view: &View,
    shared: &Shared,
    judge: impl FnOnce(&Scene) -> Option<T>,
) -> Option<T> {
    let program = &shared.programs[same[0].place.0 as usize];
    let mut walked: Vec<(Vec<u8>, Slots, Span)> = Vec::with_capacity(same.len());
    let mut index = Index::default();
    for told in same {
        let What::Open(waiting) = told.what else {
            continue;
        };
        let mut slots = Slots::default();
        let text = texts.text(waiting.text);
        index.build(text);
        let walker = &Walker::new(text, &index);
        // It was walked before, so it can be walked again.
        if let Ok(end) = walker.record(0, &program.layout.trie, &mut slots) {
            let span = Span {
                start: 0,
                end: end as u32,
            };
            walked.push((text.to_vec(), slots, span));
        }
    }
    let records = walked.iter();
    let records =
        records.map(|(text, slots, span)| Record::new(text, *span, slots, &program.layout));
    let records: Vec<Record> = records.collect();
    let (record, others) = records.split_first()?;
    judge(&Scene {
        program,
        record: *record,
        context: shared.context,
        late: Some(view),
        fresh: Firsts::default(),
        granted: None,
        stage: Stage::Whole,
        action: Some(Action { others, outcome }),
    })
}

/// How the action ended: what the last end says, else the last record.
fn outcome_of(rows: &[(bool, Row)]) -> Outcome {
    let last = rows.iter().max_by_key(|(ends, row)| (*ends, row.order()));
    last.map_or(Outcome::Unknown, |(_, row)| row.outcome)
}

fn last_of(rows: &[(bool, Row)]) -> crate::model::Time {
    let times = rows.iter().map(|(_, row)| row.time);
    times.max().unwrap_or(crate::model::Time(0))
}

/// The action as one row: the first record's place and time, from each record what the earlier
/// ones do not say, the outcome of the last.
fn merged(store: &mut Store, rows: &[(bool, Row)]) -> Row {
    // Beginnings come first; there is one row at least.
    let mut row = rows[0].1;
    let first = rows
        .iter()
        .map(|(_, row)| row)
        .min_by_key(|row| row.order());
    if let Some(first) = first {
        (row.time, row.key, row.uid) = (first.time, first.key, first.uid);
        (row.file, row.position, row.record) = (first.file, first.position, first.record);
    }
    row.outcome = outcome_of(rows);
    let mut targets = row.targets.of(&store.targets).to_vec();
    let known = targets.len();
    for (_, other) in &rows[1..] {
        for (own, other) in [
            (&mut row.ip, other.ip),
            (&mut row.agent, other.agent),
            (&mut row.account, other.account),
            (&mut row.region, other.region),
            (&mut row.issued, other.issued),
        ] {
            if *own == NO_STR {
                *own = other;
            }
        }
        let named = |actor: u32| store.actors[actor].is_named();
        if !named(row.actor) && named(other.actor) {
            row.actor = other.actor;
        }
        for target in other.targets.of(&store.targets) {
            if !targets.iter().any(|known| known.id == target.id) {
                targets.push(*target);
            }
        }
    }
    if targets.len() > known {
        let start = store.targets.len();
        store.targets.extend(targets);
        row.targets = store.target_list(start);
    }
    row
}
