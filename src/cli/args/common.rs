//! Flags that every command has.

use std::path::PathBuf;

use clap::Args;

use super::values::{choices, text};
use crate::config::Layer;
use crate::term::Verbosity;

/// How the command speaks, and where its settings are.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "General")]
pub struct CommonArgs {
    /// Read settings from this file only
    ///
    /// Without it, ./.ctadel.yaml, $XDG_CONFIG_HOME/ctadel/config.yaml and
    /// /etc/ctadel/config.yaml are read where they exist, the nearer over the farther. Flags stand
    /// over CTADEL_* variables, and those over files; `ctadel config show` tells what holds. The
    /// variable CTADEL_CONFIG does the same as this flag.
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,

    /// When to colour output
    ///
    /// `auto` colours on a terminal, unless NO_COLOR is set. A colour only repeats what a word
    /// says.
    #[arg(long, value_name = "WHEN", value_parser = choices(), global = true)]
    pub color: Option<String>,

    /// Print warnings and errors only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Print every detail, such as each file that was skipped
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

impl CommonArgs {
    /// How much is said.
    pub fn verbosity(&self) -> Verbosity {
        match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (false, true) => Verbosity::Verbose,
            (false, false) => Verbosity::Normal,
        }
    }

    /// Adds the flags that are settings.
    pub fn layer(&self, layer: &mut Layer) {
        text(layer, "color", self.color.as_ref());
    }
}
