//! Lays the built-in rules out so that a run touches what it needs and nothing else: what a scan
//! asks of all rules in one piece, their files in another, the events that prove them in a third.
//!
//! The folder `rules` enters; a text for each kind of file leaves, in which a line with its length
//! and path stands before each file.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Deserialize;
use yaml_serde::{Deserializer, Mapping, Value};

/// Endings of file names, and what their files are called together.
const KINDS: [(&str, &str); 3] = [
    (".yml", "rules"),
    (".events.jsonl", "events"),
    (".intel.csv", "lists"),
];

/// Keys of a rule under which only people read, and those among the house's own.
const PROSE: [&str; 7] = [
    "author",
    "date",
    "description",
    "falsepositives",
    "fields",
    "references",
    "status",
];
const HOUSE_PROSE: [&str; 2] = ["reason", "triage"];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=rules");
    let mut files = Vec::new();
    walk(Path::new("rules"), "", &mut files)?;
    files.sort();
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    for (ending, kind) in KINDS {
        let (mut packed, mut brief) = (String::new(), String::new());
        for (name, path) in files.iter().filter(|(name, _)| name.ends_with(ending)) {
            let text = fs::read_to_string(path)?;
            pack(name, &text, &mut packed);
            if kind == "rules" {
                let broken = |error| io::Error::other(format!("{name}: {error}"));
                pack(name, &without_prose(&text).map_err(broken)?, &mut brief);
            }
        }
        match kind {
            // Read at every start, and small: what is not a page of the binary can be given back.
            "rules" => {
                fs::write(out.join("rules.gz"), gzip(&packed)?)?;
                fs::write(out.join("brief.gz"), gzip(&brief)?)?;
            }
            _ => fs::write(out.join(kind), packed)?,
        }
    }
    Ok(())
}

fn pack(name: &str, text: &str, packed: &mut String) {
    packed.push_str(&format!("{} {name}\n{text}", text.len()));
}

fn gzip(text: &str) -> io::Result<Vec<u8>> {
    let mut file = GzEncoder::new(Vec::new(), Compression::best());
    file.write_all(text.as_bytes())?;
    file.finish()
}

/// The documents of a rule file without what only people read, each a line of JSON: that is read
/// in a tenth of the time that YAML takes.
fn without_prose(text: &str) -> Result<String, String> {
    let mut lines = String::new();
    for document in Deserializer::from_str(text) {
        let mut rule = Mapping::deserialize(document).map_err(|error| error.to_string())?;
        PROSE.iter().for_each(|key| drop(rule.shift_remove(key)));
        if let Some(Value::Mapping(house)) = rule.get_mut("ctadel") {
            HOUSE_PROSE
                .iter()
                .for_each(|key| drop(house.shift_remove(key)));
        }
        lines += &serde_json::to_string(&rule).map_err(|error| error.to_string())?;
        lines.push('\n');
    }
    Ok(lines)
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
