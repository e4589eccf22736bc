//! Google Security Command Center findings: from the command line, the API and Pub/Sub.
//!
//! Fields: Security Command Center API, "Finding". Threats are alerts; vulnerabilities and
//! misconfigurations are context.

use super::alert::{attack, severity};
use super::runtime::{Place, target};
use super::source::{Norm, PLAIN, Record, Source, row};
use crate::model::event::Class;
use crate::model::{Actor, ActorType, Layer, Outcome, Target};

/// The declaration.
pub static SOURCE: Source = Source {
    name: "securitycommandcenter",
    title: "Google Security Command Center findings",
    product: "gcp",
    service: "securitycommandcenter",
    layer: Layer::Cloud,
    provider: "gcp",
    marks: &[
        "category",
        "resourceName",
        "eventTime",
        "findingClass",
        "state",
        "parent",
        "severity",
    ],
    recognise: |marks| marks & 0b111 == 0b111 && (marks & 0b111_1000).count_ones() >= 2,
    rows: &[
        row(Norm::Time, &["eventTime", "createTime"]),
        row(Norm::Uid, &["name"]),
        row(Norm::Verb, &["category"]),
        row(Norm::Service, &["severity"]),
        row(Norm::Category, &["findingClass"]),
        row(
            Norm::ActorName,
            &["access.principalEmail", "access.principalSubject"],
        ),
        row(Norm::Credential, &["access.serviceAccountKeyName"]),
        row(Norm::Address, &["access.callerIp"]),
        row(Norm::Agent, &["access.userAgent", "access.userAgentFamily"]),
        row(Norm::Edge, &["resourceName"]),
        row(Norm::Bucket, &["kubernetes.pods.name"]),
    ],
    derived: &[severity(|record, out| out.push(level(record).to_owned()))],
    containers: &[
        "access",
        "kubernetes",
        "mitreAttack",
        "state",
        "description",
        "sourceProperties",
    ],
    key: |record| {
        super::hash(&[
            b"securitycommandcenter",
            record.norm(Norm::Uid).unwrap_or_default(),
            &record.time().map_or(0, |time| time.0).to_be_bytes(),
        ])
    },
    actor_fields: &[Norm::ActorName, Norm::Credential, Norm::Edge, Norm::Bucket],
    actor,
    action: |record| {
        let category = record.text(Norm::Verb).unwrap_or_default();
        format!("securitycommandcenter:{category}")
    },
    class: |_| Class::Other,
    outcome: |_| Outcome::Success,
    targets,
    ..PLAIN
};

fn level(record: &Record) -> &'static str {
    let class = record.text(Norm::Category);
    if class.is_some_and(|class| class != "THREAT") {
        return "informational";
    }
    match record.text(Norm::Service).as_deref() {
        Some("CRITICAL") => "critical",
        Some("HIGH") => "high",
        Some("MEDIUM") => "medium",
        Some("LOW") => "low",
        _ => "informational",
    }
}

fn place(record: &Record) -> Place {
    let text = |path: &str| record.text_at(path).map(|text| text.into_owned());
    Place {
        namespace: text("kubernetes.pods.ns"),
        pod: text("kubernetes.pods.name"),
        ..Place::default()
    }
}

fn actor(record: &Record) -> Actor {
    let Some(name) = record.text(Norm::ActorName).map(|text| text.into_owned()) else {
        let place = place(record);
        if place.pod.is_some() {
            return place.actor();
        }
        let name = record.text(Norm::Edge).unwrap_or_default().into_owned();
        return Actor {
            id: format!("resource:{name}"),
            name,
            kind: ActorType::Workload,
            ..Actor::default()
        };
    };
    let service = name.ends_with(".gserviceaccount.com");
    Actor {
        id: name.clone(),
        name,
        kind: if service {
            ActorType::ServiceAccount
        } else {
            ActorType::User
        },
        session: record.text(Norm::Credential).map(|text| text.into_owned()),
        ..Actor::default()
    }
}

fn targets(record: &Record, most: usize) -> Vec<Target> {
    let mut out = place(record).targets();
    if let Some(name) = record.text(Norm::Edge) {
        out.push(target("resource", name.clone().into_owned(), &name));
    }
    let tactics = ["mitreAttack.primaryTactic", "mitreAttack.additionalTactics"];
    for path in tactics {
        record.all_at(path, &mut |raw| {
            out.extend(attack(&crate::decode::text::string(raw)))
        });
    }
    out.truncate(most);
    out
}
