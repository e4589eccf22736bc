//! Which files make up the rule set.
//!
//! The options enter, files in a fixed order leave: built-in rules by path, then each folder of
//! the user in the order given, its files by path. Only names are read here, no rule.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::builtin;
use super::error::RuleError;
use crate::model::rule::Origin;

/// Deeper folders than this are a loop that no canonical path showed.
const DEEPEST: usize = 64;
/// A rule file of this size is something else by mistake.
const LARGEST: u64 = 16 << 20;

/// A file that may hold rules.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// As messages name it.
    pub name: String,
    pub origin: Origin,
    pub body: Body,
}

/// Where its text is.
#[derive(Clone, Debug)]
pub(super) enum Body {
    Inside(builtin::Text),
    /// Inside too, without what only people read.
    Brief(builtin::Text),
    Here(String),
    At(PathBuf),
}

impl Source {
    /// Reads the text.
    pub fn text(&self) -> Result<Cow<'_, str>, RuleError> {
        let path = match &self.body {
            Body::Inside(text) | Body::Brief(text) => return Ok(Cow::Borrowed(text)),
            Body::Here(text) => return Ok(Cow::Borrowed(text)),
            Body::At(path) => path,
        };
        let failed = |error: std::io::Error| RuleError::of_file(&self.name, error.to_string());
        let file = fs::File::open(path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len().min(LARGEST);
        let mut bytes = Vec::with_capacity(length as usize + 1);
        let read = file.take(LARGEST + 1).read_to_end(&mut bytes);
        if read.map_err(failed)? as u64 > LARGEST {
            return Err(RuleError::of_file(
                &self.name,
                "larger than 16 MiB: this is no rule file",
            ));
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Cow::Owned(text)),
            Err(_) => Err(RuleError::of_file(&self.name, "the file is not UTF-8 text")),
        }
    }

    /// Reads the text as it was written, for who looks for a line in it.
    pub fn written(&self) -> Result<Cow<'_, str>, RuleError> {
        let Body::Brief(_) = self.body else {
            return self.text();
        };
        let mut files = builtin::rules().into_iter();
        let own = files.find(|(name, _)| *name == self.name);
        Ok(Cow::Owned(own.map_or_else(String::new, |(_, text)| {
            String::from(&*text)
        })))
    }
}

/// The built-in files: rules too, or only the filters that any rule may name; with what only
/// people read, or without.
pub(super) fn builtin(rules: bool, prose: bool) -> Vec<Source> {
    let files = match prose {
        true => builtin::rules(),
        false => builtin::brief(),
    };
    let files = files.into_iter();
    let wanted = files.filter(|(name, _)| rules || name.starts_with(builtin::FILTERS));
    wanted
        .map(|(name, text)| Source {
            name,
            origin: Origin::Builtin,
            body: match prose {
                true => Body::Inside(text),
                false => Body::Brief(text),
            },
        })
        .collect()
}

/// The rule files under several paths, each file once; a path that is not there is a mistake.
pub(super) fn under_all(paths: &[PathBuf]) -> (Vec<Source>, Vec<RuleError>) {
    let (mut sources, mut errors) = (Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    for path in paths {
        match under(path) {
            Ok(found) => {
                sources.extend(
                    found
                        .into_iter()
                        .filter(|source| seen.insert(source.name.clone())),
                );
            }
            Err(error) => errors.push(error),
        }
    }
    (sources, errors)
}

/// The rule files under a path: itself, or everything `.yml` and `.yaml` below it.
fn under(path: &Path) -> Result<Vec<Source>, RuleError> {
    let shown = path.display().to_string();
    let failed = |error: std::io::Error| {
        let reason = match error.kind() {
            std::io::ErrorKind::NotFound => "no such rule file or folder".to_owned(),
            _ => error.to_string(),
        };
        RuleError::of_file(&shown, reason)
    };
    let meta = fs::metadata(path).map_err(failed)?;
    let mut files = Vec::new();
    if meta.is_dir() {
        let mut seen = BTreeSet::new();
        walk(path, 0, &mut seen, &mut files).map_err(failed)?;
        // Folder by folder, not by the bytes of whole paths.
        files.sort();
    } else {
        files.push(path.to_owned());
    }
    let source = |file: PathBuf| Source {
        name: file.display().to_string(),
        origin: Origin::File,
        body: Body::At(file),
    };
    Ok(files.into_iter().map(source).collect())
}

/// Hidden names are passed over: a checked-out rule repository keeps other YAML there.
fn walk(
    folder: &Path,
    depth: usize,
    seen: &mut BTreeSet<PathBuf>,
    files: &mut Vec<PathBuf>,
) -> std::io::Result<()> {
    if depth > DEEPEST || !seen.insert(fs::canonicalize(folder)?) {
        return Ok(());
    }
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        entries.push(entry?);
    }
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = entry.path();
        let mut kind = entry.file_type()?;
        if kind.is_symlink() {
            // A link that leads nowhere is no rule.
            let Ok(meta) = fs::metadata(&path) else {
                continue;
            };
            kind = meta.file_type();
        }
        if kind.is_dir() {
            walk(&path, depth + 1, seen, files)?;
        } else if path
            .extension()
            .is_some_and(|ending| ending == "yml" || ending == "yaml")
        {
            files.push(path);
        }
    }
    Ok(())
}
