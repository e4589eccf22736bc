//! Advice: the text for a word, with the finding's own names in it.
//!
//! Enter a word and a finding; leaves a line for a person. Names come out of the log, where the
//! attacker may have chosen them, and the line may be pasted into a shell: they are quoted.

use super::find::{actor, name, target};
use super::guide::{GUIDE, Line};
use super::word::Family;
use crate::model::Finding;

/// Placeholders and the kinds of target that fill them.
const PLACES: [(&str, &[&str]); 11] = [
    ("user", &["user"]),
    ("role", &["role"]),
    ("group", &["group"]),
    ("bucket", &["bucket"]),
    ("instance", &["instance"]),
    ("function", &["function"]),
    ("kms_key", &["kms_key"]),
    ("cluster", &["cluster"]),
    ("secret", &["secret", "parameter"]),
    ("rule", &["rule"]),
    ("key", &["key"]),
];

/// Writes the advice for a word; every word of the table has one.
pub(super) fn advice(family: Family, word: &str, finding: &Finding) -> String {
    let column = match finding.provider {
        "entra" | "m365" => "azure",
        "runtime" => "kubernetes",
        other => other,
    };
    let text = text(word, column)
        .or_else(|| text(word, ""))
        .unwrap_or_else(|| fallback(family));
    fill(text, finding)
}

/// Fills the placeholders in one pass: a name that looks like a placeholder stays a name.
fn fill(text: &str, finding: &Finding) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let filled = after.split_once('}').and_then(|(word, tail)| {
            let name = place(word, finding)?;
            Some((name, tail))
        });
        match filled {
            Some((name, tail)) => {
                out.push_str(&name);
                rest = tail;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// What stands for a placeholder, where it is one.
fn place(word: &str, finding: &Finding) -> Option<String> {
    match word {
        "actor" => return Some(quote(actor(finding))),
        "ip" => return Some(finding.source_ip.as_deref().map_or("IP".to_string(), quote)),
        _ => {}
    }
    let (_, kinds) = PLACES.iter().find(|(known, _)| *known == word)?;
    // Without a target the word itself stands there, as commands' own help writes it.
    let found = target(finding, kinds).map(|text| quote(name(text)));
    Some(found.unwrap_or_else(|| word.to_uppercase()))
}

fn text(word: &str, column: &str) -> Option<&'static str> {
    let fits = |line: &&Line| line.0 == word && line.1 == column;
    GUIDE.iter().find(fits).map(|line| line.2)
}

/// What is said for a family whose word has no text; the tests see to it that none is needed.
fn fallback(family: Family) -> &'static str {
    match family {
        Family::User | Family::Workload => "Disable the identity at its provider",
        _ => "Undo the change at the provider",
    }
}

/// Quotes a name for a shell, if it is not plain; control characters are dropped.
pub(super) fn quote(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    let plain = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_to_paste() {
        assert_eq!(quote("alice@example.org"), "alice@example.org");
        assert_eq!(quote("x; rm -rf ~"), "'x; rm -rf ~'");
        assert_eq!(quote("a'b"), "'a'\\''b'");
        assert_eq!(quote("a\nb$(c)"), "'ab$(c)'");
        assert_eq!(quote(""), "''");
    }
}
