//! The findings of a run, packed until somebody wants one.
//!
//! All of them at once would be many times the size of what they are made of.

use rayon::ThreadPool;

use super::{Maker, Packed};
use crate::model::summary::SummaryRow;
use crate::model::{Finding, Severity};
use crate::run::totals::totals;

/// Findings in the total order, each made when it is asked for.
pub struct Lot {
    maker: Maker,
    packed: Vec<Packed>,
    /// The ids of their incidents.
    ids: Vec<String>,
    /// The threads of the run.
    pool: Option<ThreadPool>,
}

impl Lot {
    /// Of packed findings and the ids of incidents; a home beyond the last is no incident.
    pub fn new(maker: Maker, packed: Vec<Packed>, ids: Vec<String>) -> Lot {
        Lot {
            maker,
            packed,
            ids,
            pool: None,
        }
    }

    /// With the threads that made them.
    pub fn with_pool(self, pool: ThreadPool) -> Lot {
        Lot {
            pool: Some(pool),
            ..self
        }
    }

    /// Does something with the threads of the run, where they are still there.
    pub fn in_parallel<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        match &self.pool {
            Some(pool) => pool.install(work),
            None => work(),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.packed.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.packed.is_empty()
    }

    /// The id of a finding.
    pub fn id(&self, place: usize) -> Option<String> {
        let packed = self.packed.get(place)?;
        Some(packed.head.name())
    }

    /// The finding, with all its evidence.
    pub fn get(&self, place: usize) -> Option<Finding> {
        let packed = self.packed.get(place)?;
        let mut finding = self.maker.whole(packed);
        finding.incident = self.ids.get(packed.home as usize).cloned();
        Some(finding)
    }

    /// Every finding, made one after the other.
    pub fn iter(&self) -> impl Iterator<Item = Finding> + '_ {
        (0..self.len()).filter_map(|place| self.get(place))
    }

    /// Who did what from where, with how much of it was found.
    pub fn totals(&self) -> Vec<SummaryRow> {
        let findings: Vec<Finding> = self.iter().collect();
        totals(self.maker.store(), &findings)
    }

    /// The highest severity among them.
    pub fn worst(&self) -> Option<Severity> {
        let packed = self.packed.iter();
        packed.map(|packed| packed.head.severity).max()
    }

    /// Keeps those whose severity and incident fit.
    pub fn retain(&mut self, fits: impl Fn(Severity, Option<&str>) -> bool) {
        let ids = &self.ids;
        let id = |home: u32| ids.get(home as usize).map(String::as_str);
        self.packed
            .retain(|packed| fits(packed.head.severity, id(packed.home)));
    }

    /// The ids of their incidents, those of several findings several times.
    pub fn incidents(&self) -> impl Iterator<Item = &str> {
        let homes = self.packed.iter().map(|packed| packed.home);
        homes.filter_map(|home| self.ids.get(home as usize).map(String::as_str))
    }
}
