//! What the keys of a suppression mean.
//!
//! Pairs of key and values enter, an entry leaves, or the key that is wrong and why. A slip here
//! hides findings, so nothing is guessed: unknown keys, doubles and missing reasons are refused.

use std::net::IpAddr;

use chrono::{DateTime, Days, NaiveDate};
use ipnet::IpNet;
use regex::Regex;

use super::yaml::{Raw, Texts};
use super::{Criteria, Entry};
use crate::model::Time;

/// The keys of an entry.
const KEYS: [&str; 9] = [
    "rule",
    "actor",
    "account",
    "source_ip",
    "target",
    "action",
    "reason",
    "owner",
    "expires",
];
/// What people write instead.
const OTHER_WORDS: [(&str, &str); 22] = [
    ("address", "source_ip"),
    ("cidr", "source_ip"),
    ("comment", "reason"),
    ("description", "reason"),
    ("event", "action"),
    ("expiry", "expires"),
    ("id", "rule"),
    ("identity", "actor"),
    ("ip", "source_ip"),
    ("justification", "reason"),
    ("name", "rule"),
    ("note", "reason"),
    ("principal", "actor"),
    ("project", "account"),
    ("resource", "target"),
    ("role", "actor"),
    ("src_ip", "source_ip"),
    ("subscription", "account"),
    ("tenant", "account"),
    ("until", "expires"),
    ("user", "actor"),
    ("why", "reason"),
];

/// A wrong key and what is wrong with it; without a key the entry as a whole.
type Wrong = (Option<String>, String);

/// Makes an entry of its pairs; the line is the caller's.
pub(super) fn read(raw: Raw, line: usize) -> Result<Entry, Wrong> {
    let mut seen = Vec::new();
    let mut criteria = Criteria::default();
    let (mut rules, mut reason, mut owner, mut expires) = (Vec::new(), None, None, None);
    for (key, Texts(values)) in raw.0 {
        let wrong = |text: String| (Some(key.clone()), text);
        let Some(known) = KEYS.iter().copied().find(|known| *known == key) else {
            return Err(wrong(unknown_key(&key)));
        };
        if seen.contains(&known) {
            return Err(wrong(format!("{key:?} stands there twice")));
        }
        seen.push(known);
        if values.is_empty() || values.iter().any(String::is_empty) {
            return Err(wrong(format!(
                "{key:?} is empty: leave it out, or say what is meant"
            )));
        }
        let one = || match values.as_slice() {
            [text] => Ok(text.clone()),
            _ => Err(format!("{key:?} is one text, not a list")),
        };
        match known {
            "rule" => {
                criteria.rule = globs(&values).map_err(wrong)?;
                rules = values;
            }
            "actor" => criteria.actor = globs(&values).map_err(wrong)?,
            "account" => criteria.account = globs(&values).map_err(wrong)?,
            "target" => criteria.target = globs(&values).map_err(wrong)?,
            "action" => criteria.action = globs(&values).map_err(wrong)?,
            "source_ip" => criteria.source_ip = nets(&values).map_err(wrong)?,
            "reason" => reason = Some(one().map_err(wrong)?),
            "owner" => owner = Some(one().map_err(wrong)?),
            _ => {
                let text = one().map_err(wrong)?;
                let until = until(&text).map_err(wrong)?;
                expires = Some((text, until));
            }
        }
    }
    let missing = |key: &str, why: &str| (None, format!("{key:?} is missing: {why}"));
    if rules.is_empty() {
        return Err(missing(
            "rule",
            "name the rule, or write \"*\" beside another criterion",
        ));
    }
    let reason = reason.ok_or_else(|| missing("reason", "say why these findings are expected"))?;
    // A rule's findings may all be expected; everything never is.
    if !criteria.is_narrowed()
        && rules
            .iter()
            .any(|rule| rule.chars().all(|c| c == '*' || c == '?'))
    {
        let text = "this hides every finding: add \"actor\", \"account\", \"source_ip\", \"target\" or \"action\"";
        return Err((None, text.to_owned()));
    }
    let (expires, until) = expires.unzip();
    Ok(Entry {
        line,
        rules: rules.join(", "),
        reason,
        owner,
        expires,
        criteria,
        until,
        hidden: Default::default(),
        late: Default::default(),
    })
}

impl Criteria {
    /// Tells whether anything is asked besides the rule.
    fn is_narrowed(&self) -> bool {
        !self.source_ip.is_empty()
            || [&self.actor, &self.account, &self.target, &self.action]
                .iter()
                .any(|patterns| !patterns.is_empty())
    }
}

fn unknown_key(key: &str) -> String {
    let folded = key.to_lowercase().replace('-', "_");
    if folded.contains("agent") {
        return format!(
            "unknown key {key:?}: a user agent is the caller's choice and cannot explain a finding; use \"actor\" or \"source_ip\""
        );
    }
    let other = OTHER_WORDS.iter().find(|(word, _)| *word == folded);
    let near = other.map(|(_, known)| *known).or_else(|| {
        let distances = KEYS.iter().map(|known| (distance(&folded, known), *known));
        let (steps, known) = distances.min()?;
        (steps <= 2).then_some(known)
    });
    match near {
        Some(near) => format!("unknown key {key:?}: did you mean {near:?}?"),
        None => format!("unknown key {key:?}: known are {}", KEYS.join(", ")),
    }
}

/// How many letters have to change to make one word of another.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (line, letter) in one.chars().enumerate() {
        let mut diagonal = line;
        let mut left = line + 1;
        for (cell, wanted) in row.iter_mut().skip(1).zip(other.chars()) {
            let above = *cell;
            left = (diagonal + usize::from(letter != wanted))
                .min(above + 1)
                .min(left + 1);
            diagonal = above;
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

/// Patterns with `*` and `?`; a backslash before one of them, or before another, is not one.
fn globs(texts: &[String]) -> Result<Vec<Regex>, String> {
    texts.iter().map(|text| glob(text)).collect()
}

fn glob(text: &str) -> Result<Regex, String> {
    let mut source = String::from("(?is)^");
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let literal = letters.next_if(|next| letter == '\\' && matches!(next, '*' | '?' | '\\'));
        match (literal, letter) {
            (None, '*') => source.push_str(".*"),
            (None, '?') => source.push('.'),
            (literal, letter) => {
                let letter = literal.unwrap_or(letter);
                source.push_str(&regex::escape(letter.encode_utf8(&mut [0; 4])));
            }
        }
    }
    source.push('$');
    Regex::new(&source).map_err(|_| format!("the pattern is too long: {} bytes", text.len()))
}

fn nets(texts: &[String]) -> Result<Vec<IpNet>, String> {
    let net = |text: &String| {
        let ip = || {
            text.parse::<IpAddr>()
                .ok()
                .map(|ip| ip.to_canonical().into())
        };
        text.parse().ok().or_else(ip).ok_or_else(|| {
            format!("{text:?} is neither an address nor a CIDR such as 203.0.113.0/24")
        })
    };
    texts.iter().map(net).collect()
}

/// The first moment at which an expiry has passed: of a day its end, which still counts.
fn until(text: &str) -> Result<Time, String> {
    let day = || {
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        let next = date.checked_add_days(Days::new(1))?;
        next.and_hms_opt(0, 0, 0)?.and_utc().timestamp_nanos_opt()
    };
    let moment = || {
        DateTime::parse_from_rfc3339(text)
            .ok()?
            .timestamp_nanos_opt()
    };
    day()
        .or_else(moment)
        .map(Time)
        .ok_or_else(|| format!("{text:?} is no date: write YYYY-MM-DD or RFC 3339"))
}
