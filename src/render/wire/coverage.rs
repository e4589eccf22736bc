//! A run's coverage in, the object of kind `coverage` out.
//!
//! The last line of every stream: with it a reader can tell a clean log from an unread one.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

use super::SCHEMA;
use super::shared::{known, text};
use crate::model::Coverage;
use crate::model::coverage::{Capped, Gap, Ignored, RuleCoverage, Skipped, SourceCoverage};

/// What was read, what was not, and what could not be judged.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(title = "coverage")]
pub struct CoverageOut<'a> {
    /// Version of this format.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: &'static str,
    /// `coverage`.
    #[schemars(extend("const" = "coverage"))]
    pub kind: &'static str,
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
    /// Those of `records` that lie outside the time window and were not judged.
    pub outside_window: u64,
    /// One entry a source that has records.
    pub sources: Vec<SourceOut<'a>>,
    /// What could not be read, one entry a file and reason.
    pub skipped: Vec<SkippedOut<'a>>,
    /// What was recognised and is no audit record.
    pub ignored: Vec<IgnoredOut<'a>>,
    /// Limits that were reached.
    pub capped: Vec<CappedOut<'a>>,
    /// Stretches without records where the source usually has some.
    pub gaps: Vec<GapOut<'a>>,
    /// What the rules did.
    pub rules: RulesOut<'a>,
}

/// One source's share.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "source")]
pub struct SourceOut<'a> {
    /// Name of the source.
    pub source: &'a str,
    /// Its records, exact copies left out.
    pub records: u64,
    /// Time of its first record.
    #[schemars(extend("format" = "date-time"))]
    pub first: Option<String>,
    /// Time of its last record.
    #[schemars(extend("format" = "date-time"))]
    pub last: Option<String>,
    /// Accounts that logged here.
    pub accounts: Vec<Cow<'a, str>>,
}

/// Something that could not be read.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "skipped")]
pub struct SkippedOut<'a> {
    /// File, archive members behind `!`.
    pub file: &'a str,
    /// Position of the first such record.
    pub record: Option<u64>,
    /// Byte offset of the first one in the unpacked file.
    pub offset: Option<u64>,
    /// How many.
    pub count: u64,
    /// Why.
    pub reason: Cow<'a, str>,
}

/// Something recognised that is no audit record.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "ignored")]
pub struct IgnoredOut<'a> {
    /// File, archive members behind `!`.
    pub file: &'a str,
    /// How many.
    pub count: u64,
    /// What it is.
    pub reason: Cow<'a, str>,
}

/// A limit that was reached.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "capped")]
pub struct CappedOut<'a> {
    /// Which table.
    pub what: &'a str,
    /// Its limit.
    pub limit: u64,
    /// What the reader loses by it.
    pub effect: &'a str,
}

/// A stretch without records.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "gap")]
pub struct GapOut<'a> {
    /// Name of the source.
    pub source: &'a str,
    /// The account.
    pub account: Option<Cow<'a, str>>,
    /// The region.
    pub region: Option<Cow<'a, str>>,
    /// The end of the hour with the last record before it.
    #[schemars(extend("format" = "date-time"))]
    pub from: String,
    /// The hour of the first record after it.
    #[schemars(extend("format" = "date-time"))]
    pub to: String,
}

/// What the rules did.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "rules")]
pub struct RulesOut<'a> {
    /// Rules loaded, correlations included.
    pub loaded: u64,
    /// Rules with at least one finding, printed or not.
    pub fired: u64,
    /// Rules whose log was absent.
    pub could_not_fire: Vec<UnfedRuleOut<'a>>,
    /// Rules that were not run.
    pub skipped: Vec<SkippedRuleOut<'a>>,
}

/// A rule whose log was absent.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "unfed_rule")]
pub struct UnfedRuleOut<'a> {
    /// Id of the rule.
    pub rule: Cow<'a, str>,
    /// What it needs.
    pub needs: Cow<'a, str>,
}

/// A rule that was not run.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "skipped_rule")]
pub struct SkippedRuleOut<'a> {
    /// Id of the rule.
    pub rule: Cow<'a, str>,
    /// Why.
    pub reason: Cow<'a, str>,
}

impl<'a> CoverageOut<'a> {
    /// The printed form.
    pub fn new(coverage: &'a Coverage) -> CoverageOut<'a> {
        CoverageOut {
            schema: SCHEMA,
            kind: "coverage",
            complete: coverage.complete,
            files: coverage.files,
            bytes: coverage.bytes,
            records: coverage.records,
            duplicates: coverage.duplicates,
            outside_window: coverage.outside_window,
            sources: coverage.sources.iter().map(source).collect(),
            skipped: coverage.skipped.iter().map(skipped).collect(),
            ignored: coverage.ignored.iter().map(ignored).collect(),
            capped: coverage.capped.iter().map(capped).collect(),
            gaps: coverage.gaps.iter().map(gap).collect(),
            rules: rules(&coverage.rules),
        }
    }
}

fn source(source: &SourceCoverage) -> SourceOut<'_> {
    SourceOut {
        source: &source.source,
        records: source.records,
        first: source.first.map(|time| time.to_string()),
        last: source.last.map(|time| time.to_string()),
        accounts: source.accounts.iter().map(|id| text(id)).collect(),
    }
}

fn skipped(entry: &Skipped) -> SkippedOut<'_> {
    SkippedOut {
        file: &entry.file,
        record: entry.record,
        offset: entry.offset,
        count: entry.count,
        reason: text(&entry.reason),
    }
}

fn ignored(entry: &Ignored) -> IgnoredOut<'_> {
    IgnoredOut {
        file: &entry.file,
        count: entry.count,
        reason: text(&entry.reason),
    }
}

fn capped(entry: &Capped) -> CappedOut<'_> {
    CappedOut {
        what: &entry.what,
        limit: entry.limit,
        effect: &entry.effect,
    }
}

fn gap(gap: &Gap) -> GapOut<'_> {
    GapOut {
        source: &gap.source,
        account: known(gap.account.as_deref()),
        region: known(gap.region.as_deref()),
        from: gap.from.to_string(),
        to: gap.to.to_string(),
    }
}

fn rules(rules: &RuleCoverage) -> RulesOut<'_> {
    RulesOut {
        loaded: rules.loaded,
        fired: rules.fired,
        could_not_fire: rules
            .could_not_fire
            .iter()
            .map(|(rule, needs)| UnfedRuleOut {
                rule: text(rule),
                needs: text(needs),
            })
            .collect(),
        skipped: rules
            .skipped
            .iter()
            .map(|(rule, reason)| SkippedRuleOut {
                rule: text(rule),
                reason: text(reason),
            })
            .collect(),
    }
}
