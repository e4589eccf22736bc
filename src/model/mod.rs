//! The nouns every stage shares.
//!
//! Plain owned values: stages hand them over, nothing here reads, prints or decides.

pub mod actor;
pub mod attack;
pub mod coverage;
pub mod event;
pub mod finding;
pub mod incident;
pub mod response;
pub mod rule;
pub mod severity;
pub mod summary;
pub mod time;

pub use actor::{Actor, ActorType};
pub use coverage::Coverage;
pub use event::{Event, Evidence, Layer, Outcome, Target};
pub use finding::{Finding, Suggestion};
pub use incident::{Incident, Status, Verdict};
pub use rule::RuleMeta;
pub use severity::Severity;
pub use summary::Calls;
pub use time::Time;
