//! A report in, one JSON document out; one incident is the object itself.
//!
//! For programs that read a file as a whole. Objects stand on lines of their own all the same,
//! so that a difference between two runs is a difference of lines.

use std::borrow::Cow;
use std::io::{self, Write};

use super::json_text::{write_line, write_value};
use super::wire::{CoverageOut, EventOut, FindingOut, IncidentOut, SCHEMA, SummaryOut};
use super::{Options, Output, Report, View, report};
use crate::model::{Finding, Incident};

/// The `json` output.
pub(super) struct Json;

impl Output for Json {
    fn write(
        &self,
        report: &Report<'_>,
        options: &Options<'_>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let attack = &options.attack;
        if let View::Incident(incident, context) = report.view {
            let findings = report::findings_of(report, incident);
            let object = IncidentOut::whole(incident, &findings, context, attack);
            return write_line(&object, out);
        }
        write!(out, "{{\"schema\":\"{SCHEMA}\",\"kind\":\"report\"")?;
        match report.view {
            View::Timeline(entries) => {
                let event =
                    |entry: &_, out: &mut dyn Write| write_value(&EventOut::new(entry), out);
                list("events", entries.iter(), event, out)?;
            }
            View::Summary(rows) => {
                let row = |row: &_, out: &mut dyn Write| write_value(&SummaryOut::new(row), out);
                list("summary", rows.iter(), row, out)?;
            }
            View::Findings | View::Incidents | View::Incident(..) => {
                let findings = report.findings.iter();
                let finding = |finding: Cow<'_, Finding>, out: &mut dyn Write| {
                    write_value(&FindingOut::new(&finding, attack), out)
                };
                list("findings", findings, finding, out)?;
                let incident = |incident: &&Incident, out: &mut dyn Write| {
                    write_value(&IncidentOut::new(incident, attack), out)
                };
                list("incidents", report.incidents.iter(), incident, out)?;
            }
        }
        out.write_all(b",\"coverage\":")?;
        write_value(&CoverageOut::new(report.coverage), out)?;
        out.write_all(b"}\n")
    }
}

/// A key with a list, made and written one object at a time.
fn list<T>(
    key: &str,
    objects: impl Iterator<Item = T>,
    write: impl Fn(T, &mut dyn Write) -> io::Result<()>,
    out: &mut dyn Write,
) -> io::Result<()> {
    write!(out, ",\"{key}\":[")?;
    let mut any = false;
    for object in objects {
        out.write_all(if any { b",\n" } else { b"\n" })?;
        write(object, out)?;
        any = true;
    }
    out.write_all(if any { b"\n]" } else { b"]" })
}
