//! Findings that belong to an incident but hold nothing together.
//!
//! Enter routine and informational findings; leaves for each the finding to which a hard entity
//! ties it, the strongest and nearest. A leaf never joins two incidents, and it founds none.

use super::entity::{Mention, Part};
use super::join::{Join, Scene, causal_weight, origin_of};
use super::kind::{CHANGED, Kind, Mode};
use crate::model::Severity;

/// What founds nothing.
const LEAST: Severity = Severity::Informational;

/// A leaf's best tie so far.
#[derive(Clone, Copy)]
struct Tie {
    pause: i64,
    join: Join,
}

/// Ties every finding that `is_leaf` to one that `is_anchor`, where a hard entity allows it, or
/// the workload whose account it acts with. A habit whose credential is known is tied by that
/// alone.
pub(super) fn ties(
    scene: &Scene,
    weights: &[u32],
    is_leaf: &[bool],
    is_anchor: &[bool],
    habits: &[bool],
) -> impl Iterator<Item = (u32, Join)> + use<> {
    let mut known = vec![false; scene.heads.len()];
    for (entity, bucket) in scene.mentions.buckets() {
        if scene.mentions.kind(entity) == Kind::Credential {
            for mention in bucket {
                known[mention.finding as usize] = true;
            }
        }
    }
    let mut best: Vec<Option<Tie>> = vec![None; scene.heads.len()];
    for (entity, bucket) in scene.mentions.buckets() {
        let kind = scene.mentions.kind(entity);
        let weight = weights[entity as usize];
        if weight == 0 || !bucket.iter().any(|m| is_leaf[m.finding as usize]) {
            continue;
        }
        let mut offer = |leaf: u32, anchor: u32, weight: u32, proven: bool| {
            offer(
                scene,
                &mut best,
                (entity, kind),
                (leaf, anchor),
                (weight, proven),
            );
        };
        match kind.mode() {
            Mode::Hard => {
                let proven = kind != Kind::Identity;
                nearest(scene, bucket, is_leaf, is_anchor, |leaf, anchor| {
                    offer(leaf, anchor, weight, proven);
                });
            }
            Mode::Causal if kind == Kind::Made => {
                made(scene, bucket, is_leaf, is_anchor, |leaf, anchor| {
                    offer(leaf, anchor, weight, true);
                });
            }
            Mode::Workload => {
                let stands = |m: &&Mention| m.part == Part::Holds && is_anchor[m.finding as usize];
                let origins: Vec<u32> = bucket.iter().filter(stands).map(|m| m.finding).collect();
                // Routine would walk along the hours.
                let hint = |m: &Mention| {
                    let at = m.finding as usize;
                    scene.heads[at].severity == LEAST && !(habits[at] && known[at])
                };
                let acts =
                    |m: &&Mention| m.part == Part::Uses && is_leaf[m.finding as usize] && hint(m);
                for leaf in bucket.iter().filter(acts).map(|m| m.finding) {
                    if let Some(origin) = origin_of(scene, entity, &origins, leaf) {
                        offer(leaf, origin, weight, false);
                    }
                }
            }
            Mode::Causal | Mode::Guarded | Mode::Soft => {}
        }
    }
    let ties = (0u32..).zip(best);
    ties.filter_map(|(leaf, tie)| Some((leaf, tie?.join)))
}

/// Keeps the offer if it is better than what the leaf has.
fn offer(
    scene: &Scene,
    best: &mut [Option<Tie>],
    (entity, kind): (u32, Kind),
    (leaf, anchor): (u32, u32),
    (weight, proven): (u32, bool),
) {
    let (a, b) = (leaf.min(anchor), leaf.max(anchor));
    let pause = scene.start(b).minus(scene.end(a).0).0.max(0);
    if pause > kind.window(scene.options.window) && kind.mode() != Mode::Workload {
        return;
    }
    let rank = |tie: &Tie| {
        let join = &tie.join;
        (
            std::cmp::Reverse(join.weight),
            tie.pause,
            join.a,
            join.b,
            join.entity,
        )
    };
    let tie = Tie {
        pause,
        join: Join {
            weight,
            entity,
            a,
            b,
            proven,
        },
    };
    let slot = &mut best[leaf as usize];
    if slot.as_ref().is_none_or(|known| rank(&tie) < rank(known)) {
        *slot = Some(tie);
    }
}

/// Offers each leaf of a bucket the anchors beside it: the one before that ends last, and the
/// one after that starts first.
fn nearest(
    scene: &Scene,
    bucket: &[Mention],
    is_leaf: &[bool],
    is_anchor: &[bool],
    mut offer: impl FnMut(u32, u32),
) {
    let mut before: Option<u32> = None;
    for item in bucket {
        let finding = item.finding;
        if is_leaf[finding as usize] {
            if let Some(anchor) = before {
                offer(finding, anchor);
            }
        } else if is_anchor[finding as usize]
            && before.is_none_or(|b| scene.end(b) <= scene.end(finding))
        {
            before = Some(finding);
        }
    }
    let mut after: Option<u32> = None;
    for item in bucket.iter().rev() {
        let finding = item.finding;
        if is_leaf[finding as usize] {
            if let Some(anchor) = after {
                offer(finding, anchor);
            }
        } else if is_anchor[finding as usize] {
            after = Some(finding);
        }
    }
}

/// Offers each leaf of a bucket the other side of what was made and used: a user its newest maker,
/// a maker the first user of what it made.
fn made(
    scene: &Scene,
    bucket: &[Mention],
    is_leaf: &[bool],
    is_anchor: &[bool],
    mut offer: impl FnMut(u32, u32),
) {
    let mut items: Vec<&Mention> = bucket.iter().collect();
    items.sort_by_key(|m| (scene.start(m.finding), m.part, m.finding));
    let uses = |m: &Mention| causal_weight(Kind::Made, Part::Creates, m.part) > CHANGED;
    let mut maker: Option<u32> = None;
    for item in &items {
        let finding = item.finding;
        if item.part == Part::Creates && is_anchor[finding as usize] {
            maker = Some(finding);
        } else if uses(item)
            && is_leaf[finding as usize]
            && let Some(anchor) = maker
        {
            offer(finding, anchor);
        }
    }
    let mut user: Option<u32> = None;
    for item in items.iter().rev() {
        let finding = item.finding;
        if uses(item) && is_anchor[finding as usize] {
            user = Some(finding);
        } else if item.part == Part::Creates
            && is_leaf[finding as usize]
            && let Some(anchor) = user
        {
            offer(finding, anchor);
        }
    }
}
