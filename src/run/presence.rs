//! Who used which address, in the form the grouping asks for it.
//!
//! The store and the credentials' origins enter; roots by address and addresses by root leave.

use std::collections::HashMap;

use super::intern::{Interner, StrId};
use super::late::Known;
use super::store::Store;
use crate::incident::{Hop, Presence};
use crate::model::Time;

/// The addresses of a run.
pub struct Places<'s> {
    store: &'s Store,
    known: &'s Known,
    roots: Interner,
    /// By address: the roots that used it, and since when.
    by_address: HashMap<StrId, Vec<(u32, Time)>>,
    /// By address: since when a workload used it.
    workloads: HashMap<StrId, Time>,
    /// By root: the addresses it used, and since when.
    by_root: HashMap<u32, Vec<(StrId, Time)>>,
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
            by_address: HashMap::new(),
            workloads: HashMap::new(),
            by_root: HashMap::new(),
            bound: HashMap::new(),
        };
        for (name, to) in &store.bonds {
            places.bound.entry(*to).or_default().push(*name);
        }
        let mut firsts: HashMap<(u32, StrId), Time> = HashMap::new();
        let mut origins: HashMap<StrId, Option<String>> = HashMap::new();
        for ((actor, credential, ip), (first, workload)) in &store.present {
            let root = origins.entry(*credential).or_insert_with(|| {
                let credential = store.strings.text(*credential)?;
                known.root(&credential)
            });
            let root = match root {
                Some(root) => places.roots.put(root.as_bytes()),
                None => places.roots.put(store.strings.get(*actor)),
            };
            let since = firsts.entry((root, *ip)).or_insert(*first);
            *since = (*since).min(*first);
            if *workload {
                let since = places.workloads.entry(*ip).or_insert(*first);
                *since = (*since).min(*first);
            }
        }
        for ((root, ip), first) in firsts {
            places.by_address.entry(ip).or_default().push((root, first));
            places.by_root.entry(root).or_default().push((ip, first));
        }
        places
    }

    fn users(&self, address: &str) -> &[(u32, Time)] {
        let ip = self.store.strings.find(address.as_bytes());
        let users = ip.and_then(|ip| self.by_address.get(&ip));
        users.map_or(&[], Vec::as_slice)
    }
}

impl Presence for Places<'_> {
    fn roots(&self, address: &str) -> Vec<String> {
        let users = self.users(address).iter();
        users
            .filter_map(|(root, _)| self.roots.text(*root))
            .collect()
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
        let Some(root) = self.roots.find(root.as_bytes()) else {
            return false;
        };
        let mut users = self.users(address).iter();
        let Some((_, arrived)) = users.find(|(user, _)| *user == root) else {
            return false;
        };
        let others = self.by_root.get(&root).into_iter().flatten();
        let earlier = |(_, first): &(StrId, Time)| first < arrived;
        *arrived >= since && others.copied().any(|place| earlier(&place))
    }
}
