//! Suppressions: findings the user has explained, once and with a reason.
//!
//! A YAML file and findings enter, the entry that explains a finding leaves. An entry that hides
//! nothing or has run out is reported: a list nobody reads turns into a blind spot.
//!
//! ```yaml
//! suppressions:            # the list may also stand by itself
//!   - rule: aws-iam-user-created
//!     actor: "*:assumed-role/terraform/*"
//!     account: [111122223333, 444455556666]
//!     source_ip: 203.0.113.0/24
//!     reason: user accounts come from the pipeline
//!     owner: platform team
//!     expires: 2027-03-31
//! ```
//! An entry holds when each of its criteria does; of several values one is enough. `*` and `?`
//! are wildcards, case does not count, a backslash takes a wildcard's meaning away.

mod entry;
mod yaml;

use std::net::IpAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use ipnet::IpNet;
use regex::Regex;

use crate::model::{Finding, Time};

/// Why a suppression file was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be read.
    #[error("read suppressions {file}")]
    Read {
        /// The file as named by the user.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// It does not say what it should.
    #[error("{file}:{line}: {text}")]
    Invalid {
        /// The file as named by the user.
        file: String,
        /// Its line, from 1.
        line: usize,
        /// What is wrong, and what to write instead.
        text: String,
    },
}

/// The entries of one file, in its order.
#[derive(Debug, Default)]
pub struct Suppressions {
    file: String,
    entries: Vec<Entry>,
}

/// One entry.
#[derive(Debug)]
pub struct Entry {
    /// Line of the file it begins at.
    pub line: usize,
    /// The rules it is about, as written.
    pub rules: String,
    /// Why findings are hidden.
    pub reason: String,
    /// Who answers for that.
    pub owner: Option<String>,
    /// Until when, as written; a day counts to its end, in UTC.
    pub expires: Option<String>,
    criteria: Criteria,
    until: Option<Time>,
    hidden: AtomicU64,
    late: AtomicU64,
}

/// What a finding must be; an empty list asks nothing.
#[derive(Debug, Default)]
struct Criteria {
    rule: Vec<Regex>,
    actor: Vec<Regex>,
    account: Vec<Regex>,
    target: Vec<Regex>,
    action: Vec<Regex>,
    source_ip: Vec<IpNet>,
}

impl Suppressions {
    /// Reads a file.
    pub fn load(path: &Path) -> Result<Suppressions, Error> {
        let file = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => Suppressions::parse(&file, &text),
            Err(source) => Err(Error::Read { file, source }),
        }
    }

    /// Reads the text of a file that is called `file` in messages.
    pub fn parse(file: &str, text: &str) -> Result<Suppressions, Error> {
        let invalid = |(line, text)| Error::Invalid {
            file: file.to_owned(),
            line,
            text,
        };
        let mut read = yaml::File::read(text).map_err(invalid)?;
        let mut entries = Vec::new();
        for (position, raw) in std::mem::take(&mut read.entries).into_iter().enumerate() {
            let line = read.entry_line(position);
            entries.push(entry::read(raw, line).map_err(|(key, text)| {
                let line = key.map_or(line, |key| read.key_line(position, &key));
                invalid((line, text))
            })?);
        }
        Ok(Suppressions {
            file: file.to_owned(),
            entries,
        })
    }

    /// The position of the first entry that explains a finding, which is counted for it. Expired
    /// entries hide nothing; what they would have hidden is counted too.
    pub fn matches(&self, finding: &Finding, now: Time) -> Option<usize> {
        for (position, entry) in self.entries.iter().enumerate() {
            if !entry.criteria.hold(finding) {
                continue;
            }
            // Sums do not depend on the order they are made in.
            if entry.is_expired(now) {
                entry.late.fetch_add(1, Ordering::Relaxed);
            } else {
                entry.hidden.fetch_add(1, Ordering::Relaxed);
                return Some(position);
            }
        }
        None
    }

    /// Whether it hides nothing.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entry at a position that `matches` gave.
    pub fn get(&self, position: usize) -> Option<&Entry> {
        self.entries.get(position)
    }

    /// The file's name as messages show it.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Entries that still hold and have hidden nothing, also because an earlier one did.
    pub fn unused(&self, now: Time) -> Vec<&Entry> {
        self.entries
            .iter()
            .filter(|entry| !entry.is_expired(now) && entry.hidden() == 0)
            .collect()
    }

    /// Entries that have run out.
    pub fn expired(&self, now: Time) -> Vec<&Entry> {
        self.entries
            .iter()
            .filter(|entry| entry.is_expired(now))
            .collect()
    }
}

impl Entry {
    /// How many findings it has hidden.
    pub fn hidden(&self) -> u64 {
        self.hidden.load(Ordering::Relaxed)
    }

    /// How many findings it would have hidden, had it not run out.
    pub fn late(&self) -> u64 {
        self.late.load(Ordering::Relaxed)
    }

    fn is_expired(&self, now: Time) -> bool {
        self.until.is_some_and(|until| now >= until)
    }
}

impl Criteria {
    fn hold(&self, finding: &Finding) -> bool {
        let rule = &finding.rule;
        let actor = &finding.actor;
        any(
            &self.rule,
            [Some(&rule.id), rule.uuid.as_ref(), rule.name.as_ref()],
        ) && any(
            &self.actor,
            [Some(&actor.id), Some(&actor.name), actor.principal.as_ref()],
        ) && any(&self.account, [finding.account.as_ref()])
            && any(&self.action, [Some(&finding.action)])
            && self.holds_targets(finding)
            && self.holds_address(finding)
    }

    /// All targets must be meant: one known instance among three says nothing about the others.
    fn holds_targets(&self, finding: &Finding) -> bool {
        self.target.is_empty()
            || !finding.targets.is_empty()
                && finding
                    .targets
                    .iter()
                    .all(|target| any(&self.target, [Some(&target.id), Some(&target.name)]))
    }

    fn holds_address(&self, finding: &Finding) -> bool {
        if self.source_ip.is_empty() {
            return true;
        }
        let address = finding
            .source_ip
            .as_deref()
            .and_then(|ip| ip.parse::<IpAddr>().ok());
        address.is_some_and(|ip| {
            let ip = ip.to_canonical();
            self.source_ip.iter().any(|net| net.contains(&ip))
        })
    }
}

/// Tells whether one of the patterns fits one of the texts; no pattern fits everything.
fn any<const N: usize>(patterns: &[Regex], texts: [Option<&String>; N]) -> bool {
    patterns.is_empty()
        || texts
            .into_iter()
            .flatten()
            .any(|text| patterns.iter().any(|pattern| pattern.is_match(text)))
}

#[cfg(test)]
mod tests;
