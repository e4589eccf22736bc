//! What was asked for, and how it ended.

use crate::decode::text;
use crate::model::Outcome;
use crate::model::event::Class;
use crate::normalize::source::{Norm, Record};

/// `create pods/exec`; of a request for no resource its path.
pub(super) fn action(record: &Record) -> String {
    let verb = record.text(Norm::Verb).unwrap_or_default();
    let verb = if verb.is_empty() { "request" } else { &verb };
    let Some(resource) = record.text(Norm::Service) else {
        let path = super::derived::path(record).unwrap_or_default();
        return format!("{verb} {path}").trim_end().to_owned();
    };
    match record.text_at("objectRef.subresource") {
        Some(sub) => format!("{verb} {resource}/{sub}"),
        None => format!("{verb} {resource}"),
    }
}

/// Whether the request stays open until somebody hangs up: a shell, a tunnel, a watch.
pub(super) fn stays_open(record: &Record) -> bool {
    if matches!(
        record.norm(Norm::Verb),
        Some(b"\"watch\"" | b"\"watchlist\"")
    ) {
        return true;
    }
    matches!(
        record.text_at("objectRef.subresource").as_deref(),
        Some("exec" | "attach" | "portforward" | "proxy" | "log")
    )
}

pub(super) fn class(record: &Record) -> Class {
    let sub = record.text_at("objectRef.subresource");
    let verb = record.text(Norm::Verb).unwrap_or_default();
    // Reading a shell's stream is running it.
    if matches!(sub.as_deref(), Some("exec" | "attach" | "portforward")) {
        return Class::Write;
    }
    let review = record.text(Norm::Service).is_some_and(|resource| {
        (resource.starts_with("selfsubject") || resource.ends_with("accessreviews"))
            && resource.ends_with("reviews")
    });
    match &*verb {
        "get" | "list" | "watch" | "watchlist" | "head" | "options" => Class::Read,
        "delete" | "deletecollection" => Class::Delete,
        "create" if review => Class::Read,
        "" => Class::Other,
        _ => Class::Write,
    }
}

/// Whether the log keeps what is asked for: where it does, a write that came through has a body.
pub(super) fn keeps(record: &Record) -> Option<&'static str> {
    let write = matches!(
        record.norm(Norm::Verb),
        Some(b"\"create\"" | b"\"update\"" | b"\"patch\"")
    );
    if !write {
        return None;
    }
    if record.top("requestObject").is_some() {
        return Some("bodies");
    }
    let done = !stays_open(record) && outcome(record) == Outcome::Success;
    done.then_some("bare writes")
}

pub(super) fn outcome(record: &Record) -> Outcome {
    let code = record
        .at("responseStatus.code")
        .and_then(|raw| text::string(raw).parse::<u32>().ok());
    let decision = || record.text_at("annotations.authorization.k8s.io/decision");
    match code {
        Some(401 | 403) => Outcome::Denied,
        Some(100..=399) => Outcome::Success,
        Some(400..) => Outcome::Failed,
        // Zero is what a server writes that has not decided yet.
        _ if decision().as_deref() == Some("forbid") => Outcome::Denied,
        _ => match (
            record.text_at("responseStatus.status").as_deref(),
            record.text_at("stage").as_deref(),
        ) {
            (Some("Success"), _) => Outcome::Success,
            (Some("Failure"), _) | (_, Some("Panic")) => Outcome::Failed,
            (_, Some("RequestReceived")) => Outcome::Pending,
            (_, Some("ResponseStarted")) => Outcome::Success,
            _ if decision().as_deref() == Some("allow") => Outcome::Success,
            _ => Outcome::Unknown,
        },
    }
}
