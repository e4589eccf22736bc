//! The `detection:` part of a rule, and the selections of a filter: the same form.
//!
//! A map of selections and a condition enters, a `Detection` leaves. What the condition does not
//! name is read all the same, so that a mistake in it is seen.

use yaml_serde::{Mapping, Value};

use super::condition;
use super::error::{Parse, Under, wrong};
use super::item;
use super::placeholder::Vars;
use super::scope::Scope;
use super::yaml;
use crate::detect::ast::{Condition, Detection, Selection};

/// Keys that are no selections. `timeframe` belonged to the old aggregations: without one it
/// means nothing.
const RESERVED: [&str; 2] = ["condition", "timeframe"];

/// Reads selections and condition; `others` are further keys that are no selections.
pub(super) fn parse(map: &Mapping, others: &[&str], vars: &Vars) -> Parse<Detection> {
    let mut selections: Vec<(String, Selection)> = Vec::with_capacity(map.len());
    for (key, value) in map {
        let Some(name) = yaml::scalar(key) else {
            return wrong("the name of a selection is text");
        };
        if RESERVED.contains(&name.as_str()) || others.contains(&name.as_str()) {
            continue;
        }
        let selection = selection(value, vars).under(&name)?;
        selections.push((name, selection));
    }
    selections.shrink_to_fit();
    let scope = Scope::numbered(
        "selection",
        selections.iter().map(|(name, _)| name.as_str()),
    );
    let condition = conditions(map, &scope).under("condition")?;
    Ok(Detection {
        selections,
        condition,
    })
}

fn conditions(map: &Mapping, scope: &Scope<'_>) -> Parse<Condition> {
    match map.get("condition") {
        None | Some(Value::Null) => wrong("the condition is missing"),
        Some(Value::Sequence(list)) if list.is_empty() => wrong("the condition is empty"),
        Some(Value::Sequence(list)) => {
            let mut parts = Vec::with_capacity(list.len());
            for value in list {
                parts.push(one(value, scope)?);
            }
            Ok(condition::joined(parts, Condition::Or))
        }
        Some(value) => one(value, scope),
    }
}

fn one(value: &Value, scope: &Scope<'_>) -> Parse<Condition> {
    match yaml::scalar(value) {
        Some(text) => condition::parse(&text, scope),
        None => wrong("a condition is text, or a list of texts of which one must hold"),
    }
}

/// Reads a map (all hold), a list (one holds) or a word (anywhere in the record).
fn selection(value: &Value, vars: &Vars) -> Parse<Selection> {
    match value {
        Value::Mapping(map) if map.is_empty() => wrong("the selection is empty"),
        Value::Mapping(map) => {
            let mut items = Vec::with_capacity(map.len());
            for (key, value) in map {
                items.push(item::parse(key, value, vars)?);
            }
            Ok(single(items, Selection::All))
        }
        Value::Sequence(list) if list.is_empty() => wrong("the selection is empty"),
        Value::Sequence(list) => {
            let mut items = Vec::with_capacity(list.len());
            for (number, value) in list.iter().enumerate() {
                items.push(selection(value, vars).under(&number.to_string())?);
            }
            Ok(single(items, Selection::Any))
        }
        Value::Null => wrong("the selection is empty"),
        word => item::keyword(word, vars),
    }
}

fn single(mut items: Vec<Selection>, join: fn(Vec<Selection>) -> Selection) -> Selection {
    if items.len() == 1 {
        items.swap_remove(0)
    } else {
        join(items)
    }
}
