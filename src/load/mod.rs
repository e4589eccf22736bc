//! Bytes: from what the user named to chunks that end at a record boundary.
//!
//! Enters: paths, patterns, standard input. Leaves: chunks in input order, and for the workers
//! the means to unpack them. It exists so that no later stage knows about files or packing.

mod bitmap;
mod budget;
mod chunk;
mod columns;
mod cut;
mod damage;
mod descend;
mod error;
mod gzip;
mod held;
mod inputs;
mod items;
pub mod live;
mod loader;
mod measure;
mod name;
mod open;
mod options;
mod oversize;
#[cfg(feature = "parquet")]
mod parquet;
mod peel;
mod progress;
mod scan;
mod sniff;
mod source;
mod tar;
mod text;
mod unpack;
mod walk;
mod whole;
mod zip;
mod zstd;

pub use bitmap::{Block, Lexer, mask};
pub use chunk::{Batch, Chunk, Data, FileRef, Framing, Header, Packing, Piece, Problem};
pub use columns::{columns, is_stamped, json_below, name, note, separator};
pub use error::Error;
pub use loader::Loader;
pub use options::{Options, Span};
pub use progress::Progress;
pub use source::EMPTY_FILE;
pub use unpack::Unpacker;

#[cfg(test)]
mod tests;
