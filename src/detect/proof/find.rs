//! The rule files that have events beside them.
//!
//! A rule set enters, one case a file leaves, built-in files and the user's alike. An events file
//! that is there and cannot be read is an error: a test that silently does not run proves nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::{Case, Error, Intel};
use crate::detect::ast::RuleSet;
use crate::detect::load::builtin;
use crate::model::rule::Origin;

/// The cases of a rule set, in the order of its rules: those of the files under `paths`, or all.
/// The second list names the rule files that have no events.
pub fn cases(set: &RuleSet, paths: &[PathBuf]) -> Result<(Vec<Case>, Vec<String>), Error> {
    let events: BTreeMap<String, &'static str> = builtin::events().into_iter().collect();
    let lists: BTreeMap<String, &'static str> = builtin::lists().into_iter().collect();
    let (mut found, mut bare) = (Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    for rule in &set.rules {
        let file = &rule.meta.file;
        let wanted = paths.is_empty() || paths.iter().any(|path| Path::new(file).starts_with(path));
        if !wanted || !seen.insert(file) {
            continue;
        }
        let stem = file
            .strip_suffix(".yml")
            .or_else(|| file.strip_suffix(".yaml"))
            .unwrap_or(file);
        let events_file = format!("{stem}.events.jsonl");
        let list_file = format!("{stem}.intel.csv");
        let (text, intel) = if rule.meta.origin == Origin::Builtin {
            let text = events.get(&events_file).map(|text| (*text).to_owned());
            (text, lists.get(&list_file).map(|text| Intel::Text(text)))
        } else {
            let list = PathBuf::from(list_file);
            (
                read(&events_file)?,
                list.is_file().then_some(Intel::File(list)),
            )
        };
        match text {
            Some(text) => found.push(Case {
                file: file.clone(),
                events_file,
                text,
                intel,
            }),
            None => bare.push(file.clone()),
        }
    }
    Ok((found, bare))
}

fn read(file: &str) -> Result<Option<String>, Error> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::Read {
            file: file.to_owned(),
            source,
        }),
    }
}
