//! Who used which address, in the form the grouping asks for it.
//!
//! The store and the credentials' origins enter; roots by address and addresses by root leave.

use std::collections::HashMap;

use super::intern::{Interner, NO_STR, StrId};
use super::late::Known;
use super::store::{Since, Store};
use crate::incident::{Hop, Presence};
use crate::model::Time;

/// Marks the number of a root that is no string of the run.
const OWN: u32 = 1 << 31;

/// The addresses of a run.
pub struct Places<'s> {
    store: &'s Store,
    known: &'s Known,
    /// Roots that are no strings of the run.
    roots: Interner,
    /// Addresses with the roots that used them, and since when; in order.
    by_address: Vec<(StrId, u32, Time)>,
    /// By address: since when a workload used it.
    workloads: HashMap<StrId, Time>,
    /// Roots with when each first used an address; in order.
    by_root: Vec<(u32, Time)>,
    /// The names that belong to another one, by that.
    bound: HashMap<StrId, Vec<StrId>>,
}

impl<'s> Places<'s> {
    /// Reads what was noted.
    pub fn new(store: &'s Store, known: &'s Known) -> Places<'s> {
        let mut places = Places {
            store,
            known,
            roots: Interner::default(),
            by_address: Vec::new(),
            workloads: HashMap::new(),
            by_root: Vec::new(),
            bound: HashMap::new(),
        };
        for (name, to) in &store.bonds {
            places.bound.entry(*to).or_default().push(*name);
        }
        let mut firsts: HashMap<(u32, StrId), Time> = HashMap::new();
        let mut origins: HashMap<StrId, Option<u32>> = HashMap::new();
        for ((actor, credential, ip), since) in store.present.iter() {
            let Since { first, workload } = since;
            let root = origins.entry(*credential).or_insert_with(|| {
                let credential = store.strings.lossy(*credential)?;
                let root = known.root(&credential)?;
                Some(places.number(root.as_bytes()))
            });
            let root = root.unwrap_or_else(|| match *actor {
                NO_STR => places.number(b""),
                actor => actor,
            });
            let since = firsts.entry((root, *ip)).or_insert(*first);
            *since = (*since).min(*first);
            if *workload {
                let since = places.workloads.entry(*ip).or_insert(*first);
                *since = (*since).min(*first);
            }
        }
        let users = firsts
            .iter()
            .map(|((root, ip), first)| (*ip, *root, *first));
        places.by_address = users.collect();
        places.by_address.sort_unstable();
        let arrivals = firsts.iter().map(|((root, _), first)| (*root, *first));
        places.by_root = arrivals.collect();
        places.by_root.sort_unstable();
        places
    }

    /// The number of a root, a new one where it is new.
    fn number(&mut self, root: &[u8]) -> u32 {
        let known = self.store.strings.find(root);
        known.unwrap_or_else(|| OWN | self.roots.put(root))
    }

    /// The number of a root that is there.
    fn root(&self, root: &str) -> Option<u32> {
        let known = self.store.strings.find(root.as_bytes());
        known.or_else(|| Some(OWN | self.roots.find(root.as_bytes())?))
    }

    /// The text of a root.
    fn name(&self, root: u32) -> Option<String> {
        match root & OWN {
            0 => self.store.strings.text(root),
            _ => self.roots.text(root - OWN),
        }
    }

    fn users(&self, address: &str) -> &[(StrId, u32, Time)] {
        let Some(ip) = self.store.strings.find(address.as_bytes()) else {
            return &[];
        };
        let start = self.by_address.partition_point(|(known, ..)| *known < ip);
        let end = self.by_address.partition_point(|(known, ..)| *known <= ip);
        &self.by_address[start..end]
    }
}

impl Presence for Places<'_> {
    fn roots(&self, address: &str) -> Vec<String> {
        let users = self.users(address).iter();
        users.filter_map(|(_, root, _)| self.name(*root)).collect()
    }

    fn workload_since(&self, address: &str) -> Option<Time> {
        let ip = self.store.strings.find(address.as_bytes())?;
        self.workloads.get(&ip).copied()
    }

    fn hops(&self, credential: &str) -> Vec<Hop> {
        self.known.hops(credential)
    }

    fn bond(&self, name: &str) -> Option<String> {
        let name = self.store.strings.find(name.as_bytes())?;
        self.store.strings.text(*self.store.bonds.get(&name)?)
    }

    fn bound(&self, to: &str) -> Vec<String> {
        let to = self.store.strings.find(to.as_bytes());
        let names = to.and_then(|to| self.bound.get(&to)).into_iter().flatten();
        names
            .filter_map(|name| self.store.strings.text(*name))
            .collect()
    }

    fn moved_to(&self, root: &str, address: &str, since: Time) -> bool {
        let Some(root) = self.root(root) else {
            return false;
        };
        let mut users = self.users(address).iter();
        let Some((_, _, arrived)) = users.find(|(_, user, _)| *user == root) else {
            return false;
        };
        // The first address of all that it used.
        let first = self.by_root.partition_point(|(known, _)| *known < root);
        let first = self.by_root.get(first).filter(|(known, _)| *known == root);
        *arrived >= since && first.is_some_and(|(_, first)| first < arrived)
    }
}
