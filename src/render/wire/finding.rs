//! A finding in, the object of kind `finding` out.
//!
//! The most parsed object of all: names and order are the contract's.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

use super::SCHEMA;
use super::attack::{AttackNames, AttackOut};
use super::shared::{
    ActorOut, EvidenceOut, LAYERS, OUTCOMES, RespondOut, SEVERITIES, TargetOut, known, text,
};
use crate::model::{Finding, RuleMeta};

/// One rule's claim about one or more events, with the evidence for it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "finding", title = "finding")]
pub struct FindingOut<'a> {
    /// Version of this format.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: &'static str,
    /// `finding`.
    #[schemars(extend("const" = "finding"))]
    pub kind: &'static str,
    /// `F-` and 16 hex digits; the same for the same rule, first event and group.
    #[schemars(regex(pattern = "^F-[0-9a-f]{16}$"))]
    pub id: &'a str,
    /// The rule that speaks.
    pub rule: RuleOut<'a>,
    /// Level of the rule after conditions, outcome and context.
    #[schemars(extend("enum" = SEVERITIES))]
    pub severity: &'static str,
    /// Time of the first event.
    #[schemars(extend("format" = "date-time"))]
    pub time: String,
    /// Time of the last event.
    #[schemars(extend("format" = "date-time"))]
    pub end_time: String,
    /// How many events count.
    pub count: u64,
    /// Source of the first event, `aws.cloudtrail`.
    pub source: &'static str,
    /// Layer of that source.
    #[schemars(extend("enum" = LAYERS))]
    pub layer: &'static str,
    /// Provider: `aws`, `gcp`, `azure`, `entra`, `m365`, `scaleway`, `ovh`, `okta`, `kubernetes`, `runtime`, `kafka`.
    pub provider: &'static str,
    /// Account, subscription, project or tenant of the first event.
    pub account: Option<Cow<'a, str>>,
    /// Region of the first event.
    pub region: Option<Cow<'a, str>>,
    /// Who acted.
    pub actor: ActorOut<'a>,
    /// Address it came from; null where the log names a service instead.
    pub source_ip: Option<Cow<'a, str>>,
    /// Client as it names itself.
    pub user_agent: Option<Cow<'a, str>>,
    /// Canonical action of the first event, `service:Verb`.
    pub action: Cow<'a, str>,
    /// How the action ended.
    #[schemars(extend("enum" = OUTCOMES))]
    pub outcome: &'static str,
    /// What was acted on.
    pub targets: Vec<TargetOut<'a>>,
    /// Values by which a correlation grouped its events; empty for other rules.
    pub group: Vec<GroupOut<'a>>,
    /// The events, at most 100 of them.
    pub evidence: Vec<EvidenceOut<'a>>,
    /// How many events there were to point at.
    pub evidence_total: u64,
    /// What to do about it.
    pub respond: Vec<RespondOut<'a>>,
    /// Id of the incident it belongs to.
    pub incident: Option<&'a str>,
}

/// The rule of a finding.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "rule")]
pub struct RuleOut<'a> {
    /// Name of the rule, else its Sigma id, else its title.
    pub id: Cow<'a, str>,
    /// Sigma id.
    pub uuid: Option<Cow<'a, str>>,
    /// Title.
    pub title: Cow<'a, str>,
    /// Level before conditions, outcome and context.
    #[schemars(extend("enum" = SEVERITIES))]
    pub level: &'static str,
    /// `builtin`, `file`, or `external` for another tool's alert.
    #[schemars(extend("enum" = ["builtin", "file", "external"]))]
    pub origin: &'static str,
    /// ATT&CK tactics and techniques.
    pub attack: Vec<AttackOut>,
}

/// One group value of a correlation.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "group")]
pub struct GroupOut<'a> {
    /// Name of the field.
    pub field: Cow<'a, str>,
    /// Its value.
    pub value: Cow<'a, str>,
}

impl<'a> FindingOut<'a> {
    /// The printed form, with ATT&CK as the reader asked for it.
    pub fn new(finding: &'a Finding, attack: &AttackNames<'_>) -> FindingOut<'a> {
        // Linking knows more of the chain than the record does; without it the record's counts.
        let via = if finding.via.is_empty() {
            &finding.actor.via
        } else {
            &finding.via
        };
        FindingOut {
            schema: SCHEMA,
            kind: "finding",
            id: &finding.id,
            rule: RuleOut::new(&finding.rule, attack),
            severity: finding.severity.word(),
            time: finding.time.to_string(),
            end_time: finding.end_time.to_string(),
            count: finding.count,
            source: finding.source,
            layer: finding.layer.word(),
            provider: finding.provider,
            account: known(finding.account.as_deref()),
            region: known(finding.region.as_deref()),
            actor: ActorOut::new(&finding.actor, via),
            source_ip: known(finding.source_ip.as_deref()),
            user_agent: known(finding.user_agent.as_deref()),
            action: text(&finding.action),
            outcome: finding.outcome.word(),
            targets: finding.targets.iter().map(TargetOut::new).collect(),
            group: finding
                .group
                .iter()
                .map(|(field, value)| GroupOut {
                    field: text(field),
                    value: text(value),
                })
                .collect(),
            evidence: finding.evidence.iter().map(EvidenceOut::new).collect(),
            evidence_total: finding.evidence_total,
            respond: finding
                .respond
                .iter()
                .map(|suggestion| RespondOut::new(suggestion, false))
                .collect(),
            incident: finding.incident.as_deref(),
        }
    }
}

impl<'a> RuleOut<'a> {
    fn new(rule: &'a RuleMeta, attack: &AttackNames<'_>) -> RuleOut<'a> {
        RuleOut {
            id: text(&rule.id),
            uuid: known(rule.uuid.as_deref()),
            title: text(&rule.title),
            level: rule.level.word(),
            origin: rule.origin.word(),
            attack: attack.techniques(&rule.attack),
        }
    }
}
