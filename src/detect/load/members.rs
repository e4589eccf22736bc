//! The rules a correlation looks at.
//!
//! Drafts with names enter, correlations with numbers leave. Members may stand anywhere and be
//! correlations themselves, as long as no chain closes to a circle; a correlation whose member is
//! left out is left out too, with the reason.

use std::collections::BTreeMap;

use super::condition;
use super::correlation::Draft;
use super::document;
use super::error::{Parse, Under, wrong};
use super::meta::House;
use super::resolve::{Made, Node, Workshop};
use super::scope::Scope;
use crate::detect::ast::{Condition, Correlation};
use crate::model::{RuleMeta, Severity};

/// The members of one correlation, as positions of nodes.
#[derive(Debug, Default)]
pub(super) struct Members {
    pub needed: Vec<Member>,
    /// An optional member that is left out has no position.
    pub optional: Vec<Member>,
}

/// One member.
#[derive(Debug)]
pub(super) struct Member {
    /// Its position; nothing where it is left out.
    pub position: Option<usize>,
    /// Everything it may be called in conditions and aliases.
    pub labels: Vec<String>,
}

impl Members {
    /// The positions of all members that are there.
    pub fn all(&self) -> impl Iterator<Item = usize> {
        self.needed
            .iter()
            .chain(&self.optional)
            .filter_map(|member| member.position)
    }
}

/// Finds the members of all correlations; takes out those that cannot work.
pub(super) fn find(shop: &mut Workshop) -> BTreeMap<usize, Members> {
    let mut found = BTreeMap::new();
    let mut faults = Vec::new();
    let mut out: BTreeMap<usize, String> = BTreeMap::new();
    for (position, node) in shop.nodes.iter().enumerate() {
        let (Made::Correlation(draft), None) = (&node.made, &node.out) else {
            continue;
        };
        let needed = references(shop, node, &draft.rules)
            .under("rules")
            .under("correlation");
        let optional = references(shop, node, &node.house.optional)
            .under("optional")
            .under("ctadel");
        match (needed, optional) {
            (Ok(needed), Ok(optional)) => {
                if let Some(missing) = needed.iter().find(|member| member.position.is_none()) {
                    out.insert(position, missing.labels[0].clone());
                }
                found.insert(position, Members { needed, optional });
            }
            (Err(stop), _) | (_, Err(stop)) => faults.push((node.file, node.part, Err(stop))),
        }
    }
    for (file, part, stop) in faults {
        shop.fault::<()>(file, part, stop);
    }
    circles(shop, &found);
    leave_out(shop, &mut found, out);
    found
}

fn references(shop: &Workshop, node: &Node, names: &[String]) -> Parse<Vec<Member>> {
    let mut members: Vec<Member> = Vec::with_capacity(names.len());
    for name in names {
        let member = match shop.index.find(name, node.file) {
            Ok(Some(position)) => {
                let labels = labels(&shop.nodes[position].meta, name);
                Member {
                    position: Some(position),
                    labels,
                }
            }
            Ok(None) if !shop.absent.all(name).is_empty() => Member {
                position: None,
                labels: vec![name.clone()],
            },
            Ok(None) => {
                return wrong(format!(
                    "there is no rule {name:?}{}",
                    shop.index.hint(name)
                ));
            }
            Err(reason) => return wrong(reason),
        };
        let twice = |other: &Member| member.position.is_some() && other.position == member.position;
        if members.iter().any(twice) {
            return wrong(format!("{name:?} is named twice"));
        }
        members.push(member);
    }
    Ok(members)
}

fn labels(meta: &RuleMeta, written: &str) -> Vec<String> {
    let mut labels = vec![written.to_owned()];
    for other in meta.name.iter().chain(&meta.uuid).chain([&meta.title]) {
        if !labels.contains(other) {
            labels.push(other.clone());
        }
    }
    labels
}

/// Reports correlations that look at themselves, by whatever way.
fn circles(shop: &mut Workshop, found: &BTreeMap<usize, Members>) {
    // 1 while its members are visited, 2 after that.
    let mut state: BTreeMap<usize, u8> = BTreeMap::new();
    let mut circles = Vec::new();
    for start in found.keys() {
        // Explicit, because a chain is as long as a user writes it.
        let mut stack = vec![(*start, 0)];
        while let Some((position, next)) = stack.pop() {
            if next == 0 && state.insert(position, 1) == Some(2) {
                state.insert(position, 2);
                continue;
            }
            let member = found
                .get(&position)
                .and_then(|members| members.all().nth(next));
            let Some(member) = member else {
                state.insert(position, 2);
                continue;
            };
            stack.push((position, next + 1));
            match state.get(&member) {
                Some(1) => {
                    let at = stack
                        .iter()
                        .position(|(other, _)| *other == member)
                        .unwrap_or(0);
                    let ids = stack[at..].iter().map(|(other, _)| *other).chain([member]);
                    let names: Vec<&str> = ids
                        .map(|other| shop.nodes[other].meta.id.as_str())
                        .collect();
                    circles.push((position, names.join(" → ")));
                }
                Some(_) => {}
                None if found.contains_key(&member) => stack.push((member, 0)),
                None => {}
            }
        }
    }
    for (position, names) in circles {
        let (file, part) = (shop.nodes[position].file, shop.nodes[position].part);
        let stop = wrong::<()>(format!("correlations in a circle: {names}"));
        shop.fault(file, part, stop.under("rules").under("correlation"));
    }
}

/// Takes out what needs a rule that is out, along all chains.
fn leave_out(
    shop: &mut Workshop,
    found: &mut BTreeMap<usize, Members>,
    mut out: BTreeMap<usize, String>,
) {
    while !out.is_empty() {
        for (position, missing) in &out {
            let reason = format!("its member {missing} is left out");
            shop.nodes[*position].out.get_or_insert(reason);
            found.remove(position);
        }
        let mut next = BTreeMap::new();
        for (position, members) in found.iter_mut() {
            let gone = |member: &Member| member.position.is_some_and(|at| out.contains_key(&at));
            if let Some(missing) = members.needed.iter().find(|member| gone(member)) {
                next.insert(*position, missing.labels[0].clone());
            }
            for member in &mut members.optional {
                if gone(member) {
                    member.position = None;
                }
            }
        }
        out = next;
    }
}

/// Makes the correlation; positions become numbers of the finished set.
pub(super) fn build(
    draft: Draft,
    house: &House,
    members: &Members,
    numbers: &BTreeMap<usize, usize>,
) -> Parse<(Correlation, Vec<(Condition, Severity)>)> {
    let number = |member: &Member| member.position.and_then(|at| numbers.get(&at).copied());
    let there: Vec<&Member> = members
        .needed
        .iter()
        .chain(
            members
                .optional
                .iter()
                .filter(|member| member.position.is_some()),
        )
        .collect();
    let member_fields = fields(&draft, members, &there)
        .under("aliases")
        .under("correlation")?;
    let needed = names(&members.needed, 0);
    let condition = match &draft.condition {
        Some(text) => {
            let scope = Scope {
                what: "member",
                names: needed.clone(),
            };
            Some(
                condition::parse(text, &scope)
                    .under("condition")
                    .under("correlation")?,
            )
        }
        None => None,
    };
    // Optional members are numbered behind the needed ones; one that is left out never occurs.
    let all = needed
        .into_iter()
        .chain(names(&members.optional, members.needed.len()))
        .collect();
    let levels = document::levels(
        house,
        &Scope {
            what: "member",
            names: all,
        },
    )?;
    let correlation = Correlation {
        kind: draft.kind,
        members: members.needed.iter().filter_map(number).collect(),
        optional: members.optional.iter().filter_map(number).collect(),
        group_by: draft.group_by,
        member_fields,
        timespan: draft.timespan,
        thresholds: draft.thresholds,
        value_fields: draft.value_fields,
        condition,
        generate: draft.generate,
    };
    Ok((correlation, levels))
}

/// Every label of every member with its number.
fn names(members: &[Member], offset: usize) -> Vec<(&str, Condition)> {
    let mut names = Vec::new();
    let mut number = offset;
    for member in members {
        let condition = match member.position {
            Some(_) => {
                number += 1;
                Condition::Selection(number - 1)
            }
            None => Condition::Or(Vec::new()),
        };
        names.extend(
            member
                .labels
                .iter()
                .map(|label| (label.as_str(), condition.clone())),
        );
    }
    names
}

/// The field of each member for each group field.
fn fields(draft: &Draft, members: &Members, there: &[&Member]) -> Parse<Vec<Vec<String>>> {
    let everyone = || members.needed.iter().chain(&members.optional);
    for (alias, map) in &draft.aliases {
        for rule in map.keys() {
            if !everyone().any(|member| member.labels.contains(rule)) {
                return wrong("this is no member of the correlation")
                    .under(rule)
                    .under(alias);
            }
        }
        if !draft.group_by.contains(alias) {
            return wrong("group-by does not use this alias").under(alias);
        }
    }
    let mut rows = Vec::with_capacity(there.len());
    for member in there {
        let mut row = Vec::with_capacity(draft.group_by.len());
        for field in &draft.group_by {
            row.push(match draft.aliases.get(field) {
                None => field.clone(),
                Some(map) => match member.labels.iter().find_map(|label| map.get(label)) {
                    Some(field) => field.clone(),
                    None => {
                        let reason = format!("no field for the member {:?}", member.labels[0]);
                        return wrong(reason).under(field);
                    }
                },
            });
        }
        rows.push(row);
    }
    Ok(rows)
}
