//! `ctadel completions`: what a shell completes.

use clap::Args;
use clap_complete::{Shell, generate};

use super::exit::Code;
use super::failure::Failure;
use super::output::print;
use crate::term::{Settings, Ui};

/// Print the completions of a shell
///
/// Examples:
///
///     ctadel completions bash > ~/.local/share/bash-completion/completions/ctadel
///     ctadel completions zsh > ~/.zfunc/_ctadel
///     ctadel completions fish > ~/.config/fish/completions/ctadel.fish
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Runs the command.
pub fn run(args: &CompletionsArgs) -> Result<Code, Failure> {
    let mut text = Vec::new();
    generate(args.shell, &mut super::app::command(), "ctadel", &mut text);
    print(&Ui::new(Settings::default()), |out| out.write_all(&text))?;
    Ok(Code::Done)
}
