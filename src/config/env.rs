//! The environment: `CTADEL_MIN_SEVERITY` for `--min-severity`, and so on.
//!
//! Variables enter, a layer leaves, and the names that look like settings and are none. Lists
//! have commas between their values, placeholders semicolons: `admins=alice,bob;ci=runner`.

use std::collections::BTreeMap;
use std::ffi::OsString;

use super::error::ConfigError;
use super::key::{KEYS, Key, Kind};
use super::layer::{Layer, Origin, Raw};
use super::nearest;

/// What every variable begins with.
const PREFIX: &str = "CTADEL_";
/// Names the file to read, and is no setting itself.
pub(super) const CONFIG: &str = "CTADEL_CONFIG";

/// Reads the variables that are settings; an empty one says nothing. The second list holds a
/// sentence for each that is none: another program may own it, so that is no mistake.
pub fn from_environment(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<(Layer, Vec<String>), ConfigError> {
    let mut layer = Layer::default();
    let mut strange = Vec::new();
    let keys: BTreeMap<String, &'static Key> =
        KEYS.iter().map(|key| (key.variable(), key)).collect();
    let mut found: Vec<(OsString, OsString)> = variables.into_iter().collect();
    found.sort();
    for (name, value) in found {
        let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else {
            continue;
        };
        let Some(key) = keys.get(name) else {
            if name != CONFIG {
                // The prefix is theirs anyway: only what follows can be near.
                let known = keys.keys().map(|name| &name[PREFIX.len()..]);
                let near = nearest(&name[PREFIX.len()..], known)
                    .map(|near| format!(", did you mean {PREFIX}{near}?"));
                strange.push(format!("{name} is no setting{}", near.unwrap_or_default()));
            }
            continue;
        };
        let wrong = |reason: &str| ConfigError::Value {
            place: name.to_owned(),
            reason: reason.to_owned(),
        };
        let value = value
            .into_string()
            .map_err(|_| wrong("the value is not UTF-8 text"))?;
        if !value.is_empty() {
            let raw = raw(key.kind, &value).map_err(|reason| wrong(&reason))?;
            layer.put(key, raw, Origin::Variable(name.to_owned()));
        }
    }
    Ok((layer, strange))
}

fn raw(kind: Kind, value: &str) -> Result<Raw, String> {
    match kind {
        Kind::Text | Kind::Path => Ok(Raw::Text(value.to_owned())),
        Kind::Switch => match &*value.to_ascii_lowercase() {
            "1" | "true" | "yes" | "on" => Ok(Raw::Switch(true)),
            "0" | "false" | "no" | "off" => Ok(Raw::Switch(false)),
            _ => Err(format!("malformed switch {value:?}: write true or false")),
        },
        Kind::List | Kind::Paths | Kind::Inputs => Ok(Raw::List(list(value))),
        Kind::Section => Err("a part of a file, and none of the environment".to_owned()),
        Kind::Values => {
            let pairs = value.split(';').filter(|pair| !pair.trim().is_empty());
            pairs
                .map(super::parse::assignment)
                .collect::<Result<_, _>>()
                .map(Raw::Values)
        }
    }
}

fn list(value: &str) -> Vec<String> {
    let parts = value.split(',').map(str::trim);
    parts
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<(Layer, Vec<String>), String> {
        let pairs = pairs
            .iter()
            .map(|(name, value)| (OsString::from(name), OsString::from(value)));
        from_environment(pairs).map_err(|error| error.to_string())
    }

    #[test]
    fn every_kind_of_value() {
        let pairs = [
            ("CTADEL_STRICT", "Yes"),
            ("CTADEL_NO_LINK", "0"),
            ("CTADEL_RULES", "a, b,"),
            ("CTADEL_VAR", "admins=alice,bob; ci=runner"),
            ("CTADEL_LOOKBACK", "7d"),
            ("CTADEL_SOURCE", ""),
            ("CTADEL_CONFIG", "x"),
            ("PATH", "/bin"),
        ];
        let (layer, strange) = read(&pairs).expect("good variables");
        assert!(strange.is_empty());
        let value = |name: &str| layer.get(name).map(|found| found.value.clone());
        assert_eq!(value("strict"), Some(Raw::Switch(true)));
        assert_eq!(value("no-link"), Some(Raw::Switch(false)));
        assert_eq!(
            value("rules"),
            Some(Raw::List(vec!["a".to_owned(), "b".to_owned()]))
        );
        assert_eq!(value("lookback"), Some(Raw::Text("7d".to_owned())));
        assert_eq!(value("source"), None);
        let Some(Raw::Values(vars)) = value("var") else {
            panic!("{layer:?}")
        };
        assert_eq!(vars["admins"], ["alice", "bob"]);
        assert_eq!(vars["ci"], ["runner"]);
    }

    #[test]
    fn mistakes_and_strangers() {
        assert_eq!(
            read(&[("CTADEL_STRICT", "maybe")]),
            Err("CTADEL_STRICT: malformed switch \"maybe\": write true or false".to_owned())
        );
        let (_, strange) = read(&[("CTADEL_MIN_SEVERTY", "low")]).expect("no mistake");
        assert_eq!(
            strange,
            ["CTADEL_MIN_SEVERTY is no setting, did you mean CTADEL_MIN_SEVERITY?"]
        );
        let (_, far) = read(&[("CTADEL_AZURITE", "x")]).expect("no mistake");
        assert_eq!(far, ["CTADEL_AZURITE is no setting"]);
    }
}
