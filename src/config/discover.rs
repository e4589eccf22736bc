//! Which configuration files there are.
//!
//! The places to look in enter, layers leave, the nearest first. A file named on the command
//! line is the only one read; the others are all read where they exist.

use std::env;
use std::path::{Path, PathBuf};

use super::env::CONFIG;
use super::error::ConfigError;
use super::file;
use super::layer::Layer;

/// The file of the working folder.
const LOCAL: &str = ".ctadel.yaml";

/// Where to look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// `--config` or `CTADEL_CONFIG`: this file and no other.
    pub named: Option<PathBuf>,
    /// The files that may exist, the nearest first.
    pub usual: Vec<PathBuf>,
}

impl Places {
    /// The places of this process.
    pub fn of_process(named: Option<PathBuf>) -> Places {
        let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        let home = || variable("HOME").map(|home| Path::new(&home).join(".config"));
        // A relative path there is invalid by the base directory specification.
        let user = variable("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            .filter(|path| path.is_absolute());
        let user = user
            .or_else(home)
            .map(|folder| folder.join("ctadel/config.yaml"));
        let mut usual = vec![PathBuf::from(LOCAL)];
        usual.extend(user);
        usual.push(PathBuf::from("/etc/ctadel/config.yaml"));
        Places {
            named: named.or_else(|| variable(CONFIG).map(PathBuf::from)),
            usual,
        }
    }
}

/// Reads what there is: files in order of strength, each with its layer.
pub fn discover(places: &Places) -> Result<Vec<(PathBuf, Layer)>, ConfigError> {
    if let Some(path) = &places.named {
        return Ok(vec![(path.clone(), file::read(path)?)]);
    }
    let mut found = Vec::new();
    for path in &places.usual {
        // A file that is there and cannot be read is an error: it may say what to suppress.
        if path.symlink_metadata().is_ok() {
            found.push((path.clone(), file::read(path)?));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_named_file_is_the_only_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a.yaml"), "strict: true\n").expect("written");
        fs::write(path("b.yaml"), "window: 1h\n").expect("written");
        let mut places = Places {
            named: None,
            usual: vec![path("none.yaml"), path("a.yaml"), path("b.yaml")],
        };
        let names = |places: &Places| -> Vec<PathBuf> {
            discover(places)
                .expect("good files")
                .into_iter()
                .map(|(path, _)| path)
                .collect()
        };
        assert_eq!(names(&places), [path("a.yaml"), path("b.yaml")]);
        places.named = Some(path("b.yaml"));
        assert_eq!(names(&places), [path("b.yaml")]);
        places.named = Some(path("none.yaml"));
        let error = discover(&places).expect_err("no such file").to_string();
        assert!(error.starts_with("read configuration "), "{error}");
    }
}
