//! Where the work on incidents is kept.

use clap::Args;

use super::values::text;
use crate::config::Layer;

/// The case folder.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Case")]
pub struct CaseArgs {
    /// Keep statuses, verdicts and notes of incidents in this folder
    ///
    /// Its file `case.jsonl` only grows, and each line holds the hash of the one before.
    /// `incidents` adds the incidents it finds, `incidents set` what is said about them; a later
    /// run finds both again. Without a case folder nothing is kept. The variable CTADEL_CASE does
    /// the same as this flag.
    #[arg(long, value_name = "DIR")]
    pub case: Option<String>,
}

impl CaseArgs {
    /// Adds the flags that are settings.
    pub fn layer(&self, layer: &mut Layer) {
        text(layer, "case", self.case.as_ref());
    }
}
