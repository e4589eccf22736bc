//! `ctadel config check`: whether a run would work, without running.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::args::CommonArgs;
use crate::cli::exit::Code;
use crate::cli::failure::Failure;
use crate::cli::output::print;
use crate::cli::session::Session;
use crate::cli::{plan, remarks};
use crate::config::Layer;
use crate::load::Loader;
use crate::term::escape::terminal;
use crate::term::number::counted;

/// Check that inputs, rules and lists can be read
///
/// Prints a line for each thing that was looked at. Exits with 2 when a setting, a rule, a list or
/// the suppression file is wrong, with 3 when an input cannot be read, and with 4 when a live input
/// refuses: the line names the permission that is missing.
///
/// Example:
///
///     ctadel config check --config ci.yaml
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct CheckArgs {}

/// What came of looking at one thing.
struct Checked {
    what: String,
    /// What is good about it, or why it is not.
    result: Result<String, Failure>,
}

/// Runs the command.
pub fn run(common: &CommonArgs, _: &CheckArgs) -> Result<Code, Failure> {
    // A setting that cannot be understood ends the command here, with its place.
    let session = Session::open(common, Layer::default())?;
    let checks = check(&session);
    remarks::endpoints(&session.ui, &session.settings.inputs.value);
    print(&session.ui, |out| {
        for Checked { what, result } in &checks {
            match result {
                Ok(good) => writeln!(out, "ok      {what}: {}", terminal(good))?,
                Err(failure) => {
                    let text = failure.to_string();
                    let text = text.strip_prefix("ctadel: ").unwrap_or(&text);
                    writeln!(
                        out,
                        "failed  {what}: {}",
                        text.trim_end().replace('\n', "\n        ")
                    )?;
                }
            }
        }
        Ok(())
    })?;
    let failed = checks
        .iter()
        .filter_map(|checked| checked.result.as_ref().err());
    let codes = failed.map(|failure| failure.kind().code());
    // Nothing runs with a wrong setting, so that is the first thing to mend.
    Ok(codes.min_by_key(|code| *code as u8).unwrap_or(Code::Done))
}

fn check(session: &Session) -> Vec<Checked> {
    let settings = &session.settings;
    let mut out = Vec::new();
    let mut add = |what: &str, result| {
        out.push(Checked {
            what: what.to_owned(),
            result,
        })
    };
    add(
        "rules",
        plan::load_rules(settings).map(|set| {
            let skipped = match set.skipped.len() as u64 {
                0 => String::new(),
                skipped => format!(", {} left out", counted(skipped, "rule")),
            };
            format!("{}{skipped}", counted(set.rules.len() as u64, "rule"))
        }),
    );
    add(
        "environment",
        plan::context(settings).map(|_| {
            let lists = counted(settings.intel.value.len() as u64, "address list");
            format!(
                "{lists}, {}",
                counted(settings.geoip.value.len() as u64, "MMDB file")
            )
        }),
    );
    add(
        "source",
        plan::source(settings).map(|source| source.unwrap_or("told by content").to_owned()),
    );
    if let Some(path) = &settings.suppress.value {
        let good = path.display().to_string();
        add("suppressions", plan::suppressions(settings).map(|_| good));
    }
    if settings.inputs.value.is_empty() {
        add(
            "inputs",
            Ok("none configured: name them on the command line".to_owned()),
        );
    }
    for input in &settings.inputs.value {
        add(&format!("input {}", terminal(input)), readable(input));
    }
    out
}

/// Whether the first thing behind an input can be opened; what it holds is told by a run.
fn readable(input: &str) -> Result<String, Failure> {
    if input == "-" {
        return Ok("standard input".to_owned());
    }
    Loader::open(&[input.to_owned()], &crate::load::Options::default())
        .map_err(plan::unreadable)?;
    #[cfg(feature = "live")]
    if let Some(Ok(target)) = crate::load::live::Target::parse(input) {
        use crate::cli::failure::Kind;
        let answer = crate::load::live::check(&target, plan::now());
        return answer.map_err(|error| Failure::new(Kind::Remote, error));
    }
    let path = PathBuf::from(input);
    let opened = |result: io::Result<&str>| {
        result
            .map(str::to_owned)
            .map_err(|error| Failure::input(format!("read {input}: {error}")))
    };
    match fs::metadata(&path) {
        Ok(meta) if meta.is_dir() => opened(fs::read_dir(&path).map(|_| "folder")),
        Ok(_) => opened(open(&path)),
        // Nothing has this name, so the loader took it for a pattern.
        Err(_) => Ok("pattern".to_owned()),
    }
}

fn open(path: &Path) -> io::Result<&'static str> {
    // Opening a pipe would wait for its writer.
    if fs::metadata(path)?.is_file() {
        File::open(path)?;
    }
    Ok("file")
}
