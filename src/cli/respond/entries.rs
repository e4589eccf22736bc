//! Responses on the timeline: what was done against an attacker, beside what he did.
//!
//! Enters the journal of the case; leaves one entry an action, from the source `ctadel`.

use crate::model::event::{Class, TimelineEntry};
use crate::model::{Actor, ActorType, Event, Evidence, Layer, Outcome, Target};
use crate::respond::journal::{Record, Store};

/// The source of these entries.
const SOURCE: &str = "ctadel";

/// The actions that were begun for one of these incidents.
pub fn entries(store: &Store, records: &[Record], incidents: &[&str]) -> Vec<TimelineEntry> {
    let of = |record: &&Record| {
        let incident = record.begin.incident.as_deref();
        incident.is_some_and(|incident| incidents.contains(&incident))
    };
    let entry = |record: &Record| {
        let path = store.path(&record.id);
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        TimelineEntry {
            event: event(record),
            evidence: vec![Evidence {
                file: format!("respond/{file}").into(),
                record: 0,
                uid: record.id.clone(),
            }],
            findings: Vec::new(),
            incident: record.begin.incident.clone(),
        }
    };
    records.iter().filter(of).map(entry).collect()
}

fn event(record: &Record) -> Event {
    let plan = &record.plan;
    Event {
        time: record.begun,
        source: SOURCE,
        layer: Layer::Cloud,
        provider: plan.provider.word(),
        account: Some(plan.account.clone()).filter(|account| !account.is_empty()),
        region: plan.region.clone(),
        actor: Actor {
            id: record.begin.caller.clone(),
            name: record.begin.caller.clone(),
            kind: ActorType::Unknown,
            ..Actor::default()
        },
        source_ip: None,
        source_raw: None,
        user_agent: None,
        action: format!("ctadel:{}", plan.action.replace(' ', "-")),
        class: Class::Write,
        outcome: match record.result.as_deref() {
            Some("contained" | "already") => Outcome::Success,
            Some("failed") => Outcome::Failed,
            _ => Outcome::Unknown,
        },
        error_code: None,
        targets: vec![Target {
            kind: plan.target.kind.clone(),
            id: plan.target.id.clone(),
            name: plan.target.name.clone(),
            account: None,
        }],
        key: 0,
        uid: record.id.clone(),
        group_uid: None,
    }
}
