//! One file to documents: which kind each is, and what it says.
//!
//! The text of a file enters, its rules, correlations and filters leave, still without their
//! references; or the first mistake of each document.

use std::sync::Arc;

use yaml_serde::Mapping;

use super::condition;
use super::correlation::{self, Draft};
use super::detection;
use super::error::{Fault, Parse, RuleError, Stop, Under, wrong};
use super::files::{Body, Source};
use super::filter::{self, Filter};
use super::lines::{self, Part};
use super::meta::{self, House};
use super::placeholder::Vars;
use super::scope::Scope;
use super::yaml;
use crate::detect::ast::{Condition, Detection};
use crate::model::rule::Origin;
use crate::model::{RuleMeta, Severity};

/// One document of a file.
#[derive(Debug)]
pub(super) struct Document {
    /// Its position among the documents of the file.
    pub part: usize,
    pub kind: Kind,
}

/// What a document holds.
#[derive(Debug)]
pub(super) enum Kind {
    Rule(Box<Rule>),
    Correlation(Box<Correlation>),
    Filter(Box<Filter>),
    /// Right, but left out.
    Skipped {
        meta: Box<RuleMeta>,
        reason: String,
    },
}

/// A rule on single events.
#[derive(Debug)]
pub(super) struct Rule {
    pub meta: Arc<RuleMeta>,
    pub house: House,
    pub detection: Detection,
    pub levels: Vec<(Condition, Severity)>,
}

/// A rule on other rules.
#[derive(Debug)]
pub(super) struct Correlation {
    pub meta: Arc<RuleMeta>,
    pub house: House,
    pub draft: Box<Draft>,
}

/// Keys of which a Sigma document has at least one.
const SIGMA_KEYS: [&str; 6] = [
    "title",
    "detection",
    "correlation",
    "filter",
    "logsource",
    "action",
];

impl Kind {
    /// Drops what only people read.
    pub fn drop_prose(&mut self) {
        let meta = match self {
            Kind::Rule(rule) => Arc::make_mut(&mut rule.meta),
            Kind::Correlation(correlation) => Arc::make_mut(&mut correlation.meta),
            Kind::Filter(filter) => &mut filter.meta,
            Kind::Skipped { meta, .. } => meta,
        };
        meta.prose = None;
    }
}

/// Reads all documents of a file.
pub(super) fn parse(source: &Source, text: &str, vars: &Vars) -> (Vec<Document>, Vec<RuleError>) {
    let (file, origin) = (&*source.name, source.origin);
    let brief = matches!(source.body, Body::Brief(_));
    let parts = match brief {
        true => lines::each(text),
        false => lines::split(text),
    };
    let mut documents = Vec::new();
    let mut errors = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        let map = match brief {
            true => yaml::brief(file, part),
            false => yaml::document(file, part),
        };
        let map = match map {
            Ok(map) => map,
            Err(error) => {
                errors.push(error);
                continue;
            }
        };
        match one(&map, file, origin, vars) {
            Ok(kind) => documents.push(Document { part: number, kind }),
            Err(Stop::Fault(fault)) => errors.push(fault.locate(file, part)),
            Err(Stop::Placeholder(name)) => {
                let reason = format!("placeholder %{name}% is not configured");
                match skipped(&map, file, origin, reason) {
                    Ok(kind) => documents.push(Document { part: number, kind }),
                    Err(fault) => errors.push(fault.locate(file, part)),
                }
            }
        }
    }
    (documents, errors)
}

/// Finds file and line of a mistake that showed only when all files were read.
pub(super) fn locate(source: &Source, number: usize, fault: Fault) -> RuleError {
    let text = source.written().unwrap_or_default();
    let parts = lines::split(&text);
    let whole = Part {
        text: &text,
        first_line: 1,
    };
    fault.locate(&source.name, parts.get(number).unwrap_or(&whole))
}

fn skipped(map: &Mapping, file: &str, origin: Origin, reason: String) -> Result<Kind, Fault> {
    match meta::identity(map, origin, file) {
        Ok(meta) => Ok(Kind::Skipped {
            meta: Box::new(meta),
            reason,
        }),
        Err(Stop::Fault(fault)) => Err(fault),
        // An identity has no placeholders.
        Err(Stop::Placeholder(_)) => {
            let meta = RuleMeta {
                id: file.to_owned(),
                file: file.to_owned(),
                ..RuleMeta::default()
            };
            Ok(Kind::Skipped {
                meta: Box::new(meta),
                reason,
            })
        }
    }
}

fn one(map: &Mapping, file: &str, origin: Origin, vars: &Vars) -> Parse<Kind> {
    if !SIGMA_KEYS.iter().any(|key| map.contains_key(key)) {
        // Rule repositories hold other YAML too: test data, workflows, settings.
        let reason = "not a Sigma document: no detection, correlation or filter".to_owned();
        let meta = RuleMeta {
            id: file.to_owned(),
            file: file.to_owned(),
            ..RuleMeta::default()
        };
        return Ok(Kind::Skipped {
            meta: Box::new(meta),
            reason,
        });
    }
    if map.contains_key("action") {
        return wrong(
            "`action: global`, `reset` and `repeat` left Sigma: write every document out, or use \
             a correlation or a filter document",
        )
        .under("action");
    }
    let kinds = ["detection", "correlation", "filter"];
    let mut found = kinds.into_iter().filter(|key| map.contains_key(key));
    let kind = match (found.next(), found.next()) {
        (Some(kind), None) => kind,
        (Some(first), Some(second)) => {
            return wrong(format!("a document has either {first} or {second}")).under(second);
        }
        (None, _) => return wrong("neither detection, correlation nor filter is there"),
    };
    if kind == "filter" {
        return filter::parse(map, origin, file, vars).map(|filter| Kind::Filter(Box::new(filter)));
    }
    let (meta, house) = meta::parse(map, origin, file)?;
    let unsupported = meta.prose().status.as_deref() == Some("unsupported");
    if unsupported {
        let reason = "its status is unsupported".to_owned();
        return Ok(Kind::Skipped {
            meta: Box::new(meta),
            reason,
        });
    }
    if kind == "correlation" {
        if !house.filters.is_empty() {
            return wrong("a correlation has no events of its own: name filters in its members")
                .under("filters")
                .under("ctadel");
        }
        let draft = correlation::parse(map)?;
        return Ok(Kind::Correlation(Box::new(Correlation {
            meta: Arc::new(meta),
            house,
            draft: Box::new(draft),
        })));
    }
    rule(map, meta, house, vars).map(|rule| Kind::Rule(Box::new(rule)))
}

fn rule(map: &Mapping, meta: RuleMeta, house: House, vars: &Vars) -> Parse<Rule> {
    if meta.product.is_none() && meta.service.is_none() && meta.category.is_none() {
        return wrong("product, service or category is missing").under("logsource");
    }
    if !house.optional.is_empty() {
        return wrong("only a correlation has optional members")
            .under("optional")
            .under("ctadel");
    }
    let Some(inner) = yaml::map(map, "detection")? else {
        return wrong("the detection is empty").under("detection");
    };
    let detection = detection::parse(inner, &[], vars).under("detection")?;
    let names = detection.selections.iter().map(|(name, _)| name.as_str());
    let levels = levels(&house, &Scope::numbered("selection", names))?;
    Ok(Rule {
        meta: Arc::new(meta),
        house,
        detection,
        levels,
    })
}

/// Reads the conditions of `ctadel.levels`.
pub(super) fn levels(house: &House, scope: &Scope<'_>) -> Parse<Vec<(Condition, Severity)>> {
    let mut levels = Vec::with_capacity(house.levels.len());
    for (number, (text, level)) in house.levels.iter().enumerate() {
        let condition = condition::parse(text, scope)
            .under("if")
            .under(&number.to_string())
            .under("levels")
            .under("ctadel")?;
        levels.push((condition, *level));
    }
    Ok(levels)
}
