//! Credential lineage: who is behind a key, through how many hands.
//!
//! Enter the records that issued credentials; leaves, for each credential, the identity and the
//! credential at its root and the chain between. An attacker with five session keys is one actor.

use std::hash::Hash;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::fact::{Fact, FactKind};
use crate::model::Time;
use crate::model::time::{HOUR, MINUTE};

/// Sessions without a credential id in their records are looked up by their identity for this
/// long: no role session lives longer.
const LONGEST_SESSION: i64 = 12 * HOUR;

/// How far the clocks of two records of one provider may disagree.
const SKEW: i64 = 5 * MINUTE;

/// Identities that `via` names at most; nobody reads longer chains, the root is always there.
pub const MOST_VIA: usize = 32;

/// What is known of one credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin<I> {
    /// The credential at the root of the chain; itself when nothing is before it.
    pub root_credential: I,
    /// The identity at the root; `None` when a service of the provider started the chain.
    pub root_actor: Option<I>,
    /// The first temporary credential of the chain: what a revocation has to reach.
    pub top: I,
    /// When it was issued.
    pub issued_at: Time,
    /// Role hops since the last long-lived credential.
    pub depth: u32,
}

/// One issued credential.
#[derive(Clone, Copy, Debug)]
struct Node<I> {
    fact: Fact<I>,
    parent: Option<usize>,
    origin: Origin<I>,
}

/// The lineage of every credential that was issued in the input.
#[derive(Clone, Debug)]
pub struct Lineage<I> {
    nodes: Vec<Node<I>>,
    by_credential: HashMap<I, usize, FixedState>,
    /// Nodes that made their holder this identity, in time order.
    by_actor: HashMap<I, Vec<usize>, FixedState>,
    /// Facts that said again what another one had said.
    pub duplicates: u64,
}

impl<I> Default for Lineage<I> {
    fn default() -> Self {
        Lineage {
            nodes: Vec::new(),
            by_credential: HashMap::with_hasher(FixedState::default()),
            by_actor: HashMap::with_hasher(FixedState::default()),
            duplicates: 0,
        }
    }
}

impl<I: Copy + Eq + Hash> Lineage<I> {
    /// Builds the table from facts in the total order. All of them are known before the first
    /// question, so it does not matter whether a credential is used before its issue is logged.
    pub fn build(facts: &[Fact<I>]) -> Self {
        let mut lineage = Lineage::default();
        lineage.collect(facts);
        lineage.index_actors();
        for at in 0..lineage.nodes.len() {
            lineage.nodes[at].parent = lineage.find_parent(at);
        }
        lineage.settle();
        lineage
    }

    /// One node a credential. A role assumed across accounts is logged in both: the record that
    /// names the caller's credential knows more than the one that only sees an account.
    fn collect(&mut self, facts: &[Fact<I>]) {
        let knows = |fact: &Fact<I>| {
            (
                fact.issuer_credential.is_some(),
                fact.issuer_actor.is_some() && !fact.issuer_is_service,
            )
        };
        for fact in facts {
            let next = self.nodes.len();
            let at = *self
                .by_credential
                .entry(fact.issued_credential)
                .or_insert(next);
            if at == next {
                self.nodes.push(Node {
                    fact: *fact,
                    parent: None,
                    origin: Origin {
                        root_credential: fact.issued_credential,
                        root_actor: None,
                        top: fact.issued_credential,
                        issued_at: fact.time,
                        depth: 0,
                    },
                });
                continue;
            }
            self.duplicates += 1;
            let known = &mut self.nodes[at].fact;
            let other = *known;
            if knows(fact) > knows(known) {
                *known = *fact;
            }
            known.issued_actor = known
                .issued_actor
                .or(other.issued_actor)
                .or(fact.issued_actor);
            known.target_role = known.target_role.or(other.target_role).or(fact.target_role);
            known.expires = known.expires.or(other.expires).or(fact.expires);
        }
    }

    fn index_actors(&mut self) {
        for (at, node) in self.nodes.iter().enumerate() {
            // Keys and session tokens make nobody a session: their user has others.
            let kind = node.fact.kind;
            if let Some(actor) = node.fact.issued_actor
                && (kind.is_role_hop() || kind == FactKind::Federation)
            {
                self.by_actor.entry(actor).or_default().push(at);
            }
        }
        for list in self.by_actor.values_mut() {
            // Merged duplicates may have moved a node's time.
            list.sort_by_key(|at| self.nodes[*at].fact.time);
        }
    }

    /// The node that issued this one, where a service did not.
    fn find_parent(&self, at: usize) -> Option<usize> {
        let fact = &self.nodes[at].fact;
        if fact.issuer_is_service {
            return None;
        }
        if let Some(credential) = fact.issuer_credential {
            let parent = *self.by_credential.get(&credential)?;
            return (parent != at).then_some(parent);
        }
        // Calls that a service makes on behalf of a session carry no credential id.
        let parent = self.session_node(fact.issuer_actor?, fact.time)?;
        (parent != at).then_some(parent)
    }

    fn session_node(&self, actor: I, time: Time) -> Option<usize> {
        let list = self.by_actor.get(&actor)?;
        let latest = time.plus(SKEW);
        let end = list.partition_point(|at| self.nodes[*at].fact.time <= latest);
        let at = *list[..end].last()?;
        let fact = &self.nodes[at].fact;
        let ends = fact.expires.unwrap_or(fact.time.plus(LONGEST_SESSION));
        (time <= ends.plus(SKEW)).then_some(at)
    }

    /// Works out every origin, parents first; a chain may be as long as the input, so this walks
    /// with a list of its own instead of the call stack.
    fn settle(&mut self) {
        #[derive(Clone, Copy, PartialEq)]
        enum Mark {
            New,
            Open,
            Done,
        }
        let mut marks = vec![Mark::New; self.nodes.len()];
        let mut path = Vec::new();
        for start in 0..self.nodes.len() {
            let mut at = start;
            loop {
                if marks[at] == Mark::Done {
                    break;
                }
                marks[at] = Mark::Open;
                path.push(at);
                match self.nodes[at].parent {
                    None => break,
                    Some(parent) if marks[parent] == Mark::Open => {
                        self.cut(&mut path, parent);
                        break;
                    }
                    Some(parent) => at = parent,
                }
            }
            while let Some(at) = path.pop() {
                if marks[at] != Mark::Done {
                    self.nodes[at].origin = self.origin_of(at);
                    marks[at] = Mark::Done;
                }
            }
        }
    }

    /// Opens a circle, which only a broken or forged log can hold: the credential issued first
    /// loses its parent. `path` ends with the circle, which `entry` begins.
    fn cut(&mut self, path: &mut [usize], entry: usize) {
        let begin = path.iter().position(|at| *at == entry).unwrap_or(0);
        // Nodes are numbered in the order of the facts.
        let first = path[begin..].iter().copied().min().unwrap_or(entry);
        self.nodes[first].parent = None;
        // Parents must come last on the path: the circle is turned until `first` does.
        let place = path[begin..].iter().position(|at| *at == first);
        path[begin..].rotate_left(place.map_or(0, |place| place + 1));
    }

    fn origin_of(&self, at: usize) -> Origin<I> {
        let node = &self.nodes[at];
        let fact = &node.fact;
        let hop = u32::from(fact.kind.is_role_hop());
        let long_lived = fact.kind == FactKind::AccessKey;
        let Some(parent) = node.parent.map(|parent| &self.nodes[parent]) else {
            let asked_by_somebody = !fact.issuer_is_service;
            return Origin {
                // A credential that was there before the input begins is the root itself.
                root_credential: fact
                    .issuer_credential
                    .filter(|_| asked_by_somebody)
                    .unwrap_or(fact.issued_credential),
                root_actor: fact.issuer_actor.filter(|_| asked_by_somebody),
                top: fact.issued_credential,
                issued_at: fact.time,
                depth: hop,
            };
        };
        let origin = &parent.origin;
        let from_long_lived = parent.fact.kind == FactKind::AccessKey;
        Origin {
            root_credential: origin.root_credential,
            // The record of this issue may name whom the parent's did not.
            root_actor: origin.root_actor.or(fact
                .issuer_actor
                .filter(|_| parent.parent.is_none() && !parent.fact.issuer_is_service)),
            top: if long_lived || from_long_lived {
                fact.issued_credential
            } else {
                origin.top
            },
            issued_at: fact.time,
            depth: if long_lived { 0 } else { origin.depth + hop },
        }
    }

    /// What is known of a credential; `None` when it was not issued in the input.
    pub fn origin(&self, credential: I) -> Option<&Origin<I>> {
        let at = *self.by_credential.get(&credential)?;
        Some(&self.nodes[at].origin)
    }

    /// The role that a credential stands for, where it stands for one.
    pub fn role(&self, credential: I) -> Option<I> {
        let at = *self.by_credential.get(&credential)?;
        self.nodes[at].fact.target_role
    }

    /// The hands a credential went through, outermost first: each identity with the credential
    /// that it was given. A longer chain keeps its root and the nearest ones.
    pub fn hops(&self, credential: I) -> Vec<(I, I)> {
        let mut hops: Vec<(I, I)> = Vec::new();
        let mut next = self.by_credential.get(&credential).copied();
        while let Some(at) = next {
            let node = &self.nodes[at];
            let given = node.fact.issued_credential;
            if let Some(actor) = node.fact.issuer_actor
                && !node.fact.issuer_is_service
                && hops.last().is_none_or(|(last, _)| *last != actor)
            {
                if hops.len() < MOST_VIA - 1 {
                    hops.push((actor, given));
                } else {
                    if let Some(root) = node.origin.root_actor {
                        hops.push((root, given));
                    }
                    break;
                }
            }
            next = node.parent;
        }
        hops.reverse();
        hops
    }

    /// The identities behind the holder of a credential, outermost first; the holder itself is
    /// not among them.
    pub fn via(&self, credential: I) -> Vec<I> {
        let hops = self.hops(credential).into_iter();
        hops.map(|(identity, _)| identity).collect()
    }

    /// The credential of a session whose records carry none, by its identity and a time.
    pub fn session(&self, actor: I, time: Time) -> Option<I> {
        let at = self.session_node(actor, time)?;
        Some(self.nodes[at].fact.issued_credential)
    }

    /// How many credentials were issued.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}

#[cfg(test)]
#[path = "lineage_tests.rs"]
mod tests;
