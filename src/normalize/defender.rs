//! Microsoft Defender for Cloud alerts: from the API, continuous export and the SecurityAlert table.
//!
//! Fields: Azure REST reference, "Alerts"; Azure Monitor tables, "SecurityAlert". What the last two
//! have as flat columns is rewritten to the API's `properties`.

use serde_json::{Map, Value};

use super::alert::{attack, severity};
use super::runtime::{Place, target};
use super::source::{Form, Norm, PLAIN, Record, Source, row};
use crate::decode::item::Members;
use crate::decode::text;
use crate::model::event::Class;
use crate::model::{Actor, ActorType, Layer, Outcome, Target};

/// The declaration.
pub static SOURCE: Source = Source {
    name: "defender",
    title: "Microsoft Defender for Cloud alerts",
    product: "azure",
    service: "defender",
    layer: Layer::Cloud,
    provider: "azure",
    marks: &["properties", "id", "name", "type"],
    recognise: |marks| marks & 1 == 1 && marks & 0b1110 != 0,
    telling: Some(("properties", |raw| {
        memchr::memmem::find(raw, b"\"alertType\"").is_some()
            && memchr::memmem::find(raw, b"\"severity\"").is_some()
    })),
    forms: &[Form {
        is: is_flat,
        rewrite,
    }],
    rows: &[
        row(
            Norm::Time,
            &[
                "properties.startTimeUtc",
                "properties.timeGeneratedUtc",
                "properties.processingEndTimeUtc",
            ],
        ),
        row(Norm::Uid, &["properties.systemAlertId", "name", "id"]),
        row(
            Norm::Verb,
            &["properties.alertDisplayName", "properties.alertType"],
        ),
        row(Norm::Service, &["properties.severity"]),
        row(Norm::Category, &["properties.alertType"]),
        row(Norm::Edge, &["properties.compromisedEntity"]),
        row(Norm::Identity, &["properties.entities"]),
        row(Norm::Account, &["properties.subscriptionId"]),
    ],
    below: &["properties"],
    derived: &[severity(|record, out| out.push(level(record).to_owned()))],
    containers: &["properties", "id"],
    key: |record| {
        super::hash(&[
            b"defender",
            record.norm(Norm::Uid).unwrap_or_default(),
            &record.time().map_or(0, |time| time.0).to_be_bytes(),
        ])
    },
    actor_fields: &[Norm::Identity, Norm::Edge],
    actor,
    action: |record| format!("defender:{}", record.text(Norm::Verb).unwrap_or_default()),
    class: |_| Class::Other,
    outcome: |_| Outcome::Success,
    targets,
    ..PLAIN
};

fn level(record: &Record) -> &'static str {
    match record.text(Norm::Service).as_deref() {
        Some("Critical") => "critical",
        Some("High") => "high",
        Some("Medium") => "medium",
        Some("Low") => "low",
        _ => "informational",
    }
}

/// The entities of an alert, with the references between them followed.
struct Entities(Vec<Value>);

impl Entities {
    fn of(record: &Record) -> Entities {
        let raw = record.norm(Norm::Identity).unwrap_or_default();
        let parsed: Option<Value> = serde_json::from_slice(&text::bytes(raw)).ok();
        let mut all = Vec::new();
        if let Some(Value::Array(list)) = parsed {
            for entity in list {
                collect(&entity, 0, &mut all);
            }
        }
        Entities(all)
    }

    fn kind(&self, wanted: &str) -> Option<&Value> {
        let kind = |entity: &&Value| {
            let kind = member(entity, "type").and_then(Value::as_str);
            kind.is_some_and(|kind| kind.eq_ignore_ascii_case(wanted))
        };
        self.0.iter().find(kind)
    }

    /// A member of an entity; where it is a reference, what it refers to.
    fn inner<'e>(&'e self, entity: &'e Value, name: &str) -> Option<&'e Value> {
        let value = member(entity, name)?;
        let Some(reference) = value.get("$ref") else {
            return Some(value);
        };
        self.0
            .iter()
            .find(|entity| entity.get("$id") == Some(reference))
    }

    fn name(&self, kind: &str) -> Option<String> {
        let entity = self.kind(kind)?;
        let names = [
            "name",
            "address",
            "imageId",
            "containerId",
            "hostName",
            "commandLine",
        ];
        let name = names.iter().find_map(|name| member(entity, name)?.as_str());
        name.map(str::to_owned)
    }

    fn place(&self) -> Place {
        let pod = self.kind("K8s-pod");
        let namespace = pod.and_then(|pod| self.inner(pod, "namespace"));
        let namespace = namespace.and_then(|found| member(found, "name")?.as_str());
        let container = self.kind("container");
        let container = container.and_then(|found| member(found, "containerId")?.as_str());
        Place {
            namespace: namespace
                .map(str::to_owned)
                .or_else(|| self.name("K8s-namespace")),
            pod: self.name("K8s-pod"),
            container: container.map(str::to_owned),
            image: self.name("container-image"),
            ..Place::default()
        }
    }
}

fn collect(entity: &Value, depth: usize, out: &mut Vec<Value>) {
    if depth > 8 || out.len() > 200 {
        return;
    }
    if let Value::Object(members) = entity {
        if members.contains_key("$id") || depth == 0 {
            out.push(entity.clone());
        }
        members
            .values()
            .for_each(|inner| collect(inner, depth + 1, out));
    }
}

fn member<'e>(entity: &'e Value, name: &str) -> Option<&'e Value> {
    let mut members = entity.as_object()?.iter();
    members
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

fn actor(record: &Record) -> Actor {
    let entities = Entities::of(record);
    let place = entities.place();
    if place.pod.is_some() || place.container.is_some() {
        return place.actor();
    }
    if let Some(account) = entities.name("account") {
        return Actor {
            id: account.clone(),
            name: account,
            kind: ActorType::User,
            ..Actor::default()
        };
    }
    let name = record.text(Norm::Edge).unwrap_or_default().into_owned();
    Actor {
        id: format!("resource:{name}"),
        name,
        kind: ActorType::Workload,
        ..Actor::default()
    }
}

fn targets(record: &Record, most: usize) -> Vec<Target> {
    let entities = Entities::of(record);
    let mut out = entities.place().targets();
    if let Some(entity) = record.text(Norm::Edge) {
        out.push(target("resource", entity.clone().into_owned(), &entity));
    }
    for (kind, word) in [
        ("K8s-cluster", "cluster"),
        ("host", "host"),
        ("ip", "address"),
        ("process", "process"),
    ] {
        if let Some(name) = entities.name(kind) {
            out.push(target(word, name.clone(), &name));
        }
    }
    for path in ["properties.intent", "properties.techniques"] {
        let words = record.text_at(path).unwrap_or_default().into_owned();
        for word in words.split([',', '"', '[', ']']) {
            out.extend(attack(&spaced(word)));
        }
    }
    out.truncate(most);
    out
}

/// `CredentialAccess` as two words.
fn spaced(word: &str) -> String {
    let mut out = String::new();
    for letter in word.trim().chars() {
        if letter.is_ascii_uppercase() && out.ends_with(|last: char| last.is_ascii_lowercase()) {
            out.push(' ');
        }
        out.push(letter);
    }
    out
}

/// Columns of the flat copies, and what the API calls them.
const COLUMNS: [(&str, &str); 5] = [
    ("AlertSeverity", "severity"),
    ("DisplayName", "alertDisplayName"),
    ("StartTime", "startTimeUtc"),
    ("Tactics", "intent"),
    ("TimeGenerated", "timeGeneratedUtc"),
];

fn is_flat(members: &Members) -> bool {
    let has = |wanted: &[u8]| members.iter().any(|(key, _)| *key == wanted);
    has(b"AlertType") && has(b"SystemAlertId") && (has(b"AlertSeverity") || has(b"Severity"))
}

fn rewrite(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let Ok(Value::Object(flat)) = serde_json::from_slice::<Value>(raw) else {
        return false;
    };
    let mut properties = Map::new();
    for (key, value) in flat {
        let known = COLUMNS.iter().find(|(column, _)| *column == key);
        let name = known.map_or_else(
            || {
                let mut letters = key.chars();
                let first = letters.next().map(|first| first.to_ascii_lowercase());
                first.into_iter().chain(letters).collect::<String>()
            },
            |(_, name)| (*name).to_owned(),
        );
        if !value.is_null() {
            properties.entry(name).or_insert(value);
        }
    }
    let id = properties.get("systemAlertId").cloned().unwrap_or_default();
    let record = serde_json::json!({
        "id": id, "name": id, "type": "Microsoft.Security/alerts", "properties": properties,
    });
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(out, &record);
    true
}
