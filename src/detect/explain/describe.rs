//! A loaded rule in words.
//!
//! Conditions, items and correlations enter, short texts leave: what a rule asks, with modifiers
//! and filters as they came out of loading.

use crate::detect::ast::{
    Atom, Cased, Comparison, Condition, Correlation, CorrelationKind, Item, Pattern, Piece,
    RuleSet, Side, TimePart,
};
use crate::term::number;

/// Values of one item that are told.
const SHOWN: usize = 8;

/// A condition over named selections.
pub fn condition(condition: &Condition, names: &[&str]) -> String {
    let group = |parts: &[Condition], word: &str, empty: &str| match parts {
        [] => empty.to_owned(),
        [one] => self::condition(one, names),
        several => {
            let parts: Vec<String> = several.iter().map(|part| inner(part, names)).collect();
            parts.join(word)
        }
    };
    match condition {
        Condition::And(parts) => group(parts, " and ", "always"),
        Condition::Or(parts) => group(parts, " or ", "never"),
        Condition::Not(part) => format!("not {}", inner(part, names)),
        Condition::Selection(number) => names.get(*number).copied().unwrap_or("?").to_owned(),
    }
}

fn inner(part: &Condition, names: &[&str]) -> String {
    let text = condition(part, names);
    match part {
        Condition::And(parts) | Condition::Or(parts) if parts.len() > 1 => format!("({text})"),
        _ => text,
    }
}

/// What one line of a rule asks of its field.
pub(super) fn item(item: &Item) -> String {
    let not = if item.negated { "not: " } else { "" };
    let join = if item.all { " and " } else { " or " };
    let shown: Vec<String> = item.atoms.iter().take(SHOWN).map(atom).collect();
    let more = match item.atoms.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!("{join}{more} more"),
    };
    format!("{not}{}{more}", shown.join(join))
}

/// Text anywhere in the record.
pub(super) fn keyword(word: &Atom) -> String {
    format!("any value {}", atom(word))
}

/// One test of one value.
pub(super) fn atom(atom: &Atom) -> String {
    match atom {
        Atom::Null => "is absent, null or empty".to_owned(),
        Atom::Exists(true) => "is there".to_owned(),
        Atom::Exists(false) => "is not there".to_owned(),
        Atom::Text(pattern, cased) => format!("{}{}", text(pattern), with_case(*cased)),
        Atom::Regex(source) => format!("matches /{source}/"),
        Atom::Cidr(net) => format!("is in {net}"),
        Atom::Compare(comparison, number) => format!("{} {number}", sign(*comparison)),
        Atom::FieldRef(field, side, cased) => {
            let side = match side {
                Side::Whole => "is what stands in",
                Side::Start => "starts with what stands in",
                Side::End => "ends with what stands in",
                Side::Inside => "contains what stands in",
            };
            format!("{side} {field}{}", with_case(*cased))
        }
        Atom::TimePart(part, comparison, number) => {
            let part = match part {
                TimePart::Minute => "minute",
                TimePart::Hour => "hour",
                TimePart::Day => "day",
                TimePart::Week => "week",
                TimePart::Month => "month",
                TimePart::Year => "year",
            };
            format!("{part} {} {number}", sign(*comparison))
        }
    }
}

fn text(pattern: &Pattern) -> String {
    match pattern {
        Pattern::Exact(text) => format!("is {text:?}"),
        Pattern::Start(text) => format!("starts with {text:?}"),
        Pattern::End(text) => format!("ends with {text:?}"),
        Pattern::Inside(text) => format!("contains {text:?}"),
        Pattern::Present => "is anything".to_owned(),
        Pattern::Wild(pieces) => {
            let piece = |piece: &Piece| match piece {
                Piece::Text(text) => text.replace('*', "\\*").replace('?', "\\?"),
                Piece::Many => "*".to_owned(),
                Piece::One => "?".to_owned(),
            };
            format!("is like {}", pieces.iter().map(piece).collect::<String>())
        }
    }
}

fn with_case(cased: Cased) -> &'static str {
    match cased {
        Cased::Yes => ", case counts",
        Cased::No => "",
    }
}

fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Lt => "<",
        Comparison::Lte => "<=",
        Comparison::Gt => ">",
        Comparison::Gte => ">=",
        Comparison::Eq => "=",
        Comparison::Neq => "!=",
    }
}

/// What a correlation counts, of what, within what time.
pub fn correlation(body: &Correlation, rules: &RuleSet) -> String {
    let names: Vec<&str> = body
        .members
        .iter()
        .map(|member| {
            rules
                .rules
                .get(*member)
                .map_or("?", |rule| rule.meta.id.as_str())
        })
        .collect();
    let fields = body.value_fields.join(", ");
    let what = match body.kind {
        CorrelationKind::EventCount => "number of events".to_owned(),
        CorrelationKind::ValueCount => format!("number of different {fields}"),
        CorrelationKind::ValueSum => format!("sum of {fields}"),
        CorrelationKind::ValueAvg => format!("mean of {fields}"),
        CorrelationKind::ValuePercentile(percent) => format!("percentile {percent} of {fields}"),
        CorrelationKind::Temporal => "all of them".to_owned(),
        CorrelationKind::TemporalOrdered => "all of them, in this order".to_owned(),
    };
    let thresholds: Vec<String> = body
        .thresholds
        .iter()
        .map(|(comparison, value)| format!("{} {value}", sign(*comparison)))
        .collect();
    let wanted = match &body.condition {
        Some(extended) => condition(extended, &names),
        None => format!("{what} {}", thresholds.join(" and "))
            .trim_end()
            .to_owned(),
    };
    let group = match body.group_by.as_slice() {
        [] => String::new(),
        fields => format!(", for each {}", fields.join(" and ")),
    };
    format!(
        "of {}: {wanted} within {}{group}",
        names.join(", "),
        number::duration(body.timespan)
    )
}
