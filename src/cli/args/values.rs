//! Values that flags accept, and flags as settings.
//!
//! The lists of the stages enter, what clap needs of them leaves: help, completions and the
//! refusal of an unknown word all come from the same list.

use clap::builder::{PossibleValue, PossibleValuesParser};

use crate::config::{Key, Layer, Origin, Raw};
use crate::model::Severity;
use crate::normalize::SOURCES;
use crate::render::{Format, ViewKind};
use crate::term::Choice;

/// Severities; `info` is short for the lowest.
pub fn severities() -> PossibleValuesParser {
    let value = |level: Severity| match level {
        Severity::Informational => PossibleValue::new(level.word()).alias("info"),
        _ => PossibleValue::new(level.word()),
    };
    PossibleValuesParser::new(Severity::ALL.map(value))
}

/// Log sources by their registered names.
pub fn sources() -> PossibleValuesParser {
    PossibleValuesParser::new(SOURCES.iter().map(|source| source.name))
}

/// `auto`, `always`, `never`.
pub fn choices() -> PossibleValuesParser {
    PossibleValuesParser::new(Choice::ALL.map(Choice::word))
}

/// The formats that a view has.
pub fn formats(view: ViewKind) -> PossibleValuesParser {
    PossibleValuesParser::new(Format::of(view).map(Format::word))
}

/// Puts a flag into a layer, where it was given.
pub(super) fn put(layer: &mut Layer, name: &'static str, value: Option<Raw>) {
    if let (Some(key), Some(value)) = (Key::by_name(name), value) {
        layer.put(key, value, Origin::Flag(key.name));
    }
}

/// A flag with one value.
pub(super) fn text(layer: &mut Layer, name: &'static str, value: Option<&String>) {
    put(layer, name, value.cloned().map(Raw::Text));
}

/// A flag with several values.
pub(super) fn list(layer: &mut Layer, name: &'static str, values: &[String]) {
    put(
        layer,
        name,
        (!values.is_empty()).then(|| Raw::List(values.to_vec())),
    );
}

/// A flag that is on or off.
pub(super) fn switch(layer: &mut Layer, name: &'static str, value: Option<bool>) {
    put(layer, name, value.map(Raw::Switch));
}
