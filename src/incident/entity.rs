//! What each finding holds that another one may hold too.
//!
//! Enter findings in the total order; leave numbered entities and, sorted by entity, who mentions
//! them and how. Numbers follow first mention, so they depend on the findings alone.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet, HashTable};
use rayon::prelude::*;

use super::face::{Face, Text};
use super::head::Head;
use super::identity::{actor_kind, names_of_actor, names_of_managed, names_of_target, root_kind};
use super::kind::{Kind, Mode};
use super::network::is_public;
use super::numbers::Numbers;
use super::options::Options;
use super::resource::{Credential, credential_for_user, is_object, resource_key};
use super::verb::{Effect, effect};
use super::workload::{self, Told};
use crate::model::{ActorType, Outcome, Time};

/// Something two findings may have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entity<'a> {
    /// Its kind.
    pub kind: Kind,
    /// What tells it from others of its kind.
    pub key: Text<'a>,
}

/// How a finding stands to an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Part {
    /// It holds it: a credential, an address.
    Holds,
    /// It made it.
    Creates,
    /// It changed it.
    Changes,
    /// It acts under it.
    Acts,
    /// It reads, assumes or copies it.
    Uses,
    /// It changes or removes it, as what comes after.
    Touches,
}

/// One finding, one entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Mention {
    pub entity: u32,
    /// The finding's place in the total order.
    pub finding: u32,
    pub part: Part,
}

/// Entities and who mentions them.
#[derive(Default)]
pub(super) struct Mentions<'a> {
    pub entities: Vec<Entity<'a>>,
    /// By entity, then by finding.
    pub list: Vec<Mention>,
    /// The root identities by number.
    pub root_names: Numbers<'a>,
    /// The number of each finding's root identity.
    pub roots: Vec<u32>,
    /// The number of each finding's root identity at its address: what is routine from home is
    /// none from elsewhere.
    pub seats: Vec<u32>,
    /// Addresses, agents and credentials by number, with their findings: of those alone that a
    /// person's name may join.
    marks: Vec<(u32, u32)>,
    /// Addresses to which a workload connected: what is outside is no way out.
    pub aimed: HashSet<Box<str>, FixedState>,
    /// What else is asked of the findings that have to do with workloads.
    workloads: HashMap<u32, Beside, FixedState>,
}

/// How a finding stands to its workload.
#[derive(Clone, Copy, Default)]
pub(super) struct Beside {
    /// When the credential behind it was issued, where that is known.
    pub issued: Option<Time>,
    /// The number of the pod that it comes out of, where one is known.
    pub pod: Option<u32>,
    /// Its provider.
    pub provider: &'static str,
}

/// Findings that are shown at a time.
const AT_ONCE: usize = 64;

/// Shows the finding of this place in the total order.
pub type Look<'a> = &'a (dyn Fn(u32) -> Face<'a> + Sync);

impl Mentions<'_> {
    /// The mentions of each entity in turn.
    pub(super) fn buckets(&self) -> impl Iterator<Item = (u32, &[Mention])> {
        let chunks = self.list.chunk_by(|a, b| a.entity == b.entity);
        chunks.filter_map(|bucket| Some((bucket.first()?.entity, bucket)))
    }

    /// The numbers of a finding's addresses, agents and credentials.
    pub(super) fn marks(&self, finding: u32) -> impl Iterator<Item = u32> {
        let start = self.marks.partition_point(|(of, _)| *of < finding);
        let own = self.marks[start..].iter();
        let own = own.take_while(move |(of, _)| *of == finding);
        own.map(|(_, mark)| *mark)
    }

    /// How a finding of a workload stands to it.
    pub(super) fn beside(&self, finding: u32) -> Beside {
        self.workloads.get(&finding).copied().unwrap_or_default()
    }

    /// The kind of an entity.
    pub(super) fn kind(&self, entity: u32) -> Kind {
        self.entities[entity as usize].kind
    }
}

/// The collector: hands out numbers and writes mentions.
#[derive(Default)]
struct Collector<'a> {
    /// Numbers by kind and key; the keys themselves stand in `out.entities` alone.
    numbers: HashTable<u32>,
    state: FixedState,
    out: Mentions<'a>,
}

impl<'a> Collector<'a> {
    /// Mentions something by a text that is there as long as the mentions are.
    fn mention(&mut self, kind: Kind, key: &Text<'a>, finding: u32, part: Part) {
        let known = self.find(kind, key);
        let entity = known.unwrap_or_else(|| self.add(kind, key.clone()));
        self.push(entity, finding, part);
    }

    /// The same by a text that was put together.
    fn mention_made(&mut self, kind: Kind, key: &str, finding: u32, part: Part) {
        let known = self.find(kind, key);
        let entity = known.unwrap_or_else(|| self.add(kind, Text::Owned(key.to_owned())));
        self.push(entity, finding, part);
    }

    /// Mentions something only if a finding wrote it: reading what nobody wrote joins nothing.
    fn mention_written(&mut self, kind: Kind, key: &str, finding: u32, part: Part) {
        if let Some(entity) = self.find(kind, key) {
            self.push(entity, finding, part);
        }
    }

    fn find(&self, kind: Kind, key: &str) -> Option<u32> {
        let same = |number: &u32| {
            let known = &self.out.entities[*number as usize];
            known.kind == kind && known.key == key
        };
        let hash = self.state.hash_one((kind, key));
        self.numbers.find(hash, same).copied()
    }

    fn add(&mut self, kind: Kind, key: Text<'a>) -> u32 {
        let (entities, state) = (&mut self.out.entities, &self.state);
        let hash = |entity: &Entity| state.hash_one((entity.kind, &*entity.key));
        let number = entities.len() as u32;
        entities.push(Entity { kind, key });
        let again = |number: &u32| hash(&entities[*number as usize]);
        self.numbers.insert_unique(again(&number), number, again);
        number
    }

    fn push(&mut self, entity: u32, finding: u32, part: Part) {
        self.out.list.push(Mention {
            entity,
            finding,
            part,
        });
    }
}

/// Collects what these findings, in the total order, hold. Each is looked at twice.
pub(super) fn collect<'a>(heads: &[&Head], look: Look<'a>, options: &Options) -> Mentions<'a> {
    // The two halves know different kinds, so neither needs the other's numbers.
    let (mut first, mut second) = (Collector::default(), Collector::default());
    let mut acting = Acting::default();
    let mut told = Told::default();
    let mut addresses = Numbers::default();
    let mut seats: HashMap<(u32, Option<u32>), u32, FixedState> = HashMap::default();
    first.out.roots.reserve_exact(heads.len());
    first.out.seats.reserve_exact(heads.len());
    let meet = |_: u32, finding: &Face<'a>| {
        let root = acting.meet(finding, &mut first.out.root_names);
        first.out.roots.push(root);
        let address = finding.source_ip.as_ref();
        let seat = (root, address.map(|text| addresses.number(text)));
        let next = seats.len() as u32;
        first.out.seats.push(*seats.entry(seat).or_insert(next));
        told.learn(finding, options);
    };
    each_face(heads, look, meet, |place, finding| {
        written(&mut second, place, finding);
    });
    drop((addresses, seats));
    let (mut marks, mut pods) = (Marks::default(), Numbers::default());
    let again = told_again(heads);
    let hold = |place: u32, finding: &Face<'a>| {
        let head = heads[place as usize];
        let before = first.out.list.len();
        held(&mut first, place, finding, &acting, options);
        let new = &first.out.list[before..];
        let kind = |mention: &Mention| first.out.entities[mention.entity as usize].kind;
        if new.iter().any(|mention| kind(mention) == Kind::Identity) {
            marks.note(place, finding, &mut first.out.marks);
        }
        if again.binary_search(&head.key).is_ok() {
            let event = format!("{:016x}", head.key);
            first.mention_made(Kind::Record, &event, place, Part::Holds);
        }
        told.mention(finding, options, &mut |kind, key, part| {
            if kind == Kind::Address && part == Part::Uses {
                first.out.aimed.insert(key.into());
            }
            if kind.mode() == Mode::Workload {
                let pod = workload::pod(finding).map(|pod| pods.number(&Text::Owned(pod.into())));
                let beside = Beside {
                    issued: finding.issued_at,
                    pod,
                    provider: finding.provider,
                };
                first.out.workloads.insert(place, beside);
            }
            first.mention_made(kind, key, place, part);
        });
    };
    each_face(heads, look, hold, |place, finding| {
        used(&mut second, place, finding);
    });
    let (mut out, second) = (first.out, second.out);
    let offset = out.entities.len() as u32;
    out.entities.extend(second.entities);
    out.list.reserve_exact(second.list.len());
    out.list.extend(second.list.into_iter().map(|m| Mention {
        entity: m.entity + offset,
        ..m
    }));
    // Equal mentions cannot be told apart, so the order of the sort is the order of the values.
    out.list.par_sort_unstable();
    out.list.dedup();
    out
}

/// Shows every finding in its place to both, who ask for different things. Some are made at a
/// time, in parallel, while those before them are looked at.
fn each_face<'a>(
    heads: &[&Head],
    look: Look<'a>,
    mut one: impl FnMut(u32, &Face<'a>) + Send,
    mut other: impl FnMut(u32, &Face<'a>) + Send,
) {
    let places: Vec<u32> = (0..heads.len() as u32).collect();
    let (mut now, mut faces): (&[u32], Vec<Face>) = (&[], Vec::new());
    for next in places.chunks(AT_ONCE).chain([&[][..]]) {
        let shown = || now.iter().zip(&faces);
        let both = || {
            rayon::join(
                || shown().for_each(|(place, face)| one(*place, face)),
                || shown().for_each(|(place, face)| other(*place, face)),
            )
        };
        let made = || next.par_iter().map(|place| look(*place)).collect();
        let (_, made) = rayon::join(both, made);
        (now, faces) = (next, made);
    }
}

/// The keys of events with which several findings begin, ascending.
fn told_again(heads: &[&Head]) -> Vec<u64> {
    let mut keys: Vec<u64> = heads.iter().map(|head| head.key).collect();
    keys.sort_unstable();
    let several = keys.chunk_by(|a, b| a == b).filter(|same| same.len() > 1);
    several.map(|same| same[0]).collect()
}

/// How identities that act in findings join by name: a root among them is judged as it acts.
#[derive(Default)]
struct Acting<'a> {
    /// Those that are roots, by number.
    roots: Vec<Option<Option<Kind>>>,
    others: HashMap<Text<'a>, Option<Kind>, FixedState>,
}

impl<'a> Acting<'a> {
    /// Notes how the actor of a finding joins, where it is the first of that name; gives the
    /// number of its root.
    fn meet(&mut self, finding: &Face<'a>, roots: &mut Numbers<'a>) -> u32 {
        let (actor, root) = (&finding.actor, finding.root());
        let number = roots.number(root);
        self.roots.resize(roots.len(), None);
        let own = match *root == actor.id {
            true => Some(number),
            false => roots.find(&actor.id),
        };
        let known = own.and_then(|own| self.roots[own as usize]);
        if known.is_some() || actor.id.is_empty() {
            return number;
        }
        let kind = self.others.get(&actor.id).copied();
        let kind = kind.unwrap_or_else(|| actor_kind(actor));
        match own {
            Some(own) => self.roots[own as usize] = Some(kind),
            None => {
                self.others.insert(actor.id.clone(), kind);
            }
        }
        number
    }

    /// How a root joins, where it acts.
    fn kind(&self, number: u32, root: &str) -> Option<Option<Kind>> {
        self.roots[number as usize].or_else(|| self.others.get(root).copied())
    }
}

/// The numbers of addresses, agents and credentials.
#[derive(Default)]
struct Marks<'a> {
    numbers: HashMap<(u8, Text<'a>), u32, FixedState>,
}

impl<'a> Marks<'a> {
    /// Notes what a finding has of them.
    fn note(&mut self, place: u32, finding: &Face<'a>, out: &mut Vec<(u32, u32)>) {
        let address = finding.source_ip.iter().map(|text| (0, text));
        let agent = finding.user_agent.iter().map(|text| (1, text));
        let credentials = finding.actor.session.iter().chain(&finding.credentials);
        let all = address
            .chain(agent)
            .chain(credentials.map(|text| (2, text)));
        for (kind, text) in all {
            let next = self.numbers.len() as u32;
            let mark = *self.numbers.entry((kind, text.clone())).or_insert(next);
            out.push((place, mark));
        }
    }
}

/// Credentials, names and addresses.
fn held<'a>(
    out: &mut Collector<'a>,
    place: u32,
    finding: &Face<'a>,
    acting: &Acting,
    options: &Options,
) {
    let actor = &finding.actor;
    let own = actor.session.iter();
    let own = own.filter(|session| !finding.credentials.contains(session));
    for credential in finding.credentials.iter().chain(own) {
        if !credential.is_empty() {
            out.mention(Kind::Credential, credential, place, Part::Holds);
        }
    }
    let targets = finding.targets.iter();
    let told = targets.filter(|target| target.kind == "audit-event");
    for event in finding.retold.iter().chain(told.map(|target| &target.id)) {
        out.mention(Kind::Event, event, place, Part::Holds);
    }
    if let Some(kind) = actor_kind(actor) {
        out.mention(kind, &actor.id, place, Part::Holds);
    }
    let root = finding.root();
    if *root != actor.id {
        let kind = acting.kind(out.out.roots[place as usize], root);
        if let Some(kind) = kind.unwrap_or_else(|| root_kind(root)) {
            out.mention(kind, root, place, Part::Holds);
        }
    }
    if actor.kind == ActorType::RoleSession
        && let Some(role) = &actor.issuer
    {
        out.mention(Kind::Role, role, place, Part::Holds);
    }
    if let Some(address) = &finding.source_ip
        && actor.kind != ActorType::CloudService
        && is_public(address, &options.shared)
    {
        out.mention(Kind::Address, address, place, Part::Holds);
        if !matches!(actor.kind, ActorType::Anonymous | ActorType::Unknown) {
            let seat = format!("{address} {}", actor.id);
            out.mention_made(Kind::Seat, &seat, place, Part::Holds);
        }
        if let Some(agent) = finding.user_agent.as_deref().filter(|a| !a.is_empty()) {
            let device = format!("{address} {agent}");
            out.mention_made(Kind::Device, &device, place, Part::Holds);
        }
    }
}

/// What a finding made or changed; a refused call wrote nothing.
fn written(out: &mut Collector, place: u32, finding: &Face) {
    if matches!(finding.outcome, Outcome::Denied | Outcome::Failed) {
        return;
    }
    let part = match effect(&finding.action) {
        Effect::Creates => Part::Creates,
        Effect::Changes => Part::Changes,
        Effect::Deletes | Effect::Uses => return,
    };
    if part == Part::Creates {
        // Keys that were issued, not the one that was used to ask.
        for credential in &finding.credentials {
            if Some(credential) != finding.actor.session.as_ref() && !credential.is_empty() {
                out.mention_made(Kind::Made, &format!("id/{credential}"), place, part);
            }
        }
    }
    for target in finding.targets.iter().filter(|t| is_object(t, finding)) {
        let part = match (part, &*target.kind) {
            (Part::Creates, "user") => match credential_for_user(&finding.action) {
                // A key made for a user leaves the user the person they were; the key tells.
                Some(Credential::Key) => continue,
                Some(Credential::Password) => Part::Changes,
                None => part,
            },
            _ => part,
        };
        let mut each = |name: &str| out.mention_made(Kind::Made, name, place, part);
        if !names_of_target(target, finding, &mut each)
            && let Some(key) = resource_key(target, finding)
        {
            out.mention_made(Kind::Resource, &key, place, part);
        }
    }
}

/// What a finding acts under or names, if another one wrote it.
fn used(out: &mut Collector, place: u32, finding: &Face) {
    let actor = &finding.actor;
    let mut acts = |name: &str| out.mention_written(Kind::Made, name, place, Part::Acts);
    names_of_actor(actor, &mut acts);
    names_of_managed(finding, &mut acts);
    let root = finding.root();
    if *root != actor.id {
        acts(&format!("id/{root}"));
    }
    if let Some(credential) = &actor.session {
        acts(&format!("id/{credential}"));
    }
    let part = match effect(&finding.action) {
        Effect::Creates | Effect::Uses => Part::Uses,
        Effect::Changes | Effect::Deletes => Part::Touches,
    };
    for target in &finding.targets {
        let mut each = |name: &str| out.mention_written(Kind::Made, name, place, part);
        if !names_of_target(target, finding, &mut each)
            && let Some(key) = resource_key(target, finding)
        {
            out.mention_written(Kind::Resource, &key, place, part);
        }
    }
}
