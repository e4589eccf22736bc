//! The grouping, read aloud: order, collect, weigh, join, cut, attach, build.
//!
//! Enter findings in any order; leave incidents, and in each finding the id of its own. Every
//! step works on the total order, so the outcome does not know in which order they came.

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};
use rayon::prelude::*;

use super::build::{Draft, build};
use super::entity::{Look, collect};
use super::head::Head;
use super::id::{incident_id, incident_number};
use super::join::{Join, Scene, causal, neighbours, rank, root_groups, workloads};
use super::keep::{Keeper, Remembered};
use super::options::{Grouping, Options};
use super::rarity::weigh;
use super::recur::{habits, recurring};
use super::related::{NONE, relate};
use super::union::Union;
use super::{cap, leaf};
use crate::model::time::HOUR;
use crate::model::{Finding, Incident, Severity};

/// How long routine may pause and still be one series.
const SERIES: i64 = 12 * HOUR;

/// Makes the finding of this place in the total order.
pub type Make<'a> = &'a (dyn Fn(u32) -> Finding + Sync);

/// Groups findings in the total order, which are made when they are looked at and need not be
/// kept. Without `make` only the incidents' ids are made.
pub fn group(heads: &[&Head], look: Look, make: Option<Make>, options: &Options) -> Grouping {
    let mentions = collect(heads, look, options);
    let routine = recurring(heads, &mentions.seats);
    let founding: Vec<bool> = heads
        .iter()
        .map(|finding| finding.severity > Severity::Informational)
        .collect();
    let bridges: Vec<bool> = founding
        .iter()
        .zip(&routine)
        .map(|(f, r)| *f && !r)
        .collect();
    let scene = Scene {
        heads,
        mentions: &mentions,
        bridges: &bridges,
        options,
    };

    let mut joins = causal(&scene);
    joins.extend(workloads(&scene));
    let mut groups = root_groups(&scene, &joins);
    let weighed = weigh(heads, &mentions, &mut groups, options);
    // A hub is no cause either.
    joins.retain(|join| weighed.weights[join.entity as usize] > 0);
    joins.extend(neighbours(&scene, &weighed.weights, &mut groups));
    rank(&mut joins);

    let mut union = Union::new(heads.len());
    let tree: Vec<Join> = joins
        .iter()
        .filter(|join| union.join(join.a, join.b))
        .copied()
        .collect();
    let all = 0..heads.len() as u32;
    let components = union.sets(all.clone().filter(|f| bridges[*f as usize]));
    drop(union);
    let mut plan = Plan::new(heads.len());
    cap::cut(&scene, &components, &joins, &mut |part| plan.add(part));
    drop((components, joins));
    let repeated: Vec<bool> = founding
        .iter()
        .zip(&routine)
        .map(|(f, r)| *f && *r)
        .collect();
    let habits = habits(heads, &mentions.seats);
    let mut ties = plan.attach(leaf::ties(
        &scene,
        &weighed.weights,
        &repeated,
        &bridges,
        &habits,
    ));
    let offset = plan.origins.len();
    let alone = all.filter(|f| repeated[*f as usize] && plan.home[*f as usize] == NONE);
    let mut alone: Vec<u32> = alone.collect();
    cap::cut_series(&scene, series(&scene, &mut alone), &mut |mut part| {
        part.origin += offset;
        plan.add(part);
    });
    let hints: Vec<bool> = founding.iter().map(|founding| !founding).collect();
    ties.extend(plan.attach(leaf::ties(
        &scene,
        &weighed.weights,
        &hints,
        &founding,
        &habits,
    )));

    plan.order();
    let mut keeper = options
        .remembered
        .map(|remembered| Keeper::new(heads, &founding, remembered));
    // An incident that nobody will see is its id and nothing else.
    let mut drafts = Vec::new();
    if make.is_some() || keeper.is_some() {
        drafts = plan.drafts(tree.into_iter().chain(ties));
    }
    if let Some(keeper) = &mut keeper {
        (drafts, plan.origins) = keeper.split(drafts, plan.origins);
        plan.home = home_of(heads.len(), &drafts);
    }
    let Plan { home, origins, .. } = plan;
    let mut incidents = Vec::new();
    let mut related = Vec::new();
    if let Some(make) = make {
        related = relate(&scene, &weighed.weights, &home, &origins);
        // Incidents are large: what they are not built of makes room for them.
        let entities = mentions.entities;
        drop((mentions.list, mentions.roots, mentions.seats));
        let built = drafts.par_iter().map(|draft| {
            let findings: Vec<Finding> = draft.members.iter().map(|m| make(*m)).collect();
            build((&entities, options.presence), &routine, draft, &findings)
        });
        incidents = built.collect();
    } else {
        drop(mentions);
        incidents.resize(drafts.len(), Incident::default());
    }
    let merged = match &keeper {
        Some(keeper) => keeper.name(&drafts, &mut incidents),
        None => Vec::new(),
    };
    let mut ids: Vec<String> = incidents.iter().map(|known| known.id.clone()).collect();
    ids.resize(origins.len(), String::new());
    name(heads, &founding, &home, &mut ids, options.remembered);
    for (incident, id) in incidents.iter_mut().zip(&ids) {
        incident.id.clone_from(id);
    }
    for (incident, others) in incidents.iter_mut().zip(related) {
        let others = others.into_iter().map(|other| ids[other as usize].clone());
        incident.related = others.collect();
    }
    Grouping {
        incidents,
        ids,
        homes: home,
        hubs: weighed.hubs,
        merged,
    }
}

/// Incidents in the making.
struct Plan {
    /// The incident of each finding.
    home: Vec<u32>,
    /// Why some of them were cut.
    reasons: HashMap<u32, String, FixedState>,
    /// The component that each was cut from.
    origins: Vec<usize>,
}

impl Plan {
    fn new(findings: usize) -> Self {
        Plan {
            home: vec![NONE; findings],
            reasons: HashMap::default(),
            origins: Vec::new(),
        }
    }

    fn add(&mut self, part: cap::Part) {
        let number = self.origins.len() as u32;
        for member in part.members {
            self.home[*member as usize] = number;
        }
        self.reasons
            .extend(part.reason.map(|reason| (number, reason)));
        self.origins.push(part.origin);
    }

    /// Puts each leaf where its tie leads; names the ties.
    fn attach(&mut self, ties: impl Iterator<Item = (u32, Join)>) -> Vec<Join> {
        let attached = ties.map(|(leaf, join)| {
            let anchor = if join.a == leaf { join.b } else { join.a };
            self.home[leaf as usize] = self.home[anchor as usize];
            join
        });
        attached.collect()
    }

    /// Puts the incidents in the order of their first findings.
    fn order(&mut self) {
        let mut places = vec![NONE; self.origins.len()];
        let mut origins = Vec::with_capacity(self.origins.len());
        for home in self.home.iter_mut().filter(|home| **home != NONE) {
            let place = &mut places[*home as usize];
            if *place == NONE {
                *place = origins.len() as u32;
                origins.push(self.origins[*home as usize]);
            }
            *home = *place;
        }
        let reasons = std::mem::take(&mut self.reasons).into_iter();
        let moved = reasons.map(|(number, reason)| (places[number as usize], reason));
        self.reasons = moved.collect();
        self.origins = origins;
    }

    /// The incidents with their findings and the joins inside each.
    fn drafts(&self, joins: impl Iterator<Item = Join>) -> Vec<Draft> {
        let numbers = 0..self.origins.len() as u32;
        let draft = |number| Draft {
            members: Vec::new(),
            joins: Vec::new(),
            reason: self.reasons.get(&number).cloned(),
        };
        let mut drafts: Vec<Draft> = numbers.map(draft).collect();
        for (finding, home) in (0u32..).zip(&self.home) {
            if let Some(draft) = drafts.get_mut(*home as usize) {
                draft.members.push(finding);
            }
        }
        for join in joins {
            let (a, b) = (self.home[join.a as usize], self.home[join.b as usize]);
            if let Some(draft) = drafts.get_mut(a as usize).filter(|_| a == b) {
                draft.joins.push(join);
            }
        }
        drafts
    }
}

/// Routine that nothing else holds: one series a rule and identity.
fn series<'f>(scene: &Scene, findings: &'f mut [u32]) -> impl Iterator<Item = &'f [u32]> {
    let of = |f: &u32| {
        let rule = &scene.heads[*f as usize].rule.id;
        (rule, scene.mentions.roots[*f as usize])
    };
    findings.sort_unstable_by(|a, b| (of(a), *a).cmp(&(of(b), *b)));
    let together = move |a: &u32, b: &u32| {
        of(a) == of(b) && scene.start(*b).minus(scene.end(*a).0).0 <= SERIES
    };
    findings.chunk_by(together)
}

fn home_of(findings: usize, drafts: &[Draft]) -> Vec<u32> {
    let mut home = vec![NONE; findings];
    for (incident, draft) in (0u32..).zip(drafts) {
        for member in &draft.members {
            home[*member as usize] = incident;
        }
    }
    home
}

/// Names each incident that has no name yet after its earliest finding that founds one.
fn name(
    heads: &[&Head],
    founding: &[bool],
    home: &[u32],
    ids: &mut [String],
    remembered: Option<&Remembered>,
) {
    let alone = |finding: u32| {
        let rule = &heads[finding as usize].rule;
        rule.product.is_some() || rule.service.is_some()
    };
    let mut firsts = vec![NONE; ids.len()];
    for (finding, home) in (0u32..).zip(home) {
        let first = firsts.get_mut(*home as usize);
        let Some(first) = first.filter(|_| founding[finding as usize]) else {
            continue;
        };
        // A sequence or a count comes to be when later records are read, and may begin with the
        // same event: what one record alone says names the incident, where anything does.
        if *first == NONE || !alone(*first) && alone(finding) {
            *first = finding;
        }
    }
    // What earlier runs gave away is known to them.
    let mut taken: HashSet<u64, FixedState> = HashSet::default();
    let unnamed = firsts.iter().zip(ids).filter(|(_, id)| id.is_empty());
    for (first, own) in unnamed {
        let first = heads.get(*first as usize);
        let first = first.map(|head| head.name()).unwrap_or_default();
        let is_known = |number| remembered.is_some_and(|them| them.knows(&incident_id(number)));
        let numbers = (0..).map(|again| incident_number(&first, again));
        let mut free = numbers.filter(|number| !is_known(*number) && taken.insert(*number));
        *own = free.next().map(incident_id).unwrap_or_default();
    }
}
