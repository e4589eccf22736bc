//! What was read, what was not, and what could not be judged.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::Time;

/// The account of one run: every record of the input is in exactly one of its counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coverage {
    /// False when the run was interrupted.
    pub complete: bool,
    /// Files read, archive members included.
    pub files: u64,
    /// Bytes read as they lie on disk.
    pub bytes: u64,
    /// Audit records, exact copies left out.
    pub records: u64,
    /// Exact copies.
    pub duplicates: u64,
    /// Records outside the time window; part of `records`.
    pub outside_window: u64,
    /// One entry a source that has records.
    pub sources: Vec<SourceCoverage>,
    /// What could not be read, one entry a file and reason.
    pub skipped: Vec<Skipped>,
    /// Recognised, but no audit record.
    pub ignored: Vec<Ignored>,
    /// Limits that were reached.
    pub capped: Vec<Capped>,
    /// Stretches without records where the source usually has some.
    pub gaps: Vec<Gap>,
    /// What the rules did.
    pub rules: RuleCoverage,
}

/// One source's share.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceCoverage {
    /// The source's name.
    pub source: String,
    /// Its records, exact copies left out.
    pub records: u64,
    /// Time of its first record.
    pub first: Option<Time>,
    /// Time of its last record.
    pub last: Option<Time>,
    /// Accounts that logged here.
    pub accounts: Vec<String>,
}

/// Something that could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// File, with archive members behind `!`.
    pub file: String,
    /// Why, in plain words.
    pub reason: String,
    /// Position of the first such record, where it is known.
    pub record: Option<u64>,
    /// Byte offset of the first one in the unpacked file, where it is known.
    pub offset: Option<u64>,
    /// How many.
    pub count: u64,
}

/// Something recognised that is no audit record.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ignored {
    /// File, with archive members behind `!`.
    pub file: String,
    /// What it is.
    pub reason: String,
    /// How many.
    pub count: u64,
}

/// A limit that was reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Capped {
    /// Which table.
    pub what: String,
    /// Its limit.
    pub limit: u64,
    /// What the reader loses by it.
    pub effect: String,
}

/// A stretch without records where there always are some, in whole hours.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// The source's name.
    pub source: String,
    /// The account.
    pub account: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The end of the hour with the last record before it.
    pub from: Time,
    /// The hour of the first record after it.
    pub to: Time,
}

/// What the rules did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleCoverage {
    /// Rules loaded, correlations included.
    pub loaded: u64,
    /// Rules with at least one finding, printed or not.
    pub fired: u64,
    /// Rules whose log was absent: `(rule id, what it needs)`.
    pub could_not_fire: Vec<(String, String)>,
    /// Rules that were not run: `(rule id, reason)`.
    pub skipped: Vec<(String, String)>,
}

impl RuleCoverage {
    /// What was absent and how many rules lacked it, the most wanted first.
    pub fn wants(&self) -> Vec<(&str, u64)> {
        let mut wants: BTreeMap<&str, u64> = BTreeMap::new();
        for (_, need) in &self.could_not_fire {
            *wants.entry(need).or_default() += 1;
        }
        let mut wants: Vec<_> = wants.into_iter().collect();
        wants.sort_by_key(|(_, rules)| Reverse(*rules));
        wants
    }
}
