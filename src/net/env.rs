//! The environment that credentials are found in.
//!
//! Enters: the variables of the process, or a table of them. Leaves: values, and the files they
//! point at. It exists so that a test can stand in another environment than its neighbours.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::secret::Secret;

/// Variables by name.
#[derive(Clone, Debug, Default)]
pub struct Env {
    /// Nothing: those of the process.
    table: Option<Arc<BTreeMap<String, Secret>>>,
}

impl Env {
    /// The process's own.
    pub fn process() -> Env {
        Env::default()
    }

    /// These and no others.
    pub fn of(pairs: &[(&str, &str)]) -> Env {
        let pairs = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Secret::new(value)));
        Env {
            table: Some(Arc::new(pairs.collect())),
        }
    }

    /// A variable; an empty one says nothing.
    pub fn get(&self, name: &str) -> Option<String> {
        let value = match &self.table {
            Some(table) => table.get(name).map(|value| value.expose().to_owned()),
            None => std::env::var(name).ok(),
        };
        value.filter(|value| !value.is_empty())
    }

    /// A variable that is not to be printed.
    pub fn secret(&self, name: &str) -> Option<Secret> {
        self.get(name).map(Secret::new)
    }

    /// A file below the user's configuration folder.
    pub fn config(&self, below: &str) -> Option<PathBuf> {
        match self.get("XDG_CONFIG_HOME") {
            Some(folder) => Some(PathBuf::from(folder).join(below)),
            None => self.home(&format!(".config/{below}")),
        }
    }

    /// A file below the user's home.
    pub fn home(&self, below: &str) -> Option<PathBuf> {
        self.get("HOME").map(|home| PathBuf::from(home).join(below))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_stands_for_the_process() {
        let env = Env::of(&[("A", "x"), ("EMPTY", ""), ("HOME", "/home/a")]);
        assert_eq!(env.get("A").as_deref(), Some("x"));
        assert_eq!(env.get("EMPTY"), None);
        assert_eq!(env.get("PATH"), None);
        assert_eq!(
            env.config("scw/config.yaml"),
            Some(PathBuf::from("/home/a/.config/scw/config.yaml"))
        );
        assert!(!format!("{env:?}").contains("/home/a"));
    }
}
