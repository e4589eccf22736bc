//! Kafka broker authorizer: who was let write to, read from or change what.
//!
//! Lines of `kafka-authorizer.log`, as the class of that name writes them; refusals stand at INFO,
//! what was allowed at DEBUG. A line becomes a record with the names of its parts.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::rewrite::Object;
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
    operation: Cow<'l, str>,
    host: &'l str,
    resource: &'l str,
    request: Option<&'l str>,
    rule: Option<&'l str>,
}

const PRINCIPAL: &str = "Principal = ";

/// The words between the parts, ready to be searched for.
struct Words {
    principal: Finder<'static>,
    allowed: Finder<'static>,
    denied: Finder<'static>,
    host: Finder<'static>,
    resource: Finder<'static>,
    request: Finder<'static>,
    with: Finder<'static>,
    rule: Finder<'static>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| Words {
    principal: Finder::new(PRINCIPAL),
    allowed: Finder::new(" is Allowed "),
    denied: Finder::new(" is Denied "),
    host: Finder::new(" from host = "),
    resource: Finder::new(" on resource = "),
    request: Finder::new(" for request = "),
    with: Finder::new(" with "),
    rule: Finder::new("based on rule "),
});

impl<'l> Parts<'l> {
    fn of(line: &'l str) -> Option<Parts<'l>> {
        let words = &*WORDS;
        let (head, rest) = split(line, &words.principal)?;
        // A principal may be a certificate's subject, with blanks, commas and equals signs.
        let (principal, allowed, rest) = match split(rest, &words.allowed) {
            Some((principal, rest)) => (principal, true, rest),
            None => {
                let (principal, rest) = split(rest, &words.denied)?;
                (principal, false, rest)
            }
        };
        let rest = strip(rest, "operation = ")?;
        let (operation, rest) = split(rest, &words.host)?;
        let (host, rest) = split(rest, &words.resource)?;
        let rest = rest.trim_end();
        let opens = |at: &usize| rest[..*at].ends_with(' ');
        let class = memchr::memrchr_iter(b'(', rest.as_bytes()).find(opens);
        let rest = class.map_or(rest, |at| &rest[..at - 1]);
        let (resource, rest) = match split(rest, &words.request) {
            Some((resource, rest)) => (resource, Some(rest)),
            None => (rest, None),
        };
        let (request, rule) = match rest {
            Some(rest) => {
                let (request, more) = split(rest, &words.with).unwrap_or((rest, ""));
                let rule = split(more, &words.rule).map(|(_, rule)| rule);
                (Some(request), rule)
            }
            None => (None, None),
        };
        let mut levels = head.split([' ', '[', ']', '(', ')']);
        let level = levels.find(|word| ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"].contains(word));
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

    /// Writes the record, its keys in order.
    fn write(&self, time: &str, out: &mut Vec<u8>) {
        let mut parts = self.resource.splitn(3, ':');
        let kind = parts.next().unwrap_or_default();
        let (pattern, name) = match (parts.next(), parts.next()) {
            (Some(pattern), Some(name)) => (Some(pattern), name),
            // Before patterns there was only `Topic:name`.
            (Some(name), None) => (None, name),
            _ => (None, ""),
        };
        let permission = if self.allowed { "Allowed" } else { "Denied" };
        let members = [
            ("host", Some(self.host)),
            ("level", self.level),
            ("operation", Some(&*self.operation)),
            ("patternType", pattern),
            ("permission", Some(permission)),
            ("principal", Some(self.principal)),
            ("request", self.request),
            ("resource", Some(self.resource)),
            ("resourceName", Some(name)),
            ("resourceType", Some(kind)),
            ("rule", self.rule),
            ("timestamp", Some(time)),
        ];
        let mut record = Object::open(out);
        for (key, value) in members {
            value.into_iter().for_each(|value| record.text(key, value));
        }
        record.close();
    }
}

/// What stands before and behind the first of these words.
fn split<'t>(text: &'t str, words: &Finder) -> Option<(&'t str, &'t str)> {
    let at = words.find(text.as_bytes())?;
    Some((&text[..at], &text[at + words.needle().len()..]))
}

/// What follows these words, in any case.
fn strip<'t>(text: &'t str, words: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(words.len())?;
    head.eq_ignore_ascii_case(words).then_some(rest)
}

/// Brokers have written `Write` and `WRITE`, `DescribeConfigs` and `DESCRIBE_CONFIGS`.
fn spelled(operation: &str) -> Cow<'_, str> {
    if operation.bytes().any(|byte| byte.is_ascii_lowercase()) {
        return Cow::Borrowed(operation);
    }
    let mut out = String::with_capacity(operation.len());
    for word in operation.split('_') {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        out.push_str(first);
        out.extend(rest.chars().map(|letter| letter.to_ascii_lowercase()));
    }
    Cow::Owned(out)
}

/// The time in front of a line: `[2026-05-12 08:00:00,123]`, or RFC 3339.
fn time(head: &str) -> Option<String> {
    let day = |at: &usize| {
        let text = head.as_bytes().get(*at..*at + 10);
        let digits = |text: &[u8]| text.iter().all(u8::is_ascii_digit);
        text.is_some_and(|text| {
            text[4] == b'-'
                && text[7] == b'-'
                && digits(&text[..4])
                && digits(&text[5..7])
                && digits(&text[8..])
        })
    };
    // A collector may have put its own in front: the log's stands last.
    let start = (0..head.len()).rev().find(day)?;
    let rest = head[start..].trim_end();
    let end = rest.find([']', '"']).unwrap_or(rest.len());
    // A day, a blank or `T`, and the time up to the next blank.
    let clock = rest[..end].get(11..)?;
    let clock = clock.split(' ').next()?;
    let mut out = String::with_capacity(11 + clock.len());
    out.push_str(&rest[..10]);
    out.push('T');
    let dot = |letter| if letter == ',' { '.' } else { letter };
    out.extend(clock.chars().map(dot));
    Some(out)
}

/// Writes a line of the log as a record.
fn line(line: &[u8], out: &mut Vec<u8>) -> bool {
    if WORDS.principal.find(line).is_none() {
        return false;
    }
    let line = text::lossy(line);
    let Some(mut parts) = Parts::of(&line) else {
        return false;
    };
    let time = parts.time.take().unwrap_or_default();
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
    let Some(mut parts) = Parts::of(&line) else {
        return false;
    };
    let outer = || inside(&TIMES).map(Cow::into_owned);
    let time = parts.time.take().or_else(outer).unwrap_or_default();
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
