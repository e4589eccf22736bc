//! Whether rules find what their authors say they find.
//!
//! Loaded rules and the events beside their files enter, what passed and what failed leaves. How
//! events are run is handed in: stages do not call the run that calls them.

mod find;

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::ast::{Body, RuleSet};
use super::subset::subset;
use crate::enrich::derive::Context;
use crate::enrich::network::Network;
use crate::model::Finding;

pub use find::cases;

/// Runs rules over events; the record number of an evidence is the position of its event.
pub type Replay<'r> = dyn FnMut(&RuleSet, &Context, &[&[u8]]) -> Result<Vec<Finding>, String> + 'r;

/// Why events cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file that is there and cannot be read.
    #[error("read {file}")]
    Read {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
}

/// A rule file with its events.
#[derive(Debug)]
pub struct Case {
    /// The rule file, as its rules name it.
    pub file: String,
    /// The events file, for messages.
    events_file: String,
    text: String,
    intel: Option<Intel>,
}

/// The address list of a case.
#[derive(Debug)]
enum Intel {
    File(PathBuf),
    Text(&'static str),
}

/// What came of one case.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// How many events did what is expected of them.
    pub passed: u64,
    /// The others.
    pub failures: Vec<Broken>,
}

/// An event that does not do what is expected of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Broken {
    /// The events file.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.reason)
    }
}

/// What an event is expected to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Expect {
    Hit,
    Miss,
    /// Nothing: it stands in front of the others, for rules that ask what was there before.
    Given,
}

/// A line of an events file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    expect: Expect,
    #[serde(default)]
    note: String,
    #[serde(borrow)]
    event: &'a RawValue,
}

/// An event with its place.
struct Event<'a> {
    line: usize,
    note: String,
    raw: &'a [u8],
}

impl Case {
    /// Runs the events of the case through the rules of its file.
    pub fn prove(&self, set: &RuleSet, replay: &mut Replay<'_>) -> Proof {
        let mut proof = Proof::default();
        let (mut given, mut hits, mut misses) = (Vec::new(), Vec::new(), Vec::new());
        for (number, line) in self
            .text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
        {
            match serde_json::from_str::<Line<'_>>(line) {
                Ok(Line {
                    expect,
                    note,
                    event,
                }) => {
                    let event = Event {
                        line: number + 1,
                        note,
                        raw: event.get().as_bytes(),
                    };
                    match expect {
                        Expect::Given => given.push(event),
                        Expect::Hit => hits.push(event),
                        Expect::Miss => misses.push(event),
                    }
                }
                Err(error) => self.fail(
                    &mut proof,
                    number + 1,
                    &format!("this is no event: {error}"),
                ),
            }
        }
        // Every program that is compiled for a case costs the time of all rules in it.
        let own = (0..set.rules.len()).filter(|rule| set.rules[*rule].meta.file == self.file);
        let (rules, _) = subset(set, own);
        let together = rules
            .rules
            .iter()
            .any(|rule| matches!(rule.body, Body::Correlation(_)));
        let context = match self.context() {
            Ok(context) => context,
            Err(reason) => {
                self.fail(&mut proof, 0, &reason);
                return proof;
            }
        };
        let mut run = |events: &[Event<'_>]| {
            let all = given.iter().chain(events);
            let raws: Vec<&[u8]> = all.map(|event| event.raw).collect();
            let mut found = replay(&rules, &context, &raws)?;
            found.retain(|finding| finding.rule.file == self.file);
            // Positions are those of the events that something is expected of.
            let before = given.len() as u64;
            for finding in &mut found {
                finding
                    .evidence
                    .retain(|evidence| evidence.record >= before);
                for evidence in &mut finding.evidence {
                    evidence.record -= before;
                }
            }
            Ok::<_, String>(found)
        };
        let hits: Vec<Vec<Event<'_>>> = if together { vec![hits] } else { apart(hits) };
        for events in hits.iter().filter(|events| !events.is_empty()) {
            match run(events) {
                Ok(found) => self.expect_hits(&mut proof, events, &found),
                Err(reason) => self.fail(&mut proof, events[0].line, &reason),
            }
        }
        let misses: Vec<Vec<Event<'_>>> = if together {
            vec![misses]
        } else {
            apart(misses)
        };
        for events in misses.iter().filter(|events| !events.is_empty()) {
            match run(events) {
                Ok(found) => self.expect_misses(&mut proof, events, &found),
                Err(reason) => self.fail(&mut proof, events[0].line, &reason),
            }
        }
        proof.failures.sort_by_key(|failure| failure.line);
        proof
    }

    /// Each event is evidence of some finding. A finding names only its first hundred events, so
    /// as many as were left out may be missing.
    fn expect_hits(&self, proof: &mut Proof, events: &[Event<'_>], found: &[Finding]) {
        let unnamed: u64 = found
            .iter()
            .map(|finding| {
                finding
                    .evidence_total
                    .saturating_sub(finding.evidence.len() as u64)
            })
            .sum();
        let named = positions(found);
        let missing: Vec<&Event<'_>> = events
            .iter()
            .enumerate()
            .filter(|(at, _)| !named.contains_key(&(*at as u64)))
            .map(|(_, e)| e)
            .collect();
        if missing.len() as u64 <= unnamed {
            proof.passed += events.len() as u64;
            return;
        }
        proof.passed += (events.len() - missing.len()) as u64;
        for event in missing {
            self.fail(
                proof,
                event.line,
                &format!("expected a hit, found nothing{}", remark(&event.note)),
            );
        }
    }

    /// No event is evidence of any finding.
    fn expect_misses(&self, proof: &mut Proof, events: &[Event<'_>], found: &[Finding]) {
        let named = positions(found);
        for (at, event) in events.iter().enumerate() {
            match named.get(&(at as u64)) {
                None => proof.passed += 1,
                Some(rule) => {
                    self.fail(
                        proof,
                        event.line,
                        &format!("expected a miss, found by {rule}{}", remark(&event.note)),
                    );
                }
            }
        }
    }

    fn fail(&self, proof: &mut Proof, line: usize, reason: &str) {
        proof.failures.push(Broken {
            file: self.events_file.clone(),
            line,
            reason: reason.to_owned(),
        });
    }

    /// Nothing of the user's own environment: a rule's test is the same everywhere.
    fn context(&self) -> Result<Context, String> {
        let load = |path: &Path| {
            let network =
                Network::load(&[], &[path.to_owned()], &[]).map_err(|error| error.to_string())?;
            Ok(Context {
                network,
                ..Context::default()
            })
        };
        match &self.intel {
            None => Ok(Context::default()),
            Some(Intel::File(path)) => load(path),
            Some(Intel::Text(text)) => {
                let kept =
                    |error: std::io::Error| format!("keep the address list in a file: {error}");
                let mut file = tempfile::Builder::new()
                    .suffix(".csv")
                    .tempfile()
                    .map_err(kept)?;
                file.write_all(text.as_bytes()).map_err(kept)?;
                load(file.path())
            }
        }
    }
}

fn apart(events: Vec<Event<'_>>) -> Vec<Vec<Event<'_>>> {
    events.into_iter().map(|event| vec![event]).collect()
}

/// Positions of the events that are evidence, each with a rule that says so.
fn positions(found: &[Finding]) -> BTreeMap<u64, &str> {
    let mut out = BTreeMap::new();
    for finding in found {
        for evidence in &finding.evidence {
            out.entry(evidence.record)
                .or_insert(finding.rule.id.as_str());
        }
    }
    out
}

fn remark(note: &str) -> String {
    if note.is_empty() {
        String::new()
    } else {
        format!(": {note}")
    }
}
