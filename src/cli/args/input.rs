//! What to read.

use clap::Args;

use super::values::{sources, text};
use crate::config::Layer;

/// Inputs and how to take them.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// Files, folders, archives or patterns to read; `-` is standard input
    ///
    /// Folders are read with everything below them. Compressed files and archives (gzip, zstd,
    /// zip, tar) are opened wherever they lie, and every format is recognised by its content, not
    /// by its name. A URL such as s3://BUCKET/AWSLogs or aws-lookup://all is read where the provider
    /// keeps it; ctadel-sources(7) lists them all. Without any, the `inputs` of the configuration
    /// are read.
    #[arg(value_name = "PATH", help_heading = None::<&str>)]
    pub paths: Vec<String>,

    /// Take every record for one of this log source
    ///
    /// Without it, the source of each record is told by what stands in it, record by record.
    #[arg(long, value_name = "NAME", value_parser = sources())]
    pub source: Option<String>,
}

impl InputArgs {
    /// Adds the flags that are settings.
    pub fn layer(&self, layer: &mut Layer) {
        text(layer, "source", self.source.as_ref());
    }
}
