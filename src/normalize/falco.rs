//! Falco alerts: JSON on standard output, in files, over HTTP, and as falcosidekick passes them on.
//!
//! Fields: Falco documentation, "Formatting Alerts", "Supported Fields"; what an alert knows about
//! the container stands in `output_fields`, as far as the rule or an appended output asks for it.

use super::alert::{EVENT, attack};
use super::runtime::{Place, known, target};
use super::source::{Norm, Own, PLAIN, Record, Source, row};
use crate::model::event::Class;
use crate::model::{Actor, ActorType, Layer, Outcome, Target};

/// The declaration.
pub static SOURCE: Source = Source {
    name: "falco",
    title: "Falco alerts",
    product: "runtime",
    service: "falco",
    layer: Layer::Runtime,
    provider: "runtime",
    marks: &["rule", "output_fields", "output", "priority", "time"],
    recognise: |marks| marks & 0b1 == 0b1 && (marks & 0b10 != 0 || marks & 0b1100 == 0b1100),
    rows: &[
        row(Norm::Time, &["time", "output_fields.`evt.time`"]),
        row(Norm::Verb, &["rule"]),
        row(Norm::Category, &["source"]),
        row(Norm::Service, &["priority"]),
        row(
            Norm::ActorName,
            &[
                "output_fields.`ka.user.name`",
                "output_fields.`ct.user`",
                "output_fields.`ct.user.arn`",
            ],
        ),
        row(
            Norm::ActorId,
            &[
                "output_fields.`k8s.pod.name`",
                "output_fields.`k8smeta.pod.name`",
            ],
        ),
        row(
            Norm::ActorAccount,
            &[
                "output_fields.`k8s.ns.name`",
                "output_fields.`k8smeta.ns.name`",
            ],
        ),
        row(
            Norm::Issuer,
            &[
                "output_fields.`container.full_id`",
                "output_fields.`container.id`",
            ],
        ),
        row(Norm::IssuerName, &["output_fields.`container.name`"]),
        row(Norm::Edge, &["hostname", "output_fields.`evt.hostname`"]),
        row(
            Norm::Address,
            &["output_fields.`ct.srcip`", "output_fields.`ka.sourceips`"],
        ),
        row(
            Norm::Agent,
            &[
                "output_fields.`ct.useragent`",
                "output_fields.`ka.useragent`",
            ],
        ),
        row(
            Norm::Group,
            &["output_fields.`ka.auditid`", "output_fields.`ct.id`"],
        ),
        row(Norm::Region, &["output_fields.`ct.region`"]),
        row(Norm::Account, &["output_fields.`ct.user.accountid`"]),
    ],
    aliases: &[("severity", &["priority"]), ("rule_name", &["rule"])],
    below: &["output_fields"],
    derived: &[Own {
        name: "ctadel.alert.severity",
        doc: "The level that the tool's own severity comes to: informational to critical.",
        values: |record, out| out.push(level(record).to_owned()),
    }],
    containers: &[
        "output_fields",
        "output",
        "hostname",
        "tags",
        "uuid",
        "priority",
        "source",
    ],
    keeps: Some(keeps),
    chatter: is_own_log,
    key,
    uid,
    retells: Some(Norm::Group),
    actor_fields: &[
        Norm::ActorName,
        Norm::ActorId,
        Norm::ActorAccount,
        Norm::Issuer,
        Norm::IssuerName,
        Norm::Edge,
    ],
    actor,
    action: |record| format!("falco:{}", record.text(Norm::Verb).unwrap_or_default()),
    class: |_| Class::Other,
    outcome,
    targets,
    ..PLAIN
};

/// Whether Falco says something of itself, on the standard output where its alerts stand too:
/// `Mon May 12 08:00:00 2026: Falco version…`, or with a time of ISO 8601.
fn is_own_log(line: &[u8]) -> bool {
    let fits = |shape: &[u8]| {
        line.len() > shape.len()
            && line.iter().zip(shape).all(|(byte, shape)| match shape {
                b'a' => byte.is_ascii_alphabetic(),
                b'0' => byte.is_ascii_digit() || *byte == b' ',
                b'+' => matches!(byte, b'+' | b'-'),
                shape => byte == shape,
            })
    };
    fits(b"aaa aaa 00 00:00:00 0000: ")
        || fits(b"0000-00-00T00:00:00+0000: ")
        || memchr::memmem::find(line, b" | schema validation: ").is_some()
}

/// A field of the alert, where it is known.
fn field(record: &Record, name: &str) -> Option<String> {
    let text = crate::decode::text::present(record.below(record.top("output_fields")?, name)?)?;
    known(&text).then(|| text.into_owned())
}

fn value(record: &Record, norm: Norm) -> Option<String> {
    let text = record.text(norm)?;
    known(&text).then(|| text.into_owned())
}

/// Whether the alert may be about a call in the log of an API: one about a system call has none of
/// its fields.
fn may_be_of_api(record: &Record) -> bool {
    let source = record.text(Norm::Category);
    source.is_none_or(|source| !source.starts_with("syscall"))
}

fn place(record: &Record) -> Place {
    let image = field(record, "container.image.repository");
    let image = image.map(|image| match field(record, "container.image.tag") {
        Some(tag) => format!("{image}:{tag}"),
        None => image,
    });
    Place {
        namespace: value(record, Norm::ActorAccount),
        pod: value(record, Norm::ActorId),
        container: value(record, Norm::Issuer),
        container_name: value(record, Norm::IssuerName),
        // Of an alert about an API's log it is where the plugin runs.
        node: value(record, Norm::Edge).filter(|_| {
            let source = record.text(Norm::Category);
            source.is_none_or(|source| source.starts_with("syscall") || source == "internal")
        }),
        image: image.or_else(|| field(record, "container.image")),
    }
}

/// Whether the cluster's names are switched on: where they are, a container has a pod.
fn keeps(record: &Record) -> Option<&'static str> {
    match value(record, Norm::ActorId) {
        Some(_) => Some("pods"),
        None => value(record, Norm::Issuer).map(|_| "bare containers"),
    }
}

/// Falco's own level is weak for what matters and loud for what does not: it counts one step less
/// than it says, and never as critical.
fn level(record: &Record) -> &'static str {
    let priority = record.text(Norm::Service).unwrap_or_default();
    match priority.to_ascii_lowercase().as_str() {
        "emergency" | "alert" | "critical" => "high",
        "error" | "warning" => "medium",
        "notice" => "low",
        _ => "informational",
    }
}

fn actor(record: &Record) -> Actor {
    let Some(name) = value(record, Norm::ActorName) else {
        return place(record).actor();
    };
    let kind = match name.as_str() {
        name if name.starts_with("system:serviceaccount:") => ActorType::K8sServiceAccount,
        "system:anonymous" | "system:unauthenticated" => ActorType::Anonymous,
        name if name.starts_with("system:node:") => ActorType::ServiceAccount,
        _ => ActorType::User,
    };
    Actor {
        id: name.clone(),
        name,
        kind,
        ..Actor::default()
    }
}

/// An alert tells what has happened, unless the call it is about says otherwise.
fn outcome(record: &Record) -> Outcome {
    let of_api = |name: &str| may_be_of_api(record).then(|| field(record, name)).flatten();
    if of_api("ka.auth.decision").as_deref() == Some("forbid") {
        return Outcome::Denied;
    }
    let code = of_api("ka.response.code");
    match code.as_deref().and_then(|code| code.parse::<u32>().ok()) {
        Some(401 | 403) => return Outcome::Denied,
        Some(400..) => return Outcome::Failed,
        _ => {}
    }
    let error = field(record, "evt.res").or_else(|| of_api("ct.error"));
    match error.as_deref() {
        Some("EACCES" | "EPERM") => Outcome::Denied,
        Some(error) if error.contains("Denied") || error.contains("Unauthorized") => {
            Outcome::Denied
        }
        Some(error) if error.starts_with('E') && error.bytes().all(|b| b.is_ascii_uppercase()) => {
            Outcome::Failed
        }
        _ => Outcome::Success,
    }
}

fn targets(record: &Record, most: usize) -> Vec<Target> {
    let of_api = may_be_of_api(record);
    let mut out = place(record).targets();
    if of_api && let Some(name) = field(record, "ka.target.name") {
        let kind = field(record, "ka.target.resource").unwrap_or_default();
        let kind = kind.strip_suffix('s').unwrap_or(&kind).to_owned();
        let id = match field(record, "ka.target.namespace") {
            Some(namespace) => format!("{namespace}/{name}"),
            None => name,
        };
        out.insert(0, target(&kind, id.clone(), &id));
    }
    if out.len() >= most {
        out.truncate(most);
        return out;
    }
    if let Some(process) = field(record, "proc.cmdline").or_else(|| field(record, "proc.name")) {
        out.push(target("process", process.clone(), &process));
    }
    let connection = field(record, "fd.name").filter(|name| name.contains("->"));
    let ends = [field(record, "fd.sip"), field(record, "fd.rip")];
    let named = connection.as_deref().and_then(|name| {
        let (_, far) = name.split_once("->")?;
        Some(
            far.rsplit_once(':')
                .map_or(far, |(host, _)| host)
                .to_owned(),
        )
    });
    if let Some(address) = ends.into_iter().flatten().next().or(named) {
        out.push(target("address", address.clone(), &address));
    }
    let file = field(record, "fd.name").or_else(|| field(record, "fs.path.name"));
    if let Some(file) = file.filter(|file| file.starts_with('/')) {
        out.push(target("file", file.clone(), &file));
    }
    if of_api {
        let event = field(record, "ka.auditid").or_else(|| field(record, "ct.id"));
        out.extend(event.map(|id| target(EVENT, id.clone(), &id)));
    }
    // The tactic can be relied on, the technique beside it is often another's.
    record.all_at("tags", &mut |raw| {
        let tag = crate::decode::text::string(raw).into_owned();
        out.extend(tag.starts_with("mitre_").then(|| attack(&tag)).flatten());
        crate::decode::path::elements(raw, |tag| {
            let tag = crate::decode::text::string(tag);
            out.extend(tag.starts_with("mitre_").then(|| attack(&tag)).flatten());
            true
        });
    });
    out.truncate(most);
    out
}

/// Whoever passes an alert on gives it an id of its own; the alert itself has none.
fn key(record: &Record) -> u64 {
    let fields = record.top("output_fields").unwrap_or_default();
    let raw = |path: &str| match record.below(fields, path) {
        None | Some(b"null") => &[][..],
        Some(raw) => raw,
    };
    let [audit, trail] = match may_be_of_api(record) {
        true => ["ka.auditid", "ct.id"].map(raw),
        false => [&b""[..]; 2],
    };
    super::hash(&[
        b"falco",
        &record.time().map_or(0, |time| time.0).to_be_bytes(),
        record.norm(Norm::Verb).unwrap_or_default(),
        record.top("hostname").unwrap_or_default(),
        raw("container.id"),
        raw("proc.pid"),
        raw("evt.type"),
        raw("proc.cmdline"),
        raw("fd.name"),
        audit,
        trail,
    ])
}

fn uid(record: &Record) -> Option<String> {
    let time = record.text(Norm::Time)?;
    let rule = record.text(Norm::Verb)?;
    let container = field(record, "container.id").unwrap_or_default();
    Some(format!("{time}|{rule}|{container}"))
}
