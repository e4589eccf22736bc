//! The flags of a command that reads and detects.

use clap::Args;

use super::values::{choices, switch, text};
use super::{AttackArgs, CaseArgs, ContextArgs, InputArgs, OutputArgs, RuleArgs};
use crate::cli::failure::Failure;
use crate::config::{Layer, Point, Span};

/// Everything such a command has.
#[derive(Args, Clone, Debug)]
pub struct ReadArgs {
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub time: TimeArgs,
    #[command(flatten)]
    pub rules: RuleArgs,
    #[command(flatten)]
    pub detect: DetectArgs,
    #[command(flatten)]
    pub case: CaseArgs,
    #[command(flatten)]
    pub context: ContextArgs,
    #[command(flatten)]
    pub run: RunArgs,
}

impl ReadArgs {
    /// The flags that are settings.
    pub fn layer(&self) -> Result<Layer, Failure> {
        let mut layer = Layer::default();
        self.input.layer(&mut layer);
        self.output.layer(&mut layer);
        self.rules.layer(&mut layer)?;
        self.context.layer(&mut layer);
        text(&mut layer, "lookback", self.time.lookback.as_ref());
        self.detect.attack.layer(&mut layer);
        text(&mut layer, "suppress", self.detect.suppress.as_ref());
        text(&mut layer, "window", self.detect.window.as_ref());
        switch(&mut layer, "no-link", self.detect.no_link);
        self.case.layer(&mut layer);
        text(&mut layer, "threads", self.run.threads.as_ref());
        text(&mut layer, "progress", self.run.progress.as_ref());
        Ok(layer)
    }
}

/// The time window.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Time")]
pub struct TimeArgs {
    /// Report what happened from this time on
    ///
    /// 15m, 24h, 7d or 2w before the anchor; 2026-05-12 or 2026-05-12T09:30 (UTC); an RFC 3339
    /// time; now; latest, the newest event of the input.
    #[arg(long, value_name = "TIME")]
    pub since: Option<Point>,

    /// Report what happened up to this time
    ///
    /// Takes the same forms as --since; a date means its first moment.
    #[arg(long, value_name = "TIME")]
    pub until: Option<Point>,

    /// Count relative times from here: now, latest or a time [default: now]
    ///
    /// For an archive, `--anchor latest --since 24h` is its last day.
    #[arg(long, value_name = "TIME")]
    pub anchor: Option<Point>,

    /// Read this much before --since [default: 24h]
    ///
    /// So that chains which began earlier are whole and what is new is told from what is not.
    /// Findings and incidents that touch the window are printed.
    #[arg(long, value_name = "DURATION")]
    pub lookback: Option<String>,
}

impl TimeArgs {
    /// The window as typed.
    pub fn span(&self) -> Result<Span, Failure> {
        Span::new(self.since, self.until, self.anchor)
            .map_err(|reason| Failure::usage(format!("--anchor: {reason}")))
    }
}

/// How findings are named, joined and kept back.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Detection")]
pub struct DetectArgs {
    /// Keep back findings that this file explains
    ///
    /// Every entry has a reason and may have an owner and an expiry. Entries that explain nothing
    /// and entries that have run out are reported.
    #[arg(long, value_name = "FILE")]
    pub suppress: Option<String>,

    #[command(flatten)]
    pub attack: AttackArgs,

    /// End an incident at a pause this long [default: 6h]
    #[arg(long, value_name = "DURATION")]
    pub window: Option<String>,

    /// Do not trace credentials from one identity to the next
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub no_link: Option<bool>,
}

/// How the work is done.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Run")]
pub struct RunArgs {
    /// Use this many threads [default: all cores]
    ///
    /// The output is the same for every number.
    #[arg(short = 'j', long, value_name = "N")]
    pub threads: Option<String>,

    /// When to draw a progress line
    #[arg(long, value_name = "WHEN", value_parser = choices())]
    pub progress: Option<String>,
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;
    use crate::cli::args::CommonArgs;
    use crate::config::KEYS;

    #[derive(Parser)]
    struct All {
        #[command(flatten)]
        common: CommonArgs,
        #[command(flatten)]
        read: ReadArgs,
    }

    /// A value that the flag accepts.
    fn value(name: &str) -> Option<&'static str> {
        Some(match name {
            "source" => "aws.cloudtrail",
            "format" => "csv",
            "min-severity" | "fail-on" => "info",
            "strict" | "no-builtin-rules" | "no-link" => return None,
            "var" => "a=b",
            "attack-version" => "18",
            "color" | "progress" => "never",
            _ => "1h",
        })
    }

    #[test]
    fn every_setting_has_a_flag_of_its_name_and_reaches_the_layer() {
        let mut words = vec!["all".to_owned()];
        for key in KEYS
            .iter()
            .filter(|key| !["inputs", "respond"].contains(&key.name))
        {
            words.push(format!("--{}", key.name));
            words.extend(value(key.name).map(str::to_owned));
        }
        let all = All::try_parse_from(words).expect("every flag is known");
        let mut layer = all.read.layer().expect("every value is good");
        all.common.layer(&mut layer);
        for key in KEYS
            .iter()
            .filter(|key| !["inputs", "respond"].contains(&key.name))
        {
            assert!(layer.get(key.name).is_some(), "--{} is lost", key.name);
        }
        // A flag that is not given says nothing.
        let none = All::try_parse_from(["all"]).expect("nothing is required");
        assert_eq!(
            none.read.layer().expect("nothing is wrong"),
            Layer::default()
        );
    }

    #[test]
    fn the_definitions_hold_together() {
        All::command().debug_assert();
        crate::cli::command().debug_assert();
    }
}
