//! Tetragon: process executions, exits, kernel probes and connections, as its exporter writes them.
//!
//! Fields: Tetragon documentation, "gRPC API" and "Events"; one kind of event a record, under a
//! key of its name. It is telemetry: what is an alert the rules say.

use super::runtime::{Place, known, target};
use super::source::{Norm, Own, PLAIN, Record, Source, row};
use crate::decode::canonical::canonical_of;
use crate::decode::{path, text};
use crate::model::event::Class;
use crate::model::{Layer, Outcome, Target};

/// The kinds of event, in the order of their marks.
const KINDS: [&str; 14] = [
    "process_exec",
    "process_exit",
    "process_kprobe",
    "process_tracepoint",
    "process_loader",
    "process_uprobe",
    "process_lsm",
    "process_usdt",
    "process_throttle",
    "rate_limit_info",
    "process_connect",
    "process_close",
    "process_listen",
    "process_accept",
];

macro_rules! each_kind {
    ($rest:literal) => {
        &[
            concat!("process_exec.", $rest),
            concat!("process_kprobe.", $rest),
            concat!("process_exit.", $rest),
            concat!("process_tracepoint.", $rest),
            concat!("process_lsm.", $rest),
            concat!("process_uprobe.", $rest),
            concat!("process_loader.", $rest),
            concat!("process_usdt.", $rest),
            concat!("process_connect.", $rest),
            concat!("process_close.", $rest),
            concat!("process_listen.", $rest),
            concat!("process_accept.", $rest),
        ]
    };
}

/// The declaration.
pub static SOURCE: Source = Source {
    name: "tetragon",
    title: "Tetragon events",
    product: "runtime",
    service: "tetragon",
    layer: Layer::Runtime,
    provider: "runtime",
    marks: &KINDS,
    recognise: |marks| marks.count_ones() == 1,
    rows: &[
        row(
            Norm::Time,
            &[
                "time",
                "process_exec.process.start_time",
                "process_exit.time",
                "process_kprobe.process.start_time",
            ],
        ),
        row(Norm::Verb, each_kind!("process.binary")),
        row(Norm::Edge, &["node_name"]),
        row(Norm::Account, &["cluster_name"]),
        row(Norm::ActorId, each_kind!("process.pod.name")),
        row(Norm::ActorAccount, each_kind!("process.pod.namespace")),
        row(Norm::Issuer, each_kind!("process.docker")),
        row(Norm::Credential, each_kind!("process.exec_id")),
    ],
    aliases: &[
        ("binary", &["ctadel.tetragon.binary"]),
        ("process.binary", &["ctadel.tetragon.binary"]),
        ("arguments", &["ctadel.tetragon.arguments"]),
        ("process.arguments", &["ctadel.tetragon.arguments"]),
        ("parent.binary", &["ctadel.tetragon.parent"]),
    ],
    below: &[
        "process_exec",
        "process_kprobe",
        "process_exit",
        "process_tracepoint",
        "process_lsm",
        "process_uprobe",
        "process_connect",
    ],
    derived: &DERIVED,
    containers: &KINDS,
    key,
    uid,
    actor_fields: &[
        Norm::ActorId,
        Norm::ActorAccount,
        Norm::Issuer,
        Norm::Edge,
        Norm::Account,
    ],
    actor: |record| place(record).actor(),
    action: |record| {
        let kind = kind(record).unwrap_or_default();
        match field(record, "function_name") {
            Some(function) => format!("tetragon:{kind}/{function}"),
            None => format!("tetragon:{kind}"),
        }
    },
    class: |_| Class::Other,
    outcome,
    targets,
    ..PLAIN
};

static DERIVED: [Own; 7] = [
    Own {
        name: "ctadel.tetragon.kind",
        doc: "The kind of event: process_exec, process_kprobe and so on.",
        values: |record, out| out.extend(kind(record).map(str::to_owned)),
    },
    Own {
        name: "ctadel.tetragon.binary",
        doc: "The program, whatever the kind of event.",
        values: |record, out| out.extend(field(record, "process.binary")),
    },
    Own {
        name: "ctadel.tetragon.arguments",
        doc: "Its arguments, in one text.",
        values: |record, out| out.extend(field(record, "process.arguments")),
    },
    Own {
        name: "ctadel.tetragon.parent",
        doc: "The program that started it.",
        values: |record, out| out.extend(field(record, "parent.binary")),
    },
    Own {
        name: "ctadel.tetragon.pod",
        doc: "The pod, as namespace/name; absent on the host.",
        values: |record, out| out.extend(place(record).pod_id()),
    },
    Own {
        name: "ctadel.tetragon.path",
        doc: "Files that a probe's arguments name.",
        values: |record, out| arguments(record, &["args.file_arg.path", "args.path_arg.path"], out),
    },
    Own {
        name: "ctadel.tetragon.address",
        doc: "The far address of a connection.",
        values: |record, out| {
            arguments(
                record,
                &["args.sock_arg.daddr", "args.sockaddr_arg.addr"],
                out,
            );
            out.extend(field(record, "destination_ip"));
        },
    },
];

/// The kind of event and what it says.
fn body<'a>(record: &Record<'a>) -> Option<(&'static str, &'a [u8])> {
    KINDS
        .iter()
        .find_map(|kind| Some((*kind, record.top(kind)?)))
}

fn kind(record: &Record) -> Option<&'static str> {
    body(record).map(|(kind, _)| kind)
}

fn field(record: &Record, path: &str) -> Option<String> {
    let (_, body) = body(record)?;
    let text = text::present(record.below(body, path)?)?;
    known(&text).then(|| text.into_owned())
}

fn arguments(record: &Record, paths: &[&str], out: &mut Vec<String>) {
    let Some((_, body)) = body(record) else {
        return;
    };
    for inner in paths {
        path::find_in(record.shelved(), body, inner, &mut |raw| {
            out.extend(text::present(raw).map(|text| text.into_owned()));
        });
    }
}

fn place(record: &Record) -> Place {
    let value = |norm| {
        let text = record.text(norm)?;
        known(&text).then(|| text.into_owned())
    };
    Place {
        namespace: value(Norm::ActorAccount),
        pod: value(Norm::ActorId),
        container: value(Norm::Issuer).or_else(|| field(record, "process.pod.container.id")),
        container_name: field(record, "process.pod.container.name"),
        node: value(Norm::Edge),
        image: field(record, "process.pod.container.image.name"),
    }
}

/// A probe may be told to stop what it sees.
fn outcome(record: &Record) -> Outcome {
    let action = field(record, "action").unwrap_or_default();
    match action.as_str() {
        "KPROBE_ACTION_SIGKILL" | "KPROBE_ACTION_OVERRIDE" | "KPROBE_ACTION_NOTIFYENFORCER" => {
            Outcome::Denied
        }
        _ => Outcome::Success,
    }
}

fn targets(record: &Record, most: usize) -> Vec<Target> {
    let mut out = place(record).targets();
    if out.len() >= most {
        out.truncate(most);
        return out;
    }
    if let Some(binary) = field(record, "process.binary") {
        let line = match field(record, "process.arguments") {
            Some(arguments) => format!("{binary} {arguments}"),
            None => binary,
        };
        out.push(target("process", line.clone(), &line));
    }
    let mut add = |kind: &str, values: fn(&Record, &mut Vec<String>)| {
        let mut found = Vec::new();
        values(record, &mut found);
        out.extend(found.into_iter().map(|id| target(kind, id.clone(), &id)));
    };
    add("address", DERIVED[6].values);
    add("file", DERIVED[5].values);
    out.truncate(most);
    out
}

fn key(record: &Record) -> u64 {
    let (kind, body) = body(record).unwrap_or_default();
    let raw = |path: &str| record.below(body, path).unwrap_or_default();
    super::hash(&[
        b"tetragon",
        kind.as_bytes(),
        &record.time().map_or(0, |time| time.0).to_be_bytes(),
        record.norm(Norm::Credential).unwrap_or_default(),
        raw("process.pid"),
        raw("function_name"),
        &canonical_of(raw("args")),
        record.norm(Norm::Edge).unwrap_or_default(),
    ])
}

fn uid(record: &Record) -> Option<String> {
    let time = record.text(Norm::Time)?;
    let exec = field(record, "process.exec_id").unwrap_or_default();
    Some(format!("{}|{time}|{exec}", kind(record)?))
}
