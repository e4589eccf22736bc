//! The value of `--format` in, the output behind it out.
//!
//! The one list of outputs: a new one is one file and one line here.

use std::str::FromStr;

use super::csv::Csv;
use super::json::Json;
use super::jsonl::Jsonl;
use super::markdown::Markdown;
use super::navigator::Navigator;
use super::table::Table;
use super::{Output, RenderError, ViewKind};

/// An output by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// For people, fitted to the terminal.
    Table,
    /// One document.
    Json,
    /// One object a line, coverage last.
    Jsonl,
    /// For spreadsheets.
    Csv,
    /// A layer for the ATT&CK Navigator.
    Navigator,
    /// For tickets.
    Markdown,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 6] = [
        Format::Table,
        Format::Json,
        Format::Jsonl,
        Format::Csv,
        Format::Navigator,
        Format::Markdown,
    ];

    /// The word accepted.
    pub fn word(self) -> &'static str {
        match self {
            Format::Table => "table",
            Format::Json => "json",
            Format::Jsonl => "jsonl",
            Format::Csv => "csv",
            Format::Navigator => "navigator",
            Format::Markdown => "markdown",
        }
    }

    /// The output itself.
    pub fn output(self) -> &'static dyn Output {
        match self {
            Format::Table => &Table,
            Format::Json => &Json,
            Format::Jsonl => &Jsonl,
            Format::Csv => &Csv,
            Format::Navigator => &Navigator,
            Format::Markdown => &Markdown,
        }
    }

    /// Those that have a form for a view.
    pub fn of(view: ViewKind) -> impl Iterator<Item = Format> {
        Format::ALL
            .into_iter()
            .filter(move |format| match (format, view) {
                (Format::Table | Format::Json | Format::Jsonl, _) => true,
                // A row a thing: one incident alone is no table.
                (Format::Csv, view) => view != ViewKind::Incident,
                // Only findings name techniques.
                (Format::Navigator, view) => {
                    !matches!(view, ViewKind::Timeline | ViewKind::Summary)
                }
                (Format::Markdown, view) => view != ViewKind::Summary,
            })
    }

    /// Says no, with what there is instead, before anything runs.
    pub fn check(self, view: ViewKind) -> Result<(), RenderError> {
        if Format::of(view).any(|format| format == self) {
            return Ok(());
        }
        Err(RenderError::NotForView {
            view,
            format: self.word(),
            known: words(Format::of(view)),
        })
    }

    /// What is printed where nobody asked: findings into a pipe are for a program.
    pub fn default_for(view: ViewKind, stdout_is_terminal: bool) -> Format {
        if view == ViewKind::Findings && !stdout_is_terminal {
            Format::Jsonl
        } else {
            Format::Table
        }
    }
}

impl FromStr for Format {
    type Err = RenderError;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Format::ALL
            .into_iter()
            .find(|format| format.word() == s)
            .ok_or_else(|| RenderError::UnknownFormat {
                name: s.to_owned(),
                known: words(Format::ALL.into_iter()),
            })
    }
}

fn words(formats: impl Iterator<Item = Format>) -> String {
    formats.map(Format::word).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_and_unfit_formats_list_the_known() {
        assert_eq!("csv".parse(), Ok(Format::Csv));
        let error = "sarif".parse::<Format>().expect_err("not built yet");
        assert_eq!(
            error.to_string(),
            "unknown format \"sarif\": one of table, json, jsonl, csv, navigator, markdown"
        );
        let error = Format::Navigator
            .check(ViewKind::Timeline)
            .expect_err("events name no techniques");
        assert_eq!(
            error.to_string(),
            "events cannot be printed as navigator: one of table, json, jsonl, csv, markdown"
        );
        assert_eq!(Format::Csv.check(ViewKind::Findings), Ok(()));
    }

    #[test]
    fn findings_in_a_pipe_are_for_a_program() {
        assert_eq!(
            Format::default_for(ViewKind::Findings, false),
            Format::Jsonl
        );
        assert_eq!(Format::default_for(ViewKind::Findings, true), Format::Table);
        assert_eq!(
            Format::default_for(ViewKind::Incidents, false),
            Format::Table
        );
    }
}
