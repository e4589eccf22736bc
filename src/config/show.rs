//! What holds and why: the text of `config show`.
//!
//! Layers enter, one line a setting leaves: a configuration file that would say the same, with
//! the origin of each value behind it.

use super::key::{KEYS, Kind};
use super::layer::{Layer, Layers, Origin, Raw};

/// Wider lines push the origins out of sight.
const COLUMN: usize = 44;

/// The lines, in the order of the settings.
pub fn lines(layers: &[Layer]) -> Vec<String> {
    let layers = Layers(layers);
    let mut out = Vec::new();
    for key in &KEYS {
        if key.kind == Kind::Values {
            let values = layers.values(key.name);
            if values.is_empty() {
                out.push(line(&format!("{}: {{}}", key.name), &Origin::Default));
                continue;
            }
            out.push(format!("{}:", key.name));
            for (name, found) in values {
                out.push(line(
                    &format!("  {}: {}", scalar(&name), list(&found.value)),
                    &found.origin,
                ));
            }
            continue;
        }
        let (value, origin) = match layers.get(key.name) {
            Some(found) => match (key.kind, &found.value) {
                // JSON is YAML as it stands.
                (Kind::Section, Raw::Text(text)) => (text.clone(), &found.origin),
                _ => (value(&found.value), &found.origin),
            },
            None => (standard(key.kind, key.default), &Origin::Default),
        };
        out.push(line(&format!("{}: {value}", key.name), origin));
    }
    out
}

fn line(setting: &str, origin: &Origin) -> String {
    format!("{setting:<COLUMN$}  # {}", origin.place())
}

fn standard(kind: Kind, default: &str) -> String {
    match (kind, default) {
        (Kind::List | Kind::Paths | Kind::Inputs, _) => "[]".to_owned(),
        (Kind::Section, _) => "{}".to_owned(),
        (_, "") => "null".to_owned(),
        (_, default) => default.to_owned(),
    }
}

fn value(raw: &Raw) -> String {
    match raw {
        Raw::Text(text) => scalar(text),
        Raw::Switch(on) => on.to_string(),
        Raw::List(values) => list(values),
        // Placeholders are shown one by one.
        Raw::Values(_) => String::new(),
    }
}

fn list(values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| scalar(value)).collect();
    format!("[{}]", values.join(", "))
}

/// A text as YAML reads it back: as it is where that is safe, else in quotes.
pub(super) fn scalar(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./@+%$".contains(c);
    let safe = text.chars().all(plain)
        && text.starts_with(|c: char| c.is_ascii_alphanumeric() || "./_$".contains(c))
        && !is_other(&text.to_ascii_lowercase());
    // Inside double quotes YAML knows the escapes of JSON.
    if safe {
        text.to_owned()
    } else {
        serde_json::Value::from(text).to_string()
    }
}

/// Whether YAML takes a plain word for something else than text.
fn is_other(lower: &str) -> bool {
    const WORDS: [&str; 8] = ["true", "false", "null", "yes", "no", "on", "off", "~"];
    WORDS.contains(&lower)
        || lower.parse::<f64>().is_ok()
        || ["0x", "0o", "0b"]
            .iter()
            .any(|start| lower.starts_with(start))
        || [".inf", ".nan"].iter().any(|end| lower.ends_with(end))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::file;
    use super::*;

    #[test]
    fn what_is_shown_is_a_configuration_that_says_the_same() {
        let text = "\
own-accounts: [012345678901, \"a b\"]
business-hours: 'Mon-Fri 08:00-19:00, Sat 9-12'
strict: true
source: 'null'
inputs: ['-', ./x, 2h, '1e3', '0x1f', '.inf', 2026-05-12]
window: 2h
var: {admins: [alice, 'bob: x'], 'n o': ['1']}
";
        let layer = file::parse("c.yaml", text, Path::new("")).expect("a good file");
        let shown = lines(std::slice::from_ref(&layer));
        let again = file::parse("d.yaml", &shown.join("\n"), Path::new("")).expect("a good file");
        for key in &KEYS {
            let value = |layer: &Layer| layer.get(key.name).map(|found| found.value.clone());
            match value(&layer) {
                None => assert!(
                    !shown
                        .iter()
                        .any(|line| line.starts_with(key.name) && !line.ends_with("# default"))
                ),
                before => assert_eq!(value(&again), before, "{}", key.name),
            }
        }
        assert!(
            shown
                .iter()
                .any(|line| line.starts_with("strict: true") && line.ends_with("# c.yaml:3"))
        );
        assert!(
            shown
                .iter()
                .any(|line| line.starts_with("min-severity: low") && line.ends_with("# default"))
        );
    }
}
