//! What the user, the environment and the terminal say in, colours or none out.
//!
//! A colour only repeats what a word says, so output without it loses nothing.

use std::borrow::Cow;
use std::env;
use std::ffi::OsString;
use std::str::FromStr;

use crate::model::Severity;

/// What `--color` and `--progress` accept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// As the terminal allows.
    #[default]
    Auto,
    /// Even into a pipe.
    Always,
    /// Not at all.
    Never,
}

impl Choice {
    /// All of them.
    pub const ALL: [Choice; 3] = [Choice::Auto, Choice::Always, Choice::Never];

    /// The word accepted.
    pub fn word(self) -> &'static str {
        match self {
            Choice::Auto => "auto",
            Choice::Always => "always",
            Choice::Never => "never",
        }
    }
}

impl FromStr for Choice {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Choice::ALL
            .into_iter()
            .find(|choice| choice.word() == s)
            .ok_or_else(|| format!("unknown choice {s:?}: one of auto, always, never"))
    }
}

/// The variables that speak about colour.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// `NO_COLOR`, see <https://no-color.org>: any value but an empty one.
    pub no_color: Option<OsString>,
    /// `CLICOLOR_FORCE`: any value but `0` and an empty one.
    pub clicolor_force: Option<OsString>,
    /// `TERM`.
    pub term: Option<OsString>,
}

impl Environment {
    /// Reads the process's own.
    pub fn of_process() -> Environment {
        Environment {
            no_color: env::var_os("NO_COLOR"),
            clicolor_force: env::var_os("CLICOLOR_FORCE"),
            term: env::var_os("TERM"),
        }
    }

    /// Decides for one stream; the flag stands over the environment, a wish for none over force.
    pub fn colours(&self, choice: Choice, is_terminal: bool) -> bool {
        let set = |value: &Option<OsString>| value.as_ref().is_some_and(|v| !v.is_empty());
        match choice {
            Choice::Always => true,
            Choice::Never => false,
            Choice::Auto if set(&self.no_color) => false,
            Choice::Auto
                if set(&self.clicolor_force)
                    && self.clicolor_force.as_deref() != Some("0".as_ref()) =>
            {
                true
            }
            Choice::Auto => is_terminal && self.term.as_deref() != Some("dumb".as_ref()),
        }
    }
}

/// How a piece of text stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Headings.
    Bold,
    /// What may be skipped.
    Dim,
    /// A warning's first word.
    Warning,
    /// An error's first word.
    Error,
    /// A severity's own colour.
    Level(Severity),
}

impl Paint {
    /// The text with this look, or as it is where colours are off. The text is escaped already.
    pub fn on(self, text: &str, enabled: bool) -> Cow<'_, str> {
        if !enabled || text.is_empty() {
            return Cow::Borrowed(text);
        }
        // The sixteen basic colours follow the reader's own theme.
        let code = match self {
            Paint::Bold => "1",
            Paint::Dim | Paint::Level(Severity::Informational) => "2",
            Paint::Level(Severity::Low) => "36",
            Paint::Warning | Paint::Level(Severity::Medium) => "33",
            Paint::Level(Severity::High) => "31",
            Paint::Error | Paint::Level(Severity::Critical) => "1;31",
        };
        Cow::Owned(format!("\u{1b}[{code}m{text}\u{1b}[0m"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_then_no_color_then_force_then_the_terminal() {
        let plain = Environment::default();
        assert!(plain.colours(Choice::Auto, true));
        assert!(!plain.colours(Choice::Auto, false));
        assert!(plain.colours(Choice::Always, false));
        assert!(!plain.colours(Choice::Never, true));

        let with = |no_color: &str, force: &str, term: &str| Environment {
            no_color: Some(no_color.into()),
            clicolor_force: Some(force.into()),
            term: Some(term.into()),
        };
        assert!(!with("1", "1", "xterm").colours(Choice::Auto, true));
        assert!(with("1", "", "dumb").colours(Choice::Always, false));
        assert!(with("", "1", "dumb").colours(Choice::Auto, false));
        assert!(!with("", "0", "xterm").colours(Choice::Auto, false));
        assert!(!with("", "", "dumb").colours(Choice::Auto, true));
    }

    #[test]
    fn paint_is_nothing_when_off() {
        assert_eq!(Paint::Level(Severity::High).on("high", false), "high");
        assert_eq!(
            Paint::Level(Severity::High).on("high", true),
            "\u{1b}[31mhigh\u{1b}[0m"
        );
        assert!("bright".parse::<Choice>().is_err());
        assert_eq!("never".parse(), Ok(Choice::Never));
    }
}
