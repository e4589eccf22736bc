//! The settings of a run, understood.
//!
//! Layers enter, one struct leaves, or the first value that does not fit, with its place.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;

use super::duration;
use super::error::ConfigError;
use super::key::Key;
use super::layer::{Layer, Layers, Origin, Raw, Sourced};
use super::parse;
use crate::model::Severity;
use crate::term::Choice;

/// Every setting with its origin.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What to read where no PATH is named.
    pub inputs: Sourced<Vec<String>>,
    /// `--source`.
    pub source: Sourced<Option<String>>,
    /// `--format`.
    pub format: Sourced<Option<String>>,
    /// `--min-severity`.
    pub min_severity: Sourced<Severity>,
    /// `--fail-on`.
    pub fail_on: Sourced<Option<Severity>>,
    /// `--strict`.
    pub strict: Sourced<bool>,
    /// `--lookback`, in nanoseconds.
    pub lookback: Sourced<i64>,
    /// `--rules`.
    pub rules: Sourced<Vec<PathBuf>>,
    /// `--no-builtin-rules`.
    pub no_builtin_rules: Sourced<bool>,
    /// `--var`, by name.
    pub var: BTreeMap<String, Sourced<Vec<String>>>,
    /// `--attack-version`.
    pub attack_version: Sourced<u8>,
    /// `--suppress`.
    pub suppress: Sourced<Option<PathBuf>>,
    /// `--window`, in nanoseconds.
    pub window: Sourced<i64>,
    /// `--no-link`.
    pub no_link: Sourced<bool>,
    /// `--case`.
    pub case: Sourced<Option<PathBuf>>,
    /// `--own-accounts`.
    pub own_accounts: Sourced<Vec<String>>,
    /// `--own-cidr`.
    pub own_cidr: Sourced<Vec<String>>,
    /// `--own-domain`.
    pub own_domain: Sourced<Vec<String>>,
    /// `--business-hours`.
    pub business_hours: Sourced<String>,
    /// `--timezone`.
    pub timezone: Sourced<String>,
    /// `--intel`.
    pub intel: Sourced<Vec<PathBuf>>,
    /// `--geoip`.
    pub geoip: Sourced<Vec<PathBuf>>,
    /// `--threads`; nothing means all cores.
    pub threads: Sourced<Option<usize>>,
    /// The section `respond:`, as JSON.
    pub respond: Sourced<Option<String>>,
    /// `--color`.
    pub color: Sourced<Choice>,
    /// `--progress`.
    pub progress: Sourced<Choice>,
}

impl Settings {
    /// Understands what stands in the layers, the strongest first.
    pub fn new(layers: &[Layer]) -> Result<Settings, ConfigError> {
        let read = Reader {
            layers: Layers(layers),
        };
        Ok(Settings {
            inputs: read.list("inputs")?,
            source: read.maybe("source", |text| Ok(text.to_owned()))?,
            format: read.maybe("format", |text| Ok(text.to_owned()))?,
            min_severity: read.text("min-severity", Severity::from_str)?,
            fail_on: read.maybe("fail-on", Severity::from_str)?,
            strict: read.switch("strict")?,
            lookback: read.text("lookback", duration)?,
            rules: read.paths("rules")?,
            no_builtin_rules: read.switch("no-builtin-rules")?,
            var: read.layers.values("var"),
            attack_version: read.text("attack-version", parse::attack_version)?,
            suppress: read.maybe("suppress", |text| Ok(PathBuf::from(text)))?,
            window: read.text("window", duration)?,
            no_link: read.switch("no-link")?,
            case: read.maybe("case", |text| Ok(PathBuf::from(text)))?,
            own_accounts: read.list("own-accounts")?,
            own_cidr: read.list("own-cidr")?,
            own_domain: read.list("own-domain")?,
            business_hours: read.text("business-hours", |text| Ok(text.to_owned()))?,
            timezone: read.text("timezone", |text| Ok(text.to_owned()))?,
            intel: read.paths("intel")?,
            geoip: read.paths("geoip")?,
            threads: read.maybe("threads", parse::threads)?,
            respond: read.maybe("respond", |text| Ok(text.to_owned()))?,
            color: read.text("color", Choice::from_str)?,
            progress: read.text("progress", Choice::from_str)?,
        })
    }
}

/// Finds and understands one setting at a time.
struct Reader<'a> {
    layers: Layers<'a>,
}

impl Reader<'_> {
    /// A setting that always has a value.
    fn text<T>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Sourced<T>, ConfigError> {
        let default = Key::by_name(name).map_or("", |key| key.default);
        match self.layers.get(name) {
            Some(found) => Ok(Sourced {
                value: understood(found, &parse)?,
                origin: found.origin.clone(),
            }),
            None => {
                let place = name.to_owned();
                let value =
                    parse(default).map_err(|reason| ConfigError::Value { place, reason })?;
                Ok(Sourced {
                    value,
                    origin: Origin::Default,
                })
            }
        }
    }

    /// A setting that may have none.
    fn maybe<T>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Sourced<Option<T>>, ConfigError> {
        let Some(found) = self.layers.get(name) else {
            return Ok(Sourced {
                value: None,
                origin: Origin::Default,
            });
        };
        Ok(Sourced {
            value: Some(understood(found, &parse)?),
            origin: found.origin.clone(),
        })
    }

    fn switch(&self, name: &str) -> Result<Sourced<bool>, ConfigError> {
        let Some(found) = self.layers.get(name) else {
            return Ok(Sourced::default());
        };
        match found.value {
            Raw::Switch(value) => Ok(Sourced {
                value,
                origin: found.origin.clone(),
            }),
            _ => Err(misfit(found, "write true or false")),
        }
    }

    fn list(&self, name: &str) -> Result<Sourced<Vec<String>>, ConfigError> {
        let Some(found) = self.layers.get(name) else {
            return Ok(Sourced::default());
        };
        match &found.value {
            Raw::List(value) => Ok(Sourced {
                value: value.clone(),
                origin: found.origin.clone(),
            }),
            _ => Err(misfit(found, "write a list")),
        }
    }

    fn paths(&self, name: &str) -> Result<Sourced<Vec<PathBuf>>, ConfigError> {
        let Sourced { value, origin } = self.list(name)?;
        Ok(Sourced {
            value: value.into_iter().map(PathBuf::from).collect(),
            origin,
        })
    }
}

fn understood<T>(
    found: &Sourced<Raw>,
    parse: &impl Fn(&str) -> Result<T, String>,
) -> Result<T, ConfigError> {
    match &found.value {
        Raw::Text(text) => parse(text).map_err(|reason| misfit(found, &reason)),
        _ => Err(misfit(found, "write one value")),
    }
}

fn misfit(found: &Sourced<Raw>, reason: &str) -> ConfigError {
    ConfigError::Value {
        place: found.origin.to_string(),
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::file;
    use super::*;
    use crate::model::time::{DAY, HOUR};

    fn settings(text: &str) -> Result<Settings, String> {
        let layer =
            file::parse("c.yaml", text, Path::new("")).map_err(|error| error.to_string())?;
        Settings::new(&[layer]).map_err(|error| error.to_string())
    }

    #[test]
    fn every_setting_has_a_value_without_any_layer() {
        let settings = Settings::new(&[]).expect("defaults are good");
        assert_eq!(settings.min_severity.value, Severity::Low);
        assert_eq!(settings.lookback.value, DAY);
        assert_eq!(settings.window.value, 6 * HOUR);
        assert_eq!(settings.attack_version.value, 19);
        assert_eq!(settings.threads, Sourced::default());
        assert_eq!(settings.color.value, Choice::Auto);
        assert_eq!(settings.color.origin, Origin::Default);
    }

    #[test]
    fn values_that_do_not_fit_name_their_place() {
        let table = [
            (
                "min-severity: loud",
                "c.yaml:1: min-severity: unknown severity \"loud\": one of informational, low, medium, high, critical",
            ),
            (
                "\nlookback: 24",
                "c.yaml:2: lookback: malformed duration \"24\": write a number and a unit, such as 15m, 24h, 7d or 2w",
            ),
            (
                "threads: 0",
                "c.yaml:1: threads: malformed number of threads \"0\": write a number from 1 to 1024",
            ),
            (
                "attack-version: 17",
                "c.yaml:1: attack-version: unknown ATT&CK version \"17\": one of 18, 19",
            ),
            (
                "color: blue",
                "c.yaml:1: color: unknown choice \"blue\": one of auto, always, never",
            ),
        ];
        for (text, want) in table {
            assert_eq!(settings(text).map(|_| ()), Err(want.to_owned()), "{text}");
        }
        assert_eq!(
            settings("fail-on: critical").map(|s| s.fail_on.value),
            Ok(Some(Severity::Critical))
        );
    }
}
