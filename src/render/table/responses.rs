//! A plan or what came of it in, a page for people out.

use std::io::{self, Write};

use super::layout::{self, Column, Fit, Row};
use crate::render::Options;
use crate::render::wire::response::{BodyOut, CallOut, ResponseOut};
use crate::term::escape::terminal;
use crate::term::width::{Cut, fit};

const COLUMNS: [Column; 5] = [
    Column {
        title: "",
        rank: 0,
        cell: Fit::Whole,
    },
    Column {
        title: "#",
        rank: 0,
        cell: Fit::Number,
    },
    Column {
        title: "CALL",
        rank: 1,
        cell: Fit::Whole,
    },
    Column {
        title: "WHAT IT DOES",
        rank: 1,
        cell: Fit::Down(20, Cut::End),
    },
    Column {
        title: "UNDO",
        rank: 2,
        cell: Fit::Whole,
    },
];

/// Writes a plan.
pub fn plan(body: &BodyOut, options: &Options<'_>, out: &mut dyn Write) -> io::Result<()> {
    let word = if body.executed { "RESPONSE" } else { "PLAN" };
    let target = &body.target;
    let mut head = format!("{word} {} {}", body.action, target.name);
    if target.id != target.name && !target.id.is_empty() {
        head.push_str(&format!(" ({})", target.id));
    }
    if !target.provider.is_empty() {
        head.push_str(&format!("  {} {}", target.provider, target.account));
    }
    for (name, value) in [
        ("incident", &body.incident),
        ("action", &body.action_id),
        ("undoes", &body.undoes),
    ] {
        if let Some(value) = value {
            head.push_str(&format!("  {name} {value}"));
        }
    }
    if let (Some(hash), false) = (&body.plan_hash, body.executed) {
        head.push_str(&format!("  hash {hash}"));
    }
    line(out, &head)?;
    calls(&body.calls, options, out)?;
    for call in &body.calls {
        if let Some(why) = &call.why {
            let why = why.as_str().map_or_else(|| why.to_string(), str::to_owned);
            let text = format!("     {}: {}", call.seq, why);
            line(out, &text)?;
            if call.status == "conflict" {
                line(out, &format!("        before {}", call.after))?;
            }
        }
    }
    listed(
        out,
        &format!("BLAST {}", body.blast.level),
        &body.blast.notes,
    )?;
    let reversible = match (body.undo.len(), &body.revival.reason) {
        (0, _) => format!("none (reversibility {})", body.reversibility),
        (count, None) => format!("{count} calls"),
        (count, Some(reason)) => match body.revival.seconds {
            Some(seconds) => format!(
                "{count} calls, not before {} h: {reason}",
                seconds.div_euclid(3600)
            ),
            None => format!("{count} calls, never without --accept-revival: {reason}"),
        },
    };
    if body.undoes.is_none() {
        line(out, &format!("UNDO  {reversible}"))?;
    }
    let hit: Vec<&str> = body
        .guards
        .iter()
        .filter(|guard| guard.hit.is_some())
        .map(|guard| guard.name)
        .collect();
    let names = if hit.is_empty() {
        String::new()
    } else {
        format!(": {}", hit.join(", "))
    };
    line(
        out,
        &format!(
            "GUARDS  {} checked, {} hit{names}",
            body.guards.len(),
            hit.len()
        ),
    )?;
    if body.undoes.is_none() {
        line(out, &format!("PERMISSIONS  {}", body.permissions))?;
    }
    for warning in &body.warnings {
        line(out, &format!("NOTE  {warning}"))?;
    }
    Ok(())
}

/// Writes what came of a plan.
pub fn response(
    response: &ResponseOut,
    options: &Options<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    plan(&response.body, options, out)?;
    for outcome in &response.outcome {
        let error = outcome
            .error
            .as_deref()
            .map(|error| format!(": {error}"))
            .unwrap_or_default();
        line(
            out,
            &format!(
                "CALL  {} {} {}{error}",
                outcome.seq, outcome.operation, outcome.status
            ),
        )?;
    }
    for check in &response.verify {
        let held = if check.held {
            "holds".to_owned()
        } else {
            format!("does not hold, now {}", check.now)
        };
        line(out, &format!("SEEN  {}: {held}", check.check))?;
    }
    line(
        out,
        &format!(
            "RESULT  {} ({}): {}",
            response.result, response.body.reason, response.body.message
        ),
    )?;
    line(out, &format!("JOURNAL  {}", response.journal))
}

fn calls(calls: &[CallOut], options: &Options<'_>, out: &mut dyn Write) -> io::Result<()> {
    let row = |place: usize| {
        let call = calls.get(place)?;
        let undo = match (call.status, call.reversible) {
            ("planned", true) => "yes",
            ("planned", false) => "no",
            (status, _) => status,
        };
        Some(Row {
            severity: None,
            cells: vec![
                String::new(),
                call.seq.to_string(),
                format!("{}:{}", call.service, call.operation),
                call.summary.clone(),
                undo.to_owned(),
            ],
        })
    };
    layout::write(&COLUMNS, calls.len(), &row, options, out)
}

fn listed(out: &mut dyn Write, word: &str, notes: &[String]) -> io::Result<()> {
    if notes.is_empty() {
        return line(out, word);
    }
    line(out, &format!("{word}  {}", notes.join("; ")))
}

fn line(out: &mut dyn Write, text: &str) -> io::Result<()> {
    // A provider's names are as hostile as those of a log.
    writeln!(out, "{}", terminal(text))
}

/// One line that fits the terminal.
pub fn short(text: &str, width: usize) -> String {
    fit(&terminal(text), width, Cut::End).into_owned()
}
