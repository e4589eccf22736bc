//! One place settings come from, and several of them put over each other.
//!
//! Raw values with their origins enter, the value that stands leaves: the first layer that has
//! a setting decides it, and placeholders are decided name by name.

use std::collections::BTreeMap;
use std::fmt;

use super::key::Key;

/// Where a value came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything.
    #[default]
    Default,
    /// A flag, as typed: `--rules`.
    Flag(&'static str),
    /// An environment variable.
    Variable(String),
    /// A line of a file.
    File {
        /// The file as messages name it.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The setting.
        key: &'static str,
    },
}

impl Origin {
    /// The place without the setting's name, for `config show`.
    pub fn place(&self) -> String {
        match self {
            Origin::File { file, line, .. } => format!("{file}:{line}"),
            other => other.to_string(),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::Flag(name) => write!(f, "--{name}"),
            Origin::Variable(name) => f.write_str(name),
            Origin::File { file, line, key } => write!(f, "{file}:{line}: {key}"),
        }
    }
}

/// A value before it is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Raw {
    /// One text.
    Text(String),
    /// Yes or no.
    Switch(bool),
    /// Several texts.
    List(Vec<String>),
    /// Names with texts.
    Values(BTreeMap<String, Vec<String>>),
}

/// A value with its origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it came from.
    pub origin: Origin,
}

/// The settings of one place, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layer {
    values: BTreeMap<&'static str, Sourced<Raw>>,
}

impl Layer {
    /// Sets a value.
    pub fn put(&mut self, key: &'static Key, value: Raw, origin: Origin) {
        self.values.insert(key.name, Sourced { value, origin });
    }

    /// The value of a setting, where this layer has one.
    pub fn get(&self, name: &str) -> Option<&Sourced<Raw>> {
        self.values.get(name)
    }
}

/// Layers, the strongest first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layers<'a>(pub &'a [Layer]);

impl<'a> Layers<'a> {
    /// The value that stands.
    pub fn get(&self, name: &str) -> Option<&'a Sourced<Raw>> {
        self.0.iter().find_map(|layer| layer.get(name))
    }

    /// The placeholders that stand, each with its origin: naming one on the command line must
    /// not take the others away.
    pub fn values(&self, name: &str) -> BTreeMap<String, Sourced<Vec<String>>> {
        let mut out = BTreeMap::new();
        for found in self.0.iter().filter_map(|layer| layer.get(name)) {
            if let Raw::Values(values) = &found.value {
                for (name, value) in values {
                    out.entry(name.clone()).or_insert_with(|| Sourced {
                        value: value.clone(),
                        origin: found.origin.clone(),
                    });
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_layer_decides_and_placeholders_add_up() {
        let rules = Key::by_name("rules").expect("a setting");
        let var = Key::by_name("var").expect("a setting");
        let list = |text: &str| Raw::List(vec![text.to_owned()]);
        let values = |pairs: &[(&str, &str)]| {
            let pair =
                |(name, value): &(&str, &str)| ((*name).to_owned(), vec![(*value).to_owned()]);
            Raw::Values(pairs.iter().map(pair).collect())
        };
        let mut flags = Layer::default();
        flags.put(rules, list("a"), Origin::Flag("rules"));
        flags.put(var, values(&[("x", "1")]), Origin::Flag("var"));
        let file = Origin::File {
            file: "c.yaml".to_owned(),
            line: 3,
            key: "var",
        };
        let mut below = Layer::default();
        below.put(
            rules,
            list("b"),
            Origin::Variable("CTADEL_RULES".to_owned()),
        );
        below.put(var, values(&[("x", "2"), ("y", "3")]), file.clone());

        let layers = [flags, below];
        let layers = Layers(&layers);
        assert_eq!(
            layers.get("rules").map(|found| &found.value),
            Some(&list("a"))
        );
        assert_eq!(layers.get("strict"), None);
        let vars = layers.values("var");
        assert_eq!(vars["x"].value, ["1"]);
        assert_eq!(vars["y"].origin, file);
        assert_eq!(file.to_string(), "c.yaml:3: var");
        assert_eq!(file.place(), "c.yaml:3");
    }
}
