//! Kafka broker authorizer: who was let write to, read from or change what.
//!
//! Lines of `kafka-authorizer.log`, as the class of that name writes them; refusals stand at INFO,
//! what was allowed at DEBUG. A line becomes a record with the names of its parts.

use std::borrow::Cow;

use super::source::{Form, Norm, PLAIN, Record, Source, row};
use crate::decode::item::Members;
use crate::decode::{path, text};
use crate::model::event::Class;
use crate::model::{Actor, ActorType, Layer, Outcome, Target};

/// The declaration.
pub static SOURCE: Source = Source {
    name: "kafka.authorizer",
    title: "Kafka broker authorizer",
    product: "kafka",
    service: "authorizer",
    layer: Layer::Cloud,
    provider: "kafka",
    marks: &["principal", "operation", "host", "resource", "permission"],
    recognise: |marks| marks == 0b1_1111,
    forms: &[Form {
        is: is_envelope,
        rewrite: open_envelope,
    }],
    line: Some(line),
    chatter: is_broker_log,
    rows: &[
        row(Norm::Time, &["timestamp"]),
        row(Norm::Verb, &["operation"]),
        row(Norm::Category, &["permission"]),
        row(Norm::ActorId, &["principal"]),
        row(Norm::Address, &["host"]),
        row(Norm::Edge, &["resource"]),
        row(Norm::Service, &["request"]),
    ],
    aliases: &[
        ("topic", &["resourceName"]),
        ("principalName", &["principal"]),
    ],
    containers: &[
        "resourceType",
        "resourceName",
        "patternType",
        "level",
        "rule",
    ],
    key,
    actor_fields: &[Norm::ActorId],
    actor,
    action: |record| {
        let request = record.text(Norm::Service);
        let verb = request.or_else(|| record.text(Norm::Verb));
        format!("kafka:{}", verb.unwrap_or_default())
    },
    class: |record| match record.text(Norm::Verb).as_deref() {
        Some("Write" | "Create" | "Alter" | "AlterConfigs" | "IdempotentWrite") => Class::Write,
        Some("Delete") => Class::Delete,
        Some("Read" | "Describe" | "DescribeConfigs" | "DescribeTokens") => Class::Read,
        _ => Class::Other,
    },
    outcome: |record| match record.text(Norm::Category).as_deref() {
        Some("Allowed") => Outcome::Success,
        Some("Denied") => Outcome::Denied,
        _ => Outcome::Unknown,
    },
    targets,
    ..PLAIN
};

/// Copies may have lost the level, and write the time in their own way.
fn key(record: &Record) -> u64 {
    let raw = |norm| record.norm(norm).unwrap_or_default();
    super::hash(&[
        b"kafka.authorizer",
        &record.time().map_or(0, |time| time.0).to_be_bytes(),
        raw(Norm::ActorId),
        raw(Norm::Category),
        raw(Norm::Verb),
        raw(Norm::Address),
        raw(Norm::Edge),
        raw(Norm::Service),
    ])
}

fn actor(record: &Record) -> Actor {
    let id = record.text(Norm::ActorId).unwrap_or_default().into_owned();
    let name = id.strip_prefix("User:").unwrap_or(&id).to_owned();
    let kind = match name.as_str() {
        "" => ActorType::Unknown,
        "ANONYMOUS" => ActorType::Anonymous,
        _ => ActorType::User,
    };
    Actor {
        id,
        name,
        kind,
        ..Actor::default()
    }
}

fn targets(record: &Record, most: usize) -> Vec<Target> {
    let kind = record.text_at("resourceType").unwrap_or_default();
    let name = record.text_at("resourceName").unwrap_or_default();
    if name.is_empty() || most == 0 {
        return Vec::new();
    }
    vec![Target {
        kind: kind.to_ascii_lowercase(),
        id: name.clone().into_owned(),
        name: name.into_owned(),
        account: None,
    }]
}

/// What a line says, part by part.
#[derive(Debug, Default, PartialEq)]
struct Parts<'l> {
    time: Option<String>,
    level: Option<&'l str>,
    principal: &'l str,
    allowed: bool,
    operation: String,
    host: &'l str,
    resource: &'l str,
    request: Option<&'l str>,
    rule: Option<&'l str>,
}

const PRINCIPAL: &str = "Principal = ";

impl<'l> Parts<'l> {
    fn of(line: &'l str) -> Option<Parts<'l>> {
        let at = line.find(PRINCIPAL)?;
        let (head, rest) = (&line[..at], &line[at + PRINCIPAL.len()..]);
        // A principal may be a certificate's subject, with blanks, commas and equals signs.
        let (principal, allowed, rest) = match rest.split_once(" is Allowed ") {
            Some((principal, rest)) => (principal, true, rest),
            None => {
                let (principal, rest) = rest.split_once(" is Denied ")?;
                (principal, false, rest)
            }
        };
        let rest = strip(rest, "operation = ")?;
        let (operation, rest) = rest.split_once(" from host = ")?;
        let (host, rest) = rest.split_once(" on resource = ")?;
        let rest = rest.trim_end();
        let rest = rest.rsplit_once(" (").map_or(rest, |(rest, _)| rest);
        let (resource, rest) = match rest.split_once(" for request = ") {
            Some((resource, rest)) => (resource, Some(rest)),
            None => (rest, None),
        };
        let (request, rule) = match rest {
            Some(rest) => {
                let (request, more) = rest.split_once(" with ").unwrap_or((rest, ""));
                let rule = more.split_once("based on rule ").map(|(_, rule)| rule);
                (Some(request), rule)
            }
            None => (None, None),
        };
        let words = head.split([' ', '[', ']', '(', ')']);
        let level = words
            .clone()
            .find(|word| ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"].contains(word));
        Some(Parts {
            time: time(head),
            level,
            principal: principal.trim(),
            allowed,
            operation: spelled(operation.trim()),
            host: host.trim().trim_start_matches('/'),
            resource: resource.trim(),
            request: request.map(str::trim),
            rule: rule.map(str::trim),
        })
    }

    fn write(&self, time: &str, out: &mut Vec<u8>) {
        let mut parts = self.resource.splitn(3, ':');
        let kind = parts.next().unwrap_or_default();
        let (pattern, name) = match (parts.next(), parts.next()) {
            (Some(pattern), Some(name)) => (Some(pattern), name),
            // Before patterns there was only `Topic:name`.
            (Some(name), None) => (None, name),
            _ => (None, ""),
        };
        let mut record = serde_json::Map::new();
        let mut put = |key: &str, value: Option<&str>| {
            if let Some(value) = value {
                record.insert(key.to_owned(), value.into());
            }
        };
        put("timestamp", Some(time));
        put("level", self.level);
        put("principal", Some(self.principal));
        let permission = if self.allowed { "Allowed" } else { "Denied" };
        put("permission", Some(permission));
        put("operation", Some(&self.operation));
        put("host", Some(self.host));
        put("resource", Some(self.resource));
        put("resourceType", Some(kind));
        put("patternType", pattern);
        put("resourceName", Some(name));
        put("request", self.request);
        put("rule", self.rule);
        // Writing to memory does not fail.
        let _ = serde_json::to_writer(out, &record);
    }
}

/// What follows these words, in any case.
fn strip<'t>(text: &'t str, words: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(words.len())?;
    head.eq_ignore_ascii_case(words).then_some(rest)
}

/// Brokers have written `Write` and `WRITE`, `DescribeConfigs` and `DESCRIBE_CONFIGS`.
fn spelled(operation: &str) -> String {
    if operation.chars().any(|c| c.is_ascii_lowercase()) {
        return operation.to_owned();
    }
    let words = operation.split('_').map(|word| {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        first.to_owned() + &rest.to_ascii_lowercase()
    });
    words.collect()
}

/// The time in front of a line: `[2026-05-12 08:00:00,123]`, or RFC 3339.
fn time(head: &str) -> Option<String> {
    let day = |at: usize| {
        let text = head.as_bytes().get(at..at + 10)?;
        let digits = |range: std::ops::Range<usize>| text[range].iter().all(u8::is_ascii_digit);
        (text[4] == b'-' && text[7] == b'-' && digits(0..4) && digits(5..7) && digits(8..10))
            .then_some(at)
    };
    // A collector may have put its own in front: the log's stands last.
    let start = (0..head.len()).rev().find_map(day)?;
    let rest = head[start..].trim_end();
    let end = rest.find([']', '"']).unwrap_or(rest.len());
    // A day, a blank or `T`, and the time up to the next blank.
    let clock = rest[..end].get(11..)?;
    let clock = clock.split(' ').next()?;
    Some(format!("{}T{}", &rest[..10], clock.replace(',', ".")))
}

/// Writes a line of the log as a record.
fn line(line: &[u8], out: &mut Vec<u8>) -> bool {
    if memchr::memmem::find(line, PRINCIPAL.as_bytes()).is_none() {
        return false;
    }
    let line = String::from_utf8_lossy(line);
    let Some(parts) = Parts::of(&line) else {
        return false;
    };
    let time = parts.time.clone().unwrap_or_default();
    parts.write(&time, out);
    true
}

/// Whether a line is one of the broker's other loggers: `[time] LEVEL words (kafka.log.Cleaner)`.
fn is_broker_log(line: &[u8]) -> bool {
    let levels = [
        &b"TRACE "[..],
        b"DEBUG ",
        b"INFO ",
        b"WARN ",
        b"ERROR ",
        b"FATAL ",
    ];
    let open = line
        .strip_prefix(b"[20")
        .and_then(|rest| memchr::memmem::find(rest, b"] ").map(|at| &rest[at + 2..]));
    open.is_some_and(|rest| levels.iter().any(|level| rest.starts_with(level)))
        && line.ends_with(b")")
        && memchr::memmem::find(line, PRINCIPAL.as_bytes()).is_none()
}

/// Where log collectors put a line.
const LINES: [&str; 7] = ["message", "msg", "log", "_raw", "line", "text", "@message"];
/// Where they put its time.
const TIMES: [&str; 8] = [
    "@timestamp",
    "timestamp",
    "time",
    "ts",
    "instant",
    "eventTime",
    "_time",
    "timeMillis",
];

fn is_envelope(members: &Members) -> bool {
    members.iter().any(|(key, raw)| {
        LINES.iter().any(|known| known.as_bytes() == *key)
            && memchr::memmem::find(raw, PRINCIPAL.as_bytes()).is_some()
            && (memchr::memmem::find(raw, b" is Allowed ").is_some()
                || memchr::memmem::find(raw, b" is Denied ").is_some())
    })
}

/// A line in an envelope: its time stands in the one or in the other.
fn open_envelope(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let inside = |names: &[&str]| -> Option<Cow<str>> {
        names
            .iter()
            .find_map(|name| path::first(raw, name).and_then(text::present))
    };
    let Some(line) = inside(&LINES) else {
        return false;
    };
    let Some(parts) = Parts::of(&line) else {
        return false;
    };
    let outer = || inside(&TIMES).map(Cow::into_owned);
    let time = parts.time.clone().or_else(outer).unwrap_or_default();
    parts.write(&time, out);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_old_and_new_brokers_are_taken_apart() {
        let table = [
            (
                "[2026-05-12 08:00:00,123] DEBUG Principal = User:alice is Allowed operation = WRITE from host = 192.0.2.66 on resource = Topic:LITERAL:orders for request = Produce with resourceRefCount = 1 based on rule DefaultAllow (kafka.authorizer.logger)",
                r#"{"host":"192.0.2.66","level":"DEBUG","operation":"Write","patternType":"LITERAL","permission":"Allowed","principal":"User:alice","request":"Produce","resource":"Topic:LITERAL:orders","resourceName":"orders","resourceType":"Topic","rule":"DefaultAllow","timestamp":"2026-05-12T08:00:00.123"}"#,
            ),
            (
                "[2026-05-12 08:00:00,123] INFO Principal = User:CN=svc, O=Example is Denied Operation = Write from host = /192.0.2.66 on resource = Topic:orders (kafka.authorizer.logger)",
                r#"{"host":"192.0.2.66","level":"INFO","operation":"Write","permission":"Denied","principal":"User:CN=svc, O=Example","resource":"Topic:orders","resourceName":"orders","resourceType":"Topic","timestamp":"2026-05-12T08:00:00.123"}"#,
            ),
        ];
        for (text, want) in table {
            let mut out = Vec::new();
            assert!(line(text.as_bytes(), &mut out));
            let made: serde_json::Value = serde_json::from_slice(&out).expect("JSON");
            assert_eq!(
                made,
                serde_json::from_str::<serde_json::Value>(want).expect("JSON")
            );
        }
        for text in [
            "",
            "Principal = ",
            "Principal = a is Denied",
            "Principal = a is Denied operation = ",
        ] {
            assert!(!line(text.as_bytes(), &mut Vec::new()), "{text}");
        }
    }
}
