//! What to print, and where to.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

use super::values::{severities, switch, text};
use crate::config::Layer;
use crate::render::Format;

/// Outputs.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Print in this format
    ///
    /// Without it, a table; `scan` prints JSON lines where standard output is no terminal.
    #[arg(short, long, value_name = "FORMAT")]
    pub format: Option<String>,

    /// Write to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Write one more output in the same run
    ///
    /// May be given several times. With it, nothing goes to standard output unless --format,
    /// --output or a FILE of `-` says so.
    #[arg(long, value_name = "FORMAT=FILE")]
    pub out: Vec<Target>,

    /// Overwrite files that exist
    #[arg(long)]
    pub force: bool,

    /// Print what has this severity or more [default: low]
    ///
    /// Filters what is printed, never what is correlated, grouped or scored: ids and incidents
    /// are the same for every value.
    #[arg(long, value_name = "LEVEL", value_parser = severities())]
    pub min_severity: Option<String>,

    /// Exit with 1 when something has this severity or more
    #[arg(long, value_name = "LEVEL", value_parser = severities())]
    pub fail_on: Option<String>,

    /// Exit with 3 when anything was skipped
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub strict: Option<bool>,
}

impl OutputArgs {
    /// Adds the flags that are settings.
    pub fn layer(&self, layer: &mut Layer) {
        text(layer, "format", self.format.as_ref());
        text(layer, "min-severity", self.min_severity.as_ref());
        text(layer, "fail-on", self.fail_on.as_ref());
        switch(layer, "strict", self.strict);
    }
}

/// A format and a file, `csv=findings.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The format.
    pub format: Format,
    /// The file; `-` is standard output.
    pub file: PathBuf,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Target, String> {
        match text.split_once('=') {
            Some((format, file)) if !file.is_empty() => {
                let format = format
                    .parse()
                    .map_err(|error: crate::render::RenderError| error.to_string())?;
                Ok(Target {
                    format,
                    file: PathBuf::from(file),
                })
            }
            _ => Err("write a format and a file, such as csv=findings.csv".to_owned()),
        }
    }
}
