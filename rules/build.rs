//! Lays the built-in rules out so that a run touches what it needs and nothing else: all rules in
//! one piece, the events that prove them in another.
//!
//! The folder `rules` enters; a text for each kind of file leaves, in which a line with its length
//! and path stands before each file.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use flate2::Compression;
use flate2::write::GzEncoder;

/// Endings of file names, and what their files are called together.
const KINDS: [(&str, &str); 3] = [
    (".yml", "rules"),
    (".events.jsonl", "events"),
    (".intel.csv", "lists"),
];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=rules");
    let mut files = Vec::new();
    walk(Path::new("rules"), "", &mut files)?;
    files.sort();
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    for (ending, kind) in KINDS {
        let mut packed = String::new();
        for (name, path) in files.iter().filter(|(name, _)| name.ends_with(ending)) {
            let text = fs::read_to_string(path)?;
            packed.push_str(&format!("{} {name}\n{text}", text.len()));
        }
        match kind {
            // Read at every start, and small: what is not a page of the binary can be given back.
            "rules" => {
                let mut file = GzEncoder::new(Vec::new(), Compression::best());
                file.write_all(packed.as_bytes())?;
                fs::write(out.join("rules.gz"), file.finish()?)?;
            }
            _ => fs::write(out.join(kind), packed)?,
        }
    }
    Ok(())
}

/// Collects the files below a folder, each with the name it has in the binary.
fn walk(folder: &Path, name: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let own = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            walk(&path, &format!("{name}{own}/"), files)?;
        } else {
            files.push((format!("{name}{own}"), path.clone()));
        }
    }
    Ok(())
}
