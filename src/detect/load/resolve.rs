//! From the documents of all files to one rule set.
//!
//! Parsed documents enter; duplicates are settled, filters merged, references of correlations
//! resolved; rules with numbers leave, and a reason for each that is left out.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::correlation::Draft;
use super::document::{self, Kind};
use super::entry::Read;
use super::error::{Fault, Parse, RuleError, Stop, Under, wrong};
use super::filter::Filter;
use super::index::Index;
use super::members::{self, Members};
use super::meta::House;
use super::tune;
use crate::detect::ast::{Body, Condition, Detection, Rule, RuleSet};
use crate::model::{RuleMeta, Severity};

/// How the reason of a rule starts whose place another took.
pub(super) const REPLACED: &str = "replaced by";

/// A rule or correlation that may become part of the set.
#[derive(Debug)]
pub(super) struct Node {
    pub file: usize,
    pub part: usize,
    pub meta: Arc<RuleMeta>,
    pub house: House,
    pub made: Made,
    /// Why it is left out, once it is.
    pub out: Option<String>,
}

/// The two kinds of node.
#[derive(Debug)]
pub(super) enum Made {
    Event {
        detection: Detection,
        levels: Vec<(Condition, Severity)>,
    },
    Correlation(Box<Draft>),
}

/// A filter and where it was written.
#[derive(Debug)]
pub(super) struct Placed {
    pub file: usize,
    pub part: usize,
    pub filter: Filter,
    pub out: Option<String>,
}

/// Everything while it is put together.
#[derive(Debug, Default)]
pub(super) struct Workshop {
    pub nodes: Vec<Node>,
    pub filters: Vec<Placed>,
    /// The rules that are in.
    pub index: Index,
    /// What was left out before references were looked at, filters too.
    pub absent: Index,
    /// Left out: place, id, reason.
    pub skipped: Vec<(usize, usize, String, String)>,
    pub faults: Vec<(usize, usize, Fault)>,
}

impl Workshop {
    /// Keeps a mistake; a placeholder cannot be missing any more at this stage.
    pub fn fault<T>(&mut self, file: usize, part: usize, result: Parse<T>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(Stop::Fault(fault)) => {
                self.faults.push((file, part, fault));
                None
            }
            Err(Stop::Placeholder(_)) => None,
        }
    }
}

/// Puts the documents of all files together.
pub(super) fn resolve(mut files: Vec<Read>) -> (RuleSet, Vec<RuleError>) {
    let mut shop = Workshop::default();
    for (number, file) in files.iter_mut().enumerate() {
        for document in std::mem::take(&mut file.documents) {
            take_in(&mut shop, number, document);
        }
    }
    replace(&mut shop, &files);
    let Workshop { nodes, index, .. } = &mut shop;
    for (position, node) in nodes
        .iter()
        .enumerate()
        .filter(|(_, node)| node.out.is_none())
    {
        index.add(&node.meta, node.file, position);
    }
    tune::apply(&mut shop, &files);
    let members = members::find(&mut shop);
    // Every reference is found: what they were looked up in makes room for the set.
    (shop.index, shop.absent) = (Index::default(), Index::default());
    let set = finish(&mut shop, &files, &members);
    let faults = std::mem::take(&mut shop.faults);
    let mut errors: Vec<RuleError> = faults
        .into_iter()
        .map(|(file, part, fault)| document::locate(&files[file].source, part, fault))
        .collect();
    errors.sort();
    errors.dedup();
    (set, errors)
}

fn take_in(shop: &mut Workshop, file: usize, document: document::Document) {
    let part = document.part;
    let (meta, house, made) = match document.kind {
        Kind::Rule(rule) => {
            let made = Made::Event {
                detection: rule.detection,
                levels: rule.levels,
            };
            (rule.meta, rule.house, made)
        }
        Kind::Correlation(correlation) => (
            correlation.meta,
            correlation.house,
            Made::Correlation(correlation.draft),
        ),
        Kind::Filter(filter) => {
            shop.filters.push(Placed {
                file,
                part,
                filter: *filter,
                out: None,
            });
            return;
        }
        Kind::Skipped { meta, reason } => {
            shop.absent.add(&meta, file, shop.skipped.len());
            shop.skipped.push((file, part, meta.id.clone(), reason));
            return;
        }
    };
    shop.nodes.push(Node {
        file,
        part,
        meta,
        house,
        made,
        out: None,
    });
}

/// Of two documents with one name or id the later stands; within one file that is a mistake.
fn replace(shop: &mut Workshop, files: &[Read]) {
    let mut last: BTreeMap<String, usize> = BTreeMap::new();
    let mut twice = Vec::new();
    let mut gone = Vec::new();
    for (position, node) in shop.nodes.iter().enumerate() {
        for (kind, key) in keys(&node.meta) {
            let Some(earlier) = last.insert(key, position) else {
                continue;
            };
            if earlier == position {
                continue;
            }
            if shop.nodes[earlier].file == node.file {
                twice.push((position, kind));
            } else {
                gone.push((earlier, kind, position));
            }
        }
    }
    for (position, kind) in twice {
        let node = &shop.nodes[position];
        let (file, part) = (node.file, node.part);
        let reason = format!("another document of this file has the same {kind}");
        shop.fault::<()>(file, part, wrong(reason).under(kind));
    }
    for (earlier, kind, later) in gone {
        let file = &files[shop.nodes[later].file].source.name;
        let reason = format!("{REPLACED} the rule with the same {kind} in {file}");
        shop.nodes[earlier].out.get_or_insert(reason);
    }
}

/// What a rule can be taken for another by.
fn keys(meta: &RuleMeta) -> Vec<(&'static str, String)> {
    let mut keys = Vec::new();
    if let Some(id) = &meta.uuid {
        keys.push(("id", id.to_ascii_lowercase()));
    }
    if let Some(name) = &meta.name {
        keys.push(("name", name.clone()));
    }
    // Findings are known by the title where there is nothing else.
    if keys.is_empty() {
        keys.push(("title", meta.title.clone()));
    }
    keys
}

fn finish(shop: &mut Workshop, files: &[Read], members: &BTreeMap<usize, Members>) -> RuleSet {
    let mut numbers: BTreeMap<usize, usize> = BTreeMap::new();
    for (position, _) in shop
        .nodes
        .iter()
        .enumerate()
        .filter(|(_, node)| node.out.is_none())
    {
        numbers.insert(position, numbers.len());
    }
    let silent = silent(&shop.nodes, members);
    let mut set = RuleSet {
        rules: Vec::with_capacity(numbers.len()),
        ..RuleSet::default()
    };
    let mut skipped = std::mem::take(&mut shop.skipped);
    for placed in &mut shop.filters {
        if let Some(reason) = placed.out.take() {
            skipped.push((
                placed.file,
                placed.part,
                placed.filter.meta.id.clone(),
                reason,
            ));
        }
    }
    for (position, node) in std::mem::take(&mut shop.nodes).into_iter().enumerate() {
        if let Some(reason) = node.out {
            skipped.push((node.file, node.part, node.meta.id.clone(), reason));
            continue;
        }
        let (file, part) = (node.file, node.part);
        let (body, levels) = match node.made {
            Made::Event { detection, levels } => (Body::Event(detection), levels),
            Made::Correlation(draft) => {
                let Some(members) = members.get(&position) else {
                    continue;
                };
                let built = members::build(*draft, &node.house, members, &numbers);
                match shop.fault(file, part, built) {
                    Some((correlation, levels)) => {
                        (Body::Correlation(Box::new(correlation)), levels)
                    }
                    None => continue,
                }
            }
        };
        let silent = silent[position];
        set.rules.push(Rule {
            meta: node.meta,
            body,
            silent,
            levels,
        });
    }
    skipped.sort();
    let plain = |(file, _, id, reason): (usize, usize, String, String)| {
        (id, files[file].source.name.clone(), reason)
    };
    set.skipped = skipped.into_iter().map(plain).collect();
    set
}

/// A rule that a correlation of its own file looks at is silent, unless one of them generates.
fn silent(nodes: &[Node], members: &BTreeMap<usize, Members>) -> Vec<bool> {
    let mut feeds = vec![false; nodes.len()];
    let mut speaks = vec![false; nodes.len()];
    for (position, found) in members {
        let correlation = &nodes[*position];
        let Made::Correlation(draft) = &correlation.made else {
            continue;
        };
        for member in found
            .all()
            .filter(|member| nodes[*member].file == correlation.file)
        {
            feeds[member] = true;
            speaks[member] |= draft.generate;
        }
    }
    feeds
        .iter()
        .zip(speaks)
        .map(|(feeds, speaks)| *feeds && !speaks)
        .collect()
}
