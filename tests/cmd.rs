//! The command as a shell meets it: streams, files, exit codes.
//!
//! What the library decides is tested beside its code; here is the wiring, and the help.

#[path = "cmd/case.rs"]
mod case;
#[path = "cmd/config.rs"]
mod config;
#[path = "cmd/events.rs"]
mod events;
#[path = "cmd/exit.rs"]
mod exit;
#[path = "cmd/explain.rs"]
mod explain;
#[path = "cmd/help.rs"]
mod help;
#[path = "cmd/hostile.rs"]
mod hostile;
#[path = "cmd/incidents.rs"]
mod incidents;
#[path = "cmd/interrupt.rs"]
mod interrupt;
#[path = "cmd/output.rs"]
mod output;
#[path = "cmd/rules.rs"]
mod rules;
#[path = "cmd/scan.rs"]
mod scan;
#[path = "cmd/summary.rs"]
mod summary;
#[path = "cmd/support.rs"]
mod support;
#[path = "cmd/time.rs"]
mod time;
