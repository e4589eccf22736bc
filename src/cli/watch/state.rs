//! What a watch has told already.
//!
//! Incidents enter; leaves: whether one is new, has changed, or is known. Kept in a file that is
//! replaced as a whole, so that a watch that is killed tells nothing twice and loses nothing.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use crate::cli::failure::{Failure, Kind};
use crate::model::Incident;

/// Incidents kept; the oldest go first.
const MOST: usize = 100_000;

/// What was told of each incident.
pub(super) struct State {
    file: Option<PathBuf>,
    /// By id: its last moment and what it looked like.
    told: BTreeMap<String, (String, String)>,
}

impl State {
    /// Reads what is remembered for these inputs.
    pub fn open(named: Option<PathBuf>, inputs: &[String]) -> Result<State, Failure> {
        let file = named.or_else(|| usual(inputs));
        let told = match &file {
            None => BTreeMap::new(),
            Some(file) => match fs::read(file) {
                Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
                    Failure::usage(format!("{}: {error}", file.display()))
                        .hint("this is no file of a watch: name another one with --state")
                })?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
                Err(error) => {
                    let error =
                        anyhow::Error::new(error).context(format!("read {}", file.display()));
                    return Err(Failure::new(Kind::Input, error));
                }
            },
        };
        Ok(State { file, told })
    }

    /// `new` or `changed`; nothing where it has been told as it is.
    pub fn change(&self, incident: &Incident) -> Option<&'static str> {
        match self.told.get(&incident.id) {
            None => Some("new"),
            Some((_, look)) if *look != looks(incident) => Some("changed"),
            Some(_) => None,
        }
    }

    /// Remembers it.
    pub fn told(&mut self, incident: &Incident) {
        let value = (incident.end.to_string(), looks(incident));
        self.told.insert(incident.id.clone(), value);
        if self.told.len() > MOST {
            let oldest = self.told.iter().min_by(|a, b| a.1.cmp(b.1));
            if let Some(oldest) = oldest.map(|(id, _)| id.clone()) {
                self.told.remove(&oldest);
            }
        }
    }

    /// Writes it down.
    pub fn save(&self) -> io::Result<()> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let folder = file
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(std::path::Path::new("."));
        fs::create_dir_all(folder)?;
        let mut new = tempfile::NamedTempFile::new_in(folder)?;
        new.write_all(&serde_json::to_vec(&self.told).map_err(io::Error::other)?)?;
        new.as_file().sync_all()?;
        new.persist(file).map_err(|error| error.error)?;
        Ok(())
    }
}

/// What makes two looks at an incident different.
fn looks(incident: &Incident) -> String {
    format!(
        "{} {} {} {}",
        incident.severity,
        incident.score,
        incident.findings.len(),
        incident.end
    )
}

/// A file for these inputs; nothing where there is no home.
fn usual(inputs: &[String]) -> Option<PathBuf> {
    let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    let folder = variable("XDG_STATE_HOME").map(PathBuf::from);
    let folder =
        folder.or_else(|| variable("HOME").map(|home| PathBuf::from(home).join(".local/state")))?;
    let mut hash = Sha256::new();
    for input in inputs {
        hash.update(input);
        hash.update([0]);
    }
    let sum: String = hash
        .finalize()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Some(folder.join(format!("ctadel/watch-{sum}.json")))
}
