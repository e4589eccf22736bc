//! What matched members of a correlation add up to.
//!
//! Matches with their group values enter, one row a group leaves. It does not decide whether the
//! correlation fires, which hangs on order and time; it shows what there is to fire on.

use std::collections::{BTreeMap, BTreeSet};

use crate::detect::compile::Feed;
use crate::detect::matcher::{Matcher, Scene, Texts};
use crate::model::Time;

/// Groups that are told apart; an explanation must not fill the memory.
const MOST_GROUPS: usize = 10_000;
/// Values that are told apart in one group.
const MOST_VALUES: usize = 1_000;

/// The groups of all correlations.
#[derive(Debug, Default)]
pub struct Tally {
    groups: BTreeMap<(usize, Vec<String>), Group>,
    /// Matches without a value in a group field: they are in no group.
    pub ungrouped: u64,
    /// Matches of groups beyond those told apart.
    pub dropped: u64,
}

/// One group of one correlation.
#[derive(Debug, Default)]
pub struct Group {
    /// How many matches.
    pub events: u64,
    /// The different counted values.
    pub values: BTreeSet<Vec<u8>>,
    /// Time of the first.
    pub first: Option<Time>,
    /// Time of the last.
    pub last: Option<Time>,
}

impl Tally {
    /// Adds a match to the groups it belongs to.
    pub(super) fn add(&mut self, matcher: &mut Matcher, scene: &Scene, feeds: &[Feed]) {
        for feed in feeds {
            let mut texts = |field: &u16| {
                let mut out = Texts::new();
                matcher.texts(scene, *field, &mut out);
                out
            };
            let group: Vec<Texts> = feed.group.iter().map(&mut texts).collect();
            if group.iter().any(|texts| texts.is_empty()) {
                self.ungrouped += 1;
                continue;
            }
            let values: Vec<Vec<u8>> = feed.value.iter().flat_map(&mut texts).collect();
            // A list of values puts a match into several groups; the first stands for them here.
            let first = |values: &Texts| {
                values
                    .first()
                    .map(|value| String::from_utf8_lossy(value).into_owned())
                    .unwrap_or_default()
            };
            let key = (
                feed.correlation as usize,
                group.iter().map(first).collect::<Vec<String>>(),
            );
            if self.groups.len() >= MOST_GROUPS && !self.groups.contains_key(&key) {
                self.dropped += 1;
                continue;
            }
            self.groups
                .entry(key)
                .or_default()
                .add(scene.record.time(), values);
        }
    }

    /// The groups of one correlation, the fullest first.
    pub fn groups(&self, correlation: usize) -> Vec<(&[String], &Group)> {
        let own = self.groups.iter().filter(|((of, _), _)| *of == correlation);
        let mut own: Vec<(&[String], &Group)> = own
            .map(|((_, key), group)| (key.as_slice(), group))
            .collect();
        own.sort_by_key(|(key, group)| (std::cmp::Reverse(group.events), *key));
        own
    }
}

impl Group {
    fn add(&mut self, time: Option<Time>, values: Vec<Vec<u8>>) {
        self.events += 1;
        for value in values {
            if self.values.len() < MOST_VALUES {
                self.values.insert(value);
            }
        }
        if let Some(time) = time {
            self.first = Some(self.first.map_or(time, |first| first.min(time)));
            self.last = Some(self.last.map_or(time, |last| last.max(time)));
        }
    }
}
