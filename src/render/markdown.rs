//! A report in, Markdown for tickets and wikis out.
//!
//! GitHub's dialect: headings, lists and tables. Log text is prose in it, never markup.

use std::io::{self, Write};

use super::beside::{Beside, fold};
use super::cells::{evidence, few, seconds, targets};
use super::escape::markdown;
use super::report::{findings_of, no_such_view};
use super::wire::shared::{ActorBrief, RespondOut};
use super::wire::{EventOut, FindingOut, IncidentOut, TimelineEntry};
use super::{Options, Output, Report, View, caveats};
use crate::model::Incident;
use crate::term::number::{counted, duration};

/// The `markdown` output.
pub(super) struct Markdown;

impl Output for Markdown {
    fn write(
        &self,
        report: &Report<'_>,
        options: &Options<'_>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let attack = &options.attack;
        match report.view {
            View::Findings => {
                header(
                    &[
                        "Severity", "Time", "Title", "Actor", "Action", "Target", "Outcome",
                        "Count", "Id",
                    ],
                    out,
                )?;
                for finding in report.findings.iter() {
                    let finding = FindingOut::new(&finding, attack);
                    row(
                        &[
                            finding.severity,
                            &seconds(&finding.time),
                            &finding.rule.title,
                            finding.actor.label(),
                            &finding.action,
                            &targets(&finding.targets),
                            finding.outcome,
                            &finding.count.to_string(),
                            finding.id,
                        ],
                        out,
                    )?;
                }
                Ok(())
            }
            View::Incidents => {
                header(
                    &[
                        "Severity", "Score", "Status", "Start", "Title", "Actors", "Findings", "Id",
                    ],
                    out,
                )?;
                for incident in report.incidents {
                    let incident = IncidentOut::new(incident, attack);
                    row(
                        &[
                            incident.severity,
                            &incident.score.to_string(),
                            incident.status,
                            &seconds(&incident.start),
                            &incident.title,
                            &few(incident.actors.iter().map(ActorBrief::label)),
                            &incident.finding_count.to_string(),
                            incident.id,
                        ],
                        out,
                    )?;
                }
                Ok(())
            }
            View::Incident(incident, context) => page(report, incident, context, options, out),
            View::Timeline(entries) => {
                header(
                    &[
                        "Time",
                        "Layer",
                        "Actor",
                        "Action",
                        "Target",
                        "Outcome",
                        "Source IP",
                        "Finding",
                        "Evidence",
                    ],
                    out,
                )?;
                for entry in entries {
                    let event = EventOut::new(entry);
                    row(
                        &[
                            &seconds(&event.time),
                            event.layer,
                            event.actor.label(),
                            &event.action,
                            &targets(&event.targets),
                            event.outcome,
                            event.source_ip.as_deref().unwrap_or_default(),
                            &few(event.findings.iter().copied()),
                            &evidence(&event.evidence, event.evidence.len() as u64),
                        ],
                        out,
                    )?;
                }
                Ok(())
            }
            View::Summary(_) => Err(no_such_view(report)),
        }
    }
}

/// One incident as a whole.
fn page(
    report: &Report<'_>,
    incident: &Incident,
    context: &[TimelineEntry],
    options: &Options<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let printed = IncidentOut::new(incident, &options.attack);
    writeln!(out, "# {}: {}\n", printed.id, markdown(&printed.title))?;
    let span = duration(incident.end.0.saturating_sub(incident.start.0));
    let actors: Vec<&str> = printed.actors.iter().map(ActorBrief::label).collect();
    let facts = [
        (
            "Severity",
            format!("{}, score {}", printed.severity, printed.score),
        ),
        (
            "Status",
            [Some(printed.status), printed.verdict]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(", "),
        ),
        (
            "Time",
            format!("{} to {}, {span}", printed.start, printed.end),
        ),
        ("Actors", actors.join(", ")),
        ("From", printed.source_ips.join(", ")),
        ("Accounts", printed.accounts.join(", ")),
        ("Providers", printed.providers.join(", ")),
        ("Layers", printed.layers.join(", ")),
        ("Tactics", printed.tactics.join(", ")),
        ("Related", printed.related.join(", ")),
        ("Reopens", printed.reopens.unwrap_or_default().to_owned()),
        (
            "Cut out",
            printed
                .split_reason
                .as_deref()
                .unwrap_or_default()
                .to_owned(),
        ),
    ];
    for (label, value) in facts {
        if !value.is_empty() {
            writeln!(out, "- **{label}:** {}", markdown(&value))?;
        }
    }
    writeln!(out, "\n## Story\n\n{}", markdown(&printed.story))?;
    if !printed.links.is_empty() {
        writeln!(out, "\n## Path\n")?;
        header(
            &["From", "To", "By", "Value", "Confidence", "Evidence"],
            out,
        )?;
        for link in &printed.links {
            let total = link.evidence.len() as u64;
            row(
                &[
                    &link.from,
                    &link.to,
                    &link.by,
                    &link.value,
                    link.confidence,
                    &evidence(&link.evidence, total),
                ],
                out,
            )?;
        }
    }
    let findings = findings_of(report, incident);
    writeln!(out, "\n## {}\n", counted(printed.finding_count, "finding"))?;
    header(
        &[
            "Time", "Severity", "Layer", "Title", "Actor", "Action", "Target", "Outcome", "Count",
            "Evidence", "Id",
        ],
        out,
    )?;
    for finding in &findings {
        let finding = FindingOut::new(finding, &options.attack);
        row(
            &[
                &seconds(&finding.time),
                finding.severity,
                finding.layer,
                &finding.rule.title,
                finding.actor.label(),
                &finding.action,
                &targets(&finding.targets),
                finding.outcome,
                &finding.count.to_string(),
                &evidence(&finding.evidence, finding.evidence_total),
                finding.id,
            ],
            out,
        )?;
    }
    beside(context, out)?;
    list("Response", printed.respond.iter().map(advice), out)?;
    let notes = printed.history.iter();
    let notes = notes.map(|change| format!("{} {}", change.time, change.label()));
    list("Notes", notes, out)?;
    let caveats = caveats::of(incident, report.coverage);
    list("What the input may be missing", caveats.into_iter(), out)
}

/// What the same hands did beside it, alike events in one row.
fn beside(context: &[TimelineEntry], out: &mut dyn Write) -> io::Result<()> {
    if context.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## Context\n")?;
    header(
        &[
            "Time",
            "Layer",
            "Actor",
            "Action",
            "Target",
            "Outcome",
            "Source IP",
            "Count",
        ],
        out,
    )?;
    for Beside { event, count } in fold(context) {
        row(
            &[
                &seconds(&event.time),
                event.layer,
                event.actor.label(),
                &event.action,
                &targets(&event.targets),
                event.outcome,
                event.source_ip.as_deref().unwrap_or_default(),
                &count.to_string(),
            ],
            out,
        )?;
    }
    Ok(())
}

/// A suggestion and whether it can be taken back.
fn advice(suggestion: &RespondOut<'_>) -> String {
    match suggestion.reversible {
        Some(true) => format!("{} (can be undone)", suggestion.label()),
        Some(false) => format!("{} (cannot be undone)", suggestion.label()),
        None => suggestion.label(),
    }
}

fn list(
    heading: &str,
    entries: impl Iterator<Item = String>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut entries = entries.peekable();
    if entries.peek().is_none() {
        return Ok(());
    }
    writeln!(out, "\n## {heading}\n")?;
    for entry in entries {
        writeln!(out, "- {}", markdown(&entry))?;
    }
    Ok(())
}

fn header(titles: &[&str], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "| {} |", titles.join(" | "))?;
    writeln!(out, "|{}", " --- |".repeat(titles.len()))
}

fn row(cells: &[&str], out: &mut dyn Write) -> io::Result<()> {
    let cells: Vec<String> = cells.iter().map(|cell| markdown(cell)).collect();
    writeln!(out, "| {} |", cells.join(" | "))
}
