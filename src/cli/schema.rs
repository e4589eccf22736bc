//! `ctadel schema`: what machine output looks like.

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::exit::Code;
use super::failure::{Failure, Kind};
use super::output::print;
use crate::render::schema::SchemaName;
use crate::term::{Settings, Ui};

/// Print the JSON Schema of an object of the machine output
///
/// Objects may get further keys in later versions; a reader must bear that.
///
/// Example:
///
///     ctadel schema finding > finding.schema.json
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct SchemaArgs {
    /// The object, which is also its `kind`
    #[arg(value_name = "NAME", value_parser = PossibleValuesParser::new(SchemaName::ALL.map(SchemaName::word)))]
    name: String,
}

/// Runs the command.
pub fn run(args: &SchemaArgs) -> Result<Code, Failure> {
    let name: SchemaName = args
        .name
        .parse()
        .map_err(|error| Failure::new(Kind::Usage, anyhow::Error::new(error)))?;
    print(&Ui::new(Settings::default()), |out| name.write(out))?;
    Ok(Code::Done)
}
