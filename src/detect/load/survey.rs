//! Rules as they are written, for `lint`: every document, whether or not it made it into a set.
//!
//! Paths enter, documents with their places leave, beside the mistakes of loading them together
//! with the built-in rules, whose filters and names they may use.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::document::Kind;
use super::entry::{self, Read};
use super::error::RuleError;
use super::files;
use super::filter::stem;
use super::lines;
use super::placeholder::Vars;
use super::resolve::{self, REPLACED};
use crate::detect::ast::{Condition, Detection, RuleSet};
use crate::model::RuleMeta;

/// One document.
#[derive(Debug)]
pub(crate) struct Surveyed {
    pub meta: Arc<RuleMeta>,
    pub what: What,
    /// The line of its title.
    pub line: usize,
    /// The line of its tags, or of its title.
    pub tags_line: usize,
    /// Its selections and condition, before filters; none for a correlation.
    pub detection: Option<Detection>,
    /// The conditions of `ctadel.levels`, where they speak of selections.
    pub levels: Vec<Condition>,
    /// Whether it names its level.
    pub rated: bool,
    /// Whether its matches are findings by themselves.
    pub silent: bool,
    /// Why it is left out.
    pub left_out: Option<String>,
    /// Whether it is left out because another document has its name or id.
    pub replaced: bool,
}

/// The kind of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Rule,
    Correlation,
    Filter,
    /// Not read further: a placeholder is not configured, or it is no Sigma document.
    Unread,
}

/// A file with its documents.
#[derive(Debug)]
pub(crate) struct SurveyedFile {
    pub name: String,
    pub documents: Vec<Surveyed>,
}

impl SurveyedFile {
    /// The file's name without folders and ending.
    pub fn stem(&self) -> &str {
        stem(&self.name)
    }
}

/// Reads the files under `paths`.
pub(crate) fn survey(paths: &[PathBuf], vars: &Vars) -> (Vec<SurveyedFile>, Vec<RuleError>) {
    let (sources, mut errors) = files::under_all(paths);
    let (files, more) = entry::read(sources, vars, true);
    errors.extend(more);
    let (mut all, more) = entry::read(files::builtin(true, true), vars, true);
    errors.extend(more);
    let mut surveyed: Vec<SurveyedFile> = files.iter().map(file).collect();
    // With a file missing, every reference to it would be one more mistake.
    if errors.is_empty() {
        all.extend(files);
        let (set, more) = resolve::resolve(all);
        let ours = |error: &RuleError| surveyed.iter().any(|file| file.name == error.file);
        errors.extend(more.into_iter().filter(ours));
        note(&mut surveyed, &set);
    }
    (surveyed, errors)
}

fn file(read: &Read) -> SurveyedFile {
    let text = read.source.text().unwrap_or_default();
    let parts = lines::split(&text);
    let documents = read.documents.iter().map(|document| {
        let line = |key: &str| {
            parts
                .get(document.part)
                .map_or(1, |part| lines::find(part, &[key.to_owned()]))
        };
        let (meta, what, detection, rated) = match &document.kind {
            Kind::Rule(rule) => (
                Arc::clone(&rule.meta),
                What::Rule,
                Some(rule.detection.clone()),
                rule.house.rated,
            ),
            Kind::Correlation(found) => (
                Arc::clone(&found.meta),
                What::Correlation,
                None,
                found.house.rated,
            ),
            Kind::Filter(filter) => (
                Arc::new(filter.meta.clone()),
                What::Filter,
                Some(filter.detection.clone()),
                true,
            ),
            Kind::Skipped { meta, .. } => {
                (Arc::new(meta.as_ref().clone()), What::Unread, None, true)
            }
        };
        let levels = match &document.kind {
            Kind::Rule(rule) => rule
                .levels
                .iter()
                .map(|(condition, _)| condition.clone())
                .collect(),
            _ => Vec::new(),
        };
        let (line, tags_line) = (line("title"), line("tags"));
        Surveyed {
            meta,
            what,
            line,
            tags_line,
            detection,
            levels,
            rated,
            silent: false,
            left_out: None,
            replaced: false,
        }
    });
    SurveyedFile {
        name: read.source.name.clone(),
        documents: documents.collect(),
    }
}

/// Adds what only the finished set knows.
fn note(files: &mut [SurveyedFile], set: &RuleSet) {
    let rules = set.rules.iter().filter(|rule| rule.silent);
    let silent: BTreeSet<(&str, &str)> = rules
        .map(|rule| (rule.meta.file.as_str(), rule.meta.id.as_str()))
        .collect();
    let out: BTreeMap<(&str, &str), &str> = set
        .skipped
        .iter()
        .map(|(id, file, reason)| ((file.as_str(), id.as_str()), reason.as_str()))
        .collect();
    for file in files {
        for document in &mut file.documents {
            let key = (file.name.as_str(), document.meta.id.as_str());
            document.silent = silent.contains(&key);
            document.left_out = out.get(&key).map(|reason| (*reason).to_owned());
            document.replaced = out
                .get(&key)
                .is_some_and(|reason| reason.starts_with(REPLACED));
        }
    }
}
