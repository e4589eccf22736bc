//! An explanation as text.
//!
//! Explained records and what they add up to enter, lines leave. Every word of a log is escaped
//! and its secrets are masked.

use std::io::{self, Write};

use crate::detect::ast::Body;
use crate::detect::explain::{
    Counts, Explained, Explainer, Found, Judged, Test, condition, correlation,
};
use crate::detect::matcher::Answer;
use crate::enrich::secret;
use crate::term::escape::terminal;
use crate::term::number::counted;
use crate::term::width::{Cut, fit};

/// Groups of a correlation that are listed.
const SHOWN_GROUPS: usize = 10;
/// Columns of one value of a log; policies run to thousands.
const VALUE: usize = 160;

fn word(answer: Answer) -> &'static str {
    match answer {
        Answer::True => "yes",
        Answer::False => "no",
        Answer::Unknown => "unknown",
    }
}

/// One event with the answers of the rules.
pub fn event(explainer: &Explainer, one: &Explained, out: &mut dyn Write) -> io::Result<()> {
    let time = one.time.map(|time| time.to_string()).unwrap_or_default();
    let action = secret::mask_text(&one.action);
    let action = action.as_deref().unwrap_or(&one.action);
    let place = format!("{}#{}  {time}  {action}  {}", one.file, one.record, one.uid);
    writeln!(out, "{}", terminal(&place))?;
    for judged in &one.judged {
        verdict(explainer, judged, out)?;
    }
    writeln!(out)
}

fn verdict(explainer: &Explainer, judged: &Judged, out: &mut dyn Write) -> io::Result<()> {
    let rule = &explainer.rules.rules[judged.rule];
    let verdict = match (judged.answer, judged.level) {
        (Answer::True, Some(level)) => format!("matches, {level}"),
        (Answer::True, None) => "matches".to_owned(),
        (Answer::False, _) => "does not match".to_owned(),
        (Answer::Unknown, _) => "hangs on what only the whole input tells".to_owned(),
    };
    writeln!(out, "  {}: {verdict}", terminal(&rule.meta.id))?;
    if let Body::Event(detection) = &rule.body {
        let names: Vec<&str> = detection
            .selections
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        writeln!(
            out,
            "  condition: {}",
            terminal(&condition(&detection.condition, &names))
        )?;
    }
    for selected in &judged.selections {
        writeln!(
            out,
            "    {:<7} {}",
            word(selected.answer),
            terminal(&selected.name)
        )?;
        for test in &selected.tests {
            tested(test, out)?;
        }
    }
    Ok(())
}

fn tested(test: &Test, out: &mut dyn Write) -> io::Result<()> {
    let indent = "  ".repeat(test.depth);
    let field = if test.field.is_empty() {
        String::new()
    } else {
        format!("{} ", test.field)
    };
    let asked = format!("{field}{}", test.question);
    write!(
        out,
        "      {:<7} {indent}{}",
        word(test.answer),
        terminal(&asked)
    )?;
    match &test.found {
        Found::Nothing => writeln!(out),
        Found::Late => writeln!(out, "  (known when the whole input is read)"),
        Found::Values(values, _) if values.is_empty() => writeln!(out, "  (not there)"),
        Found::Values(values, count) => {
            let shown: Vec<String> = values
                .iter()
                .map(|value| printable(&test.field, value))
                .collect();
            let more = match count - values.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            writeln!(out, "  (has {}{more})", shown.join(", "))
        }
    }
}

/// A value of a log as it may be shown: secrets masked, cut, in quotes.
fn printable(field: &str, value: &str) -> String {
    let key = field.rsplit('.').next().unwrap_or(field);
    let masked = secret::mask(key, value);
    let text = format!("{:?}", masked.as_deref().unwrap_or(value));
    fit(&terminal(&text), VALUE, Cut::End).into_owned()
}

/// What all events add up to.
pub fn summary(explainer: &Explainer, counts: &Counts, out: &mut dyn Write) -> io::Result<()> {
    for (number, rule) in explainer.rules.rules.iter().enumerate() {
        let id = terminal(&rule.meta.id);
        match &rule.body {
            Body::Event(_) => {
                let all = counted(counts.judged, "event");
                writeln!(
                    out,
                    "{id}: {} of {all} matched",
                    counts.matched.get(number).copied().unwrap_or(0)
                )?;
            }
            Body::Correlation(body) => {
                writeln!(
                    out,
                    "{id}: {}",
                    terminal(&correlation(body, &explainer.rules))
                )?;
                let groups = counts.tally.groups(number);
                for (key, group) in groups.iter().take(SHOWN_GROUPS) {
                    let values = match group.values.len() as u64 {
                        0 => String::new(),
                        values => format!(", {}", counted(values, "different value")),
                    };
                    let events = counted(group.events, "event");
                    let (Some(first), Some(last)) = (group.first, group.last) else {
                        continue;
                    };
                    let line = format!("{events}{values}, {first} to {last}: {}", key.join(" | "));
                    writeln!(out, "  {}", terminal(&line))?;
                }
                if groups.len() > SHOWN_GROUPS {
                    writeln!(out, "  and {} smaller groups", groups.len() - SHOWN_GROUPS)?;
                }
                if counts.tally.ungrouped > 0 {
                    let events = counted(counts.tally.ungrouped, "event");
                    writeln!(out, "  {events} without a value to group by")?;
                }
                writeln!(
                    out,
                    "  whether it fires hangs on order and time too: `ctadel scan` decides"
                )?;
            }
        }
    }
    Ok(())
}
