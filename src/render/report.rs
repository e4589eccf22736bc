//! Everything one command prints in, one trait that every output implements out.
//!
//! The same report goes to several outputs of one run, so it only borrows.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};

use super::wire::{AttackNames, SummaryRow, TimelineEntry};
use crate::model::{Coverage, Finding, Incident};

/// What a run found, filtered and ordered as it is to be printed.
#[derive(Clone, Copy)]
pub struct Report<'a> {
    /// What the command is about.
    pub view: View<'a>,
    /// Findings: the printed ones, those of the incidents, or those a timeline mentions.
    pub findings: &'a dyn Findings,
    /// Incidents: the printed ones, or those the findings belong to.
    pub incidents: &'a [&'a Incident],
    /// What was read and what was not.
    pub coverage: &'a Coverage,
}

/// Findings that may be made one by one, as they are printed.
pub trait Findings: Sync {
    /// How many there are.
    fn count(&self) -> usize;

    /// The id of one of them.
    fn id(&self, place: usize) -> Option<Cow<'_, str>>;

    /// One of them.
    fn get(&self, place: usize) -> Option<Cow<'_, Finding>>;
}

impl dyn Findings + '_ {
    /// All of them, one after the other.
    pub fn iter(&self) -> impl Iterator<Item = Cow<'_, Finding>> {
        (0..self.count()).filter_map(|place| self.get(place))
    }

    /// The places of all, by id.
    pub(super) fn by_id(&self) -> BTreeMap<Cow<'_, str>, usize> {
        let places = 0..self.count();
        places
            .filter_map(|place| Some((self.id(place)?, place)))
            .collect()
    }
}

impl Findings for Vec<&Finding> {
    fn count(&self) -> usize {
        self.len()
    }

    fn id(&self, place: usize) -> Option<Cow<'_, str>> {
        let finding = self.as_slice().get(place)?;
        Some(Cow::Borrowed(&finding.id))
    }

    fn get(&self, place: usize) -> Option<Cow<'_, Finding>> {
        let finding = self.as_slice().get(place)?;
        Some(Cow::Borrowed(finding))
    }
}

/// What a command is about.
#[derive(Clone, Copy)]
pub enum View<'a> {
    /// The report's findings.
    Findings,
    /// The report's incidents.
    Incidents,
    /// One incident with all that belongs to it, and what the same hands did beside it.
    Incident(&'a Incident, &'a [TimelineEntry]),
    /// Events in time order.
    Timeline(&'a [TimelineEntry]),
    /// Totals.
    Summary(&'a [SummaryRow]),
}

/// The same without the data, for decisions before any is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewKind {
    /// A list of findings.
    Findings,
    /// A list of incidents.
    Incidents,
    /// One incident.
    Incident,
    /// A list of events.
    Timeline,
    /// A list of totals.
    Summary,
}

impl View<'_> {
    /// Which kind it is.
    pub fn kind(&self) -> ViewKind {
        match self {
            View::Findings => ViewKind::Findings,
            View::Incidents => ViewKind::Incidents,
            View::Incident(..) => ViewKind::Incident,
            View::Timeline(_) => ViewKind::Timeline,
            View::Summary(_) => ViewKind::Summary,
        }
    }
}

impl fmt::Display for ViewKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            ViewKind::Findings => "findings",
            ViewKind::Incidents => "incidents",
            ViewKind::Incident => "one incident",
            ViewKind::Timeline => "events",
            ViewKind::Summary => "a summary",
        })
    }
}

/// What the reader asked for beside the format.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// Columns to lay out for.
    pub width: usize,
    /// Whether to colour.
    pub color: bool,
    /// How ATT&CK names are written.
    pub attack: AttackNames<'a>,
}

/// One output.
pub trait Output {
    /// Writes the whole report; an error of the stream comes back as it is, a closed pipe too.
    fn write(
        &self,
        report: &Report<'_>,
        options: &Options<'_>,
        out: &mut dyn Write,
    ) -> io::Result<()>;
}

/// The error of an output that was asked for a view it has no form for.
///
/// `Format::check` tells the user before anything runs; this only keeps a slip from passing.
pub(super) fn no_such_view(report: &Report<'_>) -> io::Error {
    io::Error::new(
        io::ErrorKind::Unsupported,
        format!("no such output for {}", report.view.kind()),
    )
}

/// The findings of an incident, in its own order.
pub(super) fn findings_of<'a>(report: &Report<'a>, incident: &Incident) -> Vec<Cow<'a, Finding>> {
    let places = report.findings.by_id();
    let ids = incident.findings.iter();
    let places = ids.filter_map(|id| places.get(id.as_str()));
    places
        .filter_map(|place| report.findings.get(*place))
        .collect()
}
