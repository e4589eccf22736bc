//! What the benches measure on: the sample's records, as many copies as wanted.
//!
//! A folder enters; its unpacked text, or chunks whose records all have an id of their own, leave.

use std::io::Read;
use std::path::{Path, PathBuf};

/// The sample that lies beside the sources.
pub fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/sample")
}

/// Every file below a folder whose name ends so, in order.
pub fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else {
        return out;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            out.extend(files(&path, ending));
        } else if path.extension().is_some_and(|end| end == ending) {
            out.push(path);
        }
    }
    out.sort();
    out
}

/// The text of every file of the sample that holds records.
pub fn texts() -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    for path in files(&sample(), "gz") {
        let Ok(file) = std::fs::File::open(path) else {
            continue;
        };
        let mut text = Vec::new();
        let read = flate2::read::MultiGzDecoder::new(file).read_to_end(&mut text);
        if read.is_ok() && text.starts_with(b"{\"Records\"") {
            out.push(text);
        }
    }
    out
}

/// The text with other event ids: a copy of a record counts once, and costs less.
pub fn renamed(text: &[u8], copy: usize) -> Vec<u8> {
    const KEY: &[u8] = b"\"eventID\":\"";
    let mut out = text.to_vec();
    let number = format!("{copy:08x}");
    for at in memchr::memmem::find_iter(text, KEY) {
        let start = at + KEY.len();
        if let Some(head) = out.get_mut(start..start + number.len()) {
            head.copy_from_slice(number.as_bytes());
        }
    }
    out
}
