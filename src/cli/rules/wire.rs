//! A rule as `rules list` and `rules show` print it.
//!
//! A loaded rule enters, the printed object leaves: plain text and where it applies, for a table
//! and for JSON alike.

use serde::Serialize;

use crate::detect::ast::{Body, Rule, RuleSet};
use crate::detect::compile::applies;
use crate::detect::matrix::speakers;
use crate::model::RuleMeta;
use crate::normalize::SOURCES;
use crate::render::wire::AttackNames;
use crate::render::wire::attack::AttackOut;

/// A rule.
#[derive(Debug, Serialize)]
pub struct RuleOut<'a> {
    /// Always `ctadel/1`.
    pub schema: &'static str,
    /// Always `rule`.
    pub kind: &'static str,
    /// The id people type.
    pub id: &'a str,
    /// The Sigma id.
    pub uuid: Option<&'a str>,
    /// The title.
    pub title: &'a str,
    /// The level before outcome and context.
    pub level: &'static str,
    /// The status in its life.
    pub status: Option<&'a str>,
    /// `builtin` or `file`.
    pub origin: &'static str,
    /// `event` or `correlation`.
    #[serde(rename = "type")]
    pub body: &'static str,
    /// Whether its matches only feed correlations.
    pub silent: bool,
    /// The log sources it speaks about; where none is read yet, as the rule writes it.
    pub sources: Vec<String>,
    /// ATT&CK tactics and techniques.
    pub attack: Vec<AttackOut>,
    /// All tags as written.
    pub tags: &'a [String],
    /// The log it needs beyond its source's usual one.
    pub needs: Option<&'a str>,
    /// The file it stands in.
    pub file: &'a str,
}

impl<'a> RuleOut<'a> {
    /// The printed form of a rule of a set.
    pub fn new(rule: &'a Rule, set: &RuleSet, attack: &AttackNames<'_>) -> RuleOut<'a> {
        let (meta, prose) = (&*rule.meta, rule.meta.prose());
        RuleOut {
            schema: "ctadel/1",
            kind: "rule",
            id: &meta.id,
            uuid: meta.uuid.as_deref(),
            title: &meta.title,
            level: meta.level.word(),
            status: prose.status.as_deref(),
            origin: meta.origin.word(),
            body: match rule.body {
                Body::Event(_) => "event",
                Body::Correlation(_) => "correlation",
            },
            silent: rule.silent,
            sources: sources(rule, set),
            attack: attack.techniques(&meta.attack),
            tags: &prose.tags,
            needs: meta.needs.as_deref(),
            file: &meta.file,
        }
    }

    /// Techniques, or tactics where no technique is named, each once.
    pub fn techniques(&self) -> Vec<&str> {
        let mut out: Vec<&str> = Vec::new();
        for entry in &self.attack {
            let id = entry.technique.as_deref().or(entry.tactic_id);
            out.extend(id.filter(|id| !out.contains(id)));
        }
        out
    }
}

/// The sources of a rule; a correlation has those of its members.
fn sources(rule: &Rule, set: &RuleSet) -> Vec<String> {
    let mut out: Vec<String> = speakers(rule, set).into_iter().flat_map(named).collect();
    out.sort();
    out.dedup();
    out
}

fn named(meta: &RuleMeta) -> Vec<String> {
    let own = SOURCES.iter().filter(|source| applies(meta, source));
    let own: Vec<String> = own.map(|source| source.name.to_owned()).collect();
    if !own.is_empty() {
        return own;
    }
    let parts = [&meta.product, &meta.service, &meta.category];
    let parts: Vec<&str> = parts
        .into_iter()
        .filter_map(|part| part.as_deref())
        .collect();
    vec![if parts.is_empty() {
        "none".to_owned()
    } else {
        parts.join("/")
    }]
}
