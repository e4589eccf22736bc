//! What was called, how it ended, and which records tell of the same call.

use std::borrow::Cow;

use crate::decode::canonical;
use crate::decode::text;
use crate::model::Outcome;
use crate::model::event::Class;
use crate::normalize::source::{Norm, Record, Stage};
use crate::normalize::{hash, rewrite};

/// How far a record says its action has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Started,
    Accepted,
    Succeeded,
    Failed,
    Other,
}

/// Storage and the API spell the same word differently.
pub(super) fn status(record: &Record) -> Status {
    let raw = record.at("resultType").unwrap_or_default();
    let word = text::bytes(raw);
    let starts = |head: &str| {
        let own = word.get(..head.len());
        own.is_some_and(|own| own.eq_ignore_ascii_case(head.as_bytes()))
    };
    match () {
        () if starts("start") => Status::Started,
        () if starts("accept") || starts("in progress") || starts("inprogress") => Status::Accepted,
        () if starts("succ") || *word == *b"0" => Status::Succeeded,
        () if starts("fail") || starts("cancel") => Status::Failed,
        () => Status::Other,
    }
}

/// Words of a refusal, in whatever field it stands.
const REFUSED: [&str; 9] = [
    "forbidden",
    "unauthorized",
    "authorizationfailed",
    "authorizationpermissionmismatch",
    "linkedaccesscheckfailed",
    "requestdisallowedbypolicy",
    "accessdenied",
    "denied",
    "deny",
];

pub(in crate::normalize) fn refused(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let code = lower.rsplit('.').next().unwrap_or(&lower);
    matches!(code, "401" | "403") || REFUSED.iter().any(|word| lower.contains(word))
}

pub(super) fn outcome(record: &Record) -> Outcome {
    match status(record) {
        Status::Started | Status::Accepted => Outcome::Pending,
        Status::Failed | Status::Succeeded if policy_deny(record) => Outcome::Denied,
        Status::Failed => {
            let said = [
                "resultSignature",
                "properties.statusCode",
                "properties.statusMessage",
                "resultDescription",
            ];
            let said = said.iter().filter_map(|path| record.text_at(path));
            match said.into_iter().any(|word| refused(&word)) {
                true => Outcome::Denied,
                false => Outcome::Failed,
            }
        }
        Status::Succeeded => Outcome::Success,
        Status::Other if policy_deny(record) => Outcome::Denied,
        Status::Other => by_code(record),
    }
}

/// What policy forbids is told by the policy's own operation.
fn policy_deny(record: &Record) -> bool {
    let verb = record.norm(Norm::Verb).unwrap_or_default();
    let deny = b"/policies/deny/action\"";
    let at = verb.len().checked_sub(deny.len());
    at.is_some_and(|at| verb[at..].eq_ignore_ascii_case(deny))
}

/// Health events and recommendations have states of their own; a copy may keep the code alone.
fn by_code(record: &Record) -> Outcome {
    let said = ["resultSignature", "properties.statusCode", "statusCode"];
    for word in said.iter().filter_map(|path| record.text_at(path)) {
        let code = word.trim().parse::<u32>().ok();
        match code {
            Some(200..=399) => return Outcome::Success,
            Some(401 | 403) => return Outcome::Denied,
            Some(400..=599) => return Outcome::Failed,
            _ if word.to_ascii_lowercase().starts_with("succ") => return Outcome::Success,
            _ => {}
        }
    }
    match record.at("resultType") {
        Some(_) => Outcome::Success,
        None => Outcome::Unknown,
    }
}

pub(super) fn stage(record: &Record) -> Stage {
    match status(record) {
        // Without the number that joins them every record stands alone.
        _ if record.norm(Norm::Group).is_none() => Stage::Whole,
        Status::Started | Status::Accepted => Stage::Begins,
        Status::Succeeded | Status::Failed => match record.at("category") {
            Some(raw) if raw.eq_ignore_ascii_case(b"\"policy\"") => Stage::Whole,
            _ => Stage::Ends,
        },
        Status::Other => Stage::Whole,
    }
}

/// A deployment has one correlation id for many operations: operation and resource tell them
/// apart, in any case.
pub(super) fn number(record: &Record) -> u64 {
    hash(&[
        b"azure.action",
        &lower(record.norm(Norm::Group)),
        &lower(record.norm(Norm::Verb)),
        &lower(record.at("resourceId")),
    ])
}

fn lower(raw: Option<&[u8]>) -> Cow<'_, [u8]> {
    let raw = raw.unwrap_or_default();
    match raw.iter().any(u8::is_ascii_uppercase) {
        true => Cow::Owned(raw.to_ascii_lowercase()),
        false => Cow::Borrowed(raw),
    }
}

/// Storage and the API give the same event no common id: what both say of it is its key.
pub(super) fn key(record: &Record) -> u64 {
    if record.norm(Norm::Group).is_none() {
        let whole = canonical::canonical_of(record.raw());
        return hash(&[b"azure.activity", &whole]);
    }
    // Samples that somebody wrote repeat all ids and ask for something else.
    let properties = record.at("properties").unwrap_or_default();
    let body = match properties.first() {
        Some(b'{') => record.below(properties, "requestbody").unwrap_or_default(),
        _ => b"",
    };
    let body = rewrite::embedded(body);
    hash(&[
        b"azure.activity",
        &text::compact(&body),
        &record.time().map_or(0, |time| time.0).to_be_bytes(),
        &lower(record.norm(Norm::Group)),
        &lower(record.norm(Norm::Verb)),
        &lower(record.at("resourceId")),
        &[status(record) as u8],
    ])
}

pub(super) fn uid(record: &Record) -> Option<String> {
    let group = record.text(Norm::Group)?;
    let verb = record.text(Norm::Verb).unwrap_or_default();
    let time = record.text(Norm::Time).unwrap_or_default();
    Some(format!("{group}|{verb}|{time}"))
}

pub(super) fn action(record: &Record) -> String {
    let verb = record.text(Norm::Verb).unwrap_or_default();
    verb.to_lowercase()
}

pub(super) fn class(record: &Record) -> Class {
    class_of(&action(record))
}

/// The class of an operation of the resource manager.
pub(in crate::normalize) fn class_of(operation: &str) -> Class {
    let mut parts = operation.rsplit('/');
    match (parts.next(), parts.next()) {
        (Some("read"), _) => Class::Read,
        (Some("write"), _) => Class::Write,
        (Some("delete"), _) => Class::Delete,
        // What lists keys reads secrets; it changes nothing.
        (Some("action"), Some(what)) if what.starts_with("list") || what.starts_with("get") => {
            Class::Read
        }
        (Some("action"), Some("read")) => Class::Read,
        (Some("action"), Some("purge" | "delete")) => Class::Delete,
        (Some("action"), _) => Class::Write,
        _ => Class::Other,
    }
}
