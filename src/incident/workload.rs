//! What a workload is called in each layer: its pods, its account, its machine, its name in
//! another cloud.
//!
//! Enter findings and the names that belong together; leave mentions, in which a finding either
//! stands at the workload itself or acts with what the workload was given.

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};

use super::entity::Part;
use super::face::{Face, Who};
use super::kind::Kind;
use super::network::is_public;
use super::node::Nodes;
use super::options::Options;
use super::subject::{foreign, home, subject_of};
use crate::enrich::workload::service_account;
use crate::model::rule::Origin;
use crate::model::{ActorType, Layer, Severity};

/// What the findings themselves tell about workloads.
#[derive(Default)]
pub(super) struct Told {
    /// The service account of each pod.
    accounts: HashMap<Box<str>, Box<str>, FixedState>,
    /// Service accounts that act or stand behind somebody.
    acting: HashSet<Box<str>, FixedState>,
    /// The same by their names, where only one namespace has one of that name.
    names: HashMap<Box<str>, Option<Box<str>>, FixedState>,
    /// Identities that another cloud or cluster knows by a name of its own.
    subjects: HashSet<Box<str>, FixedState>,
    /// The account for whose tokens an identity of a cloud is given, where only one of them acts.
    trusted: HashMap<Box<str>, Option<Box<str>>, FixedState>,
    nodes: Nodes,
}

impl Told {
    /// Takes in what one finding tells.
    pub fn learn(&mut self, finding: &Face, options: &Options) {
        let actor = &finding.actor;
        if actor.kind == ActorType::K8sServiceAccount {
            for pod in pods_of(actor) {
                self.accounts.insert(pod.into(), (&*actor.id).into());
            }
        }
        if let Some(account) = said(finding)
            && !self.acting.contains(account.as_str())
        {
            let name = account.rsplit(':').next().unwrap_or_default();
            let known = self.names.entry(name.into());
            known
                .and_modify(|known| *known = None)
                .or_insert_with(|| Some(account.as_str().into()));
            self.trust(&account, options);
            self.acting.insert(account.into());
        }
        if let Some(subject) = foreign(finding, options) {
            self.subjects.insert(subject.into());
        }
        self.nodes.learn(finding, options);
    }

    /// Notes which identities of a cloud are given for the tokens of an account.
    fn trust(&mut self, account: &str, options: &Options) {
        let bound = options.presence.map(|presence| presence.bound(account));
        for name in bound.iter().flatten() {
            let name = name.strip_prefix("trusts:");
            let Some(name) = name.and_then(|name| name.strip_suffix(account)) else {
                continue;
            };
            let known = self.trusted.entry(name.trim_end().into());
            known
                .and_modify(|known| *known = None)
                .or_insert_with(|| Some(account.into()));
        }
    }

    /// Mentions what a finding has to do with workloads.
    pub fn mention(
        &self,
        finding: &Face,
        options: &Options,
        each: &mut dyn FnMut(Kind, &str, Part),
    ) {
        let inside = is_inside(finding);
        places(finding, inside, options, each);
        let part = if inside { Part::Holds } else { Part::Uses };
        // The default account is nobody's own.
        let account = said(finding)
            .or_else(|| self.behind(finding, options))
            .or_else(|| of_credential(&finding.actor, options))
            .or_else(|| self.abroad(&finding.actor));
        let own = |account: &String| !account.ends_with(":default") && !is_shared(account, options);
        if let Some(account) = account.filter(own) {
            each(Kind::Account, &account, part);
        }
        if let Some(machine) = self.nodes.machine(finding, inside, options) {
            each(Kind::Machine, &machine, part);
        }
        // Where nobody came from elsewhere nobody need be asked.
        if self.subjects.is_empty() {
            return;
        }
        if let Some(subject) = foreign(finding, options) {
            each(Kind::Subject, &subject, Part::Uses);
        } else {
            home(&finding.actor, &mut |name| {
                if self.subjects.contains(name) {
                    each(Kind::Subject, name, Part::Holds);
                }
            });
        }
    }

    /// The account of the pod in which it happened.
    fn behind(&self, finding: &Face, options: &Options) -> Option<String> {
        pods(finding).find_map(|pod| {
            if let Some(account) = self.accounts.get(pod) {
                return Some(account.to_string());
            }
            let bond = |presence: &dyn super::Presence| presence.bond(&format!("pod:{pod}"));
            options
                .presence
                .and_then(bond)
                .or_else(|| self.namesake(pod))
        })
    }

    /// The account that acts and for whose tokens a cloud gives its own identity. Where the input
    /// does not hold how that was set up, it is the account of the same name: if both do
    /// something they should not within two hours, that is no accident.
    fn abroad(&self, actor: &Who) -> Option<String> {
        let name = match actor.kind {
            ActorType::ServicePrincipal | ActorType::ManagedIdentity => {
                let names = actor.own_principal().into_iter().chain([&actor.name]);
                let mut trusted =
                    names.filter_map(|name| self.trusted.get(&*name.to_ascii_lowercase()));
                if let Some(account) = trusted.next() {
                    return account.as_ref().map(ToString::to_string);
                }
                &*actor.name
            }
            ActorType::ServiceAccount => actor.name.split_once('@')?.0,
            _ => return None,
        };
        let account = self.names.get(name)?.as_ref()?;
        Some(account.to_string())
    }

    /// The account that acts and bears the name of the pod's workload, where no log says as whom
    /// the pod runs: so they are named in most clusters.
    fn namesake(&self, pod: &str) -> Option<String> {
        let (namespace, name) = pod.split_once('/')?;
        let account = format!("system:serviceaccount:{namespace}:{}", workload_of(name));
        self.acting.contains(account.as_str()).then_some(account)
    }
}

/// More workloads than this with one account, and it says little about any of them.
const MOST_WORKLOADS: usize = 10;

/// Whether many workloads run as one account.
fn is_shared(account: &str, options: &Options) -> bool {
    let Some(presence) = options.presence else {
        return false;
    };
    let bound = presence.bound(account);
    let pods = bound.iter().filter_map(|name| name.strip_prefix("pod:"));
    let names = pods.filter_map(|pod| pod.split_once('/'));
    let workloads: HashSet<&str, FixedState> = names.map(|(_, pod)| workload_of(pod)).collect();
    workloads.len() > MOST_WORKLOADS
}

/// Whether a finding stands at the workload itself.
fn is_inside(finding: &Face) -> bool {
    matches!(finding.layer, Layer::Runtime | Layer::Kubernetes)
}

/// The service account that a finding itself names.
fn said(finding: &Face) -> Option<String> {
    let actor = &finding.actor;
    let named = [&**finding.root(), &*actor.id, &*actor.name];
    let behind = actor.via.iter().chain(&finding.via);
    let behind = behind.chain(actor.own_principal());
    let behind = behind.map(|name| &**name);
    named.into_iter().chain(behind).find_map(service_account)
}

/// The account to whose tokens the credential is given with which somebody acts.
fn of_credential(actor: &Who, options: &Options) -> Option<String> {
    service_account(&subject_of(actor, options)?)
}

/// The pods that an actor is, or that stand behind it.
fn pods_of<'f>(actor: &'f Who) -> impl Iterator<Item = &'f str> {
    let own = std::iter::once(&actor.id).chain(&actor.via);
    own.filter_map(|id| id.strip_prefix("pod:"))
}

/// The pods that a finding comes out of.
fn pods<'f>(finding: &'f Face) -> impl Iterator<Item = &'f str> {
    let root = finding.root().strip_prefix("pod:");
    root.into_iter().chain(pods_of(&finding.actor))
}

/// The pod that a finding comes out of, where one is known.
pub(super) fn pod<'f>(finding: &'f Face) -> Option<&'f str> {
    pods(finding).next()
}

/// The pod and the container in which it happened or at which it aims, and the far end of a
/// connection out of them.
fn places(finding: &Face, inside: bool, options: &Options, each: &mut dyn FnMut(Kind, &str, Part)) {
    for pod in pods(finding) {
        each(Kind::Pod, pod, Part::Holds);
    }
    // Another tool's alert may be about a pod whatever layer it stands in.
    if !inside && finding.rule.origin != Origin::External {
        return;
    }
    for target in &finding.targets {
        match &*target.kind {
            // Without its namespace a name is anybody's.
            "pod" if target.id.contains('/') => each(Kind::Pod, &target.id, Part::Holds),
            "container" => each(Kind::Container, &target.id, Part::Holds),
            "address" if is_public(&target.id, &options.shared) => {
                // An alert's far end is who called as often as who was called.
                let out = finding.layer == Layer::Runtime
                    && finding.rule.origin != Origin::External
                    && finding.severity > Severity::Informational;
                let part = if out { Part::Uses } else { Part::Holds };
                each(Kind::Address, &target.id, part);
            }
            _ => {}
        }
    }
}

/// The workload that made a pod, by the pod's name: what a controller appends is left out.
fn workload_of(pod: &str) -> &str {
    /// The letters of names that Kubernetes draws: none that could make a word.
    const DRAWN: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let drawn = |text: &str| text.bytes().all(|byte| DRAWN.contains(&byte));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let cut = |name: &'_ str, fits: &dyn Fn(&str) -> bool| {
        let (rest, last) = name.rsplit_once('-')?;
        (!rest.is_empty() && fits(last)).then_some(rest.len())
    };
    let ordinal = |last: &str| !last.is_empty() && last.len() < 4 && digits(last);
    if let Some(end) = cut(pod, &ordinal) {
        return &pod[..end];
    }
    let Some(end) = cut(pod, &|last: &str| last.len() == 5 && drawn(last)) else {
        return pod;
    };
    let owner = &pod[..end];
    let hash = |last: &str| {
        let hex = last.bytes().all(|byte| byte.is_ascii_hexdigit());
        (8..=10).contains(&last.len()) && (drawn(last) || hex || digits(last))
    };
    cut(owner, &hash).map_or(owner, |end| &owner[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_is_named_after_its_workload() {
        for (pod, want) in [
            ("email-service-7c9d8f6b5d-x2k4q", "email-service"),
            ("prometheus-0", "prometheus"),
            ("agent-x2k4q", "agent"),
            ("report-builder-28361522-hj4sx", "report-builder"),
            ("api", "api"),
            ("shop-api", "shop-api"),
            ("x2k4q", "x2k4q"),
            ("-x2k4q", "-x2k4q"),
            ("", ""),
        ] {
            assert_eq!(workload_of(pod), want, "{pod}");
        }
    }
}
