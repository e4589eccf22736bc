//! What was done with the data, how it ended, on what.

use crate::decode::canonical;
use crate::decode::text;
use crate::model::event::Class;
use crate::model::{Outcome, Target};
use crate::normalize::azure_activity::{class_of, refused, resource as paths};
use crate::normalize::source::{Norm, Record};
use crate::normalize::{address, hash};

pub(super) fn key(record: &Record) -> u64 {
    hash(&[b"azure.resource", &canonical::canonical_of(record.raw())])
}

pub(super) fn uid(record: &Record) -> Option<String> {
    let group = record.text(Norm::Group)?;
    let verb = record.text(Norm::Verb).unwrap_or_default();
    let time = record.text(Norm::Time).unwrap_or_default();
    Some(format!("{group}|{verb}|{time}"))
}

pub(super) fn action(record: &Record) -> String {
    record.text(Norm::Verb).unwrap_or_default().to_lowercase()
}

pub(super) fn class(record: &Record) -> Class {
    let action = action(record);
    if action.contains('/') {
        return class_of(&action);
    }
    let has = |words: &[&str]| words.iter().any(|word| action.contains(word));
    match () {
        () if has(&["delete", "purge", "remove", "erase"]) => Class::Delete,
        () if has(&["login", "authentication"]) => Class::Login,
        () if has(&[
            "put", "set", "create", "write", "update", "import", "restore", "append", "copy",
            "rename", "lease", "backup", "sign", "rotate", "abort", "flush",
        ]) =>
        {
            Class::Write
        }
        () if has(&[
            "get", "list", "read", "query", "decrypt", "unwrap", "peek", "head", "pull",
        ]) =>
        {
            Class::Read
        }
        () => Class::Other,
    }
}

pub(super) fn outcome(record: &Record) -> Outcome {
    let words = [
        "statusCode",
        "properties.httpStatusCode",
        "properties.statusCode",
        "properties.responseStatusCode",
    ];
    let code = words
        .iter()
        .find_map(|path| record.text_at(path)?.trim().parse::<u32>().ok());
    match code {
        Some(0..=399) => return Outcome::Success,
        Some(401 | 403) => return Outcome::Denied,
        Some(_) => return Outcome::Failed,
        None => {}
    }
    let words = [
        "resultType",
        "statusText",
        "resultSignature",
        "properties.result",
        "properties.message",
    ];
    for word in words.iter().filter_map(|path| record.text_at(path)) {
        let lower = word.to_ascii_lowercase();
        let done = [
            "success",
            "succeeded",
            "ok",
            "0",
            "200",
            "created",
            "accepted",
        ];
        if done.contains(&&*lower) || lower.starts_with("success") {
            return Outcome::Success;
        }
        if refused(&lower) || lower.contains("authentication") {
            return Outcome::Denied;
        }
        if lower.contains("fail") || lower.contains("error") || lower.contains("not found") {
            return Outcome::Failed;
        }
    }
    Outcome::Unknown
}

/// The thing inside the resource: its kind, what it is called in the log, its own name.
fn inner(record: &Record) -> Option<Target> {
    // A vault names its objects by their address: `https://VAULT/secrets/NAME/VERSION`.
    let id = record
        .text_at("properties.id")
        .or_else(|| record.text_at("properties.requestUri"));
    if let Some(id) = id.filter(|id| id.starts_with("https://")) {
        let path = id.split(['?', '#']).next().unwrap_or(&id);
        let mut parts = path.split('/').skip(3).filter(|part| !part.is_empty());
        if let (Some(kind), Some(name)) = (parts.next(), parts.next()) {
            let kind = match kind {
                "secrets" | "deletedsecrets" => "secret",
                "keys" | "deletedkeys" => "key_vault_key",
                "certificates" | "deletedcertificates" => "certificate",
                other => other,
            };
            let end = path.find(name).map_or(path.len(), |at| at + name.len());
            return Some(Target {
                kind: kind.to_owned(),
                id: path[..end].to_lowercase(),
                name: name.to_owned(),
                account: None,
            });
        }
    }
    // `/ACCOUNT/CONTAINER/BLOB`, or the address that was asked for.
    let object = record.text_at("properties.objectKey");
    let uri = || {
        let uri = record.text_at("uri")?;
        // What follows the question mark may be a signature.
        let path = uri.split(['?', '#']).next()?;
        let mut parts = path.splitn(4, '/').skip(2);
        let account = parts.next()?.split('.').next()?;
        let object = parts.next().filter(|path| !path.is_empty())?;
        Some(format!("{account}/{object}"))
    };
    let object = object
        .map(|object| object.trim_start_matches('/').to_owned())
        .or_else(uri)?;
    let object = object.trim_end_matches('/').to_owned();
    let kind = match object.split('/').count() {
        1 => return None,
        2 => "container",
        _ => "blob",
    };
    let name = object.rsplit('/').next().unwrap_or(&object).to_owned();
    Some(Target {
        kind: kind.to_owned(),
        name,
        id: object,
        account: None,
    })
}

pub(super) fn targets(record: &Record, most: usize) -> Vec<Target> {
    let mut out: Vec<Target> = inner(record).into_iter().collect();
    if let Some(id) = record.text_at("resourceId") {
        // The blob service of a storage account is the account.
        let id = id.trim().trim_end_matches('/');
        let services = ["/blobservices/", "/fileservices/"];
        let is_service = |from: &usize| {
            let rest = id.as_bytes().get(*from..*from + 14).unwrap_or_default();
            services
                .iter()
                .any(|own| rest.eq_ignore_ascii_case(own.as_bytes()))
        };
        let end = memchr::memchr_iter(b'/', id.as_bytes()).find(is_service);
        out.push(paths::target(&id[..end.unwrap_or(id.len())]));
    } else if let Some(account) = record.text(Norm::Bucket) {
        out.push(Target {
            kind: "storage_account".to_owned(),
            id: account.to_string(),
            name: account.to_string(),
            account: None,
        });
    }
    out.truncate(most);
    out
}

pub(super) fn object(record: &Record, out: &mut Vec<String>) {
    out.extend(inner(record).map(|target| target.id));
}

pub(super) fn client(record: &Record, out: &mut Vec<String>) {
    let raw = record.text(Norm::Address).unwrap_or_default();
    out.extend(address::classify(&raw).ip.map(|ip| ip.to_string()));
}

pub(super) fn resource(record: &Record, out: &mut Vec<String>) {
    let id = record.at("resourceId").map(text::string);
    out.extend(id.map(|id| paths::parse(&id).whole));
}
