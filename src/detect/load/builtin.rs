//! The rules inside the binary.
//!
//! Nothing enters, paths and texts leave, sorted by path. The events beside the rules are inside
//! too: they are what `ctadel rules test` runs where there is no source tree.

use include_dir::{Dir, include_dir};

static FOLDER: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/rules");

/// What stands before the path of a built-in file, so that it is never taken for a user's.
pub(super) const PREFIX: &str = "builtin:";
/// Where the filters lie that built-in and other rules name.
pub(super) const FILTERS: &str = "builtin:filters/";

/// All built-in rule files, `builtin:aws/….yml`, and their text.
pub fn rules() -> Vec<(String, &'static str)> {
    files(".yml")
}

/// All event files of the built-in rules.
pub fn events() -> Vec<(String, &'static str)> {
    files(".events.jsonl")
}

/// All address lists of the built-in rules, which their tests need.
pub fn lists() -> Vec<(String, &'static str)> {
    files(".intel.csv")
}

fn files(ending: &str) -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    let mut folders = vec![&FOLDER];
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        for file in folder.files() {
            let path = file.path().to_string_lossy().replace('\\', "/");
            if path.ends_with(ending)
                && let Some(text) = file.contents_utf8()
            {
                found.push((format!("{PREFIX}{path}"), text));
            }
        }
    }
    found.sort();
    found
}
