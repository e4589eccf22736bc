//! The explanation of an incident: what takes part in it, and what ties the parts together.
//!
//! Enter its findings and the joins that made it; leave entities and links. Every join shows as a
//! link between two entities, with the value and the records that hold it.

use std::collections::BTreeMap;

use super::build::Draft;
use super::chain::Chains;
use super::entity::Entity as Held;
use super::face::{Face, Thing, Who};
use super::identity::{names_of_actor, names_of_target};
use super::join::Join;
use super::kind::Kind;
use super::options::Presence;
use super::words::{actor_entity, actor_word, credential_entity, credential_word};
use crate::model::actor::is_instance;
use crate::model::incident::{Confidence, Entity, Link};
use crate::model::{ActorType, Evidence, Finding, Time};

/// Entities by id: kind, first, last.
#[derive(Default)]
pub(super) struct Cast(BTreeMap<String, (String, Time, Time)>);

impl Cast {
    fn add(&mut self, id: String, kind: &str, finding: &Finding) {
        let (first, last) = (finding.time, finding.end_time.max(finding.time));
        let known = self
            .0
            .entry(id)
            .or_insert_with(|| (kind.to_string(), first, last));
        known.1 = known.1.min(first);
        known.2 = known.2.max(last);
    }

    /// Everything a finding names; `users` are the acting users by every name they have.
    fn add_finding(&mut self, finding: &Finding, users: &BTreeMap<String, String>) {
        let actor = &finding.actor;
        self.add(actor_entity(actor), actor_word(actor.kind), finding);
        for credential in finding.credentials.iter().chain(&actor.session) {
            if !credential.is_empty() {
                let word = credential_word(credential);
                self.add(credential_entity(credential), word, finding);
            }
        }
        if let Some(address) = &finding.source_ip {
            self.add(format!("ip:{address}"), "ip", finding);
        }
        for target in &finding.targets {
            if target.kind.is_empty() || target.id.is_empty() {
                continue;
            }
            let mut acting = None;
            if target.kind == "user" && !users.is_empty() {
                names_of_target(&Thing::of(target), &Face::of(finding), &mut |name| {
                    acting = acting.take().or_else(|| users.get(name).cloned());
                });
            }
            let kind = target.kind.replace('_', "-");
            let id = acting.unwrap_or_else(|| format!("{kind}:{}", target.id));
            self.add(id, &kind, finding);
        }
    }

    fn list(self) -> Vec<Entity> {
        let mut list: Vec<Entity> = self
            .0
            .into_iter()
            .map(|(id, (kind, first, last))| Entity {
                id,
                kind,
                first,
                last,
            })
            .collect();
        list.sort_by(|a, b| (a.first, &a.id).cmp(&(b.first, &b.id)));
        list
    }
}

/// Names the entities of an incident and links them.
pub(super) fn explain(
    (entities, presence): (&[Held], Option<&dyn Presence>),
    draft: &Draft,
    in_order: &[&Finding],
) -> (Vec<Entity>, Vec<Link>) {
    let mut cast = Cast::default();
    let findings = || in_order.iter().copied();
    let member = |place: u32| {
        let at = draft.members.binary_search(&place).ok()?;
        in_order.get(at).copied()
    };
    let users = if findings().any(|f| f.targets.iter().any(|t| t.kind == "user")) {
        acting_users(findings())
    } else {
        BTreeMap::new()
    };
    for finding in findings() {
        cast.add_finding(finding, &users);
    }
    let mut chains = Chains::of(in_order, presence);
    // Each with the time that it is known from.
    let mut links: Vec<(Time, Link)> = Vec::new();
    for (link, shows) in std::mem::take(&mut chains.links) {
        for id in [&link.from, &link.to] {
            let kind = id.split(':').next().unwrap_or_default();
            cast.add(id.clone(), kind, shows);
        }
        links.push((shows.time, link));
    }
    let mut known: BTreeMap<(String, String, u32), usize> = BTreeMap::new();
    let mut in_time: Vec<&Join> = draft.joins.iter().collect();
    in_time.sort_by_key(|join| (join.b, join.a, join.entity));
    for join in in_time {
        let entity = &entities[join.entity as usize];
        let Some((a, b)) = member(join.a).zip(member(join.b)) else {
            continue;
        };
        let Some((from, to)) = ends(a, b, entity, &users) else {
            continue;
        };
        if matches!(
            entity.kind,
            Kind::Credential | Kind::Session | Kind::Identity
        ) && (chains.are_kin(&from, &to) || is_behind(a, b, entity, &chains))
        {
            // They share a root: the chain tells how one came from the other.
            continue;
        }
        let confidence = if join.proven {
            Confidence::Proven
        } else {
            Confidence::Likely
        };
        let next = links.len();
        let at = *known
            .entry((from.clone(), to.clone(), join.entity))
            .or_insert(next);
        if at < next {
            // The same two hold together a second time: the stronger word stands.
            let link = &mut links[at].1;
            link.confidence = link.confidence.min(confidence);
            continue;
        }
        // What holds two findings together may be named by neither as an entity of its own.
        for (id, finding) in [(&from, a), (&to, b)] {
            let kind = id.split(':').next().unwrap_or_default();
            cast.add(id.clone(), kind, finding);
        }
        let mut evidence: Vec<Evidence> = Vec::new();
        for pointer in [a, b].into_iter().filter_map(|f| f.evidence.first()) {
            if !evidence.contains(pointer) {
                evidence.push(pointer.clone());
            }
        }
        let link = Link {
            from,
            to,
            by: match (entity.kind, join.proven) {
                // Somebody changed it, or changed what somebody made.
                (Kind::Made, false) => "written-identity".to_string(),
                (kind, _) => kind.by().to_string(),
            },
            value: value(entity.kind, &entity.key).to_string(),
            confidence,
            evidence,
        };
        links.push((b.time, link));
    }
    links.sort_by_key(|(time, _)| *time);
    let links = links.into_iter().map(|(_, link)| link).collect();
    (cast.list(), links)
}

/// Whether two findings of one actor share a credential that others held before it.
fn is_behind(a: &Finding, b: &Finding, held: &Held, chains: &Chains) -> bool {
    let own = |finding: &Finding| finding.actor.session.as_deref() == Some(&held.key);
    held.kind == Kind::Credential
        && a.actor.id == b.actor.id
        && chains.knows(&actor_entity(&a.actor))
        && !own(a)
        && !own(b)
}

/// The users that act, by every name under which a call may mean them.
fn acting_users<'a>(findings: impl Iterator<Item = &'a Finding>) -> BTreeMap<String, String> {
    let mut users = BTreeMap::new();
    for finding in findings.filter(|f| f.actor.kind == ActorType::User) {
        names_of_actor(&Who::of(&finding.actor), &mut |name| {
            users
                .entry(name.to_string())
                .or_insert_with(|| actor_entity(&finding.actor));
        });
    }
    users
}

/// The value of an entity as the log has it.
fn value(kind: Kind, key: &str) -> &str {
    match kind {
        // `id/…`, `user/account/name`
        Kind::Made => key.rsplit('/').next().unwrap_or(key),
        _ => key,
    }
}

/// The ends of a link: the two actors where they differ, else the actor and what is shared.
fn ends(
    a: &Finding,
    b: &Finding,
    held: &Held,
    users: &BTreeMap<String, String>,
) -> Option<(String, String)> {
    let (first, second) = (actor_entity(&a.actor), actor_entity(&b.actor));
    if first != second {
        return Some((first, second));
    }
    let value = value(held.kind, &held.key);
    let shared = match held.kind {
        Kind::Credential => credential_entity(value),
        Kind::Address | Kind::Device | Kind::Seat => {
            format!("ip:{}", value.split(' ').next().unwrap_or(value))
        }
        Kind::Account => format!("service-account:{value}"),
        Kind::Machine if is_instance(value) => format!("instance:{value}"),
        Kind::Machine => format!("node-identity:{value}"),
        Kind::Subject => format!("federated:{value}"),
        // Two rules about one thing that one actor did.
        Kind::Record => return None,
        Kind::Resource => format!("resource:{value}"),
        Kind::Event => format!("event:{value}"),
        Kind::Pod => format!("pod:{value}"),
        Kind::Container => format!("container:{value}"),
        Kind::Made => match (users.get(&*held.key), held.key.split('/').next()) {
            (Some(user), _) => user.clone(),
            (None, Some(kind @ ("user" | "role"))) => format!("{kind}:{value}"),
            _ => credential_entity(value),
        },
        // The actor itself is what they share: say which credential or address it used next.
        Kind::Identity | Kind::Session | Kind::Role => match (&b.actor.session, &b.source_ip) {
            (Some(credential), _) => credential_entity(credential),
            (None, Some(address)) => format!("ip:{address}"),
            (None, None) => return None,
        },
    };
    (first != shared).then_some((first, shared))
}
