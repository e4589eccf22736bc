//! Which filter goes into which rule.
//!
//! Rules and filters enter, rules with filters merged in leave. A macro reaches the rules that
//! name it; any other filter reaches what its `rules` says, where the log source fits.

use std::collections::{BTreeMap, BTreeSet};

use super::entry::Read;
use super::error::{Parse, Under, wrong};
use super::filter::{Filter, Targets};
use super::resolve::{Made, Node, Placed, REPLACED, Workshop};
use super::{builtin, filter};
use crate::config::hint;
use crate::model::rule::Origin;

/// Merges all filters into the rules of the workshop; the built-in ones are among all files.
pub(super) fn apply(shop: &mut Workshop, files: &[Read]) {
    let names: BTreeSet<String> = files
        .iter()
        .map(|file| &file.source)
        .filter(|file| file.origin == Origin::Builtin && file.name.starts_with(builtin::FILTERS))
        .map(|file| filter::stem(&file.name).to_owned())
        .collect();
    replace(&mut shop.filters, &names);
    let mut chosen: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); shop.nodes.len()];
    called(shop, &mut chosen);
    spread(shop, &names, &mut chosen);
    let Workshop { nodes, filters, .. } = shop;
    for (node, chosen) in nodes.iter_mut().zip(chosen) {
        if let Made::Event { detection, .. } = &mut node.made {
            for number in chosen {
                filters[number].filter.merge_into(detection);
            }
        }
    }
}

/// A later filter with the same id or name, or with the name of a built-in one, takes the place.
fn replace(filters: &mut [Placed], builtin: &BTreeSet<String>) {
    let mut last: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let mut gone = Vec::new();
    for (position, placed) in filters.iter().enumerate() {
        let meta = &placed.filter.meta;
        let name = placed.filter.name();
        let named = meta.name.is_some() || builtin.contains(name);
        let id = meta.uuid.iter().map(|id| ("id", id.to_ascii_lowercase()));
        for key in id.chain(named.then(|| ("name", name.to_owned()))) {
            if let Some(earlier) = last.insert(key, position).filter(|at| *at != position) {
                gone.push((earlier, position));
            }
        }
    }
    for (earlier, later) in gone {
        let reason = format!(
            "{REPLACED} the filter in {}",
            filters[later].filter.meta.file
        );
        filters[earlier].out.get_or_insert(reason);
    }
}

/// Filters that rules name themselves.
fn called(shop: &mut Workshop, chosen: &mut [BTreeSet<usize>]) {
    let mut by_name: BTreeMap<&str, usize> = BTreeMap::new();
    for (position, placed) in shop.filters.iter().enumerate() {
        if placed.out.is_none() {
            by_name.insert(placed.filter.name(), position);
        }
    }
    let mut faults = Vec::new();
    for (position, node) in shop
        .nodes
        .iter()
        .enumerate()
        .filter(|(_, node)| node.out.is_none())
    {
        for name in &node.house.filters {
            let found = by_name.get(name.as_str()).copied();
            // A filter that waits for a placeholder drops nothing yet, which is no mistake.
            if found.is_none() && !shop.absent.all(name).is_empty() {
                continue;
            }
            match check(
                name,
                found.map(|at| &shop.filters[at].filter),
                node,
                &by_name,
            ) {
                Ok(()) => chosen[position].extend(found),
                stop => faults.push((node.file, node.part, stop)),
            }
        }
    }
    for (file, part, stop) in faults {
        shop.fault(file, part, stop.under("filters").under("ctadel"));
    }
}

fn check(
    name: &str,
    filter: Option<&Filter>,
    node: &Node,
    known: &BTreeMap<&str, usize>,
) -> Parse<()> {
    match filter {
        None => {
            let near = hint(name, known.keys().copied());
            wrong(format!("there is no filter {name:?}{near}"))
        }
        Some(filter) if filter.is_foreign_to(&node.meta) => {
            wrong(format!("filter {name:?} is for another log source"))
        }
        Some(_) => Ok(()),
    }
}

/// Filters that say themselves which rules they are for.
fn spread(shop: &mut Workshop, builtin: &BTreeSet<String>, chosen: &mut [BTreeSet<usize>]) {
    for number in 0..shop.filters.len() {
        let placed = &shop.filters[number];
        if placed.out.is_some() {
            continue;
        }
        let filter = &placed.filter;
        let own = filter.meta.origin == Origin::Builtin || builtin.contains(filter.name());
        let mut reason = None;
        match &filter.targets {
            Targets::Callers => {}
            Targets::Any if own => {}
            Targets::Any => {
                for (position, node) in shop.nodes.iter().enumerate() {
                    if filter.covers(&node.meta) {
                        chosen[position].insert(number);
                    }
                }
            }
            Targets::Rules(rules) => {
                for rule in rules {
                    match spread_to(shop, filter, rule) {
                        Ok(position) => chosen[position].extend([number]),
                        Err(why) => reason = reason.or(Some(why)),
                    }
                }
            }
        }
        shop.filters[number].out = reason;
    }
}

/// Finds the rule a filter is for; a filter may be older or newer than the rules it tunes, so
/// that a miss is reported and stops nothing.
fn spread_to(shop: &Workshop, filter: &Filter, rule: &str) -> Result<usize, String> {
    let found = shop.index.all(rule);
    let Some(position) = found.first().copied() else {
        return Err(format!(
            "no loaded rule is called {rule:?}{}",
            shop.index.hint(rule)
        ));
    };
    let node = &shop.nodes[position];
    match node.made {
        Made::Correlation(_) => Err(format!(
            "{rule:?} is a correlation: filters are for the rules it looks at"
        )),
        Made::Event { .. } if !filter.covers(&node.meta) => {
            Err(format!("{rule:?} has another log source"))
        }
        Made::Event { .. } => Ok(position),
    }
}
