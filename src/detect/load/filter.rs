//! Filter documents: conditions that are added to rules from outside.
//!
//! A map enters, a `Filter` leaves; later it is merged into the rules it is for. The house's own
//! filters are macros: they touch only the rules that name them under `ctadel.filters`.

use yaml_serde::{Mapping, Value};

use super::detection;
use super::error::{Parse, Under, wrong};
use super::meta::{self, LogSource};
use super::placeholder::Vars;
use super::yaml;
use crate::detect::ast::{Condition, Detection};
use crate::model::RuleMeta;
use crate::model::rule::Origin;

/// A filter as written.
#[derive(Debug)]
pub(super) struct Filter {
    pub meta: RuleMeta,
    pub source: LogSource,
    pub targets: Targets,
    pub detection: Detection,
}

/// The rules a filter is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Targets {
    /// `rules: any`: every rule of its log source.
    Any,
    /// Those of these names, ids or titles.
    Rules(Vec<String>),
    /// No `rules` at all: those that name the filter.
    Callers,
}

/// Reads a filter document.
pub(super) fn parse(map: &Mapping, origin: Origin, file: &str, vars: &Vars) -> Parse<Filter> {
    let meta = meta::identity(map, origin, file)?;
    let source = meta::log_source(map)?;
    let Some(inner) = yaml::map(map, "filter")? else {
        return wrong("the filter is empty").under("filter");
    };
    let targets = targets(inner).under("rules").under("filter")?;
    let detection = detection::parse(inner, &["rules"], vars).under("filter")?;
    Ok(Filter {
        meta,
        source,
        targets,
        detection,
    })
}

fn targets(map: &Mapping) -> Parse<Targets> {
    match map.get("rules") {
        None | Some(Value::Null) => Ok(Targets::Callers),
        Some(Value::String(word)) if word.eq_ignore_ascii_case("any") => Ok(Targets::Any),
        Some(Value::Sequence(list)) if list.is_empty() => {
            wrong("the list is empty: name rules, or write any")
        }
        Some(_) => yaml::texts(map, "rules").map(Targets::Rules),
    }
}

impl Filter {
    /// The name rules call it by: its own, else that of its file.
    pub fn name(&self) -> &str {
        self.meta
            .name
            .as_deref()
            .unwrap_or_else(|| stem(&self.meta.file))
    }

    /// True where the filter's log source covers the rule's.
    pub fn covers(&self, rule: &RuleMeta) -> bool {
        let (product, service, _) = &self.source;
        let fits = |own: &Option<String>, other: &Option<String>| match (own, other) {
            (None, _) => true,
            (Some(own), Some(other)) => own.eq_ignore_ascii_case(other),
            (Some(_), None) => false,
        };
        fits(product, &rule.product) && fits(service, &rule.service)
    }

    /// True where no event of the rule could ever meet the filter.
    pub fn is_foreign_to(&self, rule: &RuleMeta) -> bool {
        let (product, service, _) = &self.source;
        let differ = |own: &Option<String>, other: &Option<String>| matches!((own, other), (Some(own), Some(other)) if !own.eq_ignore_ascii_case(other));
        differ(product, &rule.product) || differ(service, &rule.service)
    }

    /// Adds the filter to a rule: both conditions must hold.
    pub fn merge_into(&self, rule: &mut Detection) {
        let offset = rule.selections.len();
        for (name, selection) in &self.detection.selections {
            let name = format!("{}: {name}", self.name());
            rule.selections.push((name, selection.clone()));
        }
        let own = shifted(&self.detection.condition, offset);
        let before = std::mem::replace(&mut rule.condition, Condition::And(Vec::new()));
        rule.condition = match before {
            Condition::And(mut parts) => {
                parts.push(own);
                Condition::And(parts)
            }
            other => Condition::And(vec![other, own]),
        };
    }
}

fn shifted(condition: &Condition, offset: usize) -> Condition {
    let all = |parts: &[Condition]| parts.iter().map(|part| shifted(part, offset)).collect();
    match condition {
        Condition::And(parts) => Condition::And(all(parts)),
        Condition::Or(parts) => Condition::Or(all(parts)),
        Condition::Not(inner) => Condition::Not(Box::new(shifted(inner, offset))),
        Condition::Selection(number) => Condition::Selection(number + offset),
    }
}

/// The name of a file without folders and ending.
pub(super) fn stem(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
