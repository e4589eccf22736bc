//! One value of an MMDB row, of whatever type its vendor chose.
//!
//! A decoder enters, a text, a number or a truth value leaves. The same fact is a number here, a
//! text there, and the decoder itself only hands out the type that is asked for.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// A value that is no map and no list.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar {
    /// Text.
    Text(String),
    /// A number.
    Number(f64),
    /// A truth value.
    Flag(bool),
}

impl Scalar {
    /// The text; an empty one is none.
    pub fn text(self) -> Option<String> {
        match self {
            Scalar::Text(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Scalar::Number(_) | Scalar::Flag(_) => None,
        }
    }

    /// The number, also one written as text.
    pub fn float(&self) -> Option<f64> {
        match self {
            Scalar::Number(number) => Some(*number),
            Scalar::Text(text) => text.trim().parse().ok(),
            Scalar::Flag(_) => None,
        }
        .filter(|number| number.is_finite())
    }

    /// The whole number, also one written as text with or without `AS` before it.
    pub fn whole(&self) -> Option<u32> {
        match self {
            Scalar::Number(number) => {
                let fits = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(number);
                fits.then_some(*number as u32)
            }
            Scalar::Text(text) => {
                let upper = text.trim().to_ascii_uppercase();
                upper.strip_prefix("AS").unwrap_or(&upper).parse().ok()
            }
            Scalar::Flag(_) => None,
        }
    }

    /// The truth value, also one written as text or number; an empty text says no.
    pub fn flag(&self) -> Option<bool> {
        match self {
            Scalar::Flag(set) => Some(*set),
            Scalar::Number(number) => Some(*number != 0.0),
            Scalar::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" => Some(true),
                "false" | "0" | "no" | "" => Some(false),
                _ => None,
            },
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number or a truth value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar::Flag(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar::Number(value as f64))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Scalar, E> {
        Ok(Scalar::Number(value as f64))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Scalar, E> {
        Ok(Scalar::Number(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(value.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_fact() {
        let text = |text: &str| Scalar::Text(text.to_owned());
        for (value, whole) in [
            (Scalar::Number(64496.0), Some(64496)),
            (text("AS64496"), Some(64496)),
            (text(" as64496 "), Some(64496)),
            (text("64496"), Some(64496)),
            (Scalar::Number(-1.0), None),
            (Scalar::Number(0.5), None),
            (Scalar::Number(4_294_967_296.0), None),
            (text("ASAS1"), None),
            (text(""), None),
            (Scalar::Flag(true), None),
        ] {
            assert_eq!(value.whole(), whole, "{value:?}");
        }
        for (value, flag) in [
            (Scalar::Flag(true), Some(true)),
            (text("True"), Some(true)),
            (text(""), Some(false)),
            (Scalar::Number(0.0), Some(false)),
            (text("ExampleVPN"), None),
        ] {
            assert_eq!(value.flag(), flag, "{value:?}");
        }
        assert_eq!(text("48.5").float(), Some(48.5));
        assert_eq!(text("NaN").float(), None);
        assert_eq!(text("  ").text(), None);
    }
}
