//! The `correlation:` part of a document, before its members are known.
//!
//! A map enters, a `Draft` leaves: everything but the references, which may point at rules of
//! files that are not read yet (`resolve`).

use std::collections::BTreeMap;

use yaml_serde::{Mapping, Value};

use super::error::{Parse, Stop, Under, wrong};
use super::timespan;
use super::yaml;
use crate::config::hint;
use crate::detect::ast::{Comparison, CorrelationKind};

/// A correlation as written.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub kind: CorrelationKind,
    /// Names, ids or titles of its members.
    pub rules: Vec<String>,
    pub group_by: Vec<String>,
    /// Alias → member → field.
    pub aliases: BTreeMap<String, BTreeMap<String, String>>,
    pub timespan: i64,
    pub thresholds: Vec<(Comparison, f64)>,
    pub value_fields: Vec<String>,
    /// The text of an extended condition.
    pub condition: Option<String>,
    pub generate: bool,
}

const KEYS: [&str; 8] = [
    "type",
    "rules",
    "group-by",
    "timespan",
    "timeframe",
    "condition",
    "aliases",
    "generate",
];
const TYPES: [&str; 8] = [
    "event_count",
    "value_count",
    "temporal",
    "temporal_ordered",
    "value_sum",
    "value_avg",
    "value_percentile",
    "value_median",
];
const ORDERS: [(&str, Comparison); 6] = [
    ("gt", Comparison::Gt),
    ("gte", Comparison::Gte),
    ("lt", Comparison::Lt),
    ("lte", Comparison::Lte),
    ("eq", Comparison::Eq),
    ("neq", Comparison::Neq),
];

/// Reads the part; `document` is the map it stands in, which may say `generate` too.
pub(super) fn parse(document: &Mapping) -> Parse<Draft> {
    let outer = yaml::truth(document, "generate")?;
    let Some(map) = yaml::map(document, "correlation")? else {
        return wrong("the correlation is empty").under("correlation");
    };
    let mut draft = inner(map).under("correlation")?;
    let own = yaml::truth(map, "generate").under("correlation")?;
    draft.generate = own.or(outer).unwrap_or(false);
    Ok(draft)
}

fn inner(map: &Mapping) -> Parse<Draft> {
    for key in map.keys() {
        let name = yaml::scalar(key).unwrap_or_default();
        if !KEYS.contains(&name.as_str()) {
            let near = hint(&name, KEYS);
            return wrong(format!("unknown key{near}")).under(&name);
        }
    }
    let Some(word) = yaml::text(map, "type")? else {
        return wrong("the type is missing").under("type");
    };
    let kind = match word.as_str() {
        "event_count" => CorrelationKind::EventCount,
        "value_count" => CorrelationKind::ValueCount,
        "temporal" => CorrelationKind::Temporal,
        "temporal_ordered" => CorrelationKind::TemporalOrdered,
        "value_sum" => CorrelationKind::ValueSum,
        "value_avg" => CorrelationKind::ValueAvg,
        "value_percentile" => CorrelationKind::ValuePercentile(percentile(map)?),
        "value_median" => CorrelationKind::ValuePercentile(50.0),
        _ => {
            let near = hint(&word, TYPES);
            return wrong(format!("unknown type {word:?}{near}")).under("type");
        }
    };
    let rules = yaml::texts(map, "rules")?;
    if rules.is_empty() {
        return wrong("the rules it looks at are missing").under("rules");
    }
    // `timeframe` is the older word.
    let span = if map.contains_key("timespan") {
        "timespan"
    } else {
        "timeframe"
    };
    let Some(text) = yaml::text(map, span)? else {
        return wrong("the timespan is missing").under("timespan");
    };
    let timespan = timespan::parse(&text).map_err(Stop::from).under(span)?;
    let mut draft = Draft {
        kind,
        rules,
        group_by: yaml::texts(map, "group-by")?,
        aliases: aliases(map).under("aliases")?,
        timespan,
        thresholds: Vec::new(),
        value_fields: Vec::new(),
        condition: None,
        generate: false,
    };
    condition(map, &word, &mut draft).under("condition")?;
    Ok(draft)
}

fn percentile(map: &Mapping) -> Parse<f64> {
    let inside = map
        .get("condition")
        .and_then(|condition| condition.get("percentile"));
    match inside.and_then(Value::as_f64) {
        Some(rank) if (0.0..=100.0).contains(&rank) => Ok(rank),
        _ => wrong("value_percentile needs a percentile from 0 to 100")
            .under("percentile")
            .under("condition"),
    }
}

fn condition(map: &Mapping, word: &str, draft: &mut Draft) -> Parse<()> {
    let temporal = matches!(
        draft.kind,
        CorrelationKind::Temporal | CorrelationKind::TemporalOrdered
    );
    match map.get("condition") {
        // All members, then.
        None | Some(Value::Null) if temporal => Ok(()),
        None | Some(Value::Null) => wrong(format!("{word} needs a condition such as {{gte: 10}}")),
        Some(Value::String(text)) if temporal => {
            draft.condition = Some(text.clone());
            Ok(())
        }
        Some(Value::String(_)) => {
            wrong("a condition in words is for temporal and temporal_ordered only")
        }
        Some(Value::Mapping(condition)) => thresholds(condition, word, draft),
        Some(_) => wrong("a map such as {gte: 10} is expected here"),
    }
}

fn thresholds(condition: &Mapping, word: &str, draft: &mut Draft) -> Parse<()> {
    let fielded = word.starts_with("value_");
    for (key, value) in condition {
        let name = yaml::scalar(key).unwrap_or_default();
        if let Some((_, order)) = ORDERS.iter().find(|(order, _)| *order == name) {
            let number = match value {
                Value::String(text) => text.trim().parse::<f64>().ok(),
                other => other.as_f64(),
            };
            match number.filter(|number| number.is_finite()) {
                Some(number) => draft.thresholds.push((*order, number)),
                None => return wrong("a number is expected here").under(&name),
            }
            continue;
        }
        match name.as_str() {
            "field" if fielded => {}
            "percentile" if word == "value_percentile" => {}
            "field" | "percentile" => {
                return wrong(format!("{word} has no {name}")).under(&name);
            }
            _ => {
                let known = ORDERS
                    .iter()
                    .map(|(order, _)| *order)
                    .chain(["field", "percentile"]);
                let near = hint(&name, known);
                return wrong(format!("unknown key{near}")).under(&name);
            }
        }
    }
    if draft.thresholds.is_empty() {
        return wrong("one of gt, gte, lt, lte, eq and neq is missing");
    }
    draft.value_fields = yaml::texts(condition, "field")?;
    match draft.value_fields.len() {
        0 if fielded => wrong(format!("{word} needs the field it looks at")).under("field"),
        count if count > 1 && word != "value_count" => {
            wrong(format!("{word} looks at one field only")).under("field")
        }
        _ => Ok(()),
    }
}

fn aliases(map: &Mapping) -> Parse<BTreeMap<String, BTreeMap<String, String>>> {
    let mut aliases = BTreeMap::new();
    let Some(outer) = map.get("aliases").filter(|value| !value.is_null()) else {
        return Ok(aliases);
    };
    let Some(outer) = outer.as_mapping() else {
        return wrong("a map of aliases is expected here");
    };
    for (key, value) in outer {
        let alias = yaml::scalar(key).unwrap_or_default();
        let Some(inner) = value.as_mapping() else {
            return wrong("a map from rules to fields is expected here").under(&alias);
        };
        let mut fields = BTreeMap::new();
        for (rule, field) in inner {
            let rule = yaml::scalar(rule).unwrap_or_default();
            match yaml::scalar(field) {
                Some(field) => fields.insert(rule, field),
                None => {
                    return wrong("a field name is expected here")
                        .under(&rule)
                        .under(&alias);
                }
            };
        }
        aliases.insert(alias, fields);
    }
    Ok(aliases)
}
