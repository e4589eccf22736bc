//! What the user named, before anything is opened.
//!
//! Enters: the PATH arguments. Leaves: inputs in the order given, each with the word that stands
//! before its files. It exists so that a mistyped path stops a run at once and by name.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use super::error::Error;
use super::live::Target;
use super::name::printable;

/// One input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// Standard input.
    Stdin,
    /// A file, or whatever can be read like one, and its name.
    File(PathBuf, String),
    /// A place at a provider, and the word before its files where there are several inputs.
    Live(Box<Target>, Option<String>),
    /// A folder, the word before its files where there are several inputs, and its own name.
    Folder(PathBuf, Option<String>, String),
}

/// What one argument names, before its files are told apart.
enum Named {
    Stdin,
    Path(PathBuf),
    Live(Box<Target>),
}

/// Resolves paths and patterns. A path that exists is never taken for a pattern.
pub(crate) fn resolve(paths: &[String]) -> Result<Vec<Input>, Error> {
    let mut found = Vec::new();
    let mut stdin = false;
    for path in paths {
        if path == "-" {
            if std::mem::replace(&mut stdin, true) {
                return Err(Error::StdinTwice);
            }
            found.push(Named::Stdin);
        } else if let Some(target) = Target::parse(path) {
            let target = target?;
            if cfg!(not(feature = "live")) {
                return Err(Error::Offline(target.text));
            }
            found.push(Named::Live(Box::new(target)));
        } else if exists(Path::new(path)) {
            found.push(Named::Path(PathBuf::from(path)));
        } else if path.contains(['*', '?', '[']) {
            found.extend(matches(path)?.into_iter().map(Named::Path));
        } else {
            return Err(Error::NotFound(path.clone()));
        }
    }
    Ok(named(found))
}

/// A path whose folder may not be looked into counts as existing: that it cannot be opened is
/// told later, and the other inputs are read.
fn exists(path: &Path) -> bool {
    match fs::metadata(path) {
        Ok(_) => true,
        Err(error) => !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory),
    }
}

fn matches(pattern: &str) -> Result<Vec<PathBuf>, Error> {
    let malformed = |error: glob::PatternError| Error::Pattern {
        pattern: pattern.to_owned(),
        reason: error.msg,
    };
    // A folder that cannot be looked into matches nothing.
    let found: Vec<_> = glob::glob(pattern).map_err(malformed)?.flatten().collect();
    if found.is_empty() {
        Err(Error::NoMatch(pattern.to_owned()))
    } else {
        Ok(found)
    }
}

/// Gives each path its name: the last part, and as many parts before it as are needed where two
/// different inputs would be called the same.
fn named(found: Vec<Named>) -> Vec<Input> {
    let several = found.len() > 1;
    let parts: Vec<Vec<String>> = found
        .iter()
        .map(|named| match named {
            Named::Stdin => Vec::new(),
            Named::Path(path) => parts(path),
            Named::Live(target) => target.parts(),
        })
        .collect();
    let mut lengths = vec![1; parts.len()];
    loop {
        let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (input, parts) in parts
            .iter()
            .enumerate()
            .filter(|(_, parts)| !parts.is_empty())
        {
            groups
                .entry(last(parts, lengths[input]))
                .or_default()
                .push(input);
        }
        let mut changed = false;
        for group in groups.values().filter(|group| group.len() > 1) {
            let differ = group.iter().any(|input| parts[*input] != parts[group[0]]);
            for input in group.iter().filter(|_| differ) {
                changed |= lengths[*input] < parts[*input].len();
                lengths[*input] += 1;
            }
        }
        if !changed {
            break;
        }
    }
    let inputs = found.into_iter().zip(parts).zip(lengths);
    inputs
        .map(|((named, parts), length)| {
            let name = last(&parts, length);
            match named {
                Named::Stdin => Input::Stdin,
                Named::Live(target) => Input::Live(target, several.then_some(name)),
                Named::Path(path) if path.is_dir() => {
                    Input::Folder(path, several.then(|| name.clone()), name)
                }
                Named::Path(path) => Input::File(path, name),
            }
        })
        .collect()
}

/// The printable parts of a path; `.` and `..` are looked up.
fn parts(path: &Path) -> Vec<String> {
    let looked_up = match path.file_name() {
        Some(_) => None,
        None => fs::canonicalize(path).ok(),
    };
    let path = looked_up.as_deref().unwrap_or(path);
    let normal = path.components().filter_map(|part| match part {
        Component::Normal(part) => Some(printable(part.as_encoded_bytes())),
        _ => None,
    });
    let parts: Vec<String> = normal.collect();
    if parts.is_empty() {
        vec![printable(path.as_os_str().as_encoded_bytes())]
    } else {
        parts
    }
}

fn last(parts: &[String], count: usize) -> String {
    parts[parts.len().saturating_sub(count)..].join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(paths: &[&str]) -> Vec<String> {
        let paths = paths.iter().map(|path| match (*path, Target::parse(path)) {
            ("-", _) => Named::Stdin,
            (_, Some(target)) => Named::Live(Box::new(target.unwrap())),
            (path, None) => Named::Path(PathBuf::from(path)),
        });
        named(paths.collect())
            .into_iter()
            .map(|input| match input {
                Input::Stdin => "-".to_owned(),
                Input::Live(_, label) => label.unwrap_or_default(),
                Input::File(_, name) | Input::Folder(_, _, name) => name,
            })
            .collect()
    }

    #[test]
    fn as_short_as_they_differ() {
        assert_eq!(names(&["x/a.json", "-"]), ["a.json", "-"]);
        assert_eq!(
            names(&["prod/logs", "dev/logs", "x/other"]),
            ["prod/logs", "dev/logs", "other"]
        );
        assert_eq!(
            names(&["p/a/logs", "q/a/logs", "logs"]),
            ["p/a/logs", "q/a/logs", "logs"]
        );
        assert_eq!(
            names(&["a.json", "a.json"]),
            ["a.json", "a.json"],
            "the same file twice"
        );
        assert_eq!(names(&["/"]), ["/"]);
    }

    #[test]
    fn refused_by_name() {
        let resolve = |paths: &[&str]| {
            let paths: Vec<_> = paths.iter().map(|path| (*path).to_owned()).collect();
            resolve(&paths)
                .map(|inputs| inputs.len())
                .map_err(|error| error.to_string())
        };
        assert_eq!(
            resolve(&["-", "-"]).unwrap_err(),
            "read -: standard input can be named only once"
        );
        assert_eq!(
            resolve(&["no/such"]).unwrap_err(),
            "read no/such: no such file or folder"
        );
        assert_eq!(
            resolve(&["no/such/*.json"]).unwrap_err(),
            "read no/such/*.json: no file matches this pattern"
        );
        assert!(
            resolve(&["no/such/a***"])
                .unwrap_err()
                .starts_with("read no/such/a***: ")
        );
        assert_eq!(resolve(&[]), Ok(0));
    }

    #[test]
    fn patterns_and_literal_names() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.json", "a.json", "[x].json", "c.txt"] {
            fs::write(folder.path().join(name), b"{}").unwrap();
        }
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let names = |pattern: &str| -> Vec<String> {
            let inputs = resolve(&[path(pattern)]).unwrap();
            let name = |input| match input {
                Input::File(_, name) => name,
                other => panic!("{other:?}"),
            };
            inputs.into_iter().map(name).collect()
        };
        assert_eq!(names("*.json"), ["[x].json", "a.json", "b.json"]);
        assert_eq!(names("[x].json"), ["[x].json"]);
        assert_eq!(names("[bc].*"), ["b.json", "c.txt"]);
    }
}
