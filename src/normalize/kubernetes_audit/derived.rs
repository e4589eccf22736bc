//! What a request says between the lines: commands, paths, grants, subjects.

use crate::decode::{path as json, text};
use crate::normalize::source::{Norm, Record};

/// Most grants and subjects that are read of one record.
const MOST: usize = 2_000;

/// The command of exec and attach: repeated `command=` of the query, or a list in the body, which
/// some exports write instead.
pub(super) fn command(record: &Record) -> Option<String> {
    let sub = record.text_at("objectRef.subresource")?;
    if !matches!(&*sub, "exec" | "attach") {
        return None;
    }
    let uri = record.text_at("requestURI").unwrap_or_default();
    let query = uri.split_once('?').map_or("", |(_, query)| query);
    let mut words: Vec<String> = query
        .split('&')
        .filter_map(|pair| pair.strip_prefix("command="))
        .map(decoded)
        .collect();
    if words.is_empty() {
        record.all_at("requestObject.command", &mut |raw| {
            flat(raw, &mut |word| words.push(word));
        });
    }
    (!words.is_empty()).then(|| words.join(" "))
}

/// Resolves `%2F` and `+`.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = bytes
            .get(at + 1..at + 3)
            .filter(|_| *byte == b'%')
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (byte, hex) {
            (_, Some(value)) => {
                out.push(value);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            _ => out.push(*byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The texts of a value, lists taken apart.
pub(super) fn flat(raw: &[u8], each: &mut dyn FnMut(String)) {
    match raw.first() {
        Some(b'[') => json::elements(raw, |element| {
            if element.first() != Some(&b'[') {
                each(text::string(element).into_owned());
            }
            true
        }),
        _ => each(text::string(raw).into_owned()),
    }
}

/// The path of the request without its query.
pub(super) fn path(record: &Record) -> Option<String> {
    let uri = record
        .text_at("requestURI")
        .or_else(|| record.text_at("http.url_details.path"))?;
    let path = uri.split(['?', '#']).next().unwrap_or_default();
    Some(path.to_owned())
}

/// The object's namespace; a namespace is in itself.
pub(super) fn namespace(record: &Record) -> Option<String> {
    if let Some(namespace) = record.text_at("objectRef.namespace") {
        return Some(namespace.into_owned());
    }
    if record.norm(Norm::Service) == Some(b"\"namespaces\"") {
        return record
            .text_at("objectRef.name")
            .map(|name| name.into_owned());
    }
    let path = path(record)?;
    let (_, rest) = path.split_once("/namespaces/")?;
    let name = rest.split('/').next().filter(|name| !name.is_empty())?;
    Some(name.to_owned())
}

/// Whether one namespace is asked about or the whole cluster.
pub(super) fn scope(record: &Record) -> &'static str {
    match namespace(record) {
        Some(_) => "namespace",
        None => "cluster",
    }
}

/// `verb|group/resource` of every rule of a role.
pub(super) fn grants(record: &Record, out: &mut Vec<String>) {
    let list = |rule: &[u8], key: &str| {
        let mut all = Vec::new();
        json::find(rule, key, &mut |raw| flat(raw, &mut |one| all.push(one)));
        all
    };
    let mut each = |rule: &[u8]| {
        let (verbs, groups) = (list(rule, "verbs"), list(rule, "apiGroups"));
        let resources = list(rule, "resources");
        for verb in &verbs {
            for resource in &resources {
                for group in groups.iter().map(String::as_str).chain(
                    // Older exports leave the groups out.
                    groups.is_empty().then_some(""),
                ) {
                    if out.len() < MOST {
                        out.push(format!("{verb}|{group}/{resource}"));
                    }
                }
            }
        }
    };
    for path in ["requestObject.rules", "requestObject.value.rules"] {
        record.all_at(path, &mut |raw| match raw.first() {
            Some(b'[') => json::elements(raw, |rule| {
                each(rule);
                true
            }),
            _ => each(raw),
        });
    }
}

/// `Kind:name` of every subject of a binding, service accounts with their namespace.
pub(super) fn subjects(record: &Record, out: &mut Vec<String>) {
    let home = namespace(record);
    let mut each = |subject: &[u8]| {
        let part = |key: &str| json::first(subject, key).and_then(text::present);
        let (Some(name), kind) = (part("name"), part("kind").unwrap_or_default()) else {
            return;
        };
        if out.len() >= MOST {
            return;
        }
        out.push(match &*kind {
            "ServiceAccount" => {
                let namespace = part("namespace").map(|n| n.into_owned()).or(home.clone());
                format!("{kind}:{}/{name}", namespace.unwrap_or_default())
            }
            _ => format!("{kind}:{name}"),
        });
    };
    record.all_at("requestObject.subjects", &mut |raw| match raw.first() {
        Some(b'[') => json::elements(raw, |subject| {
            each(subject);
            true
        }),
        _ => each(raw),
    });
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn queries_are_decoded() {
        let table = [
            ("cat", "cat"),
            ("%2Fetc%2Fshadow", "/etc/shadow"),
            ("a+b%20c", "a b c"),
            ("100%", "100%"),
            ("%zz", "%zz"),
            ("%", "%"),
            ("%c3%a9", "é"),
        ];
        for (raw, want) in table {
            assert_eq!(decoded(raw), want);
        }
    }
}
