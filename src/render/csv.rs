//! A report in, flat rows under a header out; one row a finding, incident, event or total.
//!
//! For spreadsheets: lists are joined with `; `, the first evidence stands for all of it. Fields
//! are quoted as RFC 4180 says, lines end with a line feed, and what a spreadsheet would run as
//! a formula stands behind an apostrophe.

use std::io::{self, Write};

use super::escape;
use super::report::no_such_view;
use super::wire::attack::AttackOut;
use super::wire::shared::{ActorBrief, ActorOut, EvidenceOut, RespondOut, TargetOut};
use super::wire::summary::BreakdownOut;
use super::wire::{EventOut, FindingOut, IncidentOut, SummaryOut};
use super::{Options, Output, Report, View};

/// The `csv` output.
pub(super) struct Csv;

const FINDING: &str = "id,severity,time,end_time,count,rule_id,rule_title,rule_level,tactics,\
techniques,source,layer,provider,account,region,actor_id,actor_name,actor_type,session,via,\
source_ip,user_agent,action,outcome,target_type,target_id,target_name,other_targets,\
evidence_file,evidence_record,evidence_uid,evidence_total,respond,incident";
const INCIDENT: &str = "id,severity,score,status,start,end,title,tactics,layers,providers,\
accounts,actors,source_ips,finding_count,related,reopens,split_reason,story,respond,verdict";
const EVENT: &str = "time,source,layer,provider,account,region,actor_id,actor_name,actor_type,\
session,via,source_ip,user_agent,action,outcome,error_code,target_type,target_id,target_name,\
other_targets,evidence_file,evidence_record,evidence_uid,evidence_total,findings,incident,context";
const SUMMARY: &str = "by,value,name,type,events,denied,bytes,first,last,findings,severity,\
actors,source_ips,accounts,regions,actions,user_agents,failed,devices,sessions,roles,sensitive";

impl Output for Csv {
    fn write(
        &self,
        report: &Report<'_>,
        options: &Options<'_>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let attack = &options.attack;
        match report.view {
            View::Findings => {
                writeln!(out, "{FINDING}")?;
                for finding in report.findings.iter() {
                    finding_row(&FindingOut::new(&finding, attack)).end(out)?;
                }
            }
            View::Incidents => {
                writeln!(out, "{INCIDENT}")?;
                for incident in report.incidents {
                    incident_row(&IncidentOut::new(incident, attack)).end(out)?;
                }
            }
            View::Timeline(entries) => {
                writeln!(out, "{EVENT}")?;
                for entry in entries {
                    event_row(&EventOut::new(entry)).end(out)?;
                }
            }
            View::Summary(rows) => {
                writeln!(out, "{SUMMARY}")?;
                for row in rows {
                    summary_row(&SummaryOut::new(row)).end(out)?;
                }
            }
            View::Incident(..) => return Err(no_such_view(report)),
        }
        Ok(())
    }
}

/// A row under construction.
#[derive(Default)]
struct Row {
    line: String,
    started: bool,
}

impl Row {
    fn text(&mut self, value: &str) -> &mut Row {
        if self.started {
            self.line.push(',');
        }
        self.started = true;
        self.line.push_str(&escape::csv(value));
        self
    }

    fn maybe(&mut self, value: Option<&str>) -> &mut Row {
        self.text(value.unwrap_or_default())
    }

    fn number(&mut self, value: u64) -> &mut Row {
        self.text(&value.to_string())
    }

    fn list<S: AsRef<str>>(&mut self, values: impl IntoIterator<Item = S>) -> &mut Row {
        let values: Vec<S> = values.into_iter().collect();
        let parts: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
        self.text(&parts.join("; "))
    }

    fn actor(&mut self, actor: &ActorOut<'_>) -> &mut Row {
        self.text(&actor.id)
            .maybe(actor.name.as_deref())
            .text(actor.r#type)
            .maybe(actor.session.as_deref())
            .list(&actor.via)
    }

    fn targets(&mut self, targets: &[TargetOut<'_>]) -> &mut Row {
        let (first, others) = match targets.split_first() {
            Some((first, others)) => (Some(first), others),
            None => (None, targets),
        };
        self.maybe(first.map(|target| target.r#type.as_ref()))
            .maybe(first.map(|target| target.id.as_ref()))
            .maybe(first.and_then(|target| target.name.as_deref()))
            .list(others.iter().map(|target| target.id.as_ref()))
    }

    fn evidence(&mut self, evidence: &[EvidenceOut<'_>], total: u64) -> &mut Row {
        let first = evidence.first();
        let record = first.map(|pointer| pointer.record.to_string());
        self.maybe(first.map(|pointer| pointer.file))
            .maybe(record.as_deref())
            .maybe(first.map(|pointer| pointer.uid))
            .number(total)
    }

    fn respond(&mut self, respond: &[RespondOut<'_>]) -> &mut Row {
        self.list(respond.iter().map(RespondOut::label))
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.line.push('\n');
        out.write_all(self.line.as_bytes())
    }
}

fn finding_row(finding: &FindingOut<'_>) -> Row {
    let attack = &finding.rule.attack;
    let mut row = Row::default();
    row.text(finding.id)
        .text(finding.severity)
        .text(&finding.time)
        .text(&finding.end_time)
        .number(finding.count)
        .text(&finding.rule.id)
        .text(&finding.rule.title)
        .text(finding.rule.level)
        .list(once_each(attack, |entry| entry.tactic))
        .list(once_each(attack, |entry| entry.technique.as_deref()))
        .text(finding.source)
        .text(finding.layer)
        .text(finding.provider)
        .maybe(finding.account.as_deref())
        .maybe(finding.region.as_deref())
        .actor(&finding.actor)
        .maybe(finding.source_ip.as_deref())
        .maybe(finding.user_agent.as_deref())
        .text(&finding.action)
        .text(finding.outcome)
        .targets(&finding.targets)
        .evidence(&finding.evidence, finding.evidence_total)
        .respond(&finding.respond)
        .maybe(finding.incident);
    row
}

fn incident_row(incident: &IncidentOut<'_>) -> Row {
    let mut row = Row::default();
    row.text(incident.id)
        .text(incident.severity)
        .number(incident.score.into())
        .text(incident.status)
        .text(&incident.start)
        .text(&incident.end)
        .text(&incident.title)
        .list(&incident.tactics)
        .list(&incident.layers)
        .list(&incident.providers)
        .list(&incident.accounts)
        .list(incident.actors.iter().map(ActorBrief::label))
        .list(&incident.source_ips)
        .number(incident.finding_count)
        .list(&incident.related)
        .maybe(incident.reopens)
        .maybe(incident.split_reason.as_deref())
        .text(&incident.story)
        .respond(&incident.respond)
        .maybe(incident.verdict);
    row
}

fn event_row(event: &EventOut<'_>) -> Row {
    let mut row = Row::default();
    row.text(&event.time)
        .text(event.source)
        .text(event.layer)
        .text(event.provider)
        .maybe(event.account.as_deref())
        .maybe(event.region.as_deref())
        .actor(&event.actor)
        .maybe(event.source_ip.as_deref())
        .maybe(event.user_agent.as_deref())
        .text(&event.action)
        .text(event.outcome)
        .maybe(event.error_code.as_deref())
        .targets(&event.targets)
        .evidence(&event.evidence, event.evidence.len() as u64)
        .list(&event.findings)
        .maybe(event.incident)
        .text(if event.context { "true" } else { "false" });
    row
}

fn summary_row(summary: &SummaryOut<'_>) -> Row {
    let number = |value: Option<u64>| value.map(|value| value.to_string());
    let mut row = Row::default();
    row.text(summary.by)
        .text(&summary.value)
        .maybe(summary.name.as_deref())
        .maybe(summary.r#type)
        .number(summary.events)
        .number(summary.denied)
        .maybe(number(summary.bytes).as_deref())
        .maybe(summary.first.as_deref())
        .maybe(summary.last.as_deref())
        .number(summary.findings)
        .maybe(summary.severity);
    let list = |row: &mut Row, breakdown: &BreakdownOut<'_>| {
        row.list(breakdown.top.iter().map(|tally| match tally.count {
            Some(count) => format!("{} ({count})", tally.value),
            None => tally.value.to_string(),
        }));
    };
    for breakdown in [
        &summary.actors,
        &summary.source_ips,
        &summary.accounts,
        &summary.regions,
        &summary.actions,
        &summary.user_agents,
    ] {
        list(&mut row, breakdown);
    }
    row.number(summary.failed);
    for breakdown in [
        &summary.devices,
        &summary.sessions,
        &summary.roles,
        &summary.sensitive,
    ] {
        list(&mut row, breakdown);
    }
    row
}

/// One side of the ATT&CK pairs, each value once.
fn once_each<'a>(
    attack: &'a [AttackOut],
    side: impl Fn(&'a AttackOut) -> Option<&'a str>,
) -> Vec<&'a str> {
    let mut out = Vec::new();
    for value in attack.iter().filter_map(side) {
        if !out.contains(&value) {
            out.push(value);
        }
    }
    out
}
