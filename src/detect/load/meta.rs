//! What a rule says about itself: title, level, tags, `ctadel:`.
//!
//! The map of a document enters, a `RuleMeta` and the house's own settings leave. Keys this tool
//! does not know may stand in a rule; under `ctadel:` they are mistakes.

use yaml_serde::{Mapping, Value};

use super::error::{Parse, Under, wrong};
use super::yaml;
use crate::config::hint;
use crate::detect::matrix::PHRASES;
use crate::model::rule::{Origin, Prose};
use crate::model::{RuleMeta, Severity, attack};

/// The key of the house's own settings.
const HOUSE: &str = "ctadel";
const HOUSE_KEYS: [&str; 11] = [
    "above_usual",
    "covers",
    "denied",
    "external",
    "filters",
    "levels",
    "needs",
    "optional",
    "reason",
    "respond",
    "triage",
];
const STATUSES: [&str; 5] = [
    "stable",
    "test",
    "experimental",
    "deprecated",
    "unsupported",
];

/// What a rule says beyond its description, most of it under `ctadel:`.
#[derive(Clone, Debug, Default)]
pub(super) struct House {
    /// Whether the rule names its level.
    pub rated: bool,
    /// Filters by name.
    pub filters: Vec<String>,
    /// Members of a correlation that need not occur.
    pub optional: Vec<String>,
    /// `levels`: condition and level.
    pub levels: Vec<(String, Severity)>,
}

/// Reads the description of a rule or correlation.
pub(super) fn parse(map: &Mapping, origin: Origin, file: &str) -> Parse<(RuleMeta, House)> {
    let mut meta = identity(map, origin, file)?;
    let level = level(map)?;
    meta.level = level.unwrap_or(Severity::Medium);
    let prose = meta.prose.get_or_insert_default();
    prose.status = status(map)?;
    prose.author = yaml::text(map, "author")?;
    prose.tags = yaml::texts(map, "tags")?;
    prose.references = yaml::texts(map, "references")?;
    prose.falsepositives = yaml::texts(map, "falsepositives")?;
    prose.fields = yaml::texts(map, "fields")?;
    meta.attack = attack::from_tags(&prose.tags);
    let (product, service, category) = log_source(map)?;
    (meta.product, meta.service, meta.category) = (product, service, category);
    let mut house = match yaml::map(map, HOUSE)? {
        Some(inner) => house(inner, &mut meta).under(HOUSE)?,
        None => House::default(),
    };
    house.rated = level.is_some();
    if meta.above_usual.is_some() && !map.contains_key("correlation") {
        return wrong("only a correlation counts")
            .under("above_usual")
            .under(HOUSE);
    }
    Ok((meta, house))
}

/// Reads what names a rule or filter.
pub(super) fn identity(map: &Mapping, origin: Origin, file: &str) -> Parse<RuleMeta> {
    let title = yaml::text(map, "title")?
        .unwrap_or_default()
        .trim()
        .to_owned();
    if title.is_empty() {
        return wrong("the title is missing").under("title");
    }
    let named = |key| -> Parse<Option<String>> {
        let trimmed = yaml::text(map, key)?.map(|text| text.trim().to_owned());
        Ok(trimmed.filter(|text| !text.is_empty()))
    };
    let (uuid, name) = (named("id")?, named("name")?);
    let prose = Prose {
        description: yaml::text(map, "description")?
            .unwrap_or_default()
            .trim()
            .to_owned(),
        ..Prose::default()
    };
    Ok(RuleMeta {
        id: name
            .clone()
            .or_else(|| uuid.clone())
            .unwrap_or_else(|| title.clone()),
        uuid,
        name,
        title,
        origin,
        file: file.to_owned(),
        prose: Some(Box::new(prose)),
        ..RuleMeta::default()
    })
}

/// Product, service and category of a log source.
pub(super) type LogSource = (Option<String>, Option<String>, Option<String>);

/// Reads the log source; nothing where there is none.
pub(super) fn log_source(map: &Mapping) -> Parse<LogSource> {
    let Some(source) = yaml::map(map, "logsource")? else {
        return Ok((None, None, None));
    };
    let text = |key| yaml::text(source, key).under("logsource");
    Ok((text("product")?, text("service")?, text("category")?))
}

/// The level a rule names. A rule without one counts as medium: the specification has it
/// optional, and a finding that nobody rated is worth a look by itself.
fn level(map: &Mapping) -> Parse<Option<Severity>> {
    match yaml::text(map, "level")? {
        None => Ok(None),
        Some(text) => severity(&text).under("level").map(Some),
    }
}

fn severity(text: &str) -> Parse<Severity> {
    text.parse::<Severity>().or_else(wrong)
}

fn status(map: &Mapping) -> Parse<Option<String>> {
    let Some(status) = yaml::text(map, "status")? else {
        return Ok(None);
    };
    let status = status.trim().to_ascii_lowercase();
    if !STATUSES.contains(&status.as_str()) {
        let near = hint(&status, STATUSES);
        return wrong(format!("unknown status {status:?}{near}")).under("status");
    }
    Ok(Some(status))
}

fn house(map: &Mapping, meta: &mut RuleMeta) -> Parse<House> {
    for key in map.keys() {
        let name = yaml::scalar(key).unwrap_or_default();
        if !HOUSE_KEYS.contains(&name.as_str()) {
            let near = hint(&name, HOUSE_KEYS);
            return wrong(format!("unknown key{near}")).under(&name);
        }
    }
    let prose = meta.prose.get_or_insert_default();
    prose.reason = yaml::text(map, "reason")?.map(|text| text.trim().to_owned());
    meta.needs = yaml::text(map, "needs")?.map(|text| text.trim().to_owned());
    prose.triage = yaml::texts(map, "triage")?;
    meta.respond = yaml::texts(map, "respond")?;
    meta.above_usual = match yaml::text(map, "above_usual")? {
        None => None,
        Some(text) => match text.trim().parse::<f64>() {
            Ok(times) if (1.0..=1_000.0).contains(&times) => Some(times),
            _ => return wrong("a number from 1 to 1000 is expected here").under("above_usual"),
        },
    };
    meta.covers = covers(map).under("covers")?;
    meta.denied_keeps_level = match yaml::text(map, "denied")?.as_deref() {
        Some("keep") => true,
        None | Some("drop") => false,
        Some(_) => return wrong("denied is keep or drop").under("denied"),
    };
    meta.external = match yaml::text(map, "external")?.as_deref() {
        Some("true") => true,
        None | Some("false") => false,
        Some(_) => return wrong("external is true or false").under("external"),
    };
    Ok(House {
        rated: false,
        filters: yaml::texts(map, "filters")?,
        optional: yaml::texts(map, "optional")?,
        levels: levels(map).under("levels")?,
    })
}

/// Phrases of the coverage matrix.
fn covers(map: &Mapping) -> Parse<Vec<String>> {
    let names = yaml::texts(map, "covers")?;
    for name in &names {
        if !PHRASES.iter().any(|phrase| phrase.id == name) {
            let near = hint(name, PHRASES.iter().map(|phrase| phrase.id));
            return wrong(format!("there is no phrase {name:?}{near}"));
        }
    }
    Ok(names)
}

fn levels(map: &Mapping) -> Parse<Vec<(String, Severity)>> {
    let list = match map.get("levels") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Sequence(list)) => list,
        Some(_) => return wrong("a list of {if: condition, level: level} is expected here"),
    };
    let mut levels = Vec::with_capacity(list.len());
    for (number, entry) in list.iter().enumerate() {
        levels.push(level_entry(entry).under(&number.to_string())?);
    }
    Ok(levels)
}

fn level_entry(entry: &Value) -> Parse<(String, Severity)> {
    let Some(entry) = entry.as_mapping() else {
        return wrong("{if: condition, level: level} is expected here");
    };
    for key in entry.keys() {
        let name = yaml::scalar(key).unwrap_or_default();
        if !["if", "level"].contains(&name.as_str()) {
            return wrong("only if and level can stand here").under(&name);
        }
    }
    let Some(condition) = yaml::text(entry, "if")? else {
        return wrong("the condition is missing").under("if");
    };
    let Some(level) = yaml::text(entry, "level")? else {
        return wrong("the level is missing").under("level");
    };
    Ok((condition, severity(&level).under("level")?))
}
