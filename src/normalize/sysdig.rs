//! Sysdig Secure runtime events: from the API, event forwarding and webhooks.
//!
//! Fields: Sysdig documentation, "Runtime Policy Events". The rule stands in `content`, the place
//! in `labels`.

use super::alert::{EVENT, attack, severity};
use super::runtime::{Place, target};
use super::source::{Norm, PLAIN, Record, Source, row};
use crate::model::event::Class;
use crate::model::{Layer, Outcome, Target};

/// The declaration.
pub static SOURCE: Source = Source {
    name: "sysdig",
    title: "Sysdig Secure events",
    product: "runtime",
    service: "sysdig",
    layer: Layer::Runtime,
    provider: "runtime",
    marks: &[
        "content",
        "severity",
        "timestamp",
        "labels",
        "containerId",
        "agentId",
        "source",
    ],
    recognise: |marks| marks & 0b111 == 0b111 && marks & 0b111_1000 != 0,
    telling: Some(("content", |raw| {
        memchr::memmem::find(raw, b"\"ruleName\"").is_some()
    })),
    rows: &[
        row(Norm::Time, &["timestamp"]),
        row(Norm::Uid, &["id"]),
        row(Norm::Verb, &["content.ruleName"]),
        row(Norm::Service, &["severity"]),
        row(
            Norm::Account,
            &["labels.`aws.accountId`", "labels.`gcp.projectId`"],
        ),
        row(Norm::ActorId, &["labels.`kubernetes.pod.name`"]),
        row(Norm::ActorAccount, &["labels.`kubernetes.namespace.name`"]),
        row(Norm::Issuer, &["containerId"]),
        row(
            Norm::Group,
            &["content.fields.`ka.auditid`", "content.fields.`ct.id`"],
        ),
        row(
            Norm::Edge,
            &[
                "labels.`host.hostName`",
                "labels.`kubernetes.node.name`",
                "machineId",
            ],
        ),
    ],
    below: &["content"],
    derived: &[severity(|record, out| out.push(level(record).to_owned()))],
    containers: &["content", "labels", "name", "source", "category"],
    key: |record| {
        super::hash(&[
            b"sysdig",
            record.norm(Norm::Uid).unwrap_or_default(),
            &record.time().map_or(0, |time| time.0).to_be_bytes(),
            record.norm(Norm::Verb).unwrap_or_default(),
            record.norm(Norm::Issuer).unwrap_or_default(),
        ])
    },
    retells: Some(Norm::Group),
    actor_fields: &[Norm::ActorId, Norm::ActorAccount, Norm::Issuer, Norm::Edge],
    actor: |record| place(record).actor(),
    action: |record| format!("sysdig:{}", record.text(Norm::Verb).unwrap_or_default()),
    class: |_| Class::Other,
    outcome: |_| Outcome::Success,
    targets,
    ..PLAIN
};

/// Sysdig counts from 0, the worst, to 7.
fn level(record: &Record) -> &'static str {
    match record.text(Norm::Service).as_deref() {
        Some("0" | "1" | "2" | "3") => "high",
        Some("4" | "5") => "medium",
        Some("6") => "low",
        _ => "informational",
    }
}

fn place(record: &Record) -> Place {
    let value = |norm| {
        let text = record.text(norm)?;
        super::runtime::known(&text).then(|| text.into_owned())
    };
    let label = |name: &str| {
        let text = record.text_at(&format!("labels.{name}"))?;
        super::runtime::known(&text).then(|| text.into_owned())
    };
    Place {
        namespace: value(Norm::ActorAccount),
        pod: value(Norm::ActorId),
        container: value(Norm::Issuer),
        container_name: label("container.name"),
        node: value(Norm::Edge),
        image: label("container.image.repo"),
    }
}

fn targets(record: &Record, most: usize) -> Vec<Target> {
    let mut out = place(record).targets();
    if out.len() >= most {
        out.truncate(most);
        return out;
    }
    let process = ["content.fields.proc.cmdline", "content.fields.proc.name"];
    let process = process.iter().find_map(|path| record.text_at(path));
    if let Some(process) = process.filter(|text| super::runtime::known(text)) {
        out.push(target("process", process.clone().into_owned(), &process));
    }
    let event = ["content.fields.ka.auditid", "content.fields.ct.id"];
    let event = event.iter().find_map(|path| record.text_at(path));
    out.extend(event.map(|id| target(EVENT, id.clone().into_owned(), &id)));
    record.all_at("content.ruleTags", &mut |raw| {
        crate::decode::path::elements(raw, |tag| {
            // `MITRE_T1059.004_unix_shell` beside `MITRE_TA0002_execution`.
            let tag = crate::decode::text::string(tag);
            let rest = tag.strip_prefix("MITRE_").unwrap_or(&tag);
            let (number, name) = rest.split_once('_').unwrap_or((rest, rest));
            out.extend(attack(if number.starts_with("TA") {
                name
            } else {
                number
            }));
            true
        });
    });
    out.truncate(most);
    out
}
