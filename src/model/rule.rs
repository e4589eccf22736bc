//! What a rule says about itself, apart from its detection.

use std::sync::LazyLock;

use super::Severity;
use super::attack::Attack;

/// Where a rule came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// Shipped in the binary.
    #[default]
    Builtin,
    /// Loaded from a file the user named.
    File,
    /// Another tool's alert, taken in as a finding.
    External,
}

impl Origin {
    /// The word printed in machine output.
    pub fn word(self) -> &'static str {
        match self {
            Origin::Builtin => "builtin",
            Origin::File => "file",
            Origin::External => "external",
        }
    }
}

/// What identifies a rule, and what findings and reports take over from it.
#[derive(Clone, Debug, Default)]
pub struct RuleMeta {
    /// `name` where it has one, else the Sigma `id`, else the title.
    pub id: String,
    /// The Sigma `id`.
    pub uuid: Option<String>,
    /// The title.
    pub title: String,
    /// The Sigma `name`.
    pub name: Option<String>,
    /// Where it came from.
    pub origin: Origin,
    /// The level before outcome and context.
    pub level: Severity,
    /// ATT&CK tactics and techniques.
    pub attack: Vec<Attack>,
    /// Sigma log source as written.
    pub product: Option<String>,
    /// Sigma log source as written.
    pub service: Option<String>,
    /// Sigma log source as written.
    pub category: Option<String>,
    /// Response intents.
    pub respond: Vec<String>,
    /// Phrases of the coverage matrix that it sees.
    pub covers: Vec<String>,
    /// Whether a refused attempt keeps its level.
    pub denied_keeps_level: bool,
    /// How many times what is usual for its group a correlation must count.
    pub above_usual: Option<f64>,
    /// Whether it takes in another tool's alert: then the alert names the finding.
    pub external: bool,
    /// The log the rule needs beyond its source's usual one.
    pub needs: Option<String>,
    /// The file it was read from, for messages.
    pub file: String,
    /// What only people read; nothing where the rules were loaded without it.
    pub prose: Option<Box<Prose>>,
}

impl RuleMeta {
    /// What only people read; all of it empty where the rules were loaded without it.
    pub fn prose(&self) -> &Prose {
        static NONE: LazyLock<Prose> = LazyLock::new(Prose::default);
        self.prose.as_deref().unwrap_or(&NONE)
    }
}

/// What a rule says to people alone. It is half of a rule, and a scan asks for none of it.
#[derive(Clone, Debug, Default)]
pub struct Prose {
    /// `stable`, `test`, `experimental`, `deprecated`, `unsupported`.
    pub status: Option<String>,
    /// What it finds and why that matters.
    pub description: String,
    /// All tags as written.
    pub tags: Vec<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// Sources of the facts.
    pub references: Vec<String>,
    /// Known benign causes.
    pub falsepositives: Vec<String>,
    /// Fields an analyst wants to see.
    pub fields: Vec<String>,
    /// Why the level is what it is.
    pub reason: Option<String>,
    /// Questions to answer, in order.
    pub triage: Vec<String>,
}
