//! Limits of one incident: what grew beyond them is cut, and says so.
//!
//! Enter a component and its joins; leave the component, or its parts. First the weak joins go;
//! if that is not enough the part is cut at its longest pause, the one nearest the middle.

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};

use super::join::{Join, Scene};
use super::kind::STRICT;
use super::union::Union;
use crate::model::time::HOUR;

/// The longest time between the first and the last finding of an incident.
pub(super) const LONGEST: i64 = 72 * HOUR;

/// The most findings of an incident, informational ones not counted. What one identity does all
/// over in an hour, one finding a target, counts once: a thousand files taken are one deed.
const MOST_FINDINGS: usize = 500;

/// The most root identities of an incident.
const MOST_ROOTS: usize = 25;

/// A component, and why it is not larger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    /// Its findings, ascending.
    pub members: Vec<u32>,
    /// Why it was cut.
    pub reason: Option<String>,
    /// The component it was cut from; parts of one share a number.
    pub origin: usize,
}

/// Cuts what is too large.
pub(super) fn cut(scene: &Scene, components: Vec<Vec<u32>>, joins: &[Join]) -> Vec<Part> {
    let large: Vec<bool> = components
        .iter()
        .map(|members| excess(scene, members).is_some())
        .collect();
    let mut strict = large
        .contains(&true)
        .then(|| strict_union(scene.heads.len(), joins));
    let mut parts = Vec::new();
    for (origin, members) in components.into_iter().enumerate() {
        let Some(reason) = excess(scene, &members) else {
            parts.push(Part {
                members,
                reason: None,
                origin,
            });
            continue;
        };
        let whole = members.len();
        let Some(strict) = strict.as_mut() else {
            continue;
        };
        for members in strict.sets(members.into_iter()) {
            if excess(scene, &members).is_some() {
                let cuts = at_pauses(scene, &members);
                parts.extend(cuts.into_iter().map(|members| Part {
                    members,
                    reason: Some(format!("{reason}: cut at its longest pauses")),
                    origin,
                }));
            } else {
                let shrunk = members.len() < whole;
                parts.push(Part {
                    members,
                    reason: shrunk.then(|| format!("{reason}: cut at its weaker links")),
                    origin,
                });
            }
        }
    }
    parts
}

/// Cuts series of routine findings, which no join holds together, at their pauses.
pub(super) fn cut_series(scene: &Scene, series: Vec<Vec<u32>>) -> Vec<Part> {
    let mut parts = Vec::new();
    for (origin, members) in series.into_iter().enumerate() {
        let reason = excess(scene, &members);
        for members in at_pauses(scene, &members) {
            parts.push(Part {
                members,
                reason: reason.map(|reason| format!("{reason}: cut at its longest pauses")),
                origin,
            });
        }
    }
    parts
}

/// The components that strong joins alone make.
fn strict_union(findings: usize, joins: &[Join]) -> Union {
    let mut union = Union::new(findings);
    for join in joins.iter().filter(|join| join.weight >= STRICT) {
        union.join(join.a, join.b);
    }
    union
}

/// How many rules speak of how many identities in how many hours.
fn deeds(scene: &Scene, members: &[u32]) -> usize {
    let of = |finding: &u32| {
        let head = scene.heads[*finding as usize];
        let root = scene.mentions.roots[*finding as usize];
        (head.rule.id.as_str(), root, head.time.hour())
    };
    let deeds: HashSet<_, FixedState> = members.iter().map(of).collect();
    deeds.len()
}

/// What a component has too much of.
fn excess(scene: &Scene, members: &[u32]) -> Option<&'static str> {
    let (first, last) = (*members.first()?, *members.last()?);
    if members.len() > MOST_FINDINGS && deeds(scene, members) > MOST_FINDINGS {
        return Some("more than 500 findings");
    }
    if scene.start(last).minus(scene.start(first).0).0 > LONGEST {
        return Some("longer than 72 hours");
    }
    let mut roots: Vec<u32> = members
        .iter()
        .map(|finding| scene.mentions.roots[*finding as usize])
        .collect();
    roots.sort_unstable();
    roots.dedup();
    (roots.len() > MOST_ROOTS).then_some("more than 25 identities")
}

/// Cuts at the longest pause until every piece is small enough.
fn at_pauses(scene: &Scene, members: &[u32]) -> Vec<Vec<u32>> {
    let pauses = Pauses::new(scene, members);
    let mut pieces = Vec::new();
    let mut todo = vec![(0, members.len())];
    while let Some((from, to)) = todo.pop() {
        let piece = &members[from..to];
        if piece.len() < 2 || excess(scene, piece).is_none() {
            pieces.push(piece.to_vec());
            continue;
        }
        let middle = pauses.longest(from, to);
        todo.push((middle, to));
        todo.push((from, middle));
    }
    pieces
}

/// The pauses between neighbours, prepared to find the longest of any stretch at once: a steady
/// stream of findings would otherwise be searched anew for every cut.
struct Pauses {
    /// `levels[k][i]`: the longest of the 2^k pauses from i on.
    levels: Vec<Vec<i64>>,
    /// Where each length of pause occurs.
    places: HashMap<i64, Vec<usize>, FixedState>,
}

impl Pauses {
    /// Pause `i` lies between members `i` and `i + 1`.
    fn new(scene: &Scene, members: &[u32]) -> Self {
        let mut end = i64::MIN;
        let mut pauses = Vec::with_capacity(members.len());
        for pair in members.windows(2) {
            end = end.max(scene.end(pair[0]).0);
            pauses.push(scene.start(pair[1]).0.saturating_sub(end).max(0));
        }
        let mut places: HashMap<i64, Vec<usize>, FixedState> =
            HashMap::with_hasher(FixedState::default());
        for (at, pause) in pauses.iter().enumerate() {
            places.entry(*pause).or_default().push(at);
        }
        let mut levels = vec![pauses];
        let mut width = 1;
        while let Some(last) = levels.last()
            && last.len() > width
        {
            let next = last.iter().zip(&last[width..]).map(|(a, b)| *a.max(b));
            levels.push(next.collect());
            width *= 2;
        }
        Pauses { levels, places }
    }

    /// Where to cut the members `from..to`: after their longest pause, of several equal ones the
    /// one nearest the middle.
    fn longest(&self, from: usize, to: usize) -> usize {
        let pauses = to - from - 1;
        let level = pauses.checked_ilog2().unwrap_or(0) as usize;
        let row = &self.levels[level];
        let longest = row[from].max(row[from + pauses - (1 << level)]);
        let middle = from + pauses / 2;
        let Some(places) = self.places.get(&longest) else {
            return middle + 1;
        };
        let after = places.partition_point(|at| *at < middle);
        let inside = |at: &&usize| (from..from + pauses).contains(*at);
        let right = places.get(after).filter(inside);
        let left = after
            .checked_sub(1)
            .and_then(|at| places.get(at))
            .filter(inside);
        let best = match (left, right) {
            (Some(left), Some(right)) if right - middle <= middle - left => right,
            (Some(left), _) => left,
            (None, Some(right)) => right,
            (None, None) => &middle,
        };
        best + 1
    }
}
