//! Incidents that share something too weak to join by.
//!
//! Enter the weak entities and which finding went where; leaves, for each incident, its weak
//! neighbours. An analyst should know of them; a program must not merge them.

use std::collections::BTreeSet;

use super::join::Scene;
use super::kind::Mode;

/// Weak neighbours that one incident names at most.
const MOST: usize = 20;

/// No incident.
pub(super) const NONE: u32 = u32::MAX;

/// Finds weak neighbours. `home` is the incident of each finding, `origins` the component each
/// incident was cut from: parts of one are related.
pub(super) fn relate(
    scene: &Scene,
    weights: &[u32],
    home: &[u32],
    origins: &[usize],
) -> Vec<BTreeSet<u32>> {
    let mut related = vec![BTreeSet::new(); origins.len()];
    let mut pair = |a: u32, b: u32| {
        let room = |list: &BTreeSet<u32>, other: u32| list.len() < MOST || list.contains(&other);
        if a != b && room(&related[a as usize], b) && room(&related[b as usize], a) {
            related[a as usize].insert(b);
            related[b as usize].insert(a);
        }
    };
    let mut parts: Vec<u32> = (0..origins.len() as u32).collect();
    parts.sort_by_key(|incident| (origins[*incident as usize], *incident));
    for two in parts.windows(2) {
        if origins[two[0] as usize] == origins[two[1] as usize] {
            pair(two[0], two[1]);
        }
    }
    for (entity, bucket) in scene.mentions.buckets() {
        let kind = scene.mentions.kind(entity);
        let weak = matches!(kind.mode(), Mode::Guarded | Mode::Soft);
        if !weak || weights[entity as usize] == 0 {
            continue;
        }
        let window = kind.window(scene.options.window);
        let mut last: Option<u32> = None;
        for item in bucket.iter().filter(|m| scene.bridges[m.finding as usize]) {
            let here = home[item.finding as usize];
            if let Some(before) = last {
                let there = home[before as usize];
                let pause = scene.start(item.finding).minus(scene.end(before).0).0;
                if pause <= window && here != NONE && there != NONE {
                    pair(there, here);
                }
            }
            last = Some(item.finding);
        }
    }
    related
}
