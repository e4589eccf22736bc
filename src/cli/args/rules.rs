//! Which rules there are.

use clap::Args;

use super::values::{list, put, switch, text};
use crate::cli::failure::Failure;
use crate::config::{Layer, assignments};

/// The rule set.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Rules")]
pub struct RuleArgs {
    /// Add Sigma rules, correlations and filters from a file or folder
    ///
    /// May be given several times. A rule with the name or id of a built-in one takes its place.
    /// A broken rule file ends the command: a rule that silently is not there is the worst one.
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<String>,

    /// Leave the built-in rules out
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub no_builtin_rules: Option<bool>,

    /// Fill in a %placeholder% that rules use
    ///
    /// Several values have commas between them. A rule whose placeholder has no value is left out
    /// and listed in the coverage.
    #[arg(long, value_name = "NAME=VALUE[,VALUE]")]
    pub var: Vec<String>,
}

impl RuleArgs {
    /// Adds the flags that are settings.
    pub fn layer(&self, layer: &mut Layer) -> Result<(), Failure> {
        list(layer, "rules", &self.rules);
        switch(layer, "no-builtin-rules", self.no_builtin_rules);
        vars(layer, &self.var)
    }
}

/// How ATT&CK is named.
#[derive(Args, Clone, Debug)]
pub struct AttackArgs {
    /// Print ATT&CK ids of this version [default: 19]
    #[arg(long, value_name = "VERSION", value_parser = ["18", "19"])]
    pub attack_version: Option<String>,
}

impl AttackArgs {
    /// Adds the flag that is a setting.
    pub fn layer(&self, layer: &mut Layer) {
        text(layer, "attack-version", self.attack_version.as_ref());
    }
}

/// Adds `--var`, for commands that have only this one.
pub fn vars(layer: &mut Layer, texts: &[String]) -> Result<(), Failure> {
    if texts.is_empty() {
        return Ok(());
    }
    let values = assignments(texts).map_err(|reason| Failure::usage(format!("--var: {reason}")))?;
    put(layer, "var", Some(values));
    Ok(())
}
