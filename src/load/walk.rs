//! The files of a folder.
//!
//! Enters: a folder. Leaves: its files, sorted by the bytes of their path within it, read folder
//! by folder. It exists because a run must meet them in the same order everywhere and must not
//! hold a million names to begin with.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};

use super::chunk::Problem;
use super::name::printable;

/// What a step of a walk meets.
#[derive(Debug)]
pub(crate) enum Found {
    /// A file to open, and its name.
    File(PathBuf, String),
    /// Something that is not read.
    Problem(String, Problem),
}

/// A walk through one folder and all below it.
#[derive(Debug)]
pub(crate) struct Walk {
    levels: Vec<Level>,
    /// Folders whose whole content is read, by their real paths: the root and what links lead to.
    roots: BTreeSet<PathBuf>,
}

#[derive(Debug)]
struct Level {
    path: PathBuf,
    /// What stands before the names of its entries, with a slash at its end.
    prefix: String,
    entries: std::vec::IntoIter<Entry>,
}

#[derive(Debug)]
struct Entry {
    name: OsString,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    File,
    Folder,
    Link,
    Other,
}

impl Walk {
    /// Begins at a folder; `label` stands before the names of its files, where there are several
    /// inputs.
    pub fn new(path: &Path, label: Option<&str>) -> Result<Self, io::Error> {
        let prefix = label.map(|label| format!("{label}/")).unwrap_or_default();
        let root = fs::canonicalize(path)?;
        let level = Level {
            path: path.to_owned(),
            prefix,
            entries: entries(path)?,
        };
        Ok(Self {
            levels: vec![level],
            roots: BTreeSet::from([root]),
        })
    }

    /// The next file.
    pub fn next(&mut self) -> Option<Found> {
        loop {
            let level = self.levels.last_mut()?;
            let Some(entry) = level.entries.next() else {
                self.levels.pop();
                continue;
            };
            let path = level.path.join(&entry.name);
            let name = printable(entry.name.as_encoded_bytes());
            let name = format!("{}{name}", level.prefix);
            let kind = match entry.kind {
                Kind::Link => match self.follow(&path) {
                    Ok(kind) => kind,
                    Err(problem) => return Some(Found::Problem(name, problem)),
                },
                kind => kind,
            };
            match kind {
                Kind::File => return Some(Found::File(path, name)),
                Kind::Folder => match entries(&path) {
                    Ok(entries) => {
                        let prefix = format!("{name}/");
                        self.levels.push(Level {
                            path,
                            prefix,
                            entries,
                        });
                    }
                    Err(error) => return Some(Found::Problem(name, unreadable(&error))),
                },
                Kind::Link | Kind::Other => {
                    return Some(Found::Problem(name, Problem::ignored("not a regular file")));
                }
            }
        }
    }

    /// Decides about a symbolic link. What lies in a folder that is read anyway is read there,
    /// under its own name: this ends loops, and counts nothing twice.
    fn follow(&mut self, path: &Path) -> Result<Kind, Problem> {
        let target = fs::canonicalize(path).map_err(|error| unreadable(&error))?;
        if target.ancestors().any(|folder| self.roots.contains(folder)) {
            return Err(Problem::ignored("a symbolic link into the same input"));
        }
        let kind = kind(
            fs::metadata(&target)
                .map_err(|error| unreadable(&error))?
                .file_type(),
        );
        if kind == Kind::Folder {
            if self.roots.iter().any(|root| root.starts_with(&target)) {
                return Err(Problem::ignored(
                    "a symbolic link to a folder around this input",
                ));
            }
            self.roots.insert(target);
        }
        Ok(kind)
    }
}

/// The words for something that cannot be opened.
pub(crate) fn unreadable(error: &io::Error) -> Problem {
    Problem::skipped(match error.kind() {
        io::ErrorKind::NotFound => "no longer there".to_owned(),
        kind => format!("cannot be opened: {kind}"),
    })
}

/// Reads one folder. A folder sorts as if its name ended in a slash: so the files of a whole
/// tree come out sorted by their paths.
fn entries(path: &Path) -> io::Result<std::vec::IntoIter<Entry>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        entries.push(Entry {
            // What vanishes meanwhile is noticed when it is opened.
            kind: entry.file_type().map_or(Kind::File, kind),
            name: entry.file_name(),
        });
    }
    let key = |entry: &Entry| {
        let slash = (entry.kind == Kind::Folder).then_some(b'/');
        entry
            .name
            .as_encoded_bytes()
            .iter()
            .copied()
            .chain(slash)
            .collect::<Vec<u8>>()
    };
    entries.sort_by_cached_key(key);
    Ok(entries.into_iter())
}

fn kind(kind: FileType) -> Kind {
    if kind.is_symlink() {
        Kind::Link
    } else if kind.is_dir() {
        Kind::Folder
    } else if kind.is_file() {
        Kind::File
    } else {
        Kind::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(path: &Path, label: Option<&str>) -> Vec<String> {
        let mut walk = Walk::new(path, label).unwrap();
        std::iter::from_fn(|| walk.next())
            .map(|found| match found {
                Found::File(_, name) => name,
                Found::Problem(name, problem) => format!("{name}: {}", problem.reason),
            })
            .collect()
    }

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, b"").unwrap();
        }
        folder
    }

    #[test]
    fn sorted_by_whole_path() {
        let files = ["a/b", "a.json", "a-b/x", "b", ".hidden", "a/b.d/c", "Z"];
        let folder = tree(&files);
        let mut sorted: Vec<_> = files.map(str::to_owned).into();
        sorted.sort();
        assert_eq!(names(folder.path(), None), sorted);
        let labelled: Vec<_> = sorted.iter().map(|name| format!("in/{name}")).collect();
        assert_eq!(names(folder.path(), Some("in")), labelled);
    }

    #[cfg(unix)]
    #[test]
    fn links() {
        use std::os::unix::fs::symlink;
        let outside = tree(&["pods/1.log", "pods/loop/x"]);
        let folder = tree(&["real/a"]);
        let link = |target: &Path, name: &str| symlink(target, folder.path().join(name)).unwrap();
        link(&folder.path().join("real"), "inside");
        link(folder.path(), "itself");
        link(folder.path().parent().unwrap(), "around");
        link(&outside.path().join("pods"), "pods");
        link(&outside.path().join("pods"), "pods-again");
        link(&outside.path().join("gone"), "gone");
        symlink(folder.path(), outside.path().join("pods/loop/back")).unwrap();
        let same = "a symbolic link into the same input";
        assert_eq!(
            names(folder.path(), None),
            [
                "around: a symbolic link to a folder around this input".to_owned(),
                "gone: no longer there".to_owned(),
                format!("inside: {same}"),
                format!("itself: {same}"),
                "pods/1.log".to_owned(),
                format!("pods/loop/back: {same}"),
                "pods/loop/x".to_owned(),
                format!("pods-again: {same}"),
                "real/a".to_owned(),
            ]
        );
    }
}
