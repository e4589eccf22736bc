//! `ctadel config permissions`: what the inputs need to be allowed.

use clap::Args;

use crate::cli::args::CommonArgs;
use crate::cli::exit::Code;
use crate::cli::failure::Failure;
use crate::cli::output::print;
use crate::cli::plan;
use crate::cli::session::Session;
use crate::config::Layer;
use crate::load::live::{PROVIDERS, Target, beside, policy};

/// Print the least that live inputs need to be allowed
///
/// For the inputs named, or those configured: a policy in the provider's own words. All of it only
/// reads.
///
/// Examples:
///
///     ctadel config permissions --provider aws
///     ctadel config permissions --provider aws s3://example-trail/AWSLogs aws-lookup://all
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct PermissionsArgs {
    /// Whose policy
    #[arg(long, value_name = "PROVIDER", value_parser = PROVIDERS)]
    provider: String,

    /// Live inputs, in the place of those configured
    #[arg(value_name = "URL")]
    inputs: Vec<String>,
}

/// Runs the command.
pub fn run(common: &CommonArgs, args: &PermissionsArgs) -> Result<Code, Failure> {
    let session = Session::open(common, Layer::default())?;
    let inputs = match args.inputs.is_empty() {
        true => &session.settings.inputs.value,
        false => &args.inputs,
    };
    let targets = inputs.iter().filter_map(|input| Target::parse(input));
    let targets: Vec<Target> = targets
        .collect::<Result<_, _>>()
        .map_err(plan::unreadable)?;
    let Some(policy) = policy(&args.provider, &targets) else {
        let message = format!("no input of {} is configured", args.provider);
        return Err(Failure::usage(message)
            .hint("name inputs behind the provider, or set `inputs` in the configuration"));
    };
    print(&session.ui, |out| writeln!(out, "{policy:#}"))?;
    if let Some(note) = beside(&args.provider, &targets) {
        session.ui.note(note);
    }
    Ok(Code::Done)
}
