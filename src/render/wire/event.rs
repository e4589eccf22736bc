//! A normalized event in, the object of kind `event` out.
//!
//! `timeline` and `search` print these; most of them belong to no finding and are context.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

use super::SCHEMA;
use super::shared::{ActorOut, EvidenceOut, LAYERS, OUTCOMES, TargetOut, known, text};
pub use crate::model::event::TimelineEntry;

/// One event of a log.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(title = "event")]
pub struct EventOut<'a> {
    /// Version of this format.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: &'static str,
    /// `event`.
    #[schemars(extend("const" = "event"))]
    pub kind: &'static str,
    /// When it happened.
    #[schemars(extend("format" = "date-time"))]
    pub time: String,
    /// Source, `aws.cloudtrail`.
    pub source: &'static str,
    /// Layer of that source.
    #[schemars(extend("enum" = LAYERS))]
    pub layer: &'static str,
    /// Provider: `aws`, `gcp`, `azure`, `entra`, `m365`, `scaleway`, `ovh`, `okta`, `kubernetes`, `runtime`, `kafka`.
    pub provider: &'static str,
    /// Account, subscription, project or tenant.
    pub account: Option<Cow<'a, str>>,
    /// Region, or `global`.
    pub region: Option<Cow<'a, str>>,
    /// Who acted.
    pub actor: ActorOut<'a>,
    /// Address it came from; null where the log names a service instead.
    pub source_ip: Option<Cow<'a, str>>,
    /// Client as it names itself.
    pub user_agent: Option<Cow<'a, str>>,
    /// Canonical action, `service:Verb`.
    pub action: Cow<'a, str>,
    /// How the action ended.
    #[schemars(extend("enum" = OUTCOMES))]
    pub outcome: &'static str,
    /// The provider's error word.
    pub error_code: Option<Cow<'a, str>>,
    /// What was acted on.
    pub targets: Vec<TargetOut<'a>>,
    /// Where its records stand, one entry a merged record.
    pub evidence: Vec<EvidenceOut<'a>>,
    /// Ids of the findings it counts for.
    pub findings: Vec<&'a str>,
    /// Id of the incident it belongs to.
    pub incident: Option<&'a str>,
    /// True where the event has no finding of its own.
    pub context: bool,
}

impl<'a> EventOut<'a> {
    /// The printed form.
    pub fn new(entry: &'a TimelineEntry) -> EventOut<'a> {
        let event = &entry.event;
        EventOut {
            schema: SCHEMA,
            kind: "event",
            time: event.time.to_string(),
            source: event.source,
            layer: event.layer.word(),
            provider: event.provider,
            account: known(event.account.as_deref()),
            region: known(event.region.as_deref()),
            actor: ActorOut::new(&event.actor, &event.actor.via),
            source_ip: known(event.source_ip.as_deref()),
            user_agent: known(event.user_agent.as_deref()),
            action: text(&event.action),
            outcome: event.outcome.word(),
            error_code: known(event.error_code.as_deref()),
            targets: event.targets.iter().map(TargetOut::new).collect(),
            evidence: entry.evidence.iter().map(EvidenceOut::new).collect(),
            findings: entry.findings.iter().map(String::as_str).collect(),
            incident: entry.incident.as_deref(),
            context: entry.findings.is_empty(),
        }
    }
}
