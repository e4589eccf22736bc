//! What may be typed: flags in groups, shared by the commands that have them.
//!
//! Text enters, a layer of settings leaves for the flags that are settings; the rest is said
//! once a run and stays as it is. The doc comments are the manual.

mod case;
mod common;
mod context;
mod input;
mod output;
mod pull;
mod read;
mod rules;
mod values;

pub use case::CaseArgs;
pub use common::CommonArgs;
pub use context::ContextArgs;
pub use input::InputArgs;
pub use output::OutputArgs;
pub use pull::PullTimeArgs;
pub use read::ReadArgs;
pub use rules::{AttackArgs, RuleArgs, vars};
pub use values::{formats, severities, sources};
