//! A report in, one JSON document out; one incident is the object itself.
//!
//! For programs that read a file as a whole. Objects stand on lines of their own all the same,
//! so that a difference between two runs is a difference of lines.

use std::io::{self, Write};

use serde::Serialize;

use super::json_text::{write_line, write_value};
use super::wire::{CoverageOut, EventOut, FindingOut, IncidentOut, SCHEMA, SummaryOut};
use super::{Options, Output, Report, View, report};

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
                list("events", entries.iter().map(EventOut::new), out)?;
            }
            View::Summary(rows) => {
                list("summary", rows.iter().map(SummaryOut::new), out)?;
            }
            View::Findings | View::Incidents | View::Incident(..) => {
                let findings = report.findings.iter();
                let findings = findings.map(|finding| FindingOut::new(finding, attack));
                list("findings", findings, out)?;
                let incidents = report.incidents.iter();
                let incidents = incidents.map(|incident| IncidentOut::new(incident, attack));
                list("incidents", incidents, out)?;
            }
        }
        out.write_all(b",\"coverage\":")?;
        write_value(&CoverageOut::new(report.coverage), out)?;
        out.write_all(b"}\n")
    }
}

/// A key with a list, made and written one object at a time.
fn list<T: Serialize>(
    key: &str,
    objects: impl Iterator<Item = T>,
    out: &mut dyn Write,
) -> io::Result<()> {
    write!(out, ",\"{key}\":[")?;
    let mut any = false;
    for object in objects {
        out.write_all(if any { b",\n" } else { b"\n" })?;
        write_value(&object, out)?;
        any = true;
    }
    out.write_all(if any { b"\n]" } else { b"]" })
}
