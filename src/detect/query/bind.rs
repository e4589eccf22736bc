//! A query as rules: one for each log source, because each has its own fields.
//!
//! Names of the printed event (`actor`, `source_ip`, `target`, …) become the paths that a source
//! has them at; every other name is a field of the record itself.

use std::sync::Arc;

use super::parse::{Query, Value};
use crate::detect::ast::{
    Atom, Body, Cased, Comparison, Condition, Detection, Item, Pattern, Piece, Rule, RuleSet,
    Selection,
};
use crate::detect::value::{Tests, Value as Held};
use crate::enrich::derive::Derived;
use crate::model::{RuleMeta, Severity};
use crate::normalize::{Norm, SOURCES, Source};

/// Where a name of the printed event stands.
enum Place {
    /// In these derived fields: one of them is enough.
    Derived(&'static [&'static str]),
    /// Where the source has this normalized field.
    Norm(Norm),
    /// It is the same for every record of a source.
    Constant(fn(&Source) -> &'static str),
}

const NAMES: [(&str, Place); 21] = [
    ("source", Place::Constant(|source| source.name)),
    ("provider", Place::Constant(|source| source.provider)),
    ("layer", Place::Constant(|source| source.layer.word())),
    ("account", Place::Derived(&["ctadel.account"])),
    ("region", Place::Norm(Norm::Region)),
    ("service", Place::Norm(Norm::Service)),
    ("source_ip", Place::Norm(Norm::Address)),
    ("ip", Place::Norm(Norm::Address)),
    ("user_agent", Place::Norm(Norm::Agent)),
    ("uid", Place::Norm(Norm::Uid)),
    ("error_code", Place::Norm(Norm::Error)),
    ("error", Place::Norm(Norm::Error)),
    ("action", Place::Derived(&["ctadel.action"])),
    ("outcome", Place::Derived(&["ctadel.outcome"])),
    (
        "actor",
        Place::Derived(&[
            "ctadel.actor.id",
            "ctadel.actor.name",
            "ctadel.actor.session",
        ]),
    ),
    ("actor.id", Place::Derived(&["ctadel.actor.id"])),
    ("actor.name", Place::Derived(&["ctadel.actor.name"])),
    ("actor.type", Place::Derived(&["ctadel.actor.type"])),
    ("session", Place::Derived(&["ctadel.actor.session"])),
    (
        "target",
        Place::Derived(&["ctadel.target.id", "ctadel.target.name"]),
    ),
    ("target.type", Place::Derived(&["ctadel.target.type"])),
];

/// The names of the printed event that a query may use.
pub fn names() -> impl Iterator<Item = &'static str> {
    NAMES.iter().map(|(name, _)| *name)
}

/// The rules of a query. A field that is known only when everything has been read comes back as
/// the error: a search judges record by record.
pub fn rules(query: &Query) -> Result<RuleSet, String> {
    late(query)?;
    let of = |source: &&'static Source| {
        let mut binder = Binder {
            source,
            selections: Vec::new(),
        };
        let condition = binder.condition(query);
        let selections = binder.selections.into_iter().enumerate();
        Rule {
            meta: Arc::new(RuleMeta {
                id: format!("search-{}", source.name),
                title: "Search".to_owned(),
                level: Severity::Medium,
                product: Some(source.product.to_owned()),
                service: Some(source.service.to_owned()),
                file: "the query".to_owned(),
                ..RuleMeta::default()
            }),
            body: Body::Event(Detection {
                selections: selections
                    .map(|(number, selection)| (number.to_string(), selection))
                    .collect(),
                condition,
            }),
            silent: false,
            levels: Vec::new(),
        }
    };
    Ok(RuleSet {
        rules: SOURCES.iter().map(of).collect(),
        skipped: Vec::new(),
    })
}

fn late(query: &Query) -> Result<(), String> {
    match query {
        Query::And(parts) | Query::Or(parts) => parts.iter().try_for_each(late),
        Query::Not(part) => late(part),
        Query::Field(name, _) if Derived::by_name(name).is_some_and(Derived::is_late) => {
            Err(format!(
                "{name} is known only when everything has been read; a search judges record by record"
            ))
        }
        Query::Field(name, _) if name.eq_ignore_ascii_case("time") => {
            Err("--since and --until say which time is meant".to_owned())
        }
        Query::Field(..) | Query::Text(_) => Ok(()),
    }
}

struct Binder {
    source: &'static Source,
    selections: Vec<Selection>,
}

impl Binder {
    fn condition(&mut self, query: &Query) -> Condition {
        match query {
            Query::And(parts) => Condition::And(parts.iter().map(|p| self.condition(p)).collect()),
            Query::Or(parts) => Condition::Or(parts.iter().map(|p| self.condition(p)).collect()),
            Query::Not(part) => Condition::Not(Box::new(self.condition(part))),
            Query::Text(value) => self.selection(Selection::Keyword(anywhere(value))),
            Query::Field(name, value) => {
                let selection = self.field(name, atom(value));
                self.selection(selection)
            }
        }
    }

    fn selection(&mut self, selection: Selection) -> Condition {
        self.selections.push(selection);
        Condition::Selection(self.selections.len() - 1)
    }

    fn field(&self, name: &str, atom: Atom) -> Selection {
        let known = NAMES
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        let item = |field: &str| {
            Selection::Item(Item {
                field: field.to_owned(),
                atoms: vec![atom.clone()],
                all: false,
                negated: false,
            })
        };
        match known.map(|(_, place)| place) {
            None => item(name),
            Some(Place::Derived(fields)) => {
                Selection::Any(fields.iter().map(|field| item(field)).collect())
            }
            Some(Place::Norm(norm)) => {
                let rows = self.source.rows.iter().filter(|row| row.norm == *norm);
                let paths = rows.flat_map(|row| row.paths);
                Selection::Any(paths.map(|path| item(path)).collect())
            }
            Some(Place::Constant(of)) => {
                let tests = Tests::compile(std::slice::from_ref(&atom));
                let holds = tests.is_ok_and(|tests| tests.any(Held::Text(of(self.source))));
                // Of nothing all holds, and nothing does.
                match holds {
                    true => Selection::All(Vec::new()),
                    false => Selection::Any(Vec::new()),
                }
            }
        }
    }
}

fn atom(value: &Value) -> Atom {
    match value {
        Value::Word(word) => match word.contains('/').then(|| word.parse()) {
            Some(Ok(net)) => Atom::Cidr(net),
            _ => Atom::Text(wildcards(word), Cased::No),
        },
        Value::Quoted(text) => Atom::Text(Pattern::Exact(text.clone()), Cased::No),
        Value::Regex(text) => Atom::Regex(text.clone()),
        Value::Compare(sign, number) => {
            let comparison = match *sign {
                ">=" => Comparison::Gte,
                "<" => Comparison::Lt,
                "<=" => Comparison::Lte,
                _ => Comparison::Gt,
            };
            Atom::Compare(comparison, *number)
        }
    }
}

/// Text that may stand inside a longer one.
fn anywhere(value: &Value) -> Atom {
    match value {
        Value::Word(word) => Atom::Text(wildcards(&format!("*{word}*")), Cased::No),
        Value::Quoted(text) => Atom::Text(Pattern::Inside(text.clone()), Cased::No),
        other => atom(other),
    }
}

/// `*` and `?` in a word; a backslash takes them for text.
fn wildcards(word: &str) -> Pattern {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut chars = word.chars().peekable();
    while let Some(c) = chars.next() {
        let piece = match c {
            '*' if pieces.last() == Some(&Piece::Many) => continue,
            '*' => Piece::Many,
            '?' => Piece::One,
            c => {
                let escaped = (c == '\\')
                    .then(|| chars.next_if(|next| matches!(next, '*' | '?' | '\\')))
                    .flatten();
                let c = escaped.unwrap_or(c);
                match pieces.last_mut() {
                    Some(Piece::Text(text)) => {
                        text.push(c);
                        continue;
                    }
                    _ => Piece::Text(c.to_string()),
                }
            }
        };
        pieces.push(piece);
    }
    match pieces.as_slice() {
        [Piece::Many] => Pattern::Present,
        [Piece::Text(text)] => Pattern::Exact(text.clone()),
        [Piece::Text(text), Piece::Many] => Pattern::Start(text.clone()),
        [Piece::Many, Piece::Text(text)] => Pattern::End(text.clone()),
        [Piece::Many, Piece::Text(text), Piece::Many] => Pattern::Inside(text.clone()),
        _ => Pattern::Wild(pieces),
    }
}
