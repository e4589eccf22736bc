//! An incident in, the object of kind `incident` out.
//!
//! `incidents show` adds the findings themselves; everything else names them by id.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

use super::SCHEMA;
use super::attack::AttackNames;
use super::event::{EventOut, TimelineEntry};
use super::finding::FindingOut;
use super::shared::{ActorBrief, EvidenceOut, LAYERS, RespondOut, SEVERITIES, known, text};
use crate::model::incident::{Change, Entity, Link};
use crate::model::{Finding, Incident, Status, Verdict};

/// One attack: findings joined, with what joined them.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(title = "incident")]
pub struct IncidentOut<'a> {
    /// Version of this format.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: &'static str,
    /// `incident`.
    #[schemars(extend("const" = "incident"))]
    pub kind: &'static str,
    /// `INC-` and 10 hex digits; the same when more logs are read.
    #[schemars(regex(pattern = "^INC-[0-9a-f]{10}$"))]
    pub id: &'a str,
    /// One line for people.
    pub title: Cow<'a, str>,
    /// Band of the score, at least that of the worst finding.
    #[schemars(extend("enum" = SEVERITIES))]
    pub severity: &'static str,
    /// 0 to 100.
    #[schemars(range(max = 100))]
    pub score: u32,
    /// Where the work stands.
    #[schemars(extend("enum" = ["OPEN", "INVESTIGATING", "CONTAINED", "RESOLVED"]))]
    pub status: &'static str,
    /// What it turned out to be; null as long as nobody has said.
    #[schemars(extend("enum" = ["true-positive", "false-positive", "benign", null]))]
    pub verdict: Option<&'static str>,
    /// First event.
    #[schemars(extend("format" = "date-time"))]
    pub start: String,
    /// Last event.
    #[schemars(extend("format" = "date-time"))]
    pub end: String,
    /// ATT&CK tactics in the order of an attack.
    pub tactics: Vec<String>,
    /// Layers, from the container outwards.
    #[schemars(extend("items" = serde_json::json!({"type": "string", "enum": LAYERS})))]
    pub layers: Vec<&'static str>,
    /// Clouds and identity providers.
    pub providers: Vec<Cow<'a, str>>,
    /// Accounts, subscriptions, projects and tenants.
    pub accounts: Vec<Cow<'a, str>>,
    /// Who acted.
    pub actors: Vec<ActorBrief<'a>>,
    /// Addresses it came from.
    pub source_ips: Vec<Cow<'a, str>>,
    /// What takes part.
    pub entities: Vec<EntityOut<'a>>,
    /// Why it is one incident.
    pub links: Vec<LinkOut<'a>>,
    /// Ids of its findings in time order.
    pub findings: Vec<&'a str>,
    /// How many findings, informational ones included.
    pub finding_count: u64,
    /// Incidents that share something too weak to join by.
    pub related: Vec<&'a str>,
    /// The resolved incident that this one continues.
    pub reopens: Option<&'a str>,
    /// Why it was cut out of something larger.
    pub split_reason: Option<Cow<'a, str>>,
    /// What happened, in plain words.
    pub story: Cow<'a, str>,
    /// What to do about it.
    pub respond: Vec<RespondOut<'a>>,
    /// What was said about it, in order; empty without a case folder.
    pub history: Vec<ChangeOut<'a>>,
    /// The findings themselves; only where one incident is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding_objects: Option<Vec<FindingOut<'a>>>,
    /// What the same credentials did while it lasted, findings left out; only where one incident
    /// is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Vec<EventOut<'a>>>,
}

/// What somebody said about an incident; null is what he did not speak of.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "change")]
pub struct ChangeOut<'a> {
    /// When.
    #[schemars(extend("format" = "date-time"))]
    pub time: String,
    /// The new status.
    pub status: Option<&'static str>,
    /// The verdict.
    pub verdict: Option<&'static str>,
    /// In words.
    pub note: Option<Cow<'a, str>>,
    /// Who.
    pub author: Option<Cow<'a, str>>,
    /// The id of the response that brought it about.
    pub action: Option<Cow<'a, str>>,
}

impl<'a> ChangeOut<'a> {
    fn new(change: &'a Change) -> ChangeOut<'a> {
        ChangeOut {
            time: change.time.to_string(),
            status: change.status.map(Status::word),
            verdict: change.verdict.map(Verdict::word),
            note: known(change.note.as_deref()),
            author: known(change.author.as_deref()),
            action: known(change.action.as_deref()),
        }
    }

    /// The change as a line of text.
    pub fn label(&self) -> String {
        let words = [self.status, self.verdict, self.note.as_deref()];
        let said: Vec<&str> = words.into_iter().flatten().collect();
        let by = self.author.as_deref().or(self.action.as_deref());
        match by {
            Some(by) => format!("{by}: {}", said.join(", ")),
            None => said.join(", "),
        }
    }
}

/// A thing that takes part in an incident.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "entity")]
pub struct EntityOut<'a> {
    /// `kind:value`.
    pub id: Cow<'a, str>,
    /// Its kind: `pod`, `aws-session`, `actor`, …
    pub kind: Cow<'a, str>,
    /// First seen in the incident's findings.
    #[schemars(extend("format" = "date-time"))]
    pub first: String,
    /// Last seen in the incident's findings.
    #[schemars(extend("format" = "date-time"))]
    pub last: String,
}

/// Why two entities belong together.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "link")]
pub struct LinkOut<'a> {
    /// Id of the earlier entity.
    pub from: Cow<'a, str>,
    /// Id of the later entity.
    pub to: Cow<'a, str>,
    /// The field that joins them.
    pub by: Cow<'a, str>,
    /// The value both hold.
    pub value: Cow<'a, str>,
    /// `proven`: two records hold the same identifying value; `likely`: they fit in time and place.
    #[schemars(extend("enum" = ["proven", "likely"]))]
    pub confidence: &'static str,
    /// The records that show it.
    pub evidence: Vec<EvidenceOut<'a>>,
}

impl<'a> IncidentOut<'a> {
    /// The printed form, its findings by id alone.
    pub fn new(incident: &'a Incident, attack: &AttackNames<'_>) -> IncidentOut<'a> {
        IncidentOut {
            schema: SCHEMA,
            kind: "incident",
            id: &incident.id,
            title: text(&incident.title),
            severity: incident.severity.word(),
            score: incident.score,
            status: incident.status.word(),
            verdict: incident.verdict.map(Verdict::word),
            start: incident.start.to_string(),
            end: incident.end.to_string(),
            tactics: attack.tactics(&incident.tactics),
            layers: incident.layers.iter().map(|layer| layer.word()).collect(),
            providers: texts(&incident.providers),
            accounts: texts(&incident.accounts),
            actors: incident.actors.iter().map(|a| ActorBrief::new(a)).collect(),
            source_ips: texts(&incident.source_ips),
            entities: incident.entities.iter().map(EntityOut::new).collect(),
            links: incident.links.iter().map(LinkOut::new).collect(),
            findings: ids(&incident.findings),
            finding_count: incident.findings.len() as u64,
            related: ids(&incident.related),
            reopens: incident.reopens.as_deref(),
            split_reason: known(incident.split_reason.as_deref()),
            story: text(&incident.story),
            respond: incident
                .respond
                .iter()
                .map(|suggestion| RespondOut::new(suggestion, true))
                .collect(),
            history: incident.history.iter().map(ChangeOut::new).collect(),
            finding_objects: None,
            context: None,
        }
    }

    /// The same with the findings and the context inlined.
    pub fn whole(
        incident: &'a Incident,
        findings: &'a [Cow<'_, Finding>],
        context: &'a [TimelineEntry],
        attack: &AttackNames<'_>,
    ) -> IncidentOut<'a> {
        let objects = findings
            .iter()
            .map(|finding| FindingOut::new(finding, attack))
            .collect();
        IncidentOut {
            finding_objects: Some(objects),
            context: Some(context.iter().map(EventOut::new).collect()),
            ..IncidentOut::new(incident, attack)
        }
    }
}

impl<'a> EntityOut<'a> {
    fn new(entity: &'a Entity) -> EntityOut<'a> {
        EntityOut {
            id: text(&entity.id),
            kind: text(&entity.kind),
            first: entity.first.to_string(),
            last: entity.last.to_string(),
        }
    }
}

impl<'a> LinkOut<'a> {
    fn new(link: &'a Link) -> LinkOut<'a> {
        LinkOut {
            from: text(&link.from),
            to: text(&link.to),
            by: text(&link.by),
            value: text(&link.value),
            confidence: link.confidence.word(),
            evidence: link.evidence.iter().map(EvidenceOut::new).collect(),
        }
    }
}

fn texts(values: &[String]) -> Vec<Cow<'_, str>> {
    values.iter().map(|value| text(value)).collect()
}

fn ids(values: &[String]) -> Vec<&str> {
    values.iter().map(String::as_str).collect()
}
