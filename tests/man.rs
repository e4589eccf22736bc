//! The manual pages: those of commands are what the definitions say, the others leave nothing out.
//!
//! `UPDATE_MAN=1 cargo test --test man` writes the generated ones anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ctadel::config::KEYS;
use ctadel::enrich::derive::Derived;
use ctadel::model::response::RESPONSES;
use ctadel::normalize::SOURCES;
use ctadel::render::schema::SchemaName;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("man")
}

/// The page as a reader sees it: without fonts and with plain minus signs.
fn page(name: &str) -> String {
    let path = folder().join(name);
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.replace("\\-", "-").replace("\\fR", "")
}

/// Whether a page has a word, standing by itself.
fn has(page: &str, word: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    page.match_indices(word).any(|(at, _)| {
        let before = page[..at]
            .chars()
            .next_back()
            .is_none_or(|c| !part(c) && c != '.');
        let after = page[at + word.len()..]
            .chars()
            .next()
            .is_none_or(|c| !part(c));
        before && after
    })
}

fn missing<'a>(page_name: &str, words: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let page = page(page_name);
    words.into_iter().filter(|word| !has(&page, word)).collect()
}

/// Every command with its page, `ctadel-incidents-show.1` and all.
fn generated() -> Vec<(String, String)> {
    let mut root = ctadel::cli::command();
    root.build();
    let mut open = vec![root];
    let mut pages = Vec::new();
    while let Some(command) = open.pop() {
        open.extend(
            command
                .get_subcommands()
                .filter(|sub| !sub.is_hide_set())
                .cloned(),
        );
        let name = command
            .get_display_name()
            .unwrap_or(command.get_name())
            .to_owned();
        let man = clap_mangen::Man::new(command).title(name.clone());
        let mut text = Vec::new();
        man.render(&mut text).expect("a vector takes all");
        pages.push((
            format!("{name}.1"),
            polished(&String::from_utf8(text).expect("text")),
        ));
    }
    pages.sort();
    pages
}

/// Examples keep their lines, and no line ends in blanks that nobody sees.
fn polished(page: &str) -> String {
    let mut out = String::new();
    let mut example = false;
    for line in page.lines().map(str::trim_end) {
        let starts = line.starts_with("    ");
        if starts != example {
            out.push_str(if starts { ".nf\n" } else { ".fi\n" });
            example = starts;
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

#[test]
fn pages_of_commands_are_what_the_definitions_say() {
    let update = std::env::var_os("UPDATE_MAN").is_some();
    let pages = generated();
    for (name, text) in &pages {
        let path = folder().join(name);
        if update {
            fs::write(&path, text).expect("the folder can be written");
        }
        let before = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            before == *text,
            "{name} is not up to date: UPDATE_MAN=1 cargo test --test man"
        );
    }
    let expected: BTreeSet<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
    for entry in fs::read_dir(folder()).expect("the folder is there") {
        let name = entry
            .expect("readable")
            .file_name()
            .into_string()
            .expect("a plain name");
        assert!(
            !name.ends_with(".1") || expected.contains(name.as_str()),
            "{name} is of no command"
        );
    }
}

#[test]
fn every_setting_stands_in_the_page_of_the_configuration() {
    assert_eq!(
        missing("ctadel-config.5", KEYS.iter().map(|key| key.name)),
        [""; 0]
    );
}

#[test]
fn every_key_modifier_and_derived_field_stands_in_the_page_of_rules() {
    let derived = Derived::ALL.iter().map(|(_, name)| *name);
    let own = SOURCES.iter().flat_map(|source| source.derived);
    let all = derived.chain(own.map(|own| own.name));
    assert_eq!(missing("ctadel-rules.5", all), [""; 0]);
    for (file, list) in [
        ("src/detect/load/meta.rs", "HOUSE_KEYS"),
        ("src/detect/load/meta.rs", "STATUSES"),
        ("src/detect/load/correlation.rs", "KEYS"),
        ("src/detect/load/correlation.rs", "TYPES"),
        ("src/detect/load/modifiers.rs", "KNOWN"),
    ] {
        let words = words_of(file, list);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        assert!(words.len() > 3, "{file}: {list}");
        assert_eq!(missing("ctadel-rules.5", words), [""; 0], "{file}: {list}");
    }
}

/// The texts of a constant list of a source file.
fn words_of(file: &str, list: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let text = fs::read_to_string(path).expect("a source file");
    let start = text
        .find(&format!("const {list}:"))
        .expect("the list is there");
    let body = text[start..].split_once('=').expect("it has a value").1;
    let body = body.split_once(';').expect("it has an end").0;
    body.split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_field_of_machine_output_stands_in_its_page() {
    let mut names = BTreeSet::new();
    for name in SchemaName::ALL {
        properties(name.schema().as_value(), &mut names);
    }
    assert!(names.len() > 60);
    assert_eq!(
        missing("ctadel-output.7", names.iter().map(String::as_str)),
        [""; 0]
    );
    let codes = ["0", "1", "2", "3", "4", "5", "6", "101", "130"];
    assert_eq!(missing("ctadel-output.7", codes), [""; 0]);
}

fn properties(value: &serde_json::Value, out: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Object(map) => {
            if let Some(serde_json::Value::Object(inner)) = map.get("properties") {
                out.extend(inner.keys().cloned());
            }
            map.values().for_each(|value| properties(value, out));
        }
        serde_json::Value::Array(list) => list.iter().for_each(|value| properties(value, out)),
        _ => {}
    }
}

#[test]
fn every_response_stands_in_its_page_with_what_can_be_undone() {
    let page = page("ctadel-respond.7");
    let section = page.split_once(".SH ACTIONS\n").expect("a section").1;
    let table = section.split_once(".TE").expect("a table").0;
    let rows = table.lines().skip_while(|line| *line != "l l l l.").skip(1);
    let told: BTreeSet<Vec<&str>> = rows.map(|row| row.split('\t').take(3).collect()).collect();
    let listed: BTreeSet<Vec<&str>> = RESPONSES
        .iter()
        .map(|one| vec![one.provider, one.name, one.undo.word()])
        .collect();
    assert_eq!(told, listed);
}

#[test]
fn every_log_source_has_its_section() {
    let page = page("ctadel-sources.7").to_ascii_lowercase();
    for source in SOURCES {
        assert!(
            page.contains(&format!(".sh {}\n", source.name)),
            "{}",
            source.name
        );
        assert!(page.contains(&format!(
            "product {}, service {}",
            source.product, source.service
        )));
    }
}
