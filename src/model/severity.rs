//! Severity: five words, in order.

use std::fmt;
use std::str::FromStr;

/// How bad a finding is if it is true.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Context; never founds an incident.
    Informational,
    /// Worth a look beside something else.
    #[default]
    Low,
    /// Worth a look by itself.
    Medium,
    /// Likely hostile.
    High,
    /// Act now.
    Critical,
}

impl Severity {
    /// All of them, lowest first.
    pub const ALL: [Severity; 5] = [
        Severity::Informational,
        Severity::Low,
        Severity::Medium,
        Severity::High,
        Severity::Critical,
    ];

    /// The word printed and accepted everywhere.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Informational => "informational",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }

    /// One step down, never below low: what a refused attempt is worth.
    pub fn step_down(self) -> Severity {
        match self {
            Severity::Critical => Severity::High,
            Severity::High => Severity::Medium,
            Severity::Medium | Severity::Low => Severity::Low,
            Severity::Informational => Severity::Informational,
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Severity {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let lower = s.trim().to_ascii_lowercase();
        Severity::ALL
            .into_iter()
            .find(|level| {
                level.word() == lower || (lower == "info" && *level == Severity::Informational)
            })
            .ok_or_else(|| {
                format!("unknown severity {s:?}: one of informational, low, medium, high, critical")
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_round_trip_and_steps_never_leave_the_scale() {
        for level in Severity::ALL {
            assert_eq!(level.word().parse::<Severity>(), Ok(level));
            assert!(level.step_down() <= level);
        }
        assert_eq!(Severity::Medium.step_down(), Severity::Low);
        assert_eq!(Severity::Low.step_down(), Severity::Low);
        assert!("loud".parse::<Severity>().is_err());
    }
}
