//! The rules inside the binary.
//!
//! Nothing enters, paths and texts leave, sorted by path. The events beside the rules are inside
//! too: they are what `ctadel rules test` runs where there is no source tree. They are five times
//! the size of the rules and lie apart from them, as `rules/build.rs` puts them.

static RULES: &str = include_str!(concat!(env!("OUT_DIR"), "/rules"));
static EVENTS: &str = include_str!(concat!(env!("OUT_DIR"), "/events"));
static LISTS: &str = include_str!(concat!(env!("OUT_DIR"), "/lists"));

/// What stands before the path of a built-in file, so that it is never taken for a user's.
pub(super) const PREFIX: &str = "builtin:";
/// Where the filters lie that built-in and other rules name.
pub(super) const FILTERS: &str = "builtin:filters/";

/// All built-in rule files, `builtin:aws/….yml`, and their text.
pub fn rules() -> Vec<(String, &'static str)> {
    files(RULES)
}

/// All event files of the built-in rules.
pub fn events() -> Vec<(String, &'static str)> {
    files(EVENTS)
}

/// All address lists of the built-in rules, which their tests need.
pub fn lists() -> Vec<(String, &'static str)> {
    files(LISTS)
}

/// Takes the files apart again: before each stands a line with its length and its path.
fn files(mut packed: &'static str) -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    while let Some((head, rest)) = packed.split_once('\n') {
        let Some((length, path)) = head.split_once(' ') else {
            break;
        };
        let Some((text, more)) = rest.split_at_checked(length.parse().unwrap_or_default()) else {
            break;
        };
        found.push((format!("{PREFIX}{path}"), text));
        packed = more;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_comes_out_as_it_went_in() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        for (name, text) in [rules(), events(), lists()].into_iter().flatten() {
            let path = folder.join(name.strip_prefix(PREFIX).unwrap_or(&name));
            assert_eq!(std::fs::read_to_string(path).ok().as_deref(), Some(text));
        }
        let sorted = |files: Vec<(String, &str)>| files.is_sorted() && !files.is_empty();
        assert!(sorted(rules()) && sorted(events()) && sorted(lists()));
    }
}
