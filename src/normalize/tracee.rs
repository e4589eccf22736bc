//! Tracee: events of both its generations; those with a threat are findings of its own.
//!
//! The older, flat event is the record; the newer one, with `workload` and `data`, is rewritten to
//! it. Fields: Tracee documentation, "Events".

use super::alert::attack;
use super::runtime::{Place, known, target};
use super::source::{Form, Norm, Own, PLAIN, Record, Source, row};
use crate::decode::canonical::canonical_of;
use crate::decode::item::Members;
use crate::decode::{path, text};
use crate::model::event::Class;
use crate::model::{Layer, Outcome, Target};

/// The declaration.
pub static SOURCE: Source = Source {
    name: "tracee",
    title: "Tracee events",
    product: "runtime",
    service: "tracee",
    layer: Layer::Runtime,
    provider: "runtime",
    marks: &[
        "eventName",
        "processName",
        "timestamp",
        "args",
        "hostName",
        "eventId",
        "threadId",
    ],
    recognise: |marks| marks & 0b111 == 0b111 && marks & 0b111_1000 != 0,
    forms: &[Form {
        is: is_new,
        rewrite,
    }],
    rows: &[
        row(Norm::Time, &["timestamp"]),
        row(Norm::Verb, &["eventName"]),
        row(Norm::Edge, &["hostName"]),
        row(Norm::ActorId, &["kubernetes.podName"]),
        row(Norm::ActorAccount, &["kubernetes.podNamespace"]),
        row(Norm::Issuer, &["container.id", "containerId"]),
        row(Norm::IssuerName, &["container.name"]),
        row(Norm::Category, &["syscall"]),
    ],
    aliases: &[("signatureID", &["metadata.Properties.signatureID"])],
    derived: &[
        Own {
            name: "ctadel.alert.severity",
            doc: "The level that the tool's own severity comes to: informational to critical.",
            values: |record, out| out.extend(level(record).map(str::to_owned)),
        },
        Own {
            name: "ctadel.tracee.arg",
            doc: "Arguments of the event, as name=value.",
            values: arguments,
        },
    ],
    containers: &[
        "args",
        "metadata",
        "kubernetes",
        "container",
        "processName",
        "executable",
        "userId",
        "returnValue",
        "hostThreadId",
        "threadId",
    ],
    // What Tracee says of itself, beside its events on standard output.
    asides: &[(
        &["level", "ts", "msg"],
        "a program's own log, no audit record",
    )],
    key,
    uid,
    actor_fields: &[
        Norm::ActorId,
        Norm::ActorAccount,
        Norm::Issuer,
        Norm::IssuerName,
        Norm::Edge,
    ],
    actor: |record| place(record).actor(),
    action: |record| format!("tracee:{}", record.text(Norm::Verb).unwrap_or_default()),
    class: |_| Class::Other,
    outcome: |record| match record.text_at("returnValue").as_deref() {
        // What a call gives back is a number of the kernel's: -1 and -13 are refusals.
        Some("-1" | "-13") => Outcome::Denied,
        Some(code) if code.starts_with('-') => Outcome::Failed,
        _ => Outcome::Success,
    },
    targets,
    ..PLAIN
};

fn value(record: &Record, norm: Norm) -> Option<String> {
    let text = record.text(norm)?;
    known(&text).then(|| text.into_owned())
}

fn place(record: &Record) -> Place {
    let image = record.text_at("container.image");
    Place {
        namespace: value(record, Norm::ActorAccount),
        pod: value(record, Norm::ActorId),
        container: value(record, Norm::Issuer),
        container_name: value(record, Norm::IssuerName),
        // In a container it is the container's own name for itself.
        node: value(record, Norm::Edge).filter(|_| value(record, Norm::Issuer).is_none()),
        image: image
            .filter(|text| known(text))
            .map(|text| text.into_owned()),
    }
}

/// Only events with a threat have one; Tracee counts from 0 to 4.
fn level(record: &Record) -> Option<&'static str> {
    let severity = record.text_at("metadata.Properties.Severity")?;
    Some(match severity.to_ascii_lowercase().as_str() {
        "4" | "critical" => "critical",
        "3" | "high" => "high",
        "2" | "medium" => "medium",
        "1" | "low" => "low",
        _ => "informational",
    })
}

fn arguments(record: &Record, out: &mut Vec<String>) {
    let Some(args) = record.top("args") else {
        return;
    };
    path::elements(args, |arg| {
        let name = path::first(arg, "name").map(text::string);
        let value = path::first(arg, "value").map(text::string);
        if let (Some(name), Some(value)) = (name, value) {
            out.push(format!("{name}={value}"));
        }
        out.len() < 64
    });
}

fn targets(record: &Record, most: usize) -> Vec<Target> {
    let mut out = place(record).targets();
    if out.len() >= most {
        out.truncate(most);
        return out;
    }
    if let Some(process) = record.text_at("processName") {
        out.push(target("process", process.clone().into_owned(), &process));
    }
    let mut args = Vec::new();
    arguments(record, &mut args);
    for arg in &args {
        let (name, value) = arg.split_once('=').unwrap_or((arg, ""));
        let kind = match name {
            "pathname" | "file_path" | "path" if value.starts_with('/') => "file",
            "dst" | "remote_addr" | "ip" | "IP address" => "address",
            _ => continue,
        };
        if value.parse::<std::net::IpAddr>().is_ok() || kind == "file" {
            out.push(target(kind, value.to_owned(), value));
        }
    }
    for path in ["Category", "external_id"] {
        let word = record.text_at(&format!("metadata.Properties.{path}"));
        out.extend(word.and_then(|word| attack(&word)));
    }
    out.truncate(most);
    out
}

fn key(record: &Record) -> u64 {
    let raw = |path: &str| record.at(path).unwrap_or_default();
    super::hash(&[
        b"tracee",
        &record.time().map_or(0, |time| time.0).to_be_bytes(),
        record.norm(Norm::Verb).unwrap_or_default(),
        record.norm(Norm::Issuer).unwrap_or_default(),
        record.norm(Norm::Edge).unwrap_or_default(),
        raw("hostThreadId"),
        raw("threadId"),
        &canonical_of(raw("args")),
    ])
}

fn uid(record: &Record) -> Option<String> {
    let time = record.text(Norm::Time)?;
    let container = value(record, Norm::Issuer).unwrap_or_default();
    Some(format!("{time}|{}|{container}", record.text(Norm::Verb)?))
}

/// Whether it is an event of the newer generation.
fn is_new(members: &Members) -> bool {
    let has = |wanted: &[u8]| members.iter().any(|(key, _)| *key == wanted);
    let typed = members
        .iter()
        .any(|(key, raw)| *key == b"timestamp" && matches!(raw, [b'{' | b'"', ..]));
    has(b"workload") && has(b"name") && has(b"timestamp") && typed
}

/// Writes an event of the newer generation as the older one.
fn rewrite(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let Ok(event) = serde_json::from_slice::<serde_json::Value>(raw) else {
        return false;
    };
    let at = |path: &str| event.pointer(path).filter(|value| !value.is_null());
    let mut old = serde_json::Map::new();
    let mut put = |key: &str, value: Option<serde_json::Value>| {
        if let Some(value) = value {
            old.insert(key.to_owned(), value);
        }
    };
    put("timestamp", at("/timestamp").map(time));
    put("eventName", at("/name").cloned());
    put("eventId", at("/id").cloned());
    let process = "/workload/process";
    let executable = at(&format!("{process}/executable/path")).cloned();
    let thread = at(&format!("{process}/thread/name")).cloned();
    let name = thread.or_else(|| {
        let path = executable.as_ref()?.as_str()?;
        Some(path.rsplit('/').next()?.into())
    });
    put("processName", Some(name.unwrap_or_default()));
    put(
        "executable",
        executable.map(|path| serde_json::json!({"path": path})),
    );
    put("threadId", at(&format!("{process}/thread/tid")).cloned());
    put(
        "hostThreadId",
        at(&format!("{process}/thread/host_tid")).cloned(),
    );
    put("processId", at(&format!("{process}/pid")).cloned());
    put("userId", at(&format!("{process}/real_user/id")).cloned());
    put(
        "returnValue",
        at("/returnValue").or_else(|| at("/return_value")).cloned(),
    );
    put(
        "hostName",
        at("/workload/node/name")
            .or_else(|| at("/hostName"))
            .cloned(),
    );
    let image = at("/workload/container/image");
    let image = image
        .and_then(|image| image.get("name").or(Some(image)))
        .cloned();
    let container = at("/workload/container").map(|container| {
        serde_json::json!({
            "id": container.get("id"),
            "name": container.get("name"),
            "image": image,
        })
    });
    put("container", container);
    let pod = at("/workload/k8s/pod").or_else(|| at("/workload/pod"));
    let namespace = at("/workload/k8s/namespace/name")
        .or_else(|| pod.and_then(|pod| pod.pointer("/namespace/name").or(pod.get("namespace"))));
    let pod = pod.map(|pod| {
        serde_json::json!({
            "podName": pod.get("name"),
            "podNamespace": namespace,
            "podUID": pod.get("uid"),
        })
    });
    put("kubernetes", pod);
    let data = at("/data").and_then(|data| data.as_array());
    let args = data.into_iter().flatten().map(|field| {
        let mut values = field.as_object().into_iter().flatten();
        let value = values
            .find(|(key, _)| *key != "name")
            .map(|(_, value)| value);
        serde_json::json!({"name": field.get("name"), "value": value})
    });
    put("args", Some(args.collect()));
    let threat = at("/threat").map(|threat| {
        serde_json::json!({
            "Name": threat.get("name"),
            "Description": threat.get("description"),
            "Properties": {
                "Severity": threat.get("severity"),
                "Category": threat.pointer("/mitre/tactic/name"),
                "Technique": threat.pointer("/mitre/technique/name"),
                "external_id": threat.pointer("/mitre/technique/id"),
                "signatureID": threat.pointer("/properties/signatureID"),
                "signatureName": threat.get("name"),
            },
        })
    });
    put("metadata", threat);
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(out, &old);
    true
}

/// The time in nanoseconds, as the older generation writes it, where it is in two parts.
fn time(value: &serde_json::Value) -> serde_json::Value {
    let number = |key: &str| {
        let part = value.get(key)?;
        part.as_i64().or_else(|| part.as_str()?.parse().ok())
    };
    match number("seconds") {
        Some(seconds) => {
            let nanos = number("nanos").unwrap_or(0);
            let all = seconds.checked_mul(1_000_000_000);
            all.and_then(|all| all.checked_add(nanos)).into()
        }
        None => value.clone(),
    }
}
