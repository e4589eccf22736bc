//! Logs kept as the provider keeps them.
//!
//! Enters: one target and a folder. Leaves: its files there, under the names that evidence would
//! give them, and beside the folder a manifest with the hash of each. It exists so that a pull can
//! be read again, checked, handed on, and taken up where it was interrupted.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::feed::Got;
use super::start::{BUDGET, Context, Tally, start};
use super::target::Target;
use crate::load::options::Span;
use crate::load::progress::Progress;
use crate::net::Error;

/// What a file is called until it is whole.
const PARTIAL: &str = ".ctadel-part";
/// Longest name of a file.
const LONGEST: usize = 255 - PARTIAL.len();

/// What came of a pull.
#[derive(Clone, Debug, Default)]
pub struct Pulled {
    /// Files that were written.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files that were there already.
    pub known: u64,
    /// What could not be had: name and reason.
    pub failed: Vec<(String, String)>,
    /// The manifest.
    pub manifest: PathBuf,
}

/// Why nothing could be written.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// The disk.
    #[error("write {path}: {error}")]
    Write {
        /// What was written.
        path: String,
        /// Why not.
        error: io::Error,
    },
    /// The network threads.
    #[error("{0}")]
    Start(String),
}

/// A line of the manifest.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    File {
        file: String,
        bytes: u64,
        sha256: String,
        source: String,
    },
    /// A stretch of time all of whose pages are there.
    Part { part: String, until: i64 },
}

/// Pulls one target into a folder. What is there is taken for what was written, or, where
/// somebody else may have had the folder, compared with its hash.
pub fn pull(
    target: &Target,
    folder: &Path,
    span: &Span,
    progress: &Arc<Progress>,
    compare: bool,
) -> Result<Pulled, PullError> {
    let failed = |path: &Path, error| PullError::Write {
        path: path.display().to_string(),
        error,
    };
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    let manifest = manifest(folder);
    let (known, parts) =
        read(&manifest, folder, compare).map_err(|error| failed(&manifest, error))?;
    let (known, parts) = (Arc::new(known), Arc::new(parts));
    let tally = Tally::new(&target.text, span);
    progress.add_tally(&tally);
    let counter = Arc::new(std::sync::atomic::AtomicU64::new(0));
    let skipped = Arc::clone(&counter);
    let context = Context {
        skip: Some(Arc::new(move |name, mark| {
            let skip = match name.ends_with('/') {
                true => parts.contains(&(name.to_owned(), mark)),
                false => known.get(name) == Some(&mark),
            };
            if skip {
                skipped.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
            skip
        })),
        ..Context::new(&tally, span, progress, BUDGET)
    };
    let mut feed = start(target, context).map_err(PullError::Start)?;
    let lines = File::options().append(true).create(true).open(&manifest);
    let mut lines = lines.map_err(|error| failed(&manifest, error))?;
    let mut pulled = Pulled {
        manifest: manifest.clone(),
        ..Pulled::default()
    };
    while let Some(fetched) = feed.next() {
        let name = fetched.name;
        let mut reader: Box<dyn Read> = match fetched.got {
            Got::Whole(bytes) => Box::new(io::Cursor::new(bytes)),
            Got::Stream(stream) => Box::new(stream),
            Got::Failed(Error::Interrupted) | Got::Ignored(_) => continue,
            Got::Failed(error) => {
                pulled.failed.push((name, error.to_string()));
                continue;
            }
            Got::Part(until) => {
                let line = Line::Part { part: name, until };
                append(&mut lines, &line).map_err(|error| failed(&manifest, error))?;
                continue;
            }
        };
        let Some(path) = place(folder, &name) else {
            let reason = "no file can have this name".to_owned();
            pulled.failed.push((name, reason));
            continue;
        };
        match write(&path, &mut *reader, progress) {
            Ok((bytes, sha256)) => {
                pulled.files += 1;
                pulled.bytes += bytes;
                progress.add_file();
                let line = Line::File {
                    file: name,
                    bytes,
                    sha256,
                    source: target.text.clone(),
                };
                append(&mut lines, &line).map_err(|error| failed(&manifest, error))?;
            }
            Err(Wrote::Read(reason)) => pulled.failed.push((name, reason)),
            Err(Wrote::Write(error)) => return Err(failed(&path, error)),
        }
        drop(fetched.held);
    }
    lines.sync_all().map_err(|error| failed(&manifest, error))?;
    pulled.known = counter.load(std::sync::atomic::Ordering::Relaxed);
    Ok(pulled)
}

/// Beside the folder: inside it would be taken for a log.
fn manifest(folder: &Path) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(".manifest.jsonl");
    folder.with_file_name(name)
}

type Known = (BTreeMap<String, u64>, BTreeSet<(String, u64)>);

/// What is there: files of the size, and where that is to be compared the hash, that the manifest
/// says, and stretches that were finished. A line that was cut off is one that was not written.
fn read(manifest: &Path, folder: &Path, compare: bool) -> io::Result<Known> {
    let mut files: BTreeMap<String, (u64, String)> = BTreeMap::new();
    let (mut named, mut parts) = (BTreeSet::new(), BTreeSet::new());
    let file = match File::open(manifest) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Known::default()),
        Err(error) => return Err(error),
    };
    for line in BufReader::new(file).lines() {
        match serde_json::from_str(&line?) {
            // A file that was fetched again has a line for each time: the last one counts.
            Ok(Line::File {
                file,
                bytes,
                sha256,
                ..
            }) => {
                named.insert(file.clone());
                let path = place(folder, &file);
                let size = path.as_ref().and_then(|path| fs::metadata(path).ok());
                match size.is_some_and(|meta| meta.len() == bytes) {
                    true => files.insert(file, (bytes, sha256)),
                    false => files.remove(&file),
                };
            }
            Ok(Line::Part { part, until }) => {
                parts.insert((part, until.unsigned_abs()));
            }
            Err(_) => {}
        }
    }
    let whole = |file: &str, sum: &str| {
        let path = place(folder, file).and_then(|path| File::open(path).ok());
        path.and_then(|mut file| sha256(&mut file, |_| Ok(())).ok())
            .is_some_and(|(_, found)| found == sum)
    };
    files.retain(|file, (_, sum)| !compare || whole(file, sum));
    // A stretch is there where all of its files are.
    named.retain(|file| !files.contains_key(file));
    parts.retain(|(part, _)| !named.iter().any(|file| file.starts_with(&**part)));
    let files = files.into_iter().map(|(file, (bytes, _))| (file, bytes));
    Ok((files.collect(), parts))
}

/// The length and the hash of what is read, each piece of which somebody takes.
fn sha256(
    reader: &mut dyn Read,
    mut each: impl FnMut(&[u8]) -> Result<(), Wrote>,
) -> Result<(u64, String), Wrote> {
    let (mut hash, mut count) = (Sha256::new(), 0u64);
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = reader.read(&mut buffer);
        let read = read.map_err(|error| Wrote::Read(error.to_string()))?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
        each(&buffer[..read])?;
        count += read as u64;
    }
    let sum = hash.finalize();
    let sum = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((count, sum))
}

fn append(file: &mut File, line: &Line) -> io::Result<()> {
    let mut text = serde_json::to_string(line).map_err(io::Error::other)?;
    text.push('\n');
    file.write_all(text.as_bytes())
}

/// The path for a name, which a stranger chose: it stays inside the folder.
fn place(folder: &Path, name: &str) -> Option<PathBuf> {
    let mut path = folder.to_owned();
    for part in name.split('/') {
        let good = !matches!(part, "" | "." | "..")
            && part.len() <= LONGEST
            && !part.contains(['\\', '\0'])
            && !part.ends_with(PARTIAL);
        if !good {
            return None;
        }
        path.push(part);
    }
    Some(path)
}

enum Wrote {
    Read(String),
    Write(io::Error),
}

/// Writes a file under another name, and gives it its own when it is whole.
fn write(path: &Path, reader: &mut dyn Read, progress: &Progress) -> Result<(u64, String), Wrote> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(PARTIAL);
    let partial = PathBuf::from(partial);
    // An object may have the name of another one's folder: that is the object's trouble alone.
    let clash = |error: io::Error| match error.kind() {
        io::ErrorKind::NotADirectory
        | io::ErrorKind::AlreadyExists
        | io::ErrorKind::IsADirectory => {
            Wrote::Read(format!("its name is a folder's too: {error}"))
        }
        _ => Wrote::Write(error),
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(clash)?;
    }
    let file = File::create(&partial).map_err(clash)?;
    let mut out = BufWriter::new(file);
    let written = sha256(reader, |piece| {
        progress.add_read(piece.len() as u64);
        out.write_all(piece).map_err(Wrote::Write)
    });
    if let Err(Wrote::Read(_)) = written {
        let _ = fs::remove_file(&partial);
    }
    let written = written?;
    out.flush().map_err(Wrote::Write)?;
    drop(out);
    fs::rename(&partial, path).map_err(clash)?;
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_inside() {
        let folder = Path::new("/x");
        assert_eq!(
            place(folder, "a/b:c.json"),
            Some(PathBuf::from("/x/a/b:c.json"))
        );
        let long = "y".repeat(300);
        for name in [
            "../a",
            "a/../b",
            "/a",
            "a//b",
            "",
            ".",
            "a\\b",
            "a.ctadel-part",
            &long,
        ] {
            assert_eq!(place(folder, name), None, "{name}");
        }
        assert_eq!(
            manifest(Path::new("out/logs")),
            PathBuf::from("out/logs.manifest.jsonl")
        );
    }

    #[test]
    fn a_cut_manifest_is_read_as_far_as_it_goes() {
        let folder = tempfile::tempdir().unwrap();
        let logs = folder.path().join("logs");
        fs::create_dir(&logs).unwrap();
        fs::write(logs.join("a"), "12").unwrap();
        fs::write(logs.join("b"), "1").unwrap();
        let line = |file: &str| {
            format!("{{\"file\":\"{file}\",\"bytes\":2,\"sha256\":\"\",\"source\":\"\"}}\n")
        };
        let text = [
            line("a"),
            line("b"),
            line("c"),
            "{\"part\":\"x/\",\"until\":9}\n{\"file\":\"a".to_owned(),
        ]
        .concat();
        let path = manifest(&logs);
        fs::write(&path, text).unwrap();
        let (files, parts) = read(&path, &logs, false).unwrap();
        assert_eq!(files.keys().collect::<Vec<_>>(), ["a"]);
        assert!(parts.contains(&("x/".to_owned(), 9)));
        // Its hash is another's.
        assert!(read(&path, &logs, true).unwrap().0.is_empty());
    }
}
