//! The grouping, read aloud: order, collect, weigh, join, cut, attach, build.
//!
//! Enter findings in any order; leave incidents, and in each finding the id of its own. Every
//! step works on the total order, so the outcome does not know in which order they came.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::build::{Draft, build};
use super::entity::{Look, collect};
use super::head::Head;
use super::id::incident_id;
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
    let mentions = collect(heads.len() as u32, look, options);
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
    let parts = cap::cut(&scene, components, &joins);

    let mut plan = Plan::new(heads.len());
    for part in parts {
        plan.add(part);
    }
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
    for mut part in cap::cut_series(&scene, series(&scene, alone)) {
        part.origin += offset;
        plan.add(part);
    }
    let hints: Vec<bool> = founding.iter().map(|founding| !founding).collect();
    ties.extend(plan.attach(leaf::ties(
        &scene,
        &weighed.weights,
        &hints,
        &founding,
        &habits,
    )));

    let (mut drafts, mut origins) = plan.drafts(tree.into_iter().chain(ties));
    let mut keeper = options
        .remembered
        .map(|remembered| Keeper::new(heads, &founding, remembered));
    if let Some(keeper) = &mut keeper {
        (drafts, origins) = keeper.split(drafts, origins);
    }
    let home = home_of(heads.len(), &drafts);
    // An incident that nobody will see is its id and nothing else.
    let mut incidents = Vec::new();
    let mut related = Vec::new();
    if let Some(make) = make {
        related = relate(&scene, &weighed.weights, &home, &origins);
        // Incidents are large: what they are not built of makes room for them.
        let entities = mentions.entities;
        drop((joins, mentions.list, mentions.roots, mentions.seats));
        let built = drafts.par_iter().map(|draft| {
            let findings: Vec<Finding> = draft.members.iter().map(|m| make(*m)).collect();
            build((&entities, options.presence), &routine, draft, &findings)
        });
        incidents = built.collect();
    } else if keeper.is_some() {
        incidents.resize(drafts.len(), Incident::default());
    }
    let merged = match &keeper {
        Some(keeper) => keeper.name(&drafts, &mut incidents),
        None => Vec::new(),
    };
    let mut ids: Vec<String> = incidents.iter().map(|known| known.id.clone()).collect();
    ids.resize(drafts.len(), String::new());
    name(heads, &founding, &drafts, &mut ids, options.remembered);
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
    reasons: Vec<Option<String>>,
    /// The component that each was cut from.
    origins: Vec<usize>,
}

impl Plan {
    fn new(findings: usize) -> Self {
        Plan {
            home: vec![NONE; findings],
            reasons: Vec::new(),
            origins: Vec::new(),
        }
    }

    fn add(&mut self, part: cap::Part) {
        for member in part.members {
            self.home[member as usize] = self.reasons.len() as u32;
        }
        self.reasons.push(part.reason);
        self.origins.push(part.origin);
    }

    /// Puts each leaf where its tie leads; names the ties that were used.
    fn attach(&mut self, ties: Vec<Option<Join>>) -> Vec<Join> {
        let mut used = Vec::new();
        for (leaf, tie) in (0u32..).zip(ties) {
            let Some(join) = tie else { continue };
            let anchor = if join.a == leaf { join.b } else { join.a };
            self.home[leaf as usize] = self.home[anchor as usize];
            used.push(join);
        }
        used
    }

    /// The incidents by their first finding, with the joins inside each, and their origins.
    fn drafts(self, joins: impl Iterator<Item = Join>) -> (Vec<Draft>, Vec<usize>) {
        let mut place = vec![NONE; self.reasons.len()];
        let mut drafts: Vec<Draft> = Vec::new();
        let mut origins = Vec::new();
        for (finding, home) in (0u32..).zip(&self.home) {
            if *home == NONE {
                continue;
            }
            let slot = &mut place[*home as usize];
            if *slot == NONE {
                *slot = drafts.len() as u32;
                origins.push(self.origins[*home as usize]);
                drafts.push(Draft {
                    members: Vec::new(),
                    joins: Vec::new(),
                    reason: self.reasons[*home as usize].clone(),
                });
            }
            drafts[*slot as usize].members.push(finding);
        }
        for join in joins {
            let (a, b) = (self.home[join.a as usize], self.home[join.b as usize]);
            if a == b && a != NONE {
                drafts[place[a as usize] as usize].joins.push(join);
            }
        }
        (drafts, origins)
    }
}

/// Routine that nothing else holds: one series a rule and identity.
fn series(scene: &Scene, findings: impl Iterator<Item = u32>) -> Vec<Vec<u32>> {
    let mut list: Vec<u32> = findings.collect();
    let of = |f: &u32| {
        let rule = &scene.heads[*f as usize].rule.id;
        (rule, scene.mentions.roots[*f as usize])
    };
    list.sort_by(|a, b| (of(a), *a).cmp(&(of(b), *b)));
    let together =
        |a: &u32, b: &u32| of(a) == of(b) && scene.start(*b).minus(scene.end(*a).0).0 <= SERIES;
    list.chunk_by(together).map(<[u32]>::to_vec).collect()
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
    drafts: &[Draft],
    ids: &mut [String],
    remembered: Option<&Remembered>,
) {
    let named = ids.iter().filter(|id| !id.is_empty()).cloned();
    let mut taken: BTreeSet<String> = named.collect();
    let unnamed = drafts.iter().zip(ids).filter(|(_, id)| id.is_empty());
    for (draft, own) in unnamed {
        // A sequence or a count comes to be when later records are read, and may begin with the
        // same event: what one record alone says names the incident, where anything does.
        let alone = |m: &&u32| {
            let rule = &heads[**m as usize].rule;
            rule.product.is_some() || rule.service.is_some()
        };
        let founders = || draft.members.iter().filter(|m| founding[**m as usize]);
        let first = founders().find(alone).or_else(|| founders().next());
        let first = first.map_or_else(String::new, |m| heads[*m as usize].name());
        let known = |id: &String| remembered.is_some_and(|remembered| remembered.knows(id));
        let id = (0..).map(|again| incident_id(&first, again));
        let mut free = id.skip_while(|id| taken.contains(id) || known(id));
        *own = free.next().unwrap_or_default();
        taken.insert(own.clone());
    }
}
