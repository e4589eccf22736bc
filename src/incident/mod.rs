//! Findings of one attack, joined into one incident.
//!
//! Enter findings with their credential lineage; leave incidents, each with the joins that made
//! it one. Nobody has to take the grouping on trust: every join names the field and its value.

mod build;
mod cap;
mod chain;
mod cluster;
mod entity;
mod explain;
mod face;
mod head;
mod id;
mod identity;
mod join;
mod keep;
mod kind;
mod leaf;
mod network;
mod node;
mod numbers;
mod options;
mod rarity;
mod recur;
mod related;
mod resource;
mod respond;
mod score;
mod steps;
mod story;
mod subject;
mod tactic;
mod title;
mod union;
mod verb;
mod words;
mod workload;

pub use cluster::{Make, group};
pub use entity::Look;
pub use face::{Face, Principal, Text, Thing, Who};
pub use head::Head;
pub use identity::is_own_session;
pub use keep::{Earlier, Remembered};
pub use options::{Grouping, Hop, Hub, Options, Presence};

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
