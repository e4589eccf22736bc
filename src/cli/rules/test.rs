//! `ctadel rules test`: whether rules find what their authors say they find.

use std::path::PathBuf;

use clap::Args;

use crate::cli::args::{CommonArgs, vars};
use crate::cli::exit::Code;
use crate::cli::failure::{Failure, Kind};
use crate::cli::output::print;
use crate::cli::plan;
use crate::cli::session::Session;
use crate::config::Layer;
use crate::detect::load as rules;
use crate::detect::proof::{self, Proof};
use crate::term::escape::terminal;
use crate::term::number::counted;

/// Run rules over the events that stand beside them
///
/// Beside a rule file `x.yml` lies `x.events.jsonl`, one event a line:
///
///     {"expect": "hit", "note": "why", "event": {…}}
///
/// Without a correlation in the file, each event is judged by itself: one that is expected to hit
/// must give a finding of the file's rules, one that is expected to miss must give none. With a
/// correlation, all events of a kind are fed in their order in one run: each hit must be among the
/// evidence of a finding, and the misses together must give none. Events with `"expect": "given"`
/// come first in every run and nothing is expected of them. An address list `x.intel.csv` beside
/// the rule is loaded for it. Without PATH, the built-in rules are tested, and those that
/// the configuration names.
///
/// Examples:
///
///     ctadel rules test
///     ctadel rules test my-rules/
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct TestArgs {
    /// Rule files, or folders of them
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Fill in a %placeholder% that rules use
    #[arg(long, value_name = "NAME=VALUE[,VALUE]")]
    var: Vec<String>,
}

/// Runs the command.
pub fn run(common: &CommonArgs, args: &TestArgs) -> Result<Code, Failure> {
    let mut layer = Layer::default();
    vars(&mut layer, &args.var)?;
    let session = Session::open(common, layer)?;
    let (ui, settings) = (&session.ui, &session.settings);
    let options = rules::Options {
        builtin: !settings.no_builtin_rules.value,
        dirs: settings
            .rules
            .value
            .iter()
            .chain(&args.paths)
            .cloned()
            .collect(),
        vars: plan::vars(settings),
        without_prose: true,
    };
    let set = rules::load(&options).map_err(|errors| plan::broken(&errors))?;
    let (cases, bare) =
        proof::cases(&set, &args.paths).map_err(|error| Failure::new(Kind::Input, error))?;
    if cases.is_empty() {
        return Err(Failure::input(
            "there is nothing to test: no rule has an events file beside it",
        )
        .hint("the events of x.yml stand in x.events.jsonl: `ctadel rules test --help`"));
    }
    let mut replay = |rules: &_, context: &_, events: &[&[u8]]| {
        let report = crate::replay(rules, context, events).map_err(|error| error.to_string())?;
        Ok(report.findings)
    };
    let (mut passed, mut failed) = (0, 0);
    for case in &cases {
        let Proof {
            passed: good,
            failures,
        } = case.prove(&set, &mut replay);
        (passed, failed) = (passed + good, failed + failures.len() as u64);
        print(ui, |out| {
            failures
                .iter()
                .try_for_each(|failure| writeln!(out, "{}", terminal(&failure.to_string())))
        })?;
    }
    for file in &bare {
        ui.detail(&format!("no events beside {file}"));
    }
    for (id, file, reason) in &set.skipped {
        ui.note(&format!("{file}: {id} was left out: {reason}"));
    }
    let files = counted(cases.len() as u64, "file");
    print(ui, |out| {
        writeln!(out, "{passed} passed, {failed} failed in {files}")
    })?;
    Ok(if failed > 0 {
        Code::Threshold
    } else {
        Code::Done
    })
}
