//! The window of a command that only fetches.

use clap::Args;

use super::values::{choices, text};
use crate::cli::failure::Failure;
use crate::config::{Layer, Point, Span};

/// When, and how it is shown.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Time")]
pub struct PullTimeArgs {
    /// Fetch what happened from this time on
    ///
    /// 15m, 24h, 7d or 2w ago; 2026-05-12 or 2026-05-12T09:30 (UTC); an RFC 3339 time. Without it,
    /// everything that the provider keeps.
    #[arg(long, value_name = "TIME")]
    pub since: Option<Point>,

    /// Fetch what happened up to this time
    #[arg(long, value_name = "TIME")]
    pub until: Option<Point>,

    /// When to draw a progress line
    #[arg(long, value_name = "WHEN", value_parser = choices())]
    pub progress: Option<String>,
}

impl PullTimeArgs {
    /// Adds the flags that are settings.
    pub fn layer(&self, layer: &mut Layer) {
        text(layer, "progress", self.progress.as_ref());
    }

    /// The window as typed.
    pub fn span(&self) -> Result<Span, Failure> {
        let span = Span::new(self.since, self.until, None).map_err(Failure::usage)?;
        match span.needs_latest() {
            true => Err(Failure::usage(
                "`latest` is the newest event of an input, and nothing has been read yet",
            )),
            false => Ok(span),
        }
    }
}
