//! Finding a rule by what a correlation or a filter calls it.
//!
//! Names, ids and titles enter, positions leave. A reference is looked up among names first, then
//! ids, then titles; within its own file first, because community correlations name their members
//! by titles that need not be unique elsewhere.

use std::collections::BTreeMap;

use crate::config::hint;
use crate::model::RuleMeta;

/// Rules by their three kinds of names.
#[derive(Debug, Default)]
pub(super) struct Index {
    names: BTreeMap<String, Vec<(usize, usize)>>,
    ids: BTreeMap<String, Vec<(usize, usize)>>,
    titles: BTreeMap<String, Vec<(usize, usize)>>,
}

impl Index {
    /// Takes in the rule at `position`, from file number `file`.
    pub fn add(&mut self, meta: &RuleMeta, file: usize, position: usize) {
        if let Some(name) = &meta.name {
            self.names
                .entry(name.clone())
                .or_default()
                .push((file, position));
        }
        if let Some(id) = &meta.uuid {
            self.ids
                .entry(id.to_ascii_lowercase())
                .or_default()
                .push((file, position));
        }
        self.titles
            .entry(meta.title.clone())
            .or_default()
            .push((file, position));
    }

    /// The one rule that `reference`, written in `file`, means.
    pub fn find(&self, reference: &str, file: usize) -> Result<Option<usize>, String> {
        let lower = reference.to_ascii_lowercase();
        for found in [
            self.names.get(reference),
            self.ids.get(&lower),
            self.titles.get(reference),
        ] {
            let Some(found) = found else { continue };
            let here: Vec<usize> = found
                .iter()
                .filter(|(at, _)| *at == file)
                .map(|(_, position)| *position)
                .collect();
            return match (here.as_slice(), found.as_slice()) {
                ([one], _) => Ok(Some(*one)),
                ([], [(_, one)]) => Ok(Some(*one)),
                _ => Err(format!(
                    "{reference:?} is the title of several rules: use name or id"
                )),
            };
        }
        Ok(None)
    }

    /// Every rule that `reference` means, wherever it is.
    pub fn all(&self, reference: &str) -> Vec<usize> {
        let lower = reference.to_ascii_lowercase();
        let mut positions: Vec<usize> = [
            self.names.get(reference),
            self.ids.get(&lower),
            self.titles.get(reference),
        ]
        .into_iter()
        .flatten()
        .flatten()
        .map(|(_, position)| *position)
        .collect();
        positions.sort_unstable();
        positions.dedup();
        positions
    }

    /// A half sentence with the nearest name or title.
    pub fn hint(&self, reference: &str) -> String {
        let known = self
            .names
            .keys()
            .chain(self.titles.keys())
            .map(String::as_str);
        hint(reference, known)
    }
}
