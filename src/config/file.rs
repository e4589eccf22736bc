//! A configuration file: YAML, every key a setting.
//!
//! Text enters, a layer leaves, or the line that is wrong. Unknown keys are mistakes: a setting
//! that is silently ignored is worse than none.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use yaml_serde::Value;

use super::error::ConfigError;
use super::key::{KEYS, Key, Kind};
use super::layer::{Layer, Origin, Raw};
use super::nearest;

/// A configuration of this size is something else by mistake.
const LARGEST: u64 = 1 << 20;

/// Reads a file.
pub(super) fn read(path: &Path) -> Result<Layer, ConfigError> {
    let file = path.display().to_string();
    let failed = |reason: String| ConfigError::Read {
        file: file.clone(),
        reason,
    };
    let size = fs::metadata(path)
        .map_err(|error| failed(error.to_string()))?
        .len();
    if size > LARGEST {
        return Err(failed(
            "larger than 1 MiB: this is no configuration".to_owned(),
        ));
    }
    let text = fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    parse(&file, &text, path.parent().unwrap_or(Path::new("")))
}

/// Reads the text of a file that stands in `folder`.
pub(super) fn parse(file: &str, text: &str, folder: &Path) -> Result<Layer, ConfigError> {
    let wrong = |line, reason| ConfigError::File {
        file: file.to_owned(),
        line,
        reason,
    };
    let value: Value = yaml_serde::from_str(text).map_err(|error| {
        let line = error.location().map_or(1, |location| location.line());
        wrong(line, error.to_string())
    })?;
    let pairs = match value {
        Value::Null => return Ok(Layer::default()),
        Value::Mapping(pairs) => pairs,
        _ => {
            return Err(wrong(
                1,
                "a configuration is a list of `name: value` lines".to_owned(),
            ));
        }
    };
    let mut layer = Layer::default();
    for (name, value) in pairs {
        let Value::String(name) = name else {
            return Err(wrong(1, "the name of a setting is text".to_owned()));
        };
        let line = line_of(text, &name);
        let Some(key) = Key::by_name(&name) else {
            let near = nearest(&name, KEYS.iter().map(|key| key.name));
            let near = near.map(|near| format!(", did you mean {near}?"));
            return Err(wrong(
                line,
                format!("unknown key {name:?}{}", near.unwrap_or_default()),
            ));
        };
        // `rules:` with nothing behind it says nothing.
        if value == Value::Null {
            continue;
        }
        let raw =
            raw(key.kind, value).map_err(|reason| wrong(line, format!("{name}: {reason}")))?;
        let origin = Origin::File {
            file: file.to_owned(),
            line,
            key: key.name,
        };
        layer.put(key, placed(key.kind, raw, folder), origin);
    }
    Ok(layer)
}

fn raw(kind: Kind, value: Value) -> Result<Raw, String> {
    match kind {
        Kind::Text | Kind::Path => text(value).map(Raw::Text),
        Kind::Section => match value {
            // As JSON: keys that are no text have no place in it.
            Value::Mapping(_) => serde_json::to_string(&value)
                .map(Raw::Text)
                .map_err(|error| error.to_string()),
            _ => Err("write names with their values".to_owned()),
        },
        Kind::Switch => match value {
            Value::Bool(on) => Ok(Raw::Switch(on)),
            _ => Err("write true or false".to_owned()),
        },
        Kind::List | Kind::Paths | Kind::Inputs => list(value).map(Raw::List),
        Kind::Values => {
            let Value::Mapping(pairs) = value else {
                return Err(
                    "write names with their values, such as {admins: [alice, bob]}".to_owned(),
                );
            };
            let pair = |(name, value)| Ok((text(name)?, list(value)?));
            let pairs: Result<BTreeMap<_, _>, String> = pairs.into_iter().map(pair).collect();
            pairs.map(Raw::Values)
        }
    }
}

fn text(value: Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(_) => {
            Err("put true and false in quotes where they are meant as words".to_owned())
        }
        _ => Err("write one value, not several".to_owned()),
    }
}

/// One value is a list of one.
fn list(value: Value) -> Result<Vec<String>, String> {
    match value {
        Value::Sequence(values) => values.into_iter().map(text).collect(),
        value => text(value).map(|text| vec![text]),
    }
}

/// Paths count from the file's own folder: a configuration works wherever it is read from.
fn placed(kind: Kind, raw: Raw, folder: &Path) -> Raw {
    let join = |text: String| {
        let joined: PathBuf = folder.join(&text);
        joined.into_os_string().into_string().unwrap_or(text)
    };
    let is_path = |text: &str| text != "-" && !text.contains("://");
    match (kind, raw) {
        (Kind::Path, Raw::Text(text)) => Raw::Text(join(text)),
        (Kind::Paths, Raw::List(list)) => Raw::List(list.into_iter().map(join).collect()),
        (Kind::Inputs, Raw::List(list)) => {
            let place = |text: String| if is_path(&text) { join(text) } else { text };
            Raw::List(list.into_iter().map(place).collect())
        }
        (_, raw) => raw,
    }
}

/// The line a top-level key stands in; the first where it stands in braces.
fn line_of(text: &str, key: &str) -> usize {
    let quoted = [key.to_owned(), format!("\"{key}\""), format!("'{key}'")];
    let begins = |line: &str| {
        let found = quoted
            .iter()
            .find_map(|key| line.strip_prefix(key.as_str()));
        found.is_some_and(|rest| rest.trim_start().starts_with(':'))
    };
    text.lines().position(begins).map_or(1, |line| line + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Layer, String> {
        parse("c.yaml", text, Path::new("/etc/ctadel")).map_err(|error| error.to_string())
    }

    #[test]
    fn values_of_every_kind() {
        let text = "\
inputs: [logs, /var/log/x, '-', 's3://bucket/prefix']
min-severity: high
threads: 4
strict: true
own-accounts:
  - 012345678901
  - 111122223333
suppress: quiet.yaml
var: {admins: [alice, bob], one: x}
rules:
";
        let layer = read(text).expect("a good file");
        let list = |name: &str| match layer.get(name).map(|found| &found.value) {
            Some(Raw::List(list)) => list.join(" "),
            other => format!("{other:?}"),
        };
        assert_eq!(
            list("inputs"),
            "/etc/ctadel/logs /var/log/x - s3://bucket/prefix"
        );
        assert_eq!(list("own-accounts"), "012345678901 111122223333");
        let value = |name: &str| layer.get(name).map(|found| found.value.clone());
        assert_eq!(value("threads"), Some(Raw::Text("4".to_owned())));
        assert_eq!(value("strict"), Some(Raw::Switch(true)));
        assert_eq!(
            value("suppress"),
            Some(Raw::Text("/etc/ctadel/quiet.yaml".to_owned()))
        );
        assert_eq!(value("rules"), None);
        let origin = layer.get("suppress").map(|found| found.origin.to_string());
        assert_eq!(origin.as_deref(), Some("c.yaml:8: suppress"));
        assert_eq!(read(""), Ok(Layer::default()));
        assert_eq!(read("# nothing\n"), Ok(Layer::default()));
    }

    #[test]
    fn mistakes_name_the_line() {
        let table = [
            (
                "strict: true\nmin_severity: low",
                "c.yaml:2: unknown key \"min_severity\", did you mean min-severity?",
            ),
            (
                "respnd: {}",
                "c.yaml:1: unknown key \"respnd\", did you mean respond?",
            ),
            (
                "\"strict\" : maybe",
                "c.yaml:1: strict: write true or false",
            ),
            (
                "threads: [1, 2]",
                "c.yaml:1: threads: write one value, not several",
            ),
            (
                "\nvar: x",
                "c.yaml:2: var: write names with their values, such as {admins: [alice, bob]}",
            ),
            (
                "own-domain: [[a]]",
                "c.yaml:1: own-domain: write one value, not several",
            ),
            (
                "source: true",
                "c.yaml:1: source: put true and false in quotes where they are meant as words",
            ),
            (
                "- a",
                "c.yaml:1: a configuration is a list of `name: value` lines",
            ),
            ("1: 2", "c.yaml:1: the name of a setting is text"),
        ];
        for (text, want) in table {
            assert_eq!(read(text), Err(want.to_owned()), "{text}");
        }
        for text in [
            "a: [",
            "strict: true\nstrict: false",
            "\u{0}",
            "&a [*a]",
            "!x y: z",
        ] {
            assert!(read(text).is_err(), "{text:?}");
        }
    }
}
