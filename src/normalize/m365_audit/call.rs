//! What was called in which product, how it ended, on what.

use std::borrow::Cow;

use crate::decode::{canonical, path, text};
use crate::model::event::Class;
use crate::model::{Outcome, Target};
use crate::normalize::hash;
use crate::normalize::rewrite::embedded;
use crate::normalize::source::{Norm, Record};

pub(super) fn key(record: &Record) -> u64 {
    let id = record.norm(Norm::Uid).unwrap_or_default();
    if id.len() < 20 {
        let whole = canonical::canonical_of(record.raw());
        return hash(&[b"m365.audit", &whole]);
    }
    hash(&[
        b"m365.audit",
        &id.to_ascii_lowercase(),
        record.norm(Norm::Verb).unwrap_or_default(),
    ])
}

pub(super) fn outcome(record: &Record) -> Outcome {
    let verb = record.text(Norm::Verb).unwrap_or_default();
    if verb == "UserLoginFailed" {
        return Outcome::Denied;
    }
    let Some(word) = record.text(Norm::Error) else {
        // Most products write down what was done, and nothing else.
        return Outcome::Success;
    };
    match &*word.to_ascii_lowercase() {
        "succeeded" | "success" | "true" | "partiallysucceeded" | "ok" | "0" => Outcome::Success,
        "denied" | "unauthorized" | "forbidden" => Outcome::Denied,
        "failed" | "false" | "failure" | "error" => Outcome::Failed,
        _ => Outcome::Unknown,
    }
}

pub(super) fn class(record: &Record) -> Class {
    let verb = record
        .text(Norm::Verb)
        .unwrap_or_default()
        .to_ascii_lowercase();
    let starts = |heads: &[&str]| heads.iter().any(|head| verb.starts_with(head));
    let has = |words: &[&str]| words.iter().any(|word| verb.contains(word));
    match () {
        () if starts(&["userlog", "mailboxlogin", "teamssessionstarted"]) => Class::Login,
        () if starts(&["remove", "delete", "hard", "soft", "clear", "uninstall"]) => Class::Delete,
        () if has(&["deleted", "recycled"]) => Class::Delete,
        () if starts(&["get", "search", "list", "test", "view", "export"])
            || has(&[
                "accessed",
                "downloaded",
                "previewed",
                "viewed",
                "mailitemsaccessed",
            ]) =>
        {
            Class::Read
        }
        () => Class::Write,
    }
}

/// Calls `each` with name and value of every pair of a list, or of every member of an object.
fn pairs(record: &Record, list: &str, each: &mut dyn FnMut(&str, &str)) {
    let Some(raw) = record.at(list) else { return };
    let raw = embedded(raw);
    match raw.first() {
        Some(b'[') => path::elements(&raw, |pair| {
            let one = |key: &str| path::first(pair, key).map(text::string).unwrap_or_default();
            each(&one("Name"), &one("Value"));
            true
        }),
        Some(b'{') => path::members(&raw, |key, value| {
            each(&String::from_utf8_lossy(key), &text::string(value));
            true
        }),
        _ => {}
    }
}

pub(super) fn parameters(record: &Record, out: &mut Vec<String>) {
    for list in ["Parameters", "OperationProperties"] {
        pairs(record, list, &mut |name, value| {
            out.push(format!("{name}={value}"))
        });
    }
}

const FORWARDS: [&str; 6] = [
    "forwardto",
    "forwardasattachmentto",
    "redirectto",
    "forwardingsmtpaddress",
    "forwardingaddress",
    "redirectmessageto",
];

pub(super) fn forwards(record: &Record, out: &mut Vec<String>) {
    for list in ["Parameters", "OperationProperties"] {
        pairs(record, list, &mut |name, value| {
            let name = name.to_ascii_lowercase();
            if FORWARDS.contains(&&*name) {
                addresses(value, out);
            } else if name == "ruleactions" {
                // `{"ActionType":"Forward","Recipients":["a@example.com"],…}`
                let lower = value.to_ascii_lowercase();
                if lower.contains("forward") || lower.contains("redirect") {
                    addresses(value, out);
                }
            }
        });
    }
}

/// Addresses stand alone, in lists, behind `smtp:`, in brackets behind a name.
fn addresses(text: &str, out: &mut Vec<String>) {
    let ends = |c: char| c.is_whitespace() || "[]<>\"',;:()=".contains(c);
    for word in text.split(ends).filter(|word| word.contains('@')) {
        let address = word.trim_matches('.').to_lowercase();
        if !out.contains(&address) && out.len() < 100 {
            out.push(address);
        }
    }
}

pub(super) fn forward_domains(record: &Record, out: &mut Vec<String>) {
    let mut to = Vec::new();
    forwards(record, &mut to);
    for domain in to.iter().filter_map(|address| address.rsplit('@').next()) {
        if !out.iter().any(|known| known == domain) {
            out.push(domain.to_owned());
        }
    }
}

pub(super) fn user_domain(record: &Record, out: &mut Vec<String>) {
    let user = record.text(Norm::ActorId).unwrap_or_default();
    out.extend(
        user.rsplit_once('@')
            .map(|(_, domain)| domain.to_lowercase()),
    );
}

/// Records of the compliance center are told by their kind alone.
pub(super) fn center(record: &Record, out: &mut Vec<String>) {
    let kind = record.text_at("RecordType").unwrap_or_default();
    let workload = record.text(Norm::Service).unwrap_or_default();
    if matches!(
        &*kind,
        "18" | "SecurityComplianceCenterEOPCmdlet" | "40" | "SecurityComplianceAlerts"
    ) || workload.eq_ignore_ascii_case("SecurityComplianceCenter")
    {
        out.push("SecurityComplianceCenter".to_owned());
    }
}

pub(super) fn targets(record: &Record, most: usize) -> Vec<Target> {
    let mut out: Vec<Target> = Vec::new();
    let mut add = |kind: &str, id: Option<Cow<str>>| {
        let Some(id) = id.map(Cow::into_owned) else {
            return;
        };
        if out.len() < most && !out.iter().any(|known| known.id == id) {
            let name = match kind {
                "file" | "site" => id.trim_end_matches('/').rsplit('/').next().unwrap_or(&id),
                _ => &id,
            };
            let name = name.to_owned();
            out.push(Target {
                kind: kind.to_owned(),
                id,
                name,
                account: None,
            });
        }
    };
    let workload = record
        .text(Norm::Service)
        .unwrap_or_default()
        .to_ascii_lowercase();
    let kind = match &*workload {
        "exchange" => "mailbox",
        "sharepoint" | "onedrive" => "file",
        "azureactivedirectory" => "directory_object",
        _ => "resource",
    };
    add("mailbox", record.text_at("MailboxOwnerUPN"));
    let identity = |name: &str| record.text_at("Parameters").is_some() && !name.is_empty();
    let mut named = Vec::new();
    if identity("Identity") {
        pairs(record, "Parameters", &mut |name, value| {
            if matches!(name, "Identity" | "Mailbox" | "User") && !value.is_empty() {
                named.push(value.to_owned());
            }
        });
    }
    add(kind, record.text_at("ObjectId"));
    for name in named {
        add(kind, Some(Cow::Owned(name)));
    }
    add("site", record.text_at("SiteUrl"));
    add("user", record.text_at("TargetUserOrGroupName"));
    out
}

pub(super) fn count(record: &Record) -> usize {
    let mut items = 0;
    if let Some(list) = record
        .at("AffectedItems")
        .filter(|raw| raw.first() == Some(&b'['))
    {
        path::elements(list, |_| {
            items += 1;
            true
        });
    }
    items.max(usize::from(record.at("ObjectId").is_some()))
}
