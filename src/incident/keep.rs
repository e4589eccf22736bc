//! Incidents that were known before keep their names.
//!
//! Enter the drafts of this run and what earlier runs remember; leave the drafts with the names
//! they had, what was merged, and what goes on after somebody had called it done.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::build::Draft;
use super::head::Head;
use crate::model::incident::{Change, Verdict};
use crate::model::{Incident, Status};

/// An incident of an earlier run.
#[derive(Clone, Debug, Default)]
pub struct Earlier {
    /// Its id.
    pub id: String,
    /// Where the work stands.
    pub status: Status,
    /// What it turned out to be.
    pub verdict: Option<Verdict>,
    /// What was said about it, also about those that were merged into it.
    pub history: Vec<Change>,
    /// The resolved incident that it continues.
    pub reopens: Option<String>,
}

/// What earlier runs remember.
#[derive(Clone, Debug, Default)]
pub struct Remembered {
    /// Incidents, the oldest first; those merged into another one left out.
    pub incidents: Vec<Earlier>,
    /// The place of each known finding's incident among them.
    pub members: HashMap<String, u32>,
    /// Ids that are given away, those merged into another one too.
    pub ids: BTreeSet<String>,
}

impl Remembered {
    /// Whether an id is given away.
    pub(super) fn knows(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    fn is_resolved(&self, earlier: u32) -> bool {
        self.incidents
            .get(earlier as usize)
            .is_some_and(|earlier| earlier.status == Status::Resolved)
    }
}

/// Finds the earlier incidents in the drafts of a run.
pub(super) struct Keeper<'a> {
    remembered: &'a Remembered,
    founding: &'a [bool],
    /// The earlier incident of each finding.
    homes: Vec<Option<u32>>,
    /// What each draft was before the resolved part was taken out.
    wholes: Vec<usize>,
}

impl<'a> Keeper<'a> {
    /// Looks up every finding.
    pub fn new(heads: &[&Head], founding: &'a [bool], remembered: &'a Remembered) -> Keeper<'a> {
        let home = |head: &&Head| remembered.members.get(&head.name()).copied();
        Keeper {
            remembered,
            founding,
            homes: heads.iter().map(home).collect(),
            wholes: Vec::new(),
        }
    }

    /// Takes what is resolved out of the drafts: it keeps its members, and nothing joins it.
    pub fn split(&mut self, drafts: Vec<Draft>, origins: Vec<usize>) -> (Vec<Draft>, Vec<usize>) {
        let mut parts: Vec<(Draft, usize, usize)> = Vec::new();
        for (whole, (draft, origin)) in drafts.into_iter().zip(origins).enumerate() {
            let split = self.parts(draft).into_iter();
            parts.extend(split.map(|part| (part, origin, whole)));
        }
        parts.sort_by_key(|(draft, ..)| draft.members.first().copied());
        self.wholes = parts.iter().map(|(.., whole)| *whole).collect();
        parts
            .into_iter()
            .map(|(draft, origin, _)| (draft, origin))
            .unzip()
    }

    fn parts(&self, draft: Draft) -> Vec<Draft> {
        let resolved = |finding: &u32| {
            let home = self.homes[*finding as usize];
            home.filter(|home| self.remembered.is_resolved(*home))
        };
        let mut parts: BTreeMap<Option<u32>, Vec<u32>> = BTreeMap::new();
        for member in &draft.members {
            parts.entry(resolved(member)).or_default().push(*member);
        }
        if parts.keys().all(Option::is_none) {
            return vec![draft];
        }
        // What founds no incident by itself reopens none.
        let news = parts.get(&None);
        let silent = news.is_some_and(|news| !news.iter().any(|f| self.founding[*f as usize]));
        if silent && let Some(news) = parts.remove(&None) {
            let largest = parts
                .iter()
                .max_by_key(|(home, of)| (of.len(), Reverse(**home)));
            let largest = largest.map(|(home, _)| *home);
            if let Some(members) = largest.and_then(|home| parts.get_mut(&home)) {
                members.extend(news);
                members.sort_unstable();
            }
        }
        let of_part = |members: Vec<u32>| {
            let has = |finding: u32| members.binary_search(&finding).is_ok();
            let joins = draft.joins.iter().filter(|join| has(join.a) && has(join.b));
            Draft {
                joins: joins.copied().collect(),
                reason: draft.reason.clone(),
                members,
            }
        };
        parts.into_values().map(of_part).collect()
    }

    /// Gives each draft the name of the earlier incident it shares most members with, and what
    /// was said about that one. Names what was merged, `(from, into)`.
    pub fn name(&self, drafts: &[Draft], incidents: &mut [Incident]) -> Vec<(String, String)> {
        let mut shared: Vec<(Reverse<usize>, u32, usize)> = Vec::new();
        for (at, draft) in drafts.iter().enumerate() {
            let homes = draft.members.iter().map(|f| self.homes[*f as usize]);
            let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
            for home in homes.flatten() {
                *counts.entry(home).or_default() += 1;
            }
            shared.extend(
                counts
                    .into_iter()
                    .map(|(home, count)| (Reverse(count), home, at)),
            );
        }
        // The most members first; of equals the oldest, which comes first among the earlier ones.
        shared.sort_unstable();
        let mut drafts_of: HashMap<u32, usize> = HashMap::new();
        let mut names: Vec<Option<u32>> = vec![None; drafts.len()];
        for (_, home, at) in &shared {
            if names[*at].is_none() && !drafts_of.contains_key(home) {
                names[*at] = Some(*home);
                drafts_of.insert(*home, *at);
            }
        }
        let mut gone: Vec<(u32, u32, usize)> = Vec::new();
        for (_, home, at) in &shared {
            if let Some(into) = names[*at].filter(|_| !drafts_of.contains_key(home))
                && !self.remembered.is_resolved(*home)
            {
                drafts_of.insert(*home, *at);
                gone.push((*home, into, *at));
            }
        }
        gone.sort_unstable();
        for (incident, name) in incidents.iter_mut().zip(&names) {
            if let Some(earlier) = name.map(|home| self.earlier(home)) {
                incident.id = earlier.id.clone();
                incident.status = earlier.status;
                incident.verdict = earlier.verdict;
                incident.history = earlier.history.clone();
                incident.reopens = earlier.reopens.clone();
            }
        }
        for (home, _, at) in &gone {
            let words = self.earlier(*home).history.iter();
            let history = &mut incidents[*at].history;
            history.extend(words.filter_map(Change::inherited));
            history.sort_by_key(|change| change.time);
        }
        self.reopen(&names, incidents);
        let id = |home: u32| self.earlier(home).id.clone();
        let merged = gone.iter().map(|(home, into, _)| (id(*home), id(*into)));
        let mut merged: Vec<(String, String)> = merged.collect();
        merged.sort();
        merged
    }

    /// What is left of a draft of which a part is resolved continues that part.
    fn reopen(&self, names: &[Option<u32>], incidents: &mut [Incident]) {
        let mut resolved: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
        for (whole, name) in self.wholes.iter().zip(names) {
            if let Some(home) = name.filter(|home| self.remembered.is_resolved(*home)) {
                resolved.entry(*whole).or_default().push(home);
            }
        }
        for ((whole, name), incident) in self.wholes.iter().zip(names).zip(incidents) {
            let done = name.is_some_and(|home| self.remembered.is_resolved(home));
            // Of several the last one that was opened: the others came before it.
            let last = resolved.get(whole).and_then(|homes| homes.iter().max());
            if let (false, None, Some(last)) = (done, &incident.reopens, last) {
                incident.reopens = Some(self.earlier(*last).id.clone());
            }
        }
    }

    fn earlier(&self, home: u32) -> &Earlier {
        &self.remembered.incidents[home as usize]
    }
}
