//! Findings or rules in, a layer for the ATT&CK Navigator out: a technique's score is how many
//! speak of it.
//!
//! Layer format 4.5, see <https://github.com/mitre-attack/attack-navigator>.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::sync::Arc;

use serde::Serialize;

use super::json_text::write_pretty;
use super::report::{findings_of, no_such_view};
use super::wire::AttackNames;
use super::wire::shared::text;
use super::{Options, Output, Report, View};
use crate::model::{Finding, RuleMeta, Severity};

/// The `navigator` output.
pub(super) struct Navigator;

/// A whole layer.
#[derive(Serialize)]
struct Layer {
    name: &'static str,
    versions: Versions,
    domain: &'static str,
    description: String,
    sorting: u8,
    techniques: Vec<Technique>,
    gradient: Gradient,
    #[serde(rename = "legendItems")]
    legend: Vec<Legend>,
}

#[derive(Serialize)]
struct Versions {
    attack: String,
    navigator: &'static str,
    layer: &'static str,
}

#[derive(Serialize)]
struct Technique {
    #[serde(rename = "techniqueID")]
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    tactic: Option<&'static str>,
    score: u64,
    color: &'static str,
    comment: String,
    enabled: bool,
}

#[derive(Serialize)]
struct Gradient {
    colors: [&'static str; 2],
    #[serde(rename = "minValue")]
    min: u64,
    #[serde(rename = "maxValue")]
    max: u64,
}

#[derive(Serialize)]
struct Legend {
    label: &'static str,
    color: &'static str,
}

/// What a layer says of one technique.
#[derive(Default)]
struct Cell<'a> {
    score: u64,
    worst: Option<Severity>,
    titles: BTreeSet<&'a str>,
}

impl Output for Navigator {
    fn write(
        &self,
        report: &Report<'_>,
        options: &Options<'_>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let scored = |finding: Cow<'_, Finding>| (Arc::clone(&finding.rule), finding.severity);
        let findings: Vec<(Arc<RuleMeta>, Severity)> = match report.view {
            View::Findings | View::Incidents => report.findings.iter().map(scored).collect(),
            View::Incident(incident, _) => {
                let findings = findings_of(report, incident).into_iter();
                findings.map(scored).collect()
            }
            View::Timeline(_) | View::Summary(_) => return Err(no_such_view(report)),
        };
        let scored = findings.iter().map(|(rule, severity)| (&**rule, *severity));
        let description = format!("{} findings; the score counts them", findings.len());
        write_pretty(&layer(scored, description, &options.attack), out)
    }
}

/// Writes a layer of rules: a technique's score is how many look for it.
pub fn write_rules<'a>(
    rules: impl ExactSizeIterator<Item = &'a RuleMeta>,
    attack: &AttackNames<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let description = format!("{} rules; the score counts them", rules.len());
    let scored = rules.map(|rule| (rule, rule.level));
    write_pretty(&layer(scored, description, attack), out)
}

fn layer<'a>(
    scored: impl Iterator<Item = (&'a RuleMeta, Severity)>,
    description: String,
    attack: &AttackNames<'_>,
) -> Layer {
    let mut cells: BTreeMap<(String, Option<&'static str>), Cell<'_>> = BTreeMap::new();
    for (rule, severity) in scored {
        for entry in attack.techniques(&rule.attack) {
            let Some(technique) = entry.technique else {
                continue;
            };
            let cell = cells.entry((technique, entry.tactic)).or_default();
            cell.score += 1;
            cell.worst = cell.worst.max(Some(severity));
            cell.titles.insert(&rule.title);
        }
    }
    // The gradient must span something, or the Navigator refuses the layer.
    let max = cells.values().map(|cell| cell.score).max().unwrap_or(1);
    Layer {
        name: "ctadel",
        versions: Versions {
            attack: attack.version.to_string(),
            navigator: "5.1.0",
            layer: "4.5",
        },
        domain: "enterprise-attack",
        description,
        sorting: 3,
        techniques: cells
            .into_iter()
            .map(|((id, tactic), cell)| Technique {
                id,
                tactic,
                score: cell.score,
                color: colour(cell.worst.unwrap_or_default()),
                comment: comment(&cell.titles),
                enabled: true,
            })
            .collect(),
        gradient: Gradient {
            colors: ["#ffffff", "#c0392b"],
            min: 0,
            max: max.max(1),
        },
        legend: Severity::ALL
            .into_iter()
            .rev()
            .map(|level| Legend {
                label: level.word(),
                color: colour(level),
            })
            .collect(),
    }
}

/// The rules behind a technique, the first ten by name.
fn comment(titles: &BTreeSet<&str>) -> String {
    let named: Vec<_> = titles.iter().take(10).map(|title| text(title)).collect();
    match titles.len().saturating_sub(named.len()) {
        0 => named.join("; "),
        more => format!("{} and {more} more", named.join("; ")),
    }
}

fn colour(level: Severity) -> &'static str {
    match level {
        Severity::Critical => "#8e1b1b",
        Severity::High => "#d9534f",
        Severity::Medium => "#f0ad4e",
        Severity::Low => "#5bc0de",
        Severity::Informational => "#d6d6d6",
    }
}
