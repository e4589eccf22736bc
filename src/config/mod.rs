//! Settings: from what is written on the command line, in the environment and in files to one
//! struct.
//!
//! Layers of raw values enter, typed settings leave, each with the place it came from, so that
//! every mistake can name the line that holds it.

mod discover;
mod duration;
mod env;
mod error;
mod file;
mod key;
mod layer;
mod nearest;
mod parse;
mod settings;
mod show;
mod template;
mod when;

pub use discover::{Places, discover};
pub use duration::duration;
pub use env::from_environment;
pub use error::ConfigError;
pub use key::{KEYS, Key, Kind};
pub use layer::{Layer, Origin, Raw, Sourced};
pub use nearest::{hint, nearest};
pub use parse::assignments;
pub use settings::Settings;
pub use show::lines;
pub use template::template;
pub use when::{Point, Span, Window};
