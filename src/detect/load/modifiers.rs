//! The words behind a field's `|`: what they mean together, and which exclude each other.
//!
//! A list of words enters, one `Chain` leaves. A word that could not have an effect is an error:
//! a rule that silently asks something else than its author wrote is worse than none.

use crate::config::hint;
use crate::detect::ast::{Cased, Comparison, Side, TimePart};

/// What a value is compared by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// As text with wildcards.
    Text,
    /// `re`, with its flags as `(?…)` takes them.
    Regex(String),
    /// `cidr`
    Cidr,
    /// `exists`
    Exists,
    /// `lt`, `lte`, `gt`, `gte`
    Compare(Comparison),
    /// `fieldref`
    FieldRef,
    /// `minute` … `year`, alone or with an order.
    Time(TimePart, Comparison),
}

/// A rewriting of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Base64,
    Base64Offset,
    Utf16Le,
    Utf16Be,
    Utf16,
    Windash,
}

/// All modifiers of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chain {
    pub operator: Operator,
    pub side: Side,
    pub cased: Cased,
    pub all: bool,
    pub negated: bool,
    pub expand: bool,
    /// In the order in which the rule applies them.
    pub encodings: Vec<Encoding>,
}

const KNOWN: [&str; 33] = [
    "all",
    "base64",
    "base64offset",
    "cased",
    "cidr",
    "contains",
    "day",
    "endswith",
    "exists",
    "expand",
    "fieldref",
    "gt",
    "gte",
    "hour",
    "i",
    "lt",
    "lte",
    "m",
    "minute",
    "month",
    "neq",
    "re",
    "s",
    "startswith",
    "utf16",
    "utf16be",
    "utf16le",
    "week",
    "wide",
    "windash",
    "year",
    // Long forms of the flags of `re`.
    "ignorecase",
    "multiline",
];

/// Reads the words in any order; only encodings are applied in theirs.
pub(super) fn parse(words: &[&str]) -> Result<Chain, String> {
    let mut chain = Chain {
        operator: Operator::Text,
        side: Side::Whole,
        cased: Cased::No,
        all: false,
        negated: false,
        expand: false,
        encodings: Vec::new(),
    };
    let mut side = None;
    let mut operator: Option<(&str, Operator)> = None;
    let mut time = None;
    let mut order = None;
    let mut flags: Vec<(&str, char)> = Vec::new();
    for (at, &word) in words.iter().enumerate() {
        if words[..at].contains(&word) {
            return Err(format!("modifier {word} stands there twice"));
        }
        match word {
            "contains" => once(&mut side, word, Side::Inside)?,
            "startswith" => once(&mut side, word, Side::Start)?,
            "endswith" => once(&mut side, word, Side::End)?,
            "re" => once(&mut operator, word, Operator::Regex(String::new()))?,
            "cidr" => once(&mut operator, word, Operator::Cidr)?,
            "exists" => once(&mut operator, word, Operator::Exists)?,
            "fieldref" => once(&mut operator, word, Operator::FieldRef)?,
            "lt" => once(&mut order, word, Comparison::Lt)?,
            "lte" => once(&mut order, word, Comparison::Lte)?,
            "gt" => once(&mut order, word, Comparison::Gt)?,
            "gte" => once(&mut order, word, Comparison::Gte)?,
            "minute" => once(&mut time, word, TimePart::Minute)?,
            "hour" => once(&mut time, word, TimePart::Hour)?,
            "day" => once(&mut time, word, TimePart::Day)?,
            "week" => once(&mut time, word, TimePart::Week)?,
            "month" => once(&mut time, word, TimePart::Month)?,
            "year" => once(&mut time, word, TimePart::Year)?,
            "all" => chain.all = true,
            "cased" => chain.cased = Cased::Yes,
            "neq" => chain.negated = true,
            "expand" => chain.expand = true,
            "base64" => chain.encodings.push(Encoding::Base64),
            "base64offset" => chain.encodings.push(Encoding::Base64Offset),
            "utf16le" | "wide" => chain.encodings.push(Encoding::Utf16Le),
            "utf16be" => chain.encodings.push(Encoding::Utf16Be),
            "utf16" => chain.encodings.push(Encoding::Utf16),
            "windash" => chain.encodings.push(Encoding::Windash),
            "i" | "ignorecase" => flags.push((word, 'i')),
            "m" | "multiline" => flags.push((word, 'm')),
            "s" | "dotall" => flags.push((word, 's')),
            "not" => {
                return Err("not is no modifier: negate in the condition, or use neq".to_owned());
            }
            _ => {
                let known = KNOWN.into_iter().chain(["dotall"]);
                return Err(format!("unknown modifier {word:?}{}", hint(word, known)));
            }
        }
    }
    let order_word = order.map(|(word, _)| word);
    let taken = match (time, order) {
        (Some((word, part)), order) => {
            let order = order.map_or(Comparison::Eq, |(_, order)| order);
            Some((word, Operator::Time(part, order)))
        }
        (None, Some((word, order))) => Some((word, Operator::Compare(order))),
        (None, None) => None,
    };
    if let Some((word, taken)) = taken {
        once(&mut operator, word, taken)?;
    }
    let (name, mut chosen) = operator.unwrap_or(("", Operator::Text));
    check(&chain, &chosen, name, side, order_word, &flags)?;
    if let Operator::Regex(written) = &mut chosen {
        let mut letters: Vec<char> = flags.iter().map(|(_, flag)| *flag).collect();
        letters.sort_unstable();
        letters.dedup();
        written.extend(letters);
    }
    chain.operator = chosen;
    chain.side = side.map_or(Side::Whole, |(_, side)| side);
    Ok(chain)
}

/// Fills a place that one word may have.
fn once<'a, T>(place: &mut Option<(&'a str, T)>, word: &'a str, value: T) -> Result<(), String> {
    if let Some((first, _)) = place {
        return Err(format!("modifiers {first} and {word} exclude each other"));
    }
    *place = Some((word, value));
    Ok(())
}

/// Refuses what could not have an effect.
fn check(
    chain: &Chain,
    operator: &Operator,
    name: &str,
    side: Option<(&str, Side)>,
    order: Option<&str>,
    flags: &[(&str, char)],
) -> Result<(), String> {
    let text = *operator == Operator::Text;
    let field = *operator == Operator::FieldRef;
    let regex = matches!(operator, Operator::Regex(_));
    let exclude = |other: &str| Err(format!("modifiers {name} and {other} exclude each other"));
    if let Some((word, _)) = side
        && !text
        && !field
    {
        return exclude(word);
    }
    if let Some((word, _)) = flags.iter().find(|_| !regex) {
        return Err(format!("modifier {word} is a flag of re and needs it"));
    }
    if chain.cased == Cased::Yes {
        let insensitive = flags.iter().any(|(_, flag)| *flag == 'i');
        // `re` minds case by itself, so `cased` says nothing new there, but nothing wrong.
        if !(text || field || (regex && !insensitive)) {
            return exclude("cased");
        }
    }
    if !chain.encodings.is_empty() && !text {
        return exclude("an encoding (base64, base64offset, utf16…, windash)");
    }
    let has = |wanted: &[Encoding]| {
        chain
            .encodings
            .iter()
            .filter(|e| wanted.contains(e))
            .count()
    };
    if has(&[Encoding::Utf16Le, Encoding::Utf16Be, Encoding::Utf16]) > 1 {
        return Err("only one UTF-16 encoding can be right".to_owned());
    }
    if has(&[Encoding::Base64, Encoding::Base64Offset]) > 1 {
        return Err("modifiers base64 and base64offset exclude each other".to_owned());
    }
    if *operator == Operator::Exists {
        for (set, word) in [
            (chain.all, "all"),
            (chain.negated, "neq"),
            (chain.expand, "expand"),
        ] {
            if set {
                return exclude(word);
            }
        }
    }
    if field && chain.expand {
        return exclude("expand");
    }
    if order.is_some() && chain.negated {
        return Err("neq beside an order: use the opposite order".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(modifiers: &str) -> Result<Chain, String> {
        parse(
            &modifiers
                .split('|')
                .filter(|word| !word.is_empty())
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn order_matters_for_encodings_only() {
        for (a, b) in [
            ("contains|all|windash", "windash|all|contains"),
            ("contains|expand", "expand|contains"),
            ("base64offset|contains", "contains|base64offset"),
            ("fieldref|endswith", "endswith|fieldref"),
            ("re|i|m|s", "s|m|i|re"),
            ("hour|gte", "gte|hour"),
            ("wide", "utf16le"),
            ("re|ignorecase|multiline|dotall", "re|i|m|s"),
        ] {
            assert_eq!(read(a).unwrap(), read(b).unwrap(), "{a} {b}");
        }
        let chain = read("utf16le|base64offset|contains").unwrap();
        assert_eq!(chain.encodings, [Encoding::Utf16Le, Encoding::Base64Offset]);
        assert_eq!(chain.side, Side::Inside);
        assert_eq!(
            read("re|i|m|s").unwrap().operator,
            Operator::Regex("ims".to_owned())
        );
        let time = Operator::Time(TimePart::Hour, Comparison::Gte);
        assert_eq!(read("hour|gte").unwrap().operator, time);
        assert_eq!(read("").unwrap().operator, Operator::Text);
    }

    #[test]
    fn contradictions_and_unknown_words_are_named() {
        for (modifiers, message) in [
            (
                "contians",
                "unknown modifier \"contians\", did you mean contains?",
            ),
            (
                "contains|startswith",
                "modifiers contains and startswith exclude each other",
            ),
            ("contains|contains", "modifier contains stands there twice"),
            (
                "re|contains",
                "modifiers re and contains exclude each other",
            ),
            ("re|cidr", "modifiers re and cidr exclude each other"),
            ("cidr|gt", "modifiers cidr and gt exclude each other"),
            ("gt|lt", "modifiers gt and lt exclude each other"),
            ("hour|day", "modifiers hour and day exclude each other"),
            ("i|contains", "modifier i is a flag of re and needs it"),
            ("re|i|cased", "modifiers re and cased exclude each other"),
            ("gt|cased", "modifiers gt and cased exclude each other"),
            ("re|base64", "modifiers re and an encoding"),
            ("utf16|wide", "only one UTF-16 encoding"),
            ("base64|base64offset", "base64 and base64offset exclude"),
            ("exists|all", "modifiers exists and all exclude"),
            ("exists|neq", "modifiers exists and neq exclude"),
            ("fieldref|expand", "modifiers fieldref and expand"),
            ("lt|neq", "use the opposite order"),
            ("not", "negate in the condition"),
        ] {
            let reason = read(modifiers).unwrap_err();
            assert!(
                reason.starts_with(message) || reason.contains(message),
                "{modifiers}: {reason}"
            );
        }
    }
}
