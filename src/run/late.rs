//! What is known only when everything has been read, in the form rules ask for it.

use std::collections::{BTreeMap, BTreeSet};

use super::intern::{Interner, NO_STR, StrId};
use super::rows::{FactRow, Novelty, What};
use super::store::Store;
use super::worker::novelty::{STRETCH, network, stable_actor};
use crate::decode::text;
use crate::enrich::derive::{DIMENSIONS, Late};
use crate::enrich::{agent, own::Own, policy};
use crate::incident::Hop;
use crate::link::fact::{Fact as Link, FactKind};
use crate::link::lineage::Lineage;
use crate::model::time::DAY;
use crate::model::{ActorType, Time};
use crate::normalize::{Norm, Record};

/// The tables of the second phase.
#[derive(Debug, Default)]
pub struct Known {
    own: BTreeSet<String>,
    /// Names of the lineage's numbers.
    names: Interner,
    /// Who is behind which credential.
    pub lineage: Lineage<u32>,
    admins: BTreeSet<(String, String)>,
    admin_policies: BTreeSet<String>,
    /// By pod: the service accounts it called the cluster as.
    pods: BTreeMap<String, BTreeSet<String>>,
}

impl Known {
    /// Builds the tables. With `link` false nothing is traced from credential to credential.
    pub fn new(store: &Store, link: bool) -> Known {
        let mut facts: Vec<&FactRow> = store.facts.iter().collect();
        facts.sort_by_key(|row| (row.time, row.key));
        let mut known = Known {
            own: store
                .accounts
                .iter()
                .map(|(_, account)| account.clone())
                .collect(),
            ..Known::default()
        };
        if link {
            let names = &mut known.names;
            let links: Vec<Link<u32>> = facts
                .iter()
                .filter_map(|row| issued(row, &store.strings, names))
                .collect();
            known.lineage = Lineage::build(&links);
            for row in store.actors.keys() {
                if row.kind() == ActorType::K8sServiceAccount {
                    let actor = row.unpack(&store.strings);
                    for pod in actor.via.iter().filter_map(|who| who.strip_prefix("pod:")) {
                        let accounts = known.pods.entry(pod.to_owned()).or_default();
                        accounts.insert(actor.id.clone());
                    }
                }
            }
        }
        known.rights(&facts, &store.strings);
        known
    }

    fn rights(&mut self, facts: &[&FactRow], strings: &Interner) {
        let granted = |row: &&FactRow| match row.what {
            What::Granted {
                name,
                account,
                policy,
                document,
            } => {
                let text = |id| strings.text(id);
                Some((
                    text(name),
                    text(account).unwrap_or_default(),
                    text(policy),
                    text(document),
                ))
            }
            What::Issued { .. } | What::Bound { .. } => None,
        };
        let all: Vec<_> = facts.iter().filter_map(granted).collect();
        let allows_all = |document: &Option<String>| {
            document
                .as_deref()
                .and_then(policy::judge)
                .is_some_and(|facts| facts.admin)
        };
        for (_, _, policy, document) in &all {
            if let (Some(policy), true) = (policy, allows_all(document)) {
                self.admin_policies.insert(policy.clone());
            }
        }
        for (name, account, policy, document) in all {
            let named = policy.is_some_and(|policy| {
                policy::admin_policy_arn(&policy) || self.admin_policies.contains(&policy)
            });
            if let (Some(name), true) = (name, named || allows_all(&document)) {
                self.admins.insert((name, account));
            }
        }
    }

    fn id(&self, credential: &str) -> Option<u32> {
        self.names.find(credential.as_bytes())
    }

    /// The identities behind a credential, outermost first.
    pub fn via(&self, credential: &str) -> Vec<String> {
        let hops = self.hops(credential).into_iter();
        hops.map(|hop| hop.from).collect()
    }

    /// The hands a credential went through, outermost first.
    pub fn hops(&self, credential: &str) -> Vec<Hop> {
        let hops = self
            .id(credential)
            .map(|id| self.lineage.hops(id))
            .unwrap_or_default();
        let hop = |(from, credential)| {
            Some(Hop {
                from: self.names.text(from)?,
                credential: self.names.text(credential)?,
            })
        };
        hops.into_iter().filter_map(hop).collect()
    }

    /// When the first temporary credential of a credential's chain was issued.
    pub fn issued_at(&self, credential: &str) -> Option<Time> {
        let origin = self.lineage.origin(self.id(credential)?)?;
        let top = self.lineage.origin(origin.top).unwrap_or(origin);
        Some(top.issued_at)
    }

    /// The identity at the root of a credential's chain.
    pub fn root(&self, credential: &str) -> Option<String> {
        let origin = self.lineage.origin(self.id(credential)?)?;
        self.names.text(origin.root_actor?)
    }

    /// Whether a role or user of an account was given administrator rights.
    pub fn is_admin(&self, name: &str, account: &str) -> bool {
        let holder = (name.to_owned(), account.to_owned());
        self.admins.contains(&holder)
    }

    /// The credential at the root of a credential's chain.
    pub fn root_credential(&self, credential: &str) -> Option<String> {
        let origin = self.lineage.origin(self.id(credential)?)?;
        self.names.text(origin.root_credential)
    }
}

fn issued(row: &FactRow, strings: &Interner, names: &mut Interner) -> Option<Link<u32>> {
    let What::Issued {
        kind,
        credential,
        by,
        to,
        holder,
        account,
        expires,
    } = row.what
    else {
        return None;
    };
    // The provider hands it out, and it is the pod's.
    let (actor, by) = match kind {
        FactKind::PodIdentity => (by, NO_STR),
        _ => (row.actor, by),
    };
    let mut name = |id: StrId| (id != NO_STR).then(|| names.put(strings.get(id)));
    Some(Link {
        time: row.time,
        kind,
        issuer_credential: name(by),
        issued_actor: name(holder),
        target_role: name(to).filter(|_| kind.is_role_hop()),
        account: name(account),
        issuer_is_service: strings.get(actor).ends_with(b".amazonaws.com"),
        issuer_actor: name(actor),
        issued_credential: name(credential)?,
        expires,
    })
}

/// The tables beside the store they were made of.
pub struct View<'a> {
    /// The tables.
    pub known: &'a Known,
    /// The store.
    pub store: &'a Store,
    /// What the user declared to be his.
    pub declared: &'a Own,
}

impl View<'_> {
    /// Whether this is the first record of an actor that had been there and did nothing for 30
    /// days or more before it.
    fn is_awake_again(&self, record: &Record) -> Option<bool> {
        let strings = &self.store.strings;
        let actor = strings.find(stable_actor(record.norm(Norm::ActorId)?))?;
        let now = record.time()?.0.div_euclid(STRETCH);
        let key = (record.layout.source.key)(record);
        let mut seen = self.store.stretches(actor, now);
        // Its own is the first of its stretch, and there is none before.
        let is_first = seen.next()? == (now, (record.time()?, key));
        let (since, _) = self.store.novelties.get(&Novelty {
            actor,
            dimension: 0,
            value: actor,
        })?;
        Some(is_first && since.0.div_euclid(STRETCH) < now)
    }
}

impl Late for View<'_> {
    fn is_own(&self, account: &str) -> bool {
        self.known.own.contains(account) || self.declared.is_own_account(account)
    }

    fn first_seen(&self, record: &Record) -> Vec<&'static str> {
        let stable = stable_actor(record.norm(Norm::ActorId).unwrap_or_default());
        let (Some(time), Some(actor)) = (record.time(), self.store.strings.find(stable)) else {
            return Vec::new();
        };
        let key = (record.layout.source.key)(record);
        let first = |dimension: usize, value: &[u8]| {
            let novelty = Novelty {
                actor,
                dimension: dimension as u8,
                value: self.store.strings.find(value)?,
            };
            self.store.novelties.get(&novelty).copied()
        };
        // On its first day everything is new for an actor: that day is for learning.
        match first(0, stable) {
            Some((since, _)) if since.plus(DAY) <= time => {}
            _ => return Vec::new(),
        }
        let value = |norm: Norm| record.text(norm).map(|text| text.into_owned().into_bytes());
        let values = [
            None,
            value(Norm::Region),
            value(Norm::Service),
            record
                .text(Norm::Address)
                .and_then(|raw| network(&raw))
                .map(String::into_bytes),
            record
                .text(Norm::Agent)
                .map(|agent| agent::family(&agent).as_bytes().to_vec()),
            record
                .norm(Norm::Edge)
                .map(|raw| text::bytes(raw).into_owned()),
            value(Norm::Bucket),
            value(Norm::Country),
        ];
        let new = |(dimension, value): (usize, Option<Vec<u8>>)| {
            (first(dimension, &value?)? == (time, key)).then_some(DIMENSIONS[dimension])
        };
        values.into_iter().enumerate().filter_map(new).collect()
    }

    fn root_credential(&self, credential: &str) -> Option<String> {
        self.known.root_credential(credential)
    }

    fn service_accounts(&self, pod: &str) -> Vec<String> {
        let accounts = self.known.pods.get(pod).into_iter().flatten();
        accounts.cloned().collect()
    }

    fn baseline(&self, record: &Record) -> Vec<&'static str> {
        match self.is_awake_again(record) {
            Some(true) => vec!["dormant"],
            _ => Vec::new(),
        }
    }

    fn chain_depth(&self, credential: &str) -> u32 {
        self.known
            .id(credential)
            .and_then(|id| self.known.lineage.origin(id))
            .map_or(0, |origin| origin.depth)
    }

    fn root(&self, credential: &str) -> Option<String> {
        self.known.root(credential)
    }

    fn is_admin(&self, name: &str, account: &str) -> bool {
        self.known.is_admin(name, account)
    }

    fn is_admin_policy(&self, policy: &str) -> bool {
        self.known.admin_policies.contains(policy)
    }
}
