//! Joins: pairs of findings that an entity holds together.
//!
//! Enter mentions, weights and the findings that may bridge; leave joins, the strongest first. No
//! two findings are ever compared: each bucket is walked once, in time order.

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};

use super::entity::{Mention, Mentions, Part};
use super::head::Head;
use super::kind::{CHANGED, ENOUGH, Kind, Mode};
use super::options::Options;
use super::rarity::address_of;
use super::union::Union;
use crate::model::Time;
use crate::model::time::MINUTE;

/// Two findings and what joins them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Join {
    pub weight: u32,
    pub entity: u32,
    /// The earlier finding.
    pub a: u32,
    /// The later one.
    pub b: u32,
    /// Whether the value identifies, or merely fits.
    pub proven: bool,
}

/// What every pass over the buckets looks at.
pub(super) struct Scene<'a> {
    pub heads: &'a [&'a Head],
    pub mentions: &'a Mentions<'a>,
    /// Findings that may hold two others together.
    pub bridges: &'a [bool],
    pub options: &'a Options<'a>,
}

impl Scene<'_> {
    pub(super) fn start(&self, finding: u32) -> Time {
        self.heads[finding as usize].time
    }

    pub(super) fn end(&self, finding: u32) -> Time {
        let finding = self.heads[finding as usize];
        finding.end_time.max(finding.time)
    }

    fn bridging<'b>(&'b self, bucket: &'b [Mention]) -> impl Iterator<Item = &'b Mention> {
        bucket.iter().filter(|m| self.bridges[m.finding as usize])
    }
}

/// How strongly a writer holds what comes after it; zero when it does not.
pub(super) fn causal_weight(kind: Kind, writer: Part, user: Part) -> u32 {
    match (kind, writer, user) {
        (Kind::Made, Part::Creates, Part::Acts | Part::Uses) => 1000,
        (_, Part::Creates, Part::Acts | Part::Uses | Part::Touches) => CHANGED,
        // What was there before is changed by many; only using it afterwards tells something.
        (_, Part::Changes, Part::Acts | Part::Uses) => CHANGED,
        _ => 0,
    }
}

/// Joins each finding that uses something to the newest one that wrote it before.
pub(super) fn causal(scene: &Scene) -> Vec<Join> {
    let mut joins = Vec::new();
    for (entity, bucket) in scene.mentions.buckets() {
        let kind = scene.mentions.kind(entity);
        if kind.mode() != Mode::Causal {
            continue;
        }
        let window = kind.window(scene.options.window);
        let is_writer = |m: &Mention| matches!(m.part, Part::Creates | Part::Changes);
        let mut items: Vec<&Mention> = scene.bridging(bucket).collect();
        // Within one second a log has no order: whoever writes may have come first.
        items.sort_by_key(|m| (scene.start(m.finding), !is_writer(m), m.finding));
        let mut made: Option<&Mention> = None;
        let mut changed: Option<&Mention> = None;
        for item in items {
            if !is_writer(item) {
                for writer in [made, changed].into_iter().flatten() {
                    let weight = causal_weight(kind, writer.part, item.part);
                    let pause = scene.start(item.finding).minus(scene.end(writer.finding).0);
                    if weight > 0 && writer.finding != item.finding && pause.0 <= window {
                        joins.push(Join {
                            weight,
                            entity,
                            a: writer.finding,
                            b: item.finding,
                            proven: weight > CHANGED,
                        });
                        break;
                    }
                }
            } else if item.part == Part::Creates {
                made = Some(item);
            } else {
                changed = Some(item);
            }
        }
    }
    joins
}

/// Root identities, those joined of which one made the other.
pub(super) fn root_groups(scene: &Scene, causal: &[Join]) -> Union {
    let mut groups = Union::new(scene.mentions.root_names.len());
    let root = |finding: u32| scene.mentions.roots[finding as usize];
    let of_workload = |join: &&Join| scene.mentions.kind(join.entity).mode() == Mode::Workload;
    for join in causal.iter().filter(of_workload) {
        // The account in the cluster and what it is in the cloud are one.
        groups.join(root(join.a), root(join.b));
    }
    for join in causal.iter().filter(|join| join.proven) {
        let bucket = scene
            .mentions
            .list
            .partition_point(|m| (m.entity, m.finding) < (join.entity, join.b));
        let acts = scene.mentions.list[bucket..]
            .iter()
            .take_while(|m| (m.entity, m.finding) == (join.entity, join.b))
            .any(|m| m.part == Part::Acts);
        // Assuming a role that somebody made makes nobody their creature.
        if acts {
            groups.join(root(join.a), root(join.b));
        }
    }
    groups
}

/// Joins neighbours in time that share a credential, a name or an address.
pub(super) fn neighbours(scene: &Scene, weights: &[u32], groups: &mut Union) -> Vec<Join> {
    let mut joins = Vec::new();
    for (entity, bucket) in scene.mentions.buckets() {
        let kind = scene.mentions.kind(entity);
        if weights[entity as usize] < ENOUGH {
            continue;
        }
        match kind.mode() {
            Mode::Hard => hard(scene, entity, bucket, weights, &mut joins),
            Mode::Guarded => guarded(scene, entity, bucket, weights, groups, &mut joins),
            Mode::Causal | Mode::Workload | Mode::Soft => {}
        }
    }
    joins
}

fn hard(scene: &Scene, entity: u32, bucket: &[Mention], weights: &[u32], joins: &mut Vec<Join>) {
    let kind = scene.mentions.kind(entity);
    let window = kind.window(scene.options.window);
    let mut last: Option<(u32, Time)> = None;
    // Only a person's name needs a second witness: it may be the owner beside the intruder.
    let mut marks = (kind == Kind::Identity).then(Marks::default);
    for item in scene.bridging(bucket) {
        let finding = item.finding;
        let near = last.filter(|(_, end)| scene.start(finding).minus(end.0).0 <= window);
        if let (None, Some(marks)) = (near, &mut marks) {
            marks.0.clear();
        }
        let agrees = marks
            .as_mut()
            .is_none_or(|marks| marks.agree(scene.mentions.marks(finding)));
        let mut end = scene.end(finding);
        if let Some((before, run_end)) = near {
            joins.push(Join {
                weight: weights[entity as usize],
                entity,
                a: before,
                b: finding,
                proven: agrees,
            });
            end = end.max(run_end);
        }
        last = Some((finding, end));
    }
}

/// Addresses, agents and credentials met in one run of findings.
#[derive(Default)]
struct Marks(HashSet<u32, FixedState>);

impl Marks {
    /// Whether a finding shares one with those before it; it adds its own.
    fn agree(&mut self, marks: impl Iterator<Item = u32>) -> bool {
        let mut agrees = false;
        for mark in marks {
            agrees |= !self.0.insert(mark);
        }
        agrees
    }
}

/// How far the clocks of two layers may disagree, and how soon a token is used.
const SKEW: i64 = 5 * MINUTE;

/// Two pods of one account within this time are one campaign; later they are replicas.
const CAMPAIGN: i64 = 30 * MINUTE;

/// Joins what happens in the cloud to what happened in the workload before its credential was
/// issued: an account alone says nothing, every replica uses it every hour.
pub(super) fn workloads(scene: &Scene) -> Vec<Join> {
    let mut joins = Vec::new();
    for (entity, bucket) in scene.mentions.buckets() {
        if scene.mentions.kind(entity).mode() == Mode::Workload {
            workload(scene, entity, bucket, &mut joins);
        }
    }
    joins
}

fn workload(scene: &Scene, entity: u32, bucket: &[Mention], joins: &mut Vec<Join>) {
    let weight = scene.mentions.kind(entity).weight(1);
    let mut join = |a: u32, b: u32| {
        joins.push(Join {
            weight,
            entity,
            a: a.min(b),
            b: a.max(b),
            proven: false,
        });
    };
    let stands = |m: &&Mention| m.part == Part::Holds;
    let origins: Vec<u32> = scene
        .bridging(bucket)
        .filter(stands)
        .map(|m| m.finding)
        .collect();
    for two in origins.windows(2) {
        if scene.start(two[1]).minus(scene.end(two[0]).0).0 <= campaign(scene, entity, two) {
            join(two[0], two[1]);
        }
    }
    let mut before: Option<u32> = None;
    for item in scene.bridging(bucket).filter(|m| !stands(m)) {
        let finding = item.finding;
        if let Some(origin) = origin_of(scene, entity, &origins, finding) {
            join(origin, finding);
        }
        // One run of a pipeline in two clouds; in one of them every run looks like this.
        let abroad = before.filter(|before| {
            let provider = |finding: u32| scene.mentions.beside(finding).provider;
            scene.mentions.kind(entity) == Kind::Subject
                && provider(*before) != provider(finding)
                && scene.start(finding).minus(scene.end(*before).0).0 <= CAMPAIGN
        });
        if let Some(before) = abroad {
            join(before, finding);
        }
        before = Some(finding);
    }
}

/// How long two findings at one workload may lie apart: two of its pods are replicas, and who
/// holds a token that names no pod may be in any of them.
fn campaign(scene: &Scene, entity: u32, two: &[u32]) -> i64 {
    let pod = |finding: u32| scene.mentions.beside(finding).pod;
    match (pod(two[0]), pod(two[1])) {
        (Some(one), Some(other)) if one != other => CAMPAIGN,
        _ => scene.mentions.kind(entity).window(scene.options.window),
    }
}

/// The last of the findings at the workload after which the credential of this one was issued.
pub(super) fn origin_of(scene: &Scene, entity: u32, origins: &[u32], finding: u32) -> Option<u32> {
    let window = scene.mentions.kind(entity).window(scene.options.window);
    let issued = scene.mentions.beside(finding).issued;
    let issued = issued.unwrap_or(scene.start(finding));
    let after = origins.partition_point(|o| scene.start(*o).minus(SKEW) <= issued);
    let origin = origins[..after].last().copied();
    origin.filter(|origin| issued.minus(scene.end(*origin).0).0 <= window)
}

fn guarded(
    scene: &Scene,
    entity: u32,
    bucket: &[Mention],
    weights: &[u32],
    groups: &mut Union,
    joins: &mut Vec<Join>,
) {
    let kind = scene.mentions.kind(entity);
    let window = kind.window(scene.options.window);
    let address = address_of(kind, &scene.mentions.entities[entity as usize].key);
    let exit = scene.options.presence;
    let outside = scene.mentions.aimed.contains(address);
    let exit = exit.filter(|presence| !outside && presence.workload_since(address).is_some());
    let mut last: Option<(u32, Time)> = None;
    let mut of_root: HashMap<u32, (u32, Time), FixedState> =
        HashMap::with_hasher(FixedState::default());
    let root = |finding: u32| scene.mentions.roots[finding as usize];
    for item in scene.bridging(bucket) {
        let finding = item.finding;
        let own = groups.find(root(finding));
        let near = |run: &(u32, Time)| scene.start(finding).minus(run.1.0).0 <= window;
        // Two identities behind the way out of workloads are no news, one that moved there is.
        let moved = |before: u32| {
            exit.is_none_or(|presence| {
                [before, finding].into_iter().any(|f| {
                    let since = scene.start(f).minus(window);
                    let name = scene.mentions.root_names.text(root(f));
                    presence.moved_to(name, address, since)
                })
            })
        };
        let any = last.filter(near);
        let any = any.filter(|run| groups.find(root(run.0)) == own || moved(run.0));
        let same = of_root.get(&own).copied().filter(near);
        if let Some((before, _)) = any.or(same) {
            joins.push(Join {
                weight: weights[entity as usize],
                entity,
                a: before,
                b: finding,
                proven: false,
            });
        }
        let longest = |run: Option<(u32, Time)>| {
            let end = run.map_or(scene.end(finding), |run| run.1.max(scene.end(finding)));
            (finding, end)
        };
        of_root.insert(own, longest(same));
        last = Some(longest(last));
    }
}

/// Sorts joins so that the strongest are applied, and so shown, first.
pub(super) fn rank(joins: &mut [Join]) {
    joins.sort_unstable_by_key(|j| (std::cmp::Reverse(j.weight), !j.proven, j.b, j.a, j.entity));
}
