//! Limits of one incident: what grew beyond them is cut, and says so.
//!
//! Enter a component and its joins; leave the component, or its parts. First the weak joins go;
//! if that is not enough the part is cut at its longest pause, the one nearest the middle.

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};

use super::join::{Join, Scene};
use super::kind::STRICT;
use super::union::{Sets, Union};
use crate::model::time::HOUR;

/// The longest time between the first and the last finding of an incident.
pub(super) const LONGEST: i64 = 72 * HOUR;

/// The most findings of an incident, informational ones not counted. What one identity does all
/// over in an hour, one finding a target, counts once: a thousand files taken are one deed.
const MOST_FINDINGS: usize = 500;

/// The most root identities of an incident.
const MOST_ROOTS: usize = 25;

/// A component, and why it is not larger.
pub(super) struct Part<'m> {
    /// Its findings, ascending.
    pub members: &'m [u32],
    /// Why it was cut.
    pub reason: Option<String>,
    /// The component it was cut from; parts of one share a number.
    pub origin: usize,
}

/// Cuts what is too large.
pub(super) fn cut(scene: &Scene, components: &Sets, joins: &[Join], add: &mut dyn FnMut(Part)) {
    let mut strict = None;
    for (origin, members) in components.iter().enumerate() {
        let mut add = |members: &[u32], reason| {
            add(Part {
                members,
                reason,
                origin,
            });
        };
        let Some(reason) = excess(scene, members) else {
            add(members, None);
            continue;
        };
        let strict = strict.get_or_insert_with(|| strict_union(scene.heads.len(), joins));
        for part in strict.sets(members.iter().copied()).iter() {
            if excess(scene, part).is_some() {
                let reason = format!("{reason}: cut at its longest pauses");
                at_pauses(scene, part, &mut |piece| add(piece, Some(reason.clone())));
            } else {
                let shrunk = part.len() < members.len();
                add(
                    part,
                    shrunk.then(|| format!("{reason}: cut at its weaker links")),
                );
            }
        }
    }
}

/// Cuts series of routine findings, which no join holds together, at their pauses.
pub(super) fn cut_series<'m>(
    scene: &Scene,
    series: impl Iterator<Item = &'m [u32]>,
    add: &mut dyn FnMut(Part),
) {
    for (origin, members) in series.enumerate() {
        let reason = excess(scene, members);
        let reason = reason.map(|reason| format!("{reason}: cut at its longest pauses"));
        at_pauses(scene, members, &mut |members| {
            add(Part {
                members,
                reason: reason.clone(),
                origin,
            });
        });
    }
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
    if members.len() <= MOST_ROOTS {
        return None;
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
fn at_pauses(scene: &Scene, members: &[u32], each: &mut dyn FnMut(&[u32])) {
    let is_small = |piece: &[u32]| piece.len() < 2 || excess(scene, piece).is_none();
    if is_small(members) {
        return each(members);
    }
    let pauses = Pauses::new(scene, members);
    let mut todo = vec![(0, members.len())];
    while let Some((from, to)) = todo.pop() {
        let piece = &members[from..to];
        if is_small(piece) {
            each(piece);
            continue;
        }
        let middle = pauses.longest(from, to);
        todo.push((middle, to));
        todo.push((from, middle));
    }
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
