//! The state of a case: every incident that was seen, and what was said about it.
//!
//! The lines of the journal enter in order, incidents with their statuses and members leave.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::entry::{Acted, Line, Merged, Said, Seen};
use super::journal::Contents;
use crate::incident::{Earlier, Remembered};
use crate::model::incident::{Change, Status, Verdict};
use crate::model::{Actor, Incident, Severity, Time};

/// An incident as the case knows it.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// Its id.
    pub id: String,
    /// Its title when it was last seen.
    pub title: String,
    /// Its severity when it was last seen.
    pub severity: Severity,
    /// Where the work stands.
    pub status: Status,
    /// What it turned out to be.
    pub verdict: Option<Verdict>,
    /// What was said about it.
    pub history: Vec<Change>,
    /// The incident that it is part of now.
    pub merged_into: Option<String>,
    /// The resolved incident that it continues.
    pub reopens: Option<String>,
    /// Its last event.
    pub last: Option<Time>,
    /// Who acted.
    pub actors: Vec<Acted>,
}

/// Everything a case knows.
#[derive(Clone, Debug, Default)]
pub struct Book {
    /// In the order in which they were first seen.
    incidents: Vec<Kept>,
    places: HashMap<String, usize>,
    /// The incident of each finding.
    members: HashMap<String, usize>,
}

impl Book {
    /// Reads a journal's lines; the number of a line that makes no sense comes back.
    pub fn of(contents: &Contents) -> Result<Book, u64> {
        let mut book = Book::default();
        for entry in &contents.entries {
            let line = Line::of(entry).map_err(|_| entry.seq)?;
            let time = Time::parse(&entry.ts).ok_or(entry.seq)?;
            match line {
                Some(Line::Seen(seen)) => book.seen(seen),
                Some(Line::Said(said)) => book.said(said, time).ok_or(entry.seq)?,
                Some(Line::Merged(merged)) => book.merged(&merged),
                None => {}
            }
        }
        Ok(book)
    }

    fn place(&mut self, id: &str) -> usize {
        if let Some(place) = self.places.get(id) {
            return *place;
        }
        self.places.insert(id.to_owned(), self.incidents.len());
        self.incidents.push(Kept {
            id: id.to_owned(),
            ..Kept::default()
        });
        self.incidents.len() - 1
    }

    fn seen(&mut self, mut seen: Seen) {
        let place = self.place(&seen.incident);
        for finding in std::mem::take(&mut seen.findings) {
            self.members.insert(finding, place);
        }
        let kept = &mut self.incidents[place];
        kept.title = seen.title;
        kept.severity = seen.severity.parse().unwrap_or_default();
        kept.reopens = seen.reopens;
        kept.last = kept.last.max(Time::parse(&seen.last));
        for actor in seen.actors {
            if !kept.actors.contains(&actor) {
                kept.actors.push(actor);
            }
        }
    }

    fn said(&mut self, said: Said, time: Time) -> Option<()> {
        let change = Change {
            time,
            status: said.status.map(|word| word.parse()).transpose().ok()?,
            verdict: said.verdict.map(|word| word.parse()).transpose().ok()?,
            note: said.note,
            author: said.author,
            action: said.action,
        };
        let place = self.place(&said.incident);
        let kept = &mut self.incidents[place];
        kept.status = change.status.unwrap_or(kept.status);
        kept.verdict = change.verdict.or(kept.verdict);
        kept.history.push(change);
        Some(())
    }

    fn merged(&mut self, merged: &Merged) {
        let (from, into) = (self.place(&merged.incident), self.place(&merged.into));
        let from = self.end_of(from);
        // A circle would have no end.
        if self.end_of(into) != from {
            self.incidents[from].merged_into = Some(merged.into.clone());
        }
    }

    /// Where a chain of merges ends.
    fn end_of(&self, mut place: usize) -> usize {
        while let Some(next) = self.incidents[place]
            .merged_into
            .as_ref()
            .and_then(|id| self.places.get(id))
        {
            place = *next;
        }
        place
    }

    /// Every incident that stands for itself, the oldest first.
    pub fn incidents(&self) -> impl Iterator<Item = &Kept> {
        self.incidents
            .iter()
            .filter(|kept| kept.merged_into.is_none())
    }

    /// Every id, those that were merged too.
    pub fn ids(&self) -> Vec<&str> {
        self.incidents.iter().map(|kept| kept.id.as_str()).collect()
    }

    /// The incident with this id, or the one that it was merged into.
    pub fn get(&self, id: &str) -> Option<&Kept> {
        let place = self.places.get(id)?;
        self.incidents.get(self.end_of(*place))
    }

    /// What the grouping has to know.
    pub fn remembered(&self) -> Remembered {
        let mut numbers = HashMap::new();
        let mut out = Remembered::default();
        for (place, kept) in self.incidents.iter().enumerate() {
            out.ids.insert(kept.id.clone());
            if kept.merged_into.is_some() {
                continue;
            }
            numbers.insert(place, out.incidents.len() as u32);
            out.incidents.push(Earlier {
                id: kept.id.clone(),
                status: kept.status,
                verdict: kept.verdict,
                history: self.history(place),
                reopens: kept.reopens.clone(),
            });
        }
        out.members = self
            .members
            .iter()
            .filter_map(|(finding, place)| {
                let number = numbers.get(&self.end_of(*place))?;
                Some((finding.clone(), *number))
            })
            .collect();
        out
    }

    /// What was said about an incident and about those that were merged into it.
    fn history(&self, place: usize) -> Vec<Change> {
        let mut history = self.incidents[place].history.clone();
        let merged = self.incidents.iter().enumerate().filter(|(other, kept)| {
            *other != place && kept.merged_into.is_some() && self.end_of(*other) == place
        });
        for (_, kept) in merged {
            history.extend(kept.history.iter().filter_map(Change::inherited));
        }
        history.sort_by_key(|change| change.time);
        history
    }

    /// The lines that bring the case up to date with a run. Redirects come first: what a crash
    /// cuts off behind one the next run finds again, but nothing leads to an incident without
    /// findings.
    pub fn news(&self, incidents: &[Incident], merged: &[(String, String)]) -> Vec<Line> {
        let mut out = Vec::new();
        let redirects: BTreeMap<&String, &String> =
            merged.iter().map(|(from, into)| (from, into)).collect();
        let known: BTreeSet<&str> = self.ids().into_iter().collect();
        for (from, into) in redirects {
            if known.contains(from.as_str()) {
                out.push(Line::Merged(Merged {
                    incident: from.clone(),
                    into: into.clone(),
                }));
            }
        }
        for incident in incidents {
            let known = self.places.get(&incident.id).copied();
            let fresh = |finding: &&String| {
                let home = self.members.get(*finding).map(|place| self.end_of(*place));
                home.is_none() || home != known
            };
            let seen = Seen {
                incident: incident.id.clone(),
                title: incident.title.clone(),
                severity: incident.severity.word().to_owned(),
                score: incident.score,
                first: incident.start.to_string(),
                last: incident.end.to_string(),
                findings: Vec::new(),
                reopens: incident.reopens.clone(),
                actors: incident.actors.iter().map(|actor| acted(actor)).collect(),
            };
            let more = known.is_some_and(|place| {
                let kept = &self.incidents[place];
                let known = |actor: &Acted| kept.actors.contains(actor);
                kept.last < Some(incident.end) || !seen.actors.iter().all(known)
            });
            let findings: Vec<String> = incident.findings.iter().filter(fresh).cloned().collect();
            if known.is_none() || more || !findings.is_empty() {
                out.push(Line::Seen(Seen { findings, ..seen }));
            }
        }
        out
    }
}

/// An actor by its names.
fn acted(actor: &Actor) -> Acted {
    let more = [&actor.principal, &actor.session, &actor.issuer];
    let mut names = vec![actor.id.clone(), actor.name.clone()];
    names.extend(more.into_iter().flatten().cloned());
    names.retain(|name| !name.is_empty());
    names.dedup();
    Acted {
        kind: actor.kind.word().to_owned(),
        names,
    }
}
