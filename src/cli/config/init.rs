//! `ctadel config init`: a configuration to fill in.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

use clap::Args;

use crate::cli::args::CommonArgs;
use crate::cli::exit::Code;
use crate::cli::failure::{Failure, Kind};
use crate::cli::output::print;
use crate::config::template;
use crate::term::{self, Ui};

/// Write a configuration file to fill in
///
/// Every setting stands in it with its meaning and an example, and none is set.
///
/// Examples:
///
///     ctadel config init
///     ctadel config init ~/.config/ctadel/config.yaml
///     ctadel config init -
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct InitArgs {
    /// The file; `-` is standard output
    #[arg(value_name = "FILE", default_value = ".ctadel.yaml")]
    file: PathBuf,

    /// Overwrite the file if it exists
    #[arg(long)]
    force: bool,
}

/// Runs the command. It reads no configuration: one that is broken is a reason to begin anew.
pub fn run(common: &CommonArgs, args: &InitArgs) -> Result<Code, Failure> {
    let ui = Ui::new(term::Settings {
        verbosity: common.verbosity(),
        ..term::Settings::default()
    });
    let text = template();
    if args.file.as_os_str() == "-" {
        print(&ui, |out| out.write_all(text.as_bytes()))?;
        return Ok(Code::Done);
    }
    let shown = args.file.display();
    let mut options = File::options();
    options.write(true);
    let options = if args.force {
        options.create(true).truncate(true)
    } else {
        options.create_new(true)
    };
    let mut file = options
        .open(&args.file)
        .map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => Failure::usage(format!("write {shown}: the file exists"))
                .hint("--force overwrites it"),
            _ => Failure::new(
                Kind::Usage,
                anyhow::Error::new(error).context(format!("write {shown}")),
            ),
        })?;
    file.write_all(text.as_bytes()).map_err(|error| {
        Failure::new(
            Kind::Input,
            anyhow::Error::new(error).context(format!("write {shown}")),
        )
    })?;
    ui.note(&format!("wrote {shown}"));
    Ok(Code::Done)
}
