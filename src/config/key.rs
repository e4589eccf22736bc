//! Every setting there is: its name, what kind of value it takes, what holds without it.
//!
//! The one list that files, the environment, `config show` and `config init` read. A setting is
//! called like its flag, where it has one; what is said once a run (outputs, the time window) is no setting.

/// What a setting's value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One word, number or sentence.
    Text,
    /// `true` or `false`.
    Switch,
    /// Several words.
    List,
    /// One file.
    Path,
    /// Several files or folders.
    Paths,
    /// Several inputs: files, folders, patterns, `-`.
    Inputs,
    /// Names, each with several words.
    Values,
    /// A part of the file with names of its own, which whoever needs it reads.
    Section,
}

/// One setting.
#[derive(Debug, PartialEq, Eq)]
pub struct Key {
    /// The name, as in `--name`; `inputs` is the one without a flag.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What holds without it, as text; empty where nothing does.
    pub default: &'static str,
    /// What it is for, one line.
    pub summary: &'static str,
    /// A value as a file writes it.
    pub example: &'static str,
}

/// All of them, in the order they are shown.
pub const KEYS: [Key; 26] = [
    key(
        "inputs",
        Kind::Inputs,
        "",
        "What to read where no PATH is named",
        "[/var/log/aws/AWSLogs, \"s3://example-trail/AWSLogs\"]",
    ),
    key(
        "source",
        Kind::Text,
        "",
        "The log source of every record, instead of what its content says",
        "aws.cloudtrail",
    ),
    key(
        "format",
        Kind::Text,
        "",
        "The output format, where a command has it",
        "jsonl",
    ),
    key(
        "min-severity",
        Kind::Text,
        "low",
        "The lowest severity that is printed",
        "medium",
    ),
    key(
        "fail-on",
        Kind::Text,
        "",
        "The severity from which on the exit code is 1",
        "high",
    ),
    key(
        "strict",
        Kind::Switch,
        "false",
        "Whether anything skipped makes the exit code 3",
        "true",
    ),
    key(
        "lookback",
        Kind::Text,
        "24h",
        "How much before --since reading starts",
        "7d",
    ),
    key(
        "rules",
        Kind::Paths,
        "",
        "Further rule files, or folders of them",
        "[rules]",
    ),
    key(
        "no-builtin-rules",
        Kind::Switch,
        "false",
        "Whether the built-in rules are left out",
        "true",
    ),
    key(
        "var",
        Kind::Values,
        "",
        "The values of %placeholders% in rules",
        "{admins: [alice, bob]}",
    ),
    key(
        "attack-version",
        Kind::Text,
        "19",
        "The ATT&CK version that ids are printed in",
        "18",
    ),
    key(
        "suppress",
        Kind::Path,
        "",
        "The file of findings that are explained",
        "suppressions.yaml",
    ),
    key(
        "window",
        Kind::Text,
        "6h",
        "The pause that ends an incident",
        "12h",
    ),
    key(
        "no-link",
        Kind::Switch,
        "false",
        "Whether findings are kept apart across identities",
        "true",
    ),
    key(
        "case",
        Kind::Path,
        "",
        "The folder that keeps what is said about incidents",
        "case",
    ),
    key(
        "own-accounts",
        Kind::List,
        "",
        "Account ids that are your own",
        "[\"111122223333\", \"444455556666\"]",
    ),
    key(
        "own-cidr",
        Kind::List,
        "",
        "Address ranges that are your own",
        "[192.0.2.0/24]",
    ),
    key(
        "own-domain",
        Kind::List,
        "",
        "Mail domains that are your own",
        "[example.com]",
    ),
    key(
        "business-hours",
        Kind::Text,
        "Mon-Fri 08:00-19:00",
        "When people are expected to work",
        "Mon-Fri 07:30-18:00, Sat 09:00-12:00",
    ),
    key(
        "timezone",
        Kind::Text,
        "UTC",
        "The zone of the business hours",
        "Europe/Paris",
    ),
    key(
        "intel",
        Kind::Paths,
        "",
        "Address lists, one address or range a line",
        "[tor.txt, vpn.csv]",
    ),
    key(
        "geoip",
        Kind::Paths,
        "",
        "MMDB files: city, country, network, anonymous addresses",
        "[GeoLite2-City.mmdb]",
    ),
    key(
        "threads",
        Kind::Text,
        "",
        "How many workers; all cores where nothing is said",
        "4",
    ),
    key(
        "color",
        Kind::Text,
        "auto",
        "Whether output is coloured",
        "never",
    ),
    key(
        "progress",
        Kind::Text,
        "auto",
        "Whether a progress line is drawn",
        "never",
    ),
    key(
        "respond",
        Kind::Section,
        "",
        "What responses may do, and what they may not touch: ctadel-respond(7)",
        "{guard: {break-glass: [\"arn:aws:iam::*:user/break-glass\"]}}",
    ),
];

const fn key(
    name: &'static str,
    kind: Kind,
    default: &'static str,
    summary: &'static str,
    example: &'static str,
) -> Key {
    Key {
        name,
        kind,
        default,
        summary,
        example,
    }
}

impl Key {
    /// The setting with this name.
    pub fn by_name(name: &str) -> Option<&'static Key> {
        KEYS.iter().find(|key| key.name == name)
    }

    /// The environment variable that sets it.
    pub fn variable(&self) -> String {
        format!(
            "CTADEL_{}",
            self.name.to_ascii_uppercase().replace('-', "_")
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_give_variables() {
        let names: BTreeSet<&str> = KEYS.iter().map(|key| key.name).collect();
        assert_eq!(names.len(), KEYS.len());
        let variable = Key::by_name("min-severity").map(Key::variable);
        assert_eq!(variable.as_deref(), Some("CTADEL_MIN_SEVERITY"));
        assert_eq!(Key::by_name("min_severity"), None);
    }
}
