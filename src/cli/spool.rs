//! Live inputs that are read more than once: fetched into a temporary folder first.
//!
//! URLs enter, folders leave that are read in their place, and what could not be had. Filled
//! again, only what is new is fetched; the folder goes with the command.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::failure::{Failure, Kind};
use super::{progress, remarks};
use crate::Report;
use crate::load::live::{PullError, Target, pull};
use crate::load::{Progress, Span};
use crate::model::coverage::Skipped;
use crate::term::Ui;

/// A temporary folder, and what it stands for.
pub struct Spool {
    /// Held until nobody reads it any more.
    _folder: tempfile::TempDir,
    inputs: Vec<Input>,
    missing: Vec<Skipped>,
    refused: u64,
}

enum Input {
    Path(String),
    Live(Box<Target>, PathBuf),
}

impl Spool {
    /// For these inputs; nothing where none of them is live.
    pub fn new(inputs: &[String]) -> Result<Option<Spool>, Failure> {
        let folder = tempfile::Builder::new().prefix("ctadel-").tempdir();
        let folder = folder.map_err(|error| {
            let error = anyhow::Error::new(error).context("make a temporary folder");
            Failure::new(Kind::Input, error)
        })?;
        let place = |(number, input): (usize, &String)| match Target::parse(input) {
            Some(Ok(target)) => {
                // Told apart by number, and called like the input: evidence has that name.
                let mut path = folder.path().join(number.to_string());
                path.extend(target.parts());
                Input::Live(Box::new(target), path)
            }
            _ => Input::Path(input.clone()),
        };
        let inputs: Vec<Input> = inputs.iter().enumerate().map(place).collect();
        let live = inputs.iter().any(|input| matches!(input, Input::Live(..)));
        Ok(live.then_some(Spool {
            _folder: folder,
            inputs,
            missing: Vec::new(),
            refused: 0,
        }))
    }

    /// Fetches what is not there yet; the paths to read.
    pub fn fill(&mut self, ui: &Ui, span: &Span) -> Result<Vec<String>, Failure> {
        self.missing.clear();
        self.refused = 0;
        let mut paths = Vec::new();
        for input in &self.inputs {
            let (target, path) = match input {
                Input::Path(path) => {
                    paths.push(path.clone());
                    continue;
                }
                Input::Live(target, path) => (target, path),
            };
            fs::create_dir_all(path).map_err(|error| {
                let error = anyhow::Error::new(error).context("make a temporary folder");
                Failure::new(Kind::Input, error)
            })?;
            if let Some(from) = span.from {
                let from = u64::try_from(from.0).unwrap_or_default();
                forget(path, UNIX_EPOCH + Duration::from_nanos(from));
            }
            let counters = Arc::new(Progress::default());
            let pulled =
                progress::shown(ui, &counters, || pull(target, path, span, &counters, false));
            let pulled = pulled.map_err(|error| {
                let kind = match error {
                    PullError::Write { .. } => Kind::Input,
                    PullError::Start(_) => Kind::Remote,
                };
                Failure::new(kind, error)
            })?;
            remarks::fetched(ui, &counters);
            self.refused += pulled.failed.len() as u64;
            let missing = pulled.failed.into_iter().map(|(file, reason)| Skipped {
                file,
                reason,
                count: 1,
                ..Skipped::default()
            });
            self.missing.extend(missing);
            paths.push(path.display().to_string());
        }
        self.missing.sort();
        Ok(paths)
    }

    /// Adds what could not be had to the account of a run.
    pub fn account<F>(&self, report: &mut Report<F>) {
        report.refused += self.refused;
        report.coverage.skipped.extend(self.missing.iter().cloned());
        report.coverage.skipped.sort();
    }
}

/// Takes away what was fetched before the window began: it can hold nothing of it any more. What
/// cannot be taken away stays, and is read in vain.
fn forget(folder: &Path, before: SystemTime) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let Ok(meta) = entry.metadata() else { continue };
        if meta.is_dir() {
            forget(&entry.path(), before);
        } else if meta.modified().is_ok_and(|written| written < before) {
            let _ = fs::remove_file(entry.path());
        }
    }
}
