//! One `field|modifiers: values` line of a selection.
//!
//! The key and the value enter, a selection of plain tests leaves: patterns with escapes
//! resolved, encodings done, placeholders filled in, expressions known to compile.

use regex::Regex;
use yaml_serde::Value;

use super::encode;
use super::error::{Parse, Under, wrong};
use super::modifiers::{self, Chain, Operator};
use super::placeholder::{self, Vars};
use super::text;
use super::yaml;
use crate::detect::ast::{Atom, Item, Selection, Side, TimePart};

/// Reads one line; a key without a field asks for text anywhere in the record.
pub(super) fn parse(key: &Value, value: &Value, vars: &Vars) -> Parse<Selection> {
    let key = match key {
        Value::Null => String::new(),
        other => yaml::scalar(other).ok_or("a field name is text")?,
    };
    read(&key, value, vars).under(&key)
}

fn read(key: &str, value: &Value, vars: &Vars) -> Parse<Selection> {
    let mut words = key.split('|');
    let field = words.next().unwrap_or_default();
    let mut chain = modifiers::parse(&words.collect::<Vec<_>>())?;
    let keyword = field.is_empty();
    if keyword {
        if chain.negated || !matches!(chain.operator, Operator::Text | Operator::Regex(_)) {
            return wrong("this modifier needs a field name before it");
        }
        if matches!(chain.side, Side::Start | Side::End) {
            return wrong("startswith and endswith need a field name before them");
        }
        // Text anywhere in the record is text inside some value.
        chain.side = Side::Inside;
    }
    let mut groups = Vec::new();
    match value {
        Value::Sequence(values) if values.is_empty() => return wrong("an empty list of values"),
        Value::Sequence(values) => {
            for value in values {
                let mut group = Vec::new();
                collect(value, &chain, vars, &mut group)?;
                groups.push(group);
            }
        }
        single => {
            let mut group = Vec::new();
            collect(single, &chain, vars, &mut group)?;
            groups.push(group);
        }
    }
    Ok(combine(field, &chain, groups))
}

/// Reads one value, or a list within the list, which is alternatives again.
fn collect(value: &Value, chain: &Chain, vars: &Vars, group: &mut Vec<Atom>) -> Parse<()> {
    match value {
        Value::Sequence(values) => {
            for value in values {
                collect(value, chain, vars, group)?;
            }
        }
        Value::Mapping(_) => {
            return wrong("a map cannot be a value: write the path with dots in the field name");
        }
        scalar => group.extend(atoms(scalar, chain, vars)?),
    }
    Ok(())
}

/// Puts the tests together. With `all` each listed value must hold, in any of the ways it can
/// be written; then one item is not enough, and `neq` turns "all" into "one does not".
fn combine(field: &str, chain: &Chain, groups: Vec<Vec<Atom>>) -> Selection {
    let item = |atoms: Vec<Atom>, all: bool| {
        if field.is_empty() {
            let mut words: Vec<Selection> = atoms.into_iter().map(Selection::Keyword).collect();
            return match words.len() {
                1 => words.swap_remove(0),
                _ if all => Selection::All(words),
                _ => Selection::Any(words),
            };
        }
        Selection::Item(Item {
            field: field.to_owned(),
            atoms,
            all,
            negated: chain.negated,
        })
    };
    if !chain.all {
        return item(flat(groups), false);
    }
    if groups.iter().all(|group| group.len() == 1) {
        let atoms = flat(groups);
        let several = atoms.len() > 1;
        return item(atoms, several);
    }
    let each = groups.into_iter().map(|group| item(group, false)).collect();
    if chain.negated {
        Selection::Any(each)
    } else {
        Selection::All(each)
    }
}

/// All tests in one list, without room for more: it stays as long as the rules do.
fn flat(groups: Vec<Vec<Atom>>) -> Vec<Atom> {
    let mut atoms = Vec::with_capacity(groups.iter().map(Vec::len).sum());
    atoms.extend(groups.into_iter().flatten());
    atoms
}

/// The tests that one written value stands for.
fn atoms(value: &Value, chain: &Chain, vars: &Vars) -> Parse<Vec<Atom>> {
    if value.is_null() {
        let plain = chain.operator == Operator::Text
            && chain.side == Side::Whole
            && chain.encodings.is_empty();
        return if plain {
            Ok(vec![Atom::Null])
        } else {
            wrong("null has nothing to compare")
        };
    }
    let raw = yaml::scalar(value).ok_or("a value is text, a number, true, false or null")?;
    let insert = if matches!(chain.operator, Operator::Regex(_)) {
        as_regex
    } else {
        str::to_owned
    };
    let raws = if chain.expand {
        placeholder::expand(&raw, vars, insert)?
    } else {
        vec![raw]
    };
    let mut atoms = Vec::new();
    for raw in &raws {
        match &chain.operator {
            Operator::Text => atoms.extend(patterns(raw, value, chain)?),
            Operator::Regex(flags) => atoms.push(regex(raw, flags)?),
            Operator::Cidr => atoms.push(Atom::Cidr(cidr(raw)?)),
            Operator::Exists => atoms.push(Atom::Exists(truth(raw)?)),
            Operator::Compare(order) => atoms.push(Atom::Compare(*order, number(raw)?)),
            Operator::FieldRef => {
                if raw.trim().is_empty() {
                    return wrong("fieldref needs the name of a field");
                }
                atoms.push(Atom::FieldRef(raw.clone(), chain.side, chain.cased));
            }
            Operator::Time(part, order) => {
                atoms.push(Atom::TimePart(*part, *order, time(raw, *part)?));
            }
        }
    }
    Ok(atoms)
}

fn patterns(raw: &str, value: &Value, chain: &Chain) -> Parse<Vec<Atom>> {
    // A number that looks like a pattern does not exist, but a number is never one.
    let parsed = if value.is_string() {
        text::parse(raw)
    } else {
        text::literal(raw)
    };
    let mut variants = vec![parsed];
    for encoding in &chain.encodings {
        let mut next = Vec::new();
        for variant in variants {
            next.extend(encode::apply(*encoding, variant)?);
        }
        variants = next;
    }
    if variants.is_empty() {
        return wrong("the value is too short to be found inside Base64 text");
    }
    let mut atoms: Vec<Atom> = Vec::with_capacity(variants.len());
    for variant in variants {
        let pattern = text::pattern(text::open(variant, chain.side))?;
        atoms.push(Atom::Text(pattern, chain.cased));
    }
    Ok(atoms)
}

fn regex(raw: &str, flags: &str) -> Parse<Atom> {
    let source = if flags.is_empty() {
        raw.to_owned()
    } else {
        format!("(?{flags}){raw}")
    };
    match Regex::new(&source) {
        Ok(_) => Ok(Atom::Regex(source)),
        Err(regex::Error::Syntax(text)) => {
            // The message is a drawing of several lines; its last one says what is wrong.
            let last = text.lines().last().unwrap_or_default();
            wrong(format!(
                "regular expression: {}",
                last.trim_start_matches("error: ")
            ))
        }
        Err(other) => wrong(format!("regular expression: {other}")),
    }
}

/// A list value within an expression stands for itself; its wildcards stay wildcards.
fn as_regex(value: &str) -> String {
    text::parse(value)
        .into_iter()
        .map(|part| match part {
            text::Part::Bytes(bytes) => regex::escape(&String::from_utf8_lossy(&bytes)),
            text::Part::Many => ".*".to_owned(),
            text::Part::One => ".".to_owned(),
        })
        .collect()
}

fn cidr(raw: &str) -> Parse<ipnet::IpNet> {
    let raw = raw.trim();
    let net = raw.parse::<ipnet::IpNet>().ok();
    let single = || raw.parse::<std::net::IpAddr>().ok().map(ipnet::IpNet::from);
    match net.or_else(single) {
        Some(net) => Ok(net.trunc()),
        None => wrong(format!(
            "{raw:?} is no address range such as 192.0.2.0/24 or 2001:db8::/32"
        )),
    }
}

fn truth(raw: &str) -> Parse<bool> {
    match raw.to_ascii_lowercase().as_str() {
        "true" | "yes" => Ok(true),
        "false" | "no" => Ok(false),
        _ => wrong("exists takes true or false"),
    }
}

fn number(raw: &str) -> Parse<f64> {
    match raw.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => wrong(format!("{raw:?} is no number to compare with")),
    }
}

fn time(raw: &str, part: TimePart) -> Parse<i64> {
    let range = match part {
        TimePart::Minute => 0..=59,
        TimePart::Hour => 0..=23,
        TimePart::Day => 1..=31,
        TimePart::Week => 1..=53,
        TimePart::Month => 1..=12,
        TimePart::Year => 0..=9999,
    };
    match raw.trim().parse::<i64>() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => wrong(format!(
            "{raw:?} is not between {} and {}",
            range.start(),
            range.end()
        )),
    }
}

/// Reads one word of a list of words.
pub(super) fn keyword(value: &Value, vars: &Vars) -> Parse<Selection> {
    read("", value, vars)
}
