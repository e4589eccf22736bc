//! `ctadel rules list`: the rules that are loaded.

use clap::Args;
use serde::Serialize;

use super::columns::aligned;
use super::wire::RuleOut;
use crate::cli::args::{AttackArgs, CommonArgs, RuleArgs, severities, sources};
use crate::cli::exit::Code;
use crate::cli::failure::Failure;
use crate::cli::output::{attack_names, print};
use crate::cli::plan;
use crate::cli::session::Session;
use crate::config::Layer;
use crate::model::Severity;
use crate::render::write_line;
use crate::term::number::counted;

/// List rules
///
/// Rules whose matches only feed a correlation are listed too; --format json says which. On a
/// narrow terminal columns are left out.
///
/// Examples:
///
///     ctadel rules list --level high
///     ctadel rules list --tag t1685 --tag attack.persistence
///     ctadel rules list --rules my-rules/ --no-builtin-rules -f json
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct ListArgs {
    /// Only rules of this level or more
    #[arg(long, value_name = "LEVEL", value_parser = severities())]
    level: Option<String>,

    /// Only rules with this tag; its sub-techniques count
    ///
    /// May be given several times: one of them is enough. `attack.` may be left out.
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,

    /// Only rules for this log source
    #[arg(long, value_name = "NAME", value_parser = sources())]
    source: Option<String>,

    /// Print in this format
    #[arg(short, long, value_name = "FORMAT", value_parser = ["table", "json"], default_value = "table")]
    format: String,

    #[command(flatten)]
    attack: AttackArgs,

    #[command(flatten)]
    rules: RuleArgs,
}

/// The whole list as one object.
#[derive(Serialize)]
struct Listed<'a> {
    schema: &'static str,
    kind: &'static str,
    rules: &'a [RuleOut<'a>],
}

/// Runs the command.
pub fn run(common: &CommonArgs, args: &ListArgs) -> Result<Code, Failure> {
    let mut layer = Layer::default();
    args.rules.layer(&mut layer)?;
    args.attack.layer(&mut layer);
    let session = Session::open(common, layer)?;
    let level: Option<Severity> = match &args.level {
        Some(word) => Some(word.parse().map_err(Failure::usage)?),
        None => None,
    };
    let set = plan::load_rules(&session.settings)?;
    let names = attack_names(session.settings.attack_version.value);
    let rules: Vec<RuleOut> = set
        .rules
        .iter()
        .filter(|rule| level.is_none_or(|level| rule.meta.level >= level))
        .filter(|rule| {
            args.tag.is_empty() || args.tag.iter().any(|tag| has(&rule.meta.prose().tags, tag))
        })
        .map(|rule| RuleOut::new(rule, &set, &names))
        .filter(|rule| {
            args.source
                .as_ref()
                .is_none_or(|source| rule.sources.contains(source))
        })
        .collect();
    let ui = &session.ui;
    if args.format == "json" {
        let list = Listed {
            schema: "ctadel/1",
            kind: "rules",
            rules: &rules,
        };
        print(ui, |out| write_line(&list, out))?;
        return Ok(Code::Done);
    }
    let heading = ["id", "level", "status", "source", "ATT&CK", "title"].map(str::to_owned);
    let row = |rule: &RuleOut| {
        let status = rule.status.unwrap_or("-").to_owned();
        let attack = match rule.techniques().as_slice() {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [first, more @ ..] => format!("{first} +{}", more.len()),
        };
        [
            rule.id.to_owned(),
            rule.level.to_owned(),
            status,
            rule.sources.join(" "),
            attack,
            rule.title.to_owned(),
        ]
    };
    let rows: Vec<[String; 6]> = std::iter::once(heading)
        .chain(rules.iter().map(row))
        .collect();
    print(ui, |out| {
        aligned(&rows, ui.width())
            .iter()
            .try_for_each(|line| writeln!(out, "{line}"))
    })?;
    ui.note(&counted(rules.len() as u64, "rule"));
    for (id, _, reason) in &set.skipped {
        ui.detail(&format!("left out: {id}: {reason}"));
    }
    Ok(Code::Done)
}

/// Whether a tag is there, with or without its `attack.`, or one below it.
fn has(tags: &[String], wanted: &str) -> bool {
    let plain = |tag: &str| {
        let tag = tag.trim().to_ascii_lowercase().replace('_', "-");
        tag.strip_prefix("attack.").unwrap_or(&tag).to_owned()
    };
    let wanted = plain(wanted);
    tags.iter().any(|tag| {
        let tag = plain(tag);
        tag.strip_prefix(&wanted)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_with_and_without_their_prefix() {
        let tags = [
            "attack.t1685.002",
            "attack.defense_impairment",
            "cve.2024-1",
        ]
        .map(str::to_owned);
        for wanted in [
            "T1685.002",
            "attack.t1685",
            "defense-impairment",
            "cve",
            "attack.defense_impairment",
        ] {
            assert!(has(&tags, wanted), "{wanted}");
        }
        for wanted in ["t168", "t1685.00", "defense", "attack"] {
            assert!(!has(&tags, wanted), "{wanted}");
        }
    }
}
