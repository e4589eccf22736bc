//! The command line: one file a command, and what they share.
//!
//! Arguments enter, an exit code leaves, or the reason there is none. Typed options become a
//! plan for the library here; nothing is decided here that the library should know.

mod app;
mod args;
mod case;
mod completions;
mod config;
mod events;
mod exit;
mod explain;
mod failure;
mod incidents;
mod interrupt;
mod job;
mod output;
mod plan;
mod progress;
mod pull;
mod remarks;
mod respond;
mod rules;
mod scan;
mod schema;
mod search;
mod session;
#[cfg(feature = "live")]
mod spool;
mod summary;
mod timeline;
mod watch;

pub use app::{command, run};
pub use exit::Code;
pub use failure::{Failure, Kind};
