//! How much an entity weighs: what few share tells more than what many share.
//!
//! Enter the mentions and, where the run has it, who used which address; leaves a weight for each
//! entity, none for hubs and for the exits of workloads.

use super::entity::Mentions;
use super::head::Head;
use super::kind::{Kind, Mode};
use super::options::{Hub, Options};
use super::union::Union;
use crate::model::Severity;

/// An entity in more findings than this may be a hub.
const HUB_FINDINGS: u64 = 50;

/// An entity of more root identities than this may be a hub.
const HUB_ROOTS: u64 = 5;

/// The weight of every entity, and what was dropped.
pub(super) struct Weights {
    pub weights: Vec<u32>,
    pub hubs: Vec<Hub>,
}

/// Weighs every entity. `groups` holds the root identities, those joined that made each other:
/// an attacker with three back doors is one actor, and the address of all four is not shared.
/// Only findings that found incidents are counted: an informational one changes no incident.
pub(super) fn weigh(
    findings: &[&Head],
    mentions: &Mentions,
    groups: &mut Union,
    options: &Options,
) -> Weights {
    let mut weights = vec![0; mentions.entities.len()];
    let mut hubs = Vec::new();
    let founding = |finding: u32| findings[finding as usize].severity > Severity::Informational;
    let all = (0..findings.len() as u32).filter(|f| founding(*f)).count();
    let least = HUB_FINDINGS.max(all as u64 / 50);
    for (entity, bucket) in mentions.buckets() {
        let holders = bucket.iter().map(|m| m.finding);
        let mut holders: Vec<u32> = holders.filter(|f| founding(*f)).collect();
        holders.dedup();
        let mut roots: Vec<u32> = holders
            .iter()
            .map(|finding| groups.find(mentions.roots[*finding as usize]))
            .collect();
        roots.sort_unstable();
        roots.dedup();
        let held = &mentions.entities[entity as usize];
        let shared = roots.len() as u64;
        if holders.len() as u64 > least && shared > HUB_ROOTS {
            hubs.push(Hub {
                entity: format!("{}:{}", held.kind.by(), held.key),
                findings: holders.len() as u64,
                roots: shared,
            });
            continue;
        }
        let weight = match (held.kind.mode(), options.presence) {
            (Mode::Guarded, Some(presence)) => {
                let address = address_of(held.kind, &held.key);
                let first = holders.first().map(|f| findings[*f as usize].time);
                let mut strangers = Vec::new();
                for root in presence.roots(address) {
                    match mentions.root_names.find(&root) {
                        Some(number) => roots.push(groups.find(number)),
                        None => strangers.push(root),
                    }
                }
                // A workload that only shows up with the findings is the theft itself.
                let since = presence.workload_since(address);
                let outside = mentions.aimed.contains(address);
                let egress = since.filter(|_| !outside).is_some_and(|since| {
                    since < first.unwrap_or_default() || !strangers.is_empty()
                });
                if egress {
                    0
                } else {
                    roots.sort_unstable();
                    roots.dedup();
                    strangers.sort_unstable();
                    strangers.dedup();
                    held.kind.weight((roots.len() + strangers.len()) as u64)
                }
            }
            _ => held.kind.weight(shared),
        };
        weights[entity as usize] = weight;
    }
    hubs.sort_by(|a, b| a.entity.cmp(&b.entity));
    Weights { weights, hubs }
}

/// The address part of an address, a device or an identity at one.
pub(super) fn address_of(kind: Kind, key: &str) -> &str {
    match kind {
        Kind::Device | Kind::Seat => key.split(' ').next().unwrap_or(key),
        _ => key,
    }
}
