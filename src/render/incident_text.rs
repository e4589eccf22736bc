//! One incident in, a page of text out: what happened, why it is one attack, what to do.
//!
//! What `incidents show` prints for a person; each claim stands with the records behind it.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::beside::{Beside, fold};
use super::cells::{entity, evidence, seconds, targets};
use super::report::findings_of;
use super::wire::incident::LinkOut;
use super::wire::shared::{ActorBrief, RespondOut, short};
use super::wire::{FindingOut, IncidentOut, TimelineEntry};
use super::{Options, Report, caveats};
use crate::model::{Finding, Incident};
use crate::term::Paint;
use crate::term::escape::terminal;
use crate::term::number::{counted, duration};
use crate::term::width::{Cut, fit, wrap};

/// Prose wider than this is hard to read.
const PROSE: usize = 100;
/// Ties of one pair that are shown; the machine output has all.
const TIES: usize = 3;
/// Lines of context.
const BESIDE: usize = 40;
/// Columns of the labels in the head.
const LABEL: usize = 11;

/// Writes the page.
pub(super) fn write(
    report: &Report<'_>,
    incident: &Incident,
    context: &[TimelineEntry],
    options: &Options<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let printed = IncidentOut::new(incident, &options.attack);
    let mut page = Page { out, options };
    page.head(incident, &printed)?;
    page.heading("Story")?;
    page.prose(2, &printed.story)?;
    if !printed.links.is_empty() {
        page.heading("Path")?;
        page.path(&printed)?;
    }
    let findings = findings_of(report, incident);
    if !findings.is_empty() {
        page.heading("Timeline")?;
        for finding in &findings {
            page.finding(finding)?;
        }
    }
    if !context.is_empty() {
        page.heading("Context")?;
        page.context(context)?;
    }
    if !printed.respond.is_empty() {
        page.heading("Response")?;
        for suggestion in &printed.respond {
            page.suggestion(suggestion)?;
        }
    }
    if !printed.history.is_empty() {
        page.heading("Notes")?;
        for change in &printed.history {
            page.prose(2, &format!("{}  {}", change.time, change.label()))?;
        }
    }
    let caveats = caveats::of(incident, report.coverage);
    if !caveats.is_empty() {
        page.heading("What the input may be missing")?;
        for caveat in &caveats {
            page.prose(2, caveat)?;
        }
    }
    Ok(())
}

/// A page under way: all text goes through its methods, which escape and fit it.
struct Page<'a, 'b> {
    out: &'a mut dyn Write,
    options: &'a Options<'b>,
}

impl Page<'_, '_> {
    fn heading(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out)?;
        for line in wrap(text, self.options.width) {
            writeln!(self.out, "{}", Paint::Bold.on(&line, self.options.color))?;
        }
        Ok(())
    }

    /// One line, cut in the middle where it is too long.
    fn line(&mut self, indent: usize, text: &str) -> io::Result<()> {
        let safe = terminal(text);
        let room = self.options.width.saturating_sub(indent);
        let cut = fit(&safe, room, Cut::Middle);
        writeln!(self.out, "{:indent$}{cut}", "")
    }

    /// As many lines as it takes.
    fn prose(&mut self, indent: usize, text: &str) -> io::Result<()> {
        let room = self.options.width.min(PROSE).saturating_sub(indent);
        // A newline of a log shows as an escape: it must not fake a section of this page.
        for line in wrap(&terminal(text), room) {
            writeln!(self.out, "{:indent$}{line}", "")?;
        }
        Ok(())
    }

    /// A label and its values.
    fn facts<S: AsRef<str>>(&mut self, label: &str, values: &[S]) -> io::Result<()> {
        let joined: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
        let room = self.options.width.saturating_sub(LABEL + 2);
        for (index, line) in wrap(&terminal(&joined.join(", ")), room).iter().enumerate() {
            let label = if index == 0 { label } else { "" };
            writeln!(self.out, "  {label:LABEL$}{line}")?;
        }
        Ok(())
    }

    fn head(&mut self, incident: &Incident, printed: &IncidentOut<'_>) -> io::Result<()> {
        let level = short(incident.severity);
        let level = Paint::Level(incident.severity).on(level, self.options.color);
        let plain = format!("{}  {}", printed.id, short(incident.severity)).len();
        let score = format!("  score {}", printed.score);
        let status = format!("  {}", printed.status);
        // What there is no room for gets a line of its own.
        let fits = |rest: &str| plain + score.len() + rest.len() <= self.options.width;
        let (gap, rest) = match (fits(&status), fits("")) {
            (true, _) => ("  ", status.as_str()),
            (false, true) => ("  ", ""),
            (false, false) => ("\n", ""),
        };
        let fits = !rest.is_empty();
        writeln!(self.out, "{}{gap}{level}{score}{rest}", printed.id)?;
        let title = terminal(&printed.title);
        for line in wrap(&title, self.options.width) {
            writeln!(self.out, "{}", Paint::Bold.on(&line, self.options.color))?;
        }
        let span = duration(incident.end.0.saturating_sub(incident.start.0));
        let findings = counted(printed.finding_count, "finding");
        self.line(
            0,
            &format!(
                "{} to {}, {span}, {findings}",
                seconds(&printed.start),
                seconds(&printed.end)
            ),
        )?;
        writeln!(self.out)?;
        let actors: Vec<String> = printed
            .actors
            .iter()
            .map(|actor: &ActorBrief<'_>| format!("{} ({})", actor.label(), actor.r#type))
            .collect();
        let status = Some(printed.status).filter(|_| !fits);
        self.facts("status", status.as_slice())?;
        self.facts("verdict", printed.verdict.as_slice())?;
        self.facts("actors", &actors)?;
        self.facts("from", &printed.source_ips)?;
        self.facts("accounts", &printed.accounts)?;
        self.facts("providers", &printed.providers)?;
        self.facts("layers", &printed.layers)?;
        self.facts("tactics", &printed.tactics)?;
        self.facts("related", &printed.related)?;
        self.facts("reopens", printed.reopens.as_slice())?;
        self.facts("cut out", printed.split_reason.as_slice())
    }

    /// Each pair of ends once, with all that ties them below.
    fn path(&mut self, printed: &IncidentOut<'_>) -> io::Result<()> {
        let ends = |link: &LinkOut<'_>| (link.from.to_string(), link.to.to_string());
        let mut told = BTreeSet::new();
        for (place, link) in printed.links.iter().enumerate() {
            if !told.insert(ends(link)) {
                continue;
            }
            self.line(
                2,
                &format!("{} -> {}", entity(&link.from), entity(&link.to)),
            )?;
            let ties = printed.links[place..].iter();
            let ties = ties.filter(|other| ends(other) == ends(link));
            let (shown, rest) = (ties.clone().take(TIES), ties.count().saturating_sub(TIES));
            for tie in shown {
                let why = format!("{}, {} = {}", tie.confidence, tie.by, tie.value);
                self.line(4, &why)?;
                let total = tie.evidence.len() as u64;
                if total > 0 {
                    self.line(6, &evidence(&tie.evidence, total))?;
                }
            }
            if rest > 0 {
                self.line(4, &format!("and {}", counted(rest as u64, "further tie")))?;
            }
        }
        Ok(())
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        let printed = FindingOut::new(finding, &self.options.attack);
        let title = format!(
            "{}  {:8}  {:10}  {}",
            seconds(&printed.time),
            short(finding.severity),
            printed.layer,
            printed.rule.title
        );
        let safe = terminal(&title);
        let line = fit(&safe, self.options.width.saturating_sub(2), Cut::End);
        // The severity stands at a fixed place: behind the time and two blanks.
        let word = Paint::Level(finding.severity).on(short(finding.severity), self.options.color);
        let line = line.replacen(short(finding.severity), &word, 1);
        writeln!(self.out, "  {line}")?;
        let mut parts = vec![
            printed.actor.label().to_owned(),
            printed.action.to_string(),
            targets(&printed.targets),
            printed.outcome.to_owned(),
            printed.source_ip.as_deref().unwrap_or_default().to_owned(),
        ];
        if printed.count > 1 {
            parts.push(counted(printed.count, "event"));
        }
        parts.retain(|part| !part.is_empty());
        self.line(4, &parts.join("  "))?;
        if !printed.evidence.is_empty() {
            self.line(4, &evidence(&printed.evidence, printed.evidence_total))?;
        }
        self.line(4, printed.id)
    }

    /// What the same hands did beside it, alike events in one line.
    fn context(&mut self, context: &[TimelineEntry]) -> io::Result<()> {
        let events = counted(context.len() as u64, "event");
        self.prose(
            2,
            &format!("{events} of the same credentials, none a finding"),
        )?;
        let rows = fold(context);
        for Beside { event, count } in rows.iter().take(BESIDE) {
            let mut parts = vec![
                seconds(&event.time),
                format!("{:10}", event.layer),
                event.actor.label().to_owned(),
                event.action.to_string(),
                targets(&event.targets),
                event.outcome.to_owned(),
                event.source_ip.as_deref().unwrap_or_default().to_owned(),
            ];
            if *count > 1 {
                parts.push(counted(*count, "event"));
            }
            parts.retain(|part| !part.is_empty());
            self.line(2, &parts.join("  "))?;
        }
        match rows.len().checked_sub(BESIDE) {
            Some(more) if more > 0 => self.prose(
                2,
                &format!("and {more} more kinds: `ctadel timeline --incident` has all"),
            ),
            _ => Ok(()),
        }
    }

    /// Not a command to paste: the target is a log's word, and a shell would obey it.
    fn suggestion(&mut self, suggestion: &RespondOut<'_>) -> io::Result<()> {
        let Some(reversible) = suggestion.reversible else {
            return self.prose(2, &suggestion.label());
        };
        let undo = if reversible {
            "can be undone"
        } else {
            "cannot be undone"
        };
        self.line(2, &format!("{}  {undo}", suggestion.label()))
    }
}
