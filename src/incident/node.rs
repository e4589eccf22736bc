//! The machine under a workload: who asked for its own credentials, and who acts with them.
//!
//! Enter findings; leaves the name that stands for a machine's credentials on both sides. AWS puts
//! the instance into every session. Google and Azure give all machines of a pool one identity,
//! which a log tells or which is named the way the provider names it.

use foldhash::fast::FixedState;
use hashbrown::HashSet;

use super::face::{Face, Who};
use super::identity::session_name;
use super::options::Options;
use crate::model::actor::is_instance;
use crate::model::{ActorType, Layer};

/// What the machines of a cluster are called unless somebody wants it otherwise.
const USUAL: [&str; 2] = ["gke-", "aks-"];

/// What the findings tell about machines.
#[derive(Default)]
pub(super) struct Nodes {
    /// Identities of machines whose credentials somebody asked for.
    asked: HashSet<Box<str>, FixedState>,
    /// By the names of machines: the usual identity that acts, where only one does.
    usual: [Option<Option<Box<str>>>; USUAL.len()],
}

impl Nodes {
    /// Takes in what one finding tells.
    pub(super) fn learn(&mut self, finding: &Face, options: &Options) {
        if let Some(identity) = asked_node(finding).and_then(|node| told(node, options)) {
            self.asked.insert(identity.into());
        }
        if let Some((of, identity)) = usual(&finding.actor) {
            match &mut self.usual[of] {
                none @ None => *none = Some(Some(identity.into())),
                Some(known) if known.as_deref() != Some(identity) => *known = None,
                Some(_) => {}
            }
        }
    }

    /// The machine whose own credentials a workload asked for, or with which somebody acts.
    pub(super) fn machine(
        &self,
        finding: &Face,
        inside: bool,
        options: &Options,
    ) -> Option<String> {
        if inside {
            let node = asked_node(finding)?;
            return told(node, options).or_else(|| self.by_custom(node));
        }
        let actor = &finding.actor;
        let session = session_name(&actor.id);
        if is_instance(session) {
            return Some(session.to_owned());
        }
        let identity = usual(actor).map(|(_, identity)| identity);
        let identity = identity.or_else(|| self.asked.get(&*actor.id).map(|known| &**known));
        identity.map(str::to_owned)
    }

    /// The identity that machines of this name have where nobody chose another.
    fn by_custom(&self, node: &str) -> Option<String> {
        let of = USUAL.iter().position(|start| node.starts_with(start))?;
        self.usual[of].as_ref()?.as_deref().map(str::to_owned)
    }
}

/// The node whose credentials an alert says somebody asked for. Every pod of a node could have
/// taken them: only one that was seen asking counts.
fn asked_node<'f>(finding: &'f Face) -> Option<&'f str> {
    let metadata = |attack: &crate::model::attack::Attack| attack.technique == "T1552.005";
    if finding.layer != Layer::Runtime || !finding.rule.attack.iter().any(metadata) {
        return None;
    }
    let node = finding.targets.iter().find(|target| target.kind == "node");
    node.map(|target| &*target.id)
}

/// The instance or identity that a node is by its name or by what a log says of it.
fn told(node: &str, options: &Options) -> Option<String> {
    let first = node.split('.').next().unwrap_or(node);
    if is_instance(first) {
        return Some(first.to_owned());
    }
    options.presence?.bond(&format!("node:{node}"))
}

/// An identity that a provider gives to machines of clusters, and which of them.
fn usual<'f>(actor: &'f Who) -> Option<(usize, &'f str)> {
    match actor.kind {
        ActorType::ServiceAccount => {
            let default = actor.id.ends_with("-compute@developer.gserviceaccount.com");
            default.then_some((0, &*actor.id))
        }
        // The identity of a cluster's kubelets.
        ActorType::ManagedIdentity | ActorType::ServicePrincipal => {
            let kubelet = actor.name.ends_with("-agentpool");
            kubelet.then_some((1, &*actor.name))
        }
        _ => None,
    }
}
