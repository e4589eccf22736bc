//! A Sigma rule after loading: modifiers applied, placeholders filled in, references resolved.
//!
//! What enters is YAML (`load`), what leaves is judged by `compile` and `correlation`. Nothing
//! here knows a log source: fields are still names.

use std::sync::Arc;

use ipnet::IpNet;

use crate::model::{RuleMeta, Severity};

/// Everything that was loaded, in a fixed order; a rule's position is its number.
#[derive(Clone, Debug, Default)]
pub struct RuleSet {
    /// Rules and correlations.
    pub rules: Vec<Rule>,
    /// Rules left out, `(rule id, file, reason)`.
    pub skipped: Vec<(String, String, String)>,
}

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its description.
    pub meta: Arc<RuleMeta>,
    /// What it looks for.
    pub body: Body,
    /// True when its matches only feed correlations: it stands in the same file as one that
    /// names it, and that one does not say `generate`.
    pub silent: bool,
    /// `ctadel.levels`: the first condition that holds sets the level. For a correlation the
    /// conditions speak of its member rules: `Selection(n)` is member n, then the optional ones.
    pub levels: Vec<(Condition, Severity)>,
}

/// The two kinds of rule.
#[derive(Clone, Debug)]
pub enum Body {
    /// Judges one record.
    Event(Detection),
    /// Judges many.
    Correlation(Box<Correlation>),
}

/// The selections of a rule and what combines them.
#[derive(Clone, Debug)]
pub struct Detection {
    /// Named selections, in file order; filters are already merged in.
    pub selections: Vec<(String, Selection)>,
    /// The condition; several conditions of one rule are joined by `or`.
    pub condition: Condition,
}

/// A condition over numbered selections (or, in a correlation, numbered members).
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// All hold; empty is true.
    And(Vec<Condition>),
    /// One holds; empty is false.
    Or(Vec<Condition>),
    /// Does not hold.
    Not(Box<Condition>),
    /// The selection with this position.
    Selection(usize),
}

/// What one named selection asks.
#[derive(Clone, Debug, PartialEq)]
pub enum Selection {
    /// A map: every item holds.
    All(Vec<Selection>),
    /// A list: one element holds.
    Any(Vec<Selection>),
    /// One field.
    Item(Item),
    /// Text anywhere in the record.
    Keyword(Atom),
}

/// One `field|modifiers: values` line.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The field as the rule names it.
    pub field: String,
    /// Value patterns; any one is enough, or all of them with `|all`.
    pub atoms: Vec<Atom>,
    /// `|all`.
    pub all: bool,
    /// `|neq`: the whole item is negated.
    pub negated: bool,
}

/// One test of one value.
#[derive(Clone, Debug, PartialEq)]
pub enum Atom {
    /// Absent, null or empty.
    Null,
    /// Present and not null, or the reverse.
    Exists(bool),
    /// Text, without case unless `cased`.
    Text(Pattern, Cased),
    /// `re`, unanchored unless the rule anchors it; flags are already in the source as `(?i)`.
    Regex(String),
    /// An address range.
    Cidr(IpNet),
    /// A number on the right of `lt`, `lte`, `gt`, `gte`.
    Compare(Comparison, f64),
    /// Another field of the same record.
    FieldRef(String, Side, Cased),
    /// A part of a time value.
    TimePart(TimePart, Comparison, i64),
}

/// Whether case counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cased {
    /// It does.
    Yes,
    /// It does not.
    No,
}

/// Where the other field's value must stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Equal.
    Whole,
    /// At the start.
    Start,
    /// At the end.
    End,
    /// Anywhere.
    Inside,
}

/// An order relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `<`
    Lt,
    /// `<=`
    Lte,
    /// `>`
    Gt,
    /// `>=`
    Gte,
    /// `=`
    Eq,
    /// `!=`, in correlation conditions only.
    Neq,
}

/// The part of a time that `minute`, `hour`, … look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimePart {
    /// 0–59
    Minute,
    /// 0–23
    Hour,
    /// 1–31
    Day,
    /// ISO week, 1–53
    Week,
    /// 1–12
    Month,
    /// Four digits.
    Year,
}

/// A text pattern with the escapes resolved; literals are as written, not lower-cased.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// The whole value.
    Exact(String),
    /// `x*`
    Start(String),
    /// `*x`
    End(String),
    /// `*x*`
    Inside(String),
    /// `*`: any value at all that is there.
    Present,
    /// Wildcards in other places.
    Wild(Vec<Piece>),
}

/// A piece of a wildcard pattern.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Piece {
    /// Literal text.
    Text(String),
    /// `*`
    Many,
    /// `?`
    One,
}

/// A correlation.
#[derive(Clone, Debug)]
pub struct Correlation {
    /// What is counted or ordered.
    pub kind: CorrelationKind,
    /// Numbers of the rules it looks at, in the order the correlation names them.
    pub members: Vec<usize>,
    /// Numbers of rules that only raise confidence (`ctadel.optional`).
    pub optional: Vec<usize>,
    /// Group fields; an alias stands here by its own name.
    pub group_by: Vec<String>,
    /// For each group field the field of each member, aliases resolved: `[member][group field]`;
    /// rows of optional members follow those of `members`.
    pub member_fields: Vec<Vec<String>>,
    /// First to last, in nanoseconds.
    pub timespan: i64,
    /// The threshold; all of them hold at once.
    pub thresholds: Vec<(Comparison, f64)>,
    /// The field that `value_*` looks at; several for a `value_count` over a tuple.
    pub value_fields: Vec<String>,
    /// An extended condition of `temporal` types over members by position; `None` is all.
    pub condition: Option<Condition>,
    /// Whether the member rules of the same file speak for themselves.
    pub generate: bool,
}

/// The kinds of correlation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CorrelationKind {
    /// How many events.
    EventCount,
    /// How many distinct values.
    ValueCount,
    /// All members, in any order.
    Temporal,
    /// All members, in their order; equal times satisfy any order.
    TemporalOrdered,
    /// Sum of a field.
    ValueSum,
    /// Mean of a field.
    ValueAvg,
    /// Percentile of a field: 0 to 100 (`value_median` is 50).
    ValuePercentile(f64),
}
