//! `ctadel rules show`: everything about one rule.

use std::fs;
use std::io::{self, Write};

use clap::Args;
use serde::Serialize;

use super::find::find;
use super::wire::RuleOut;
use crate::cli::args::{AttackArgs, CommonArgs, RuleArgs};
use crate::cli::exit::Code;
use crate::cli::failure::Failure;
use crate::cli::output::{attack_names, print};
use crate::cli::plan;
use crate::cli::session::Session;
use crate::config::Layer;
use crate::detect::load::builtin;
use crate::model::RuleMeta;
use crate::model::rule::Origin;
use crate::render::write_line;
use crate::term::escape::terminal;
use crate::term::width::wrap;

/// Print what a rule says about itself, and its YAML
///
/// The file is printed whole: a correlation and the rules it looks at stand in one.
///
/// Examples:
///
///     ctadel rules show aws-cloudtrail-stopped
///     ctadel rules show aws-cloudtrail-stopped -f json
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct ShowArgs {
    /// Name, id or title of the rule
    #[arg(value_name = "ID")]
    id: String,

    /// Print in this format
    #[arg(short, long, value_name = "FORMAT", value_parser = ["table", "json"], default_value = "table")]
    format: String,

    #[command(flatten)]
    attack: AttackArgs,

    #[command(flatten)]
    rules: RuleArgs,
}

/// A rule with all of its text.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    rule: RuleOut<'a>,
    description: &'a str,
    author: Option<&'a str>,
    reason: Option<&'a str>,
    triage: &'a [String],
    falsepositives: &'a [String],
    respond: &'a [String],
    references: &'a [String],
    yaml: String,
}

/// Runs the command.
pub fn run(common: &CommonArgs, args: &ShowArgs) -> Result<Code, Failure> {
    let mut layer = Layer::default();
    args.rules.layer(&mut layer)?;
    args.attack.layer(&mut layer);
    let session = Session::open(common, layer)?;
    let set = plan::load_rules(&session.settings)?;
    let rule = &set.rules[find(&set, &args.id)?];
    let (meta, prose) = (&*rule.meta, rule.meta.prose());
    let shown = Shown {
        rule: RuleOut::new(
            rule,
            &set,
            &attack_names(session.settings.attack_version.value),
        ),
        description: &prose.description,
        author: prose.author.as_deref(),
        reason: prose.reason.as_deref(),
        triage: &prose.triage,
        falsepositives: &prose.falsepositives,
        respond: &meta.respond,
        references: &prose.references,
        yaml: yaml(meta)?,
    };
    let ui = &session.ui;
    match args.format.as_str() {
        "json" => print(ui, |out| write_line(&shown, out))?,
        _ => print(ui, |out| page(&shown, ui.width().min(100), out))?,
    }
    Ok(Code::Done)
}

/// The text of the rule's file.
fn yaml(meta: &RuleMeta) -> Result<String, Failure> {
    if meta.origin == Origin::Builtin {
        let text = builtin::rules()
            .into_iter()
            .find(|(name, _)| *name == meta.file);
        return Ok(text.map(|(_, text)| (*text).to_owned()).unwrap_or_default());
    }
    fs::read_to_string(&meta.file)
        .map_err(|error| Failure::input(format!("read {}: {error}", meta.file)))
}

fn page(shown: &Shown<'_>, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let rule = &shown.rule;
    for text in [rule.title, shown.description] {
        for line in wrap(&terminal(text), width) {
            writeln!(out, "{line}")?;
        }
    }
    writeln!(out)?;
    let attack = rule.techniques().join(" ");
    let silent = if rule.silent {
        "feeds correlations only"
    } else {
        ""
    };
    let sources = rule.sources.join(" ");
    let facts = [
        ("name", rule.id),
        ("id", rule.uuid.unwrap_or_default()),
        ("level", rule.level),
        ("why", shown.reason.unwrap_or_default()),
        ("status", rule.status.unwrap_or_default()),
        ("type", rule.body),
        ("speaks", silent),
        ("source", &sources),
        ("needs", rule.needs.unwrap_or_default()),
        ("ATT&CK", &attack),
        ("author", shown.author.unwrap_or_default()),
        ("file", rule.file),
    ];
    for (name, value) in facts.into_iter().filter(|(_, value)| !value.is_empty()) {
        entry(name, value, width, out)?;
    }
    let respond = shown.respond.join(", ");
    let lists = [
        ("triage", shown.triage),
        ("benign", shown.falsepositives),
        (
            "respond",
            if respond.is_empty() {
                &[]
            } else {
                std::slice::from_ref(&respond)
            },
        ),
        ("see", shown.references),
    ];
    for (name, values) in lists {
        for (number, value) in values.iter().enumerate() {
            entry(if number == 0 { name } else { "" }, value, width, out)?;
        }
    }
    writeln!(out)?;
    shown
        .yaml
        .lines()
        .try_for_each(|line| writeln!(out, "{}", terminal(line)))
}

/// A name with its value beside it, the value's lines below each other.
fn entry(name: &str, value: &str, width: usize, out: &mut dyn Write) -> io::Result<()> {
    const MARGIN: usize = 9;
    let value = terminal(value);
    for (number, line) in wrap(&value, width.saturating_sub(MARGIN))
        .iter()
        .enumerate()
    {
        writeln!(
            out,
            "{:<MARGIN$}{line}",
            if number == 0 { name } else { "" }
        )?;
    }
    Ok(())
}
