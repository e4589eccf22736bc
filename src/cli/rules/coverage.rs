//! `ctadel rules coverage`: what the rules see, on which log.

use std::io::{self, Write};

use clap::Args;
use serde::Serialize;

use crate::cli::args::{AttackArgs, CommonArgs, RuleArgs};
use crate::cli::exit::Code;
use crate::cli::failure::Failure;
use crate::cli::output::{attack_names, print};
use crate::cli::plan;
use crate::cli::session::Session;
use crate::config::Layer;
use crate::detect::matrix::{COLUMNS, Cell, PHRASES, Phrase, matrix};
use crate::model::attack;
use crate::render::wire::AttackNames;
use crate::render::{write_line, write_rules};
use crate::term::escape::terminal;
use crate::term::width::wrap;

/// Print what the rules see, phrase by phrase and log by log
///
/// For each thing that an attacker does, the rules that see it on each log, and why a log cannot
/// show it. With --format navigator, every technique that a loaded rule names, as a layer for the
/// ATT&CK Navigator.
///
/// Examples:
///
///     ctadel rules coverage
///     ctadel rules coverage --rules my-rules/ -f json
///     ctadel rules coverage -f navigator > layer.json
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct CoverageArgs {
    /// Print in this format
    #[arg(short, long, value_name = "FORMAT", value_parser = ["table", "json", "navigator"], default_value = "table")]
    format: String,

    #[command(flatten)]
    attack: AttackArgs,

    #[command(flatten)]
    rules: RuleArgs,
}

/// The whole matrix as one object.
#[derive(Serialize)]
struct Page<'a> {
    schema: &'static str,
    kind: &'static str,
    totals: Totals,
    phrases: Vec<Row<'a>>,
}

/// How much of it is filled.
#[derive(Default, Serialize)]
struct Totals {
    /// Phrases times logs.
    cells: u64,
    /// Those with a rule.
    filled: u64,
    /// Those without, though the log could show it.
    empty: u64,
    /// Those that the log cannot show.
    not_observable: u64,
}

/// A phrase on every log.
#[derive(Serialize)]
struct Row<'a> {
    id: &'static str,
    text: &'static str,
    tactic: String,
    logs: Vec<Log<'a>>,
}

/// A phrase on one log.
#[derive(Serialize)]
struct Log<'a> {
    log: &'static str,
    #[serde(skip)]
    title: &'static str,
    observable: bool,
    rules: Vec<&'a str>,
    /// What the log does not show of it.
    limit: Option<&'static str>,
}

/// Runs the command.
pub fn run(common: &CommonArgs, args: &CoverageArgs) -> Result<Code, Failure> {
    let mut layer = Layer::default();
    args.rules.layer(&mut layer)?;
    args.attack.layer(&mut layer);
    let session = Session::open(common, layer)?;
    let set = plan::load_rules(&session.settings)?;
    let names = attack_names(session.settings.attack_version.value);
    let ui = &session.ui;
    if args.format == "navigator" {
        let speaking: Vec<_> = set.rules.iter().filter(|rule| !rule.silent).collect();
        let speaking = speaking.iter().map(|rule| &*rule.meta);
        print(ui, |out| write_rules(speaking, &names, out))?;
        return Ok(Code::Done);
    }
    let rows = matrix(&set);
    let page = page(&rows, &names);
    match args.format.as_str() {
        "json" => print(ui, |out| write_line(&page, out))?,
        _ => print(ui, |out| text(&page, ui.width().min(120), out))?,
    }
    let Totals {
        cells,
        filled,
        empty,
        not_observable,
    } = page.totals;
    ui.note(&format!(
        "{filled} of {cells} cells have a rule, {empty} have none, {not_observable} cannot be seen"
    ));
    Ok(Code::Done)
}

fn page<'a>(rows: &[Vec<Cell<'a>>], names: &AttackNames<'_>) -> Page<'a> {
    let mut totals = Totals::default();
    for cell in rows.iter().flatten() {
        totals.cells += 1;
        let count = match (cell.rules.is_empty(), cell.visible) {
            (false, _) => &mut totals.filled,
            (true, true) => &mut totals.empty,
            (true, false) => &mut totals.not_observable,
        };
        *count += 1;
    }
    let phrases = rows.iter().zip(&PHRASES);
    Page {
        schema: "ctadel/1",
        kind: "rules-coverage",
        totals,
        phrases: phrases
            .map(|(cells, phrase)| row(cells, phrase, names))
            .collect(),
    }
}

fn row<'a>(cells: &[Cell<'a>], phrase: &Phrase, names: &AttackNames<'_>) -> Row<'a> {
    let log = |(cell, column): (&Cell<'a>, &crate::detect::matrix::Column)| Log {
        log: column.id,
        title: column.title,
        observable: cell.visible,
        rules: cell.rules.clone(),
        limit: cell.limit,
    };
    Row {
        id: phrase.id,
        text: phrase.text,
        tactic: (names.tactic)(phrase.tactic),
        logs: cells.iter().zip(&COLUMNS).map(log).collect(),
    }
}

fn text(page: &Page<'_>, width: usize, out: &mut dyn Write) -> io::Result<()> {
    const MARGIN: usize = 16;
    for (number, row) in page.phrases.iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        let tactic = attack::tactic(&row.tactic).map_or("Defense evasion", |tactic| tactic.title);
        for line in wrap(&format!("{tactic}: {}", row.text), width) {
            writeln!(out, "{line}")?;
        }
        for log in &row.logs {
            let rules = log.rules.join(", ");
            let cell = match (rules.is_empty(), log.limit) {
                (false, None) => rules,
                (false, Some(limit)) => format!("{rules} (partly: {limit})"),
                (true, Some(limit)) => format!("cannot be seen: {limit}"),
                (true, None) => "no rule".to_owned(),
            };
            let lines = wrap(&terminal(&cell), width.saturating_sub(MARGIN));
            for (number, line) in lines.iter().enumerate() {
                let name = if number == 0 { log.title } else { "" };
                writeln!(out, "  {name:<14}{line}")?;
            }
        }
    }
    Ok(())
}
